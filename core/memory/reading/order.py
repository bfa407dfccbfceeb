"""Sentences joined by when and why: "before she went to the hall", "because he was tired", "if it rains"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.memory.reading.names import Word, lower, noun
from core.memory.reading.tails import no_place
from core.memory.reading.verbs import form_of
from core.memory.reading.words import AUXILIARY, FEELINGS, word_set

BEGINS = frozenset(("before", "after", "as", "because", "since", "when", "once", "while", "whenever", "until"))
_CONDITIONS = frozenset(("if", "unless", "whether"))
_DONE = word_set("""
    school work class practice training church supper tea football rehearsal bedtime closing college
""")
_AT_ONCE = frozenset(("when", "once", "while", "whenever"))
_SUBJECTS = frozenset(("he", "she", "they", "it", "i", "we", "you"))

Finite = Callable[[Sequence[str], int], bool]


def in_order(words: Sequence[Word], finite: Finite) -> list[list[Word]]:
    """The sentences that are joined, in the order in which they were; none where they are only thought of."""
    low = lower(words)
    if low and low[0] in _CONDITIONS or any(word in ("if", "unless") for word in low[2:]):
        return []
    if "so" in low[1:] and "that" in low[low.index("so", 1) :]:
        so = low.index("so", 1)
        that = low.index("that", so)
        if that - so == 2 and low[so - 1] in AUXILIARY | {"felt", "got"} and _tells(words[that + 1 :], finite):
            return [[*words[:so], *words[so + 1 : that]], list(words[that + 1 :])]  # "so tired that he went"
    if low[:1] and low[0] in FEELINGS and "and" in low[1:] and (at := low.index("and", 1)) + 1 < len(low):
        after = list(words[at + 1 :])  # "Tired of the walk, Ann sat down"
        return [[*_subject(after, finite), ("is", "is"), words[0]], after] if _subject(after, finite) else [after]
    if low[:1] and low[0] in ("after", "before") and low[1:2] and low[1] in _DONE:
        return in_order(words[2 + (low[2:3] == ["and"]) :], finite)  # "After school Jin cycled to"
    begins = low[:1] and low[0] in {"before", "after", "as", "because", "since"} | _AT_ONCE
    if begins and low[1:2] not in (["that"], ["this"]) and not no_place(words, 1):
        return _begun(words, finite)
    for at in range(2, len(low) - 2):
        word = low[at]
        before, after = list(words[:at]), list(words[at + 1 :])
        if word not in {"before", "after", "because", "so", "since"} | _AT_ONCE or not _tells(before, finite):
            continue
        if word in ("before", "after") and _ing(low[at + 1]):
            after = [*_subject(before, finite), ("was", "was"), *after]
        if not _tells(after, finite):
            continue
        while before[-1][0] == "and":
            before.pop()
        if word in ("after", "because", "since"):
            if after[0][0] in _SUBJECTS:
                after[:1] = _owner(_subject(before, finite), after[0][0]) or after[:1]
            after = _it(after, before, finite) if word in ("because", "since") else after
            return [after, before]
        if word == "so" and after[0][0] in ("that", "far"):
            continue
        if word in _AT_ONCE and low[at - 1] in AUXILIARY:
            continue
        return [before, after]
    return [list(words)]


def _begun(words: Sequence[Word], finite: Finite) -> list[list[Word]]:
    """ "After Mary went to the hall and she took the cup", whose comma was read as "and"."""
    low = lower(words)
    for at in range(2, len(low) - 1):
        if low[at] != "and":
            continue
        first, second = list(words[1:at]), list(words[at + 1 :])
        if _ing(low[1]):
            first = [*_subject(second, finite), ("was", "was"), *first]
        if _tells(first, finite) and _tells(second, finite):
            return [second, first] if low[0] == "before" else [first, second]
    several = sum(finite(low, at) for at in range(1, len(low))) > 1
    return [list(words[several and low[0] not in ("before", "since", "because") :])]


def _tells(words: Sequence[Word], finite: Finite) -> bool:
    low = lower(words)
    return any(finite(low, at) or low[at] in AUXILIARY for at in range(1, len(low)))


def _it(after: list[Word], before: Sequence[Word], finite: Finite) -> list[Word]:
    """What is told first says "it" of what comes behind: "has not *the ticket* because she gave *it* away"."""
    low = lower(before)
    at = next((n for n in range(1, len(low)) if low[n] in ("the", "a", "an", "his", "her")), 0)
    name, _ = noun(before, at) if at else (None, 0)
    if name is None:
        return after
    its = [("the", "the"), *((word.lower(), word) for word in name.words)]
    return [new for n, one in enumerate(after) for new in (its if n and one[0] == "it" else [one])]


def _subject(words: Sequence[Word], finite: Finite) -> list[Word]:
    low = lower(words)
    return list(words[: next((at for at in range(1, len(low)) if finite(low, at)), 0)])


def _owner(subject: list[Word], pronoun: str) -> list[Word]:
    """ "Samir's stomach was rumbling because *he* was hungry": the owner."""
    at = next((n for n, (_, written) in enumerate(subject[:-1]) if written.endswith("'s")), None)
    if at is None or pronoun not in ("he", "she"):
        return subject
    return [*subject[:at], (subject[at][0], subject[at][1].removesuffix("'s"))]


def _ing(word: str) -> bool:
    form = form_of(word)
    return form is not None and form.tense == "ing"
