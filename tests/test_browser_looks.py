"""In a real browser: which words looked at a place, and a beam that is stepped through and pruned."""

import pytest
from browsing import Viewer, until
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser

BEAM = """
const beam = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
  .map((place) => place.shadowRoot).find((root) => root.querySelector(".beam"));
"""


class Looker(Viewer):
    def beam(self, script: str):
        return self.run(BEAM + script)

    @property
    def words(self) -> list[str]:
        return self.inside("return every('.word').map((word) => word.textContent)")

    @property
    def levels(self) -> list[float]:
        return self.inside("return every('.word').map((word) => Number(word.style.getPropertyValue('--here')))")


@pytest.fixture
def looker(chromium, server) -> Looker:
    return Looker(chromium, server[1])


def test_a_place_tells_which_words_looked_there(looker):
    looker.visit("?model=soft")
    until(lambda: looker.words)
    looker.inside("find('.reverse').click()")
    until(lambda: looker.inside("return find('.here').textContent").startswith("Click a place"))
    looker.inside("find('.pick').focus()")
    looker.press(Keys.ARROW_DOWN, Keys.ENTER)  # by keyboard alone
    until(lambda: "an even look" in looker.inside("return find('.here').textContent"))
    below, chosen = looker.levels, looker.inside("return find('.place').textContent")
    assert len(below) == len(looker.words) and max(below) > 0
    looker.press(Keys.ARROW_UP, Keys.ARROW_UP, Keys.ARROW_UP, Keys.ENTER)
    until(lambda: looker.levels != below)
    assert looker.inside("return find('.place').textContent") == chosen  # the arrows moved the place, not the word
    looker.inside("find('.reverse').click()")
    until(lambda: not any(looker.levels) and not looker.inside("return find('.here').textContent"))
    assert looker.inside("return find('.pick').hidden") and looker.complaints == []


def test_a_beam_is_stepped_through_and_pruned(looker):
    looker.visit("?photo=ball&model=soft&beam=3&closer=The+beam")
    until(lambda: looker.beam("return beam.querySelectorAll('.candidate').length") > 0)
    words = looker.words
    whole = looker.beam("return beam.querySelectorAll('.candidate').length")
    looker.beam("beam.querySelector('.all').focus()")
    for _ in range(30):
        looker.press(Keys.ARROW_LEFT)
    until(lambda: looker.beam("return beam.querySelector('.label').textContent").startswith("Word 1:"))
    assert looker.beam("return beam.querySelectorAll('.dropped').length") > 0
    assert looker.beam("return beam.querySelectorAll('.candidate').length") < whole
    looker.beam("beam.querySelector('.candidate.won').click()")
    until(lambda: f"“{words[0]}”" in looker.beam("return beam.querySelector('.forbid').textContent"))
    looker.beam("beam.querySelector('.forbid').click()")
    until(lambda: looker.words and looker.words[0] != words[0])
    assert "edits=" in looker.driver.current_url and looker.complaints == []
