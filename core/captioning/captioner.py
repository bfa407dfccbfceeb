"""What every captioner offers: it prepares a grid, looks at it before every word, and reads the next word out.

A captioner is a module of its own and one entry in :data:`core.captioning.registry.CAPTIONERS`. Decoding, what-ifs,
training and evaluation know it by these functions alone, and pass its slots and states on without looking inside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor

from core.attention import Kind, Look
from core.checkpoints.modules import StoredModule


@dataclass(frozen=True)
class CaptionerSizes:
    """What all captioners' sizes say; an architecture adds its own.

    Attributes:
        vocabulary: how many words it knows, the special tokens among them.
        channels: numbers a cell of the grid that it looks over.
    """

    attention: Kind
    vocabulary: int
    channels: int


class Step(NamedTuple):
    """One word's outcome.

    Attributes:
        deep: (B, E) what the word is read from, see :meth:`Captioner.read_out`.
        state: the new state, of the captioner's own kind.
        look: where it looked; of several heads, see :class:`~core.attention.Look`.
        gate: (B,) how much of the glimpse it let through, 0..1; ones where it has no gate.
    """

    deep: Tensor
    state: Any
    look: Look
    gate: Tensor


class Captioner(StoredModule):
    """Says what is on a grid, a word at a time. Knows nothing of decoding or of training.

    *Slots* are what it keeps of each photo's grid, computed once and looked over at every word; its *state* is what it
    carries from word to word of each caption under way. Both are of its own kind, with a method ``select``: a number
    for each row wanted (N,), of which one may come several times, or a slice -> those rows, in that order.
    """

    sizes: CaptionerSizes

    def view(self, grids: Tensor) -> tuple[Any, Any]:
        """Prepare grids (B, S, channels) for looking over: the slots and the first state."""
        raise NotImplementedError

    def step(
        self,
        tokens: Tensor,
        state: Any,
        slots: Any,
        mask: Tensor | None = None,
        noise: Tensor | None = None,
        straight: bool = False,
    ) -> Step:
        """Look, update the state, and give what the next word is read from (see :meth:`read_out`).

        Args:
            tokens: (B,) the words before.
            state: the state before this word.
            slots: what to look over, B photos.
            mask: (B, S) the cells that may be looked at, by every head; None for all.
            noise: (B, S) Gumbel noise with which ``hard`` samples its cell, None for the most likely one.
            straight: whether gradients pass straight through that choice, in training (see
                :func:`core.attention.attend`).
        """
        raise NotImplementedError

    def read(
        self,
        tokens: Tensor,
        going: Sequence[int],
        state: Any,
        slots: Any,
        noises: Tensor | None = None,
        straight: bool = False,
    ) -> Step:
        """:meth:`step` after step along given captions; one that need not wait for its own words reads them at once.

        Args:
            tokens: (R, T) the words before each step, the longest captions first.
            going: how many captions take part in each of the T steps; never more than in the step before.
            state, slots: of each caption.
            noises: (R, T, S) Gumbel noise for ``hard``'s cells, None for the likeliest.
            straight: as in :meth:`step`.

        Returns:
            the outcomes of sum(going) words, step after step, the rows of a step in order. What the state is, is left
            open.
        """
        steps = []
        for t, n in enumerate(going):  # captions that have ended take no more part
            slots, state = slots.select(slice(n)), state.select(slice(n))
            noise = None if noises is None else noises[:n, t]
            steps.append(self.step(tokens[:n, t], state, slots, noise=noise, straight=straight))
            state = steps[-1].state
        alpha, glimpse, choice, on_nothing = (_together(part) for part in zip(*(s.look for s in steps), strict=True))
        deep, gate = torch.cat([step.deep for step in steps]), torch.cat([step.gate for step in steps])
        return Step(deep, state, Look(alpha, glimpse, choice, on_nothing), gate)

    @classmethod
    def begin_with(cls, attention: Kind, vocabulary: int, channels: int) -> Self:
        """One that has learnt nothing, of this architecture's usual size; for sizes see :class:`CaptionerSizes`."""
        sizes = {"attention": attention, "vocabulary": vocabulary, "channels": channels}
        return cls.from_config({"attention": attention, "model": sizes})

    def read_out(self, deep: Tensor) -> Tensor:
        """Logits (..., vocabulary) for deep outputs (..., E)."""
        raise NotImplementedError

    def to_config(self) -> Mapping[str, Any]:
        return {"architecture": self.architecture, "model": asdict(self.sizes)}


def _together(parts: Sequence[Any]) -> Any:
    """What the looks of all steps say of one thing, one after the other; None where they say nothing of it."""
    return None if parts[0] is None else torch.cat(list(parts))
