"""``models`` on the command line: what it lists, with which scores, and what it says of models that are damaged."""

import json
import shutil

import pytest
from tiny_models import save_tiny_models

from core.__main__ import main


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("models") / "checkpoints")


def test_models_tells_how_well_looks_are_on_what_is_named(run, root, tmp_path):
    results = root.parent / "results"
    results.mkdir(exist_ok=True)
    sha256 = json.loads((root / "hard" / "config.json").read_text())["sha256"]
    figures = {"own": {"pointing": 80.0, "kinds": {"people": {}}}, "forced": {"pointing": 57.0}}
    path = results / "gaze-flickr8k-val-hard.json"
    where = {"split": "val", "dataset": "dataset_flickr8k.json", "n": 6000}
    path.write_text(json.dumps({"checkpoint": sha256, **where, **figures, "wrong": []}))
    _, out, _ = run("models --json")
    (scores,) = next(line["scores"] for line in map(json.loads, out) if line["name"] == "hard")
    assert scores == {**where, "own.pointing": 80.0, "forced.pointing": 57.0}
    _, out, _ = run("models")
    path.unlink()
    assert any("80.0 % in its own captions, 57.0 % in people's (flickr8k val, 6,000 photos)" in line for line in out)


def test_models_says_nothing_of_what_a_results_file_does_not_hold(run, root):
    results = root.parent / "results"
    results.mkdir(exist_ok=True)
    sha256 = json.loads((root / "hard" / "config.json").read_text())["sha256"]
    for name, figures in (("bare", {}), ("alone", {"CIDEr": 50.0}), ("placed", {"CIDEr": 40.0, "split": "val"})):
        (results / f"{name}.json").write_text(json.dumps({"checkpoint": sha256, **figures}))
    _, out, _ = run("models")
    for name in ("bare", "alone", "placed"):
        (results / f"{name}.json").unlink()
    lines = [line.removeprefix("  scores      ") for line in out if line.startswith("  scores") and "CIDEr" in line]
    assert "CIDEr 50.0" in lines and "CIDEr 40.0 (val)" in lines and not any("None" in line for line in lines)


def test_models_lists_what_is_sound_and_says_what_is_not(root, tmp_path, capsys):
    damaged = tmp_path / "checkpoints"
    shutil.copytree(root, damaged)
    weights = (damaged / "soft" / "model.safetensors").read_bytes()
    (damaged / "soft" / "model.safetensors").write_bytes(weights[:-1] + bytes([weights[-1] ^ 1]))
    config = (damaged / "hard" / "config.json").read_text()
    (damaged / "hard" / "config.json").write_text(config.replace('"data": "nothing"', '"data": NaN'))
    assert main(["models", "--json", "--checkpoints", str(damaged)]) == 2
    out, err = capsys.readouterr()
    assert [json.loads(line, parse_constant=pytest.fail)["name"] for line in out.splitlines()] == ["none"]
    assert [str(damaged / name) in line for name, line in zip(("hard", "soft"), err.splitlines(), strict=True)] == [
        True
    ] * 2


def test_models_finds_the_results_beside_the_folder_it_is_called_in(root, tmp_path, monkeypatch, capsys):
    shutil.copytree(root / "none", tmp_path / "checkpoints" / "none")
    sha256 = json.loads((root / "none" / "config.json").read_text())["sha256"]
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "a.json").write_text(json.dumps({"checkpoint": sha256, "CIDEr": 50.0}))
    (tmp_path / "results" / "b.json").write_text(json.dumps({"checkpoint": sha256, "CIDEr": float("nan")}))
    monkeypatch.chdir(tmp_path / "checkpoints")
    assert main(["models", "--json", "--checkpoints", "."]) == 0
    assert json.loads(capsys.readouterr().out)["scores"] == [{"CIDEr": 50.0}]
