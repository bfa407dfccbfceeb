"""A caption beside a description of the same picture that a person wrote: which words stand in both.

It compares words, not what is true: "man" and "climber" may be one person, and a description leaves things out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.captioning.comparison import split_words
from core.data.phrases import DETERMINERS
from core.data.plurals import singular

# Words that say little of a picture.
LITTLE = DETERMINERS | {
    "in", "on", "at", "of", "with", "and", "to", "by", "for", "from", "up", "down", "over", "under", "near", "behind",
    "before", "through", "out", "off", "is", "are", "be", "it", "them", "he", "she", "they", "while", "as", "one",
    "two",
}  # fmt: skip


@dataclass(frozen=True)
class Described:
    """Places in a caption.

    Attributes:
        both: of words that the description has, too, but for those that say little.
        alone: of words that name something that the description does not name.
    """

    both: tuple[int, ...]
    alone: tuple[int, ...]


def compare(words: Sequence[str], description: str, names: Collection[str]) -> Described:
    """Which of the caption's words the description has, one or several of what they name.

    Args:
        names: words that name something, see :func:`core.captioning.naming.naming_nouns`.
    """
    there = {singular(word) for word in split_words(description)}
    both = tuple(n for n, word in enumerate(words) if word not in LITTLE and singular(word) in there)
    return Described(both, tuple(n for n, word in enumerate(words) if word in names and n not in both))
