"""The times that a story names, told as those that the networks know."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.names import Name, Word, lower
from core.memory.reading.words import KNOWN_TIMES, ORDERED_TIMES


class Times:
    """How the times of a story are told: as the six that the networks know, in their order."""

    def __init__(self, words: Sequence[Sequence[Word]], kept: bool, asked: str = "") -> None:
        self.kept = kept
        self._last: dict[str, int] = {}
        found: set[str] = set()
        if kept:
            for its in words:
                text = f" {' '.join(lower(its))} "
                found |= {phrase for phrase in ORDERED_TIMES if f" {phrase} " in text}
        found |= {asked} & {*ORDERED_TIMES} if found else set()
        found -= {one for one in found if any(one != other and one in other for other in found)}
        ordered = sorted(found, key=ORDERED_TIMES.index)
        same = set(ordered) <= set(KNOWN_TIMES)
        spare = KNOWN_TIMES[max(0, len(KNOWN_TIMES) - max(4, len(ordered))) :]
        self.dated = bool(asked) and len(found) > 0
        self._known = {one: one for one in ordered} if same else dict(zip(ordered, spare, strict=False))

    def known(self, phrase: str) -> str:
        return self._known.get(phrase, "")

    def __call__(self, phrase: str, who: Sequence[Name]) -> str | None:
        """How a time is told; "" for not at all, None where what it tells is older than what is known."""
        if not phrase:
            return ""
        if self.kept:
            return self.known(phrase)
        rank = ORDERED_TIMES.index(phrase)
        key = who[0].key
        if rank < self._last.get(key, -1):
            return None
        self._last[key] = rank
        return ""
