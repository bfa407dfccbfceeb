"""The stories page without a browser: what is answered for which story, and what is said otherwise."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from app_file import APP, TIMEOUT, components
from streamlit.testing.v1 import AppTest
from tiny_networks import save_tiny

from core.memory.document import Document, is_name
from core.memory.examples import read_finished, read_stories
from core.memory.registry import BESIDE
from core.memory.service import StoryService

STORY = "Mary went to the kitchen.\nJohn took the milk.\nMary went to the office."


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stories") / "checkpoints"
    for name in ("memn2n-none", "memn2n", "memnn"):
        save_tiny(folder, name)
    return folder


@pytest.fixture
def open_page(root, open_app, fresh_caches, monkeypatch):
    """Open the page as by a link with these parameters, its networks those of a folder (tiny ones by default)."""

    def open_page(folder: Path = root, **link: str) -> AppTest:
        fresh_caches()
        monkeypatch.setattr("core.checkpoints.ROOT", folder)
        return open_app("stories", **link)

    return open_page


def shown(page: AppTest) -> dict:
    """What the browser's table was given."""
    assert not page.exception
    (component,) = components(page)
    return json.loads(component.proto.json)


def answers(page: AppTest) -> dict[str, str]:
    return {network["name"]: network["answer"] for network in shown(page)["networks"]}


def link(page: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def ask(page: AppTest, story: str, questions: str) -> AppTest:
    page.text_area(key="stories.story").set_value(story)
    page.text_area(key="stories.questions").set_value(questions)
    return page.button(key="stories.ask").click().run()


@pytest.mark.slow
def test_the_example_is_shown_before_torch_is_loaded():
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(APP)!r}, default_timeout={TIMEOUT}).switch_page('pages/stories.py').run(); "
        "assert not page.exception and not page.error, page; "
        "assert page.get('bidi_component'); "
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=APP.parent)
    assert done.returncode == 0, done.stderr


def test_the_finished_example_without_checkpoints(open_page, tmp_path):
    page = open_page(tmp_path / "nothing")
    finished = read_finished()
    data = shown(page)
    assert [network["name"] for network in data["networks"]] == list(BESIDE)
    for network in data["networks"]:
        traces = finished.traces[network["name"]]
        assert [hop["alpha"] for hop in network["hops"]] == [
            pytest.approx(hop.alpha, abs=1e-4) for hop in traces[0].hops
        ]
        assert None not in network["falls"]
    assert sum(bool(row["fact"]) for row in data["rows"]) == 2
    ask(page, STORY, "Where is Mary?")
    assert all("checkpoint" in network["error"] for network in shown(page)["networks"])
    assert page.text_area(key="stories.story").value == STORY


def test_a_typed_story_is_answered_by_every_network_with_all_its_numbers(open_page, root):
    page = ask(open_page(), STORY, "Where is Mary?\nwhere is the milk")
    data, service = shown(page), StoryService(root)
    assert [question["text"] for question in data["questions"]] == ["Where is Mary?", "where is the milk"]
    for network in data["networks"]:
        (trace,) = service.answer(STORY.split("\n"), ["Where is Mary?"], network["name"])
        assert network["answer"] == trace.answer.replace(",", ", ")
        assert [hop["alpha"] for hop in network["hops"]] == [pytest.approx(hop.alpha, abs=1e-4) for hop in trace.hops]
        falls = service.leave_one_out(STORY.split("\n"), "Where is Mary?", network["name"])
        assert network["falls"] == pytest.approx(falls, abs=1e-3)
    assert data["questions"][1]["answers"][0][0] == "memn2n-none"


def test_a_link_reopens_the_same_view(open_page):
    page = ask(open_page(), STORY, "Where is Mary?\nWhere is John?")
    address = {**link(page), "question": "2", "what": "-1 ~0=John%20went%20to%20the%20garden. @1:memn2n:1=2"}
    again = open_page(**address, networks="memn2n")
    data = shown(again)
    assert data["current"] == 1 and [network["name"] for network in data["networks"]] == ["memn2n"]
    assert [row["state"] for row in data["rows"]] == ["edited", "removed", ""]
    (network,) = data["networks"]
    assert network["hops"][1]["alpha"] == [0, None, 1] and network["hops"][1]["forced"] and network["was"]
    assert network["falls"] is None and network["without"]
    assert again.text_area(key="stories.story").value == STORY
    assert link(again) == {**address, "networks": "memn2n"}
    assert shown(open_page(**link(again)))["networks"] == data["networks"]


