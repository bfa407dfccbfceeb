"""``train stories``: the options of one training run."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import InputError
from core.cli.training import (
    Check,
    CheckJson,
    Device,
    Out,
    ProgressOption,
    Resume,
    Seed,
    check_run,
    given,
    print_check,
    run,
)
from core.memory.registry import recipes


def train_stories(
    context: typer.Context,
    source: Annotated[
        Path, typer.Option("--dir", metavar="DIR_OR_ZIP", help="Stories as bAbI's files are written, a file a task.")
    ],
    out: Out,
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
    runs: Annotated[int | None, typer.Option(min=1, help="With other seeds: the lowest loss is kept.")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, help="Of slots: draws of questions.")] = None,
    per_task: Annotated[int | None, typer.Option(min=1, help="Of slots: questions of a solved task a draw.")] = None,
    rate: Annotated[float | None, typer.Option(min=0, help="The learning rate.")] = None,
    begin: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Of slots: the checkpoint to begin with.", show_default=False)
    ] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Questions a step.")] = None,
    seed: Seed = None,
    device: Device = "auto",
    resume: Resume = False,
    check: Check = False,
    as_json: CheckJson = False,
    progress: ProgressOption = None,
) -> None:
    """Train memory networks on stories, each one model for all tasks. Interrupted, it goes on with --resume."""
    if unknown := [name for name in network or () if name not in recipes()]:
        raise InputError(f"There is no network {unknown[0]!r} to train; it is one of {', '.join(recipes())}.")
    check_run(out, device, resume or check)
    from core.memory.training.run import StoryTrainSettings
    from core.memory.training.run import train_stories as train

    changes = given(
        epochs=epochs, linear_epochs=linear_epochs, runs=runs, batch=batch, rounds=rounds, per_task=per_task, rate=rate,
        begin=begin and str(begin),
    )  # fmt: skip
    settings = StoryTrainSettings(
        source=source,
        out=out,
        share=hold_out,
        hold_out_seed=hold_out_seed,
        changes=tuple(changes.items()),
        device=device,
        command=shlex.join(["python", "-m", "core", *context.obj]),
        **given(
            networks=tuple(dict.fromkeys(network)) if network else None,
            tasks=tuple(sorted(set(task))) if task else None,
            seed=seed,
        ),
    )
    if check:
        from core.memory.training.check import check_stories, expect_stories

        found = check_stories(settings)
        print_check(found.findings, expect_stories(settings, found), as_json)
        return
    run(lambda stages: train(settings, stages.begin, stages.say), progress)
