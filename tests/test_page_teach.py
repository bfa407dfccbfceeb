"""The Teach page without a browser: the document is shown, its links lead somewhere, its handouts can be made."""

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from core.captioning.gallery import GALLERY
from core.exports import handout
from core.memory.examples import read_stories
from core.tour import read_tours

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")


@pytest.fixture
def open_page(open_app):
    def open_page(tab: str) -> AppTest:
        page = open_app("teach", teach=tab)
        assert not page.exception
        return page

    return open_page


@pytest.mark.parametrize("title", [title for title, _ in handout.sections(DOCUMENT)])
def test_every_section_is_shown(open_page, title):
    page = open_page(title)
    shown = "\n".join(one.value for one in page.markdown)
    section = dict(handout.sections(DOCUMENT))[title]
    assert all(
        line in shown
        for line in section.splitlines()
        if line and not line.lstrip().startswith(("###", "Open: ", "```"))
    )


def test_every_exercise_begins_at_a_page(open_page):
    page = open_page("Exercises")
    links = page.get("page_link")
    assert len(links) == len(handout.exercises(DOCUMENT)) == DOCUMENT.count("\nOpen: `")
    for link in links:
        state = parse_qs(link.proto.query_string)
        assert set(state.get("photo", [])) <= set(GALLERY)
        assert set(state.get("example", [])) <= set(read_stories())
        assert set(state) <= {"photo", "model", "example", "step", "learn", "split", "scene_number"}


def test_the_handouts(open_page):
    page = open_page("Handouts")
    assert len(page.get("download_button")) == len(read_tours()) + 1
    from pages.parts.tour_handout import make_handout

    assert page.text_input(key="teach.address").value == ""  # nobody's browser says where it opened the app
    page.text_input(key="teach.address").set_value("http://localhost:8501/").run()
    assert "--server.address" in page.info[0].value
    page.text_input(key="teach.address").set_value("http://class.example:8501").run()
    assert not page.info and not page.exception
    made = make_handout(read_tours()["ten-minutes"], answers=False)
    assert made.startswith(b"<!doctype html>") and b"image/svg+xml" in made
