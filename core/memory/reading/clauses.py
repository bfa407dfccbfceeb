"""One sentence as the clauses that it tells, each with one verb, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.stories.words import COUNTS
from core.memory.reading.ellipsis import ungapped
from core.memory.reading.idioms import plain
from core.memory.reading.names import Word, lower
from core.memory.reading.order import in_order
from core.memory.reading.relative import without_relatives
from core.memory.reading.speech import spoken
from core.memory.reading.tails import no_place
from core.memory.reading.turning import bare_verb, place_first
from core.memory.reading.verbs import VERBS, form_of
from core.memory.reading.ways import way
from core.memory.reading.words import (
    ADVERBS,
    AUXILIARY,
    DETERMINERS,
    IS,
    MAY,
    PREPOSITIONS,
    PRONOUNS,
    WILL,
)

_ARTICLES = frozenset(("a", "an", "the"))


def clauses_of(words: list[Word]) -> list[list[Word]]:
    """What a sentence tells, a clause each; none where it asks, or says what would be."""
    words = plain(words)
    if lower(words[:2]) in (["following", "that"], ["after", "that"], ["following", "this"], ["after", "this"]):
        words = words[2:]
    if told := way(words):
        return [told]
    if len(words) > 2 and _ordered(words):
        return []
    words = spoken(words, [at for at in range(1, len(words)) if _finite(lower(words), at)])
    if not words:
        return []
    return [
        clause
        for joined in in_order(words, _finite)
        for place in _where(joined)
        for one in without_relatives(place, _finite)
        for whole in _run_on(one)
        for full in ungapped(whole)
        for clause in place_first(full)
    ]


def _where(words: list[Word]) -> list[list[Word]]:
    """ "brought it to the patio, where Diego waited": two clauses, the second one "there"."""
    low = lower(words)
    at = next((n for n in range(3, len(low) - 2) if low[n] == "where"), 0)
    if not at:
        return [words]
    before = at - (low[at - 1] == "and")
    verbs = [n for n in range(at + 2, len(low)) if _finite(low, n)]
    if not verbs or low[before - 1] in AUXILIARY | {"know", "knows", "knew", "tell", "ask", "sure", "saying"}:
        return [words]
    if form_of(low[before - 1]) or not any(_finite(low, n) for n in range(1, before)):
        return [words]
    return [words[:before], [*words[at + 1 :], ("there", "there")]]


def _ordered(words: Sequence[Word]) -> bool:
    """ "Give me the rope!" tells nothing."""
    form = VERBS.get(words[0][0])
    behind = words[1][0] in _ARTICLES or words[1][0] in ("me", "us", "him", "it", "them")
    return form is not None and form.tense == "base" and behind


def _run_on(words: list[Word]) -> list[list[Word]]:
    """The clauses of a run-on line: "mary is in the kitchen john is in the hall"."""
    low = lower(words)
    if {"that", "who", "which", "whose", "if", "when", "while", "because", "before", "after"} & {*low}:
        return [words]
    verbs = [i for i in range(1, len(low)) if _finite(low, i)]
    joints = [
        at
        for at in range(2, len(low) - 1)
        if low[at] in ("and", "but", "then") and _new_clause(words, at, [*[0] * bare_verb(words), *verbs])
    ]
    if joints:
        ends = [*joints[1:], len(words)]
        some = [words[: joints[0]], *(words[a + 1 : b] for a, b in zip(joints, ends, strict=True))]
        return [part for one in some if one for part in _run_on(one)]
    parts, start = [], 0
    for before, at in zip(verbs, verbs[1:], strict=False):
        begin = at - 1
        at_time = next((n for n in range(max(start + 2, begin - 4), begin - 1) if _time_ends(words, n, begin)), 0)
        if at_time and low[begin] in _NOMINATIVE:
            parts.append(words[start : at_time - (low[at_time - 1] == "and")])
            start = at_time
            continue
        if low[begin] in _NOMINATIVE and begin - before > 1 and begin > start and low[begin - 1] not in _ARTICLES:
            parts.append(words[start:begin])  # "jake got up he went"
            start = begin
            continue
        if low[begin] in STOPS or at - before < 3:
            continue
        if low[begin - 1] in _ARTICLES or low[begin - 1] in ("my", "his", "her"):
            begin -= 1
        if low[begin - 1].isdecimal() or low[begin - 1] in COUNTS:  # "i had 3 cookies gave 1 to jenny"
            parts.append(words[start:at])
            start = at
            continue
        if begin - before < 2 or low[begin - 1] in PREPOSITIONS or low[begin - 1] in ("and", "or"):
            continue
        if begin <= start:
            continue
        parts.append(words[start:begin])
        start = begin
    return [*parts, words[start:]]


def _time_ends(words: Sequence[Word], at: int, end: int) -> bool:
    """Whether "on Saturday" begins at a word, and ends before another."""
    return words[at][0] in PREPOSITIONS and no_place(words, at + 1) == end


_NOMINATIVE = frozenset(("he", "she", "they", "we", "i"))
STOPS = frozenset(
    PREPOSITIONS | ADVERBS | AUXILIARY | {"and", "or", "not", "the", "a", "an", "there", "to", "no", "either"}
)


def _new_clause(words: Sequence[Word], at: int, verbs: Sequence[int]) -> bool:
    """Whether an "and" joins two clauses, each with its verb, and no names."""
    low = lower(words)
    left = len(low) - at - 1
    if 1 < left < 5 and low[-1 - (low[-1] in ("not", "too"))] in IS | {"did", "does", "do", "has", "had"}:
        return low[at + 1] not in AUXILIARY  # "Pascal did not drop it, Denise did"
    # "Otto laughed and gave": a verb that nobody knows stands behind a name.
    strange = (
        words[at - 1][1].islower()
        and words[0][1][:1].isupper()
        and low[0] not in _ARTICLES
        and low[at - 1].endswith("ed")
    )
    if (
        not any(verb < at for verb in verbs)
        and not strange
        and low[at - 1] not in ("up", "down", "away", "off", "it", "him", "her")
    ):
        return False
    after = at + 1
    while after < len(low) - 1 and low[after] in ADVERBS | {"then", "and"}:
        after += 1
    form = form_of(low[after])
    object_ = after + 1 < len(low) and low[after + 1] in DETERMINERS | PRONOUNS
    if form and form.tense in ("past", "part", "s") and (low[after] not in ("left", "found") or object_):
        return True
    if low[after] in ("he", "she", "it", "they", "i", "we", "you"):
        return True
    following = [verb for verb in verbs if verb > after]
    return bool(following) and following[0] - after <= 3 and not {*low[after : following[0]]} & (PREPOSITIONS | {"and"})


def _finite(low: Sequence[str], at: int) -> bool:
    word = low[at]
    if low[at - 1] in _ARTICLES or low[at - 1] in AUXILIARY or low[at - 1] == "not":
        return False
    form = form_of(word)
    return (
        word in IS - {"be", "been", "being"}
        or word in MAY | WILL
        or form is not None
        and form.tense in ("past", "s", "part")
    )
