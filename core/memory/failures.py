"""Where networks fail: generated stories whose answers are known, the same ones every time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.data.babi import Question
from core.trace import StoryTrace

if TYPE_CHECKING:
    from core.memory.service import StoryService

SEED = 900_000  # of the first story: far from those of any training
STORIES = 6  # of each kind of question


@dataclass(frozen=True)
class StoryFailure:
    """A question of a generated story with a wrong answer."""

    task: int
    question: Question
    trace: StoryTrace

    @property
    def most_attended(self) -> list[int]:
        """The sentences that the hops looked at most, each once, in order."""
        return list(dict.fromkeys(hop.most for hop in self.trace.hops if hop.most is not None))


def story_failures(service: StoryService, model: str, tasks: Iterable[int]) -> tuple[list[StoryFailure], int]:
    """The questions that a network answers wrong, and of how many asked."""
    from core.data.stories import generate
    from core.memory.registry import StoryQuery
    from core.results.story_metrics import is_right

    asked = [(task, question) for task in tasks for seed in range(STORIES) for question in generate(task, SEED + seed)]
    traces = service.answer_all([StoryQuery(question.sentences, question.question) for _, question in asked], model)
    wrong = [
        StoryFailure(task, question, trace)
        for (task, question), trace in zip(asked, traces, strict=True)
        if not is_right(question, trace)
    ]
    return wrong, len(asked)
