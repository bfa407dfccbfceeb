"""Which words are names: a story's sentences become templates with numbered names.

"Anna Maria picked up the blicket." becomes the template ``NAME picked up the NAME`` with the names 0 and 1. The
network reads only templates and numbers, so what the names are called cannot change anything that it does: every
word outside a closed list of known words (verbs, prepositions, ...) is part of a name, seen before or not.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from core.data.plurals import singular
from core.memory.story import tokens
from core.memory.tense import as_told

NAME, UNKNOWN = "<name>", "<unknown>"
MOST_TOKENS, MOST_MENTIONS = 24, 6  # of a sentence; what goes beyond is cut

WRITTEN = re.compile(r"\S+")


@dataclass(frozen=True)
class Sentence:
    """A sentence as the network reads it.

    Attributes:
        template: known words, NAME for each name, UNKNOWN for a word that is neither.
        names: the number of each name in the template, in the order of the template.
    """

    template: tuple[str, ...]
    names: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """A story with one question, its names numbered by first mention.

    Attributes:
        names: how each name was first written.
        unknown: words taken neither for known words nor for names, as written.
        cut: indices of sentences too long to be read whole (-1: the question).
    """

    sentences: tuple[Sentence, ...]
    question: Sentence
    names: tuple[str, ...]
    unknown: tuple[str, ...]
    cut: tuple[int, ...]


@dataclass(frozen=True)
class Run:
    """Words in a row that are no known words; ``plural`` in "mice are afraid of wolves"."""

    words: tuple[str, ...]
    plural: bool

    @cached_property
    def key(self) -> tuple[str, ...]:
        """What makes two mentions the same name."""
        words = tuple(word.casefold() for word in self.words)
        return (*words[:-1], singular(words[-1])) if self.plural else words

    @property
    def whole(self) -> bool:
        """It can be one name only, whatever else the story says."""
        return len(self.words) == 1 or self.plural or "of" in self.words


class Parsed(NamedTuple):
    """A sentence by itself.

    Attributes:
        parts: known words, and the runs of others between them.
        runs: these alone.
        template: as of :class:`Sentence`, where the other sentences cannot change it; else None.
    """

    parts: tuple[str | Run, ...]
    runs: tuple[Run, ...]
    template: tuple[str, ...] | None


def read_story(known: frozenset[str], sentences: Sequence[str], question: str) -> Reading:
    """Number the names of a story and its question."""
    parsed = [*(_parse(known, text) for text in sentences), _parse(known, question, asked=True)]
    alone = {run.key for sentence in parsed for run in sentence.runs}
    numbers: dict[tuple[str, ...], int] = {}
    shown: list[str] = []
    unknown: list[str] = []
    read, cut = [], []

    def number(run: Run) -> int:
        if run.key not in numbers:
            numbers[run.key] = len(numbers)
            shown.append(" ".join(run.key if run.plural else run.words))
        return numbers[run.key]

    for i, (parts, runs, fixed) in enumerate(parsed):
        if fixed is not None:
            read.append(Sentence(fixed, tuple([number(run) for run in runs])))
            continue
        template: list[str] = []
        names: list[int] = []
        for part in parts:
            if isinstance(part, str):
                template.append(part)
                continue
            for words, is_name in _split(part, alone):
                if not is_name:
                    unknown += [word for word in words if word not in unknown]
                    template += [UNKNOWN] * len(words)
                    continue
                template.append(NAME)
                names.append(number(Run(words, part.plural)))
        if len(template) > MOST_TOKENS or len(names) > MOST_MENTIONS:
            cut.append(i if i < len(sentences) else -1)
            names = names[: min(template[:MOST_TOKENS].count(NAME), MOST_MENTIONS)]
            template = _first(template[:MOST_TOKENS], MOST_MENTIONS)
        read.append(Sentence(tuple(template), tuple(names)))
    return Reading(tuple(read[:-1]), read[-1], tuple(shown), tuple(unknown), tuple(cut))


def question_parts(known: frozenset[str], question: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """A question by itself: its known words with NAME for each name, and the words of the names; without others."""
    parts: list[str] = []
    names: list[tuple[str, ...]] = []
    for part in _parse(known, question, asked=True).parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        for words, is_name in _split(part, ()):
            if is_name:
                parts.append(NAME)
                names.append(words)
    return parts, names


@lru_cache(maxsize=20_000)
def _parse(known: frozenset[str], text: str, asked: bool = False) -> Parsed:
    """Take a sentence apart; the known words are in lower case."""
    parts: list[str | Run] = []
    run: list[str] = []
    words = _with_capitals(text)
    for word, written in words if asked else as_told(words):
        if word in known:
            parts += [Run(tuple(run), False)] if run else []
            run = []
            parts.append(word)
        else:
            run.append(written)
    parts += [Run(tuple(run), False)] if run else []
    parts = _join_of(parts)
    # Mice are afraid of wolves; they fear them.
    generic = len(parts) > 1 and isinstance(parts[0], Run) and parts[1] in ("are", "fear")
    parts = [Run(p.words, True) if generic and isinstance(p, Run) else p for p in parts]
    runs = tuple(part for part in parts if isinstance(part, Run))
    fits = len(parts) <= MOST_TOKENS and len(runs) <= MOST_MENTIONS and all(run.whole for run in runs)
    template = tuple(NAME if isinstance(part, Run) else part for part in parts) if fits else None
    return Parsed(tuple(parts), runs, template)


def _with_capitals(text: str) -> list[tuple[str, str]]:
    """The words of a sentence, and each as it was written where that is found again."""
    written = [word.strip("\"'.,:;!?()[]{}") for word in WRITTEN.findall(text)]
    pairs, at = [], 0
    for word in tokens(text):
        for i in range(at, min(at + 3, len(written))):  # undone contractions lie between
            if written[i].casefold().startswith(word.casefold()):
                word, at = written[i][: len(word)], i + 1
                break
        pairs.append((word.lower(), word))
    return pairs


def _join_of(parts: list[str | Run]) -> list[str | Run]:
    """ "box of chocolates" is one name: no article follows its "of"."""
    joined: list[str | Run] = []
    for part in parts:
        if isinstance(part, Run) and len(joined) > 1 and joined[-1] == "of" and isinstance(owner := joined[-2], Run):
            joined[-2:] = [Run((*owner.words, "of", *part.words), False)]
        else:
            joined.append(part)
    return joined


def _split(run: Run, alone: Iterable[tuple[str, ...]]) -> list[tuple[tuple[str, ...], bool]]:
    """A run as (words, is a name): one name, several that also occur apart, or a name and unknown words."""
    words = run.words
    if run.whole:
        return [(words, True)]
    lower = tuple(word.casefold() for word in words)
    for first in range(len(words) - 1, 0, -1):  # "Fred milk" beside "Fred" and "milk"
        if lower[:first] in alone:
            rest = _split(Run(words[first:], False), alone)
            if all(tuple(w.casefold() for w in part) in alone for part, _ in rest):
                return [(words[:first], True), *rest]
    capitals = [word[:1].isupper() for word in words]
    if capitals[0] and not all(capitals):  # "Anna Maria teleported": a name, and a word that is none
        n = capitals.index(False)
        return [(words[:n], True), (words[n:], False)]
    for first in range(len(words) - 1, 0, -1):  # the same without capitals, where the name occurs apart
        if lower[:first] in alone:
            return [(words[:first], True), (words[first:], False)]
    return [(words, True)]


def _first(template: list[str], names: int) -> list[str]:
    """The template without the names beyond the first few."""
    kept, seen = [], 0
    for word in template:
        seen += word == NAME
        if word != NAME or seen <= names:
            kept.append(word)
    return kept
