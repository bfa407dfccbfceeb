"""How sure an answer is, by the way in which it came about, and what a sentence says that no network was told.

A network's probability is about the statements that it is given. Whether they are what was meant it cannot know; how
often they are has been measured, and an answer is as sure as those before it that came about in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from core.memory.reading import ReadStory
from core.memory.reading.asked import DEED
from core.memory.reading.pointing import Pointed, pointed_at
from core.memory.reading.pointing.asking import COLOUR, OBJECT, OWNER, SUBJECT, WHEN, WHERE, WHY
from core.memory.reading.words import PRONOUNS, changes_nothing
from core.memory.story import tokens
from core.trace import StoryTrace


class Way(StrEnum):
    """How an answer came about; the value is what is said of it."""

    PLAIN = "in the words that the network learnt from"
    WHOLE = "all of the story was read"
    PARTLY = "part of the story was left aside"
    MENDED = "what looks like typing errors was corrected"
    OPEN = "what a sentence says is not sure"
    UNREAD = "a sentence was not read, and names what is asked for"
    POINTED = "a sentence says so, in words that the network was not taught"
    UNTOLD = "the story does not tell, as far as it was read"


# How often such answers were right: the mean over five sources of stories, two of which nobody had looked at, of what
# was first counted and what is now (docs/experiments.md); `evaluate typed` counts them anew.
RIGHT = {
    Way.PLAIN: 1.0, Way.WHOLE: 0.94, Way.PARTLY: 0.89, Way.MENDED: 0.95, Way.OPEN: 0.74, Way.UNREAD: 0.86,
    Way.POINTED: 0.78, Way.UNTOLD: 0.11,
}  # fmt: skip
_GUESSES = frozenset((Way.MENDED, Way.OPEN, Way.UNREAD, Way.POINTED))
_NOT_TAUGHT = "says so, in words that the network was not taught."
_NOTHING = frozenset(("nothing", "no"))
_SMALL = frozenset(("a", "an", "the", "of", "not", "yes", "no", "maybe", "nothing", "somewhere", "nowhere"))


def doubted(trace: StoryTrace, story: ReadStory, names: Sequence[str]) -> StoryTrace:
    """The trace as sure as its answer is.

    Where the network says that it is not told, or answers less than was asked, what a sentence says in so many words
    is the answer.

    Args:
        names: of the question.
    """
    if story.plain:
        return trace
    if said := _in_so_many_words(trace, story):
        return said
    way, rows = way_of(trace, story, names)
    if way == Way.UNTOLD:
        return trace if story.outside or not trace.answer else _guessed(trace)
    candidates = tuple((text, prob * RIGHT[way]) for text, prob in trace.candidates)
    return replace(
        trace,
        guess=trace.guess or way in _GUESSES,
        prob=trace.prob * RIGHT[way],
        candidates=candidates,
        notes=(*_why(way, rows), *trace.notes),
    )


def way_of(trace: StoryTrace, story: ReadStory, names: Sequence[str] = ()) -> tuple[Way, list[int]]:
    """How a network's answer came about, and the sentences for which it is not surer than that."""
    if story.plain:
        return Way.PLAIN, []
    if not trace.told:
        return Way.UNTOLD, []
    if any(note.endswith(_NOT_TAUGHT) for note in trace.notes):
        return Way.POINTED, []
    unread = [n for n, one in enumerate(story.sentences) if not one.understood]
    if rows := [n for n in unread if _about(trace.sentences[n], names)]:
        return Way.UNREAD, rows
    if rows := _unsure(trace, story, names):
        return Way.OPEN, rows
    if story.offers or story.offer:
        return Way.MENDED, []
    left = [n for n, one in enumerate(story.sentences) if not all(map(changes_nothing, one.aside))]
    return (Way.PARTLY if unread or left else Way.WHOLE), []


def _guessed(trace: StoryTrace) -> StoryTrace:
    """What would be guessed where it is called not told: right more often than the network says."""
    least = RIGHT[Way.UNTOLD]
    if trace.prob >= least:
        return trace
    rest = sum(prob for text, prob in trace.candidates[1:]) or 1.0
    left = (1 - trace.untold) * least
    candidates = (
        (trace.answer, least),
        *((text, min(left, prob * left / rest)) for text, prob in trace.candidates[1:]),
    )
    return replace(trace, prob=least, untold=min(trace.untold, 1 - least), candidates=candidates)


def _why(way: Way, rows: Sequence[int]) -> list[str]:
    if way == Way.UNREAD:
        return [f"Sentence {n + 1} was not read, and names what is asked for." for n in rows]
    return [f"What sentence {n + 1} says is not sure." for n in rows]


def _in_so_many_words(trace: StoryTrace, story: ReadStory) -> StoryTrace | None:
    """The trace with the answer that a sentence says in so many words; None where none does, or the network does."""
    texts = [story.offers.get(n, text) for n, text in enumerate(trace.sentences)]
    found = pointed_at(texts, story.offer or trace.question)
    if found is None or trace.told and (_same(found.answer, trace.answer) or not _closer(found, story)):
        return None
    of = story.sentences[found.row]
    known = story.asked is not None and story.asked.about != DEED and not story.outside
    state = found.part not in (COLOUR, WHY, OWNER) and not (found.done and found.share == 1)
    if known and of.understood and not of.aside and state:
        return None  # the network was told all of that sentence
    prob = RIGHT[Way.POINTED]
    others = [(text, its) for text, its in trace.candidates if text and not _same(text, found.answer)]
    rest = sum(its for _, its in others) or 1.0
    left = (1 - prob) / 2
    candidates = ((found.answer, prob), *((text, left * its / rest) for text, its in others))
    notes = (f"Sentence {found.row + 1} {_NOT_TAUGHT}", *trace.notes)
    return replace(
        trace, answer=found.answer, prob=prob, candidates=candidates, told=True, untold=left, guess=True, notes=notes
    )


def _closer(found: Pointed, story: ReadStory) -> bool:
    """Whether the sentence says more of what is asked than the networks are asked: "wrote *to*", "where he *slept*"."""
    deed = story.asked is not None and story.asked.about == DEED and not story.asked.make
    return found.done and (deed and found.part in (SUBJECT, OBJECT, WHEN) or found.part == WHERE and found.stays)


def _same(one: str, other: str) -> bool:
    """Whether two answers name the same, as far as articles and the order of a list go."""
    return _parts(one) == _parts(other)


def _parts(text: str) -> set[str]:
    return {part.strip().removeprefix("the ").casefold() for part in text.split(",")}


def _unsure(trace: StoryTrace, story: ReadStory, names: Sequence[str]) -> list[int]:
    """The sentences of which it is not sure what they say, and that have the answer.

    For "nothing", those of which not all was read, and that name what is asked for.
    """
    if trace.answer in _NOTHING:
        return sorted({n for name in names for n in story.unread_about(name)})
    answer = {*tokens(trace.answer)} - _SMALL
    return [n for n, one in enumerate(story.sentences) if one.unsure and answer & {*tokens(" ".join(one.statements))}]


def _about(sentence: str, names: Sequence[str]) -> bool:
    words = tokens(sentence)
    named = any({*tokens(name)} <= {*words} for name in names if name)
    return named or words[:1] != () and words[0] in PRONOUNS
