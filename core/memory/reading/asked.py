"""How a question was read, and what all its readers share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.memory.reading.names import Name, Word, noun
from core.memory.reading.words import DOES, PRONOUNS

# What a question is about, where that changes how the story is read.
RELATION, COMPARISON, PATH, TIME, DEED = "relation", "comparison", "path", "time", "deed"

CONTAINS, COUNT, CHOICE, OPTIONS, ANY, BUT = "contains", "count", "choice", "options", "any", "but"

NOW = frozenset(
    [
        "now",
        "currently",
        "still",
        "again",
        "then",
        "right",
        "today",
        "exactly",
        "please",
        "actually",
        "also",
        "at",
        "the",
        "end",
        "finally",
    ]
)

CARRYING = frozenset(
    [
        "carry",
        "hold",
        "have",
        "own",
        "get",
        "take",
        "pick",
        "possess",
        "keep",
        "buy",
        "grab",
        "find",
        "collect",
        "bring",
        "wear",
    ]
)


@dataclass(frozen=True)
class Asked:
    """A question as it is read.

    Attributes:
        text: in the networks' wording; names are put in by :meth:`said`.
        names: of the wording's {0}, {1}, ...
        about: :data:`RELATION`, :data:`COMPARISON`, ... or nothing.
        detail: what of it: the dimension that is compared, the verb that is asked for.
        make: what is made of the answer: :data:`CONTAINS`, :data:`COUNT`, :data:`CHOICE`, ...; empty for the answer
            itself.
        of: the names that this takes.
        time: a time that the question names.
        slot: of a :data:`DEED`, which part is asked for: "who", "what" or "when".
    """

    text: str
    names: tuple[Name, ...] = ()
    about: str = ""
    detail: str = ""
    make: str = ""
    of: tuple[Name, ...] = ()
    time: str = ""
    slot: str = ""
    counted: str = ""
    able: bool = False  # it is asked who can do it


def skip(low: Sequence[str], at: int, words: frozenset[str] = NOW) -> int:
    while at < len(low) and low[at] in words and low[at] not in ("the", "at", "end") and low[at + 1 : at + 2] != ["of"]:
        at += 1
    return at


def subject(words: Sequence[Word], at: int, asked: bool = False) -> tuple[Name | None, int]:
    owned = at + 1 < len(words) and words[at][0] == "her" and noun(words, at)[0]  # "her glasses"
    if at < len(words) and words[at][0] in PRONOUNS and not owned:
        return Name((words[at][1],)), at + 1
    if at < len(words) and words[at][0] in ("i", "you", "we"):
        return Name((words[at][1],), proper=True), at + 1
    return noun(words, at, asked=asked or 0 < at <= len(words) and words[at - 1][0] in DOES)
