"""Watch it learn, a training on one's own data: allowed or not, checked, begun, stopped, found again by the address."""

import io
import sys
import time
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from core.training.background import Trainings

LAMPS = "".join(
    f"1 The lamp is in the {one}.\n2 The lamp is in the {other}.\n3 Where is the lamp?\t{other}\t2\n"
    for one in ("attic", "cellar", "porch", "shed")
    for other in ("attic", "cellar", "porch", "shed")
)


def zipped(name: str = "lamps.txt", text: str = LAMPS) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, text)
    return out.getvalue()


def until(true, seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["app.py", "--training", str(tmp_path / "home")])
    return tmp_path / "home"


@pytest.fixture
def open_page(open_app):
    def open_page(**link: str) -> AppTest:
        page = open_app("learn_live", **{"learn": "Your own data", **link})
        assert not page.exception
        return page

    return open_page


def test_it_is_off_unless_the_owner_allows_it(open_page):
    page = open_page()
    assert "On this server that is switched off" in page.markdown[-1].value
    assert not page.get("file_uploader") and "learn_live.check_data" not in [one.key for one in page.button]


def test_what_cannot_be_used_is_said_and_leaves_nothing(open_page, home):
    page = open_page(data="Stories")
    assert page.button(key="learn_live.check_data").disabled
    page.file_uploader(key="learn_live.data_zip").upload("x.zip", b"no zip", "application/zip").run()
    page.button(key="learn_live.check_data").click().run()
    assert "cannot be unpacked" in page.error[0].value and not list(home.iterdir())
    page.file_uploader(key="learn_live.data_zip").upload("x.zip", zipped("../x"), "application/zip").run()
    page.button(key="learn_live.check_data").click().run()
    assert "leads out of the folder" in page.error[0].value.replace("\\", "") and not list(home.iterdir())


def test_stories_are_checked_trained_and_found_again(open_page, home, monkeypatch):
    page = open_page(data="Stories")
    page.pills(key="learn_live.networks").set_value(["memnn"]).run()
    page.file_uploader(key="learn_live.data_zip").upload("lamps.zip", zipped(), "application/zip").run()
    page.button(key="learn_live.check_data").click().run()
    assert not page.exception and not page.error
    training = page.session_state["state of OwnDataState"].training
    assert page.query_params["training"] in (training.name, [training.name])
    until(lambda: not training.under_way)
    page.run()
    assert training.state.status == "checked", training.state.why
    assert "takes about a minute" in page.info[0].value
    found = [text.value for text in page.markdown if "questions about" in text.value]
    assert "lamps" not in found[0] and "12 stories" not in found[0] and "16 questions" in found[0]
    page.button(key="learn_live.train_own").click().run()
    until(lambda: not training.under_way)
    page.run()
    assert "memnn" in page.success[0].value and len(page.get("plotly_chart")) == 2
    # After a restart of the server the address finds it; nobody else's does.
    again = Trainings(home).find(training.name)
    assert again is not None and again.state.status == "done"
    # One press offers it beside ours, to this visitor.
    page.button(key="learn_live.use_own").click().run()
    assert not page.exception and page.title[0].value == "Ask a story"
    (upload,) = page.session_state["state of OwnState"].uploads
    assert [name.startswith("yours-memnn-") for name in upload.models] == [True]
    page.switch_page("pages/learn_live.py")
    page.query_params.update({"learn": "Your own data", "training": training.name})
    page.run()
    page.button(key="learn_live.remove_own").click().run()
    assert not training.folder.exists() and "training" not in page.query_params
    assert page.get("file_uploader")


def test_a_link_to_a_run_that_is_gone_opens_the_page(open_page, home):
    page = open_page(training="training-abcdefghijklmnop")
    assert page.toast and "kept no longer" in page.toast[0].value
    assert page.get("file_uploader")


def test_a_folder_that_the_owner_named_can_be_chosen(open_page, home, tmp_path, monkeypatch):
    (tmp_path / "lamps").mkdir()
    (tmp_path / "lamps" / "a.txt").write_text("no stories")
    monkeypatch.setattr("sys.argv", [*sys.argv, "--data", str(tmp_path / "lamps")])
    page = open_page(data="Stories")
    assert page.selectbox(key="learn_live.place").options == ["in a zip of mine", "lamps, on this machine"]
    page.selectbox(key="learn_live.place").set_value("lamps").run()
    page.button(key="learn_live.check_data").click().run()
    training = page.session_state["state of OwnDataState"].training
    until(lambda: not training.under_way)
    page.run()
    assert page.error[0].value.replace("\\", "").startswith("lamps holds no file qaN_*_train.txt, nor")
    page.button(key="learn_live.other_data").click().run()
    assert page.selectbox(key="learn_live.place").options and not training.folder.exists()
