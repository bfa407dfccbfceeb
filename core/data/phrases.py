"""Which words of a caption name what, and where it is: phrases tied to boxes, of Flickr30k Entities.

Plummer et al. 2015, "Flickr30k Entities: Collecting Region-to-Phrase Correspondences". The JSON, beside a data set in
Karpathy's form (:mod:`core.data.captions`), holds for every photo by its file name

    {"boxes": {entity: [[x0, y0, x1, y1], ...]}, "phrases": [[[first, last + 1, entity, type], ...]]}

with the boxes in fractions of the photo's width and height, so that they hold on a squashed photo too, and one list of
phrases for each caption in the data set's order, whose positions count the caption's tokens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.data.captions import CaptionedPhoto
from core.data.errors import DataError

MAX_BYTES = 200_000_000  # of the file; all of Flickr8k takes 4 million
SLACK = 0.01  # by which a box may stick out of its photo, which rounding does; it is clipped
KINDS = ("people", "clothing", "animals", "vehicles", "bodyparts", "instruments", "scene", "other")
# What a phrase may begin with that says nothing of what the thing looks like.
_DETERMINERS = "a an the this that these those some any his her its their my your our another"
DETERMINERS = frozenset(_DETERMINERS.split())

Box = tuple[float, float, float, float]  # x0, y0, x1, y1: fractions 0..1 of the photo's width and height


@dataclass(frozen=True)
class Phrase:
    """A part of a caption that names something in the photo.

    Attributes:
        first, end: the positions of its first word and of the word behind its last, which is nearly always its noun.
        entity: what it names; the key of its boxes. Phrases of several captions may name the same.
        kind: one of :data:`KINDS`.
    """

    first: int
    end: int
    entity: str
    kind: str

    @property
    def noun(self) -> int:
        """The position of its last word."""
        return self.end - 1

    def content(self, caption: Sequence[str]) -> range:
        """The positions of its words without the article or the like that it begins with; its last word is kept."""
        first = self.first
        while first < self.noun and caption[first] in DETERMINERS:
            first += 1
        return range(first, self.end)


@dataclass(frozen=True)
class PhotoPhrases:
    """What the captions of one photo name.

    Attributes:
        boxes: by entity, one or more; any of them is right.
        captions: the phrases of each caption, in the data set's order.
    """

    boxes: Mapping[str, tuple[Box, ...]]
    captions: tuple[tuple[Phrase, ...], ...]


def read_phrases(path: Path, photos: Sequence[CaptionedPhoto]) -> dict[str, PhotoPhrases]:
    """The phrases and boxes of photos, by file name; photos that the file does not hold are left out.

    Args:
        photos: with all of their captions, in the data set's order: the phrases must lie within them.

    Raises:
        DataError: the file is missing, too large, not JSON or in another form, or speaks of other captions.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{path} is too large: up to {MAX_BYTES // 1_000_000} MB are read.")
        with open(path, encoding="utf-8") as file:
            entries = json.load(file)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} is not JSON.") from error
    if not isinstance(entries, dict):
        raise DataError(f"{path} holds no phrases: it must be an object with an entry for each photo.")
    found: dict[str, PhotoPhrases] = {}
    for photo in photos:
        if photo.filename in entries and photo.filename not in found:
            try:
                found[photo.filename] = _photo(entries[photo.filename], photo.captions)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                why = str(error) if isinstance(error, _FormError) else "it needs boxes by entity, and phrases"
                raise DataError(f"{path} says of {photo.filename} what cannot be used: {why}.") from error
    return found


class _FormError(ValueError):
    """What is wrong with a photo's entry, without a full stop."""


def _photo(entry: Mapping[str, Any], captions: Sequence[Sequence[str]]) -> PhotoPhrases:
    boxes = {str(entity): tuple(map(as_box, drawn)) for entity, drawn in entry["boxes"].items()}
    if not all(boxes.values()):
        raise _FormError("an entity has no box")
    phrases = entry["phrases"]
    if len(phrases) != len(captions):
        raise _FormError(f"it has phrases of {len(phrases)} captions, and the data set has {len(captions)}")
    return PhotoPhrases(
        boxes,
        tuple(
            tuple(_phrase(phrase, len(caption), boxes) for phrase in own)
            for own, caption in zip(phrases, captions, strict=True)
        ),
    )


def as_box(corners: object) -> Box:
    """A box as JSON has it, clipped to its photo.

    Raises:
        ValueError: it is no box within the photo; the message has no full stop.
    """
    if not isinstance(corners, list) or len(corners) != 4:
        raise _FormError("a box is x0, y0, x1, y1")
    clipped = []
    for corner in corners:
        if isinstance(corner, bool) or not isinstance(corner, int | float) or not -SLACK <= corner <= 1 + SLACK:
            raise _FormError("a box lies outside its photo; its corners are fractions of the width and the height")
        clipped.append(min(1.0, max(0.0, float(corner))))
    x0, y0, x1, y1 = clipped
    if not (x0 < x1 and y0 < y1):
        raise _FormError("a box has no area")
    return x0, y0, x1, y1


def _phrase(phrase: Sequence[Any], words: int, boxes: Mapping[str, object]) -> Phrase:
    if not isinstance(phrase, list) or len(phrase) != 4:
        raise _FormError("a phrase is its first position, the one behind its last, an entity and a type")
    first, end, entity, kind = phrase
    if type(first) is not int or type(end) is not int or not 0 <= first < end <= words:
        raise _FormError("a phrase lies outside its caption")
    if str(entity) not in boxes:
        raise _FormError("a phrase names an entity that has no box")
    if kind not in KINDS:
        raise _FormError(f"a phrase is of one of the types {', '.join(KINDS)}")
    return Phrase(first, end, str(entity), kind)


def cell_shares(boxes: Sequence[Box], grid: tuple[int, int]) -> np.ndarray:
    """How much of each cell lies inside at least one of the boxes: (rows * columns,) float64, 0..1, row after row.

    The area is exact, of the union: where boxes overlap counts once.

    Args:
        grid: rows and columns.
    """
    rows, columns = grid
    across, down = np.arange(columns + 1) / columns, np.arange(rows + 1) / rows
    # Cut the photo at every edge of a cell or a box: each piece is then in one cell, and wholly in a box or out of it.
    drawn = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    x, y = np.union1d(across, drawn[:, [0, 2]]), np.union1d(down, drawn[:, [1, 3]])
    middle_x, middle_y = (x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2
    covered = np.zeros((len(middle_y), len(middle_x)), dtype=bool)
    for x0, y0, x1, y1 in drawn:
        covered |= np.outer((y0 < middle_y) & (middle_y < y1), (x0 < middle_x) & (middle_x < x1))
    area = covered * np.outer(np.diff(y), np.diff(x))
    by_row = np.add.reduceat(area, np.searchsorted(y, down[:-1]), axis=0)
    by_cell = np.add.reduceat(by_row, np.searchsorted(x, across[:-1]), axis=1)
    shares: np.ndarray = by_cell.ravel() * (rows * columns)
    return shares.clip(0, 1)


def covers(boxes: Sequence[Box], x: float, y: float) -> bool:
    """Whether the point (x, y), in fractions of the photo's width and height, lies in one of the boxes."""
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)
