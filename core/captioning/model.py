"""What everything else asks of a captioner: photo and decisions in, trace out.

Pages, exports, evaluation and the command line know a captioner by :class:`CaptionModel` alone. Those that look over an
encoder's grid a word at a time (:class:`~core.captioning.captioner.Captioner`) keep it through :class:`GridModel`; any
other architecture keeps it itself, in a module of its own. ``docs/your-own-model.md`` has a whole example.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from core.attention import KINDS, Kind
from core.captioning.beam import BeamTrace
from core.captioning.captioner import Captioner
from core.captioning.decoding import decode, decode_with_beam
from core.captioning.encoder import Encoder
from core.captioning.settings import END_WORD, MAX_WORDS, Decisions, Settings, for_each
from core.captioning.vocabulary import Vocabulary
from core.trace import CaptionTrace

SLACK = 0.02  # by which an attention may miss its sum: it may have been computed in bfloat16


@runtime_checkable
class CaptionModel(Protocol):
    """A captioner."""

    @property
    def attention(self) -> Kind:
        """How it looks: "none", "soft" or "hard"."""

    @property
    def side(self) -> int:
        """Of the square photo that it takes, pixels. The whole photo is squashed to it, so that a cell of the grid is
        always the same part of the photo."""

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of its looks."""

    def see(self, photos: Tensor) -> Tensor:
        """What it keeps of each photo (B, ...), computed once and kept while what-ifs are tried.

        Args:
            photos: (B, 3, side, side), uint8.
        """
        ...

    def caption(
        self, seen: Tensor, settings: Settings, decisions: Sequence[Decisions], seeds: Sequence[int]
    ) -> list[CaptionTrace]:
        """A trace for each photo of :meth:`see`, in order; their ``model`` is filled in for it.

        Args:
            seen: (B, ...), no more at once than ``see`` was given; one photo that is decided about in B ways comes
                B times.
            settings: what of these means nothing to it, a beam say, is passed over.
            decisions: B, one a photo, checked: words of the vocabulary, cells of the grid. A decided word is written
                and said to be forced; a decided gaze confines the look, which then sums to 1 over those cells; a
                forbidden word is not written; and the caption does not end before the last decided word.
            seeds: B, where it draws anything.
        """
        ...


@dataclass(frozen=True)
class GridModel:
    """A captioner on the grid of its encoder, decoded a word at a time."""

    encoder: Encoder
    captioner: Captioner
    vocabulary: Vocabulary

    @property
    def attention(self) -> Kind:
        return self.captioner.sizes.attention

    @property
    def side(self) -> int:
        return self.encoder.side

    @property
    def grid(self) -> tuple[int, int]:
        return self.encoder.grid

    def see(self, photos: Tensor) -> Tensor:
        grids: Tensor = self.encoder(photos)
        return grids.float()

    def caption(
        self, seen: Tensor, settings: Settings, decisions: Sequence[Decisions], seeds: Sequence[int]
    ) -> list[CaptionTrace]:
        return decode(self.captioner, self.vocabulary, seen, self.grid, settings, decisions, "", seeds)

    def beam(self, seen: Tensor, settings: Settings, decisions: Decisions) -> list[BeamTrace]:
        """As :meth:`caption`, with all that the search weighed on its way."""
        return decode_with_beam(self.captioner, self.vocabulary, seen, self.grid, settings, decisions)


@torch.inference_mode()
def caption_with(
    model: CaptionModel,
    vocabulary: Vocabulary,
    seen: Tensor,
    settings: Settings | None,
    decisions: Decisions | Sequence[Decisions] | None,
    seeds: Sequence[int] | None,
    name: str,
) -> list[CaptionTrace]:
    """Caption with any model: what it is given is checked, and so is what it gives.

    Args:
        vocabulary: the words that can be decided.
        seen: (B, ...), or a single photo, for as many decisions or seeds as are given.
        name: that the traces carry.

    Raises:
        ValueError: a decision names a word that the vocabulary lacks, or a cell outside the grid; there are not as many
            decisions or seeds as photos; or the model breaks the contract.
    """
    settings = settings or Settings()
    decisions, seeds = for_each(len(seen), settings, decisions, seeds)
    if isinstance(model, GridModel):  # which checks what it is given itself, and lays one photo out by itself
        return [replace(trace, model=name) for trace in model.caption(seen, settings, decisions, seeds)]
    for one in decisions:
        _check_decisions(one, vocabulary, math.prod(model.grid))
    if len(seen) < len(seeds):
        seen = seen.expand(len(seeds), *seen.shape[1:])
    traces = model.caption(seen, settings, decisions, seeds)
    if len(traces) != len(seeds):
        raise ValueError(f"{name} gave {len(traces)} captions for {len(seeds)} photos.")
    for trace in traces:
        _check_trace(trace, model.grid, name)
    return [replace(trace, model=name) for trace in traces]


def _check_decisions(decisions: Decisions, vocabulary: Vocabulary, cells: int) -> None:
    """ValueError where a decision cannot be followed."""
    words = dict(decisions.words)
    last = max(words, default=0)
    if min((step for step, _ in (*decisions.words, *decisions.gazes, *decisions.forbidden)), default=0) < 0:
        raise ValueError("A word is decided at step 0 or later.")
    for word in (*words.values(), *(word for _, some in decisions.forbidden for word in some)):
        if word != END_WORD and word not in vocabulary:
            raise ValueError(f"The model does not know the word “{word}”.")
    if last > MAX_WORDS or (last == MAX_WORDS and words[last] != END_WORD):
        raise ValueError(f"A caption has at most {MAX_WORDS} words.")
    if any(word == END_WORD and step < last for step, word in words.items()):
        raise ValueError("No word can be decided after the end of the caption.")
    if not all(gaze and all(0 <= cell < cells for cell in gaze) for _, gaze in decisions.gazes):
        raise ValueError(f"A gaze is on one or more cells from 0 to {cells - 1}.")


def _check_trace(trace: CaptionTrace, grid: tuple[int, int], name: str) -> None:
    """ValueError where a trace is not one that can be drawn."""
    rows, columns = grid
    if trace.attention not in KINDS or tuple(trace.grid) != tuple(grid):
        raise ValueError(f"{name} gave a caption of another attention or another grid than it has.")
    for step in trace.steps:
        for alpha in (step.alpha, *(head for layer in step.heads for head in layer)):
            flat = [weight for row in alpha for weight in row]
            if len(alpha) != rows or len(flat) != rows * columns or not abs(math.fsum(flat) - 1) <= SLACK:
                raise ValueError(f"{name} gave a look that is no distribution over its {rows} x {columns} cells.")
        if not (0 <= step.prob <= 1 + SLACK and 0 <= step.gate <= 1 + SLACK):
            raise ValueError(f"{name} gave “{step.word}” a probability or a gate that is not within 0 to 1.")
