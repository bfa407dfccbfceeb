"""How good answers about stories are: errors, whether the looks fall on the supporting facts, calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.data.babi import Question
from core.trace import StoryTrace

FAILED = 5.0  # a task with a larger error, in percent, counts as failed (Weston et al. 2015)
BINS = 15  # of the calibration error


@dataclass(frozen=True)
class TaskScore:
    """One task's questions, all in percent of them; None where none has labelled facts.

    Attributes:
        error: were answered wrongly.
        facts: the sentences looked at most, over the hops, contain every labelled supporting fact.
        sequence: they are the labelled facts, in their order; a hop that looks where the one before did adds nothing.
    """

    n: int
    error: float
    facts: float | None
    sequence: float | None


@dataclass(frozen=True)
class StoryEvaluation:
    """The scores of one network.

    Attributes:
        calibration_error: expected calibration error in percent: how far the probability of an answer is from how
            often such answers are right, on average.
    """

    tasks: dict[int, TaskScore]
    calibration_error: float

    @property
    def mean_error(self) -> float:
        """The mean of the tasks' errors, in percent."""
        return sum(score.error for score in self.tasks.values()) / len(self.tasks)

    @property
    def failed(self) -> int:
        """How many tasks have an error above 5 %."""
        return sum(score.error > FAILED for score in self.tasks.values())

    def mean(self, what: str) -> float | None:
        """The mean over tasks of ``facts`` or ``sequence``, of those that have it."""
        values = [getattr(score, what) for score in self.tasks.values() if getattr(score, what) is not None]
        return sum(values) / len(values) if values else None

    def to_dict(self) -> dict[str, Any]:
        """As the command line prints it; percentages to four decimals."""
        means = {
            "mean_error": self.mean_error,
            "failed": self.failed,
            "mean_facts": self.mean("facts"),
            "mean_sequence": self.mean("sequence"),
            "calibration_error": self.calibration_error,
        }
        return {"tasks": {str(task): _rounded(asdict(score)) for task, score in self.tasks.items()}, **_rounded(means)}


def score(questions: Sequence[Question], traces: Sequence[StoryTrace]) -> StoryEvaluation:
    """Score the traces of questions, at least one."""
    rows: dict[int, list[tuple[bool, bool | None, bool | None]]] = {}
    for question, trace in zip(questions, traces, strict=True):
        rows.setdefault(question.task, []).append((is_right(question, trace), *_looks(question, trace)))
    tasks = {
        task: TaskScore(
            n=len(found),
            error=100 - 100 * sum(right for right, _, _ in found) / len(found),
            facts=_percent([covered for _, covered, _ in found if covered is not None]),
            sequence=_percent([exact for _, _, exact in found if exact is not None]),
        )
        for task, found in sorted(rows.items())
    }
    right = [is_right(question, trace) for question, trace in zip(questions, traces, strict=True)]
    return StoryEvaluation(tasks, calibration_error([trace.prob for trace in traces], right))


def is_right(question: Question, trace: StoryTrace) -> bool:
    return trace.answer.casefold() == question.answer.casefold()


def calibration_error(probs: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error in percent, over bins of equal width."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for prob, hit in zip(probs, right, strict=True):
        bins[min(int(prob * BINS), BINS - 1)].append((prob, hit))
    gaps = (abs(sum(prob for prob, _ in found) - sum(hit for _, hit in found)) for found in bins)
    return 100 * sum(gaps) / len(probs)


def _looks(question: Question, trace: StoryTrace) -> tuple[bool | None, bool | None]:
    """Whether the looks contain the labelled facts, and whether they are these in order; None without labels."""
    if not question.facts:
        return None, None
    most = [hop.most for hop in trace.hops]
    order = [look for look, before in zip(most, [None, *most[:-1]], strict=True) if look != before]
    return set(question.facts) <= set(most), tuple(order) == question.facts


def _rounded(figures: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 4) for name, value in figures.items()}


def _percent(hits: Sequence[bool]) -> float | None:
    return 100 * sum(hits) / len(hits) if hits else None
