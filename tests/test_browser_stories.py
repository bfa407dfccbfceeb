"""The stories page in headless Chromium: a journey from typing a story to taking the answers away."""

import csv
import json
import os
import signal
from pathlib import Path

import pytest
from browsing import Viewer, browse, serve, until
from PIL import Image
from selenium.webdriver.common.keys import Keys
from tiny_networks import save_tiny

pytestmark = pytest.mark.browser

STORY = "Mary went to the kitchen.\nJohn took the milk.\n<b>John</b> went to the garden.\nMary went to the office."
# In the page's scripts: the component and its elements.
HELPERS = """
const root = document.querySelector("[data-testid=stBidiComponentIsolated]").shadowRoot;
const find = (selector) => root.querySelector(selector);
const texts = (selector) => [...root.querySelectorAll(selector)].map((e) => e.textContent);
const cell = (row, column) => find("tbody").children[row].children[column + 1];
"""


def save_networks(root: Path) -> None:
    for name in ("memn2n-none", "memn2n", "memnn"):
        save_tiny(root, name)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The app's process and its address, with networks that are tiny and untrained."""
    with serve(tmp_path_factory.mktemp("site"), save_networks) as started:
        yield started


@pytest.fixture(scope="module")
def downloads(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def chromium(downloads):
    with browse(downloads) as driver:
        yield driver


class Page(Viewer):
    """The page as a viewer uses it."""

    helpers = HELPERS

    def open(self, link: str = "", size: tuple[int, int] = (1440, 900)) -> "Page":
        self.visit(f"stories{link}", size)
        until(lambda: self.inside("return texts('.card').length") > 0)
        return self

    def type(self, key: str, text: str) -> None:
        """Type over what is in a text area."""
        area = self.driver.find_element("css selector", f".st-key-stories-{key} textarea")
        area.send_keys(Keys.CONTROL, "a")  # released at the end of the call
        area.send_keys(text)

    def choose(self, row: int, column: int) -> None:
        """Click a cell of the table; column 0 is the sentence."""
        self.inside("cell(arguments[0], arguments[1]).click()", row, column)
        self.settle()

    def do(self, script: str) -> None:
        """Do something that the server is asked about, and wait for what comes of it."""
        self.inside(script)
        self.settle()

    def settle(self) -> None:
        """Wait until the server has nothing more to say and the browser's part has drawn it."""
        still = "return find('.progress').hidden && !texts('td.without').includes('…') && "
        still += "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
        until(lambda: self.inside(still))

    @property
    def answers(self) -> list[str]:
        return self.inside("return texts('.answer strong')")

    @property
    def place(self) -> str:
        return self.inside("return find('.place').textContent")

    @property
    def rows(self) -> list[str]:
        return self.inside("return texts('tbody .sentence')")


@pytest.fixture
def page(chromium, server) -> Page:
    return Page(chromium, server[1])


def test_hops_are_played_while_the_server_stands_still(page, server):
    page.open()
    assert page.place == "the answer"
    os.kill(server[0].pid, signal.SIGSTOP)
    try:
        page.inside("find('.play').click()")
        hops = int(page.place.removeprefix("hop 1 of "))
        assert page.inside("return getComputedStyle(find('.answer')).visibility") == "hidden"
        assert page.inside("return find('.spoken').textContent").count("looks") >= 1
        until(lambda: page.place == "the answer")
        assert page.inside("return find('.play').ariaLabel") == "Play the hops"
        page.run("document.activeElement.blur()")
        page.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
        assert page.place == f"hop {hops - 1} of {hops}" and f"hop={hops - 1}" in page.driver.current_url
        page.press(Keys.SPACE)
        until(lambda: page.place == "the answer")
        assert "hop=" not in page.driver.current_url
    finally:
        os.kill(server[0].pid, signal.SIGCONT)
    assert page.fetched_elsewhere == []


def test_the_journey(page, downloads):
    page.open()
    page.type("story", STORY)
    page.type("questions", "Where is Mary?\nWhere is John")
    page.driver.find_element("css selector", ".st-key-stories-ask button").click()
    until(lambda: page.rows == STORY.split("\n") and len(page.inside("return texts('.question')")) == 2)
    page.settle()  # the answers without each sentence are computed by themselves
    link = page.driver.current_url
    assert "story=" in link and len(page.inside("return texts('.card')")) == 3
    own = page.answers

    # The second question, and back again.
    page.do("root.querySelectorAll('.question')[1].click()")
    assert "question=2" in page.driver.current_url
    page.do("root.querySelectorAll('.question')[0].click()")
    assert page.answers == own and "question" not in page.driver.current_url

    # Move a look of memn2n (after memn2n-none's two hops and its column "without it") onto the second sentence.
    page.choose(1, 4)
    assert "what=" in page.driver.current_url
    assert page.inside("return cell(1, 4).textContent") == "100"
    assert page.inside("return cell(1, 4).classList.contains('moved')")
    assert len([text for text in page.inside("return texts('.was')") if text.startswith("before: ")]) == 3
    changed = page.driver.current_url

    # Remove a sentence, edit another one, undo.
    page.choose(2, 0)
    page.do("find('.editor .remove').click()")
    assert page.inside("return find('tbody').children[2].className") == "removed"
    page.choose(0, 0)
    page.do("find('.editor input').value = 'John went to the office.'; find('.editor .save').click()")
    assert page.rows[0].startswith("John went to the office.")
    assert page.rows[2].startswith("<b>John</b>")
    page.do("find('.undo').click()")
    assert page.rows[0] == "Mary went to the kitchen."
    page.do("find('.undo').click()")
    assert page.driver.current_url == changed
    page.do("find('.reset').click()")
    assert page.driver.current_url == link and page.answers == own

    # The same view from its link.
    page.open(changed.split("/stories")[1])
    page.settle()
    assert page.inside("return cell(1, 4).textContent") == "100"
    assert page.run("return document.querySelector('.st-key-stories-story textarea').value") == STORY

    # The files, one after the other. Of each button, Streamlit keeps a second one that is hidden.
    for n, name in enumerate(("story.json", "story.csv", "story.png")):
        buttons = page.driver.find_elements("css selector", ".st-key-downloads button")
        [button for button in buttons if button.is_displayed()][n].click()
        until((downloads / name).exists)
    data = json.loads((downloads / "story.json").read_text())
    assert data["told"] == STORY.split("\n") and data["changes"] and len(data["questions"]) == 2
    with open(downloads / "story.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["network"] for row in rows} == {"memn2n-none", "memn2n", "memnn"}
    assert Image.open(downloads / "story.png").width > 800


def test_the_table_by_keyboard(page):
    page.open("?networks=memn2n")
    page.inside("cell(5, 0).focus()")
    page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    assert page.inside("return root.activeElement === cell(7, 1)")
    page.press(Keys.ENTER)
    until(lambda: page.inside("return cell(7, 1).classList.contains('moved')"))
    until(lambda: page.inside("return root.activeElement === cell(7, 1)"))
    page.press(Keys.ENTER)  # takes it back
    until(lambda: not page.inside("return cell(7, 1).classList.contains('moved')"))
    page.press(Keys.DELETE)
    until(lambda: page.inside("return find('tbody').children[7].className") == "removed")
    page.press(Keys.HOME, Keys.ENTER)  # puts it back
    until(lambda: page.inside("return find('tbody').children[7].className") == "")
    page.press(Keys.ENTER)
    assert page.inside("return root.activeElement.tagName") == "INPUT"
    page.press(Keys.ESCAPE)
    assert page.inside("return root.activeElement === cell(7, 0) && !find('.editor')")


def test_a_long_story_scrolls_within_its_table(page):
    page.open()
    page.type("questions", "Where is Mary?")
    area = page.driver.find_element("css selector", ".st-key-stories-story textarea")
    story = "\n".join(f"Mary went to room {n}." for n in range(500))
    setter = (
        "Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(arguments[0], arguments[1])"
    )
    area.click()
    page.run(f"{setter}; arguments[0].dispatchEvent(new Event('input', {{bubbles: true}}))", area, story)
    page.driver.find_element("css selector", ".st-key-stories-ask button").click()
    until(lambda: len(page.rows) == 500)
    assert page.inside("return find('.scroll').clientHeight < innerHeight && find('.scroll').scrollHeight > 5000")
    page.inside("find('.previous').click()")
    assert page.inside("return find('.scroll').scrollTop") > 0  # the last hop's sentence is in view
    assert page.run("return document.scrollingElement.scrollWidth") <= 1440


def test_on_a_phone_everything_fits_and_one_network_is_in_the_table(page):
    page.open(size=(390, 844))
    assert page.run("return document.scrollingElement.scrollWidth") <= 390
    seen = "return [...root.querySelectorAll('[data-n]')].filter((e) => e.offsetWidth).map((e) => e.dataset.n)"
    assert set(page.inside(seen)) == {"2"}
    page.inside("find('.choice button').click()")
    assert set(page.inside(seen)) == {"0"}
    sizes = page.inside("return [...root.querySelectorAll('.round')].map((b) => b.getBoundingClientRect().height)")
    assert min(sizes) >= 40  # large enough for a finger


def test_an_empty_story_says_so_and_nothing_typed_is_lost(page):
    page.open()
    page.type("questions", "Where is the thing that I typed?")
    page.type("story", Keys.DELETE)
    page.driver.find_element("css selector", ".st-key-stories-story textarea").send_keys(Keys.CONTROL, Keys.ENTER)
    until(lambda: "The story is empty" in page.text)
    value = page.run("return document.querySelector('.st-key-stories-questions textarea').value")
    assert value == "Where is the thing that I typed?"
