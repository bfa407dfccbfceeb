"""The captioner of docs/your-own-model.md, exactly as it stands there: registry, command line, export, pages."""

import io
import json

import numpy as np
import pytest
import torch
from app_file import components
from own_architecture import example, installed
from PIL import Image, ImageDraw
from tiny_models import save_tiny_models

from core import checkpoints
from core.__main__ import main
from core.captioning.model import CaptionModel
from core.captioning.occlusion import measure
from core.captioning.registry import CAPTIONERS
from core.captioning.service import CaptionService
from core.captioning.settings import Decisions, Settings
from core.checkpoints import CheckpointError
from core.exports import read_trace_json

GREEDY = Settings("greedy")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Tiny models, and beside them what the document has one save."""
    root = save_tiny_models(tmp_path_factory.mktemp("own") / "checkpoints", ending=-8)
    with pytest.MonkeyPatch.context() as patch:
        module = installed(patch, tmp_path_factory.mktemp("site"))
        module.save(root / "colours")
        yield root


@pytest.fixture(scope="module")
def service(root):
    return CaptionService(root)


@pytest.fixture(scope="module")
def flag():
    """Three quarters green, above a quarter of red."""
    photo = Image.new("RGB", (320, 240), (60, 140, 60))
    ImageDraw.Draw(photo).rectangle((0, 180, 320, 240), fill=(200, 40, 40))
    return photo


@pytest.fixture(scope="module")
def seen(service, flag):
    return service.encode([flag], "colours")


def test_the_example_is_short_and_complete():
    assert len(example("colour_namer.py").strip().splitlines()) <= 60
    assert max(map(len, example("colour_namer.py").splitlines())) <= 120


def test_it_is_known_by_its_entry_point_and_keeps_the_contract(root):
    model, config = CAPTIONERS.open(root / "colours")
    assert isinstance(model, CaptionModel) and CAPTIONERS.known()["colour-namer"] == "colour_namer:ColourNamer"
    assert config["architecture"] == "colour-namer" and "colour-namer" not in CAPTIONERS.entries


def test_it_names_what_is_there_and_looks_at_it(service, seen):
    (trace,) = service.caption(seen, "colours", GREEDY)
    assert trace.model == "colours" and trace.words == ["green", "red"] and trace.ended and trace.grid == (8, 8)
    looks = [np.array(step.alpha) for step in trace.steps]
    assert looks[0] == pytest.approx(1 / 64) and looks[1][6:].sum() > 0.9


def test_decisions_are_followed(service, seen):
    decided = Decisions({1: "blue"}, {2: (0, 63)}, {0: ("green",)})
    (trace,) = service.caption(seen, "colours", GREEDY, decided)
    assert trace.words[:2] == ["red", "blue"] and trace.steps[1].word_forced and trace.steps[2].gaze_forced
    assert set(np.flatnonzero(trace.steps[2].alpha)) == {0, 63}
    said = ["blue", "white", "red"]
    (forced,) = service.caption(seen, "colours", GREEDY, Decisions.caption(said))
    assert forced.words == said and forced.ended
    again = service.caption(seen, "colours", GREEDY, Decisions.caption(["green", "red"]))
    assert again[0].log_prob == pytest.approx(service.caption(seen, "colours", GREEDY)[0].log_prob, abs=1e-6)


@pytest.mark.parametrize(
    ("decided", "complaint"),
    [
        (Decisions({0: "dog"}), "does not know the word “dog”"),
        (Decisions(gazes={0: (64,)}), "cells from 0 to 63"),
        (Decisions({0: "<end>", 1: "red"}), "after the end"),
        (Decisions({-1: "red"}), "step 0 or later"),
        (Decisions({51: "red"}), "at most 50 words"),
    ],
)
def test_decisions_that_cannot_be_are_refused_before_it_sees_them(service, seen, decided, complaint):
    with pytest.raises(ValueError, match=complaint):
        service.caption(seen, "colours", GREEDY, decided)


def test_one_photo_is_decided_about_in_several_ways_at_once(service, seen):
    traces = service.caption(seen, "colours", GREEDY, [Decisions(), Decisions({0: "grey"})])
    assert [trace.words[0] for trace in traces] == ["green", "grey"]
    with pytest.raises(ValueError, match="as many decisions"):
        service.caption(seen, "colours", GREEDY, [Decisions()], seeds=[1, 2])
    trace = traces[0]
    assert [effect.free for effect in measure(service, seen, trace, GREEDY)] == pytest.approx(
        [step.prob for step in trace.steps], abs=1e-6
    )


def test_what_is_not_there_for_it_is_said(service, seen):
    with pytest.raises(ValueError, match="does not show its search"):
        service.beam(seen, "colours")
    with pytest.raises(CheckpointError, match="cannot be looked into"), service.opened("colours"):
        pass
    assert service.distances(seen, "colours") == [None]


@pytest.mark.parametrize(
    ("breaks", "complaint"),
    [
        (lambda step: {"alpha": ((1.0,),)}, "no distribution"),
        (lambda step: {"alpha": tuple(tuple(2 * a for a in row) for row in step.alpha)}, "no distribution"),
        (lambda step: {"prob": float("nan")}, "not within 0 to 1"),
    ],
)
def test_a_trace_that_cannot_be_drawn_is_refused(service, seen, monkeypatch, breaks, complaint):
    from dataclasses import replace

    model = service._load("colours")[1].model
    ours = type(model)._caption

    def broken(self, *asked):
        trace = ours(self, *asked)
        return replace(trace, steps=tuple(replace(step, **breaks(step)) for step in trace.steps))

    monkeypatch.setattr(type(model), "_caption", broken)
    with pytest.raises(ValueError, match=complaint):
        service.caption(seen, "colours", GREEDY)


def test_an_architecture_that_is_not_installed_is_named(root, tmp_path):
    config, state = checkpoints.load(root / "colours")
    checkpoints.save(tmp_path / "other", config | {"architecture": "os:system"}, state, "")
    with pytest.raises(CheckpointError, match=r"no architecture 'os:system'.*lstm"):
        CAPTIONERS.open(tmp_path / "other")


def test_an_entry_point_cannot_take_the_place_of_ours(tmp_path, monkeypatch):
    info = tmp_path / "thief-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thief\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[glimpse.captioners]\nlstm = os:system\ngone = thief:Nothing\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert CAPTIONERS.known()["lstm"] == CAPTIONERS.entries["lstm"]
    with pytest.raises(CheckpointError, match="'gone' cannot be imported"):
        CAPTIONERS.architecture({"architecture": "gone"})


def test_the_command_line_captions_and_exports_with_it(root, flag, tmp_path, capsys):
    flag.save(tmp_path / "flag.png")
    command = ["caption", str(tmp_path / "flag.png"), "--checkpoints", str(root), "--method", "greedy"]
    assert main([*command, "--model", "colours", "--model", "soft", "--json"]) == 0
    told, _ = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert told["model"] == "colours" and told["caption"] == "green red"
    assert np.shape(told["words"][0]["attention"]) == (8, 8)
    assert main([*command, "--model", "colours", "--export", str(tmp_path / "out")]) == 0, capsys.readouterr().err
    files = {path.suffix: path for path in (tmp_path / "out").iterdir()}
    assert {".png", ".gif", ".html", ".json"} <= set(files)
    assert read_trace_json(files[".json"].read_bytes()).trace.caption == "green red"


def test_training_says_that_it_cannot_be_trained_here(root, tmp_path, capsys):
    images = []
    for split in ("train", "val"):
        Image.new("RGB", (64, 64)).save(tmp_path / f"{split}.png")
        images.append({"filename": f"{split}.png", "split": split, "sentences": [{"tokens": ["a"]}] * 4})
    (tmp_path / "data.json").write_text(json.dumps({"images": images}))
    command = ["train", "photos", "--dataset", tmp_path / "data.json", "--images", tmp_path, "--out", tmp_path / "run"]
    command += ["--encoder-weights", root / "encoder", "--captioner-architecture", "colour-namer"]
    assert main([str(part) for part in command]) == 2
    assert "colour-namer" in capsys.readouterr().err


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_page(root, open_app, monkeypatch):
    monkeypatch.setattr("core.checkpoints.ROOT", root)

    def open_page(page: str, **link):
        app = open_app(page, **{"photo": "ball", "method": "greedy", **link})
        assert not app.exception and not app.error
        return app

    return open_page


def views(page) -> list[dict]:
    (component,) = components(page)
    return json.loads(component.proto.json)["views"]


def test_explore_shows_it_and_follows_what_if(open_page):
    page = open_page("explore", model="colours")
    (view,) = views(page)
    assert view["grid"] == [8, 8] and len(view["steps"]) > 1
    shown = json.loads(components(page)[0].proto.json)
    change = {"id": shown["id"], "view": view["key"], "kind": "word", "step": 0, "word": "orange"}
    page.session_state["state of ExploreState"].view.change = change
    page.run()
    assert not page.exception and views(page)[-1]["steps"][0]["word"] == "orange"
    page.session_state["explore.closer"] = "The beam"
    page.run()
    assert not page.exception and "does not show its search" in page.error[0].value


def test_compare_lays_it_beside_one_of_ours(open_page):
    page = open_page("compare", models=["soft", "colours"])
    assert [view["title"] for view in views(page)] == ["soft", "colours"]
    assert [view["grid"] for view in views(page)] == [[16, 16], [8, 8]]
    assert any("Different eyes" in caption.value for caption in page.caption)


def test_many_photos_has_a_column_for_it(open_page, flag):
    page = open_page("compare", compare="Many photos", models=["soft", "colours"])
    out = io.BytesIO()
    flag.save(out, "PNG")
    page.file_uploader(key="compare.photos").set_value([("flag.png", out.getvalue(), "image/png")])
    page.run()
    page.button(key="compare.caption_all").click().run()
    assert not page.exception and not page.error
    assert page.dataframe[0].value["colours"].tolist() == ["green red"]


def test_gazes_on_grids_of_two_sizes_are_compared(open_page, service):
    from core.captioning.comparison import divergence

    coarse, fine = torch.rand(7, 7), torch.rand(14, 14)
    same = coarse.repeat_interleave(2, 0).repeat_interleave(2, 1)
    assert divergence(coarse.numpy(), same.numpy()) == pytest.approx(0, abs=1e-9)
    assert divergence(coarse.numpy(), fine.numpy()) == divergence(same.numpy(), fine.numpy())
