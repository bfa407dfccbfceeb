"""Arrows step and the space bar plays, wherever on a page was clicked; not where somebody types."""

import pytest
from browsing import Viewer, until
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from core import exports
from core.captioning import examples, gallery
from core.views.player import View

pytestmark = pytest.mark.browser

# Where the steps of a page are, and whether they play: in whichever of the browser's parts that is seen.
HELPERS = """
const hosts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated], .place")];
const root = hosts.map((one) => one.shadowRoot).find((one) => one?.querySelector(".play"));
const play = root.querySelector(".play");
const at = root.querySelector(".moment")?.value ?? root.querySelector(".place").textContent;
"""
FRAME = """
const {width, height} = document.activeElement.getBoundingClientRect();
const {outlineStyle, boxShadow} = getComputedStyle(document.activeElement);
return width * height > innerWidth * innerHeight / 4 && (outlineStyle !== "none" || boxShadow !== "none");
"""


class Reader(Viewer):
    """Somebody with a keyboard and a mouse."""

    def open(self, link: str) -> None:
        self.visit(link)
        until(lambda: self.at)

    def see(self, what: str):
        return self.run(f"{HELPERS} return {what}")

    @property
    def at(self) -> str:
        return self.see("at")

    @property
    def plays(self) -> bool:
        return self.see("play.getAttribute('aria-pressed') === 'true'")

    def rest(self) -> None:
        """The server has answered the click, if it was asked."""
        self.wait(400)
        state = "return document.querySelector('[data-testid=stApp]')?.dataset.testScriptState ?? 'notRunning'"
        until(lambda: self.run(state) == "notRunning")
        until(lambda: self.at)

    def keys_work(self) -> None:
        """Back and forth by the arrows; played and paused by the space bar, and nothing else happens."""
        self.press(Keys.ARROW_LEFT)
        before, address = self.at, self.driver.current_url.split("?")[0]
        self.press(Keys.ARROW_LEFT)
        if self.at == before:  # the first place
            self.press(Keys.ARROW_RIGHT)
        assert self.at != before
        self.press(Keys.SPACE)
        assert self.plays
        self.press(Keys.SPACE)
        assert not self.plays
        assert not self.run(FRAME)
        assert self.driver.current_url.split("?")[0] == address

    def click_on(self, selector: str, n: int = 0) -> None:
        ActionChains(self.driver).click(self.driver.find_elements(By.CSS_SELECTOR, selector)[n]).perform()
        self.rest()
        self.keys_work()

    def click_beside(self) -> None:
        """On nothing: the page's lower left corner."""
        page = self.driver.find_element(By.CSS_SELECTOR, "[data-testid=stMain]")
        size = page.size
        ActionChains(self.driver).move_to_element_with_offset(page, 8 - size["width"] // 2, 40).click().perform()
        self.keys_work()

    def click_inside(self, selector: str) -> None:
        """On an element of the browser's part."""
        ActionChains(self.driver).click(
            self.run(f"{HELPERS} return root.querySelector(arguments[0])", selector)
        ).perform()
        self.keys_work()


@pytest.fixture
def reader(chromium, server) -> Reader:
    return Reader(chromium, server[1])


def test_on_explore(reader):
    reader.open("?model=soft")
    reader.click_beside()
    reader.click_inside(".photo")
    reader.click_on(".st-key-explore-photo button", 1)
    reader.click_on(".st-key-explore-method button", 0)
    reader.click_inside(".smooth")


def test_what_is_typed_is_not_played(reader):
    reader.open("?model=soft")
    field = reader.see("root.querySelector('.other input')")
    before = reader.at
    reader.run("arguments[0].scrollIntoView({ block: 'center' })", field)
    field.click()
    reader.press(Keys.ARROW_LEFT, "a", Keys.SPACE, Keys.ARROW_LEFT)
    assert reader.at == before and not reader.plays and field.get_property("value") == "a "


def test_who_comes_by_the_tab_key_chooses_by_the_arrows(reader):
    reader.open("?model=soft")
    before = reader.at
    reader.run("document.querySelector('.st-key-explore-photo button[tabindex=\"0\"]').focus()")
    reader.press(Keys.TAB)
    ActionChains(reader.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    reader.press(Keys.ARROW_RIGHT)
    assert reader.at == before
    assert reader.run("return document.activeElement.closest('.st-key-explore-photo') !== null")


@pytest.mark.parametrize(
    ("link", "button"),
    [
        ("compare?photo=ball", ".st-key-compare-method button"),
        ("learn?step=4", ".st-key-check label"),
        ("learn_live", ".st-key-learn_live-rival label"),
        ("stories", ".st-key-stories-ask button"),
    ],
)
def test_on_the_other_pages(reader, link, button):
    reader.open(link)
    reader.rest()
    reader.click_beside()
    reader.click_on(button)


def test_on_the_exported_page(reader, tmp_path):
    trace = examples.read_example().traces["soft"]
    page = tmp_path / "cat.html"
    page.write_bytes(exports.standalone_html([View(gallery.load("cat"), trace, "A cat")], "Chelsea the cat"))
    reader.driver.get(page.as_uri())
    until(lambda: reader.at)
    reader.click_inside(".photo")
    reader.click_inside(".smooth")
    ActionChains(reader.driver).click(reader.driver.find_element(By.CSS_SELECTOR, "h1")).perform()
    reader.keys_work()
