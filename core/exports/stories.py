"""Answers about stories as files: all of them as JSON, a row a weight as CSV."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.memory.interventions import Changes
from core.trace import StoryTrace
from core.views.text import cell

FORMAT = "glimpse story 1"  # the number goes up when older code could not read the file any more
COLUMNS = (
    "question", "network", "attention", "answer", "probability", "hop", "sentence_number", "sentence", "weight",
    "glimpse", "fact", "gate", "through", "on_nothing", "enough", "moved",
    "heads",
)  # fmt: skip


@dataclass(frozen=True)
class AnsweredQuestion:
    """One question with the answers to it.

    Attributes:
        question: as asked.
        traces: by the network's name.
        falls: network -> how much the answer's probability falls without each sentence, where that is known.
        facts: indices of the labelled facts, where they are known.
    """

    question: str
    traces: Mapping[str, StoryTrace]
    falls: Mapping[str, Sequence[float]]
    facts: Sequence[int] = ()


def story_json(told: Sequence[str], changes: Changes, asked: Sequence[AnsweredQuestion]) -> bytes:
    """Everything there is: the story as told, what was changed, and a trace an answer."""
    data = {
        "format": FORMAT,
        "told": list(told),
        "changes": changes.to_text(),
        "story": list(changes.story(told)),
        "questions": [
            {
                "question": one.question,
                "facts": list(one.facts),
                "answers": [
                    {**trace.to_dict(), "falls": list(one.falls[name]) if name in one.falls else None}
                    for name, trace in one.traces.items()
                ],
            }
            for one in asked
        ],
    }
    return (json.dumps(data, allow_nan=False, indent=1) + "\n").encode("ascii")


def story_csv(asked: Sequence[AnsweredQuestion]) -> bytes:
    """One row for each weight of each hop, sentences and hops counted from 1; with a mark that it is UTF-8.

    ``through`` is weight x gate: what of the sentence was used. ``heads``: what of it each of several heads used, with
    spaces between them; ``through`` is their mean.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in asked:
        for name, trace in one.traces.items():
            answered = [cell(one.question), cell(name), trace.attention, cell(trace.answer), f"{trace.prob:.6g}"]
            for h, hop in enumerate(trace.hops, start=1):
                enough = "" if hop.enough is None else f"{hop.enough:.6g}"
                for n, (sentence, weight) in enumerate(zip(trace.sentences, hop.alpha, strict=True)):
                    glimpse = "" if hop.glimpse is None else int(hop.glimpse == n)
                    row = [h, n + 1, cell(sentence), f"{weight:.6g}", glimpse, int(n in one.facts)]
                    moved = f"{hop.moved[n]:.6g}" if hop.moved else ""
                    used = [f"{hop.gate:.6g}", f"{hop.through[n]:.6g}", f"{hop.on_nothing:.6g}", enough, moved]
                    used.append(" ".join(f"{head[n]:.6g}" for head in hop.heads))
                    writer.writerow([*answered, *row, *used])
    return out.getvalue().encode("utf-8-sig")
