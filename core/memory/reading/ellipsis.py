"""Sentences that leave out what the one before said: "Pascal did not drop the vase, Denise did."."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.clause import verb_at
from core.memory.reading.names import Word, lower
from core.memory.reading.words import AUXILIARY, DETERMINERS, DOES, HAS, IS, NOT, PREPOSITIONS

_NO_KIND = frozenset(("no", "any", "this", "that", "which", "each", "every", "another", "other", "only"))


def with_noun(words: list[Word]) -> list[Word]:
    """The clause with its subject's noun for "one": "the red box is bigger than the blue one"."""
    low = lower(words)
    at = next((n for n, word in enumerate(low) if word in IS), 0)
    if at < 2 or low[0] not in DETERMINERS:
        return words
    return [
        words[at - 1]
        if n > at + 1 and low[n] == "one" and low[n - 2] in DETERMINERS and low[n - 1] not in _NO_KIND
        else word
        for n, word in enumerate(words)
    ]


def filled(words: list[Word], last: Sequence[Word]) -> list[Word]:
    """The clause with what it leaves out, as far as the one before has it; else as it is.

    Args:
        last: the clause before.
    """
    low = lower(words)
    denies = low[-1:] != [] and low[-1] in NOT
    end = len(low) - 1 - denies
    if (
        not 0 < end < 4
        or low[end] not in IS | DOES | HAS
        or not last
        or {*low[:end]} & (AUXILIARY | NOT | PREPOSITIONS)
    ):
        return words
    at = verb_at(last)
    if at is None or low[0] in ("so", "it", "neither", "there"):
        return words
    said = list(last)
    if said[at][0] in AUXILIARY:
        rest = said[at + 1 :]
        denied = bool(rest) and rest[0][0] in NOT
        rest = rest[1:] if denied else rest
    else:
        rest, denied = said[at:], False
    if not rest or denied == denies:
        return words
    verb = [words[end]] if denies or low[end] in IS or said[at][0] in AUXILIARY else []
    return [*words[:end], *verb, *[("not", "not")] * denies, *rest]
