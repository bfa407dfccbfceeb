"""``evaluate gaze``: where captioners look before they name something, against boxes that people drew."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import (
    Checkpoints,
    Json,
    Models,
    MorePhotos,
    PhotoBar,
    Results,
    cells,
    check_names,
    measured_on,
    open_caption_service,
    prepare_outputs,
)
from core.cli.photo_data import Dataset, Images, open_split, say
from core.results.files import CAPTIONS, LOOKS, write_result
from core.results.provenance import made_by

BITS = ("entropy", "divergence")  # in bits, small numbers; the others are percents
COLUMNS = ("words", *LOOKS)


def evaluate_gaze(
    context: typer.Context,
    dataset: Dataset,
    phrases: Annotated[
        Path, typer.Option(metavar="JSON", help="Which words of those captions name what, and where that is.")
    ],
    images: Images = None,
    more_images: MorePhotos = None,
    split: Annotated[str, typer.Option(help="Which part of the data set to look at.")] = "val",
    models: Models = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Look at the first so many photos only.")] = None,
    results: Results = None,
    checkpoints: Checkpoints = None,
    as_json: Json = False,
) -> None:
    """Measure where captioners look before naming words, in their own captions and in those that people wrote."""
    from core.data.errors import DataError
    from core.data.phrases import read_phrases

    data, photos, files = open_split(dataset, split, images, more_images)
    named = read_phrases(phrases, photos)
    photos = [photo for photo in photos if photo.filename in named][:limit]
    if not photos:
        raise DataError(f"{phrases} has no phrases of any photo in the split {split!r} of {dataset}.")
    prepare_outputs(None, results)
    service, chosen = open_caption_service(checkpoints, models)
    check_names(Path(name).resolve().name for name in chosen)

    from core.captioning.gaze_evaluation import gaze_evaluate
    from core.captioning.settings import Settings

    say(data, quiet=as_json)
    settings = Settings()
    made = made_by("core", context.obj)
    with PhotoBar("Looking", len({photo.filename for photo in photos})) as bar:
        evaluations = gaze_evaluate(service, photos, named, files, chosen, settings, bar.photo)
    if not as_json:
        print(_row("model", "captions", {column: column for column in COLUMNS}))
    for evaluation in evaluations:
        scores, name = evaluation.scores(), Path(evaluation.model).name
        if as_json:
            print(json.dumps(scores))
        else:
            for captions in CAPTIONS:
                print(_row(name, captions, scores[captions]))
        if results:
            origin = {
                "dataset": dataset.resolve().name,
                "beam": settings.beam,
                "length_penalty": settings.length_penalty,
            }
            file = f"gaze-{measured_on(dataset, evaluation.split)}-{name}.json"
            record = {**scores, **origin, "wrong": evaluation.wrong()}
            write_result(results / file, record, made, service.config(evaluation.model))
    bar.finish("figures")


def _row(model: str, captions: str, figures: Mapping[str, object]) -> str:
    """A line of the table for people."""
    row = f"{model:12}{captions:8}"
    for column in COLUMNS:
        value = figures[column]
        shown = f"{value:.2f}" if column in BITS and isinstance(value, float) else cells([value])[0]
        row += f"{shown:>{max(8, len(column)) + 2}}"
    return row
