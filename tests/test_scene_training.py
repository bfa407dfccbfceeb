"""``train scenes`` and ``evaluate scenes`` on a handful of scenes: what is written, gone on with, and refused."""

import json

import pytest
import torch
from lightning_fabric import Fabric

from core import checkpoints
from core.__main__ import main
from core.captioning.captioners.lstm import LSTMCaptioner
from core.captioning.training.teacher_forcing import LossWeights
from core.data.scenes import make_scenes
from core.scenes.encoder import SceneEncoder
from core.scenes.training.joint import JointModel, train_jointly
from core.scenes.training.run import small_sizes

pytestmark = pytest.mark.slow
SMALL = ["--scenes", "100", "--epochs", "1"]
NAMES = ["scenes-eyes", "scenes-soft", "scenes-hard", "scenes-none"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a run that is over."""
    out = tmp_path_factory.mktemp("scenes") / "run"
    assert main(["train", "scenes", "--out", str(out), *SMALL]) == 0
    return out


def test_a_run_leaves_an_encoder_and_a_captioner_of_each_kind_that_looks_through_it(trained):
    found = {name: checkpoints.load(trained / name)[0] for name in NAMES}
    encoder = found.pop("scenes-eyes")
    assert encoder["kind"] == "scene-eyes" and encoder["settings"]["scenes"] == 100
    for name, config in found.items():
        assert config["attention"] == name.removeprefix("scenes-") and config["encoder"] == encoder["sha256"]
        assert 0 <= config["val_exact"] <= 100


def test_a_finished_run_is_left_as_it_is(trained, capsys):
    before = {name: checkpoints.read(trained / name).config["sha256"] for name in NAMES}
    assert main(["train", "scenes", "--out", str(trained), *SMALL]) == 2
    assert "--resume" in capsys.readouterr().err
    assert main(["train", "scenes", "--out", str(trained), *SMALL, "--resume"]) == 0
    assert before == {name: checkpoints.read(trained / name).config["sha256"] for name in NAMES}


def test_a_run_is_not_gone_on_with_under_other_settings(trained, capsys):
    assert main(["train", "scenes", "--out", str(trained), *SMALL, "--seed", "9", "--resume"]) == 2
    assert "seed" in capsys.readouterr().err


def test_other_captioners_learn_through_an_encoder_that_is_kept(trained, tmp_path):
    more = ["--encoder", str(trained / "scenes-eyes"), "--attention", "none"]
    assert main(["train", "scenes", "--out", str(tmp_path / "more"), *SMALL, *more]) == 0
    config = checkpoints.read(tmp_path / "more" / "scenes-none").config
    assert config["encoder"] == checkpoints.read(trained / "scenes-eyes").config["sha256"]
    assert not (tmp_path / "more" / "scenes-soft").exists()


def test_hard_joins_as_soft_stands_after_a_third_of_the_epochs(tmp_path):
    run = Fabric(accelerator="cpu", devices=1)
    run.launch()
    captioners = {}
    for seed, kind in enumerate(("soft", "hard", "none")):
        torch.manual_seed(seed)
        captioners[kind] = LSTMCaptioner(small_sizes(kind))
    none = captioners["none"].embed.weight.detach().clone()
    model = JointModel(SceneEncoder(), captioners, LossWeights(), learns=True)
    held_out = list(make_scenes("val", 4))
    # A learning rate of 0: what changes, changes by joining.
    figures = train_jointly(model, held_out, 3, 8, 4, 0.0, 0, run, tmp_path / "s.pt", lambda what, steps: lambda: None)
    assert {f"val_exact_{kind}" for kind in captioners} <= set(figures)
    soft = captioners["soft"].state_dict()
    assert all(torch.equal(tensor, soft[name]) for name, tensor in captioners["hard"].state_dict().items())
    assert torch.equal(captioners["none"].embed.weight, none) and not torch.equal(soft["embed.weight"], none)


def test_figures_are_printed_and_written_with_how_they_came_about(trained, tmp_path, capsys):
    command = ["evaluate", "scenes", "--checkpoints", str(trained), "--count", "20", "--json"]
    assert main([*command, "--results", str(tmp_path / "results")]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["split"], line["model"]) for line in printed] == [
        (split, f"scenes-{kind}") for split in ("test", "unseen") for kind in ("none", "soft", "hard")
    ]
    written = json.loads((tmp_path / "results" / "scenes-unseen-hard.json").read_text())
    assert written["n"] == 20 and written["exact"] == printed[-1]["exact"] and "evaluate scenes" in written["command"]
    assert written["checkpoint"] == checkpoints.read(trained / "scenes-hard").config["sha256"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--split", "dev"], "train, val, test, unseen"),
        (["--model", "nobody"], "nobody"),
        (["--model", "scenes-eyes"], "scene-eyes"),
    ],
    ids=["split", "model", "encoder"],
)
def test_what_cannot_be_measured_is_said_in_a_sentence(trained, options, said, capsys):
    assert main(["evaluate", "scenes", "--checkpoints", str(trained), "--count", "2", *options]) == 2
    captured = capsys.readouterr()
    assert said in captured.err and "Traceback" not in captured.err
