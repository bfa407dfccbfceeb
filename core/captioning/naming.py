"""Which words of a caption name something, and where it is known what place in the photo that has.

What people named, and where it is, say the phrases of Flickr30k Entities (:mod:`core.data.phrases`); a model's own
caption names the same thing where it uses the same noun, one or several of it. Which words mostly name something is
kept in a captioner's config, so that a page knows which word to show first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.data.phrases import DETERMINERS, Box, PhotoPhrases, Phrase
from core.data.plurals import singular
from core.trace import CaptionTrace

Words = Sequence[str]


@dataclass(frozen=True)
class NamedThing:
    """What a noun names in one photo: the boxes of all that people called so, and of what kind it mostly is."""

    boxes: tuple[Box, ...]
    kind: str


def nouns(caption: Words, phrases: Sequence[Phrase]) -> list[tuple[Phrase, str]]:
    """The phrases of a caption that end in a noun, each with that, one of it.

    A few phrases were cut off behind their article: they name nothing.
    """
    return [(phrase, singular(caption[phrase.noun])) for phrase in phrases if caption[phrase.noun] not in DETERMINERS]


def named_things(captions: Sequence[Words], phrases: PhotoPhrases) -> dict[str, NamedThing]:
    """Noun, one of it -> what people called so in the photo, over all of its captions."""
    found: dict[str, list[Phrase]] = {}
    for caption, own in zip(captions, phrases.captions, strict=True):
        for phrase, noun in nouns(caption, own):
            found.setdefault(noun, []).append(phrase)
    return {
        noun: NamedThing(
            boxes=tuple(box for entity in dict.fromkeys(one.entity for one in own) for box in phrases.boxes[entity]),
            kind=Counter(one.kind for one in own).most_common(1)[0][0],
        )
        for noun, own in found.items()
    }


def naming_words(caption: Words, things: Mapping[str, NamedThing]) -> list[tuple[int, str]]:
    """The positions of the words that name one of the things, each with its noun, one of it.

    Of several in a row only the last counts: "red" names somebody in "a man in red" and nobody in "a red shirt".
    """
    said = [singular(word) for word in caption]
    names = [noun in things for noun in said]
    return [(n, noun) for n, noun in enumerate(said) if names[n] and not any(names[n + 1 : n + 2])]


def naming_nouns(captioned: Iterable[tuple[Sequence[Words], PhotoPhrases]], least: int = 5) -> set[str]:
    """The words that mostly name something: at half of the places or more where they stand they end a phrase.

    Args:
        captioned: for every photo its captions, and their phrases.
        least: how often a word must name something.
    """
    said: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for captions, phrases in captioned:
        for caption, own in zip(captions, phrases.captions, strict=True):
            said.update(caption)
            named.update(caption[phrase.noun] for phrase, _ in nouns(caption, own))
    return {word for word, count in named.items() if count >= max(least, said[word] / 2)}


def first_word(traces: Sequence[CaptionTrace], names: Collection[str]) -> int:
    """The position of the word that is worth showing first, in captions that are shown side by side.

    It names something, where they can, in all of them, and the same thing; of several such words it is the one before
    which the models looked most narrowly together. 0 for a first caption without words.

    Args:
        names: words that name something, see :func:`naming_nouns`.
    """

    def worth(n: int) -> tuple[bool, int, float]:
        at = [trace.steps[n] for trace in traces if n < len(trace.steps)]
        named = [singular(step.word) for step in at if step.word in names]
        same = len(named) == len(traces) and len(set(named)) == 1
        return same, len(named), -round(sum(step.entropy for step in at) / len(at), 6)

    return max(range(len(traces[0].steps)), key=worth, default=0)
