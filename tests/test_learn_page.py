"""The page “Watch it learn” without a browser: the recorded run, a run of one's own, a closer look, draw by draw."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import streamlit as st
from app_file import components
from streamlit.testing.v1 import AppTest

from core.scenes.live.recorded import read_recorded
from core.scenes.live.runs import Runs
from core.scenes.live.settings import SHOWN
from pages.parts import live_run

pytestmark = pytest.mark.slow

APP = Path(__file__).resolve().parent.parent / "app.py"
TIMEOUT = 600  # seconds; generous, for a busy machine


@pytest.fixture
def runs(monkeypatch):
    """The server's runs, one at once, ended after the test."""
    runs = Runs(at_once=1, waiting=1, patience=TIMEOUT)
    monkeypatch.setattr(live_run, "load_runs", lambda: runs)
    yield runs
    runs.close()


@pytest.fixture
def open_page():
    def open_page(**link: str) -> AppTest:
        page = AppTest.from_file(APP, default_timeout=TIMEOUT)
        page.query_params.update(link)
        page.run()
        page.switch_page("pages/learn_live.py")
        return page.run()

    st.cache_data.clear()
    st.cache_resource.clear()
    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


def shown(page: AppTest) -> dict:
    """What the component on the page was given."""
    assert not page.exception
    return json.loads(components(page)[-1].proto.json)


def test_the_recorded_run_is_shown_before_torch_is_loaded():
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(APP)!r}, default_timeout={TIMEOUT}); "
        "page.switch_page('pages/learn_live.py').run(); "
        "assert not page.exception and not page.error, page; "
        "assert page.get('bidi_component') and len(page.get('plotly_chart')) == 3; "
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=APP.parent)
    assert done.returncode == 0, done.stderr


def test_the_recorded_run_is_told_with_what_is_right_and_where_it_should_look(open_page):
    film = shown(open_page())
    recorded = read_recorded()
    assert len(film["scenes"]) == len(SHOWN) and film["names"] == ["A: soft", "B: hard"]
    assert [snapshot["step"] for snapshot in film["snapshots"]][0] == 0
    assert film["snapshots"][-1]["step"] == recorded.histories[0].points[-1].step
    told = film["snapshots"][-1]["learners"][0]
    assert sum(each["exact"] for each in told) >= len(told) // 2
    words = [word for each in told for word in each["words"]]
    assert any(word["box"] for word in words) and all("looks at" in word["look"] for word in words)


def test_charts_have_words_for_those_who_cannot_see_them(open_page):
    for chart in open_page().get("plotly_chart"):
        assert "soft" in chart.proto.alt and "steps" in chart.proto.alt


def test_a_run_of_ones_own_starts_changes_pauses_stops_and_is_taken_away(open_page, runs):
    page = open_page()
    page.toggle(key="learn_live.rival").set_value(True).run()
    page.segmented_control(key="learn_live.attention b").set_value("none").run()
    page.button(key="learn_live.start").click().run()
    run = page.session_state["state of LearnLiveState"].run
    assert [settings.attention for settings in run.settings] == ["soft", "none"]
    ends = time.monotonic() + TIMEOUT
    while run.status != "running" and time.monotonic() < ends:
        time.sleep(0.2)
        run.touch()
    assert run.status == "running", run.why
    page.run()
    page.select_slider(key="learn_live.rate a").set_value(1e-2).run()
    assert run.settings[0].rate == 1e-2
    page.button(key="learn_live.pause").click().run()
    assert run.status == "paused" and page.button(key="learn_live.resume")
    page.button(key="learn_live.resume").click().run()
    page.button(key="learn_live.stop").click().run()
    while not run.over and time.monotonic() < ends:
        time.sleep(0.2)
    page.run()
    assert run.status == "done" and shown(page)["id"] == run.folder.name
    assert page.button(key="learn_live.start") and any("Saved after" in caption.value for caption in page.caption)


def test_behind_others_a_visitor_gets_a_place_number_and_then_a_sentence(open_page, runs):
    first = runs.start([live_run.LearnSettings()], SHOWN)
    second = open_page()
    second.button(key="learn_live.start").click().run()
    assert any("number 1 in the queue: about" in caption.value for caption in second.caption)
    assert shown(second)["id"] == "recorded"  # something to watch while one waits
    assert second.button(key="learn_live.save").disabled and not second.button(key="learn_live.stop").disabled
    third = open_page()
    third.button(key="learn_live.start").click().run()
    assert not third.exception and "waiting" in third.error[0].value
    first.stop()


def test_a_run_survives_a_reload_and_its_film_stays_while_another_one_starts(open_page, runs):
    page = open_page()
    page.segmented_control(key="learn_live.attention a").set_value("none").run()
    page.button(key="learn_live.start").click().run()
    run = page.session_state["state of LearnLiveState"].run
    ends = time.monotonic() + TIMEOUT
    while not run.histories[0].points and time.monotonic() < ends:
        time.sleep(0.2)
        run.touch()
    name = page.query_params["run"]
    again = open_page(run=name if isinstance(name, str) else name[0])  # by a session that knows nothing of it
    assert again.session_state["state of LearnLiveState"].run is run
    assert shown(again)["id"] == run.name and run.settings[0].attention == "none"
    assert any(run.name in caption.value for caption in again.caption)
    # Whoever has the address looks on; the browser that started the run hands back its key.
    texts = again.session_state["state of KeptTexts"]
    assert texts.asked == {f"run {run.name}"} and run.key not in str(page.query_params)
    assert "learn_live.stop" not in [button.key for button in again.button]
    assert any("You look on" in caption.value for caption in again.caption)
    texts.known[f"run {run.name}"] = page.session_state["state of KeptTexts"].known[f"run {run.name}"]
    texts.asked.clear()
    again.run()
    assert again.segmented_control(key="learn_live.attention a").value == "none"
    assert not again.button(key="learn_live.stop").disabled
    run.stop()
    while not run.over and time.monotonic() < ends:
        time.sleep(0.2)
    again.run()
    again.button(key="learn_live.start").click().run()
    other = again.session_state["state of LearnLiveState"].run
    assert other is not run and (shown(again)["id"] == run.name or other.histories[0].points)
    other.stop()


