"""The reason that a sentence gives in so many words."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.names import Word, lower


def reason(sentences: Sequence[Sequence[Word]], row: int) -> str:
    """What is said behind "because", or before "so"; empty where nothing of that sort is."""
    words = sentences[row]
    low = lower(words)
    if (
        (low[:1] == ["so"] or low[:3] == ["that", "is", "why"]) and row and sentences[row - 1]
    ):  # "The door was shut. So she rang."
        return " ".join(written for _, written in _last_clause(sentences[row - 1]))
    for at in range(len(low)):
        if low[at] in ("because", "since") and at + 1 < len(low):
            end = len(low)
            if at == 0:
                end = next((n for n in range(2, len(low)) if low[n] == "and"), 0)  # where its comma was
            begin = at + 1 + (low[at + 1] == "of")
            return " ".join(written for _, written in words[begin:end])
        if low[at] == "so" and "that" in low[at + 2 : at + 4] and at > 1:
            return " ".join(written for _, written in words[: low.index("that", at)])
        if low[at] == "so" and at > 2 and low[at + 1 : at + 2] and low[at - 1] == "and":
            return " ".join(written for _, written in _last_clause(words[: at - 1]))
    return ""


def _last_clause(words: Sequence[Word]) -> Sequence[Word]:
    low = lower(words)
    at = max((n for n, word in enumerate(low) if word in ("but", "and", "when")), default=-1)
    return words[at + 1 :] if at >= 0 and len(words) - at > 3 else words
