"""How many unfamiliar pictures are told from familiar ones: ``python -m benchmarks.out_of_distribution --help``.

The rates behind the sentence that a page shows where a picture is unlike those that the models learnt from.
"""

import json
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from mimetypes import guess_type
from pathlib import Path
from typing import Annotated

import torch
import typer
from PIL import Image

from benchmarks.non_photos import KINDS, make_oddity
from core import checkpoints as store
from core.captioning.out_of_distribution import Load, batches, photos
from core.captioning.registry import ENCODER
from core.captioning.service import CaptionService
from core.cli.common import Checkpoints, Json, MorePhotos, ProgressBar, input_errors
from core.cli.out_of_distribution import val
from core.cli.photo_data import Datasets, Images, places
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles
from core.data.scenes import make_scene
from core.results.files import write_result
from core.results.provenance import made_by

RESULT = "familiarity.json"
DRAWN = range(1000, 1040)  # the seeds of each kind's pictures; lower ones were looked at while choosing the measure


def photos_in(place: Path) -> list[Load]:
    """How to get each photo of a folder or a zip.

    Raises:
        DataError: it is neither.
    """
    files = PhotoFiles([place])
    names = [path.name for path in place.iterdir()] if place.is_dir() else zipfile.ZipFile(place).namelist()
    listed = sorted(name for name in names if (guess_type(name)[0] or "").startswith("image/"))
    return photos(files, [CaptionedPhoto(name, "", ()) for name in listed])


def drawn() -> dict[str, list[Load]]:
    """Pictures that are no photos, by kind: those of :mod:`benchmarks.non_photos`, and generated scenes."""
    kinds: dict[str, list[Load]] = {kind: [partial(make_oddity, kind, n) for n in DRAWN] for kind in KINDS}
    return {**kinds, "scene": [partial(make_scene("test", n).picture, 3) for n in DRAWN]}


def rates(
    service: CaptionService, groups: Mapping[str, Sequence[Load]], tick: Callable[[], None]
) -> dict[str, dict[str, float]]:
    """For every group of pictures how many there are, and what share (percent) counts as unfamiliar.

    Raises:
        DataError: the service's encoder has no statistics of its training photos, or a group holds no photo.
    """
    measured: dict[str, dict[str, float]] = {}
    for name, loads in groups.items():
        found = torch.cat(
            [torch.tensor(_distances(service, batch)) for batch in batches(loads, tick)] or [torch.zeros(0)]
        )
        if not len(found):
            raise DataError(f"None of the photos of {name} could be read.")
        measured[name] = {
            "n": len(found),
            "unfamiliar": 100 * float((found > 1).float().mean()),
            "median_distance": float(found.median()),
        }
    return measured


def _distances(service: CaptionService, pictures: Sequence[Image.Image]) -> list[float]:
    distances = service.distances(service.encode(pictures))
    known = [distance for distance in distances if distance is not None]
    if len(known) < len(distances):
        raise DataError("For this encoder it was not measured what is familiar: run `train out-of-distribution` first.")
    return known


def evaluate(
    dataset: Datasets,
    images: Images = None,
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
    service, files = CaptionService(checkpoints or store.ROOT), PhotoFiles(places(dataset, images, more_images))
    groups = {f"{_name(dataset[0])} val": photos(files, val(dataset[0])[1::2])}
    groups |= {f"{_name(path)} val": photos(files, val(path)) for path in dataset[1:]}
    groups |= {place.stem: photos_in(place) for place in others or []}
    groups |= drawn()
    with ProgressBar("Looking at pictures", sum(map(len, groups.values()))) as bar:
        found = rates(service, groups, bar.advance)
    for name, rate in found.items():
        rounded = {key: round(value, 3) for key, value in rate.items()}
        shown = f"{name:24}{rate['n']:6}{rate['unfamiliar']:8.1f} %"
        print(json.dumps({"group": name, **rounded}) if as_json else shown)
    if results:
        record = {
            "groups": found,
            "false_alarms": next(iter(found)),
            "encoder": store.read(store.resolve(ENCODER, service.root)).config["sha256"],
        }
        write_result(results / RESULT, record, made_by("benchmarks.out_of_distribution", sys.argv[1:]))


def _name(dataset: Path) -> str:
    return dataset.stem.removeprefix("dataset_")


if __name__ == "__main__":
    try:
        typer.run(evaluate)
    except input_errors() as error:
        print(error, file=sys.stderr)
        sys.exit(2)
