"""What is on the screen without scrolling, on low screens; and on a phone nothing scrolls sideways."""

from pathlib import Path

import pytest
from browsing import READY, Viewer, until

from pages.parts.door import PAGES

pytestmark = pytest.mark.browser

LOW = [(1280, 720), (1366, 768)]
UNCOVERED = """
const lesson = document.querySelector(".st-key-lesson");
const texts = lesson.querySelectorAll(".st-key-equation, [data-testid=stMarkdownContainer]");
const bar = document.querySelector(".st-key-walk").getBoundingClientRect().top;
return [...texts].slice(0, 3).every((text) => text.getBoundingClientRect().bottom <= bar);
"""


@pytest.fixture
def viewer(chromium, server) -> Viewer:
    return Viewer(chromium, server[1])


def stands(viewer: Viewer) -> None:
    viewer.wait(800)
    until(lambda: viewer.run(READY))


@pytest.mark.parametrize("size", LOW)
def test_photo_sentence_and_controls_are_on_the_screen_together(viewer, size):
    viewer.visit("", size)
    parts = "[find('.photo'), find('.sentence.own'), find('.transport'), find('.options')]"
    until(lambda: viewer.inside(f"return {parts}.every((one) => one.getBoundingClientRect().bottom > 0)"))
    stands(viewer)
    assert viewer.inside(f"return {parts}.every((one) => one.getBoundingClientRect().bottom <= innerHeight)")


def test_on_a_phone_the_sentence_is_seen_and_can_be_played(viewer):
    viewer.visit("", (390, 844))
    until(lambda: viewer.inside("return find('.sentence.own').getBoundingClientRect().bottom > 0"))
    stands(viewer)
    beside = "const bar = find('.transport').getBoundingClientRect();"
    assert viewer.inside(f"{beside} return find('.photo').getBoundingClientRect().bottom <= bar.top")
    assert viewer.inside(
        f"{beside} return bar.bottom <= innerHeight && find('.word').getBoundingClientRect().bottom <= bar.top"
    )


@pytest.mark.parametrize("step", [4, 5, 12])
def test_the_tours_text_and_equation_are_not_covered(viewer, step):
    for size in LOW:
        viewer.visit(f"learn?step={step}", size)
        stands(viewer)
        until(lambda: viewer.run(UNCOVERED))


@pytest.mark.parametrize(
    "page", [*(Path(page).stem.replace("explore", "") for page in PAGES), "results?results=Models"]
)
def test_on_a_phone_nothing_scrolls_sideways(viewer, page):
    viewer.visit(page, (390, 844))
    stands(viewer)
    wide = "return document.querySelector('[data-testid=stMain]').scrollWidth"
    until(lambda: viewer.run(wide) == 390)
