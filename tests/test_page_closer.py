"""What Explore shows below the player: tabs of which only the open one is made."""

import json

import pytest
from app_file import APP, TIMEOUT
from app_file import components as parts
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("closer") / "checkpoints", ending=-2)


@pytest.fixture
def open_page(root, fresh_caches, monkeypatch):
    def open_page(**link: str) -> AppTest:
        monkeypatch.setattr("core.checkpoints.ROOT", root)
        page = AppTest.from_file(APP, default_timeout=TIMEOUT)
        page.query_params.update({"photo": "ball", **link})
        page.run()
        assert not page.exception
        return page

    return open_page


def components(page: AppTest) -> list[dict]:
    return [json.loads(one.proto.json) for one in parts(page)]


def tables(page: AppTest) -> list[str]:
    return [one.proto.body for one in page.get("html") if "tour-table" in one.proto.body and "<table" in one.proto.body]


def test_a_tab_that_is_not_open_is_not_made(open_page):
    page = open_page()
    assert len(components(page)) == 1 and not tables(page) and page.image


@pytest.mark.parametrize("model", ["soft", "hard"])
def test_words_against_parts_of_the_photo_and_each_other(open_page, model):
    page = open_page(model=model, closer="Words and places")
    assert not page.image
    words = [step["word"] for step in components(page)[0]["views"][0]["steps"]]
    # The tiny models' configs name no nouns, so there are no things.
    assert any("names nothing" in one.value for one in page.info) and not tables(page)
    page.segmented_control(key="explore.against").set_value("regions").run()
    (table,) = tables(page)
    assert table.count("<tr>") == len(words) + 2 and "upper left" in table and "an even look" in table
    page.segmented_control(key="explore.against").set_value("words").run()
    (table,) = tables(page)
    assert table.count("<tr>") == len(words) + 1 and table.count(">100<") >= len(words)


def test_a_model_without_attention_has_no_places(open_page):
    page = open_page(model="none", closer="Words and places")
    assert any("everywhere alike" in one.value for one in page.info) and not tables(page)


@pytest.mark.parametrize("model", ["none", "soft", "hard"])
def test_the_beam_is_that_of_the_sentence_and_pruning_shows_another(open_page, model):
    page = open_page(model=model, closer="The beam", beam="3")
    player, beam = components(page)
    words = [step["word"] for step in player["views"][0]["steps"]]
    assert beam["endings"] == [] or beam["id"] == player["id"]
    at = [beam["steps"][n][place]["word"] for n, place in enumerate(beam["winner"])]
    assert [word for word in at if word != "<end>"] == words
    view = page.session_state["state of ExploreState"].view
    view.change = {"id": beam["id"], "view": beam["view"], "step": 0, "kind": "forbid", "word": words[0]}
    page.run()
    assert not page.exception
    player, beam = components(page)
    assert player["views"][0]["steps"][0]["word"] != words[0]
    assert all(one["word"] != words[0] for one in beam["steps"][0])
    assert page.query_params["edits"] in (f"{model}(!0={words[0]})", [f"{model}(!0={words[0]})"])


def test_sampled_words_have_no_beam(open_page):
    page = open_page(closer="The beam", method="sample")
    assert len(components(page)) == 1 and any("no beam" in one.value for one in page.info)
