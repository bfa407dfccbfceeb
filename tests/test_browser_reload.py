"""What a visitor made is still there after a reload, and a link with one's own photo never opens another one."""

import base64
import io
import random
import string

import pytest
from browsing import READY, Viewer, until
from PIL import Image
from selenium.webdriver.common.by import By

pytestmark = pytest.mark.browser

# Files that are dropped or pasted somewhere on the page: base64 texts of pictures.
GIVE = """
const [how, where, texts] = arguments;
const held = new DataTransfer();
for (const text of texts)
  held.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "mine.png", { type: "image/png" }));
const target = document.querySelector(where);
const about = { bubbles: true, composed: true, cancelable: true };
if (how === "paste") return target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, ...about }));
for (const name of ["dragenter", "dragover", "drop"])
  target.dispatchEvent(new DragEvent(name, { dataTransfer: held, ...about }));
"""
KEPT = """
const done = arguments[0];
const opening = indexedDB.open("glimpse", 1);
opening.onsuccess = () => {
  const names = opening.result.transaction("photos").objectStore("photos").getAllKeys();
  names.onsuccess = () => { opening.result.close(); done(names.result.length); };
};
"""
REMOVE = "[class*='st-key-explore-remove-yours'] button"
STRIP = ".st-key-explore-photo [role=radiogroup]"


def png(colour: str, size: tuple[int, int]) -> str:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode("ascii")


class Owner(Viewer):
    """Somebody with photos of their own."""

    def open(self, link: str = "") -> "Owner":
        self.visit(link)
        self.stands()
        return self

    def stands(self) -> None:
        until(lambda: self.look)
        self.settle()

    @property
    def look(self) -> str:
        return self.inside("return heat.getAttribute('aria-label')")

    def give(self, how: str, *photos: str, where: str = "[data-testid=stMain]") -> None:
        self.run(GIVE, how, where, list(photos))

    def sees(self, width: int) -> None:
        until(lambda: self.inside("return find('.picture').naturalWidth") == width)

    @property
    def kept(self) -> int:
        return self.driver.execute_async_script(KEPT)

    @property
    def own(self) -> list[str]:
        script = f"return [...document.querySelectorAll('{STRIP} button')].map((b) => b.textContent)"
        return [name for name in self.run(script) if name.startswith("your photo")]

    @property
    def in_sight(self) -> bool:
        return self.run(
            """
            const strip = document.querySelector(arguments[0]).getBoundingClientRect();
            const box = document.querySelector(`${arguments[0]} [aria-checked=true]`).getBoundingClientRect();
            return strip.left <= box.left + 1 && box.right - 1 <= strip.right;
            """,
            STRIP,
        )


@pytest.fixture
def owner(chromium, server) -> Owner:
    owner = Owner(chromium, server[1])
    owner.open()
    owner.driver.execute_script("indexedDB.deleteDatabase('glimpse')")
    return owner


def test_photos_dropped_and_pasted_are_there_again_after_a_reload(owner):
    owner.open("?model=soft")
    owner.give("drop", png("teal", (300, 100)))
    owner.sees(300)
    owner.give("paste", png("navy", (320, 200)))
    owner.sees(320)
    until(lambda: owner.in_sight)
    assert owner.own == ["your photo", "your photo 2"]
    until(lambda: "photo=yours-" in owner.driver.current_url)
    owner.settle()
    until(lambda: owner.kept == 2)

    owner.inside("find('.candidate[aria-pressed=false]').click()")
    until(lambda: "edits=" in owner.driver.current_url)
    owner.settle()
    words = owner.inside("return every('.word').map((w) => w.textContent)")
    owner.driver.refresh()
    owner.stands()
    owner.sees(320)
    assert owner.own == ["your photo", "your photo 2"] and "edits=" in owner.driver.current_url
    assert owner.inside("return every('.word').map((w) => w.textContent)") == words

    owner.click("explore-photo", "your photo 2")
    owner.sees(300)
    owner.settle()
    owner.run("document.querySelector('.st-key-own_photo button').click()")
    until(
        lambda: len(owner.driver.find_elements(By.CSS_SELECTOR, "[class*='st-key-explore-remove-yours'] button")) == 2
    )
    owner.run("document.querySelector(\"[class*='st-key-explore-remove-yours'] button\").click()")  # the newest
    until(lambda: owner.own == ["your photo"])
    until(lambda: owner.kept == 1)
    owner.sees(300)
    assert not owner.complaints


def test_a_link_with_an_own_photo_asks_for_that_photo_and_takes_no_other(owner):
    owner.open("?model=soft")
    owner.give("drop", png("teal", (300, 100)))
    owner.sees(300)
    owner.settle()
    owner.inside("find('.candidate[aria-pressed=false]').click()")
    until(lambda: "edits=" in owner.driver.current_url)
    owner.settle()
    words = owner.inside("return every('.word').map((w) => w.textContent)")
    link = "?" + owner.driver.current_url.split("?")[1]
    until(lambda: owner.kept == 1)
    owner.run("indexedDB.deleteDatabase('glimpse')")

    owner.visit(link)  # somebody else, who has got the link
    until(lambda: "somebody’s own photo" in owner.text)
    assert not owner.driver.find_elements(By.CSS_SELECTOR, ".st-key-explore-player")
    assert "edits=" in owner.driver.current_url
    owner.give("drop", png("navy", (320, 200)))  # another photo: without the what-ifs
    owner.sees(320)
    owner.settle()
    assert "edits=" not in owner.driver.current_url

    owner.visit(link)
    until(lambda: "somebody’s own photo" in owner.text)
    owner.give("paste", png("teal", (300, 100)))
    owner.sees(300)
    owner.settle()
    assert owner.inside("return every('.word').map((w) => w.textContent)") == words
    assert "edits=" in owner.driver.current_url


TYPE = """
const area = document.querySelector(".st-key-stories-story textarea");
Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, arguments[0]);
area.dispatchEvent(new Event("input", { bubbles: true }));
area.focus();
area.blur();
"""
STORY = "return document.querySelector('.st-key-stories-story textarea')?.value"
KEPT_STORY = "return Object.keys(localStorage).some((name) => name.startsWith('glimpse kept kept.'))"


def test_a_story_too_long_for_a_link_survives_a_reload(chromium, server):
    owner = Viewer(chromium, server[1])
    letters = random.Random(0)
    names = ["".join(letters.choices(string.ascii_lowercase, k=60)) for _ in range(160)]
    story = "\n".join(f"{who.title()} went to the {where}." for who, where in zip(names[::2], names[1::2], strict=True))
    owner.visit("stories")
    until(lambda: owner.run(READY) and owner.run(STORY))
    owner.run(TYPE, story)
    until(lambda: "story=kept." in owner.driver.current_url)
    until(lambda: owner.run(KEPT_STORY))
    owner.driver.refresh()
    until(lambda: owner.run(STORY) == story)
    assert "story=kept." in owner.driver.current_url
