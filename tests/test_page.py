"""The explorer without a browser: what is shown for which photo, model and settings, and what is said when it fails."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from app_file import APP, TIMEOUT, components
from PIL import Image
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models

from core.captioning import examples
from core.captioning.service import CaptionService


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("page") / "checkpoints", ending=-8)


@pytest.fixture
def open_page(root, fresh_caches, monkeypatch):
    """Open the app as by a link with these parameters, its models those of a folder (tiny ones by default)."""

    def open_page(folder: Path = root, **link: str) -> AppTest:
        fresh_caches()
        monkeypatch.setattr("core.checkpoints.ROOT", folder)
        page = AppTest.from_file(APP, default_timeout=TIMEOUT)
        page.query_params.update(link)
        return page.run()

    return open_page


def shown(page: AppTest) -> dict:
    """What the browser's player was given."""
    assert not page.exception
    (component,) = components(page)
    return json.loads(component.proto.json)


def steps(page: AppTest) -> list[dict]:
    """The words of the view in front: the last one, where another lies beside it."""
    return shown(page)["views"][-1]["steps"]


def words(page: AppTest) -> list[str]:
    return [step["word"] for step in steps(page)]


def jpeg(color: str = "navy", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.slow
def test_the_example_needs_no_torch():
    script = (
        "import sys; sys.modules['torch'] = None; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(APP)!r}, default_timeout={TIMEOUT}).run(); "
        "assert not page.exception and not page.error, page; "
        "assert page.get('bidi_component') and page.get('plotly_chart')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=APP.parent)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("model", ["none", "soft", "hard"])
def test_the_example_of_each_model(open_page, model):
    page = open_page(model=model)
    trace = examples.read_example().traces[model]
    assert words(page) == trace.words
    assert [step["glimpse"] for step in steps(page)] == [
        None if step.glimpse is None else list(step.glimpse) for step in trace.steps
    ]
    # Nothing is offered about looks that a model cannot choose.
    looks = model != "none"
    assert shown(page)["views"][0]["looks"] == bool(page.get("plotly_chart")) == looks
    assert ("explore.hide" in [button.key for button in page.button]) == looks


def test_a_link_reopens_the_same_view(open_page, root):
    link = {"photo": "ball", "model": "hard", "method": "sample", "temperature": "1.5", "seed": "7"}
    page = open_page(root, **link, glimpse="sampled")
    first = shown(page)
    assert "red ball" in first["photos"][0]["alt"]
    assert page.slider(key="explore.temperature").value == 1.5 and page.number_input(key="explore.seed").value == 7
    again = shown(open_page(root, **link, glimpse="sampled"))
    assert again == first
    assert steps(open_page(root, **{**link, "seed": "8"}, glimpse="sampled")) != first["views"][0]["steps"]


def test_while_the_models_load_the_photo_is_shown(open_page, monkeypatch):
    """And goes when the player is there."""
    shown_first = []
    monkeypatch.setattr("pages.parts.photo_view.is_warm", lambda: False)
    monkeypatch.setattr("pages.parts.photo_view.picture", lambda id, photo: shown_first.append(id) or jpeg())
    page = open_page(photo="ball")
    assert words(page) and shown_first == ["ball"]
    assert len(page.image) == len(words(page))  # the film strip's alone


def test_wrong_values_in_a_link_are_ignored(open_page):
    page = open_page(photo="../../etc", model="<b>", method="1", beam="99")
    assert words(page) == examples.read_example().traces["soft"].words


def test_an_upload_is_shown_and_the_gallery_stays_a_click_away(open_page):
    page = open_page()
    before = steps(page)
    page.file_uploader(key="explore.upload").upload("mine.jpg", jpeg(size=(90, 30))).run()
    assert shown(page)["photos"][0]["alt"] == "Your photo" and shown(page)["photos"][0]["ratio"] == 3
    own = page.pills(key="explore.photo").value
    page.pills(key="explore.photo").set_value(examples.PHOTO).run()
    assert steps(page) == before
    page.pills(key="explore.photo").set_value(own).run()
    assert shown(page)["photos"][0]["ratio"] == 3


@pytest.mark.parametrize("data", [b"", b"not a photo", jpeg()[:150]], ids=["empty", "text", "cut short"])
def test_a_broken_upload_says_so_and_keeps_the_view(open_page, data):
    page = open_page(model="hard")
    before = steps(page)
    page.file_uploader(key="explore.upload").upload("mine.jpg", data).run()
    (error,) = page.error
    assert error.value.endswith(".") and "Traceback" not in error.value
    assert steps(page) == before and page.segmented_control(key="explore.model").value == "hard"
    page.file_uploader(key="explore.upload").upload("mine.jpg", jpeg()).run()
    assert not page.error and shown(page)["photos"][0]["alt"] == "Your photo"


def test_without_checkpoints_the_example_is_shown_and_the_rest_says_why_not(open_page, tmp_path):
    page = open_page(tmp_path / "nothing")
    assert steps(page) and not page.error
    page.pills(key="explore.photo").set_value("ball").run()
    assert not page.exception and "checkpoint" in page.error[0].value
    page.pills(key="explore.photo").set_value(examples.PHOTO).run()
    assert steps(page) and not page.error


def test_every_setting_has_its_control(open_page):
    page = open_page()
    assert page.slider(key="explore.beam").value == 4
    page.segmented_control(key="explore.method").set_value("greedy").run()
    assert not page.slider and not page.number_input
    page.segmented_control(key="explore.method").set_value("sample").run()
    assert [slider.key for slider in page.slider] == ["explore.temperature"]
    assert page.number_input(key="explore.seed").value == 0
    page.segmented_control(key="explore.model").set_value("hard").run()
    assert page.segmented_control(key="explore.glimpse").value == "likely"
    assert steps(page)


def test_a_photo_is_encoded_once_whatever_is_changed(open_page, root, monkeypatch):
    passes = []
    encode = CaptionService.encode
    monkeypatch.setattr(CaptionService, "encode", lambda self, *seen: passes.append(1) or encode(self, *seen))
    page = open_page(root, photo="ball")
    page.segmented_control(key="explore.model").set_value("hard").run()
    page.slider(key="explore.beam").set_value(2).run()
    assert not page.exception and len(passes) == 1


def test_charts_and_film_strip_have_words_for_those_who_cannot_see_them(open_page):
    page = open_page()
    charts = [chart.proto for chart in page.get("plotly_chart")]
    assert all(len(chart.alt) > 20 for chart in charts)
    pictures = [picture for image in page.image for picture in image.proto.imgs]
    assert [picture.caption for picture in pictures] == words(page)
    assert all("looks at" in picture.alt for picture in pictures)


def test_other_captioners_in_the_folder_are_offered(open_page, tmp_path):
    folder = save_tiny_models(tmp_path / "checkpoints")
    (folder / "hard").rename(folder / "my hard one")
    page = open_page(folder, photo="ball")
    offered = page.segmented_control(key="explore.model").options
    assert offered == ["none", "soft", "my hard one"]
    page.segmented_control(key="explore.model").set_value("my hard one").run()
    assert all(step["glimpse"] for step in steps(page))
    assert page.segmented_control(key="explore.glimpse").value == "likely"


# --- what if ------------------------------------------------------------------------------------------------


def ask(page: AppTest, **change) -> AppTest:
    """What the player sends when the viewer asks for a what-if."""
    view = page.session_state["state of ExploreState"].view
    view.change = {"id": shown(page)["id"], "view": shown(page)["views"][-1]["key"], **change}
    return page.run()


def link(page: AppTest) -> str:
    """The what-ifs in the address bar."""
    edits = page.query_params["edits"]
    return edits if isinstance(edits, str) else edits[0]


def other(page: AppTest, step: int) -> str:
    """A candidate that was not written."""
    return next(word for word, _, _ in steps(page)[step]["candidates"] if word != words(page)[step])


def test_a_word_is_forced_named_laid_beside_the_original_and_undone(open_page):
    page = open_page(photo="ball")
    before, word = words(page), other(page, 1)
    ask(page, kind="word", step=1, word=word)
    assert words(page)[:2] == [before[0], word] and steps(page)[1]["mark"] == "chosen"
    assert shown(page)["start"] == 1
    assert link(page) == f"soft({before[0]} {word}*)"
    assert page.pills(key="explore.branch").options == ["Original", f"“{word}” for “{before[1]}”"]
    page.text_input(key="explore.branch name").set_value("another *ending*").run()
    page.segmented_control(key="explore.beside").set_value("original").run()
    original, branch = shown(page)["views"]
    assert [step["word"] for step in original["steps"]] == before
    assert (original["title"], branch["title"]) == ("Original", "another *ending*")
    page.button(key="explore.undo").click().run()
    assert words(page) == before and "edits" not in page.query_params
    assert page.button(key="explore.undo").disabled and page.button(key="explore.remove").disabled
    page.button(key="explore.redo").click().run()
    assert words(page)[1] == word and link(page) == f"soft({before[0]} {word}*)"
    page.button(key="explore.remove").click().run()
    assert words(page) == before and not page.pills(key="explore.photo").disabled
    assert "explore.undo" not in [button.key for button in page.button]


@pytest.mark.parametrize("onward", [False, True])
def test_a_gaze_is_moved_for_one_word_or_from_there_on(open_page, onward):
    page = open_page(photo="ball")
    ask(page, kind="gaze", step=1, cells=[0, 1, 14, 15], onward=onward)
    confined = [step["confined"] for step in steps(page)]
    assert confined == [None, [0, 1, 14, 15], *[[0, 1, 14, 15] if onward else None] * (len(confined) - 2)]
    assert sum(steps(page)[1]["alpha"][cell] for cell in (0, 1, 14, 15)) == pytest.approx(1, abs=1e-4)


def test_a_part_is_blanked_out_and_the_photo_encoded_again(open_page, monkeypatch):
    passes = []
    encode = CaptionService.encode
    monkeypatch.setattr(CaptionService, "encode", lambda self, *seen: passes.append(1) or encode(self, *seen))
    page = open_page(photo="ball")
    before = shown(page)["photos"][0]["jpeg"]
    ask(page, kind="blank", step=0, cells=list(range(98)))
    assert shown(page)["photos"][0]["jpeg"] != before and len(passes) == 2
    page.segmented_control(key="explore.beside").set_value("original").run()
    assert shown(page)["photos"][0]["jpeg"] == before and len(shown(page)["photos"]) == 2
    page.pills(key="explore.branch").set_value(0).run()
    assert len(shown(page)["views"]) == 1 and len(passes) == 2


def test_a_link_reopens_what_ifs_and_the_word(open_page):
    page = open_page(photo="ball")
    ask(page, kind="word", step=1, word=other(page, 1))
    ask(page, kind="gaze", step=2, cells=[3, 4], onward=True)
    edits, seen = link(page), steps(page)
    again = open_page(photo="ball", edits=edits, word="1")
    assert steps(again) == seen and shown(again)["start"] == 0
    assert link(again) == edits


@pytest.mark.parametrize("edits", ["soft(", "soft(zebra*)", "soft(@0=999)", "(0-9999)", "<b>", "soft(a @60=1)"])
def test_what_ifs_in_a_link_that_cannot_be_are_left_out_with_a_sentence(open_page, edits):
    page = open_page(photo="ball", edits=edits, word="-3")
    (warning,) = page.warning
    assert warning.value.endswith(".") and words(page) == words(open_page(photo="ball"))
    assert "edits" not in page.query_params


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "word", "step": 0, "word": "zebra"},
        {"kind": "word", "step": 99, "word": "dog"},
        {"kind": "gaze", "step": 0, "cells": [], "onward": False},
        {"kind": "gaze", "step": 0, "cells": "all", "onward": False},
        {"kind": "gaze", "step": 0},
        {"kind": "blank", "cells": [-1], "step": 0},
        {"view": "x:y", "kind": "word", "step": 0, "word": "dog"},
        {"view": "0:nobody", "kind": "word", "step": 0, "word": "dog"},
    ],
)
def test_what_ifs_that_cannot_be_are_refused_in_a_sentence(open_page, change):
    page = open_page(photo="ball")
    before = words(page)
    ask(page, **change)
    assert page.warning[0].value.endswith(".") and words(page) == before


def test_whether_the_gaze_matters_is_measured_only_when_asked(open_page):
    page = open_page(photo="ball")
    assert len(page.get("plotly_chart")) == 1
    page.button(key="explore.hide").click().run()
    assert len(page.get("plotly_chart")) == 2
    assert any("points on average" in text.value for text in page.markdown)
    page.segmented_control(key="explore.method").set_value("greedy").run()
    assert len(page.get("plotly_chart")) == 1
