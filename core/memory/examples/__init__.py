"""The stories to begin with, one for each of the twenty kinds of question, written for this project; and the shipped
networks' answers about the first that is shown, so that a page has something to show before any network has loaded.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.files import write_whole
from core.memory.document import Document, Label
from core.memory.story import split_questions, split_story
from core.trace import StoryTrace

if TYPE_CHECKING:
    from core.memory.service import StoryService

FIRST = "two-facts"  # the one on screen at first
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class StoryExample:
    """A story whose answers are known.

    Attributes:
        id: its name in a link.
        task: bAbI's number of its kind of question.
        title: its kind of question in a few words.
        document: what is in the editor.
    """

    id: str
    task: int
    title: str
    document: Document


@dataclass(frozen=True)
class FinishedAnswers:
    """Answers about one example.

    Attributes:
        example: its id.
        traces: name of the network -> a trace a question.
        falls: name of the network -> for each question, how much the answer's probability falls without each sentence.
    """

    example: str
    traces: Mapping[str, tuple[StoryTrace, ...]]
    falls: Mapping[str, tuple[tuple[float, ...], ...]]


@cache
def read_stories() -> dict[str, StoryExample]:
    """The examples by id, in the order of their kinds."""
    examples = {}
    for data in json.loads((FOLDER / "stories.json").read_text(encoding="utf-8")):
        labels = [Label(one["question"], one["answer"], tuple(one["facts"])) for one in data["questions"]]
        examples[data["id"]] = StoryExample(data["id"], data["task"], data["title"], Document.of(data["story"], labels))
    return examples


@cache
def read_finished() -> FinishedAnswers:
    """The answers that ship with the repository."""
    data = json.loads((FOLDER / "finished.json").read_text(encoding="utf-8"))
    traces = {
        model: tuple(StoryTrace.from_json(json.dumps(trace)) for trace in answers)
        for model, answers in data["traces"].items()
    }
    falls = {model: tuple(map(tuple, every)) for model, every in data["falls"].items()}
    return FinishedAnswers(data["example"], traces, falls)


def write_finished(service: "StoryService") -> Path:
    """Answer the first example anew with all networks of a service; returns the file written."""
    document = read_stories()[FIRST].document
    sentences, questions = split_story(document.story), split_questions(document.questions)
    data: dict[str, Any] = {"example": FIRST, "traces": {}, "falls": {}}
    for model in service.networks():
        traces = service.answer(sentences, questions, model)
        falls = [service.leave_one_out(sentences, question, model) for question in questions]
        data["traces"][model] = [_rounded(trace.to_dict()) for trace in traces]
        data["falls"][model] = _rounded(falls)
    path = FOLDER / "finished.json"
    write_whole(path, json.dumps(data, allow_nan=False, indent=1) + "\n")
    return path


def _rounded(data: object) -> object:
    """Seven digits are what the networks' numbers are good for."""
    if isinstance(data, float):
        return float(f"{data:.7g}")
    if isinstance(data, dict):
        return {key: _rounded(value) for key, value in data.items()}
    return [_rounded(value) for value in data] if isinstance(data, list | tuple) else data
