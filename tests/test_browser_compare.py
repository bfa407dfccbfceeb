"""What-ifs and comparisons in headless Chromium: forcing words, moving gazes, undo, lockstep, paths, downloads."""

import os
import signal
from pathlib import Path

import pytest
from browsing import READY, Viewer, serve, until
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from tiny_models import WORDS, save_tiny_captioner, save_tiny_models

from core.checkpoints import read

pytestmark = pytest.mark.browser

# In the player's scripts: the place of the chosen word in every view.
CHOSEN = """
return every('.view').map((view) => [...view.querySelectorAll('.word')].findIndex((w) => w.ariaCurrent === 'true'));
"""
EXPLORE, COMPARE = "?photo=ball", "compare?photo=ball"


class Comparer(Viewer):
    """Both pages as somebody uses them who asks what if."""

    def open(self, link: str, size: tuple[int, int] = (1440, 1000)) -> "Comparer":
        self.visit(link, size)
        until(lambda: self.inside("return every('.word').length > 0 && find('.picture').naturalWidth > 0"))
        self.settle()
        return self

    def words(self, view: int = 0) -> list[str]:
        return self.inside(
            "return [...every('.view')[arguments[0]].querySelectorAll('.own .word')].map((w) => w.textContent)", view
        )

    def choose(self, n: int, view: int = 0) -> None:
        self.inside("every('.view')[arguments[1]].querySelectorAll('.word')[arguments[0]].click()", n, view)

    def take(self, tool: str) -> None:
        self.inside("if (find(`.tool[value=${arguments[0]}]`).ariaPressed !== 'true')"
                    " find(`.tool[value=${arguments[0]}]`).click()", tool)  # fmt: skip

    def drag(self, first: tuple[float, float], last: tuple[float, float], view: int = 0) -> None:
        """From one point of the photo to another, both as fractions of its height and width."""
        self.inside("every('.pick')[arguments[0]].scrollIntoView({block: 'center'})", view)
        left, top, width, height = self.inside(
            "const b = every('.pick')[arguments[0]].getBoundingClientRect(); return [b.left, b.top, b.width, b.height]",
            view,
        )
        chain = ActionChains(self.driver, duration=50)
        mouse = chain.w3c_actions.pointer_action
        mouse.move_to_location(round(left + first[1] * width), round(top + first[0] * height)).pointer_down()
        mouse.move_to_location(round(left + last[1] * width), round(top + last[0] * height)).pointer_up()
        chain.perform()

    def until_changed(self, before: list[str], view: int = 0) -> None:
        until(lambda: self.words(view) != before)
        self.settle()

    def branches(self) -> list[str]:
        buttons = ":is(.st-key-explore-branch, .st-key-compare-branch) button"
        return self.run(f"return [...document.querySelectorAll('{buttons}')].map((b) => b.textContent)")


@pytest.fixture
def comparer(chromium, server) -> Comparer:
    return Comparer(chromium, server[1])


def test_a_link_to_the_page_works_as_the_very_first_visit(chromium, tmp_path):
    """Before ``st.navigation`` has run, Streamlit would take the folder ``pages`` for a menu of its own."""
    with serve(tmp_path, lambda root: save_tiny_models(root, ending=-8)) as (_, address):
        check_the_very_first_visit(Comparer(chromium, address))


def check_the_very_first_visit(comparer):
    comparer.open(COMPARE)
    assert comparer.run("return document.querySelectorAll('[data-testid=stTopNavLinkContainer]').length") >= 2
    assert comparer.run("return document.querySelector('[data-testid=stSidebarNav]')") is None
    assert len(comparer.words(0)) and len(comparer.words(1)) and len(comparer.words(2))
    assert comparer.fetched_elsewhere == [] and comparer.complaints == []


def test_several_models_step_in_lockstep_while_the_server_stands_still(comparer, server):
    comparer.open(COMPARE)
    comparer.choose(0)
    comparer.wait(300)
    os.kill(server[0].pid, signal.SIGSTOP)
    try:
        lengths = [len(comparer.words(view)) for view in range(3)]
        for n in (1, 2):
            comparer.press(Keys.ARROW_RIGHT)
            expected = [n if length > n else -1 for length in lengths]  # a sentence that has ended marks no word
            assert comparer.inside(CHOSEN) == expected
            assert "word=" + str(n + 1) in comparer.driver.current_url
    finally:
        os.kill(server[0].pid, signal.SIGCONT)


