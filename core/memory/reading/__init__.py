"""Stories as people type them -> the statements that the networks know, and how each sentence was read.

What bAbI tells passes through as it is. Of everything else a sentence becomes none, one or several statements in
bAbI's wordings: who went where, who took, put down or gave what, how things lie. Names that would be read for
something else ("Left Street", "the right shoe", Rose who took the rose) are given to the networks under another one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from core.data.stories.words import BABI, EMPTY, PRONOUNS, STRUCTURE, THEY
from core.memory.reading.deeds import deed
from core.memory.reading.names import Name, Names, Word, lower, words_of
from core.memory.reading.questions import COMPARISON, DEED, RELATION, TIME, Asked, read_question
from core.memory.reading.scene import Scene
from core.memory.reading.statements import Teller
from core.memory.reading.typos import offered
from core.memory.reading.words import (
    ADVERBS,
    AUXILIARY,
    HOME,
    IN,
    IS,
    KNOWN_TIMES,
    NO_PLACES,
    ORDERED_TIMES,
    OTHERS,
    PREPOSITIONS,
    TO,
    VERBS,
)
from core.memory.story import tokens

MOST_CACHED = 64
_ARTICLES = frozenset(("a", "an", "the"))
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "st",
        "prof",
        "sir",
        "lady",
        "old",
        "young",
        "little",
        "big",
        "uncle",
        "aunt",
        "king",
        "queen",
        "agent",
        "robot",
        "room",
    ]
)


@dataclass(frozen=True)
class ReadSentence:
    """How a sentence was read.

    Attributes:
        statements: what the networks are told of it, its names as they were written.
        aside: its words that were left aside.
        understood: whether it was read; else the networks are given it as it is.
        names: the names in it, each a person, a place, a thing or nothing of these.
    """

    statements: tuple[str, ...]
    aside: tuple[str, ...] = ()
    understood: bool = True
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ReadStory:
    """A story and its question as the networks are given them.

    Attributes:
        statements: in the networks' wordings.
        rows: for each sentence, which statements it became.
        question: in the networks' wording.
        sentences: how each was read.
        asked: how the question was read; None where it was not, or needed no reading.
        outside: the question is of no kind that is read.
        names: of the story.
        offer: the question without what looks like typing errors; empty where there are none.
    """

    statements: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    question: str
    sentences: tuple[ReadSentence, ...]
    asked: Asked | None = None
    outside: bool = False
    names: Names = field(default_factory=Names, compare=False)
    offer: str = ""

    @property
    def answers_as_asked(self) -> bool:
        """The networks' answer is the answer; nothing is made of it first."""
        return not (self.asked and self.asked.make)

    def hidden(self, answer: str) -> str:
        """An answer in the names that the networks are given."""
        given = {text.casefold(): mark for mark, text in self.names.hidden.items()}
        return ",".join(given.get(part.casefold(), part) for part in answer.split(","))


def read(sentences: Sequence[str], question: str, names: bool = False) -> ReadStory:
    """Read a story with a question.

    ``names``: name the names of bAbI's own sentences, too, which are then read like all others.
    """
    return _read(tuple(sentences), question, names)


