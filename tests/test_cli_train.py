"""Training from the command line: a whole run on photos, and one that goes on."""

import json

import pytest
from tiny_models import save_tiny_models, save_tiny_photos

from core.__main__ import main
from core.captioning.training.settings import LEARNERS
from core.cli.train import Captioners


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("cli") / "checkpoints")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return save_tiny_photos(tmp_path_factory.mktemp("photos"))


@pytest.fixture
def to_learn(tmp_path):
    """A data set of one photo to learn from and one that chooses."""
    sentences = [{"tokens": f"a dog runs on grass number {n}".split()} for n in range(5)]
    names = {"b.png": "train", "a.JPG": "val"}
    images = [{"filename": name, "split": split, "sentences": sentences} for name, split in names.items()]
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps({"images": images}))
    return path


def test_every_captioner_that_can_be_trained_is_a_choice():
    assert [choice.value for choice in Captioners] == list(LEARNERS)


@pytest.mark.slow
def test_train_photos(run, root, photos, to_learn, tmp_path):
    """A whole run, tiny: its checkpoints caption; it is not begun twice by mistake, and goes on when told to."""
    out = tmp_path / "run"
    arguments = ["--dataset", to_learn, "--images", photos, "--out", out, "--encoder-weights"]
    arguments.append(root / "encoder")
    begin = "train photos --captioner soft --epochs 1 --scst-epochs 0 --batch 1 --seed 3 --device cpu"
    code, lines, err = run(begin, *arguments)
    assert code == 0 and lines[-2:] == [str(out / "encoder"), str(out / "soft")]
    settings = json.loads((out / "soft" / "config.json").read_text())["settings"]
    assert (settings["seed"], settings["average"], settings["batch"]) == (3, 0.998, 1)
    assert sum("photos, " in line for line in err) == 2  # each view of all
    assert (out / "encoder" / "README.md").read_text() == "# Encoder\n"  # it was given, not trained here
    code, lines, err = run(begin, *arguments)
    assert (code, lines, len(err)) == (2, [], 1) and "--resume" in err[0]
    code, lines, _ = run(f"{begin} --resume", *arguments)
    assert code == 0 and lines[-1] == str(out / "soft")
    assert main(["caption", str(photos / "b.png"), "--checkpoints", str(out)]) == 0
    turned = json.loads(to_learn.read_text())
    turned["images"].reverse()
    to_learn.write_text(json.dumps(turned))
    code, _, err = run(f"{begin} --resume", *arguments)
    assert code == 2 and "begun with other data (other photos, other pixels, or in another order)" in err[-1]
    turned["images"].reverse()
    to_learn.write_text(json.dumps(turned))
    (out / "settings.json").write_text((out / "settings.json").read_text()[:50])
    code, _, err = run(f"{begin} --resume", *arguments)
    assert code == 2 and len(err) == 1 and "settings.json is damaged" in err[0]
    arguments[arguments.index(out)] = photos / "b.png"
    code, _, err = run(begin, *arguments)
    assert code == 2 and len(err) == 1 and str(photos / "b.png") in err[0]
    data = arguments[:4]
    for wrong in ("--phrases", "--text"):
        weights = ["--encoder-weights", root / "encoder"]
        code, _, err = run(begin, *data, "--out", tmp_path / f"with{wrong}", *weights, wrong, photos / "b.png")
        assert code == 2 and len(err) == 1 and "b.png" in err[0]  # before any work is done
    for both in ([], ["--encoder-weights", root / "encoder", "--start", root]):
        code, _, err = run(begin, *data, "--out", tmp_path / "other", *both)
        assert code == 2 and len(err) == 1 and "--start" in err[0]


@pytest.mark.slow
def test_training_goes_on_from_checkpoints_with_the_encoder(run, root, photos, to_learn, tmp_path):
    out = tmp_path / "run"
    arguments = ["--dataset", to_learn, "--images", photos, "--out", out, "--start", root]
    begin = "train photos --captioner soft --encoder-epochs 1 --epochs 0 --scst-epochs 1 --batch 1 --device cpu"
    code, lines, err = run(begin, *arguments)
    assert code == 0 and lines[-2:] == [str(out / "encoder"), str(out / "soft")], err
    before, after = (json.loads((folder / "encoder" / "config.json").read_text()) for folder in (root, out))
    assert before["sha256"] != after["sha256"] and after["val_loss_soft"] > 0
    config = json.loads((out / "soft" / "config.json").read_text())
    assert config["encoder"] == after["sha256"]
    assert config["vocabulary"] == json.loads((root / "soft" / "config.json").read_text())["vocabulary"]
    assert main(["caption", str(photos / "b.png"), "--checkpoints", str(out)]) == 0
