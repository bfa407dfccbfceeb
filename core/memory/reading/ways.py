"""Ways told as one would tell a stranger: "Go north from the gate to the tower" says what is north of the gate."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.names import Name, Word, lower, noun
from core.memory.reading.verbs import VERBS
from core.memory.reading.words import IS, TO, WAYS

_FORMS = frozenset([*VERBS, *WAYS, "you"])
_REACHED = TO | {"reach", "find", "at", "towards", "enter"}


def way(words: Sequence[Word]) -> list[Word] | None:
    """The way as "the tower is north of the gate"; None where none is told like that."""
    low = lower(words)
    ways = [at for at, word in enumerate(low) if word in WAYS]
    if len(ways) != 1 or low[ways[0] + 1 : ways[0] + 2] == ["of"] or "from" not in low:
        return None
    at = ways[0]
    begin = low.index("from") + 1
    start, _ = noun(words[: next((n for n in range(begin, len(low)) if low[n] in _FORMS), len(low))], begin)
    if start is None:
        return None
    if at and (low[at - 1] in IS or low[at - 1] in ("lies", "just", "directly")):
        end, _ = noun(words, 0, first=True)
    else:
        found = [noun(words, n + 1)[0] for n, word in enumerate(low) if word in _REACHED and n + 1 < begin - 1 or
                 word in _REACHED and n > begin]  # fmt: skip
        end = next((one for one in reversed(found) if one and one.key != start.key and one.key not in WAYS), None)
    if end is None:
        return None
    return [*_words(end), ("is", "is"), (low[at], low[at]), ("of", "of"), *_words(start)]


def _words(name: Name) -> list[Word]:
    return [("the", "the")] * name.article + [(word.lower(), word) for word in name.words]
