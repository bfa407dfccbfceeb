"""Many photos as rows to put in order: the worst first, those about which the models disagree, the doubtful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from statistics import fmean

from core.trace import CaptionTrace

TOO_FAR = 1.0  # out-of-distribution score, beyond which a caption is a guess
APART = 0.5  # disagreement beyond which models say something else


@dataclass(frozen=True)
class AlbumRow:
    """What one photo led to.

    Attributes:
        name: of the photo.
        jpeg: the photo, at the size that the player shows; empty where it could not be read.
        traces: model -> caption; empty where they were not written here.
        problem: a sentence why there are none, else empty.
        distance: how far the photo lies from those that were learnt from; None where that was not measured.
        references: captions of people, if there are any.
        scores: model -> its caption's own scores, times 100; empty where there are no references.
        said: model -> caption, of a table that was opened.
    """

    name: str
    jpeg: bytes
    traces: Mapping[str, CaptionTrace]
    problem: str = ""
    distance: float | None = None
    references: Sequence[str] = ()
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def captions(self) -> dict[str, str]:
        """Model -> caption."""
        return {**self.said, **{model: trace.caption for model, trace in self.traces.items()}}

    @cached_property
    def disagreement(self) -> float | None:
        """How far apart the models' words are, see :func:`disagreement`; None where there are fewer than two."""
        return disagreement(list(self.captions.values()))

    @property
    def quality(self) -> float | None:
        """The mean CIDEr of its captions, times 100; None where there are no references, or no other photo has."""
        found = [scores["CIDEr"] for scores in self.scores.values() if "CIDEr" in scores]
        return fmean(found) if found else None

    @property
    def doubtful(self) -> bool:
        """The models are out of their depth on the photo."""
        return self.distance is not None and self.distance > TOO_FAR


def disagreement(captions: Sequence[str]) -> float | None:
    """How far apart several captions' words are, 0 for the same words and 1 for none in common: the mean over pairs.

    Order does not count, how often a word comes does. None for fewer than two captions.
    """
    bags = [Counter(caption.split()) for caption in captions]
    if len(bags) < 2:
        return None
    return fmean(_apart(one, other) for one, other in combinations(bags, 2))


def _apart(one: Counter[str], other: Counter[str]) -> float:
    every = (one | other).total()
    return 1 - (one & other).total() / every if every else 0.0


Order = Callable[[AlbumRow], float | None]  # the smaller, the earlier; None last

ORDERS: dict[str, Order] = {
    "as given": lambda row: 0.0,
    "worst first": lambda row: row.quality,
    "most disagreement first": lambda row: None if row.disagreement is None else -row.disagreement,
    "most doubtful first": lambda row: None if row.distance is None else -row.distance,
}
ONLY: dict[str, Callable[[AlbumRow], bool]] = {
    "all": lambda row: True,
    "doubtful": lambda row: row.doubtful,
    "models disagree": lambda row: (row.disagreement or 0.0) > APART,
    "not captioned": lambda row: not row.captions,
}


def orders(rows: Sequence[AlbumRow]) -> list[str]:
    """The orders that these rows can be put in."""
    return [name for name, order in ORDERS.items() if any(order(row) is not None for row in rows)]


def choices(rows: Sequence[AlbumRow]) -> list[str]:
    """What of :data:`ONLY` some of these rows are, and not all of them."""
    return [name for name, only in ONLY.items() if name == "all" or 0 < sum(map(only, rows)) < len(rows)]


def arrange(rows: Sequence[AlbumRow], order: str, only: str = "all", word: str = "") -> list[AlbumRow]:
    """The rows that ``only`` names, and whose captions, by models or people, hold a word, in an order of the two lists.

    Equal ones stay as they were given; a word is the beginning of one.
    """
    asked, place = word.strip().lower(), ORDERS[order]

    def holds(row: AlbumRow) -> bool:
        texts = (row.name.lower(), *row.captions.values(), *row.references)
        return not asked or any(part.startswith(asked) for text in texts for part in text.split())

    kept = [row for row in rows if ONLY[only](row) and holds(row)]
    return sorted(kept, key=lambda row: (place(row) is None, place(row) or 0.0))
