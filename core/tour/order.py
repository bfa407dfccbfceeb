"""What the order of a story is to a network: two sentences exchanged, with and without its sense of time."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from core.memory.lexicon_network import LexiconNetwork
from core.memory.registry import MemoryNetwork, StoryQuery
from core.trace import StoryTrace

SAME = 1e-4  # probabilities no further apart are those of one answer: the sums are merely added in another order


@dataclass(frozen=True)
class Exchanged:
    """One question about a story, and about the story with two sentences exchanged.

    Attributes:
        timed: the two answers as the network gives them.
        timeless: the two answers with the parameters at 0 that tell it when a sentence was told.
    """

    timed: tuple[StoryTrace, StoryTrace]
    timeless: tuple[StoryTrace, StoryTrace]


def exchange(sentences: Sequence[str], first: int, second: int) -> tuple[str, ...]:
    """The story with sentences ``first`` and ``second`` (from 0) exchanged.

    Raises:
        ValueError: the story has no such sentence.
    """
    if not {first, second} <= set(range(len(sentences))):
        raise ValueError(f"The story has {len(sentences)} sentences; two of these can be exchanged.")
    changed = list(sentences)
    changed[first], changed[second] = changed[second], changed[first]
    return tuple(changed)


def exchanged(network: MemoryNetwork, sentences: Sequence[str], question: str, first: int, second: int) -> Exchanged:
    """Ask about both stories, and again of a network that does not know when anything was told.

    Raises:
        ValueError: the story has no such sentence, or the network has no parameter that tells it when.
    """
    if not isinstance(network, LexiconNetwork) or not network.tells_when:
        raise ValueError(f"Of {network.name} the sense of time cannot be taken away.")
    stories = (tuple(sentences), exchange(sentences, first, second))
    queries = [StoryQuery(story, question) for story in stories]
    without = copy.deepcopy(network)
    for name, parameter in without.named_parameters():
        if name.endswith(network.tells_when):
            parameter.data.zero_()
    asked = [tuple(one.answer(queries)) for one in (network, without)]
    (told, changed), (told_timeless, changed_timeless) = asked
    return Exchanged((told, changed), (told_timeless, changed_timeless))


def same(one: StoryTrace, other: StoryTrace) -> bool:
    """Both give every answer the same probability."""
    probs, others = dict(one.candidates), dict(other.candidates)
    return one.answer == other.answer and all(
        abs(p - others[answer]) <= SAME for answer, p in probs.items() if answer in others
    )
