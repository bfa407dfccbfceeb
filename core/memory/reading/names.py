"""Where in a sentence its names are, and how the networks are told of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from core.data.stories.words import STRUCTURE
from core.memory.reading.verbs import OTHERS, VERBS, form_of
from core.memory.reading.words import (
    ADVERBS,
    AUXILIARY,
    COMPARED,
    DETERMINERS,
    FEELINGS,
    HOME,
    IN,
    KEEPS_NAMES,
    NOT,
    PREPOSITIONS,
    PRONOUNS,
    SELF,
    TO,
    adverb,
)
from core.memory.story import tokens

Word = tuple[str, str]  # in lower case, as written
AND = frozenset(("and", "&", "or", "nor"))
_STOPS = PREPOSITIONS | ADVERBS | AND | AUXILIARY | NOT | PRONOUNS | {"all", "once", "more", "both", "each"}
# What is said of a name, behind it.
_QUALITIES = frozenset(COMPARED) | FEELINGS | {"afraid", "scared", "frightened", "terrified", "fit", "fits"}
HIDDEN = "xname"  # a name that would be read for something else is given to the networks under one of these
_USED = re.compile(r"\bused to (?:be|live|sit|stay|work|stand|lie|hang)\b")
_MORE = re.compile(r"\b(one|two|three|four|five|six|\d\d?) (?:more|other|further)\b")
_SEVERAL = re.compile(
    r"\b(?:next (?:door )?to|close to|in front of|on top of|in the (?:middle|centre|center|back) of"
    r"|at the (?:side|back|end|edge) of)\b"
)
_TWO = re.compile(r"\b(went|go|goes|going|ran|came|walked|drove|back|over) 2(?= (?:the|my|his|her|our|a|[a-z]+)\b)")
_TITLES = frozenset(["mr", "mrs", "ms", "dr", "prof", "st"])
_OWNS = re.compile("['’]s")
_OWNER = re.compile(r"\b([^\W\d_]{2,}[^\W\d_s])s (?=[^\W\d_]+(?:\W*$| (?:now|still|again)))")
_PLAIN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
PERSON, PLACE, THING = "person", "place", "thing"


@dataclass(frozen=True)
class Name:
    """A name as it was written.

    Attributes:
        words: as written, without its article.
        article: it had one, or "my", "her", "this".
        proper: it begins with a capital, and not because a sentence begins with it.
    """

    words: tuple[str, ...]
    article: bool = False
    proper: bool = False

    @cached_property
    def key(self) -> str:
        return " ".join(self.words).casefold().replace(".", "")

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass
class Names:
    """The names of a story: which are the same, and what stands for those that would be read for something else.

    Attributes:
        kinds: key -> person, place or thing, as the first sentence that says it says.
        places: keys of what somebody or something is in.
        hidden: what stands for a name -> the name.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)  # keys of what something is in
    hidden: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)  # key -> as it was first written
    both: set[str] = field(default_factory=set)  # keys that are a person's and a thing's
    whole: dict[str, str] = field(default_factory=dict)  # first or last word of a longer person's name -> that name
    _given: dict[tuple[str, bool], str] = field(default_factory=dict)

    def learn(self, name: Name, kind: str) -> None:
        self.kinds.setdefault(name.key, kind)
        if kind == PLACE:
            self.places.add(name.key)
        self.written.setdefault(name.key, name.text)

    def holds(self, key: str) -> bool:
        """Whether something was told to be in it."""
        return key in self.places

    def say(self, name: Name, whole: bool = False) -> str:
        """The name as the networks are told it, with the article that it has.

        ``whole``: it stands for all of a kind, whose plural the networks take apart.
        """
        key = self.whole.get(name.key, name.key)
        text = name.text if key == name.key else key.title()
        alike = name.key in self.both
        words = [word.casefold() for word in text.split()]
        plain = all(_PLAIN.fullmatch(word) for word in words) and tokens(text) == tuple(words)
        if alike or not plain or not STRUCTURE.isdisjoint(words) or (len(words) > 1 and not whole):
            mark = (key, alike and name.article)
            if mark not in self._given:
                self._given[mark] = HIDDEN + _letters(len(self._given))
                self.hidden[self._given[mark]] = text
            text = self._given[mark]
        else:
            text = self._given.setdefault((key, False), text)
        return f"the {text}" if name.article else text

    def shown(self, text: str) -> str:
        """A network's words with the names as they were written."""
        if HIDDEN not in text.lower():
            return text
        return re.sub(rf"{HIDDEN}[a-z]+", lambda m: self.hidden.get(m[0].lower(), m[0]), text, flags=re.IGNORECASE)


