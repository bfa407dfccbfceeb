"""What networks say about the statements that a story was read as -> what is said about the story as it was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.data.stories.words import COUNTS, DIRECTIONS, NOT_TOLD, NOTHING
from core.memory.reading import ReadStory, read
from core.memory.reading.asked import ANY, BUT, CHOICE, CONTAINS, COUNT, DEED, OPTIONS, PATH
from core.memory.reading.names import PERSON, PLACE, THING, Names
from core.trace import Hop, StoryTrace

SURE_UNTOLD = 0.5  # a probability of not being told from which the answer is only a guess
OUTSIDE = 0.9  # how likely a guess is wrong about a question of no kind that was ever asked
_ONE = frozenset(["something", "one", "one of them", "one of the two", "another", "some", "others"])
_YES_NO = frozenset(("yes", "no", "maybe"))
_STEPS = frozenset(way[0] for way in DIRECTIONS)
_UNNAMED = frozenset([NOT_TOLD, "someone", "somebody", "somewhere", "a place", "some place"])
_NO_NAMES = _YES_NO | frozenset(COUNTS) | _STEPS | {NOTHING}

Candidates = Sequence[tuple[str, float]]


def retold(trace: StoryTrace, story: ReadStory, sentences: Sequence[str], question: str) -> StoryTrace:
    """A trace about the statements as one about the sentences as typed.

    A sentence's weight is that of its statements together. What the story does not tell is taken out of the candidates
    and becomes the trace's ``untold``; the answer is then the best guess.
    """
    shown = [(story.names.shown(text), prob) for text, prob in trace.candidates]
    untold = sum(prob for text, prob in shown if _nobody(text, story))
    said = _made([(text, prob) for text, prob in shown if not _nobody(text, story)], story)
    # What a story in bAbI's own words names is looked up only where it is guessed.
    guesses = untold >= SURE_UNTOLD and not story.names.kinds
    kinds = read(sentences, question, names=True).names if guesses else story.names
    fitting = [one for one in said if story.asked is None and not kinds.kinds or _fits(one[0], story, kinds)]
    # A guess of another sort than what is asked for is none: "Where is John?" - "ball".
    none = [("", 0.0)] if untold >= SURE_UNTOLD else said or [(text, prob) for text, prob in shown]
    candidates = fitting or none
    kept = sum(prob for _, prob in candidates)
    whole = sum(prob for _, prob in said)
    if fitting and kept > 0 and kept < whole:  # what cannot be an answer gives its share to those that can
        candidates = [(text, min(1.0, prob * whole / kept)) for text, prob in candidates]
    if story.outside and untold < OUTSIDE:
        scale = (1 - OUTSIDE) / max(1 - untold, 1e-6)
        candidates, untold = [(text, prob * scale) for text, prob in candidates], OUTSIDE
    return replace(
        trace,
        question=question,
        sentences=tuple(sentences),
        answer=candidates[0][0],
        prob=candidates[0][1],
        candidates=tuple(candidates),
        hops=tuple(_over_rows(hop, story) for hop in trace.hops),
        unknown=tuple(dict.fromkeys(map(story.names.shown, trace.unknown))),
        notes=tuple(map(story.names.shown, trace.notes)),
        told=untold < SURE_UNTOLD,
        untold=untold,
    )


def _nobody(text: str, story: ReadStory) -> bool:
    """It is not told: the story says so, or says "someone", or as people type also "something" and "one of them"."""
    parts = set(text.casefold().split(","))
    if story.plain or "how many" in story.question.casefold():
        return not _UNNAMED.isdisjoint(parts)
    done = text == "something" and story.asked is not None and story.asked.about == DEED  # it is done, to whatever
    return not done and not (_UNNAMED | _ONE).isdisjoint(parts)


def _over_rows(hop: Hop, story: ReadStory) -> Hop:
    """A look over the statements as one over the sentences: shares of one look add up, of gates the widest counts."""
    row_of = {statement: row for row, statements in enumerate(story.rows) for statement in statements}

    def over_rows(values: Sequence[float], add_up: bool) -> tuple[float, ...]:
        rows = [0.0] * len(story.rows)
        for statement, value in enumerate(values):
            row = row_of.get(statement, 0)
            rows[row] = min(1.0, rows[row] + value) if add_up else max(rows[row], value)
        return tuple(rows)

    return replace(
        hop,
        alpha=over_rows(hop.alpha, hop.normalised),
        glimpse=None if hop.glimpse is None else row_of.get(hop.glimpse, 0),
        moved=over_rows(hop.moved, add_up=False) if hop.moved else (),
        heads=tuple(over_rows(head, hop.normalised) for head in hop.heads),
    )


def _made(candidates: Candidates, story: ReadStory) -> list[tuple[str, float]]:
    """The answers to what was typed, of those to the question that was asked for it; best first."""
    asked = story.asked
    if asked is None or not asked.make:
        return list(candidates)
    made: dict[str, float] = {}
    for text, prob in candidates:
        if asked.make == CONTAINS:
            parts = text.casefold().split(",")
            new = "yes" if all(one.key in parts for one in asked.of) else "no"
        elif asked.make == BUT:
            left = {one.key for one in asked.of}
            new = ",".join(part for part in text.split(",") if part.casefold() not in left)
            if not new:
                continue
        elif asked.make == ANY:
            new = "no" if text == NOTHING else "yes"
        elif asked.make == COUNT:
            new = _count(text.split(","))
        elif asked.make == OPTIONS:
            new = next((one.text for one in asked.of if one.key == text.casefold()), "")
            if not new:
                continue
        elif asked.make == CHOICE and text in ("yes", "no"):
            new = asked.of[text == "no"].text
        else:
            continue
        made[new] = made.get(new, 0.0) + prob
    return sorted(made.items(), key=lambda one: -one[1])


def _count(parts: Sequence[str]) -> str:
    number = 0 if list(parts) == [NOTHING] else len(parts)
    return COUNTS[number] if number < len(COUNTS) else str(number)


def _fits(text: str, story: ReadStory, names: Names) -> bool:
    """Whether an answer is of the sort that is asked for."""
    asked = story.asked
    begin = story.question.split(maxsplit=2)
    first = begin[0].casefold() if begin else ""
    parts = text.split(",")
    if asked and asked.make:
        return True
    if asked and asked.about == DEED:
        return len(parts) == 1 and text not in _YES_NO | {NOTHING}
    if first in ("is", "does", "would", "can"):
        return text in _YES_NO
    if first == "how":
        if asked and asked.about == PATH or len(begin) > 1 and begin[1] in ("do", "does"):
            return set(parts) <= _STEPS
        return text in COUNTS or text.isdecimal()
    kind = names.kinds.get(text.casefold(), "")
    if first == "where":
        if kind == PERSON or kind == THING and not names.holds(text.casefold()):
            return False
        return len(parts) == 1 and text not in _NO_NAMES and text.casefold() not in _named(story)
    if first in ("who", "by", "from", "to") and kind == PLACE:
        return False
    if first in ("who", "by", "from", "to"):
        return set(parts).isdisjoint(_NO_NAMES) and (len(parts) == 1 or bool(asked and asked.about == "people"))
    if first == "what" and not (asked and asked.about == "holding") and "carrying" not in story.question:
        return len(parts) == 1 and text not in _NO_NAMES
    return True


def _named(story: ReadStory) -> Iterable[str]:
    """The names in the question, which are no answers to it."""
    return [name.key for name in story.asked.names] if story.asked else ()
