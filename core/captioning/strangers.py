"""How many unfamiliar pictures are told from familiar ones: the rates behind the sentence that a page shows."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from core.captioning.album import PHOTO_ENDINGS
from core.captioning.photo import PhotoError, open_photo
from core.captioning.studio import Studio
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto, PhotoFiles
from core.data.oddities import KINDS, make_oddity
from core.data.scenes import make_scene

BATCH = 16
DRAWN = range(1000, 1040)  # the seeds of each kind's pictures; lower ones were looked at while choosing the measure

Load = Callable[[], Image.Image]


def photos(files: PhotoFiles, listed: Iterable[CaptionedPhoto]) -> list[Load]:
    """How to get each photo of a data set."""
    return [lambda name=photo.filename: open_photo(files.read(name)) for photo in listed]


def photos_in(place: Path) -> list[Load]:
    """How to get each photo of a folder or a zip.

    Raises:
        DataError: it is neither.
    """
    files = PhotoFiles([place])
    names = [path.name for path in place.iterdir()] if place.is_dir() else zipfile.ZipFile(place).namelist()
    listed = sorted(name for name in names if name.lower().endswith(PHOTO_ENDINGS))
    return photos(files, [CaptionedPhoto(name, "", ()) for name in listed])


def drawn() -> dict[str, list[Load]]:
    """Pictures that are no photos, by kind: those of :mod:`core.data.oddities`, and generated scenes."""
    kinds = {kind: [lambda k=kind, n=n: make_oddity(k, n) for n in DRAWN] for kind in KINDS}
    return {**kinds, "scene": [lambda n=n: make_scene("test", n).picture(3) for n in DRAWN]}


def features(studio: Studio, loads: Sequence[Load], tick: Callable[[], None]) -> Tensor:
    """The grids' means (N, C) of the pictures that can be read.

    Raises:
        DataError: none can.
    """
    found = [studio.encode(batch).mean(dim=1) for batch in _batches(loads, tick)]
    if not found:
        raise DataError("None of the photos could be read.")
    return torch.cat(found)


def _batches(loads: Sequence[Load], tick: Callable[[], None]) -> Iterator[list[Image.Image]]:
    """The pictures, a batch at a time; one that is missing or broken is left out."""

    def read() -> Iterator[Image.Image]:
        for load in loads:
            with suppress(PhotoError, DataError):
                yield load()
            tick()

    pictures = read()
    while batch := list(islice(pictures, BATCH)):
        yield batch


def rates(studio: Studio, groups: Mapping[str, Sequence[Load]], tick: Callable[[], None]) -> dict[str, dict]:
    """For every group of pictures how many there are, and what share (percent) counts as unfamiliar.

    Raises:
        DataError: the studio's encoder has no statistics of its training photos, or a group holds no photo.
    """
    told = {}
    for name, loads in groups.items():
        found = torch.cat(
            [torch.tensor(_distances(studio, batch)) for batch in _batches(loads, tick)] or [torch.zeros(0)]
        )
        if not len(found):
            raise DataError(f"None of the photos of {name} could be read.")
        told[name] = {
            "n": len(found),
            "unfamiliar": 100 * float((found > 1).float().mean()),
            "median_distance": float(found.median()),
        }
    return told


def _distances(studio: Studio, pictures: Sequence[Image.Image]) -> list[float]:
    distances = studio.distances(studio.encode(pictures))
    if None in distances:
        raise DataError("For this encoder it was not measured what is familiar: run `train familiarity` first.")
    return distances