def _letters(number: int) -> str:
    return chr(97 + number // 26 % 26) + chr(97 + number % 26) if number >= 26 else chr(97 + number) + "q"


def words_of(text: str) -> list[Word]:
    """The words of a sentence in lower case and as written; a comma is read as "and"."""
    text = re.sub(r"\s*[,;]\s*", " and ", text.strip(" ,;"))
    text = _USED.sub("was", text)
    text = _TWO.sub(r"\1 to", text)
    text = _MORE.sub(r"\1", text)
    text = _SEVERAL.sub(
        lambda match: (
            "infront"
            if "front" in match[0]
            else "on"
            if "top" in match[0]
            else "in"
            if match[0].startswith("in the")
            else "near"
        ),
        text,
    )
    written = [word.strip("\"'“”‘’.:;!?()[]{}") for word in text.split()]
    pairs: list[Word] = []
    at = 0
    words = tokens(text)
    for n, word in enumerate(words):
        shown, contracted = word, ""
        for i in range(at, min(at + 3, len(written))):
            plain = unicodedata.normalize("NFKC", written[i])
            if plain.casefold().startswith(word.casefold()):
                shown, at = plain[: len(word)], i + 1
                if word in _TITLES and re.search(rf"\b{word}\.", text, re.IGNORECASE):
                    shown += "."
                at_the = words[n - 1 : n] == ("the",) or words[n - 1] in IN | TO if n else False
                if _OWNS.fullmatch(plain[len(word) :]) and n and n + 1 == len(words) and not at_the:
                    shown = f"{shown}'s"  # "The ball is Emma's"
                elif _OWNS.fullmatch(plain[len(word) :]) and n and words[n - 1] in _AT_WHOSE and _ends(words, n + 1):
                    pass  # "at his cousin's instead"
                elif _OWNS.fullmatch(plain[len(word) :]) and words[n + 1 : n + 2] not in ((), ("is",)):
                    owns = words[n + 1] not in VERBS or VERBS[words[n + 1]].tense == "base"
                    is_ = words[n + 1] in COMPARED or words[n + 1] in HOME or words[n + 1] in IN
                    owns = owns and not is_  # "Lea's older than", "Tom's upstairs"
                    shown = f"{shown}'s" if owns else shown  # "Mary's brother"
                    contracted = "" if owns else "is" if is_ or VERBS[words[n + 1]].tense == "ing" else "has"
                break
        if word == "and" and (not pairs or pairs[-1][0] == "and"):
            continue
        if word in ("got", "been", "had") and pairs and pairs[-1] == ("is", "is"):
            pairs[-1] = ("has", "has")  # "Who's got it?"
        pairs.append((word, shown))
        if contracted:  # "Kim's got the apple"
            pairs.append((contracted, contracted))
    return pairs


_AT_WHOSE = IN | TO | DETERMINERS


def _ends(words: Sequence[str], at: int) -> bool:
    """Whether no noun follows: at the end, before an adverb, "and", or a preposition."""
    return at >= len(words) or words[at] in (ADVERBS - KEEPS_NAMES) | AND | PREPOSITIONS


def owners(text: str, known: Iterable[str]) -> str:
    """ "amys phone" with its apostrophe, where the story has an amy: nobody types them in a hurry.

    Args:
        known: the story's words in lower case.
    """
    known = {*known}

    def owner(match: re.Match[str]) -> str:
        name = match[1].casefold()
        return f"{match[1]}'s " if name in known and f"{name}s" not in known else match[0]

    return _OWNER.sub(owner, text)


def lower(words: Iterable[Word]) -> list[str]:
    return [word for word, _ in words]


def noun(words: Sequence[Word], start: int, first: bool = False, asked: bool = False) -> tuple[Name | None, int]:
    """The name that begins at a word, and where it ends; None where none does.

    ``first``: the sentence begins here, so a capital says nothing; ``asked``: a verb comes after it ("does Mary *go*").
    """
    at = start
    article = False
    while at < len(words) and words[at][0] in DETERMINERS and at - start < 2 and not _letter(words, at):
        article, at = True, at + 1
        first = False
    if article and at < len(words) and words[at][0] == "own":
        at += 1
    begin = at
    if at >= len(words) or article and words[at][0] in PREPOSITIONS and words[at][1].islower():
        return None, start
    if article and words[at][0] in ADVERBS - KEEPS_NAMES and words[at + 1 : at + 2] == [] and words[at][1].islower():
        return None, start  # "gave it to her instead"
    if not article and words[at][0] in SELF:
        return Name((SELF[words[at][0]],), proper=True), at + 1
    if not article and (words[at][0] in _STOPS - KEEPS_NAMES and not words[at][1][:1].isupper()):
        return None, start
    proper = words[at][1][:1].isupper() and not article
    at += 1
    while at < len(words):
        low, written = words[at]
        if words[at - 1][1].endswith("'s"):
            at, proper = at + 1, False  # "Bo's favourite colour"
            continue
        if low == "of" and at + 1 < len(words) and words[at + 1][0] not in _STOPS:
            extra, after = noun(words, at + 1)
            if extra and (not extra.article or article):
                at = after
                continue
            break
        if written[:1].isupper() and not written.isupper() and not words[at - 1][1][:1].isupper() and at > begin:
            break  # "without a word Mary"
        if written[:1].isupper() and (words[begin][1][:1].isupper() or article):
            at += 1
            continue
        if asked and form_of(low):
            break
        if (
            low in ("left", "right", "north", "south", "east", "west")
            and at + 1 < len(words)
            and words[at + 1][0] == "of"
        ):
            break
        if (
            low in _STOPS
            or adverb(low)
            or low in ("i", "you", "we", "me", "us")
            and written != "I"
            or low in DETERMINERS
            or low in HOME - {"home"}
            or low in _QUALITIES
            or (proper and not first and not low.isdigit() and not low[:1].isdigit())
        ):
            break
        if low in VERBS and VERBS[low].tense != "base" and (at > begin):
            break
        if article and at > begin and low.endswith("ing") and at + 1 < len(words) and _does(low):
            break  # "in the kitchen making soup"
        at += 1
    found = tuple(written for _, written in words[begin:at])
    owned = len(found) > 1 and any(word.endswith("'s") for word in found[:-1])  # "Anna's cup" is told as "the cup" is
    return Name(found, article or owned, proper and not first), at


def _does(word: str) -> bool:
    """Whether a word is what somebody does meanwhile, and no kind of room or thing: "making", and not "living"."""
    return (form := OTHERS.get(word)) is not None and form.tense == "ing" and word not in _ROOMS


_ROOMS = frozenset(
    ["living", "washing", "cleaning", "fishing", "painting", "building", "drawing", "writing", "reading", "cooking",
     "baking", "printing", "cutting", "sewing", "training", "racing", "playing", "talking", "burning", "rolling",
     "sliding", "knitting", "drinking", "closing", "opening", "starting", "shooting", "filling", "wrapping"]
)  # fmt: skip


def _letter(words: Sequence[Word], at: int) -> bool:
    """ "A is north of B": a name, and no article."""
    return words[at][1] == "A" and (at + 1 == len(words) or words[at + 1][0] in AUXILIARY or words[at + 1][0] in VERBS)


def nouns(words: Sequence[Word], start: int, first: bool = False) -> tuple[list[Name], int]:
    """Names in a row with "and" between them."""
    found: list[Name] = []
    at = end = start
    while True:
        name, after = noun(words, at, first and not found)
        if name is None:
            return found, end
        proper = words[after][1] if after < len(words) else ""
        if name.article and proper[:1].isupper() and not proper.isupper() and words[after][0] not in _STOPS:
            name, after = noun(words, after)  # "her friend Bob"
            if name is None:
                return found, end
        found.append(name)
        end = at = after
        while at < len(words) and (
            words[at][0] in ("and", "&", "nor") or at > end and words[at][0] in ("then", "also")
        ):
            at += 1
        if at == end:
            return found, end
