"""``train familiarity`` and ``evaluate familiarity``: what the encoder takes for a photo of the kind it learnt from."""

import json
import random
from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import Checkpoints, Json, MorePhotos, ProgressBar
from core.cli.provenance import made_by
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto, read_karpathy

Datasets = Annotated[
    list[Path], typer.Option(metavar="JSON", help="What the models learnt from, in Karpathy's format.")
]
Images = Annotated[list[Path], typer.Option(metavar="DIR_OR_ZIP", help="Where the photos are. May be repeated.")]
TRAINED = ("train", "restval")


def train_familiarity(
    dataset: Datasets,
    images: Images,
    more_images: MorePhotos = None,
    count: Annotated[int, typer.Option("--photos", min=100, help="How many photos of training are looked at.")] = 1200,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same photos.")] = 0,
    checkpoints: Checkpoints = None,
) -> None:
    """Measure what the encoder's training photos have in common, and put it beside the encoder's weights.

    The bound between familiar and not comes from every other photo of the first data set's val.
    """
    seen = [photo for path in dataset for photo in read_karpathy(path, TRAINED)]
    others = _val(dataset[0])[::2]
    if not (seen and others):
        raise DataError("The data sets must hold photos in the split train, and the first one also in val.")
    seen = random.Random(seed).sample(seen, min(count, len(seen)))

    from core import checkpoints as store
    from core.captioning import familiarity, strangers
    from core.captioning.studio import ENCODER, Studio
    from core.data.karpathy import PhotoFiles

    studio, files = Studio(checkpoints or store.ROOT), PhotoFiles([*images, *(more_images or [])])
    folder = store.resolve(ENCODER, studio.root)
    with ProgressBar("Looking at photos", len(seen) + len(others)) as bar:
        known, held_out = (
            strangers.features(studio, strangers.photos(files, listed), bar.advance) for listed in (seen, others)
        )
    about = {
        "encoder": store.read(folder).config["sha256"],
        "data": [path.name for path in dataset],
        "photos": len(known),
        "held_out": len(held_out),
        "seed": seed,
    }
    try:
        path = familiarity.fit(known, held_out, about).save(folder)
    except ValueError as error:
        raise DataError(str(error)) from error
    print(path)


def evaluate_familiarity(
    context: typer.Context,
    dataset: Datasets,
    images: Images,
    more_images: MorePhotos = None,
    others: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR_OR_ZIP", help="Photos of another kind, a group each. May be repeated."),
    ] = None,
    results: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the rates into a file here, and how they came.")
    ] = None,
    checkpoints: Checkpoints = None,
    as_json: Json = False,
) -> None:
    """How often photos and drawn pictures count as unfamiliar.

    Of the first data set's val those photos are looked at that the bound does not come from: they give the rate of
    false alarms. The val of the other data sets, --others, and pictures that are no photos follow, a line each.
    """
    from core import checkpoints as store
    from core.captioning import strangers
    from core.captioning.studio import ENCODER, Studio
    from core.data.karpathy import PhotoFiles

    studio, files = Studio(checkpoints or store.ROOT), PhotoFiles([*images, *(more_images or [])])
    groups = {f"{_name(dataset[0])} val": strangers.photos(files, _val(dataset[0])[1::2])}
    groups |= {f"{_name(path)} val": strangers.photos(files, _val(path)) for path in dataset[1:]}
    groups |= {place.stem: strangers.photos_in(place) for place in others or []}
    groups |= strangers.drawn()
    with ProgressBar("Looking at pictures", sum(map(len, groups.values()))) as bar:
        rates = strangers.rates(studio, groups, bar.advance)
    for name, rate in rates.items():
        rounded = {key: round(value, 3) for key, value in rate.items()}
        shown = f"{name:24}{rate['n']:6}{rate['unfamiliar']:8.1f} %"
        print(json.dumps({"group": name, **rounded}) if as_json else shown)
    if results:
        record = {
            "groups": rates,
            "false_alarms": next(iter(rates)),
            "encoder": store.read(store.resolve(ENCODER, studio.root)).config["sha256"],
            **made_by("core", context.obj),
        }
        results.mkdir(parents=True, exist_ok=True)
        path = results / "familiarity.json"
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _val(dataset: Path) -> list[CaptionedPhoto]:
    return read_karpathy(dataset, ["val"])


def _name(dataset: Path) -> str:
    return dataset.stem.removeprefix("dataset_")
