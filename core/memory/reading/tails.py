"""What stands behind a verb and its objects: places, company, times, and words that are left aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.data.stories.words import COUNTS
from core.memory.reading.names import Name, Word, lower, noun, nouns
from core.memory.reading.verbs import VERBS
from core.memory.reading.words import (
    ADVERBS,
    BESIDE,
    DETERMINERS,
    HOME,
    IN,
    NO_PLACES,
    PREPOSITIONS,
    PRONOUNS,
    TO,
    VEHICLES,
)

_PURPOSE = frozenset(
    [
        "because",
        "while",
        "when",
        "where",
        "who",
        "which",
        "that",
        "so",
        "if",
        "though",
        "although",
        "before",
        "after",
        "until",
        "since",
        "like",
        "as",
        "than",
    ]
)

_NO_ARTICLE = frozenset(["case", "fact", "foot", "company", "general", "rain", "snow", "spring"])

PARTICLES = frozenset(
    [
        "up",
        "down",
        "on",
        "over",
        "off",
        "out",
        "away",
        "back",
        "in",
        "along",
        "around",
        "round",
        "through",
        "hold",
        "rid",
        "go",
        "behind",
    ]
)


_STEPS = frozenset(
    [
        "stairs",
        "steps",
        "ladder",
        "staircase",
        "escalator",
        "stairway",
        "road",
        "street",
        "path",
        "slope",
        "hillside",
        "track",
        "aisle",
    ]
)


@dataclass
class Tail:
    """What follows a verb and its objects.

    Attributes:
        phrases: preposition and name, in order; "" before a place without one ("home").
        there: "there" stands among it.
    """

    phrases: list[tuple[str, Name]] = field(default_factory=list)
    there: bool = False
    aside: list[str] = field(default_factory=list)

    def first(self, *prepositions: frozenset[str]) -> Name | None:
        """The name behind the first of these prepositions."""
        wanted = frozenset().union(*prepositions)
        return next((name for word, name in self.phrases if word in wanted), None)


def no_place(words: Sequence[Word], at: int) -> int:
    """Where "the same time" or "noon" ends that begins at a word; 0 where no such noun follows."""
    for end in range(at, min(at + 4, len(words))):
        low = words[end][0]
        if low in VEHICLES and end == at and words[at - 1][0] == "by":
            return end + 1
        if low in _NO_ARTICLE and words[end - 1][0] in DETERMINERS:
            return 0  # "in the case"
        if low in COUNTS[1:] and end == at and words[at - 1][0] == "at":
            return end + 1  # "at nine"
        if low in NO_PLACES or low.isdigit() and end == at and words[at - 1][0] in ("at", "in"):
            if low in ("all", "once", "least", "this", "that", "then") and end > at:
                return 0
            if low in ("last", "first", "later") and end + 1 < len(words) and words[end + 1][0] in NO_PLACES:
                continue
            if low in ("first", "last", "bus", "train", "car", "friend", "company", "this", "that") and end + 1 < len(
                words
            ):
                following = words[end + 1][0]
                if following not in PREPOSITIONS and following not in ADVERBS and words[at - 1][0] in IN | TO:
                    continue  # "at the bus stop", "in the first room"
            return end + 1
        if low in PREPOSITIONS or low in VERBS and low not in DETERMINERS:
            return 0
    return 0


_BEHIND_WORK = frozenset(["by", "with", "on", "and", "without"])


def purpose(words: Sequence[Word], at: int) -> bool:
    """Whether "to" says what for: "to buy milk", "to tie her shoe"."""
    if at + 1 >= len(words) or words[at + 1][1][:1].isupper():
        return False
    form = VERBS.get(words[at + 1][0])
    if words[at + 1][0] == "work" and (at + 2 == len(words) or words[at + 2][0] in _BEHIND_WORK):
        return False  # "went to work by bus"
    behind = words[at + 2][0] if at + 2 < len(words) else ""
    object_ = behind in DETERMINERS | PRONOUNS and words[at + 1][0] not in DETERMINERS | PRONOUNS
    return form is not None and form.tense == "base" or object_


def particles(words: Sequence[Word], at: int) -> tuple[list[str], int]:
    """The words that belong to a verb: "picked *up*", "got *hold of*", "let *go of*", "gave *back*"."""
    found: list[str] = []
    while at < len(words) and words[at][0] in PARTICLES:
        low = words[at][0]
        if low in (
            "in",
            "on",
            "over",
            "through",
            "along",
            "around",
            "round",
            "off",
            "out",
            "up",
            "down",
            "back",
            "behind",
        ):
            following = words[at + 1][0] if at + 1 < len(words) else ""
            if low in ("in", "on", "behind", "through", "along", "around") and following and following != "to":
                break
        found.append(low)
        at += 1
    if found and at < len(words) and words[at][0] == "of" and found[-1] in ("hold", "rid", "go"):
        at += 1
    return found, at


def tail(words: Sequence[Word], at: int) -> Tail:
    """What follows the objects: phrases with a preposition, "there", and words left aside."""
    found = Tail()
    while at < len(words):
        low, written = words[at]
        following = words[at + 1][0] if at + 1 < len(words) else ""
        if low in _PURPOSE:
            found.aside.append(" ".join(lower(words[at:])))
            break
        if low == "there":
            found.there = True
            at += 1
        elif low in HOME and following not in DETERMINERS:
            found.phrases.append(("", Name((low,))))
            at += 1
        elif low == "out" and following == "of":
            found.phrases += [("from", name) for name in [noun(words, at + 2)[0]] if name]
            at = max(at + 2, noun(words, at + 2)[1])
        elif low == "off" and following in DETERMINERS:
            found.phrases += [("from", name) for name in [noun(words, at + 1)[0]] if name]
            at = max(at + 1, noun(words, at + 1)[1])
        elif low in ("left", "right") and following == "of":
            at += 1
        elif low in ("up", "down") and following in DETERMINERS and (name := noun(words, at + 1)[0]) and (
            name.words[-1].lower() not in _STEPS
        ):  # fmt: skip
            found.phrases.append(("up", name))
            at = noun(words, at + 1)[1]
        elif low in PREPOSITIONS and low not in ("up", "down", "off", "out"):
            if low == "to" and purpose(words, at):
                found.aside.append(" ".join(lower(words[at:])))
                break
            if end := no_place(words, at + 1):
                found.aside.append(" ".join(lower(words[at:end])))
                at = end
                continue
            several, end = nouns(words, at + 1) if low in ("with", "without") else (None, at)
            if several:
                found.phrases += [(low, name) for name in several]
                at = end
                continue
            name, end = noun(words, at + 1)
            if name is None and following in PRONOUNS:
                name, end = Name((words[at + 1][1],)), at + 2
            if name is None:
                found.aside.append(low)
                at += 1
                continue
            if low in BESIDE and any(before in TO | IN for before, _ in found.phrases):
                found.aside.append(" ".join(lower(words[at:end])))
            else:
                found.phrases.append((low, name))
            at = end
        else:
            if low not in ("and", "or"):
                found.aside.append(low)
            at += 1
    return found
