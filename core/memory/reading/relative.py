"""Sentences with another one inside: "The cup that Bob took is in the hall" tells that Bob took it, and where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.memory.reading.names import AND, Word, lower, noun
from core.memory.reading.verbs import OTHERS, VERBS, form_of
from core.memory.reading.words import ADVERBS, AUXILIARY, DETERMINERS, NOT, PREPOSITIONS, PRONOUNS

_RELATIVE = frozenset(("who", "which", "that"))
_SUBJECTS = frozenset(("he", "she", "they", "i", "we", "it", "you"))
_NO_HEAD = (PREPOSITIONS | ADVERBS | AUXILIARY | NOT | PRONOUNS | AND | DETERMINERS) - {"that"}
_SURE = frozenset(
    [
        "following",
        "after",
        "before",
        "like",
        "with",
        "of",
        "about",
        "is",
        "was",
        "to",
        "possible",
        "true",
        "likely",
        "sure",
        "clear",
        "sad",
        "happy",
        "sorry",
        "glad",
        "so",
        "now",
    ]
)
_TAKEN = frozenset(("get", "drop", "give", "does"))  # what is done to something

Finite = Callable[[Sequence[str], int], bool]


def without_relatives(words: Sequence[Word], finite: Finite) -> list[list[Word]]:
    """The sentence inside first, then the one around it; the words alone where there is none inside."""
    low = lower(words)
    for at in range(1, len(low) - 1):
        if low[at] in _RELATIVE and low[at - 1] not in _SURE:
            split = _split(words, at, at + 1, finite)
        elif _bare(words, at, finite):
            split = _split(words, at, at, finite)
        else:
            continue
        if split:
            return [part for one in split for part in without_relatives(one, finite)]
    return [list(words)]


def _split(words: Sequence[Word], at: int, begin: int, finite: Finite) -> list[list[Word]] | None:
    """Take out the sentence whose words begin at ``begin``, behind a name that ends at ``at`` (or before its "and")."""
    low = lower(words)
    end = at - 1 if low[at - 1] == "and" else at
    start = _head(words, end)
    if start is None:
        return None
    head = list(words[start:end])
    verbs = [n for n in range(begin, len(low)) if finite(low, n) and (n > begin or low[n] not in PREPOSITIONS)]
    if not verbs:
        return None
    outer = any(finite(low, n) for n in range(1, start))
    subject = verbs[0] == begin or {*low[begin : verbs[0]]} <= ADVERBS | NOT
    if not subject and (verbs[0] - begin > 4 or noun(words, begin)[0] is None and low[begin] not in _SUBJECTS):
        return None
    last = verbs[0]
    while last + 1 < len(low) and (form_of(low[last + 1]) or low[last + 1] in NOT | ADVERBS):
        if last + 1 in verbs and low[last] not in AUXILIARY:
            break
        last += 1
    if outer:
        inside, around = list(words[begin:]), list(words[:end])
    else:
        main = next((n for n in range(last + 1, len(low)) if finite(low, n)), None)
        if main is None:
            return None
        inside, around = list(words[begin:main]), [*words[:end], *words[main:]]
    while inside and inside[-1][0] == "and":
        inside.pop()
    if subject:
        return [[*head, *inside], around]
    cut = last + 1 - begin
    if cut < len(inside) and inside[cut][0] in DETERMINERS:
        return None  # it has its object: another sentence, and none inside
    if outer:  # "dropped the ball she was carrying in the park"
        around, inside = [*around, *inside[cut:]], inside[:cut]
        if inside[0][0] in _SUBJECTS:
            inside[:1] = words[: next(n for n in range(1, start) if finite(low, n))]
            cut = len(inside)
    return [[*inside[:cut], *head, *inside[cut:]], around]


def _head(words: Sequence[Word], end: int) -> int | None:
    """Where the name begins that ends before a word."""
    low = lower(words)
    start = end
    while start > 0 and low[start - 1] not in _NO_HEAD and not (
        form_of(low[start - 1]) and start - 1 > 0 and low[start - 2] not in DETERMINERS
    ):  # fmt: skip
        start -= 1
    if start == end:
        return None
    while start > 0 and low[start - 1] in DETERMINERS:
        start -= 1
    return start


def _bare(words: Sequence[Word], at: int, finite: Finite) -> bool:
    """ "the book *Ann read* is here", "dropped the ball *she was carrying*": nothing that joins them."""
    low = lower(words)
    if low[at - 1] in _NO_HEAD or low[at - 1] in VERBS or at + 1 >= len(low):
        return False
    capital = words[at][1][:1].isupper() and not words[at - 1][1][:1].isupper() and low[at - 2 : at - 1] != []
    if low[at] not in _SUBJECTS and not (capital and low[at - 2] in DETERMINERS):
        return False
    verb = next((n for n in range(at + 1, min(at + 3, len(low))) if finite(low, n)), None)
    if verb is None:
        return False
    later = next((n for n in range(verb + 1, len(low)) if finite(low, n)), 0)
    around = any(finite(low, n) for n in range(1, at)) or later and "and" not in low[verb:later]
    if low[at] not in _SUBJECTS and not around:
        return False  # "The robot Zed picked up a rock"
    while verb + 1 < len(low) and (low[verb] in AUXILIARY or low[verb] in NOT):
        verb += 1
    form = form_of(low[verb])
    following = low[verb + 1] if verb + 1 < len(low) else ""
    ends = not following or following in PREPOSITIONS or following in AUXILIARY or finite(low, verb + 1)
    return form is not None and (form.tells in _TAKEN or low[verb] in OTHERS) and ends
