"""How good answers about stories are that people typed, some of which cannot be known."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.data.errors import DataError
from core.data.plurals import singular
from core.data.stories.words import COUNTS, DIRECTIONS
from core.results.story_metrics import calibration_error
from core.trace import StoryTrace

PARTS = 3  # a file's stories by turns: two to look at while working, the third for the end
SURE = 0.5  # a probability from which an answer that is no guess counts as sure
MAX_BYTES = 20_000_000
_STEPS = {way: way[0] for way in DIRECTIONS}  # of a way, as bAbI writes them


@dataclass(frozen=True)
class TypedStory:
    """A story with a question, as typed.

    Attributes:
        answers: those that are right; none where the story does not tell it.
        group: what sort it is, for the figures.
    """

    story: str
    question: str
    answers: tuple[str, ...]
    group: str = ""


@dataclass(frozen=True)
class TypedScore:
    """All but the counts in percent; None where there is nothing to count among.

    Attributes:
        right: of the answerable: told, and one of the right answers.
        called_not_told: of those that cannot be known.
        wrongly_not_told: of the answerable.
        sure_and_wrong: of the answerable: told, no guess, with a probability of :data:`SURE` or more, and wrong.
        calibration_error: how far probabilities are from how often such answers are right, over all.
    """

    n: int
    answerable: int
    right: float | None
    called_not_told: float | None
    wrongly_not_told: float | None
    sure_and_wrong: float | None
    calibration_error: float | None

    def to_dict(self) -> dict[str, Any]:
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


def read_typed(path: Path, part: int | None = None) -> list[TypedStory]:
    """The stories of a file, one JSON object a line: "story", "question", "answer" and perhaps "group".

    Args:
        part: every third only, from this one on; None for all.

    Raises:
        DataError: it cannot be read, or a line is no such object.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{path} is too large: up to {MAX_BYTES // 1_000_000} MB are read.")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            given = row["answer"]
            answers = [str(one) for one in given] if isinstance(given, list) else [str(given)]
            texts = (str(row["story"]), str(row["question"]))
            found.append(TypedStory(*texts, tuple(filter(None, answers)), str(row.get("group", ""))))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DataError(f'Line {number} of {path} is no object with "story", "question" and "answer".') from error
    chosen = found if part is None else found[part::PARTS]
    if not chosen:
        raise DataError(f"{path} holds no stories" + ("." if part is None else f" of part {part}."))
    return chosen


def is_right(story: TypedStory, trace: StoryTrace | None) -> bool:
    """One of the right answers, however it is written: "2" is "two", "milk and bread" is "bread,milk".

    The things of a list stand in any order, the steps of a way in theirs.
    """
    return trace is not None and any(_parts(answer) == _parts(trace.answer) for answer in story.answers)


def _parts(answer: str) -> list[str]:
    """What an answer names, without articles and "in", "at", "on" or "because" before it; "n" for "north", "three" for
    "3", "wolf" for "wolves"."""
    parts = [_plain(part) for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", answer.casefold().strip(" ."))]
    return parts if {*parts} <= {*_STEPS.values()} else sorted(parts)


def _plain(part: str) -> str:
    words = [word for word in part.split() if word not in ("the", "a", "an")]
    words = words[1:] if len(words) > 1 and words[0] in ("in", "at", "on", "because") else words
    text = " ".join([*words[:-1], singular(words[-1])] if words else words)
    if text.isdecimal() and int(text) < len(COUNTS):
        return COUNTS[int(text)]
    return _STEPS.get(text, text)


def score(stories: Sequence[TypedStory], traces: Sequence[StoryTrace | None]) -> TypedScore:
    """Score the answers; None for a story or question that could not be read at all, which counts as not told."""
    pairs = list(zip(stories, traces, strict=True))
    asked = [(story, trace) for story, trace in pairs if story.answers]
    unknown = [trace for story, trace in pairs if not story.answers]
    wrong = [trace for story, trace in asked if trace and trace.told and not is_right(story, trace)]
    given = [(story, trace) for story, trace in pairs if trace]
    return TypedScore(
        n=len(pairs),
        answerable=len(asked),
        right=_percent(sum(_told(trace) and is_right(story, trace) for story, trace in asked), len(asked)),
        called_not_told=_percent(sum(not _told(trace) for trace in unknown), len(unknown)),
        wrongly_not_told=_percent(sum(not _told(trace) for _, trace in asked), len(asked)),
        sure_and_wrong=_percent(sum(not trace.guess and trace.prob >= SURE for trace in wrong), len(asked)),
        calibration_error=calibration_error(
            [trace.prob for _, trace in given], [is_right(story, trace) for story, trace in given]
        )
        if given
        else None,
    )


def _told(trace: StoryTrace | None) -> bool:
    return trace is not None and trace.told


def _percent(hits: int, of: int) -> float | None:
    return 100 * hits / of if of else None
