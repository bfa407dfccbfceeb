"""The explorer without a browser: what is shown for which photo, model and settings, and what is said when it fails."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models

from core import examples
from core.captioning.studio import Studio

APP = Path(__file__).resolve().parent.parent / "app.py"
TIMEOUT = 300  # seconds; generous, for a busy machine


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("page") / "checkpoints")


@pytest.fixture
def open_page(root, monkeypatch):
    """Open the app as by a link with these parameters, its models those of a folder (tiny ones by default)."""

    def open_page(folder: Path = root, **link: str) -> AppTest:
        st.cache_data.clear()
        st.cache_resource.clear()
        monkeypatch.setattr("core.captioning.studio.Studio", lambda: Studio(folder))
        page = AppTest.from_file(APP, default_timeout=TIMEOUT)
        page.query_params.update(link)
        return page.run()

    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


def shown(page: AppTest) -> dict:
    """What the browser's stepper was given."""
    assert not page.exception
    (component,) = page.get("bidi_component")
    return json.loads(component.proto.json)


def words(page: AppTest) -> list[str]:
    return [step["word"] for step in shown(page)["steps"]]


def jpeg(color: str = "navy", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG")
    return out.getvalue()


def test_the_example_is_shown_before_torch_is_loaded():
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(APP)!r}, default_timeout={TIMEOUT}).run(); "
        "assert not page.exception and not page.error, page; "
        "assert page.get('bidi_component') and len(page.get('plotly_chart')) == 2; "
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=APP.parent)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("model", ["none", "soft", "hard"])
def test_the_example_of_each_model(open_page, model):
    page = open_page(model=model)
    trace = examples.read_example().traces[model]
    assert words(page) == trace.words
    assert [step["glimpse"] for step in shown(page)["steps"]] == [
        None if step.glimpse is None else list(step.glimpse) for step in trace.steps
    ]


def test_a_link_reopens_the_same_view(open_page, root):
    link = {"photo": "ball", "model": "hard", "method": "sample", "temperature": "1.5", "seed": "7"}
    page = open_page(root, **link, glimpse="sampled")
    first = shown(page)
    assert "red ball" in first["alt"]
    assert page.slider(key="temperature").value == 1.5 and page.number_input(key="seed").value == 7
    again = shown(open_page(root, **link, glimpse="sampled"))
    assert again == first
    assert shown(open_page(root, **{**link, "seed": "8"}, glimpse="sampled"))["steps"] != first["steps"]


def test_wrong_values_in_a_link_are_ignored(open_page):
    page = open_page(photo="../../etc", model="<b>", method="1", beam="99")
    assert words(page) == examples.read_example().traces["soft"].words


def test_an_upload_is_shown_and_the_gallery_stays_a_click_away(open_page):
    page = open_page()
    before = shown(page)
    page.file_uploader(key="upload").upload("mine.jpg", jpeg(size=(90, 30))).run()
    assert shown(page)["alt"] == "Your photo" and shown(page)["ratio"] == 3
    page.pills(key="photo").set_value("cat").run()
    assert shown(page)["steps"] == before["steps"]
    page.pills(key="photo").set_value("yours").run()
    assert shown(page)["ratio"] == 3


@pytest.mark.parametrize("data", [b"", b"not a photo", jpeg()[:150]], ids=["empty", "text", "cut short"])
def test_a_broken_upload_says_so_and_keeps_the_view(open_page, data):
    page = open_page(model="hard")
    before = shown(page)
    page.file_uploader(key="upload").upload("mine.jpg", data).run()
    (error,) = page.error
    assert error.value.endswith(".") and "Traceback" not in error.value
    assert shown(page) == before and page.segmented_control(key="model").value == "hard"
    page.file_uploader(key="upload").upload("mine.jpg", jpeg()).run()
    assert not page.error and shown(page)["alt"] == "Your photo"


def test_without_checkpoints_the_example_is_shown_and_the_rest_says_why_not(open_page, tmp_path):
    page = open_page(tmp_path / "nothing")
    assert shown(page)["steps"] and not page.error
    page.pills(key="photo").set_value("ball").run()
    assert not page.exception and "checkpoint" in page.error[0].value
    page.pills(key="photo").set_value("cat").run()
    assert shown(page)["steps"] and not page.error


def test_every_setting_has_its_control(open_page):
    page = open_page()
    assert page.slider(key="beam").value == 4
    page.segmented_control(key="method").set_value("greedy").run()
    assert not page.slider and not page.number_input
    page.segmented_control(key="method").set_value("sample").run()
    assert [slider.key for slider in page.slider] == ["temperature"] and page.number_input(key="seed").value == 0
    page.segmented_control(key="model").set_value("hard").run()
    assert page.segmented_control(key="glimpse").value == "likely"
    assert shown(page)["steps"]


def test_a_photo_is_encoded_once_whatever_is_changed(open_page, root, monkeypatch):
    passes = []
    encode = Studio.encode
    monkeypatch.setattr(Studio, "encode", lambda self, photos: passes.append(1) or encode(self, photos))
    page = open_page(root, photo="ball")
    page.segmented_control(key="model").set_value("hard").run()
    page.slider(key="beam").set_value(2).run()
    assert not page.exception and len(passes) == 1


def test_charts_and_film_strip_have_words_for_those_who_cannot_see_them(open_page):
    page = open_page()
    charts = [chart.proto for chart in page.get("plotly_chart")]
    assert all(len(chart.alt) > 20 for chart in charts)
    pictures = [picture for image in page.image for picture in image.proto.imgs]
    assert [picture.caption for picture in pictures] == words(page)
    assert all("looks at" in picture.alt for picture in pictures)
