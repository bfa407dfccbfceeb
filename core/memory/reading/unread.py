"""What could not be read, and names what is asked for: then nothing is sure, and "not told" is not said either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.memory.reading import ReadStory
from core.memory.reading.words import PRONOUNS
from core.memory.story import tokens
from core.trace import StoryTrace

DOUBT = 0.6  # the most that is said of an answer beside which a sentence about the same was not read
GUESSED = 0.45  # what is said of an answer that only such a sentence names
_SMALL = frozenset(("a", "an", "the", "of", "not", "yes", "no", "maybe", "nothing", "somewhere", "nowhere"))


def doubted(trace: StoryTrace, story: ReadStory, names: Sequence[str]) -> StoryTrace:
    """The trace as a guess where a sentence that names what is asked for was not read.

    Where the network says that it is not told, the likeliest of its candidates that such a sentence has in it is the
    guess; without one it stays not told.

    Args:
        names: of the question.
    """
    rows = [n for n, one in enumerate(story.sentences) if not one.understood and _about(trace.sentences[n], names)]
    if story.outside:
        return trace
    if not rows:
        return _unsure(trace, story)
    notes = (*(f"Sentence {n + 1} was not read, and names what is asked for." for n in rows), *trace.notes)
    if trace.told:
        scale = min(1.0, DOUBT / trace.prob) if trace.prob else 1.0
        candidates = tuple((text, prob * scale) for text, prob in trace.candidates)
        return replace(trace, guess=True, prob=trace.prob * scale, candidates=candidates, notes=notes)
    said = {word for n in rows for word in tokens(trace.sentences[n])}
    asked = {word for name in names for word in tokens(name)}
    others = [(text, prob) for text, prob in trace.candidates if text]
    best = next((text for text, _ in others if _named(text, said, asked)), "")
    if not best:
        return trace
    rest = sum(prob for text, prob in others if text != best) or 1.0
    left = 1 - 2 * GUESSED
    candidates = ((best, GUESSED), *((text, left * prob / rest) for text, prob in others if text != best))
    return replace(
        trace, answer=best, prob=GUESSED, candidates=candidates, told=True, untold=GUESSED, guess=True, notes=notes
    )


def _unsure(trace: StoryTrace, story: ReadStory) -> StoryTrace:
    """The trace as a guess where the answer is from a sentence of which it is not sure what it says."""
    answer = {*tokens(trace.answer)} - _SMALL
    rows = [n for n, one in enumerate(story.sentences) if one.unsure and answer & {*tokens(" ".join(one.statements))}]
    if not rows or not trace.told:
        return trace
    notes = (*(f"What sentence {n + 1} says is not sure." for n in rows), *trace.notes)
    scale = min(1.0, DOUBT / trace.prob) if trace.prob else 1.0
    candidates = tuple((text, prob * scale) for text, prob in trace.candidates)
    return replace(trace, guess=True, prob=trace.prob * scale, candidates=candidates, notes=notes)


def _about(sentence: str, names: Sequence[str]) -> bool:
    words = tokens(sentence)
    named = any({*tokens(name)} <= {*words} for name in names if name)
    return named or words[:1] != () and words[0] in PRONOUNS


def _named(text: str, said: set[str], asked: set[str]) -> bool:
    words = {*tokens(text)} - _SMALL
    return bool(words) and words <= said and not words <= asked
