"""A disk that fills up, an output that is closed: files are whole or absent, and no traceback."""

import json
import os
import resource
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from tiny_models import save_tiny_models

from core import checkpoints
from core.__main__ import main
from core.files import write_whole

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("full") / "checkpoints")


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photos") / "a.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)).save(path)
    return path


def core(
    *arguments: object, most: int | None = None, out: object = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """The command line as a program whose files may have ``most`` bytes: beyond, as on a full disk, writing fails."""
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most)) if most else None
    # No compiled files of Python's own: they would be cut off, too.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "core", *map(str, arguments)]
    return subprocess.run(
        command, cwd=REPOSITORY, stdout=out, stderr=subprocess.PIPE, text=True, preexec_fn=limit, env=environment
    )


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path, link = tmp_path / "a.txt", tmp_path / "link"
    write_whole(path, "käse")
    link.symlink_to(path)
    write_whole(link, b"other")
    assert link.is_symlink() and path.read_bytes() == b"other"
    with pytest.raises(FileExistsError):
        write_whole(path, b"third", replace=False)
    with pytest.raises(OSError):
        write_whole(tmp_path / "nowhere" / "b", b"x")
    assert path.read_bytes() == b"other" and sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "link"]


@pytest.mark.slow
def test_an_export_that_finds_no_room(root, photo, tmp_path):
    out = tmp_path / "out"
    done = core("caption", photo, "--checkpoints", root, "--export", out, "--formats", "json,png", most=12_000)
    assert done.returncode == 2 and "cannot be written" in done.stderr and "Traceback" not in done.stderr
    for path in out.iterdir():
        assert path.suffix == ".json" and json.loads(path.read_text())


@pytest.mark.slow
def test_predictions_that_find_no_room_cost_no_score(root, photo, tmp_path):
    images = [{"filename": photo.name, "split": "test", "sentences": [{"tokens": ["a", "dog"]}]}]
    dataset, file = tmp_path / "d.json", tmp_path / "p.jsonl"
    dataset.write_text(json.dumps({"images": images}))
    file.write_text("before")
    done = core(
        "evaluate", "photos", "--json", "--dataset", dataset, "--images", photo.parent, "--model", "soft",
        "--predictions", file, "--checkpoints", root, most=40,
    )  # fmt: skip
    assert json.loads(done.stdout)["model"] == "soft"
    assert done.returncode == 2 and f"{file} cannot be written" in done.stderr and "Traceback" not in done.stderr
    assert file.read_text() == "before" and len(list(tmp_path.iterdir())) == 2


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device here")
def test_outputs_that_take_nothing(root, photo):
    command = "caption", photo, "--checkpoints", root
    with open("/dev/full", "w") as full:
        done = core(*command, out=full)
    assert (done.returncode, done.stderr) == (2, "Nothing more can be written: No space left on device.\n")
    read, write = os.pipe()
    os.close(read)
    done = core(*command, out=write)
    os.close(write)
    assert done.returncode != 0 and done.stderr == ""


def test_weights_that_are_no_numbers_are_refused_and_the_others_go_on(root, photo, tmp_path, capsys):
    copy = tmp_path / "checkpoints"
    shutil.copytree(root, copy)
    weights = copy / "soft" / checkpoints.WEIGHTS
    state = load_file(weights)
    name = next(name for name, tensor in state.items() if tensor.is_floating_point())
    state[name].view(-1)[0] = torch.nan
    save_file(state, weights)
    config = json.loads((copy / "soft" / checkpoints.CONFIG).read_text())
    config["sha256"] = checkpoints._sha256(weights)
    (copy / "soft" / checkpoints.CONFIG).write_text(json.dumps(config))
    assert main(["caption", str(photo), "--checkpoints", str(copy), "--model", "soft"]) == 2
    error = capsys.readouterr().err
    assert "not finite" in error and name in error
    assert main(["caption", str(photo), "--checkpoints", str(copy), "--model", "none"]) == 0
