"""Several captioners that speak as one: the next word's probability is the mean of theirs.

    p(y_t | y_<t, photo) = 1/M sum_m p_m(y_t | y_<t, photo)

Each keeps slots and a state of its own. An ensemble takes the time of all its members for little more than the best,
so it is not shipped: it is what they learn from, see :mod:`core.captioning.training.distillation`.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from core.captioning.captioner import Captioner, CaptionerSizes, Step


class Each(tuple[Any, ...]):
    """The slots, or the states, of every member."""

    def select(self, rows: Tensor | slice) -> "Each":
        return Each(one.select(rows) for one in self)


class Ensemble(Captioner):
    """Captioners over the same grid and with the same words; where it looks is where the first one does."""

    architecture = "ensemble"

    def __init__(self, members: Sequence[Captioner]) -> None:
        """
        Raises:
            ValueError: there are none, or they know different numbers of words, or look over different grids.
        """
        super().__init__()
        if len({(member.sizes.vocabulary, member.sizes.channels) for member in members}) != 1:
            raise ValueError("An ensemble is of captioners with the same words and the same grid.")
        self.members = torch.nn.ModuleList(members)
        first = members[0].sizes
        self.sizes = CaptionerSizes(first.attention, first.vocabulary, first.channels)

    def view(self, grids: Tensor) -> tuple[Each, Each]:
        slots, states = zip(*(member.view(grids) for member in self._each()), strict=True)
        return Each(slots), Each(states)

    def step(
        self,
        tokens: Tensor,
        state: Each,
        slots: Each,
        mask: Tensor | None = None,
        noise: Tensor | None = None,
        straight: bool = False,
    ) -> Step:
        steps = [
            member.step(tokens, own, seen, mask, noise, straight)
            for member, own, seen in zip(self._each(), state, slots, strict=True)
        ]
        said = torch.stack(
            [member.read_out(step.deep).log_softmax(-1) for member, step in zip(self._each(), steps, strict=True)]
        )
        mean = said.logsumexp(0) - math.log(len(steps))
        return Step(mean, Each(step.state for step in steps), steps[0].look, steps[0].gate)

    def read_out(self, deep: Tensor) -> Tensor:
        """What :meth:`step` reads its words from are their log-probabilities."""
        return deep

    def _each(self) -> list[Captioner]:
        return list(self.members)  # type: ignore[arg-type]
