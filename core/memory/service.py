"""Stories in, traces out: the memory networks of one folder of checkpoints, loaded once and shared by all sessions."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core import checkpoints
from core.checkpoints import CheckpointError
from core.checkpoints.service import Service
from core.data.babi import Question
from core.memory import registry
from core.memory.question_shapes import QuestionShapes
from core.memory.reading import ReadStory, read
from core.memory.reading.answers import retold
from core.memory.registry import CANDIDATES, FREE, HopDecisions, MemoryNetwork, StoryQuery
from core.memory.story import StoryError
from core.trace import StoryTrace

_Opened = tuple[MemoryNetwork, QuestionShapes]

EVERY_CANDIDATE = 10**9
QUESTIONS_A_CALL = 500  # of a data set
TRIED = ("Mary went to the kitchen.", "John went to the garden.")
SLOTS_A_CALL = 100_000  # sentences, over the stories that leave one out in turn; bounds the memory for their traces


class StoryService(Service[_Opened]):
    """Networks that answer questions about stories, each with the shapes of what it was asked in training."""

    task = "answer a question"

    def networks(self, blind: bool = False) -> list[str]:
        """Names of the networks in the folder; with ``blind``, the baselines that see half of what they are given."""
        found = [c for c in self.catalog.list() if c.config["kind"] == registry.KIND]
        return sorted((c.name for c in found if bool(c.config.get("blind")) == blind), key=registry.place)

    def network(self, model: str) -> MemoryNetwork:
        """The network of a checkpoint, a name or a path.

        Raises:
            CheckpointError: it is missing or damaged, or holds something else.
        """
        return self._load(model)[1][0]

    def _open(self, folder: Path, name: str) -> _Opened:
        network, config = registry.open_network(folder)
        try:
            shapes = QuestionShapes.of(config)
        except ValueError as error:
            raise CheckpointError(
                f"The config.json in {folder} does not describe the questions of a training."
            ) from error
        network.name = name
        return network, shapes

    def config(self, model: str) -> dict[str, Any]:
        """What the ``config.json`` of a checkpoint holds, a name or a path.

        Raises:
            CheckpointError: it is missing or damaged.
        """
        return checkpoints.read(self.catalog.find(model)[1]).config

    def _try(self, model: str) -> None:
        self.answer(TRIED, ["Where is Mary?"], model)

    def answer(
        self,
        sentences: Sequence[str],
        questions: Sequence[str],
        model: str,
        decisions: HopDecisions = FREE,
        candidates: int = CANDIDATES,
    ) -> list[StoryTrace]:
        """Answer questions about one story with one network, a name or a path; a trace each.

        Raises:
            CheckpointError: the checkpoint is missing or damaged, or holds something else.
            StoryError: there is no sentence, or a decision names a hop or a sentence that there is not.
        """
        return self.answer_all(
            [StoryQuery(tuple(sentences), question) for question in questions], model, decisions, candidates
        )

    def answer_all(
        self,
        questions: Sequence[StoryQuery],
        model: str,
        decisions: HopDecisions = FREE,
        candidates: int = CANDIDATES,
    ) -> list[StoryTrace]:
        """The same for questions each about its own story, in one batch."""
        if not all(query.sentences for query in questions):
            raise StoryError("The story is empty: type at least one sentence.")
        _, (network, shapes) = self._load(model)
        stories = [read(query.sentences, query.question) for query in questions]
        queries = [StoryQuery(story.statements, story.question) for story in stories]
        with self.turns:
            if decisions.looks:
                traces = [
                    network.answer([query], _at_statements(decisions, story), max(candidates, CANDIDATES))[0]
                    for query, story in zip(queries, stories, strict=True)
                ]
            else:
                traces = network.answer(queries, decisions, max(candidates, CANDIDATES))
        return [
            shapes.mark_guess(retold(trace, story, query.sentences, query.question), story)
            for trace, story, query in zip(traces, stories, questions, strict=True)
        ]

    def leave_one_out(self, sentences: Sequence[str], question: str, model: str) -> list[float]:
        """How much the probability of the answer falls without each sentence; negative where it rises.

        A story of one sentence is left with an empty one.
        """
        (whole,) = self.answer(sentences, [question], model)
        without = [StoryQuery((*sentences[:i], *sentences[i + 1 :]) or ("",), question) for i in range(len(sentences))]
        falls: list[float] = []
        step = max(1, SLOTS_A_CALL // len(sentences))
        for start in range(0, len(without), step):
            for trace in self.answer_all(without[start : start + step], model, candidates=EVERY_CANDIDATE):
                falls.append(whole.prob - dict(trace.candidates).get(whole.answer, 0.0))
        return falls


def _at_statements(decisions: HopDecisions, story: ReadStory) -> HopDecisions:
    """Looks at sentences as looks at what they were read as, the first statement of each.

    Raises:
        StoryError: there is no such sentence, or it was read as telling nothing.
    """
    looks = {}
    for hop, row in decisions.looks.items():
        if not 0 <= row < len(story.rows):
            raise StoryError(f"There is no sentence {row + 1} that hop {hop + 1} could look at.")
        if not story.rows[row]:
            raise StoryError(f"Sentence {row + 1} was read as telling nothing; hop {hop + 1} cannot look at it.")
        looks[hop] = story.rows[row][0]
    return HopDecisions(looks)


def ask(
    answer: Callable[[Sequence[StoryQuery]], list[StoryTrace]],
    questions: Sequence[Question],
    tick: Callable[[], None] = lambda: None,
) -> list[StoryTrace]:
    """A trace for each question; ``tick`` is called after every so many (see :func:`calls`)."""
    traces: list[StoryTrace] = []
    for start in range(0, len(questions), QUESTIONS_A_CALL):
        some = questions[start : start + QUESTIONS_A_CALL]
        traces += answer([StoryQuery(question.sentences, question.question) for question in some])
        tick()
    return traces


def calls(questions: Sequence[Question]) -> int:
    """How often :func:`ask` ticks."""
    return -(-len(questions) // QUESTIONS_A_CALL)
