"""The same caption wherever it is made: any number of threads, any batch, another language, an older processor."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import checkpoints
from core.captioning import gallery
from core.captioning.photo import encode_jpeg

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parent.parent
CLOSE = 2e-3  # of a weight or a probability: what another order of additions in float32 makes of them, with room

HERE = {"OMP_NUM_THREADS": "1"}
PLACES = {
    "two threads": {"OMP_NUM_THREADS": "2"},
    "no language set": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a processor without AVX": {"ATEN_CPU_CAPABILITY": "default"},
    "a terminal of bytes": {"PYTHONIOENCODING": "ascii"},
}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos é")  # names need not be ASCII
    for name in ("boat", "coffee", "climbers"):
        (folder / f"{name} ü.jpg").write_bytes(encode_jpeg(gallery.load(name), 300))
    return folder


def captions(photos: Path, *options: str, **place: str) -> dict[str, dict]:
    """Photo -> what the command says of it."""
    command = [sys.executable, "-m", "core", "caption", str(photos), "--model", "soft", "--json", *options]
    done = subprocess.run(
        command, cwd=REPOSITORY, env={**os.environ, **HERE, **place}, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {Path(row["photo"]).name.split()[0]: row for row in rows}


@pytest.fixture(scope="module")
def here(photos):
    return captions(photos)


def alike(one: dict[str, dict], other: dict[str, dict]) -> None:
    assert one.keys() == other.keys() == {"boat", "coffee", "climbers"}
    for photo, row in one.items():
        assert row["caption"] == other[photo]["caption"]


@pytest.mark.parametrize("place", PLACES)
def test_the_caption_is_the_same(here, photos, place):
    alike(here, captions(photos, **PLACES[place]))


def test_a_checkout_that_cannot_be_written_to(here, photos, tmp_path):
    """Nobody may write to it, root aside; so the files are as they were, and none is new."""
    copy = tmp_path / "glimpse"
    for name in ("core", "checkpoints"):
        shutil.copytree(REPOSITORY / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    command = [sys.executable, "-B", "-m", "core", "caption", str(photos), "--model", "soft", "--json"]
    done = subprocess.run(command, cwd=copy, env={**os.environ, **HERE}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    alike(here, {Path(row["photo"]).name.split()[0]: row for row in rows})
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before


def test_a_photo_has_one_trace_alone_and_among_others():
    import torch

    from core.captioning.service import CaptionService

    service = CaptionService(checkpoints.ROOT)
    photos = [gallery.load(name) for name in ("boat", "coffee", "climbers")]
    threads = torch.get_num_threads()
    try:
        together = service.caption(service.encode(photos), "soft")
        torch.set_num_threads(1)
        alone = [service.caption(service.encode([photo]), "soft")[0] for photo in photos]
    finally:
        torch.set_num_threads(threads)
    for one, other in zip(together, alone, strict=True):
        assert one.words == other.words
        for a, b in zip(one.steps, other.steps, strict=True):
            np.testing.assert_allclose(a.alpha, b.alpha, atol=CLOSE)
            assert a.prob == pytest.approx(b.prob, abs=CLOSE)
