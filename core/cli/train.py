"""``train photos``: the options of one training run, and its progress."""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from core.cli.common import InputError, MorePhotos, ProgressBar


class Attention(StrEnum):
    """The choices of --attention; typer takes a list of nothing simpler."""

    NONE = "none"
    SOFT = "soft"
    HARD = "hard"


def train_photos(
    dataset: Annotated[
        list[Path],
        typer.Option(
            metavar="JSON", help="Photos with captions, in Karpathy's format. The first one's val is judged by."
        ),
    ],
    images: Annotated[list[Path], typer.Option(metavar="DIR_OR_ZIP", help="Where the photos are. May be repeated.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The run's folder; the checkpoints end up in it.")],
    encoder_weights: Annotated[
        Path | None,
        typer.Option(metavar="FILE_OR_DIR", help="ImageNet weights to fine-tune, or an encoder's folder to keep."),
    ] = None,
    start: Annotated[
        Path | None, typer.Option(metavar="DIR", help="In place of those: an encoder and captioners to go on from.")
    ] = None,
    more_images: MorePhotos = None,
    attention: Annotated[list[Attention] | None, typer.Option(help="Which captioners; all three if not given.")] = None,
    epochs: Annotated[int | None, typer.Option(min=0, help="Passes over the captions, none and soft.")] = None,
    hard_epochs: Annotated[int | None, typer.Option(min=0, help="The same for hard, which starts from soft.")] = None,
    critical_epochs: Annotated[
        int | None, typer.Option(min=0, help="Passes with their own captions, after those.")
    ] = None,
    encoder_epochs: Annotated[int | None, typer.Option(min=0, help="Passes that fine-tune the encoder.")] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Photos a step.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="The same seed, the same run.")] = None,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="What to train on.")] = "auto",
    devices: Annotated[int, typer.Option(min=1, help="How many GPUs.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that --out holds.")] = False,
) -> None:
    """Train an encoder and captioners on photos with captions. Interrupted, it goes on with --resume."""
    if (encoder_weights is None) == (start is None):
        raise InputError("Give either --encoder-weights or --start.")
    if not (begin := encoder_weights or start).exists():
        raise InputError(f"There are no weights {begin}.")
    # Of several GPUs' processes the first one speaks for all; the others find its run folder already there.
    leads = os.environ.get("LOCAL_RANK", "0") == "0"
    if leads and not resume and (out / "settings.json").exists():
        raise InputError(f"{out} holds a run already; add --resume to go on with it, or take another --out.")

    import torch

    from core.captioning.training.encoder import EncoderSettings
    from core.captioning.training.run import PhotoTrainSettings
    from core.captioning.training.run import train_photos as train
    from core.captioning.training.scst import SCSTSettings

    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("There is no GPU that torch can use; train with --device cpu.")
    chosen = {
        "attention": tuple(dict.fromkeys(kind.value for kind in attention)) if attention else None,
        "epochs": epochs,
        "hard_epochs": hard_epochs,
        "critical": None if critical_epochs is None else SCSTSettings(epochs=critical_epochs),
        "eyes": None if encoder_epochs is None else EncoderSettings(epochs=encoder_epochs),
        "batch": batch,
        "seed": seed,
    }
    settings = PhotoTrainSettings(
        dataset=tuple(dataset),
        images=(*images, *(more_images or [])),
        out=out,
        encoder_weights=encoder_weights,
        start=start,
        device=device,
        devices=devices,
        **{name: value for name, value in chosen.items() if value is not None},
    )
    with Stages(shown=leads) as stages:
        folders = train(settings, stages.begin)
    if leads:
        for folder in folders:
            print(folder)


class Stages:
    """One progress bar after the other, on standard error; where that is no terminal, a line a stage."""

    def __init__(self, shown: bool):
        self._shown = shown
        self._current = ExitStack()

    def __enter__(self) -> "Stages":
        return self

    def __exit__(self, *_) -> None:
        self._current.close()

    def begin(self, label: str, steps: int) -> Callable[[], None]:
        """Close the stage before and begin one of ``steps`` steps; returns what to call after each."""
        self._current.close()
        if not self._shown:
            return lambda: None
        if not sys.stderr.isatty():
            print(f"{label} ...", file=sys.stderr)
        return self._current.enter_context(ProgressBar(label, steps)).advance
