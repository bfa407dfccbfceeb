"""Typing errors in known words: the correction is offered, and nothing is done before somebody takes it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from core.data.stories.words import COUNTS, STRUCTURE
from core.memory.reading.verbs import OTHERS, VERBS
from core.memory.reading.words import ADVERBS, AUXILIARY, DETERMINERS, PREPOSITIONS, word_set

LIKE = 0.74  # difflib's ratio from which a word is taken for a typing error of another
LONG = 6  # letters of a word in which one may be wrong
SHORTEST = 4  # letters of a word that can be one; a shorter one is a name
_WORD = re.compile(r"[^\W\d_]+")
_SHORT = {
    "teh": "the",
    "adn": "and",
    "an": "and",
    "si": "is",
    "wsa": "was",
    "hte": "the",
    "ot": "to",
    "fo": "of",
    "whit": "with",
}
_PEOPLE = word_set("mother father brother sister mum dad son daughter uncle aunt wife husband")

_ASKING = frozenset(["where", "what", "which", "who", "whom", "whose", "why", "how", "many"])


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    past = {word for word, form in VERBS.items() if form.tense != "ing" and len(word) >= SHORTEST - 1}
    return tuple(sorted(past | STRUCTURE | AUXILIARY | PREPOSITIONS | DETERMINERS | _ASKING))


@lru_cache(maxsize=1)
def _verbs() -> tuple[str, ...]:
    return tuple(sorted(word for word, form in VERBS.items() if form.tense in ("past", "part", "s")))


@lru_cache(maxsize=5_000)
def _closest(word: str, among: tuple[str, ...]) -> str:
    """The known word that another is likest to, where it is like one."""
    close = difflib.get_close_matches(word, among, 3, LIKE)
    return next((one for one in close if _slip(word, one)), "")


def _slip(word: str, other: str) -> bool:
    """A letter too many or too few, two that changed places, or another one in a long word: "shape" is no "share"."""
    if len(word) != len(other):
        short, long = sorted((word, other), key=len)
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    return (
        sum(a != b for a, b in zip(word, other, strict=True)) == 1
        and len(word) >= LONG
        or sorted(word) == sorted(other)
    )


def slips(words: Collection[str]) -> bool:
    """Whether one of the words, in lower case, is no word and often typed for another."""
    return any(word in _SHORT and word != "an" for word in words)


def misspelt_verb(words: Sequence[str]) -> bool:
    """Whether a word that no verb is stands where one should: "Mary *whent* to"."""
    if (
        len(words) < 3
        or not words[0][:1].isupper()
        or words[0].lower() in DETERMINERS
        or not words[1].islower()
        or "'" in words[0]
    ):
        return False
    return (
        words[1] not in _known()
        and words[1] not in OTHERS
        and words[1] not in ADVERBS
        and bool(_closest(words[1], _verbs()))
    )


def _counts(word: str) -> bool:
    return word.isdecimal() or word.lower() in COUNTS


def offered(text: str, names: Collection[str] = (), question: bool = False) -> str:
    """The text with its typing errors corrected; nothing where there are none, as far as can be told.

    Args:
        names: words, in lower case, that are names of the story.
        question: its first word asks for something.
    """
    known = _known()

    def corrected(match: re.Match[str]) -> str:
        word = match[0]
        low = word.lower()
        begins = match.start() == 0
        before = text[: match.start()].split()[-1:]
        slip = low == "an" and not re.match(r"\s+[aeiou]", text[match.end() :], re.IGNORECASE)
        if (
            low in names
            or low in OTHERS
            or low in _PEOPLE
            or (low in known and not slip)
            or (word[:1].isupper() and not (begins and question))
        ):
            return word
        if low in _SHORT and (low != "an" or slip):
            new = _SHORT[low]
        elif (
            len(low) < SHORTEST - (low[0] in "gtw")
            or before
            and (_SHORT.get(before[0].lower(), before[0].lower()) in DETERMINERS or _counts(before[0]))
        ):
            return word  # "the hall" is no "call"
        else:
            among = tuple(sorted(_ASKING | AUXILIARY)) if begins and question else known
            if not question and before and before[0][:1].isupper() and before[0].lower() not in known:
                among = _verbs()  # behind a name
            new = _closest(low, among)
            if not new:
                return word
        return new.capitalize() if word[0].isupper() else new

    new = _WORD.sub(corrected, text)
    return new if new != text else ""