def test_a_word_is_forced_undone_and_forced_by_the_keyboard(comparer):
    comparer.open(EXPLORE)
    before = comparer.words()
    comparer.inside("root.mark = 'the first'")
    comparer.choose(1)
    candidate = "return every('.candidate').findIndex((c) => c.ariaPressed === 'false')"
    other = comparer.inside(
        "return every('.candidate')[arguments[0]].firstChild.textContent", comparer.inside(candidate)
    )
    comparer.inside("every('.candidate')[arguments[0]].click()", comparer.inside(candidate))
    until(lambda: comparer.words()[1] == other)
    comparer.settle()
    assert comparer.words()[0] == before[0]
    assert comparer.inside("return every('.own .word')[1].classList.contains('chosen')")
    assert "edits=soft" in comparer.driver.current_url and "word=2" in comparer.driver.current_url
    link = comparer.driver.current_url.split("/", 3)[3]
    assert len(comparer.branches()) == 2
    comparer.click("explore-undo", "Undo")
    until(lambda: comparer.words() == before)
    comparer.settle()
    assert comparer.inside("return root.mark") == "the first"  # the player has stayed, and with it what is set in it
    comparer.choose(1)  # the page begins again at the word of the narrowest look
    comparer.inside("every('.candidate')[arguments[0]].focus()", comparer.inside(candidate))
    comparer.press(Keys.TAB)
    ActionChains(comparer.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    comparer.press(Keys.SPACE)  # which plays, but for who has come to a button by the tab key
    until(lambda: comparer.words()[1] == other)
    comparer.settle()
    forced = comparer.words()
    comparer.open(link)  # as somebody else would, who was sent it
    until(lambda: comparer.words() == forced)
    assert comparer.inside("return every('.own .word').findIndex((w) => w.ariaCurrent === 'true')") == 1


def test_any_word_can_be_typed_and_one_that_is_not_known_is_said(comparer):
    comparer.open(EXPLORE)
    comparer.choose(1)
    before = comparer.words()
    word = next(word for word in WORDS[3:] if word != before[1])
    typed = "const field = every('.other input')[0]; field.value = arguments[0]; field.form.requestSubmit()"
    comparer.inside(typed, f" {word.upper()} ")
    until(lambda: comparer.words()[1] == word)
    comparer.settle()
    comparer.inside(typed, "squirrel")
    until(lambda: "does not know the word “squirrel”" in comparer.driver.page_source)
    assert comparer.words()[1] == word


def test_a_word_that_is_asked_for_at_once_is_not_lost(comparer, server):
    """Stepping and asking come to a busy server together, and stepping goes on while it writes."""
    comparer.open(EXPLORE)
    comparer.choose(0)
    comparer.settle()
    os.kill(server[0].pid, signal.SIGSTOP)
    try:
        comparer.choose(1)
        comparer.wait(50)  # until the word has been told to the server
        other = comparer.inside(
            "const c = every('.candidate').find((c) => c.ariaPressed === 'false');"
            "c.click(); return c.firstChild.textContent"
        )
        comparer.choose(2)
    finally:
        os.kill(server[0].pid, signal.SIGCONT)
    comparer.choose(3)
    until(lambda: comparer.words()[1] == other)
    comparer.settle()
    assert len(comparer.branches()) == 2


def test_a_gaze_is_moved_by_dragging_and_by_the_keyboard(comparer):
    comparer.open(EXPLORE)
    comparer.choose(0)
    comparer.take("gaze")
    comparer.inside("find('.onward').click()")
    comparer.drag((0.05, 0.05), (0.2, 0.3))  # rows 0 to 2, columns 0 to 4
    until(lambda: len(comparer.branches()) == 2)
    comparer.settle()
    outside = """
    const [w, h] = [heat.width / 16, heat.height / 16];
    find('.raw').click();
    const seen = (r, c) => pixels(Math.floor((c + 0.5) * w), Math.floor((r + 0.5) * h), 1, 1)[3] > 0;
    return [seen(1, 2), seen(7, 7), seen(15, 15)];
    """
    until(lambda: comparer.inside(outside) == [True, False, False])
    comparer.take("blank")
    comparer.inside("find('.pick').focus()")
    comparer.press(Keys.ARROW_UP)
    ActionChains(comparer.driver).key_down(Keys.SHIFT).send_keys(Keys.ARROW_LEFT, Keys.ARROW_DOWN).key_up(
        Keys.SHIFT
    ).perform()
    box = "const s = find('.box').style; return [s.width, s.height].map((v) => Math.round(parseFloat(v) * 16 / 100))"
    assert comparer.inside(box) == [2, 2]
    comparer.press(Keys.ENTER)
    until(lambda: len(comparer.branches()) == 3)
    comparer.settle()
    assert comparer.branches()[2].startswith("without the")


def test_a_branch_lies_beside_the_original_and_can_be_gone_back_from(comparer):
    comparer.open(EXPLORE)
    before = comparer.words()
    comparer.take("blank")
    comparer.drag((0.02, 0.02), (0.98, 0.5))
    until(lambda: len(comparer.branches()) == 2)
    comparer.settle()
    after = comparer.words()
    comparer.click("explore-beside", "beside the original")
    until(lambda: comparer.inside("return every('.view').length") == 2)
    comparer.settle()
    assert comparer.words(0) == before and comparer.words(1) == after
    assert comparer.inside("return new Set(every('.picture').map((p) => p.src)).size") == 2
    comparer.driver.back()
    until(lambda: comparer.inside("return every('.view').length") == 1)
    until(lambda: comparer.words() == before)


def test_the_same_sentence_is_typed_and_the_gazes_compared(comparer):
    comparer.open(COMPARE + "&compare=The+same+sentence&sentence=a+dog+sits+on+the+grass")
    shared = "return every('.shared .word').map((w) => w.textContent).join(' ')"
    assert comparer.inside(shared) == "a dog sits on the grass"
    assert comparer.inside("return every('.between li').length") == 3
    assert "bits apart" in comparer.inside("return find('.between').textContent")
    assert comparer.inside("return every('.own').every((s) => getComputedStyle(s).display === 'none')")
    field = comparer.driver.find_element("css selector", ".st-key-compare-sentence input")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("a unicorn sits", Keys.ENTER)
    until(lambda: "unicorn" in comparer.text and "Not known to none, soft, hard" in comparer.text)


def test_paths_are_drawn(comparer):
    comparer.visit(COMPARE + "&compare=Hard+is+a+gamble&paths=9")
    until(lambda: "9 paths" in comparer.text and "bits apart" in comparer.text)
    pictures = "return [...document.querySelectorAll('[data-testid=stImage] img')].filter((i) => i.naturalWidth).length"
    until(lambda: comparer.run(pictures) == 4)


def test_a_page_taken_away_opens_by_itself(comparer, tmp_path):
    comparer.open(COMPARE)
    comparer.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path), "eventsEnabled": False}
    )
    sentences = [comparer.words(view) for view in range(3)]
    comparer.click("compare-take_html", "Page")
    taken = tmp_path / "ball-none-soft-hard.html"
    until(taken.exists)
    comparer.driver.get(taken.as_uri())
    words = """
    const root = document.querySelector('.place').shadowRoot;
    const texts = (view) => [...view.querySelectorAll('.own .word')].map((word) => word.textContent);
    return [...root.querySelectorAll('.view')].map(texts);
    """
    until(lambda: comparer.run(words) == sentences)


