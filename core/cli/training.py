"""What the commands that train share: their options, how a run begins, and its progress."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from core.cli.common import InputError, ProgressBar, complain, written_here
from core.data.printable import printable
from core.training.progress import ProgressFile, in_words
from core.training.run_folder import holds_run

Out = Annotated[
    Path, typer.Option(metavar="DIR", help="The run's folder; the checkpoints end up in it.", callback=written_here)
]
Seed = Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="The same seed, the same run.")]
Device = Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="What to train on.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the run that --out holds.")]
Check = Annotated[
    bool, typer.Option("--check", help="Look at the data, say what was found and how long it will take, and stop.")
]
CheckJson = Annotated[bool, typer.Option("--json", help="With --check: print one JSON object and nothing else.")]
ProgressOption = Annotated[
    Path | None,
    typer.Option("--progress", metavar="FILE", help="Keep in this file where the training stands, for who looks on."),
]


class Attention(StrEnum):
    """The choices of --attention; typer takes a list of nothing simpler."""

    NONE = "none"
    SOFT = "soft"
    HARD = "hard"


def leads() -> bool:
    """Whether this process speaks for the run: of several the first one, on the first machine."""
    return os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0")) == "0"


def check_run(out: Path, device: str, resume: bool) -> None:
    """Complain before any work is done.

    Raises:
        InputError: the folder holds a run that is not to be gone on with, or there is no GPU.
    """
    if leads() and not resume and holds_run(out):  # the other processes find the run of the first
        raise InputError(f"{out} holds a run already; add --resume to go on with it, or take another --out.")
    if device == "cuda":
        import torch

        if not torch.cuda.is_available():
            raise InputError("There is no GPU that torch can use; train with --device cpu.")


def chosen(choices: Sequence[StrEnum] | None) -> tuple[str, ...] | None:
    """What an option that may be repeated was given, each once; None if nothing."""
    return tuple(dict.fromkeys(choice.value for choice in choices)) if choices else None


def given(**options: Any) -> dict[str, Any]:
    """The options that were given; the settings know what the others are."""
    return {name: value for name, value in options.items() if value is not None}


def run(train: Callable[["Stages"], list[Path]], progress: Path | None = None) -> None:
    """Train with progress on standard error, and print the folders of the checkpoints, once for all processes."""
    with Stages(leads(), progress) as stages:
        folders = train(stages)
    if leads():
        for folder in folders:
            print(printable(str(folder)))


def print_check(findings: Sequence[str], plan: Mapping[str, float] | None, as_json: bool) -> None:
    """Say what was found of the data, and how long a training takes; ``plan`` is None where that is not known."""
    if as_json:
        print(json.dumps({"findings": list(findings), "plan": plan}))
        return
    for sentence in findings:
        print(printable(sentence))
    if plan is None:
        print("How long the training takes cannot be said beforehand.")
    else:
        print(f"On this machine the training takes about {in_words(sum(plan.values()))}: a part of it was timed.")


class Stages:
    """One progress bar after the other, on standard error; where that is no terminal, a line a stage.

    ``progress``: a file for whoever looks on.
    """

    def __init__(self, shown: bool, progress: Path | None = None):
        self._shown = shown
        self._file = ProgressFile(progress) if progress and leads() else None
        self._current = ExitStack()

    def __enter__(self) -> "Stages":
        return self

    def __exit__(self, *_: object) -> None:
        self._current.close()

    def say(self, sentence: str) -> None:
        """A sentence between the stages."""
        self._current.close()
        if self._shown:
            complain(sentence)

    def begin(self, label: str, steps: int) -> Callable[[], None]:
        """Close the stage before and begin one of ``steps`` steps; returns what to call after each."""
        self._current.close()
        ticks = [self._file(label, steps)] if self._file else []
        if self._shown:
            if not sys.stderr.isatty():
                complain(f"{label} ...")
            ticks.append(self._current.enter_context(ProgressBar(label, steps)).advance)

        def tick() -> None:
            for each in ticks:
                each()

        return tick
