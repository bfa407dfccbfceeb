"""Questions that name the answers to choose from: "Is Mary in the pool or in the hall?", "Who has it, Ann or Ben?"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.memory.reading.asked import OPTIONS, Asked, skip, subject
from core.memory.reading.names import Name, Word, lower, noun
from core.memory.reading.words import COLOURS, DOES, IN, IS

Read = Callable[[Sequence[Word]], Asked | None]


def options(words: Sequence[Word], read: Read) -> Asked | None:
    """The question without its options, which are what may be answered; None where it has none.

    Args:
        read: reads a question.
    """
    low = lower(words)
    if "or" not in low[2:-1]:
        return None
    at = len(low) - 1 - low[::-1].index("or")
    two = _option(words, at + 1)
    if two is None:
        return None
    if low[0] in ("where", "who", "what", "which"):
        begin = next((n for n in range(at - 1, 1, -1) if low[n] == "and"), 0)
        one = _option(words, begin + 1) if begin else None
        asked = read(words[:begin]) if one else None
        return replace(asked, make=OPTIONS, of=(one, two)) if asked and one and not asked.make else None
    if low[0] not in IS | DOES | {"has"}:
        return None
    name, end = subject(words, skip(low, 1))
    if name is None or end >= at:
        return None
    if low[0] in IS and low[end] in IN:
        one = _option(words, end)
        return Asked("Where is {0}?", (name,), make=OPTIONS, of=(one, two)) if one else None
    if low[0] in IS and low[end] in COLOURS and low[at + 1] in COLOURS:
        return Asked("What color is {0}?", (name,), make=OPTIONS, of=(Name((low[end],)), Name((low[at + 1],))))
    if low[0] in DOES | {"has"} and low[end] in ("have", "hold", "carry", "got"):
        one = _option(words, end + 1)
        return Asked("What is {0} carrying?", (name,), "holding", make=OPTIONS, of=(one, two)) if one else None
    return None


def _option(words: Sequence[Word], at: int) -> Name | None:
    while at < len(words) and words[at][0] in IN | {"either"}:
        at += 1
    return noun(words, at)[0]
