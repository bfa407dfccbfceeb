"""``evaluate photos``: scores on a data set, and the files that prove them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.common import (
    Beam,
    Checkpoints,
    Json,
    Models,
    MorePhotos,
    PhotoBar,
    Predictions,
    ProgressBar,
    Results,
    cells,
    check_names,
    complain,
    measured_on,
    open_caption_service,
    prepare_outputs,
    write_predictions,
)
from core.cli.photo_data import Dataset, Images, open_split, say
from core.results.files import write_result
from core.results.provenance import made_by

if TYPE_CHECKING:
    from core.captioning.evaluation import CaptionEvaluation


def evaluate_photos(
    context: typer.Context,
    dataset: Dataset,
    images: Images = None,
    more_images: MorePhotos = None,
    split: Annotated[str, typer.Option(help="Which part of the data set to score, or all.")] = "test",
    models: Models = None,
    beam: Beam = 4,
    predictions: Predictions = None,
    results: Results = None,
    checkpoints: Checkpoints = None,
    as_json: Json = False,
) -> None:
    """Score captioners on a data set; without --model, all of them."""
    data, photos, files = open_split(dataset, split, images, more_images)
    prepare_outputs(predictions, results)
    service, chosen = open_caption_service(checkpoints, models)

    from core.captioning.evaluation import corpus_evaluate
    from core.captioning.settings import Settings
    from core.results.caption_metrics import METRICS

    check_names(Path(name).resolve().name for name in chosen)
    say(data, quiet=as_json)
    settings = Settings(beam=beam)
    origin = {"dataset": dataset.resolve().name, "length_penalty": settings.length_penalty}
    made = made_by("core", context.obj)
    with PhotoBar("Captioning", len({photo.filename for photo in photos})) as photos_bar:
        evaluations = corpus_evaluate(service, photos, files, chosen, settings, photos_bar.photo)
    written = not predictions or write_predictions(predictions, _predictions(evaluations))
    columns = ("model", "n", *METRICS, "seconds")
    if not as_json:
        print(_row(columns))
    with ProgressBar("Scoring", len(evaluations)) as bar:
        for evaluation in evaluations:
            scores = {key: round(v, 4) if isinstance(v, float) else v for key, v in evaluation.scores.items()}
            bar.advance()
            bar.print(json.dumps(scores) if as_json else _row(scores[key] for key in columns))
            if results:
                on = measured_on(dataset, evaluation.split)
                file = f"photos-{on}-{Path(evaluation.model).name}-beam{evaluation.beam}.json"
                write_result(results / file, {**scores, **origin}, made, service.config(evaluation.model))
    if any(evaluation.scores["CIDEr"] is None for evaluation in evaluations):
        complain("CIDEr weighs words by how many photos they are said of: it needs several photos and is left out.")
    photos_bar.finish("scores")
    if not written:
        raise typer.Exit(2)


def _predictions(evaluations: list["CaptionEvaluation"]) -> Iterator[dict[str, str]]:
    for evaluation in evaluations:
        for photo, caption in evaluation.captions.items():
            yield {"photo": photo, "model": evaluation.model, "caption": caption}


def _row(values: Iterable[object]) -> str:
    """A line of the table for people, the model's name first."""
    name, *others = cells(values)
    return f"{name:12}" + "".join(f"{cell:>9}" for cell in others)
