"""Names that are one, and names that are two: "Anna" is Anna Smith, Rose took the rose."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.clauses import STOPS
from core.memory.reading.names import Word
from core.memory.reading.words import PREPOSITIONS

_ARTICLES = frozenset(("a", "an", "the"))

_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "st",
        "prof",
        "sir",
        "lady",
        "old",
        "young",
        "little",
        "big",
        "uncle",
        "aunt",
        "king",
        "queen",
        "agent",
        "robot",
        "room",
    ]
)


def alike(sentences: Sequence[Sequence[Word]]) -> tuple[set[str], dict[str, str]]:
    """What is a person's and a thing's name, and whose first name stands for a longer one."""
    bare: set[str] = set()
    lowered: set[str] = set()
    longer: dict[str, set[str]] = {}
    for words in sentences:
        for at, (low, written) in enumerate(words):
            if written[:1].isupper() and low not in STOPS and (at == 0 or words[at - 1][0] not in _ARTICLES):
                bare.add(low)
                following = words[at + 1] if at + 1 < len(words) else ("", "")
                first = at == 0 or not words[at - 1][1][:1].isupper() or words[at - 1][0] in STOPS
                if at == 1 and words[0][0] in PREPOSITIONS:
                    continue  # "In Boston Mary found"
                if first and following[1][:1].isupper() and following[0] not in STOPS and low not in _TITLES:
                    longer.setdefault(low, set()).add(f"{low} {following[0]}")
            elif written[:1].islower() and at and words[at - 1][0] in _ARTICLES:
                lowered.add(low)
    whole = called(sentences) | {first: next(iter(names)) for first, names in longer.items() if len(names) == 1}
    return bare & lowered, whole


def called(sentences: Sequence[Sequence[Word]]) -> dict[str, str]:
    """Whose name the story says: "a dog named Rex", "the girl who has it is Ann", "the boy is called Tim"."""
    found: dict[str, set[str]] = {}
    for words in sentences:
        for at in range(2, len(words)):
            low, written = words[at]
            before = words[at - 1][0]
            ends = at + 1 == len(words) or not words[at + 1][1][:1].isupper()
            if (
                not written[:1].isupper()
                or written.endswith("'s")
                or not ends
                or before not in ("named", "called", "is", "was")
            ):
                continue
            if before in ("named", "called") and words[at - 2][0] in ("is", "was"):
                head = _first_name(words[: at - 2])
            elif before in ("named", "called"):
                head = words[at - 2][0] if at > 2 and words[at - 2][1].islower() else ""
            else:
                head = _first_name(words[: at - 1]) if at + 1 == len(words) else ""
            if head:
                found.setdefault(head, set()).add(low)
    return {head: next(iter(names)) for head, names in found.items() if len(names) == 1}


def _first_name(words: Sequence[Word]) -> str:
    """The noun of "the girl who has the umbrella"; nothing of "Tim" and of "the answer to it"."""
    if len(words) == 2 and words[0][1].endswith("'s"):
        return words[1][0]  # "Hana's brother"
    if len(words) < 2 or words[0][0] not in ("the", "a", "an", "his", "her", "my", "their", "our"):
        return ""
    relative = next((n for n, (low, _) in enumerate(words) if low in ("who", "that", "which")), len(words))
    return words[1][0] if relative == 2 and words[1][1].islower() else ""
