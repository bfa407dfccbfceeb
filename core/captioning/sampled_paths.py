"""Hard attention with sampled cells: many paths of glimpses over one photo, and the captions they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.captioning.settings import Settings
from core.trace import CaptionTrace

if TYPE_CHECKING:
    from torch import Tensor

    from core.captioning.service import CaptionService

MAX_PATHS = 50


@dataclass(frozen=True)
class SampledPaths:
    """Paths drawn by one hard model.

    Attributes:
        paths: the traces, in the order of their seeds.
        captions: caption -> the numbers of the paths that led to it, the commonest caption first.
    """

    paths: tuple[CaptionTrace, ...]
    captions: Mapping[str, tuple[int, ...]]

    @property
    def cloud(self) -> np.ndarray:
        """The share of all glimpses that fell on each cell (rows, columns); zeros where there were none."""
        counts = np.zeros(self.paths[0].grid)
        for path in self.paths:
            for step in path.steps:
                counts[step.glimpse] += 1
        shares: np.ndarray = counts / max(1, counts.sum())
        return shares


def draw_paths(service: "CaptionService", grid: "Tensor", model: str, count: int, seed: int = 0) -> SampledPaths:
    """Draw ``count`` paths over a grid (1, rows * columns, channels), in one batch.

    Every glimpse is drawn from the model's distribution; the words are always the likeliest, so that only the gaze is
    left to chance. Path n has the seed ``seed`` + n: more paths are the same ones and some more.

    Raises:
        ValueError: the count is not 1 to 50, or the model's attention is not hard.
    """
    if not 1 <= count <= MAX_PATHS:
        raise ValueError(f"Draw 1 to {MAX_PATHS} paths, not {count}.")
    settings = Settings(method="greedy", glimpse="sampled")
    paths = service.caption(grid, model, settings, seeds=range(seed, seed + count))
    if paths[0].attention != "hard":
        raise ValueError(f"Only hard attention draws its glimpses; {model} has {paths[0].attention}.")
    numbers: dict[str, list[int]] = {}
    for n, path in enumerate(paths):
        numbers.setdefault(path.caption, []).append(n)
    commonest = sorted(numbers.items(), key=lambda item: -len(item[1]))
    return SampledPaths(tuple(paths), {caption: tuple(ns) for caption, ns in commonest})
