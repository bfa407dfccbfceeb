"""What every network that answers about stories offers, and where each is found.

A new network is one module with :func:`load` and one entry in :data:`NETWORKS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from core.trace import StoryTrace

if TYPE_CHECKING:
    from torch import Tensor

CANDIDATES = 10  # answers that a trace lists

# name in the config -> module whose load(config, state) makes a MemoryNetwork, in evaluation mode
NETWORKS: dict[str, str] = {
    "memn2n": "core.memory.memn2n",
    "memnn": "core.memory.memnn",
    "slots": "core.memory.slots.reader",
}


@dataclass(frozen=True)
class StoryQuery:
    """A question about a story: statements and the question as typed. The story has at least one statement."""

    sentences: tuple[str, ...]
    question: str


@dataclass(frozen=True)
class HopDecisions:
    """What is decided for the network: ``looks[hop]`` is the sentence that this hop is made to look at."""

    looks: Mapping[int, int] = field(default_factory=dict)


FREE = HopDecisions()  # nothing is decided for the network


class MemoryNetwork(Protocol):
    """A network that reads a story, looks over its sentences hop by hop, and answers.

    Attributes:
        name: what its traces call it; the checkpoint's name.
        network: the key in :data:`NETWORKS`.
        attention: "none", "soft" or "hard".
    """

    name: str
    network: str
    attention: str

    def answer(
        self, questions: Sequence[StoryQuery], decisions: HopDecisions = FREE, candidates: int = CANDIDATES
    ) -> list[StoryTrace]:
        """Answer all questions in one batch, each with the same decisions; a trace each with so many candidates.

        Raises:
            StoryError: a decision names a hop or a sentence that there is not, or that this network cannot look at.
        """


def load(config: dict, state: dict[str, Tensor]) -> MemoryNetwork:
    """The network that a checkpoint of kind "memory" holds.

    Raises:
        ValueError, KeyError, TypeError, RuntimeError: the config describes no network, or not that of the weights.
    """
    return import_module(NETWORKS[config["network"]]).load(config, state)
