"""What a results file of looks says beside its scores: each kind of thing, and the looks that miss the most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.phrases import KINDS, Box, as_box
from core.results.files import CAPTIONS, LOOKS, RESULTS, Result, ResultError, read_record, score_of
from core.trace import WordStep

MOST = 100  # wrong looks of a file, and words of a caption, and rows or columns of a grid

Scores = Mapping[str, float]  # those that there are, by their names in :data:`LOOKS`; and "words"


@dataclass(frozen=True)
class WrongLook:
    """A look that misses what its word names.

    Attributes:
        photo: its file name.
        words: the caption, the model's own.
        place: the word's position in it.
        kind: of thing.
        inside: how much of the weight lies in the boxes, 0..1.
        boxes: where the thing is.
        look: the word, its alpha and its glimpse; the rest of the step is not kept.
    """

    photo: str
    words: tuple[str, ...]
    place: int
    kind: str
    inside: float
    boxes: tuple[Box, ...]
    look: WordStep

    @property
    def grid(self) -> tuple[int, int]:
        return len(self.look.alpha), len(self.look.alpha[0])


@dataclass(frozen=True)
class GazeDetails:
    """Beside a result's scores: by whose captions and kind of thing the same scores, and the looks that miss most."""

    kinds: Mapping[str, Mapping[str, Scores]]
    wrong: tuple[WrongLook, ...]


def read_details(result: Result, folder: Path = RESULTS) -> GazeDetails:
    """Read the file of a result again, for all of it.

    Raises:
        ResultError: the file holds no such details.
    """
    record = read_record(Path(folder) / result.file)
    try:
        kinds = {captions: _kinds(record[captions]["kinds"]) for captions in CAPTIONS}
        return GazeDetails(kinds, tuple(map(_wrong, record["wrong"][:MOST])))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ResultError(f"{result.file} does not say where the looks were.") from error


def _kinds(record: Mapping[str, Mapping[str, Any]]) -> dict[str, Scores]:
    return {
        kind: {name: float(value) for name in ("words", *LOOKS) if (value := score_of(record[kind], name)) is not None}
        for kind in KINDS
        if kind in record
    }


def _wrong(record: Mapping[str, Any]) -> WrongLook:
    words = tuple(map(str, record["words"][:MOST]))
    place = int(record["step"])
    alpha = tuple(tuple(map(float, row)) for row in record["alpha"])
    rows, columns = len(alpha), len(alpha[0])
    if not (0 <= place < len(words) and 0 < rows <= MOST and 0 < columns <= MOST and {columns} == set(map(len, alpha))):
        raise ValueError("A look is at a grid, before a word.")
    glimpse = record["glimpse"]
    if glimpse is not None:
        glimpse = int(glimpse[0]), int(glimpse[1])
        if not (0 <= glimpse[0] < rows and 0 <= glimpse[1] < columns):
            raise ValueError("A glimpse is at a cell of the grid.")
    return WrongLook(
        photo=str(record["photo"]),
        words=words,
        place=place,
        kind=str(record["kind"]),
        inside=float(record["inside"]),
        boxes=tuple(map(as_box, record["boxes"][:MOST])),
        look=WordStep(words[place], prob=1.0, candidates=(), alpha=alpha, glimpse=glimpse, gate=1.0),
    )
