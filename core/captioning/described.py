"""A caption beside a description of the same picture that a person wrote: which named things stand in both.

It compares words, not what is true: "man" and "climber" may be one person, and a description leaves things out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.captioning.comparison import split_words
from core.captioning.naming import singular


@dataclass(frozen=True)
class Described:
    """Places in a caption of the words that name something.

    Attributes:
        both: those whose thing the description names, too.
        alone: the others.
    """

    both: tuple[int, ...]
    alone: tuple[int, ...]


def compare(words: Sequence[str], description: str, names: Collection[str]) -> Described:
    """Which of the caption's naming words the description has, one or several of it.

    Args:
        names: words that name something, see :func:`core.captioning.naming.naming_nouns`.
    """
    there = {singular(word) for word in split_words(description)}
    places = [n for n, word in enumerate(words) if word in names]
    both = tuple(n for n in places if singular(words[n]) in there)
    return Described(both, tuple(n for n in places if n not in both))
