"""How a beam came to its sentence: every continuation that was weighed, and what became of it. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.captioning.settings import END_WORD
from core.trace import CaptionTrace

Fate = Literal["kept", "ended", "dropped"]


@dataclass(frozen=True)
class BeamCandidate:
    """A sentence so far with one word more, as it was weighed at a step.

    Attributes:
        word: that word; ``<end>`` where the sentence ends.
        parent: what it continues, as a place among the candidates of the step before; None at the first step.
        prob: the model's probability of the word, given the words before, 0..1 (temperature not applied).
        log_prob: natural logarithm of the probability of all its words.
        score: log_prob / (words, the end counted) ** length_penalty: by this sentences that have ended are ranked.
        fate: kept to go on from, ended, or dropped: others were likelier.
    """

    word: str
    parent: int | None
    prob: float
    log_prob: float
    score: float
    fate: Fate


@dataclass(frozen=True)
class BeamTrace:
    """A beam search from its first word to its sentence.

    Attributes:
        caption: the sentence that it came to.
        width: how many sentences were kept at each step.
        length_penalty: see :class:`~core.captioning.settings.Settings`.
        steps: the candidates of each step, the likeliest first.
        winner: where the sentence stands among each step's candidates; its end is the last of them, where it has one.
    """

    caption: CaptionTrace
    width: int
    length_penalty: float
    steps: tuple[tuple[BeamCandidate, ...], ...]
    winner: tuple[int, ...]

    def path(self, step: int, place: int) -> tuple[int, ...]:
        """Where a candidate's words stand among the candidates of each step, from the first to itself."""
        places = [place]
        for t in range(step, 0, -1):
            parent = self.steps[t][places[-1]].parent
            assert parent is not None  # only the first step's candidates continue nothing
            places.append(parent)
        return tuple(reversed(places))

    def words(self, step: int, place: int) -> list[str]:
        """A candidate's words; the end is none."""
        words = [self.steps[t][at].word for t, at in enumerate(self.path(step, place))]
        return words[:-1] if words[-1] == END_WORD else words

    @property
    def endings(self) -> list[tuple[int, int]]:
        """The sentences that ended, best first, each as its step and its place among that step's candidates."""
        ended = [
            (step, place)
            for step, candidates in enumerate(self.steps)
            for place, candidate in enumerate(candidates)
            if candidate.fate == "ended"
        ]
        return sorted(ended, key=lambda at: self.steps[at[0]][at[1]].score, reverse=True)
