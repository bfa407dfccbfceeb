"""A typed question -> one in a wording that the networks know, and what is made of their answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.memory.reading.asked import NOW, Asked
from core.memory.reading.asked_options import options
from core.memory.reading.asked_what import how, what, why
from core.memory.reading.asked_where import turned, where, which_room, who
from core.memory.reading.asked_whether import choice, deed, yes_no
from core.memory.reading.cuts import FIRST, without_first
from core.memory.reading.most import most
from core.memory.reading.names import Word, lower
from core.memory.reading.words import ORDERED_TIMES

_POLITE = re.compile(
    r"(?:(?:and|so|then|please|now|but|well|okay|ok|hey|hi|hello) )*"
    r"(?:(?:can|could|would|will) you (?:please )?(?:tell me|say) |please tell me |tell me (?:please )?"
    r"|do you know |i wonder |i want to know |guess )?"
)

_WITHIN = frozenset(["already", "still", "also", "currently", "actually", "really", "just", "finally"])


def read_question(words: Sequence[Word]) -> Asked | None:
    """The question; None where it is of no kind that is read here."""
    text = " ".join(lower(words)) + " "
    words = list(words)[_POLITE.match(text)[0].count(" ") :] if _POLITE.match(text) else list(words)  # type: ignore[index]
    words, first = without_first(words)
    words, time = _without_time(words)
    low = lower(words)
    if low[:3] in (["in", "which", "direction"], ["in", "what", "direction"]):
        words, low = words[1:], low[1:]
    while len(low) > 2 and low[-1] in NOW | {"moment"} and low[-1] not in ("the", "in"):
        cut = 3 if low[-3:] == ["at", "the", "moment"] else 3 if low[-3:] == ["at", "the", "end"] else 1
        words, low = words[:-cut], low[:-cut]
    words = [word for n, word in enumerate(words) if n < 2 or word[0] not in _WITHIN or n + 1 == len(words)]
    low = lower(words)
    if len(low) < 2:
        return None
    if found := options(words, read_question):
        return found
    for read in (where, which_room, who, what, how, why, yes_no, choice, most, deed, turned):
        if found := read(words, low, time):
            early = first and found.text in ("Where is {0}?", "Who has {0}?")
            return replace(found, slot=FIRST) if early else None if first else found
    return None


def _without_time(words: list[Word]) -> tuple[list[Word], str]:
    text = f" {' '.join(lower(words))} "
    for phrase in sorted(ORDERED_TIMES, key=len, reverse=True):
        begin = text.find(f" {phrase} ")
        if begin >= 0 and phrase != "today":
            start = text[:begin].count(" ")
            return words[:start] + words[start + phrase.count(" ") + 1 :], phrase
    return words, ""
