"""The times that a story names, told as those that the networks know."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.data.stories.words import COUNTS
from core.memory.reading.names import Name, Word, lower
from core.memory.reading.words import KNOWN_TIMES, ORDERED_TIMES

_DAY = {"dawn": 5, "sunrise": 6, "breakfast": 7, "morning": 8, "noon": 12, "midday": 12, "lunch": 12.5, "afternoon": 15,
        "dinner": 18, "evening": 19, "dusk": 19, "sunset": 19, "night": 22, "midnight": 24}  # fmt: skip
_SEASONS = ("spring", "summer", "autumn", "winter")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_SAID = re.compile(
    rf"\b(?:at|around|about|by|in|on|before|after|this|that)\s+(?:about\s+|the\s+)?"
    rf"(?:(?P<hour>\d{{1,2}}|{'|'.join(COUNTS[1:])}|eleven|twelve)(?:[:.](?P<minute>\d\d))?"
    rf"(?:\s*(?P<half>[ap])\.?m\b\.?|\s*o.clock)?(?:\s+in the (?P<part>morning|afternoon|evening))?"
    rf"|(?P<day>{'|'.join(_DAY)})|(?P<season>{'|'.join(_SEASONS)})|(?P<month>{'|'.join(_MONTHS)})|(?P<year>(?:1[89]|20)\d\d))(?![\w:])",
    re.IGNORECASE,
)


_SPENT = re.compile(
    r"\b(?:spent|was) (?:the|that) (?:whole |entire )?(morning|afternoon|evening|night)"
    r" ((?:in|at|on) (?:the |an? )?[\w-]+)"
)


def dated(sentences: Sequence[str], question: str) -> tuple[list[str], str]:
    """The story with its hours, months or years as times that the networks know, where the question asks for one."""
    sentences = [_SPENT.sub(r"was \2 in the \1", text) for text in sentences] if _SAID.search(question) else sentences
    asked = _SAID.search(question)
    if asked is None:
        return list(sentences), question
    sort = _rank(asked)[0]
    ranks = {_rank(match) for text in (*sentences, question) for match in _SAID.finditer(text)}
    ranks = {one for one in ranks if one[0] == sort}
    if len(ranks) < 2 or len(ranks) > len(KNOWN_TIMES):
        return list(sentences), question
    known = dict(zip(sorted(ranks), KNOWN_TIMES[-max(4, len(ranks)) :], strict=False))

    def told(match: re.Match[str]) -> str:
        return known.get(_rank(match), match[0])

    return [_SAID.sub(told, text) for text in sentences], _SAID.sub(told, question)


def _rank(match: re.Match[str]) -> tuple[str, float]:
    """What sort of time it is, and which is the later one."""
    if match["year"]:
        return "year", float(match["year"])
    if match["season"]:
        return "season", float(_SEASONS.index(match["season"].lower()))
    if match["month"]:
        return "month", float(_MONTHS.index(match["month"].lower()))
    if match["day"]:
        return "day", float(_DAY[match["day"].lower()])
    word = match["hour"].lower()
    numbers = (*COUNTS, "eleven", "twelve")
    hour = float(word) if word.isdecimal() else float(numbers.index(word))
    later = (match["half"] or "").lower() == "p" or (match["part"] or "").lower() in ("afternoon", "evening")
    return "day", hour % 12 + 12 * later + float(match["minute"] or 0) / 60 if later or match["half"] else hour


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
        self.missing = bool(asked) and bool(found) and asked not in found  # the story names others only
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
