"""The Learn page without a browser: every step of every tour, its question, its links, and what is said otherwise."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from app_file import APP, TIMEOUT, components
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models, save_tiny_transformer
from tiny_networks import save_tiny

from core import checkpoints
from core.memory.document import Document
from core.tour import ROOT, read_tours

TOURS = read_tours()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = save_tiny_models(tmp_path_factory.mktemp("learn") / "checkpoints", ending=-8)
    encoder = checkpoints.read(folder / "encoder").config["sha256"]
    save_tiny_transformer(folder / "transformer", ending=-8, encoder=encoder)
    for name in ("memn2n-none", "memn2n", "memnn", "dmn", "story-transformer"):
        save_tiny(folder, name)
    return folder


@pytest.fixture
def open_page(root, open_app, monkeypatch):
    """Open the page as by a link with these parameters, its models those of a folder (tiny ones by default)."""

    def open_page(folder: Path = root, **link: str) -> AppTest:
        monkeypatch.setattr("core.checkpoints.ROOT", folder)
        return open_app("learn", **link)

    return open_page


def title(page: AppTest) -> str:
    assert not page.exception
    return page.title[0].value


def links(page: AppTest) -> list:
    return [link.proto for link in page.get("page_link")]


def test_a_tour_is_walked_to_its_end_and_back(open_page):
    page = open_page()
    steps = TOURS["glimpse"].steps
    for step in steps:
        assert title(page) == step.title and not page.error
        assert [radio.options for radio in page.radio] == [[choice.says for choice in step.question.choices]]
        if step != steps[-1]:
            page.button(key="learn.next").click().run()
    assert page.button(key="learn.next").disabled
    page.button(key="learn.back").click().run()
    assert title(page) == steps[-2].title
    assert page.query_params["step"] in (str(len(steps) - 1), [str(len(steps) - 1)])


def test_a_link_opens_a_step_of_another_tour(open_page):
    page = open_page(tour="ten-minutes", step="4")
    assert title(page) == TOURS["ten-minutes"].steps[3].title
    page.segmented_control(key="learn.tour").set_value("glimpse").run()
    assert title(page) == TOURS["glimpse"].steps[0].title


@pytest.mark.parametrize("wrong", [{"step": "99"}, {"step": "x"}, {"step": "-1"}, {"tour": "../x"}], ids=str)
def test_wrong_values_in_a_link_are_left_out(open_page, wrong):
    page = open_page(**wrong)
    assert title(page) == TOURS["glimpse"].steps[0].title and not page.error


def test_an_answer_is_checked(open_page):
    page = open_page(step="2")
    question = TOURS["glimpse"].steps[1].question
    assert not page.success and not page.info
    for n, choice in enumerate(question.choices):
        page.radio[0].set_value(n).run()
        said, other = (page.success, page.info) if n == question.right else (page.info, page.success)
        assert said[0].value == choice.reply and not other


def test_the_links_lead_to_what_is_shown(open_page):
    page = open_page(step="5")
    (link,) = links(page)
    state = dict(part.split("=") for part in link.query_string.split("&"))
    assert "explorer" in link.label and state["photo"] == "climbers" and state["model"] == "soft"
    page.selectbox(key="learn.photo temperature").set_value("ball").run()
    (link,) = links(page)
    assert "photo=ball" in link.query_string
    page = open_page(step="9")
    (link,) = links(page)
    state = dict(part.split("=") for part in link.query_string.split("&"))
    told = Document.from_text(state["story"])
    assert "story" in link.label and state["networks"] == "memn2n"
    assert told.story.splitlines() == list(TOURS["glimpse"].steps[8].settings["story"])


def test_a_link_names_each_of_several_networks(open_page):
    (link,) = links(open_page(tour="ten-minutes", step="4"))
    assert parse_qs(link.query_string)["networks"] == ["memn2n-none", "memn2n", "memnn"]


def test_repeated_words_are_buttons_of_their_own(open_page):
    page = open_page(step="5")
    pills = next(pills for pills in page.pills if str(pills.key).startswith("learn.word"))
    assert len(set(pills.options)) == len(pills.options)
    for n in (0, 2, 5):
        pills.set_value(n).run()
        (component,) = components(page)
        assert json.loads(component.proto.json)["before"].split() == [
            word.strip("\u200b") for word in pills.options[:n]
        ]


def test_the_hops_are_chosen(open_page):
    page = open_page(step="9")
    shown = [one.proto.body for one in page.get("html")]
    page.segmented_control(key="learn.soft hop").set_value(1).run()
    assert not page.exception and [one.proto.body for one in page.get("html")] != shown
    assert any("✓" in one.value for one in page.markdown)


def test_without_checkpoints_the_text_is_there_and_a_sentence(open_page, tmp_path):
    page = open_page(tmp_path / "nothing", step="6")
    assert title(page) == TOURS["glimpse"].steps[5].title
    (error,) = page.error
    assert "checkpoint" in error.value and page.radio


def test_a_teachers_tour_and_one_that_cannot_be_read(open_page, tmp_path, monkeypatch):
    shutil.copytree(ROOT, tmp_path / "tours")
    mine, broken = tmp_path / "tours" / "mine", tmp_path / "tours" / "broken"
    for folder in (mine, broken):
        folder.mkdir()
        (folder / "tour.toml").write_text('title = "Mine"\nminutes = 99\nabout = "Of mine."\nsteps = ["one.md"]\n')
    (mine / "one.md").write_text('+++\ntitle = "Hello"\n+++\nOnly a text, with <b>no</b> exhibit.\n')
    (broken / "one.md").write_text("no settings")
    monkeypatch.setattr("core.tour.tour.ROOT", tmp_path / "tours")
    monkeypatch.setattr("core.tour.read_tours.__defaults__", (tmp_path / "tours", None))
    page = open_page()
    assert title(page) == "Hello" and page.button(key="learn.next").disabled
    (warning,) = page.warning
    assert "broken/one.md" in warning.value


@pytest.mark.parametrize("name", ["learn", "results", "teach"])
@pytest.mark.slow
def test_the_page_is_there_before_torch_is_loaded(name):
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(APP)!r}, default_timeout={TIMEOUT}).switch_page('pages/{name}.py').run(); "
        "assert page.title and not page.exception and not page.error, page; "
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=APP.parent)
    assert done.returncode == 0, done.stderr


def address(page: AppTest) -> dict[str, str]:
    return {name: values if isinstance(values, str) else values[-1] for name, values in page.query_params.items()}


def test_what_is_tried_in_an_exhibit_is_in_the_address_until_another_step_is_taken(open_page):
    page = open_page(step="5")
    page.selectbox(key="learn.photo temperature").set_value("ball").run()
    (words,) = (pills for pills in page.pills if pills.key.startswith("learn.word temperature"))
    words.set_value(3).run()
    assert address(page) == {"step": "5", "photo": "ball", "word": "4"}

    again = open_page(step="5", photo="ball", word="4")
    assert again.selectbox(key="learn.photo temperature").value == "ball"
    assert next(pills for pills in again.pills if pills.key == words.key).value == 3

    page.button(key="learn.next").click().run()
    assert title(page) == TOURS["glimpse"].steps[5].title
    assert address(page) == {"step": "6"}
    assert page.selectbox(key="learn.photo glimpses").value == TOURS["glimpse"].steps[5].settings["photo"]


def test_values_in_a_link_that_an_exhibit_does_not_have_are_ignored(open_page):
    page = open_page(step="8", photo="../x", word="999", draws="7", seed="-1")
    assert title(page) == TOURS["glimpse"].steps[7].title and not page.error
    assert page.select_slider(key="learn.draws").value == 10 and page.number_input(key="learn.seed").value == 0
