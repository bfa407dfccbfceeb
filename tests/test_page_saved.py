"""Saved traces come back into the player on Compare, whoever made the files."""

import hashlib
import io
import json

import pytest
from app_file import components
from made_traces import ODD, caption
from PIL import Image
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models

from core import exports
from core.captioning.settings import Decisions, Settings


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("saved") / "checkpoints", ending=-8)


@pytest.fixture
def open_page(root, open_app, monkeypatch):
    monkeypatch.setattr("core.checkpoints.ROOT", root)
    return lambda tab="Saved traces", **link: open_app("compare", compare=tab, **link)


def shown(page: AppTest) -> dict:
    assert not page.exception
    (component,) = components(page)
    return json.loads(component.proto.json)


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    return page.file_uploader(key="compare.saved").set_value([(*file, "application/json") for file in files]).run()


def test_a_trace_of_the_gallery_lies_over_its_photo_with_what_was_decided(open_page):
    trace = caption(["a", "red", "ball"], "hard")
    about = exports.Photo("A ball", 640, 480, gallery="ball", credit="Us, MIT", distance=1.4)
    decided = Decisions({0: "a"}, {1: [3, 4]}, {2: ["dog"]})
    page = upload(open_page(), ("t.json", exports.trace_json(trace, about, "x" * 64, Settings(beam=2), decided)))
    (view,) = shown(page)["views"]
    assert [step["word"] for step in view["steps"]] == trace.words
    assert view["steps"][1]["confined"] == [3, 4] and view["steps"][0]["mark"] == "chosen"
    assert any("out of its depth" in one.value for one in page.warning)
    told = " ".join(one.value for one in page.caption).replace("\\", "")
    assert "Written by another hard" in told and "not “dog” as word 3" in told and "beam 2" in told


def test_traces_of_two_files_lie_beside_each_other_and_four_at_most(open_page):
    photo = exports.Photo("A ball", 640, 480, gallery="ball")
    one = exports.trace_json(caption(["a"]), photo, "")
    several = exports.traces_json([exports.trace_json(caption([word], "hard"), photo, "") for word in "bcde"])
    page = upload(open_page(), ("one.json", one), ("several.json", several))
    assert ["".join(step["word"] for step in view["steps"]) for view in shown(page)["views"]] == list("abcd")
    assert len(shown(page)["photos"]) == 1 and any("first 4 of 5" in one.value for one in page.caption)


def test_a_photo_of_ones_own_is_laid_below_it_where_it_is_given_too(open_page):
    out = io.BytesIO()
    Image.new("RGB", (90, 30), "red").save(out, "PNG")
    photo = exports.Photo("mine.png", 90, 30, sha256=hashlib.sha256(out.getvalue()).hexdigest())
    page = upload(open_page(), ("t.json", exports.trace_json(caption(["a"]), photo, "")))
    ground = shown(page)["photos"][0]
    assert ground["ratio"] == pytest.approx(3, rel=0.01)
    assert any("not in the file" in one.value for one in page.caption)
    page.file_uploader(key="compare.upload").upload("mine.png", out.getvalue()).run()
    assert shown(page)["photos"][0]["jpeg"] != ground["jpeg"]
    assert not any("not in the file" in one.value for one in page.caption)


def test_what_is_no_trace_is_said_in_a_sentence_and_odd_ones_are_text(open_page):
    odd = [word for word in ODD if "\x00" not in word and "\n" not in word]
    sound = exports.trace_json(caption(odd), exports.Photo("<b>*x*</b>", 1, 100_000), "")
    broken = [("no.json", b"[]"), ("deep.json", b"[" * 100_000), ("cut.json", sound[:-9])]
    page = upload(open_page(), *broken)
    assert len(page.warning) == 3 and all(one.value.endswith(".") for one in page.warning) and page.info
    page = upload(page, *broken, ("odd.json", sound))
    assert [step["word"] for step in shown(page)["views"][0]["steps"]] == odd
    assert shown(page)["photos"][0]["ratio"] == pytest.approx(0.1, rel=0.01)


def test_what_the_same_sentence_saves_opens_again(open_page):
    page = open_page("The same sentence", photo="ball", sentence="a dog runs", models=["none", "soft"])
    assert [one.label for one in page.metric] == ["none", "soft"]
    assert all("1 in" in one.value or "%" in one.value for one in page.metric)
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels == ["Table (CSV)", "Traces", "Page"]
