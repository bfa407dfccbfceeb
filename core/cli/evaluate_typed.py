"""``evaluate typed``: scores on stories that people typed, some of which cannot be known, and the files of them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    from core.memory.service import StoryService
    from core.results.typed_metrics import TypedStory
    from core.trace import StoryTrace

_FIGURES = {
    "n": "n",
    "right %": "right",
    "called not told %": "called_not_told",
    "wrongly so %": "wrongly_not_told",
    "sure, wrong %": "sure_and_wrong",
    "calibration error %": "calibration_error",
}


def evaluate_typed(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Option(metavar="JSONL", help='A JSON object a line: "story", "question", "answer" ("" if not told).'),
    ],
    part: Annotated[
        int | None, typer.Option(min=0, max=2, help="Every third story only, from this one on.", show_default=False)
    ] = None,
    models: Models = None,
    predictions: Predictions = None,
    results: Results = None,
    checkpoints: Checkpoints = None,
    as_json: Json = False,
) -> None:
    """Score memory networks on stories as people type them; without --model, all of them."""
    from core.results.typed_metrics import read_typed, score

    stories = read_typed(file, part)
    prepare_outputs(predictions, results)
    service, chosen = open_story_service(checkpoints, models)
    names = [service.network(name).name for name in chosen]
    check_names(names)
    made = made_by("core", context.obj)
    which = "all" if part is None else f"part-{part}"
    rows: list[list[object]] = []
    answers: list[dict[str, object]] = []
    with ProgressBar("Answering", len(stories) * len(chosen)) as bar:
        for given, name in zip(chosen, names, strict=True):
            traces = []
            for story in stories:
                traces.append(_answer(service, story, given))
                bar.advance()
            found = score(stories, traces).to_dict()
            sorts = sorted({story.group for story in stories})
            groups = {sort: score(*_of(sort, stories, traces)).to_dict() for sort in sorts}
            record = {"model": name, **found}
            if as_json:
                bar.print(json.dumps(record))
            if results:
                origin = {"groups": groups, "ways": _ways(stories, traces), "dataset": file.name, "part": part}
                write_result(
                    results / f"{file.stem}-{which}-{name}.json", {**record, **origin}, made, service.config(given)
                )
            rows.append([name, *(found[key] for key in _FIGURES.values())])
            answers += [_prediction(name, story, trace) for story, trace in zip(stories, traces, strict=True)]
    if not as_json:
        for name, *others in (["", *_FIGURES], *map(cells, rows)):
            print(f"{name:18}" + "".join(f"{cell:>21}" for cell in others))
    if predictions and not write_predictions(predictions, answers):
        raise typer.Exit(2)


def _answer(service: "StoryService", story: "TypedStory", model: str) -> "StoryTrace | None":
    """What a network says; None where the story or the question is none."""
    from core.memory.story import StoryError, split_questions, split_story

    try:
        return service.answer(split_story(story.story), split_questions(story.question)[:1], model)[0]
    except StoryError:
        return None


def _ways(stories: "list[TypedStory]", traces: "list[StoryTrace | None]") -> dict[str, list[int]]:
    """How many answers came about in which way, and how many of these were right."""
    from core.memory.question_shapes import way
    from core.results.typed_metrics import is_right

    counts: dict[str, list[int]] = {}
    for story, trace in zip(stories, traces, strict=True):
        if trace is not None:
            its = counts.setdefault(way(trace).name.lower(), [0, 0])
            its[0] += 1
            its[1] += bool(story.answers) and is_right(story, trace)
    return dict(sorted(counts.items()))


def _of(
    group: str, stories: "list[TypedStory]", traces: "list[StoryTrace | None]"
) -> "tuple[list[TypedStory], list[StoryTrace | None]]":
    """The stories of a group with their traces."""
    pairs = [(story, trace) for story, trace in zip(stories, traces, strict=True) if story.group == group]
    return [story for story, _ in pairs], [trace for _, trace in pairs]


def _prediction(name: str, story: "TypedStory", trace: "StoryTrace | None") -> dict[str, object]:
    said = {"answer": trace.answer, "prob": round(trace.prob, 4), "told": trace.told} if trace else {"answer": None}
    return {"model": name, "story": story.story, "question": story.question, "right": story.answers, **said}
