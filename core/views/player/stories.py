"""The answers of memory networks to questions about a story -> what the player is fed with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from core.memory.document import Label
from core.memory.interventions import Changes
from core.trace import StoryTrace
from core.views import story_figures as figures
from core.views.figures import percent

BARS = 4  # candidates shown of each answer


@dataclass(frozen=True)
class Answer:
    """What one network says to the question shown.

    Attributes:
        name: of the network's checkpoint.
        about: what it is, in a few words.
        trace: its answer about the changed story; None where it gave none.
        original: its answer about the story as told; the same trace where nothing was changed.
        falls: how much the answer's probability falls without each sentence of the changed story; None while unknown.
        without: why that will not be known, a sentence.
        error: why there is no answer, a sentence.
    """

    name: str
    about: str
    trace: StoryTrace | None
    original: StoryTrace | None = None
    falls: Sequence[float] | None = None
    without: str = ""
    error: str = ""


class RowPayload(TypedDict):
    """A sentence as told. ``state``: "removed", "edited" or nothing; ``fact``: the number of a labelled fact."""

    text: str
    told: str
    state: str
    fact: int | None


class HopPayload(TypedDict):
    """A look: the weight of every row, None where it was removed; the rows looked at most, and used alone.

    ``through``: what of each row was used, its weight times the gate. ``notes``: gate, nothing and enough, in words,
    ``labels``: in brief. ``moved``: how far each row moved a running state, as a share of the farthest; None where
    there is none.
    """

    alpha: list[float | None]
    through: list[float | None]
    gate: float
    notes: list[str]
    labels: list[str]
    moved: list[float | None] | None
    most: int | None
    glimpse: int | None
    forced: bool
    look: str


class NetworkPayload(TypedDict):
    """What one network says, or why it says nothing; without an answer the rest is missing.

    ``heads``: where several looked, the hops of each of them alone; ``hops`` are those of their mean.
    ``weights``: what the weights of its hops are; ``normalised``: they sum to 1. ``candidates``: answers with their
    probabilities, as number, as text, and before the changes. ``looked`` and ``falls``: for each row the most that came
    through, and how much the answer's probability falls without it.
    """

    name: str
    about: str
    error: str
    hops: list[HopPayload]
    heads: NotRequired[list[list[HopPayload]]]
    attention: NotRequired[str]
    weights: NotRequired[str]
    normalised: NotRequired[bool]
    without: NotRequired[str]
    answer: NotRequired[str]
    percent: NotRequired[str]
    certainty: NotRequired[str]
    guess: NotRequired[bool]
    told: NotRequired[bool]
    verdict: NotRequired[str]
    was: NotRequired[str]
    turned: NotRequired[bool]
    candidates: NotRequired[list[tuple[str, float, str, float | None]]]
    looked: NotRequired[list[float | None]]
    falls: NotRequired[list[float | None] | None]
    remarks: NotRequired[list[str]]
    notes: NotRequired[list[str]]


class QuestionPayload(TypedDict):
    """``answers``: a network's name and what it says, in brief."""

    text: str
    answers: list[tuple[str, str]]


class StoryPayload(TypedDict):
    """All that the player needs; the arguments of :func:`story_payload` say what they are."""

    id: str
    step: int | None
    undoable: bool
    changed: bool
    current: int
    questions: list[QuestionPayload]
    rows: list[RowPayload]
    networks: list[NetworkPayload]


