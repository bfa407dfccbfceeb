"""Sizes told by what fits: "The trunk is too big for the closet" says which of them is bigger."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.names import Name, Word, lower, noun
from core.memory.reading.words import IN, SIZED

_BETWEEN = IN | {"for", "to", "into", "fit", "go", "through", "be", "put", "hold", "contain"}


def too_big(rest: Sequence[Word]) -> tuple[Name, bool] | None:
    """What something is said to be too big for, and whether that says that it is the bigger one.

    None where nothing of that sort is said.
    """
    low = lower(rest)
    if len(low) < 4:
        return None
    if low[0] == "too" and low[1] in SIZED:
        bigger, at = SIZED[low[1]], 2
    elif low[0] in SIZED and low[1] == "enough":
        bigger, at = SIZED[low[0]], 2
    else:
        return None
    while at < len(low) and low[at] in _BETWEEN:
        at += 1
    other = noun(rest, at)[0]
    return (other, bigger) if other else None
