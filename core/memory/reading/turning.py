"""Clauses whose words stand in another order: "Into the attic went Florian", "In her basket Signe has a knife"."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.names import Name, Word, lower, noun, nouns
from core.memory.reading.tails import no_place
from core.memory.reading.verbs import OTHERS, VERBS, form_of
from core.memory.reading.words import BESIDE, DETERMINERS, IN, IS, PREPOSITIONS, SIDES, TO, WAYS


def place_last(words: Sequence[Word]) -> Sequence[Word]:
    """ "In the garden, Amy picked up an apple" with its place behind."""
    low = lower(words)
    if not low or low[0] not in IN or low[1:2] == [] or low[1] not in DETERMINERS:
        return words
    name, end = noun(words, 1)
    begin = end + (low[end : end + 1] == ["and"])
    begins = begin < len(words) and (words[begin][1][:1].isupper() or low[begin] in ("he", "she", "they", "i", "we"))
    verb = next((n for n in range(begin + 1, len(low)) if low[n] in VERBS or low[n] in OTHERS), None)
    if name is None or no_place(words, 1) or not begins or verb is None or VERBS.get(low[verb]) is None:
        return words
    words = [(low[0], low[0]), *words[1:]]
    return [*words[begin:], *words[:end]] if VERBS[low[verb]].tells in ("get", "drop", "give") else words


def place_first(words: list[Word]) -> list[list[Word]]:
    """ "At the castle Freya shared her sandwich", as "Freya is at the castle" and what she did there."""
    low = lower(words)
    name, end = noun(words, 1) if low and low[0] in IN and not no_place(words, 1) else (None, 0)
    who, after = noun(words, end) if name and low[1:2] and (low[1] in DETERMINERS or low[1] == "home") else (None, 0)
    if name and low[end : end + 1] and low[end] in ("he", "she", "they", "we", "i"):
        after = end + 1
    elif who is None or not who.proper:
        return [words]
    form = OTHERS.get(low[after]) if after < len(low) else None
    if form is None or form.tense not in ("past", "s", "part"):
        return [words]
    return [[*words[end:after], ("is", "is"), (low[0], low[0]), *words[1:end]], words[end:]]


def last_name(words: Sequence[Word]) -> Name | None:
    """The name that a clause ends with."""
    for at in range(max(0, len(words) - 5), len(words)):
        name, end = noun(words, at)
        if name and end == len(words) and (at == 0 or form_of(words[at][0]) is None):
            return name
    return None


def last_place(words: Sequence[Word]) -> Sequence[Word]:
    """ "Down the stairs and into the cellar crept Tom": with the last of its places alone."""
    low = lower(words)
    while low[:1] != [] and low[0] in PREPOSITIONS:
        _, end = noun(words, 1)
        if low[end : end + 1] != ["and"] or low[end + 1 : end + 2] == [] or low[end + 1] not in PREPOSITIONS:
            break
        words, low = words[end + 1 :], low[end + 1 :]
    return words


def bare_verb(words: Sequence[Word]) -> bool:
    if not words or words[0][1][:1].isupper():
        return False
    low = words[0][0]
    form = form_of(low)
    tells = form is not None and form.tense in ("past", "part", "s")
    return (
        low in ("is", "was", "are", "were", "has", "had", "did")
        or tells
        and (low in VERBS or low not in _NOUNS and not (words[1:] and words[1][1][:1].isupper()))
    )


_NOUNS = PREPOSITIONS | DETERMINERS | {"left", "found", "lit", "lost", "broken", "last"}


def inverted(words: Sequence[Word]) -> list[Word] | None:
    """ "In the attic there is a chest", "South of the barn is the pond": with the subject first; else None."""
    low = lower(words)
    if len(low) > 3 and low[0] == "there" and low[1] in ("is", "are", "was", "were"):
        several, end = nouns(words, 2)
        if low[2] in ("nobody", "noone") and low[3] in IN | BESIDE:
            return [words[2], words[1], *words[3:]]
        if several and end < len(words) and low[end] in IN | BESIDE:
            return [*words[2:end], words[1], *words[end:]]
        return None
    begin = low[0] if low else ""
    if low[:2] == ["to", "the"] and low[2:3] and low[2] in WAYS:
        return inverted(words[2:])
    if begin in WAYS and low[1:2] == ["of"]:
        name, end = noun(words, 2)
    elif begin in IN | TO | BESIDE | set(SIDES) and (begin not in ("left", "right") or low[1:2] == ["of"]):
        name, end = noun(words, 1)
    else:
        return None
    if name is None or end >= len(words):
        return None
    form = form_of(low[end])
    rest = words[end + 1 :]
    if form and form.tells in ("go", "stay") and form.tense != "ing" and rest and low[end] not in IS:
        who, after = noun(rest, 0)  # "Into the attic went Florian with a lamp"
        if who and (who.article or who.proper):
            return [*rest[:after], words[end], (low[0], low[0]), *words[1:end], *rest[after:]]
    if low[end] == "there":
        end += 1
    if (
        end + 1 < len(words)
        and low[end] in ("is", "are", "was", "were", "lies", "stands", "sits")
        and low[end + 1] not in IN
    ):
        where = words[: end - 1] if low[end - 1] == "there" else words[:end]
        return [*words[end + 1 :], ("is", "is"), *where]
    return None
