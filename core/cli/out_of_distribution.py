"""``train out-of-distribution``: what the encoder takes for a photo of the kind it learnt from."""

import random
from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import Checkpoints, MorePhotos, ProgressBar
from core.cli.photo_data import Datasets, Images, places
from core.data.captions import CaptionedPhoto, read_captions
from core.data.errors import DataError
from core.data.printable import printable

TRAINED = ("train", "restval")


def train_out_of_distribution(
    dataset: Datasets,
    images: Images = None,
    more_images: MorePhotos = None,
    count: Annotated[int, typer.Option("--photos", min=100, help="How many photos of training are looked at.")] = 1200,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same photos.")] = 0,
    checkpoints: Checkpoints = None,
) -> None:
    """Measure what the encoder's training photos have in common, and put it beside the encoder's weights.

    The bound between familiar and not comes from every other photo of the first data set's val.
    """
    seen = [photo for path in dataset for photo in read_captions(path).photos if photo.split in TRAINED]
    others = val(dataset[0])[::2]
    if not (seen and others):
        raise DataError("The data sets must hold photos in the split train, and the first one also in val.")
    seen = random.Random(seed).sample(seen, min(count, len(seen)))

    from core import checkpoints as store
    from core.captioning import out_of_distribution
    from core.captioning.registry import ENCODER
    from core.captioning.service import CaptionService
    from core.data.photo_files import PhotoFiles

    service, files = CaptionService(checkpoints or store.ROOT), PhotoFiles(places(dataset, images, more_images))
    folder = store.resolve(ENCODER, service.root)
    with ProgressBar("Looking at photos", len(seen) + len(others)) as bar:
        known, held_out = (
            out_of_distribution.features(service.encode, out_of_distribution.photos(files, listed), bar.advance)
            for listed in (seen, others)
        )
    about = {
        "encoder": store.read(folder).config["sha256"],
        "data": [path.name for path in dataset],
        "photos": len(known),
        "held_out": len(held_out),
        "seed": seed,
    }
    try:
        path = out_of_distribution.fit(known, held_out, about).save(folder)
    except ValueError as error:
        raise DataError(str(error)) from error
    print(printable(str(path)))


def val(dataset: Path) -> list[CaptionedPhoto]:
    return [photo for photo in read_captions(dataset).photos if photo.split == "val"]