def story_payload(
    id: str,
    told: Sequence[str],
    changes: Changes,
    questions: Sequence[tuple[str, Mapping[str, StoryTrace]]],
    current: int,
    answers: Sequence[Answer],
    label: Label | None = None,
    *,
    step: int | None = None,
    undoable: bool = False,
) -> StoryPayload:
    """All that the player needs, as JSON can hold it.

    Args:
        id: changes whenever anything of the answers does; comes back with a what-if.
        told: the sentences of the story before any change.
        changes: what was changed.
        questions: each with the answers to it that are known so far, by network.
        current: the question that is shown.
        answers: the networks, in the order to show them.
        label: what is known about the question that is shown.
        step: the hop to begin with; None for all of them.
        undoable: there is something to undo.
    """
    rows = changes.rows(told)
    facts = {row: n for n, row in reversed(list(enumerate(label.facts, start=1)))} if label else {}
    # Without a sentence the right answer may be another one; which, nobody knows.
    right = label.answer if label and not changes.other_story else None
    index = {row: n for n, row in enumerate(rows)}
    kept = [index[row] for row in facts if row in index]
    return {
        "id": id,
        "step": step,
        "undoable": undoable,
        "changed": bool(changes),
        "current": current,
        "questions": [
            {"text": text, "answers": [(name, _brief(trace)) for name, trace in known.items()]}
            for text, known in questions
        ],
        "rows": [
            {
                "text": changes.edited.get(row, sentence),
                "told": sentence,
                "state": "removed" if row in changes.removed else "edited" if row in changes.edited else "",
                "fact": facts.get(row),
            }
            for row, sentence in enumerate(told)
        ],
        "networks": [_network(answer, rows, len(told), kept, right) for answer in answers],
    }


def _short(prob: float) -> str:
    """A probability where there is little room."""
    return percent(prob).replace("under ", "<")


def _sureness(trace: StoryTrace) -> str:
    return "a guess" if trace.guess or not trace.told else _short(trace.prob)


def _brief(trace: StoryTrace) -> str:
    if not trace.told:
        return "not told"
    return f"{figures.spoken(trace.answer)} {'?' if trace.guess else _short(trace.prob)}"


def _network(
    answer: Answer, rows: Sequence[int], length: int, facts: Sequence[int], right: str | None
) -> NetworkPayload:
    trace, original = answer.trace, answer.original
    if trace is None:
        return {"name": answer.name, "about": answer.about, "error": answer.error, "hops": []}

    def by_row(values: Sequence[float]) -> list[float | None]:
        """The values of the changed story's sentences at their rows; None at a row that was removed."""
        spread: list[float | None] = [None] * length
        for row, value in zip(rows, values, strict=True):
            spread[row] = round(value, 4)
        return spread

    def hops(trace: StoryTrace) -> list[HopPayload]:
        return [
            {
                "alpha": by_row(hop.alpha),
                "through": by_row(hop.through),
                "gate": round(hop.gate, 4),
                "notes": figures.hop_notes(hop),
                "labels": figures.hop_labels(hop),
                "moved": by_row([step / max(max(hop.moved), 1e-6) for step in hop.moved]) if hop.moved else None,
                "most": None if hop.most is None else rows[hop.most],
                "glimpse": None if hop.glimpse is None else rows[hop.glimpse],
                "forced": hop.forced,
                "look": figures.describe_hop(trace, n, rows),
            }
            for n, hop in enumerate(trace.hops)
        ]

    before = original if original is not None and original is not trace else None
    was = dict(before.candidates) if before else {}
    return {
        "name": answer.name,
        "about": answer.about,
        "error": answer.error,
        "attention": trace.attention,
        "weights": "" if trace.attention == "none" else figures.describe_weights(trace.network),
        "normalised": all(hop.normalised for hop in trace.hops),
        "without": answer.without,
        "answer": figures.spoken(trace.answer),
        "percent": _sureness(trace),
        "certainty": "" if trace.guess or not trace.told else figures.certainty(trace.prob),
        "guess": trace.guess,
        "told": trace.told,
        "verdict": figures.verdict(trace, right),
        "was": _brief(before) if before else "",
        "turned": before is not None and (before.answer, before.told) != (trace.answer, trace.told),
        "candidates": [
            (figures.spoken(text), round(prob, 4), _short(prob), round(was.get(text, 0.0), 4) if before else None)
            for text, prob in trace.candidates[: 0 if trace.guess or not trace.told else BARS]
        ],
        "hops": hops(trace),
        "heads": [hops(head) for head in trace.by_head],
        "looked": by_row(figures.looked(trace)),
        "falls": None if answer.falls is None else by_row(answer.falls),
        "remarks": [
            text
            for text in (figures.describe_facts(trace, facts), figures.describe_falls(answer.falls or (), rows))
            if text
        ],
        "notes": list(trace.notes),
    }
