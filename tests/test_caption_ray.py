"""A folder into a table on two workers of Ray: the same rows as one process makes, whichever worker dies."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_caption_folder import done_in, read
from tiny_models import CLOSE, save_tiny_models

from core.__main__ import main

REPOSITORY = Path(__file__).resolve().parent.parent
PHOTOS = 64  # four blocks: when the first one is done, both workers have one before them
SIDE = 2_000  # pixels of noise, which take a while to open


def parent(pid: int) -> int:
    """The parent of a process; 0 where it has gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def workers_of(driver: int) -> list[int]:
    """The processes below this one in which Ray runs a worker of ours."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        pid = int(path.parent.name)
        try:
            ours = b"MapWorker" in path.read_bytes()
        except OSError:
            continue
        above = pid
        while ours and above not in (0, driver):
            above = parent(above)
        if ours and above == driver:
            found.append(pid)
    return found


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("ray"), reason="Ray is not installed (requirements-cluster.txt)")
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="workers are found in /proc")
def test_two_workers_make_the_rows_of_one_process_and_one_may_be_killed(tmp_path):
    root, folder, out = save_tiny_models(tmp_path / "checkpoints"), tmp_path / "photos", tmp_path / "ray.jsonl"
    names = [*(f"{number:02}.png" for number in range(PHOTOS)), "broken.png"]
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / names[0], compress_level=1)
    for name in names[1:PHOTOS]:
        os.link(folder / names[0], folder / name)
    (folder / "broken.png").write_bytes(b"no photo")
    options = ["--checkpoints", str(root), "--model", "soft", "--beam", "2"]
    command = [sys.executable, "-m", "core", "caption", str(folder), "--out", str(out), *options]
    command += ["--engine", "ray", "--workers", "2"]
    environment = {**os.environ, "RAY_worker_niceness": "0"}  # or they wait for everything else on the machine
    running = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stderr=subprocess.PIPE, text=True)
    while running.poll() is None and not done_in(out.with_name("ray.jsonl.log")):
        time.sleep(0.1)
    before = workers_of(running.pid)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    said = running.communicate()[1]
    assert running.returncode == 0, said
    assert f"{PHOTOS + 1} files in {folder}." in said and f"{PHOTOS:,} photos captioned" in said
    alone = tmp_path / "alone.jsonl"
    assert main(["caption", str(folder), "--out", str(alone), *options]) == 0
    ours, theirs = read(out), read(alone)
    assert [row["photo"] for row in ours] == sorted(names)
    assert [row["problem"] for row in ours].count(None) == PHOTOS
    for one, other in zip(ours, theirs, strict=True):
        log_prob = other.pop("log_prob")
        assert one.pop("log_prob") == (log_prob and pytest.approx(log_prob, rel=CLOSE, abs=10 * CLOSE))
        assert json.dumps(one) == json.dumps(other)