def test_a_link_to_an_example(open_page):
    page = open_page(example="paths")
    assert page.selectbox(key="stories.told").value == "paths"
    assert page.text_area(key="stories.story").value == read_stories()["paths"].document.story
    assert any(row["fact"] for row in shown(page)["rows"])


@pytest.mark.parametrize(
    "wrong",
    [{"story": "!!"}, {"story": "eJyLjgUAARUAuQ"}, {"example": "../x"}, {"what": "-99"}, {"what": "@0:memn2n:9=1"},
     {"question": "999"}, {"question": "x"}, {"networks": "<b>"}, {"hop": "-1"}],
    ids=str,
)  # fmt: skip
def test_wrong_values_in_a_link_are_left_out(open_page, wrong):
    page = open_page(**wrong)
    assert not page.exception and not page.error
    assert page.text_area(key="stories.story").value == read_stories()["two-facts"].document.story
    assert len(shown(page)["networks"]) == 3


def test_the_viewers_own_story_is_kept_while_others_are_looked_at(open_page):
    page = ask(open_page(), STORY, "Where is Mary?")
    mine = answers(page)
    assert page.selectbox(key="stories.told").value == "yours"
    page.selectbox(key="stories.told").set_value("lists").run()
    assert page.text_area(key="stories.story").value != STORY and link(page) == {"example": "lists"}
    page.selectbox(key="stories.told").set_value("yours").run()
    assert page.text_area(key="stories.story").value == STORY and answers(page) == mine


def test_a_new_story_of_every_kind(open_page):
    page = open_page(networks="memnn")
    for kind in range(1, 21):
        page.selectbox(key="stories.new kind").set_value(kind)
        page.button(key="stories.tell").click().run()
        data = shown(page)
        assert any(row["fact"] for row in data["rows"]) and data["networks"][0]["verdict"]
    assert page.selectbox(key="stories.told").value == "new" and page.number_input(key="stories.new seed").value == 20
    story = page.text_area(key="stories.story").value
    assert shown(open_page(**link(page)))["rows"] == data["rows"]
    page.number_input(key="stories.new seed").set_value(19)
    page.button(key="stories.tell").click().run()
    assert page.text_area(key="stories.story").value == story