@lru_cache(maxsize=MOST_CACHED)
def _read(sentences: tuple[str, ...], question: str, names: bool) -> ReadStory:
    if (
        not names
        and is_babi(question, True)
        and all(map(is_babi, sentences))
        and not _ambiguous((*sentences, question))
    ):
        rows = tuple((n,) for n in range(len(sentences)))
        return ReadStory(sentences, rows, question, tuple(ReadSentence((text,)) for text in sentences))
    words = [words_of(text) for text in sentences]
    asked = read_question(words_of(question))
    outside = asked is None and not is_babi(question, True)
    offer = ""
    if outside and (offer := offered(question, frozenset(word for its in words for word in lower(its)), question=True)):
        asked = read_question(words_of(offer))  # the guess is about that; nobody says that it is meant
    scene = Scene()
    scene.names.both, scene.names.whole = _alike([*words, words_of(question)])
    about = asked.about if asked else ""
    times = _Times(words, bool(asked and (about == TIME or "before" in asked.text)))
    teller = Teller(
        scene, about == RELATION, asked.detail if asked and about == COMPARISON else "",
        [name for name in asked.names[:1] if name.words[0].lower() not in PRONOUNS.values()] if asked else [], times,
    )  # fmt: skip
    if asked and "How many" in asked.text:
        teller.counted = 1
    statements: list[str] = []
    rows: list[tuple[int, ...]] = []
    read_: list[ReadSentence] = []
    for text, its in zip(sentences, words, strict=True):
        before = len(statements)
        aside: list[str] = []
        understood = True
        for part in _parts(its, scene):
            told = teller.read(part)
            extra = deed(part, asked, scene.names, scene.subjects) if asked and about == DEED else []
            if told is None and not extra:
                understood = False
                statements.append(text if len(part) == len(its) else " ".join(word for _, word in part))
                continue
            statements += [_capital(one) for one in [*extra, *(told.statements if told else ())]]
            aside += told.aside if told and not extra else []
        rows.append(tuple(range(before, len(statements))))
        shown = tuple(scene.names.shown(one) for one in statements[before:])
        read_.append(ReadSentence(shown, tuple(aside), understood or bool(aside), _named(shown, scene)))
    if not statements:
        statements = ["Nobody said anything."]
    asks = question
    if asked:
        asks = _ask(asked, scene, times)
    return ReadStory(tuple(statements), tuple(rows), asks, tuple(read_), asked, outside, scene.names, offer)


def _ask(asked: Asked, scene: Scene, times: _Times) -> str:
    said = []
    for name in asked.names:
        low = name.words[0].lower()
        meant = scene.who(low) if len(name.words) == 1 and (low in PRONOUNS.values() or low in ("it", THEY)) else [name]
        said.append(scene.names.say(_known((meant or [name])[-1], scene)))
    text = asked.text
    if asked.time:
        text = text.replace(asked.time, times.known(asked.time) or asked.time)
    if asked.about == DEED:
        verb = scene.names.say(Name((asked.detail,)))
        said = [verb, *(said or [scene.names.say(Name(("something",)))])] if asked.slot == "who" else [said[0], verb]
    return _capital(text.format(*said))


def _known(name: Name, scene: Scene) -> Name:
    """The name, or the only one of the story that ends with it: "my sister" of "my little sister"."""
    if name.key in scene.names.kinds or name.key in scene.names.whole:
        return name
    longer = [key for key in scene.names.kinds if key.endswith(f" {name.key}")]
    return replace(name, words=tuple(longer[0].split())) if len(longer) == 1 else name


class _Times:
    """How the times of a story are told: as the six that the networks know, in their order."""

    def __init__(self, words: Sequence[Sequence[Word]], kept: bool) -> None:
        self.kept = kept
        self._last: dict[str, int] = {}
        found: set[str] = set()
        if kept:
            for its in words:
                text = f" {' '.join(lower(its))} "
                found |= {phrase for phrase in ORDERED_TIMES if f" {phrase} " in text}
        found -= {one for one in found if any(one != other and one in other for other in found)}
        ordered = sorted(found, key=ORDERED_TIMES.index)
        same = set(ordered) <= set(KNOWN_TIMES)
        spare = KNOWN_TIMES[max(0, len(KNOWN_TIMES) - max(4, len(ordered))) :]
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


def _parts(words: list[Word], scene: Scene) -> list[list[Word]]:
    """The clauses of a run-on line: "mary is in the kitchen john is in the hall"."""
    low = lower(words)
    if {"that", "who", "which", "whose", "if", "when", "while", "because", "before", "after"} & {*low}:
        return [words]
    verbs = [i for i in range(1, len(low)) if _finite(low, i)]
    joints = [
        at for at in range(2, len(low) - 1) if low[at] in ("and", "but", "then") and _new_clause(words, at, verbs)
    ]
    if joints:
        ends = [*joints[1:], len(words)]
        some = [words[: joints[0]], *(words[a + 1 : b] for a, b in zip(joints, ends, strict=True))]
        return [part for one in some for part in _parts(one, scene)]
    parts, start = [], 0
    for before, at in zip(verbs, verbs[1:], strict=False):
        begin = at - 1
        if low[begin] in _STOPS or at - before < 3:
            continue
        if low[begin - 1] in _ARTICLES or low[begin - 1] in ("my", "his", "her"):
            begin -= 1
        if begin - before < 2 or low[begin - 1] in PREPOSITIONS or low[begin - 1] in ("and", "or"):
            continue
        if begin <= start:
            continue
        parts.append(words[start:begin])
        start = begin
    return [*parts, words[start:]]


