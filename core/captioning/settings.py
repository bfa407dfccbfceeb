"""How to decode, and what is decided for the model. Plain and hashable, so that they serve as keys; without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from core.captioning.vocabulary import END, SPECIAL

END_WORD = SPECIAL[END]
MAX_BEAM = 50
MAX_WORDS = 50
MAX_CANDIDATES = 50

Method = Literal["beam", "greedy", "sample"]
Glimpse = Literal["likely", "sampled"]  # of a hard model: which cell

_NOTHING: Mapping[int, str] = MappingProxyType({})
_NOWHERE: Mapping[int, Sequence[int]] = MappingProxyType({})
_ANYTHING: Mapping[int, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True)
class Settings:
    """How to decode.

    Attributes:
        method: ``beam``; ``greedy``, which is a beam of one; ``sample``, which draws each word.
        beam: how many unfinished captions are kept at each step.
        length_penalty: finished captions are ranked by log-probability / (words + 1) ** length_penalty, the end
            being counted; 0 leaves the log-probability alone, which favours short captions.
        temperature: sampling draws from softmax(logits / temperature).
        seed: of the sampled words and cells.
        max_words: a caption that has not ended by then is cut there.
        no_repeat: runs of so many words are written once in a caption, unless they are forced; 0 lets them come again.
        glimpse: a hard model's cell is the likeliest one, or sampled.
        candidates: how many of the likeliest words each step of the trace keeps.
    """

    method: Method = "beam"
    beam: int = 4
    length_penalty: float = 0.7
    temperature: float = 1.0
    seed: int = 0
    max_words: int = 20
    no_repeat: int = 3
    glimpse: Glimpse = "likely"
    candidates: int = 10

    def __post_init__(self) -> None:
        if self.method not in ("beam", "greedy", "sample"):
            raise ValueError(f"The method is beam, greedy or sample, not {self.method!r}.")
        if self.glimpse not in ("likely", "sampled"):
            raise ValueError(f"The glimpse is likely or sampled, not {self.glimpse!r}.")
        if not 1 <= self.beam <= MAX_BEAM:
            raise ValueError(f"The beam is 1 to {MAX_BEAM} wide, not {self.beam}.")
        if not 1 <= self.max_words <= MAX_WORDS:
            raise ValueError(f"A caption has 1 to {MAX_WORDS} words, not {self.max_words}.")
        if self.no_repeat != 0 and not 2 <= self.no_repeat <= MAX_WORDS:
            raise ValueError(f"Runs of 2 to {MAX_WORDS} words are written once, or 0 for none, not {self.no_repeat}.")
        if not 0.01 <= self.temperature <= 100:
            raise ValueError(f"The temperature is 0.01 to 100, not {self.temperature}.")
        if not 0 <= self.length_penalty <= 5:
            raise ValueError(f"The length penalty is 0 to 5, not {self.length_penalty}.")
        if not 1 <= self.candidates <= MAX_CANDIDATES:
            raise ValueError(f"The trace keeps 1 to {MAX_CANDIDATES} candidates, not {self.candidates}.")
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"The seed is 0 to 2^63 - 1, not {self.seed}.")

    @property
    def width(self) -> int:
        """The beam that is really searched."""
        return self.beam if self.method == "beam" else 1


@dataclass(frozen=True, init=False)
class Decisions:
    """What is decided for the model: the what-if of a what-if. Made from mappings by step, kept as pairs in order.

    Attributes:
        words: (step, the word that must be written there); ``<end>`` ends the caption. The model may not end
            before the last of them.
        gazes: (step, the cells that may be looked at there, each row * columns + column of the grid).
        forbidden: (step, the words that may not be written there, ``<end>`` among them where it may not end); a word
            that must be written there is written all the same.
    """

    words: tuple[tuple[int, str], ...]
    gazes: tuple[tuple[int, tuple[int, ...]], ...]
    forbidden: tuple[tuple[int, tuple[str, ...]], ...]

    def __init__(
        self,
        words: Mapping[int, str] = _NOTHING,
        gazes: Mapping[int, Sequence[int]] = _NOWHERE,
        forbidden: Mapping[int, Sequence[str]] = _ANYTHING,
    ) -> None:
        object.__setattr__(self, "words", tuple(sorted(words.items())))
        object.__setattr__(self, "gazes", tuple((step, tuple(gazes[step])) for step in sorted(gazes)))
        object.__setattr__(self, "forbidden", tuple((step, tuple(forbidden[step])) for step in sorted(forbidden)))

    @classmethod
    def caption(cls, words: Sequence[str], gazes: Mapping[int, Sequence[int]] = _NOWHERE) -> Decisions:
        """Make the model say exactly these words, then end."""
        return cls(dict(enumerate([*words, END_WORD])), gazes)


def for_each(
    photos: int, settings: Settings, decisions: Decisions | Sequence[Decisions] | None, seeds: Sequence[int] | None
) -> tuple[Sequence[Decisions], Sequence[int]]:
    """Decisions and a seed for each caption, where one was given for all.

    Args:
        photos: how many there are; a single one has as many captions as there are decisions or seeds.
        seeds: the settings' for all, if None.

    Raises:
        ValueError: there are not as many decisions and seeds as photos.
    """
    count = photos if seeds is None else len(seeds)
    if isinstance(decisions, Sequence):
        count = len(decisions)
    else:
        decisions = [decisions or Decisions()] * count
    seeds = [settings.seed] * count if seeds is None else seeds
    if not (len(decisions) == len(seeds) == count and photos in (1, count)):
        raise ValueError("There must be as many decisions and seeds as photos, or one photo.")
    return decisions, seeds
