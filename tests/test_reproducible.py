"""The same seed gives the same weights, to the bit; also to a training that was killed and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from PIL import Image
from test_memory_training import write_tasks
from tiny_models import save_tiny_models

from core import checkpoints
from core.__main__ import main

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parent.parent
SCENES = ("train", "scenes", "--scenes", "120", "--attention", "soft", "--epochs", "2")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Stories, and photos with captions."""
    site = tmp_path_factory.mktemp("site")
    (site / "stories").mkdir()
    write_tasks(site / "stories")
    torch.manual_seed(0)
    save_tiny_models(site / "checkpoints", ending=-8)
    (site / "photos").mkdir()
    images = []
    for n in range(6):
        colour = (40 * n, 255 - 40 * n, 90)
        Image.new("RGB", (48, 32), colour).save(site / "photos" / f"{n}.png")
        said = [{"tokens": f"a {word} sits on the grass".split()} for word in ("dog", "cat", "man")]
        images.append({"filename": f"{n}.png", "split": "train" if n < 4 else "val", "sentences": said})
    (site / "dataset.json").write_text(json.dumps({"images": images}))
    return site


def arguments(kind: str, site: Path, out: Path, seed: int) -> list[str]:
    stories = ("train", "stories", "--dir", site / "stories", "--epochs", "3", "--runs", "1")
    photos = (
        "train", "photos", "--dataset", site / "dataset.json", "--images", site / "photos", "--captioner", "soft",
        "--encoder-epochs", "1", "--epochs", "2", "--scst-epochs", "1", "--batch", "2", "--device", "cpu",
        "--encoder-weights", site / "checkpoints" / "encoder",
    )  # fmt: skip
    of = {
        "scenes": SCENES,
        "photos": photos,
        **{f"stories {name}": (*stories, "--network", name) for name in ("memn2n", "dmn")},
    }
    return [str(word) for word in (*of[kind], "--out", out, "--seed", str(seed))]


def weights(folder: Path) -> dict[str, str]:
    """Checkpoint -> the sha256 of its weights."""
    found = {one.name: one.config["sha256"] for one in checkpoints.list_checkpoints(folder)}
    assert found
    return found


@pytest.mark.parametrize("kind", ["scenes", "photos", "stories memn2n", "stories dmn"])
def test_one_seed_gives_one_set_of_weights(kind, site, tmp_path):
    for name in ("one", "again"):
        assert main(arguments(kind, site, tmp_path / name, 7)) == 0
    assert weights(tmp_path / "one") == weights(tmp_path / "again")


def test_another_seed_gives_other_weights(site, tmp_path):
    for seed in (7, 8):
        assert main(arguments("stories memn2n", site, tmp_path / str(seed), seed)) == 0
    assert weights(tmp_path / "7") != weights(tmp_path / "8")


@pytest.mark.parametrize("kind", ["scenes", "stories memn2n"])
def test_a_training_that_is_killed_ends_in_the_same_weights(kind, site, tmp_path):
    assert main(arguments(kind, site, tmp_path / "whole", 7)) == 0
    asked = arguments(kind, site, tmp_path / "killed", 7)
    process = subprocess.Popen(
        [sys.executable, "-m", "core", *asked], cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())},
    )  # fmt: skip
    while process.poll() is None and not list((tmp_path / "killed").rglob("*state.pt")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert main([*asked, "--resume"]) == 0
    assert weights(tmp_path / "killed") == weights(tmp_path / "whole")
