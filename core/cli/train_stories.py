"""``train stories``: the options of one training run."""

import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer

from core.cli.common import InputError
from core.cli.train import Stages
from core.memory.registry import recipes


def train_stories(
    context: typer.Context,
    source: Annotated[Path, typer.Option("--dir", metavar="DIR_OR_ZIP", help="bAbI's files, qaN_*_train.txt.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The run's folder; the checkpoints end up in it.")],
    network: Annotated[
        list[str] | None,
        typer.Option(
            metavar=f"[{'|'.join(recipes())}]",
            help="Which to train; all if not given. The -only are blind baselines.",
        ),
    ] = None,
    task: Annotated[list[int] | None, typer.Option(min=1, help="Which of bAbI's tasks; all if not given.")] = None,
    hold_out: Annotated[
        float,
        typer.Option(min=0, max=0.9, help="The share of each task's questions not learnt from, by whole stories."),
    ] = 0.1,
    hold_out_seed: Annotated[int, typer.Option(min=0, help="Decides which stories are held out.")] = 0,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the questions.")] = None,
    linear_epochs: Annotated[int | None, typer.Option(min=0, help="Passes of memn2n's linear start before.")] = None,
    runs: Annotated[int | None, typer.Option(min=1, help="Of memn2n: the one with the lowest loss is kept.")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, help="Of slots: draws of questions.")] = None,
    per_task: Annotated[int | None, typer.Option(min=1, help="Of slots: questions of a solved task a draw.")] = None,
    rate: Annotated[float | None, typer.Option(min=0, help="The learning rate.")] = None,
    begin: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Of slots: the checkpoint to begin with.", show_default=False)
    ] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Questions a step.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="The same seed, the same run.")] = 1,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="What to train on.")] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that --out holds.")] = False,
) -> None:
    """Train memory networks on stories, each one model for all tasks. Interrupted, it goes on with --resume."""
    if not resume and (out / "settings.json").exists():
        raise InputError(f"{out} holds a run already; add --resume to go on with it, or take another --out.")

    names = tuple(dict.fromkeys(network or recipes()))
    if unknown := [name for name in names if name not in recipes()]:
        raise InputError(f"There is no network {unknown[0]!r} to train; it is one of {', '.join(recipes())}.")

    import torch

    from core.memory.training.run import StoryTrainSettings
    from core.memory.training.run import train_stories as train

    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("There is no GPU that torch can use; train with --device cpu.")
    changes = {"epochs": epochs, "linear_epochs": linear_epochs, "runs": runs, "batch": batch}
    changes |= {"rounds": rounds, "per_task": per_task, "rate": rate, "begin": str(begin) if begin else None}
    settings = StoryTrainSettings(
        source=source,
        out=out,
        networks=names,
        tasks=tuple(sorted(set(task))) if task else None,
        share=hold_out,
        hold_out_seed=hold_out_seed,
        seed=seed,
        changes=tuple((name, value) for name, value in changes.items() if value is not None),
        device=device,
        command=shlex.join(["python", "-m", "core", *context.obj]),
    )
    with Stages(shown=True) as stages:
        folders = train(settings, stages.begin)
    for folder in folders:
        print(folder)
