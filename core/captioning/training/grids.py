"""Grids on disk: every photo is encoded once, then read cell by cell while the captioners train.

Each photo has two views: ``plain``, and ``mirror``, which is flipped left to right and cropped a little.
Captions of the mirrored view change "left" and "right" (see :data:`core.captioning.training.words.MIRROR`).
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset

from core.captioning.training.teacher_forcing import Captions, collate
from core.captioning.training.words import MIRROR
from core.captioning.vocabulary import Vocabulary
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto

Number = TypeVar("Number", bound=np.generic)

VIEWS = ("plain", "mirror")
MAX_WORDS = 22  # of a caption that is learnt
MEAN = 110.0  # about the mean of a photo's pixels, which contrast turns around


def vary(photo: Tensor, rng: random.Random, mirrored: bool, least_area: float = 0.6) -> Tensor:
    """Another view of a photo (3, side, side) in 0-255: a crop of it, stretched a little, lighter or darker.

    Hues stay as they are, for captions name colours.

    Args:
        mirrored: flip it left to right.
        least_area: what the crop keeps of the photo, at least.
    """
    side = photo.shape[-1]
    area, stretch = rng.uniform(least_area, 1.0), math.exp(rng.uniform(-0.15, 0.15))
    height, width = (min(side, int(side * math.sqrt(area) * by)) for by in (stretch, 1 / stretch))
    top, left = rng.randint(0, side - height), rng.randint(0, side - width)
    crop = photo[:, top : top + height, left : left + width].float().unsqueeze(0)
    view = F.interpolate(crop, (side, side), mode="bilinear", align_corners=False)[0]
    if mirrored:
        view = view.flip(2)
    light, contrast = rng.uniform(0.8, 1.2), rng.uniform(0.8, 1.2)
    return ((view * light - MEAN) * contrast + MEAN).clamp_(0, 255)


def every_other(grid: tuple[int, int], corner: tuple[int, int]) -> tuple[list[int], list[int]]:
    """The rows and the columns of one of the four quarters of a grid, every other one from a corner on.

    Of an odd number the corner 1 comes round to the first, so that all quarters have equally many cells.
    """
    rows, columns = (
        [(first + 2 * n) % count for n in range(-(-count // 2))] for count, first in zip(grid, corner, strict=True)
    )
    return rows, columns


def quarter(grids: Tensor, corner: tuple[int, int]) -> Tensor:
    """A quarter of the cells (B, S, channels) of grids (B, rows, columns, channels)."""
    rows, columns = every_other((grids.shape[1], grids.shape[2]), corner)
    return grids[:, rows][:, :, columns].flatten(1, 2)


def cache(
    path: Path,
    shape: tuple[int, ...],
    batch: int,
    compute: Callable[[slice], Tensor],
    tick: Callable[[], None],
    kind: type[Number],
) -> npt.NDArray[Number]:
    """Fill an array on disk batch by batch; go on where an interrupted run stopped.

    Args:
        path: the ``.npy`` file; beside it ``.progress`` says how many rows are done.
        shape: of the whole array (N, ...).
        compute: a range of rows -> those rows (n, ...).

    Raises:
        DataError: the file is there, but was made for other photos.
    """
    progress = path.with_suffix(".progress")
    done = int(progress.read_text() or 0) if path.exists() and progress.exists() else 0
    array = np.lib.format.open_memmap(path, mode="r+" if done else "w+", dtype=kind, shape=shape)
    if array.shape != shape:
        raise DataError(f"{path} was made for other photos; take another --out, or delete it.")
    for start in range(0, shape[0], batch):
        rows = slice(start, min(start + batch, shape[0]))
        if rows.stop > done:
            array[rows] = compute(rows).cpu().numpy()
            progress.write_text(str(rows.stop))
        tick()
    array.flush()
    return array


@dataclass(frozen=True)
class TrainingPhotos:
    """What a run trains on.

    Attributes:
        photos: of all data sets; those of the val split are not learnt from.
        passes: which of them an epoch goes through, by number; one may come twice.
        pixels: theirs, (N, 3, side, side).
        vocabulary: the captioners' words.
    """

    photos: Sequence[CaptionedPhoto]
    passes: Sequence[int]
    pixels: npt.NDArray[np.uint8]
    vocabulary: Vocabulary


def encode_captions(photo: CaptionedPhoto, vocabulary: Vocabulary, mirrored: bool) -> list[list[int]]:
    """Captions as word numbers, cut after :data:`MAX_WORDS`; if ``mirrored``, with left and right exchanged."""
    return [
        vocabulary.encode([MIRROR.get(word, word) if mirrored else word for word in words[:MAX_WORDS]])
        for words in photo.captions
        if words
    ]


class Example(NamedTuple):
    cells: Tensor  # (S, C) float16
    captions: list[list[int]]


class Batch(NamedTuple):
    """P photos, their grids (P, S, C) in float32, and their captions."""

    grids: Tensor
    captions: Captions


class CaptionedGrids(Dataset[Example]):
    """Photos for training a captioner: a random view, and of its cells every other row and column.

    Which of the four such subsets is drawn anew each time. The mean over a quarter of the cells is nearly the
    mean over all, the sampled cell of a quarter nearly a sample of all, at a quarter of the price.
    """

    def __init__(self, data: TrainingPhotos, views: dict[str, npt.NDArray[np.float16]]):
        """``views`` are the grids of all photos."""
        self.rows, self.views = data.passes, views
        self.captions = {
            view: [encode_captions(data.photos[i], data.vocabulary, view == "mirror") for i in self.rows]
            for view in VIEWS
        }

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> Example:
        view = VIEWS[int(torch.randint(0, len(self.views), ()))]
        top, left = torch.randint(0, 2, (2,)).tolist()
        grid = self.views[view][self.rows[i]]
        cells = grid[np.ix_(*every_other((grid.shape[0], grid.shape[1]), (top, left)))]
        return Example(torch.from_numpy(cells.reshape(-1, cells.shape[-1]).copy()), self.captions[view][i])

    @staticmethod
    def batch(examples: list[Example]) -> Batch:
        pairs = [(i, words) for i, example in enumerate(examples) for words in example.captions]
        return Batch(torch.stack([example.cells for example in examples]).float(), collate(pairs))
