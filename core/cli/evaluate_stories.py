"""``evaluate stories``: scores on a folder of bAbI's files, and the files that prove them."""

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core.cli.common import (
    Checkpoints,
    Json,
    Models,
    Predictions,
    ProgressBar,
    Results,
    cells,
    check_names,
    open_story_service,
    prepare_outputs,
    write_predictions,
)
from core.results.files import write_result
from core.results.provenance import made_by

if TYPE_CHECKING:
    from core.data.babi import Question
    from core.results.story_metrics import StoryEvaluation
    from core.trace import StoryTrace


def evaluate_stories(
    context: typer.Context,
    source: Annotated[Path, typer.Option("--dir", metavar="DIR_OR_ZIP", help="bAbI's files, qaN_*.txt.")],
    part: Annotated[
        Literal["test", "train"] | None,
        typer.Option(
            help="Which files to score; those that end in _test where there are any, else all.", show_default=False
        ),
    ] = None,
    hold_out: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Score only this share of each task, by whole stories, as training held it out."
        ),
    ] = 0.0,
    hold_out_seed: Annotated[int, typer.Option(min=0, help="Decides which stories; the one of the training.")] = 0,
    models: Models = None,
    predictions: Predictions = None,
    results: Results = None,
    checkpoints: Checkpoints = None,
    as_json: Json = False,
) -> None:
    """Score memory networks on stories; without --model, all of them. People are shown the blind baselines beside."""
    questions, chosen_part = _read(source, part)
    split = chosen_part or "all"
    if hold_out:
        from core.data.babi import hold_out as divide

        _, questions = divide(questions, hold_out, hold_out_seed)
        split = "held-out"
    prepare_outputs(predictions, results)

    from core.memory.service import ask, calls
    from core.results.story_metrics import score

    service, chosen = open_story_service(checkpoints, models)
    blind = [name for name in service.networks(blind=True) if name not in chosen]
    if models and as_json:
        blind = []
    everyone = [*chosen, *blind]
    names = [service.network(name).name for name in everyone]
    check_names(names)
    dataset = source.resolve().name
    origin = {
        "split": split,
        "hold_out": {"share": hold_out, "seed": hold_out_seed} if hold_out else None,
        "dataset": dataset,
        "n": len(questions),
    }
    made = made_by("core", context.obj)
    scores: dict[str, StoryEvaluation] = {}
    rows: list[dict[str, object]] = []
    with ProgressBar("Answering", calls(questions) * len(everyone)) as bar:
        for given, name in zip(everyone, names, strict=True):
            traces = ask(partial(service.answer_all, model=given), questions, bar.advance)
            scores[name] = score(questions, traces)
            record = {"model": name, **scores[name].to_dict()}
            if as_json:
                bar.print(json.dumps(record))
            if results:
                file = f"stories-{Path(dataset).stem}-{split}-{name}.json"
                write_result(results / file, {**record, **origin}, made, service.config(given))
            rows += _predictions(questions, traces)
    if not as_json:
        print("\n".join(_table(scores)))
    if predictions and not write_predictions(predictions, rows):
        raise typer.Exit(2)


def _read(source: Path, part: str | None) -> tuple[list["Question"], str | None]:
    """The questions to score, and which part they are."""
    from core.data.babi import read_babi
    from core.data.errors import DataError

    if part:
        found = read_babi(source, part=part)
    else:
        try:
            found, part = read_babi(source, part="test"), "test"
        except DataError:
            found = read_babi(source)
    return [question for task in found.values() for question in task], part


def _predictions(questions: list["Question"], traces: list["StoryTrace"]) -> list[dict[str, object]]:
    return [
        {
            "task": question.task,
            "story": question.story,
            "question": question.question,
            "model": trace.model,
            "answer": trace.answer,
            "prob": round(trace.prob, 4),
            "right": question.answer,
            "looks": [hop.most for hop in trace.hops],
            "facts": question.facts,
        }
        for question, trace in zip(questions, traces, strict=True)
    ]


def _table(scores: dict[str, "StoryEvaluation"]) -> list[str]:
    """For people: a line a task and a column a model, errors in percent."""
    models = list(scores)
    width = max(9, *(len(name) + 2 for name in models))

    def line(label: str, values: Iterable[object]) -> str:
        return f"{label:22}" + "".join(f"{cell:>{width}}" for cell in cells(values))

    tasks = sorted({task for evaluation in scores.values() for task in evaluation.tasks})
    return [
        line("error %", models),
        *(line(f"task {task}", (one.tasks[task].error for one in scores.values())) for task in tasks),
        line("mean error %", (one.mean_error for one in scores.values())),
        line("tasks failed (> 5 %)", (one.failed for one in scores.values())),
        line("facts looked at %", (one.mean("facts") for one in scores.values())),
        line("exact sequence %", (one.mean("sequence") for one in scores.values())),
        line("calibration error %", (one.calibration_error for one in scores.values())),
    ]
