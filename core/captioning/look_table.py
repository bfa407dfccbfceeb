"""The words of one caption against places of the photo, and against each other, as tables of shares.

A photo without boxes does not tell where its things are. So a *thing* is here what the model itself names: the cells on
which its look before the naming word is densest. The table says whether other words looked there too, and nothing of
whether the thing is there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.captioning.interventions import region
from core.trace import CaptionTrace, WordStep

HALF = 0.5  # of a naming word's look lies on the cells of its thing


@dataclass(frozen=True)
class LookTable:
    """A row for every word of a caption.

    Attributes:
        columns: what the columns are.
        shares: a row a word, a share 0..1 a column.
        even: what an even look at everything would have in each column, 0..1; empty where there is no such thing.
    """

    columns: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]
    even: tuple[float, ...] = ()


def densest(step: WordStep, share: float = HALF) -> tuple[int, ...]:
    """The fewest cells (row * columns + column), in order, that hold ``share`` of a look."""
    weights = _weights(step)
    order = np.argsort(-weights, kind="stable")
    count = int(np.searchsorted(np.cumsum(weights[order]), share * weights.sum() - 1e-9)) + 1
    return tuple(sorted(order[:count].tolist()))


def words_by_things(trace: CaptionTrace, names: Collection[str]) -> LookTable:
    """How much of each word's look lies on each thing that the caption names; without columns where it names none.

    Args:
        names: words that name something, see :func:`core.captioning.naming.naming_nouns`.
    """
    return _by_places(trace, [(step.word, densest(step)) for step in trace.steps if step.word in names])


def words_by_regions(trace: CaptionTrace) -> LookTable:
    """How much of each word's look lies in each ninth of the photo."""
    rows, columns = trace.grid
    places: dict[str, list[int]] = {}
    for cell in range(rows * columns):
        places.setdefault(region(*divmod(cell, columns), rows, columns), []).append(cell)
    return _by_places(trace, list(places.items()))


def words_by_words(trace: CaptionTrace) -> LookTable:
    """How much of their looks two words have in common: 1 for the same look, 0 for two without a common cell."""
    looks = [_weights(step) for step in trace.steps]
    shares = tuple(tuple(float(np.minimum(one, other).sum()) for other in looks) for one in looks)
    return LookTable(tuple(trace.words), shares)


def _by_places(trace: CaptionTrace, places: Sequence[tuple[str, Sequence[int]]]) -> LookTable:
    cells = trace.grid[0] * trace.grid[1]
    return LookTable(
        tuple(name for name, _ in places),
        tuple(tuple(float(_weights(step)[list(place)].sum()) for _, place in places) for step in trace.steps),
        tuple(len(place) / cells for _, place in places),
    )


def _weights(step: WordStep) -> np.ndarray:
    return np.asarray(step.alpha, dtype=np.float64).ravel()
