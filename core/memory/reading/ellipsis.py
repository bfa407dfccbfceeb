"""Sentences that leave out what the one before said: "Pascal did not drop the vase, Denise did."."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.stories.words import COUNTS
from core.memory.reading.clause import verb_at
from core.memory.reading.names import Word, lower, noun
from core.memory.reading.tails import no_place, particles
from core.memory.reading.verbs import form_of
from core.memory.reading.words import (
    ADVERBS,
    AUXILIARY,
    BESIDE,
    DETERMINERS,
    DOES,
    HAS,
    IN,
    IS,
    NOT,
    ORDERED_TIMES,
    PREPOSITIONS,
    TO,
)

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


def ungapped(words: list[Word]) -> list[list[Word]]:
    """The clauses of which one verb was said for all.

    "Tim ordered a pizza and Ann a salad", "put the cup on the shelf and the plate in the sink", "was in the den on
    Monday and on Tuesday in the hall".
    """
    verb = verb_at(words)
    if verb is not None and (other := _but(words, verb)):
        return other
    if verb is None or "and" not in lower(words[verb:]):
        return [words]
    end = _verb_end(words, verb)
    subject, said = words[_fronted(words, verb) : verb], words[verb:end]
    for at in range(end + 1, len(words) - 1):
        left, right = words[end:at], words[at + 1 :]
        if words[at][0] != "and" or any(_verbal(word) for word, _ in right[:4]):
            continue
        if name := _new_subject(said, left, right):
            new = [*right[:name], *said, *right[name:]]
        elif right[0][0] == "then" and right[1:] and right[1][0] in IN | TO:
            new = [*subject, *said, *right[1:]]  # "in the den and then in the hall"
        elif _placed_too(left, right) or _timed(words[:at]) and _timed(right) and right[0][0] in PREPOSITIONS:
            new = [*subject, *said, *right]
        else:
            continue
        return [words[:at], *ungapped(new)]
    return [words]


def _but(words: list[Word], verb: int) -> list[list[Word]] | None:
    """ "did not give it to Max but to Ida": denied of the one, told of the other."""
    low = lower(words)
    at = low.index("but", verb) if "but" in low[verb:] else 0
    if not at or words[verb][0] not in AUXILIARY or low[verb + 1 : verb + 2] != ["not"]:
        return None
    behind = low[at + 1] if at + 1 < len(low) else ""
    same = next((n for n in range(verb + 2, at) if low[n] == behind), 0)
    if behind not in PREPOSITIONS or not same:
        return None
    return [words[:at], [*words[: verb + 1], *words[verb + 2 : same], *words[at + 1 :]]]


def _verbal(word: str) -> bool:
    form = form_of(word)
    return word in AUXILIARY or form is not None and form.tense in ("past", "s", "part") and word != "left"


def _verb_end(words: list[Word], at: int) -> int:
    while at < len(words) and (words[at][0] in AUXILIARY or words[at][0] in NOT or words[at][0] in ADVERBS):
        at += 1
    return particles(words, at + 1)[1] if at < len(words) and form_of(words[at][0]) else at


def _fronted(words: list[Word], verb: int) -> int:
    """Where the subject begins behind "On Monday"."""
    return min(no_place(words, 1), verb - 1) if words[0][0] in PREPOSITIONS else 0


def _new_subject(said: list[Word], left: list[Word], right: list[Word]) -> int:
    """Where the name ends of "Ann a salad" behind "ordered a pizza"; 0 where that is none."""
    form = form_of(said[-1][0])
    if not left or not right or not right[0][1][:1].isupper() or form is None or form.tells == "give":
        return 0
    name, end = noun(right, 0)
    follows = right[end][0] if end < len(right) else ""
    if name and left[0][0] in IN | BESIDE and follows in IN | BESIDE:
        return end  # "Tim hid under the bed and Ann in the box"
    return end if name and _counted_or_named(left[0][0]) and _counted_or_named(follows) else 0


def _counted_or_named(word: str) -> bool:
    return word in DETERMINERS or word in COUNTS or word.isdecimal()


def _placed_too(left: list[Word], right: list[Word]) -> bool:
    """ "the plate in the sink" behind "the cup on the shelf"."""
    if not right or not _counted_or_named(right[0][0]) or not left or left[0][0] in PREPOSITIONS:
        return False
    end = noun(right, 0)[1]
    return bool({*lower(left)} & (IN | TO)) and end < len(right) and right[end][0] in IN | TO


def _timed(words: list[Word]) -> bool:
    text = f" {' '.join(lower(words))} "
    return any(f" {time} " in text for time in ORDERED_TIMES) or any(
        low in PREPOSITIONS and no_place(words, n + 1) for n, (low, _) in enumerate(words)
    )
