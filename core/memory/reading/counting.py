"""What a story tells of how many there are, and of whose something is, as far as a question needs to know."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.plurals import singular
from core.data.stories.words import COUNTS
from core.memory.reading.names import Word


def counted(sentences: Sequence[Sequence[Word]], kind: str) -> str:
    """The kind that is counted, in the singular, where the story says how many of that kind there are."""
    one = singular(kind) if kind else ""
    said = any(
        singular(low) == one and at and (words[at - 1][0] in COUNTS or words[at - 1][0].isdecimal())
        for words in sentences
        for at, (low, _) in enumerate(words)
    )
    return one if said and one else ""


def vague(sentences: Sequence[Sequence[Word]], kind: str) -> bool:
    """Whether the story tells of several of a kind, or of several things, and not of how many: "some books"."""
    for words in sentences:
        for at, (low, _) in enumerate(words):
            several = singular(low) != low and at and words[at - 1][0] not in ("his", "her", "no")
            if several and (singular(low) == singular(kind) if kind else words[at - 1][0] in _SOME):
                return True
    return False


OWNED = frozenset(
    [
        "belongs",
        "belonged",
        "belong",
        "own",
        "owns",
        "owned",
        "owner",
        "bought",
        "has",
        "had",
        "have",
        "his",
        "her",
        "their",
        "my",
        "your",
        "given",
        "gave",
        "got",
    ]
)
FOUND = frozenset(
    [
        "found",
        "finds",
        "saw",
        "noticed",
        "discovered",
        "spotted",
        "stole",
        "took",
        "picked",
        "grabbed",
        "borrowed",
        "carried",
    ]
)
_SOME = frozenset(("some", "few", "several", "many", "of"))
