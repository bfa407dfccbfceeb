"""Which sentences and questions are in bAbI's own wordings, and pass through as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from core.data.stories.words import BABI, EMPTY, PRONOUNS, STRUCTURE, THEY
from core.memory.reading.verbs import VERBS
from core.memory.reading.words import (
    ADVERBS,
    AUXILIARY,
    HOME,
    IN,
    KNOWN_TIMES,
    NO_PLACES,
    NOT,
    PREPOSITIONS,
    TO,
    adverb,
)
from core.memory.story import tokens

_ARTICLES = frozenset(("a", "an", "the"))


def ambiguous(sentences: Sequence[str], question: str) -> bool:
    """A place is spoken of, or left as things are, two have one name, or "before" is asked of "she"."""
    if " before " in question and any(map(_PRONOUN.search, sentences)) or any(map(_ABOUT.search, sentences)):
        return True
    bare: set[str] = set()
    lowered: set[str] = set()
    places: set[str] = set()
    for text in (*sentences, question):
        if (left := _LEFT.search(text)) and left[1] in places:
            return True
        places.update(_PLACED.findall(text))
        its, other = _cases(text)
        bare |= its
        lowered |= other
    return not bare.isdisjoint(lowered)


@lru_cache(maxsize=20_000)
def _cases(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words with a capital and no article, in lower case, and those in lower case with one."""
    words = re.findall(r"\w+", text)
    bare = {
        word.lower()
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False)
        if word[0].isupper() and before.lower() not in _ARTICLES and after not in ("are", "fear")  # "Sheep are afraid"
    }
    return frozenset(bare), frozenset(w for before, w in pairwise(words) if before.lower() in _ARTICLES and w.islower())


@lru_cache(maxsize=20_000)
def is_babi(text: str, question: bool = False) -> bool:
    """Whether a sentence or a question is in one of bAbI's own wordings, with names that hold no other word."""
    parts: list[str] = []
    run = 0
    if "," in text or "'s" in text or "’s" in text or _DIGIT.search(text):
        return False
    for word in tokens(text):
        if word in _ARTICLES:
            continue
        if adverb(word) and word not in _CLOSED:
            return False
        if word == "of" and run:
            continue  # the box of chocolates
        if word in _CLOSED:
            parts.append(word)
            run = 0
        elif run:
            run += 1
            if run > 3:
                return False
        else:
            parts.append("NAME")
            run = 1
    return tuple(parts) in _babi(question)


_CLOSED = frozenset(
    STRUCTURE | PREPOSITIONS | ADVERBS | AUXILIARY | NO_PLACES | HOME | IN | TO | {"and", "everybody", "somebody"}
)

_CLOSED |= NOT | {"full", "too", "enough", "his", "her", "their", "its", "my", "your", "our", "between"}
_CLOSED |= {"anyone", "anybody", "everything", "anything", "something", "somewhere", "someone", "right", "just"}
_CLOSED |= {word for word, form in VERBS.items() if form.tense != "base"}

_DIGIT = re.compile(r"\d")

_PRONOUN = re.compile(r"\b(?:he|she|they)\b")
_ABOUT = re.compile(r"\b(?:talked|thought|dreamed|liked|looked|asked|told)\b")
_LEFT = re.compile(r"\bleft (?:the )?(\w+)\W*$")

_PLACED = re.compile(r"\b(?:to|in|at) (?:the )?(\w+)")


@lru_cache(maxsize=2)
def _babi(questions: bool) -> frozenset[tuple[str, ...]]:
    templates: set[tuple[str, ...]] = set()
    fillings = {
        "time": KNOWN_TIMES[-4:],
        "pronoun": (*PRONOUNS.values(), THEY),
        "next": ("Then", "After that", "Afterwards", "Following that"),
    }
    ways = ("north", "south", "east", "west", "above", "below", "to the left of", "to the right of")
    states = ("bored", "hungry", "thirsty", "tired", "NAME")
    for wording in (*(one for wordings in BABI.values() for one in wordings), *EMPTY):
        if wording.endswith("?") != questions:
            continue
        texts = [wording]
        for slot, values in (*fillings.items(), ("way", ways), ("state", states), ("one", ("a",))):
            texts = (
                [text.replace(f"{{{slot}}}", value) for text in texts for value in values]
                if f"{{{slot}}}" in wording
                else texts
            )
        for text in texts:
            plain = re.sub(r"\{\w+\}", "NAME", text)
            templates.add(
                tuple(w if w == "NAME" else w.lower() for w in re.findall(r"\w+", plain) if w.lower() not in _ARTICLES)
            )
    return frozenset(templates)
