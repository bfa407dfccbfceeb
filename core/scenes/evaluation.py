"""Scenes captioned twice, freely and as is right, to be measured by :mod:`core.results.scene_metrics`."""

from collections.abc import Callable, Sequence

from torch import Tensor

from core.captioning.captioner import Captioner
from core.captioning.decoding import decode
from core.captioning.settings import Decisions, Settings
from core.captioning.vocabulary import Vocabulary
from core.data.scenes import Scene
from core.results.scene_metrics import Outcome

BATCH = 50


def examine(
    captioner: Captioner,
    vocabulary: Vocabulary,
    grids: Tensor,
    grid: tuple[int, int],
    scenes: Sequence[Scene],
    tick: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Caption scenes whose grids are given (N, rows * columns, channels); ``tick`` is called after each batch."""
    settings, outcomes = Settings("greedy"), []
    for start in range(0, len(scenes), BATCH):
        some, seen = scenes[start : start + BATCH], grids[start : start + BATCH].float()
        own = decode(captioner, vocabulary, seen, grid, settings)
        right = [Decisions.caption(scene.words) for scene in some]
        forced = decode(captioner, vocabulary, seen, grid, settings, right)
        outcomes += [Outcome(*each) for each in zip(some, own, forced, strict=True)]
        tick()
    return outcomes
