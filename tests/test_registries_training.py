"""An encoder and a captioner registered from outside are trained as those of the project are."""

import json

import pytest
import torch
from models_from_outside import GRID, TinyEncoder
from PIL import Image
from safetensors.torch import save_file

from core.__main__ import main
from core.captioning.service import CaptionService
from core.captioning.settings import Settings

pytestmark = pytest.mark.usefixtures("outside")
SETTINGS = Settings(max_words=6)


def test_they_are_trained_from_weights_to_checkpoints(tmp_path, capsys):
    """All parts of a training: words without photos, the encoder with captioners beside it, teacher forcing, SCST."""
    colours = {"red": (220, 30, 30), "blue": (30, 30, 220)}
    images = []
    for n in range(8):
        colour = ("red", "blue")[n % 2]
        Image.new("RGB", (90, 60), colours[colour]).save(tmp_path / f"{n}.png")
        tokens = ["a", colour, "square"]
        sentences = [{"tokens": tokens, "raw": " ".join(tokens)}] * 2
        images.append({"filename": f"{n}.png", "split": "val" if n > 5 else "train", "sentences": sentences})
    (tmp_path / "dataset.json").write_text(json.dumps({"images": images}))
    named = {"boxes": {"1": [[0, 0, 1, 0.5]]}, "phrases": [[[0, 3, 1, "other"]]] * 2}
    (tmp_path / "phrases.json").write_text(json.dumps({f"{n}.png": named for n in range(5)}))
    (tmp_path / "words.txt").write_text("A blue square, a red square.\nA square of red.\n" * 3)
    torch.manual_seed(0)
    save_file(TinyEncoder().state_dict(), tmp_path / "start.safetensors")
    out = tmp_path / "run"
    command = ["train", "photos", "--dataset", tmp_path / "dataset.json", "--images", tmp_path, "--out", out]
    command += ["--encoder-weights", tmp_path / "start.safetensors", "--encoder-architecture", "tiny"]
    command += ["--phrases", tmp_path / "phrases.json", "--text", tmp_path / "words.txt", "--batch", 2]
    command += ["--captioner-architecture", "two-headed"]
    command += [part for name in ("none", "soft", "soft-free") for part in ("--captioner", name)]
    command += ["--encoder-epochs", 1, "--epochs", 2, "--scst-epochs", 1]
    assert main([str(part) for part in command]) == 0, capsys.readouterr().err
    trained = CaptionService(out)
    (trace,) = trained.caption(trained.encode([Image.open(tmp_path / "0.png")]), "soft", SETTINGS)
    assert set(trace.words) <= {"a", "red", "blue", "square"} and trace.grid == GRID
    assert all(len(step.heads[0]) == 2 for step in trace.steps)
    assert "7 x 9 grid" in (out / "encoder" / "README.md").read_text()
    for name, looks in {"none": "free", "soft": "taught", "soft-free": "free"}.items():
        assert trained.config(name)["looks"] == looks
        assert trained.config(name)["nouns"] == ["square"]
    assert "taught" in (out / "soft" / "README.md").read_text() and (out / "language.state.pt").exists()
    assert main([*map(str, command[:-8]), "--captioner-architecture", "gpt"]) == 2


def test_how_long_a_training_is_likely_to_take_is_told_by_stage(outside, tmp_path, capsys):
    sentences = [{"tokens": ["a", "square", "on", "grass"]}] * 4
    images = []
    for n in range(9):
        Image.new("RGB", (20, 20), (20 * n, 0, 0)).save(tmp_path / f"{n}.png")
        images.append({"filename": f"{n}.png", "split": "val" if n > 6 else "train", "sentences": sentences})
    (tmp_path / "dataset.json").write_text(json.dumps({"images": images}))
    command = ["train", "photos", "--check", "--dataset", tmp_path / "dataset.json", "--out", tmp_path / "run"]
    command += ["--captioner", "soft", "--captioner", "hard", "--epochs", "3", "--hard-epochs", "1", "--batch", "2"]
    kept = ["--encoder-weights", outside / "encoder", "--scst-epochs", "2", "--json"]
    assert main(list(map(str, [*command, *kept]))) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert "9 photos with 36 captions" in found["findings"][0] and '"epoch"' not in err
    assert list(found["plan"]) == [
        "checking the photos", "photos, plain", "photos, mirror",
        *(f"soft, epoch {n} of 3" for n in (1, 2, 3)), "hard, epoch 1 of 1", "scst, epoch 1 of 2", "scst, epoch 2 of 2",
    ]  # fmt: skip
    assert all(seconds > 0 for seconds in found["plan"].values()) and not (tmp_path / "run").exists()
    assert main(list(map(str, [*command, "--start", outside, "--encoder-epochs", "0"]))) == 0
    out = capsys.readouterr().out
    assert "keep the words that they know, and never write 1 of these: square." in out
    assert "On this machine the training takes about a minute" in out
