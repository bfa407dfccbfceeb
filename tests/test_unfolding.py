"""One look unfolded: what is recomputed agrees with the trace, and what is told with what is shown."""

import base64
import json
import shutil
import subprocess

import numpy as np
import pytest
import torch
from app_file import APP, TIMEOUT
from app_file import components as parts
from PIL import Image
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models

from core.captioning.service import CaptionService
from core.captioning.settings import Decisions, Settings
from core.tour.captions import look_inside
from core.views import unfolding

PHOTO = Image.effect_mandelbrot((64, 48), (-3, -2.5, 2, 2.5), 100).convert("RGB")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("unfolding") / "checkpoints", ending=-2)


@pytest.fixture(scope="module")
def service(root):
    return CaptionService(root)


def looked(service, model: str, settings: Settings, decisions: Decisions | None = None):
    grid = service.encode([PHOTO])
    (trace,) = service.caption(grid, model, settings, decisions)
    with service.opened(model) as (captioner, vocabulary):
        return trace, [look_inside(captioner, vocabulary, grid, trace, n) for n in range(len(trace.steps))], captioner


@pytest.mark.parametrize("model", ["none", "soft", "hard"])
@pytest.mark.parametrize(
    ("settings", "decisions"),
    [
        (Settings("greedy", max_words=5), None),
        (Settings("beam", glimpse="sampled", seed=3, max_words=5), None),
        (Settings("greedy", max_words=5), Decisions(gazes={1: [0, 1, 5], 2: [7]})),
    ],
    ids=["greedy", "sampled", "moved"],
)
def test_the_scores_become_the_weights_of_the_trace(service, model, settings, decisions):
    """softmax(e) is alpha, whatever happened before; the glimpse is the values weighted so, or the one cell's."""
    trace, looks, captioner = looked(service, model, settings, decisions)
    with torch.inference_mode():
        values = captioner.view(service.encode([PHOTO]))[0].values[0].numpy()
    assert len(trace.steps) > 2
    for step, look in zip(trace.steps, looks, strict=True):
        alpha = np.asarray(step.alpha).ravel()
        exps = np.exp(look.scores - look.scores.max())
        if not (model == "none" and step.gaze_forced):
            assert np.allclose(exps / exps.sum(), alpha, atol=2e-3)
        cell = None if step.glimpse is None else step.glimpse[0] * trace.grid[1] + step.glimpse[1]
        brought = alpha @ values if cell is None else values[cell]
        assert np.allclose(look.glimpse, brought, atol=2e-2)


@pytest.mark.parametrize("model", ["none", "soft", "hard"])
@pytest.mark.parametrize("inside", [True, False], ids=["inside", "trace only"])
def test_what_is_told_is_what_is_shown(service, model, inside):
    trace, looks, _ = looked(service, model, Settings("greedy", max_words=5))
    for n, look in enumerate(looks):
        sent = unfolding.payload(PHOTO, "a pattern", trace, n, look if inside else None, "x")
        assert json.loads(json.dumps(sent, allow_nan=False))["stages"] == list(unfolding.STAGES)
        assert len(sent["told"]) == len(sent["stages"]) and len(sent["scores"]) == len(sent["alpha"])
        assert sent["words"][0][0] == trace.words[n] in sent["told"][-1]
        assert (sent["code"] != "") == inside
        if model == "none":
            assert not sent["cells"] and "no scores" in sent["told"][2]
            continue
        assert [share for *_, share in sent["cells"]] == sorted((s for *_, s in sent["cells"]), reverse=True)
        assert sent["cells"][0][1] in sent["told"][2] and sent["cells"][0][2] in sent["told"][3]
        assert (sent["taken"] is not None) == (model == "hard")
        if inside:
            whole = np.frombuffer(base64.b64decode(sent["code"]), "<i2") / 32767 * sent["largest"]
            assert np.allclose(whole, look.glimpse, atol=1e-3 * sent["largest"])


def test_cells_that_could_not_be_asked_have_no_score(service):
    trace, looks, _ = looked(service, "soft", Settings("greedy", max_words=4), Decisions(gazes={1: [2, 3]}))
    sent = unfolding.payload(PHOTO, "", trace, 1, looks[1], "x")
    assert [n for n, score in enumerate(sent["scores"]) if score is not None] == [2, 3]
    assert "made to look" in sent["told"][2]
    with pytest.raises(ValueError, match="no such word"), service.opened("soft") as (captioner, vocabulary):
        look_inside(captioner, vocabulary, service.encode([PHOTO]), trace, 9)


@pytest.mark.parametrize("model", ["none", "soft", "hard"])
def test_explore_unfolds_the_word_that_is_chosen(root, fresh_caches, monkeypatch, model):
    monkeypatch.setattr("core.checkpoints.ROOT", root)
    page = AppTest.from_file(APP, default_timeout=TIMEOUT)
    page.query_params.update({"photo": "ball", "model": model, "closer": "From look to word", "word": "2"})
    page.run()
    assert not page.exception
    player, shown = (json.loads(one.proto.json) for one in parts(page))
    assert player["report"] and shown["word"] == player["views"][0]["steps"][1]["word"]
    assert shown["code"] and shown["gate"].endswith("%")


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_script_is_whole():
    script = unfolding.assets()["js"]
    done = subprocess.run(["node", "--check", "--input-type=module"], input=script, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
