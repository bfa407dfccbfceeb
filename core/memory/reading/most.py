"""Who is the tallest, which box is heavier: told by what is compared with what."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.asked import CHOICE, COMPARISON, Asked
from core.memory.reading.names import Name, Word
from core.memory.reading.words import COMPARED, IS
from core.memory.reading.words import MOST as WORDS

MOST, LEAST = "most", "least"
_MOST = {most: COMPARED[word] for most, word in WORDS.items()}


def most(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    """ "Who is the tallest?", "Which box is heavier?": of all that are compared, or of all boxes."""
    if low[0] not in ("who", "what", "which"):
        return None
    at = next((n for n, word in enumerate(low) if word in IS), 0)
    said = next((word for word in low[at + 1 :] if word in _MOST or word in COMPARED), "")
    if not at or not said or {"than", "or"} & {*low} or not low[at + 1 :] or low[-1] not in (said, "all", "one"):
        return None
    of = " ".join(low[1:at]) if low[0] != "who" and at > 1 else ""
    about = (_MOST | COMPARED)[said]
    slot = LEAST if about.startswith("-") else MOST
    return Asked("Is {0} bigger than {1}?", (), COMPARISON, about.lstrip("-"), make=CHOICE, slot=slot, counted=of)


def rivals(asked: Asked, compared: Sequence[tuple[Name, Name]]) -> tuple[Name, Name] | None:
    """The two of which the networks are asked who is bigger: whom nobody exceeds, and another such or the last one.

    ``compared``: the bigger and the smaller one of each comparison that the story tells.
    """
    pairs = [(small, big) for big, small in compared] if asked.slot == LEAST else list(compared)
    names = {name.key: name for pair in pairs for name in pair}
    of = asked.counted
    among = [name for name in names.values() if not of or name.words[-1].casefold() == of]
    among = among or list(names.values())
    exceeded = {worse.key for _, worse in pairs}
    top = [name for name in among if name.key not in exceeded]
    if not top or len(among) < 2:
        return None
    other = top[1] if len(top) > 1 else next(name for name in reversed(among) if name.key != top[0].key)
    return top[0], other