_STOPS = frozenset(
    PREPOSITIONS | ADVERBS | AUXILIARY | {"and", "or", "not", "the", "a", "an", "there", "to", "no", "either"}
)


def _new_clause(words: Sequence[Word], at: int, verbs: Sequence[int]) -> bool:
    """Whether an "and" joins two clauses, each with its verb, and no names."""
    low = lower(words)
    # "Otto laughed and gave": a verb that nobody knows stands behind a name.
    strange = (
        words[at - 1][1].islower()
        and words[0][1][:1].isupper()
        and low[0] not in _ARTICLES
        and low[at - 1].endswith("ed")
    )
    if (
        not any(verb < at for verb in verbs)
        and not strange
        and low[at - 1] not in ("up", "down", "away", "off", "it", "him", "her")
    ):
        return False
    after = at + 1
    while after < len(low) - 1 and low[after] in ADVERBS | {"then", "and"}:
        after += 1
    form = VERBS.get(low[after]) or OTHERS.get(low[after])
    if form and form.tense in ("past", "part", "s") and low[after] not in ("left", "found"):
        return True
    if low[after] in ("he", "she", "it", "they", "i", "we", "you"):
        return True
    following = [verb for verb in verbs if verb > after]
    return bool(following) and following[0] - after <= 3 and not {*low[after : following[0]]} & (PREPOSITIONS | {"and"})


def _finite(low: Sequence[str], at: int) -> bool:
    word = low[at]
    if low[at - 1] in _ARTICLES or low[at - 1] in AUXILIARY or low[at - 1] == "not":
        return False
    form = VERBS.get(word) or OTHERS.get(word)
    return word in IS - {"be", "been", "being"} or form is not None and form.tense in ("past", "s", "part")


def _alike(sentences: Sequence[Sequence[Word]]) -> tuple[set[str], dict[str, str]]:
    """What is a person's and a thing's name, and whose first name stands for a longer one."""
    bare: set[str] = set()
    lowered: set[str] = set()
    longer: dict[str, set[str]] = {}
    for words in sentences:
        for at, (low, written) in enumerate(words):
            if written[:1].isupper() and low not in _STOPS and (at == 0 or words[at - 1][0] not in _ARTICLES):
                bare.add(low)
                following = words[at + 1] if at + 1 < len(words) else ("", "")
                first = at == 0 or not words[at - 1][1][:1].isupper() or words[at - 1][0] in _STOPS
                if at == 1 and words[0][0] in PREPOSITIONS:
                    continue  # "In Boston Mary found"
                if first and following[1][:1].isupper() and following[0] not in _STOPS and low not in _TITLES:
                    longer.setdefault(low, set()).add(f"{low} {following[0]}")
            elif written[:1].islower() and at and words[at - 1][0] in _ARTICLES:
                lowered.add(low)
    whole = {first: next(iter(names)) for first, names in longer.items() if len(names) == 1}
    return bare & lowered, whole


def _named(statements: Sequence[str], scene: Scene) -> tuple[tuple[str, str], ...]:
    """The names in a row's statements, each with its kind."""
    text = f" {' '.join(statement.rstrip('.') for statement in statements)} ".casefold()
    return tuple(
        (key, kind) for key, kind in scene.names.kinds.items() if f" {key} " in text or f" {key.casefold()}. " in text
    )


def _ambiguous(sentences: Sequence[str]) -> bool:
    """A place is left as things are, or a person and a thing have one name."""
    bare: set[str] = set()
    lowered: set[str] = set()
    places: set[str] = set()
    for text in sentences:
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
_CLOSED |= {word for word, form in VERBS.items() if form.tense != "base"}
_DIGIT = re.compile(r"\d")
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


__all__ = ["ReadSentence", "ReadStory", "is_babi", "read"]
