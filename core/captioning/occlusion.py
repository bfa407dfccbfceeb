"""Does the gaze matter? What a word's probability loses when the model may not look where it looked most.

A region is a square of cells. Hiding it means that the model's look is confined to all other cells before that one
word; words, photo and all other looks stay. As a control, equally large regions that it looked at least are hidden.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.captioning.settings import Decisions, Settings
from core.trace import CaptionTrace

if TYPE_CHECKING:
    from torch import Tensor

    from core.captioning.service import CaptionService

SHARE = 1 / 8  # of the grid's cells, about
CONTROLS = 3
NEEDED = 0.02  # of probability: what is less counts as nothing


@dataclass(frozen=True)
class OcclusionEffect:
    """One word's outcome; all are probabilities of the word, given the words before.

    Attributes:
        step: the word's place in the caption.
        free: with the whole photo to look at.
        most: with the region hidden that was looked at most.
        least: with one hidden that was looked at least, the mean over the controls.
    """

    step: int
    word: str
    free: float
    most: float
    least: float


def measure(
    service: "CaptionService",
    grid: "Tensor",
    trace: CaptionTrace,
    settings: Settings,
    gazes: Mapping[int, Sequence[int]] | None = None,
) -> list[OcclusionEffect]:
    """Hide regions from one caption's words, all in one batch of forced decoding.

    Args:
        grid: (1, rows * columns, channels), what the caption is of.
        trace: the caption. Words whose gaze was forced are left out.
        settings: those that the caption was decoded with.
        gazes: those that were forced.
    """
    steps = [n for n, step in enumerate(trace.steps) if not step.gaze_forced]
    regions = {n: pick_regions(trace.steps[n].alpha) for n in steps}
    hidden = [(n, region) for n in steps for region in ((), *regions[n])]
    probs = iter(probabilities_without(service, grid, trace, hidden, settings, gazes))
    falls = []
    for n in steps:
        free, most, *least = [next(probs) for _ in range(1 + len(regions[n]))]
        falls.append(OcclusionEffect(n, trace.words[n], free, most, float(np.mean(least))))
    return falls


def probabilities_without(
    service: "CaptionService",
    grid: "Tensor",
    trace: CaptionTrace,
    hidden: Sequence[tuple[int, Sequence[int]]],
    settings: Settings,
    gazes: Mapping[int, Sequence[int]] | None = None,
) -> list[float]:
    """For each (step, cells): the probability of the caption's word there when the cells are hidden at that step."""
    if not hidden:
        return []
    everywhere = range(trace.grid[0] * trace.grid[1])
    decisions = []
    for step, cells in hidden:
        seen = [cell for cell in (gazes or {}).get(step, everywhere) if cell not in set(cells)]
        decisions.append(Decisions.caption(trace.words, {**(gazes or {}), step: seen}))
    settings = Settings(method="greedy", glimpse=settings.glimpse, seed=settings.seed)
    traces = service.caption(grid, trace.model, settings, decisions)
    return [trace.steps[step].prob for trace, (step, _) in zip(traces, hidden, strict=True)]


def pick_regions(alpha: Sequence[Sequence[float]]) -> list[tuple[int, ...]]:
    """The square of cells with the most weight, then those with the least, none overlapping another."""
    weights = np.asarray(alpha, dtype=np.float64)
    rows, columns = weights.shape
    side = max(1, min(rows, columns, round(math.sqrt(SHARE * rows * columns))))  # 5 of 14, 3 of 7 x 9
    corners = [(r, c) for r in range(rows - side + 1) for c in range(columns - side + 1)]
    total = {(r, c): weights[r : r + side, c : c + side].sum() for r, c in corners}
    picked = [max(corners, key=total.__getitem__)]
    for corner in sorted(corners, key=total.__getitem__):
        if len(picked) > CONTROLS:
            break
        if all(max(abs(corner[0] - r), abs(corner[1] - c)) >= side for r, c in picked):
            picked.append(corner)
    return [tuple((r + i) * columns + c + j for i in range(side) for j in range(side)) for r, c in picked]


def explain(falls: Sequence[OcclusionEffect]) -> str:
    """What the numbers mean, in one sentence."""
    if not falls:
        return "There is no word whose gaze could be tested."
    most = np.array([fall.free - fall.most for fall in falls])
    least = np.array([fall.free - fall.least for fall in falls])
    if most.mean() - least.mean() >= NEEDED:
        meaning = "the words need what it looked at"
    elif abs(most).mean() >= max(NEEDED, 2 * abs(least).mean()):
        meaning = "where it looks moves the words, but up about as much as down"
    else:
        meaning = "for this sentence the gaze hardly matters"
    return (
        f"Hiding where it looked most costs a word {_points(most.mean())} points on average and moves it by "
        f"{_points(abs(most).mean())} either way; hiding as much where it looked least costs {_points(least.mean())} "
        f"and moves it by {_points(abs(least).mean())}: {meaning}."
    )


def _points(share: float) -> str:
    return f"{round(100 * share, 1) + 0.0:.1f}".replace("-", "−")
