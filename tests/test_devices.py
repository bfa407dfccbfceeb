"""One training in several processes: the same losses as in one, and it goes on in another number of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric
from shared_training import TRAININGS, kill
from test_memory_training import quiet, write_tasks

from core.__main__ import main
from core.checkpoints import verify
from core.training.devices import own_part, process_shares

REPOSITORY = Path(__file__).resolve().parent.parent
# Two processes take sums in another order, of which float32 keeps seven digits; figures are written with four decimals.
CLOSE = {"rel": 1e-3, "abs": 2e-4}


def figures(folder: Path) -> list[dict]:
    """What a training said after each epoch, but for how long it took."""
    (path,) = folder.rglob("*state.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [{name: value for name, value in line.items() if name not in ("training", "seconds")} for line in lines]


@pytest.mark.slow
def test_two_processes_that_torchrun_began_learn_what_one_learns_and_either_goes_on_with_the_others_run(tmp_path):
    (tmp_path / "tasks").mkdir()
    write_tasks(tmp_path / "tasks")
    for name, train in TRAININGS.items():
        train(tmp_path / f"one-{name}", quiet)
        kill(train, tmp_path / f"began-alone-{name}")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    shared = subprocess.run(
        [*torchrun, "tests/shared_training.py", str(tmp_path)],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True,
    )  # fmt: skip
    assert shared.returncode == 0, shared.stderr[-3000:]
    assert shared.stdout.split() == [str(tmp_path / "command" / "memnn")]  # one of them speaks
    verify(tmp_path / "command" / "memnn")
    for name, train in TRAININGS.items():
        train(tmp_path / f"ends-alone-{name}", quiet)
        alone = figures(tmp_path / f"one-{name}")
        assert len(alone) >= 3
        for other in ("two", "ends-alone", "began-alone"):
            assert len(found := figures(tmp_path / f"{other}-{name}")) == len(alone)
            for one, two in zip(alone, found, strict=True):
                assert two == pytest.approx(one, **CLOSE), (name, other)


def test_a_process_takes_its_rows_and_a_mean_counts_by_how_many_it_is_of():
    fabric = Fabric(accelerator="cpu", devices=1)
    rows = torch.arange(5)
    assert torch.equal(own_part(fabric, rows)[0], rows) and own_part(fabric, rows)[1] == 5
    assert process_shares(fabric, {"words": 3, "things": 0}) == {"words": 1.0, "things": 1.0}


def test_a_training_that_one_process_runs_is_refused_to_several(tmp_path, monkeypatch, capsys):
    for name, value in {"TORCHELASTIC_RUN_ID": "a", "LOCAL_WORLD_SIZE": "2", "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "tasks").mkdir()
    write_tasks(tmp_path / "tasks")
    where = ["--dir", str(tmp_path / "tasks")]
    for command in (["stories", "--network", "slots", *where], ["scenes"]):
        assert main(["train", *command, "--out", str(tmp_path / command[0])]) == 2
        assert "begin it without torchrun" in capsys.readouterr().err
