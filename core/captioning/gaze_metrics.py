"""How well looks are on what is named, against boxes that people drew around it.

Every figure is about *naming words*, those that name something whose boxes are known, and about the look that the
model took before it said the word: the weights alpha over its grid.

- pointing: the centre of the cell looked at most lies in a box; beside it how often the photo's middle does
  (``centre``).
- off_centre: pointing where the middle lies in no box, which cannot be had by always looking at the middle; beside it
  how much of such photos the boxes cover (``off_centre_chance``).
- inside: how much of alpha lies in the boxes, cells at their edge in part: the "attention correctness" of Liu et al.
  2017; beside it that of an even look, which is how much of the photo the boxes cover (``chance``).
- entropy: of alpha, in bits; ``spread``: in percent of an even look's.
- divergence: between the looks before two different naming words of one caption, Jensen-Shannon, in bits: 0 for looks
  that stay where they are. The mean over the pairs of each caption, then over captions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from core.captioning.comparison import divergence
from core.data.phrases import KINDS, Box, cell_shares, covers

TIED = 1e-6  # weights closer than this are equally large
MIDDLE = 0.5, 0.5


@dataclass(frozen=True, eq=False)
class NamingLook:
    """The look before a word that names something, and where that is.

    Attributes:
        step: the word's position in its caption.
        noun: what it names, one of it; words of one noun are not told apart.
        kind: of thing, one of :data:`core.data.phrases.KINDS`.
        boxes: where it is; any of them is right.
        alpha: (rows, columns) the weights, which sum to 1.
        glimpse: the (row, column) of the one cell that a hard model used, None for the others.
    """

    step: int
    noun: str
    kind: str
    boxes: tuple[Box, ...]
    alpha: np.ndarray
    glimpse: tuple[int, int] | None = None

    @cached_property
    def shares(self) -> np.ndarray:
        """(rows, columns) how much of each cell lies in a box."""
        rows, columns = self.alpha.shape
        return cell_shares(self.boxes, (rows, columns)).reshape(rows, columns)

    @property
    def inside(self) -> float:
        """How much of the weight lies in the boxes, 0..1."""
        return float((self.alpha * self.shares).sum())

    @property
    def chance(self) -> float:
        """How much of the photo the boxes cover, 0..1: an even look's :attr:`inside`."""
        return float(self.shares.mean())

    @property
    def pointing(self) -> float:
        """1 if the centre of the cell looked at most, or of the one that was used, lies in a box, else 0.

        Where several cells are looked at most, the share of them: an even look points by chance only.
        """
        rows, columns = self.alpha.shape
        most = [self.glimpse] if self.glimpse else np.argwhere(self.alpha >= self.alpha.max() - TIED).tolist()
        return sum(covers(self.boxes, (c + 0.5) / columns, (r + 0.5) / rows) for r, c in most) / len(most)

    @property
    def centred(self) -> bool:
        """The photo's middle lies in a box."""
        return covers(self.boxes, *MIDDLE)

    @property
    def entropy(self) -> float:
        """Of alpha, in bits."""
        weights = self.alpha[self.alpha > 0]
        return float(-(weights * np.log2(weights)).sum())


def figures(captions: Sequence[Sequence[NamingLook]]) -> dict[str, Any]:
    """The figures of a results file over the naming words of captions; None for what there was no word to show.

    Shares are in percent, ``entropy`` and ``divergence`` in bits. ``kinds`` has the same of each kind of thing, but for
    the divergence.
    """
    looks = [look for caption in captions for look in caption]
    moved = [between for caption in captions if (between := _divergences(caption))]
    return {
        **_of_words(looks),
        "divergence": _mean([sum(own) / len(own) for own in moved], digits=3),
        "kinds": {kind: _of_words(own) for kind in KINDS if (own := [look for look in looks if look.kind == kind])},
    }


def _divergences(caption: Sequence[NamingLook]) -> list[float]:
    pairs = combinations(caption, 2)
    return [divergence(one.alpha, other.alpha) for one, other in pairs if one.noun != other.noun]


def _of_words(looks: Sequence[NamingLook]) -> dict[str, float | None]:
    off = [look for look in looks if not look.centred]
    return {
        "words": len(looks),
        "pointing": _percent([look.pointing for look in looks]),
        "centre": _percent([look.centred for look in looks]),
        "off_centre_words": len(off),
        "off_centre": _percent([look.pointing for look in off]),
        "off_centre_chance": _percent([look.chance for look in off]),
        "inside": _percent([look.inside for look in looks]),
        "chance": _percent([look.chance for look in looks]),
        "entropy": _mean([look.entropy for look in looks], digits=3),
        "spread": _percent([look.entropy / math.log2(max(2, look.alpha.size)) for look in looks]),
    }


def _mean(values: Sequence[float], digits: int) -> float | None:
    return round(sum(values) / len(values), digits) if values else None


def _percent(values: Sequence[float]) -> float | None:
    return _mean([100 * value for value in values], digits=2)
