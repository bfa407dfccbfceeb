"""Trainings that one process or several can share, for tests/test_devices.py; what each process of torchrun does."""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import torch
from test_memory_training import quiet
from toy_training import Passing, tiny, toy_photos
from two_processes import Killed, killing

from core.__main__ import main
from core.captioning.training.captions import train_captioner
from core.captioning.training.encoder import EncoderSettings, fine_tune
from core.captioning.training.teacher_forcing import LossWeights
from core.memory.training.run import StoryTrainSettings, train_stories
from core.training.devices import launch, own_rows
from core.training.progress import Stage

NETWORKS = ("memn2n", "memnn", "dmn")
CHANGES = (("epochs", 3), ("linear_epochs", 1), ("taught", 2), ("runs", 1), ("dropout", 0.0))


def stories(name: str) -> Callable[[Path, Stage], object]:
    """The training of a memory network on the tasks beside its folder."""

    def train(out: Path, stage: Stage) -> None:
        settings = StoryTrainSettings(
            source=out.parent / "tasks", out=out, networks=(name,), share=0.2, changes=CHANGES, device="cpu"
        )
        train_stories(settings, stage)

    return train


def captions(out: Path, stage: Stage) -> float:
    """The training of a captioner."""
    fabric = launch("cpu")
    data, validator = toy_photos(own_rows(fabric))
    out.mkdir(exist_ok=True)
    return train_captioner(
        tiny("soft"), Passing(), data, validator, 3, 1e-2, 0.9, LossWeights(), fabric, out / "soft.state.pt", 4, stage
    )


TRAININGS = {**{name: stories(name) for name in NETWORKS}, "soft": captions}


def kill(train: Callable[[Path, Stage], object], out: Path) -> None:
    """Train, until it is killed in its second epoch."""
    with suppress(Killed):
        train(out, killing(steps_of(train, out) + 1))


def steps_of(train: Callable[[Path, Stage], object], out: Path) -> int:
    """How many steps the first epoch of a training has."""
    found: list[int] = []

    def stage(label: str, steps: int) -> Callable[[], None]:
        found.append(steps)
        raise Killed

    with suppress(Killed):
        train(out.with_name("counted-" + out.name), stage)
    return found[0]


def fine_tuned(out: Path) -> None:
    """An encoder with two captioners beside it: that processes share this, too."""
    fabric = launch("cpu")
    data, _ = toy_photos(own_rows(fabric))
    beside = {"none": tiny("none"), "soft": tiny("soft")}
    settings = EncoderSettings(epochs=1, batch=5, least=1)
    fine_tune(Passing(), beside, data, out, fabric, settings, LossWeights(), quiet)
    weights = torch.cat([parameter.detach().flatten() for parameter in beside["soft"].parameters()])
    every = fabric.all_gather(weights)
    assert isinstance(every, torch.Tensor) and torch.equal(every[0], every[-1])  # nobody's have gone their own way


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, train in TRAININGS.items():
        train(folder / f"two-{name}", quiet)
        kill(train, folder / f"ends-alone-{name}")
        train(folder / f"began-alone-{name}", quiet)
    fine_tuned(folder)
    where = ["--dir", str(folder / "tasks"), "--out", str(folder / "command")]
    sys.exit(main([*["train", "stories", "--network", "memnn", "--epochs", "1", "--device", "cpu"], *where]))