def test_a_link_to_a_run_that_is_no_longer_kept_says_so(open_page):
    page = open_page(run="run-nobody")
    assert not page.exception and "run" not in page.query_params
    assert "kept no longer" in page.toast[0].value and shown(page)["id"] == "recorded"


def test_a_link_carries_the_settings(open_page):
    page = open_page(**{"rival": "true", "attention b": "soft", "rate b": "0.01", "doubly b": "0.1"})
    assert page.segmented_control(key="learn_live.attention b").value == "soft"
    assert page.select_slider(key="learn_live.rate b").value == 0.01
    assert page.select_slider(key="learn_live.doubly b").value == 0.1


def test_a_closer_look_steps_through_several_captioners_at_once(open_page):
    page = open_page(learn="Look closer", split="unseen", scene_number="3")
    views = shown(page)["views"]
    assert len(views) == 3 and all(view["grid"] == [12, 12] for view in views)
    assert right_sentence(page) and all(len(view["boxes"]) == len(editor(page)["things"]) for view in views)


def editor(page: AppTest) -> dict:
    """What the picture whose things can be moved was given."""
    assert not page.exception
    return json.loads(components(page)[0].proto.json)


def right_sentence(page: AppTest) -> str:
    (text,) = (text.value for text in page.markdown if "one right sentence" in text.value)
    return text.split("**")[1]


def test_a_scene_is_changed_with_all_that_is_said_of_it(open_page):
    page = open_page(learn="Look closer", split="test", scene_number="16")
    before = shown(page)
    assert right_sentence(page) == "a large dotted red fish left of a small red tree"
    page.selectbox(key="learn_live.thing 1 colour").set_value("blue").run()
    assert right_sentence(page) == "a large dotted red fish left of a small blue tree"
    assert page.query_params["things"] and shown(page)["id"] != before["id"]
    page.selectbox(key="learn_live.thing 1 name").set_value("fish").run()
    assert "Two of a kind" in editor(page)["refused"] and "blue tree" in right_sentence(page)
    assert page.selectbox(key="learn_live.thing 1 name").value == "tree"
    page.slider(key="learn_live.thing 0 left").set_value(20).run()
    page.button(key="learn_live.thing 1 hide").click().run()
    assert right_sentence(page) == "a large dotted red fish" and page.button(key="learn_live.thing 0 hide").disabled
    page.button(key="learn_live.scene drawn").click().run()
    assert "things" not in page.query_params and shown(page)["id"] == before["id"]
    page.button(key="learn_live.scene undo").click().run()
    page.number_input(key="learn_live.scene_number").set_value(17).run()
    assert "things" not in page.query_params, "what was changed about another scene"


def test_a_link_leads_to_a_changed_scene_and_a_broken_one_to_the_scene_as_drawn(open_page):
    page = open_page(learn="Look closer", things="blue-box@60.40 small-striped-red-ball@2.30")
    assert right_sentence(page) == "a small striped red ball left of a blue box"
    page = open_page(learn="Look closer", things="blue-box@60.40 <b>@1.1")
    assert page.toast[0].value.endswith(".") and "things" not in page.query_params


def test_a_look_is_moved_on_a_scene_and_it_is_told_what_it_points_at(open_page):
    page = open_page(learn="Look closer", split="test", scene_number="16")
    view = page.session_state["state of LearnLiveState"].view
    steps = shown(page)["views"][1]["steps"]
    at = next(n for n, step in enumerate(steps) if step["word"] == "fish")
    assert steps[at]["box"] == 0 and steps[at]["inside"]
    view.change = {
        "id": view.mounted,
        "view": "0:scenes-soft",
        "step": at,
        "kind": "gaze",
        "cells": [143],
        "onward": False,
    }
    page.run()
    moved = shown(page)["views"][1]["steps"]
    assert page.query_params["edits"] and moved[at]["confined"] == [143] and not moved[at]["inside"]
    for step in (step for step in moved if step["box"] is not None):
        said = dict(map(tuple, step["facts"]))["Points"]
        assert said.startswith("into" if step["inside"] else "beside")
        assert said.endswith(editor(page)["things"][step["box"]]["name"])


@pytest.mark.parametrize("data", [b"", b"no zip"], ids=["empty", "text"])
def test_a_broken_zip_says_so_and_keeps_the_view(open_page, data):
    page = open_page(learn="Look closer")
    before = shown(page)["views"]
    page.file_uploader(key="learn_live.zip").upload("run.zip", data).run()
    assert page.error[0].value.endswith(".") and shown(page)["views"] == before


def test_draw_by_draw_shows_maps_errors_and_variances(open_page):
    page = open_page(learn="Draw by draw")
    assert not page.exception and not page.error
    assert len(page.get("plotly_chart")) == 6 and len(page.dataframe) == 1
    page.select_slider(key="learn_live.draws").set_value(1).run()
    assert not page.exception and len(page.dataframe[0].value) == 1
