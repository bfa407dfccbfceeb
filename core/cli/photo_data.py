"""What the commands that read a data set of photos share: its options, and how it is opened and spoken of."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.common import complain

if TYPE_CHECKING:
    from core.data.captions import CaptionData, CaptionedPhoto
    from core.data.photo_files import PhotoFiles

FORMS = "Photos with captions: JSON of Karpathy's form or COCO's, Flickr8k's token file, a CSV, or imagefolder's."

Dataset = Annotated[Path, typer.Option(metavar="FILE_OR_DIR", help=FORMS)]
Datasets = Annotated[list[Path], typer.Option(metavar="FILE_OR_DIR", help=f"{FORMS} The first one's val chooses.")]
Images = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="DIR_OR_ZIP",
        help="Where the photos are: beside the captions, if not given. May be repeated.",
        show_default=False,
    ),
]


def places(datasets: Sequence[Path], images: Sequence[Path] | None, more: Sequence[Path] | None) -> list[Path]:
    """Where the photos are looked for."""
    from core.data.captions import default_images

    given = [*(images or []), *(more or [])]
    return given or list(dict.fromkeys(map(default_images, datasets)))


def open_split(
    dataset: Path, split: str, images: Sequence[Path] | None, more: Sequence[Path] | None
) -> tuple["CaptionData", list["CaptionedPhoto"], "PhotoFiles"]:
    """A data set, its photos of a split, or of all splits, and the files of all of them.

    Raises:
        DataError: the captions cannot be read, no photo is in the split, or the photos' places are none.
    """
    from core.data.captions import read_captions
    from core.data.photo_files import PhotoFiles

    data = read_captions(dataset)
    return data, data.of(split), PhotoFiles(places([dataset], images, more), [photo.filename for photo in data.photos])


def say(data: "CaptionData", quiet: bool = False) -> None:
    """Say on standard error what a data set is, unless ``quiet``, and what of it was left out."""
    for sentence in (*(() if quiet else (data.found,)), *data.notes):
        complain(f"{data.source}: {sentence}")