@pytest.mark.parametrize(
    ("story", "questions", "said"),
    [("", "Where?", "story is empty"), (" \n\t", "Where?", "story is empty"), (STORY, "", "no question"),
     ("x" * 1_000_000, "Where?", "200,000"), ("word " * 200, "Where?", "words"), ("a\n" * 3000, "Where?", "sentences")],
    ids=["empty", "blank", "no question", "1 MB", "long sentence", "3000 sentences"],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_a_sentence_and_stays(open_page, story, questions, said):
    page = ask(open_page(), story, questions)
    (sentence,) = [info.value for info in page.info]
    assert said in sentence and sentence.endswith(".")
    assert page.text_area(key="stories.story").value == story
    assert page.text_area(key="stories.questions").value == questions
    ask(page, STORY, "Where is Mary?")
    assert len(answers(page)) == 3 and not page.info


def test_hostile_text_stays_text(open_page):
    story = (
        "<script>alert(1)</script> went to the **kitchen**.\n😀 took $x$.\nمريم في المطبخ.\n=1 \u202e:material/home:"
    )
    page = ask(open_page(), story, "Where is <b>Mary</b>?\n😀")
    data = shown(page)
    assert [row["text"] for row in data["rows"]][0] == "<script>alert(1)</script> went to the **kitchen**."
    assert any("script" in note for note in data["networks"][1]["notes"])
    assert Document.from_text(link(page)["story"]).story == story


def test_a_long_story_is_answered_and_too_long_for_a_link(open_page):
    rng = random.Random(0)
    story = "\n".join(f"{rng.randbytes(12).hex()} went home." for _ in range(500))
    page = ask(open_page(), story, "Where is Mary?")
    data = shown(page)
    assert len(data["rows"]) == 500 and all(network["without"] for network in data["networks"])
    assert "too long for a link" in " ".join(caption.value for caption in page.caption)
    assert {name: is_name(text) for name, text in link(page).items()} == {"story": True}


def test_many_questions_are_bounded(open_page):
    page = ask(open_page(), STORY, "Where is Mary?\n" * 60)
    assert len(shown(page)["questions"]) == 50 and "50 of 60" in page.info[0].value


def test_without_a_network_there_is_a_sentence(open_page):
    page = open_page()
    page.pills(key="stories.networks").set_value([]).run()
    assert not page.exception and "network" in page.info[0].value


def test_the_files(open_page):
    page = ask(open_page(), STORY, "Where is Mary?")
    labels = [button.label for button in page.get("download_button")]
    assert labels == ["JSON", "CSV", "PNG"]


def test_a_correction_is_offered_and_taken_with_a_button(open_page):
    page = ask(open_page(), "Mary whent to the hall.\nTom is in the den.", "Wher is Mary?")
    assert shown(page)["networks"][0]["guess"]
    assert any("Did you mean “Mary went to the hall.”?" in line.value for line in page.markdown)
    page = page.button(key="stories.correct 0").click().run()
    assert page.text_area(key="stories.story").value == "Mary went to the hall.\nTom is in the den."
    page = page.button(key="stories.correct 0").click().run()
    assert page.text_area(key="stories.questions").value == "Where is Mary?"
    assert not any("Did you mean" in line.value for line in page.markdown)


def test_a_sentence_that_was_read_wrongly_is_said_in_other_words(open_page):
    page = ask(open_page(), "Mary went to the hall.\nFnord glimbed.", "Where is Mary?")
    assert page.selectbox(key="stories.mended").value == "Fnord glimbed."
    page.text_input(key="stories.other words").set_value("Tom went to the den.")
    page = page.button(key="stories.mend it").click().run()
    assert page.text_area(key="stories.story").value == "Mary went to the hall.\nTom went to the den."


def test_a_story_too_long_for_a_link_is_asked_of_the_browser_that_keeps_it(open_page):
    """What the browser would do, done by hand: it keeps what it is given, and hands it back to another visit."""
    letters = random.Random(0)
    story = "\n".join(f"{''.join(letters.choices('abcdefgh', k=60)).title()} went home." for _ in range(240))
    page = ask(open_page(), story, "Where is Mary?")
    name = link(page)["story"]
    kept = page.session_state["state of KeptTexts"]
    assert is_name(name) and list(kept.known)[-1] == name
    assert any("this browser keeps it" in one.value for one in page.caption)

    again = open_page(story=name, question="1")
    assert again.text_area(key="stories.story").value != story and not again.toast, "until the browser has answered"
    asked = again.session_state["state of KeptTexts"]
    assert asked.asked == {name} and link(again)["story"] == name
    asked.known[name] = kept.known[name]
    asked.asked.clear()
    again.run()
    assert again.text_area(key="stories.story").value == story and not again.toast

    elsewhere = open_page(story=name)
    texts = elsewhere.session_state["state of KeptTexts"]
    texts.answered |= texts.asked
    texts.asked.clear()
    elsewhere.run()
    assert "not kept in this browser" in elsewhere.toast[0].value
    assert "story" not in elsewhere.query_params


@pytest.mark.parametrize("text", ["", "[]", '["another story", "Who?"]', "{", "[1, 2]"])
def test_what_somebody_laid_in_the_browser_is_not_taken_for_the_story(open_page, text):
    name = Document("Mary went home.", "Where is Mary?").name
    page = open_page(story=name)
    texts = page.session_state["state of KeptTexts"]
    texts.known[name] = text
    texts.asked.clear()
    page.run()
    assert not page.exception and "not kept in this browser" in page.toast[0].value