def test_many_photos_become_a_table_that_can_be_taken_away(comparer, tmp_path):
    for name, colour in (("one.png", "teal"), ("two.png", "maroon")):
        Image.new("RGB", (90, 60), colour).save(tmp_path / name)
    comparer.visit("compare?compare=Many+photos&models=soft&models=hard")
    until(lambda: comparer.driver.find_element("css selector", ".st-key-compare-photos input[type=file]"))
    comparer.wait(1000)
    until(lambda: comparer.run(READY))  # a hand is not as fast as a test: the browser has told what it kept by then
    field = comparer.driver.find_element("css selector", ".st-key-compare-photos input[type=file]")
    field.send_keys(f"{tmp_path / 'one.png'}\n{tmp_path / 'two.png'}")
    until(lambda: comparer.run("return !document.querySelector('.st-key-compare-caption_all button').disabled"))
    comparer.click("compare-caption_all", "Caption them")
    until(lambda: "Choose a row" in comparer.text)
    comparer.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path), "eventsEnabled": False}
    )
    comparer.click("compare-take_csv", "Table (CSV)")
    until(lambda: (tmp_path / "glimpse.csv").stat().st_size)  # it is there, and empty, a moment before
    lines = Path(tmp_path / "glimpse.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("photo,soft,hard") and lines[1].startswith("one.png,") and len(lines) == 3


def test_four_models_share_a_row_where_there_is_room_and_two_where_there_is_not(chromium, tmp_path):
    def save_four(root: Path) -> None:
        save_tiny_models(root, ending=-8)
        encoder = read(root / "encoder").config["sha256"]
        save_tiny_captioner(root / "soft-free", "soft", ending=-8, encoder=encoder, looks="free")

    with serve(tmp_path, save_four) as (_, address):
        comparer = Comparer(chromium, address)
        for width, height, rows in ((1366, 768, 1), (1280, 720, 1), (900, 900, 2), (390, 844, 2)):
            comparer.open(f"{COMPARE}&models=none&models=soft-free&models=soft&models=hard", size=(width, height))
            boxes = comparer.inside(
                "return every('.view').map((v) => v.getBoundingClientRect()).map((b) => [b.top, b.left, b.right])"
            )
            assert len(boxes) == 4 and len({round(top) for top, _, _ in boxes}) == rows
            assert all(left >= 0 and right <= width for _, left, right in boxes)
        assert comparer.inside("return every('.about').map((a) => a.textContent)") == [
            "no attention", "soft attention, looks never taught", "soft attention", "hard attention",
        ]  # fmt: skip


@pytest.mark.parametrize("link", [EXPLORE, COMPARE, COMPARE + "&compare=The+same+sentence"])
def test_on_a_phone_everything_fits(comparer, link):
    comparer.open(link, size=(390, 844))
    assert comparer.run("return document.scrollingElement.scrollWidth") <= 390
    boxes = comparer.inside(
        "return every('.photo').map((p) => p.getBoundingClientRect()).map((b) => [b.left, b.right])"
    )
    assert all(left >= 0 and right <= 390 for left, right in boxes)
