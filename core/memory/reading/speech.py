"""What people in a story say: "Mary said that she is in the hall" tells where Mary is."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.names import Name, Word, lower, noun
from core.memory.reading.scene import may_be
from core.memory.reading.words import AUXILIARY, DETERMINERS, IS, NOT, PREPOSITIONS

_SAYS = frozenset(
    ["say", "says", "said", "tells", "told", "shouts", "shouted", "replied", "replies", "answered", "answers", "writes",
     "wrote", "whispered", "explained", "reported", "announced", "added", "heard", "hears", "saw", "sees", "knows",
     "knew", "noticed", "remembers", "remembered", "texted", "emailed", "phoned", "claimed", "insisted", "admitted",
     "mentioned", "posted", "yelled", "cried", "muttered", "declared", "messaged", "shouts", "saying", "tweeted"]
)  # fmt: skip
_THINKS = frozenset(
    ["thinks", "thought", "believes", "believed", "guesses", "guessed", "hopes", "hoped", "supposes", "supposed",
     "suspects", "suspected", "assumes", "assumed", "doubts", "feared"]
)  # fmt: skip
_CRIES = frozenset(
    [
        "said",
        "says",
        "shouted",
        "replied",
        "answered",
        "whispered",
        "yelled",
        "cried",
        "called",
        "muttered",
        "explained",
        "announced",
        "added",
        "texted",
    ]
)
_ASKS = frozenset(["asks", "asked", "wonders", "wondered"])
_I = {"i": "", "me": "", "myself": ""}
_PRONOUNS = frozenset(["he", "she", "they", "it"])


def spoken(words: Sequence[Word], finite: Sequence[int]) -> list[Word]:
    """What was said, as if the story told it; the words themselves where nothing was.

    Args:
        finite: where finite verbs are.
    """
    low = lower(words)
    for at in range(1, min(len(low), 6)):
        if low[at] in _ASKS and ("whether" in low[at:] or "if" in low[at:]):
            return []
        if low[at] not in _SAYS | _THINKS:
            continue
        pronoun = at == 1 and low[0] in _PRONOUNS | {"i"}
        begin = int(low[0] in DETERMINERS)
        names = words[begin:at]
        plain = names and not {word for word, _ in names} & (AUXILIARY | PREPOSITIONS | NOT | {"and", *_PRONOUNS})
        speaker = Name(tuple(written for _, written in names), bool(begin)) if plain else None
        if speaker or pronoun:
            said = list(words[at + 1 :])
            told = lower(said)
            begin = told.index("that") + 1 if "that" in told[:4] else _listener(said, low[at])
            said, later = said[begin:], [v for v in finite if v > at + begin + 1]
            if not said or not later or ("that" not in told[:4] and low[at] in ("heard", "hears", "saw", "sees")):
                continue
            return [*[("perhaps", "perhaps")] * (low[at] in _THINKS), *_by(said, speaker)]
    for at in range(len(low) - 1, 0, -1):  # "I am in the hall", said Tom
        if low[at] not in _CRIES or low[at - 1] in IS:
            continue
        speaker, end = noun(words, at + 1)
        said = list(words[:at])
        if speaker is None and at == len(low) - 1:
            begin = at - 1
            while begin > 0 and words[begin - 1][1][:1].isupper() or words[begin - 1][0] == "the":
                begin -= 1
            speaker = noun(words, begin)[0]
            end = len(low)
            said = list(words[:begin])
        if speaker and low[end : end + 1] == ["and"]:  # "Hello", said Kim and went
            return [
                *[("the", "the")] * speaker.article,
                *((word.lower(), word) for word in speaker.words),
                *words[end + 1 :],
            ]
        if speaker is None or end < len(low):
            continue
        if not [v for v in finite if v < len(said)]:  # "Hello", said Kim
            return [*[("the", "the")] * speaker.article, *((word.lower(), word) for word in speaker.words), words[at]]
        while said and said[-1][0] == "and":
            said.pop()
        return _by(said, speaker)
    return list(words)


def _listener(said: Sequence[Word], verb: str) -> int:
    """Where what was said begins behind "told Ann", "said to me and"."""
    low = lower(said)
    at = 0
    if low[:1] == ["to"] or verb in ("told", "tells"):
        at += low[:1] == ["to"]
        if low[at : at + 1] and low[at] in ("me", "us", "him", "her", "them", "you", "everyone", "everybody"):
            at += 1
        else:
            at = noun(said, at)[1]
    while low[at : at + 1] == ["and"]:
        at += 1
    return at


def _by(said: Sequence[Word], speaker: Name | None) -> list[Word]:
    """What was said, with the speaker's name for "I", and for a pronoun that begins it."""
    if speaker is None:
        return list(said)
    name = [("the", "the")] * speaker.article + [(word.lower(), word) for word in speaker.words]
    words: list[Word] = []
    for at, (low, written) in enumerate(said):
        following = said[at + 1][0] if at + 1 < len(said) else ""
        begins = at == 0 and low in _PRONOUNS and low != "it" and following not in PREPOSITIONS
        if low in _I or begins and may_be(speaker, low):
            words += name
        elif low in ("am", "have") and at and said[at - 1][0] == "i":
            words.append(("is", "is") if low == "am" else ("has", "has"))
        elif low in ("my",) and at == 0:
            words.append(("the", "the"))
        else:
            words.append((low, written))
    return words if words and (words[0][0] not in AUXILIARY) else list(said)
