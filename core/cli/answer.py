"""``answer``: a story and questions in, answers out, and which sentences were looked at."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.common import Checkpoints, InputError, Json, Models, complain, open_story_service
from core.data.printable import printable
from core.memory.registry import recipes

if TYPE_CHECKING:
    from core.trace import StoryTrace

LOOKED_AT = 0.1  # a sentence with a smaller weight is not printed, for people


def answer(
    story: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="The story, one sentence a line or as a paragraph; - reads it from standard input."
        ),
    ],
    question: Annotated[list[str], typer.Option(metavar="TEXT", help="A question. May be repeated.")],
    more_questions: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT...]", help="More questions: --question takes several in a row.")
    ] = None,
    models: Models = None,
    checkpoints: Checkpoints = None,
    as_json: Json = False,
) -> None:
    """Answer questions about a story. Without --model, the best network does."""
    from core.memory.story import StoryError, split_questions, split_story

    sentences = split_story(_read(story))
    questions: list[str] = []
    wrong = 0
    for text in [*question, *(more_questions or [])]:
        try:
            questions += split_questions(text)
        except StoryError as error:
            wrong += 1
            complain(str(error))
    if not questions:
        raise typer.Exit(2)
    best_first = list(reversed(recipes()))
    service, chosen = open_story_service(checkpoints, models, best_first)
    traces = [service.answer(sentences, questions, model) for model in chosen]
    for n in range(len(questions)):
        for trace in (column[n] for column in traces):
            if as_json:
                print(json.dumps(answer_record(trace), allow_nan=False))
            else:
                print("\n".join(map(printable, _lines(trace, named=len(chosen) > 1))))
                for note in trace.notes:
                    complain(f"{trace.model}: {note}")
    if wrong:
        raise typer.Exit(2)


def answer_record(trace: "StoryTrace") -> dict[str, Any]:
    """The JSON object of one answer, field by field as the command line promises."""
    return {
        "question": trace.question,
        "model": trace.model,
        "answer": trace.answer,
        "candidates": [{"answer": answer, "prob": prob} for answer, prob in trace.candidates],
        "sentences": trace.sentences,
        "hops": [hop.alpha for hop in trace.hops],
        "glimpses": [hop.glimpse for hop in trace.hops],
        "gates": [hop.gate for hop in trace.hops],
        "on_nothing": [hop.on_nothing for hop in trace.hops],
        "enough": [hop.enough for hop in trace.hops],
        "unknown": trace.unknown,
        "notes": trace.notes,
        "guess": trace.guess,
        "told": trace.told,
    }


def _read(path: Path) -> str:
    """The story's text; no more than can be a story is read, so that a pipe without an end is refused."""
    from core.memory.story import MAX_CHARACTERS

    most = 4 * MAX_CHARACTERS + 1  # bytes; in UTF-8 a character takes up to four
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(most)
        else:
            with open(path, "rb") as file:
                data = file.read(most)
    except (OSError, ValueError) as error:  # a zero byte in the name
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(data) == most:
        raise InputError(f"The story must have at most {MAX_CHARACTERS:,} characters.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not text in UTF-8.") from error


def _lines(trace: "StoryTrace", named: bool) -> Iterator[str]:
    """For people: the answer and how sure it is, then each hop's sentences."""
    sure = "a guess" if trace.guess else f"{trace.prob:.0%}"
    said = (
        f"{trace.answer} ({sure})" if trace.told else "not told" + f" (its guess: {trace.answer})" * bool(trace.answer)
    )
    yield f"{trace.model + ': ' if named else ''}{trace.question}  {said}"
    for number, hop in enumerate(trace.hops, start=1):
        through = "" if hop.gate >= 0.995 else f"  ({hop.gate:.0%} came through)"
        looks = sorted(enumerate(hop.alpha), key=lambda look: -look[1])
        shown = [(i, weight) for i, weight in looks if weight >= LOOKED_AT]
        if hop.glimpse is not None:
            shown = [(hop.glimpse, hop.alpha[hop.glimpse])]
        for i, weight in shown:
            yield f"  hop {number}  {weight:4.0%}  {i + 1}. {trace.sentences[i]}{through}"
        if not shown:
            yield f"  hop {number}        a little of every sentence"
