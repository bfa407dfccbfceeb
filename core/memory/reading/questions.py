"""A typed question -> one in a wording that the networks know, and what is made of their answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.memory.reading.clause import particles
from core.memory.reading.names import Name, Word, lower, noun, nouns
from core.memory.reading.words import (
    ADVERBS,
    COMPARED,
    DOES,
    FEELINGS,
    IN,
    IS,
    ORDERED_TIMES,
    OTHERS,
    PRONOUNS,
    SIDES,
    TO,
    VERBS,
    WAYS,
)

# What a question is about, where that changes how the story is read.
RELATION, COMPARISON, PATH, TIME, DEED = "relation", "comparison", "path", "time", "deed"
CONTAINS, COUNT, CHOICE, SAME = "contains", "count", "choice", "same"

_POLITE = re.compile(
    r"(?:(?:and|so|then|please|now|but|well|okay|ok|hey|hi|hello) )*"
    r"(?:(?:can|could|would|will) you (?:please )?(?:tell me|say) |please tell me |tell me (?:please )?|do you know |i wonder |i want to know |guess )?"
)
_NOW = frozenset(
    [
        "now",
        "currently",
        "still",
        "again",
        "then",
        "right",
        "today",
        "exactly",
        "please",
        "actually",
        "also",
        "at",
        "the",
        "end",
        "finally",
    ]
)
_CARRYING = frozenset(
    [
        "carry",
        "hold",
        "have",
        "own",
        "get",
        "take",
        "pick",
        "possess",
        "keep",
        "buy",
        "grab",
        "find",
        "collect",
        "bring",
        "wear",
    ]
)
_MEASURES = {"old": "age", "tall": "height", "heavy": "weight", "long": "length", "big": "size", "high": "height", "much": "cost",
             "far": "distance", "deep": "depth", "wide": "width", "fast": "speed"}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question as it is read.

    Attributes:
        text: in the networks' wording; names are put in by :meth:`said`.
        names: of the wording's {0}, {1}, ...
        about: :data:`RELATION`, :data:`COMPARISON`, ... or nothing.
        detail: what of it: the dimension that is compared, the verb that is asked for.
        make: what is made of the answer: :data:`CONTAINS`, :data:`COUNT`, :data:`CHOICE`; nothing for the answer itself.
        of: the names that this takes.
        time: a time that the question names.
        slot: of a :data:`DEED`, which part is asked for: "who", "what" or "when".
    """

    text: str
    names: tuple[Name, ...] = ()
    about: str = ""
    detail: str = ""
    make: str = ""
    of: tuple[Name, ...] = ()
    time: str = ""
    slot: str = ""
    counted: str = ""


def read_question(words: Sequence[Word]) -> Asked | None:
    """The question; None where it is of no kind that is read here."""
    text = " ".join(lower(words)) + " "
    words = list(words)[_POLITE.match(text)[0].count(" ") :] if _POLITE.match(text) else list(words)  # type: ignore[index]
    words, time = _without_time(words)
    low = lower(words)
    while len(low) > 2 and low[-1] in _NOW | {"moment"} and low[-1] not in ("the", "in"):
        cut = 3 if low[-3:] == ["at", "the", "moment"] else 3 if low[-3:] == ["at", "the", "end"] else 1
        words, low = words[:-cut], low[:-cut]
    if not low:
        return None
    for read in (_where, _which_room, _who, _what, _how, _why, _yes_no, _choice, _deed):
        if found := read(words, low, time):
            return found
    return None


def _without_time(words: list[Word]) -> tuple[list[Word], str]:
    text = f" {' '.join(lower(words))} "
    for phrase in sorted(ORDERED_TIMES, key=len, reverse=True):
        begin = text.find(f" {phrase} ")
        if begin >= 0 and phrase != "today":
            start = text[:begin].count(" ")
            return words[:start] + words[start + phrase.count(" ") + 1 :], phrase
    return words, ""


def _skip(low: Sequence[str], at: int, words: frozenset[str] = _NOW) -> int:
    while at < len(low) and low[at] in words and low[at] not in ("the", "at", "end") and low[at + 1 : at + 2] != ["of"]:
        at += 1
    return at


def _subject(words: Sequence[Word], at: int, asked: bool = False) -> tuple[Name | None, int]:
    if at < len(words) and words[at][0] in PRONOUNS:
        return Name((words[at][1],)), at + 1
    if at < len(words) and words[at][0] in ("i", "you", "we"):
        return Name((words[at][1],), proper=True), at + 1
    return noun(words, at, asked=asked or at > 0 and words[at - 1][0] in DOES)


def _where(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] != "where" or len(low) < 3:
        return None
    if low[1] in ("will", "shall") or low[1] in ("is", "are") and "going" in low and "before" not in low:
        name, at = _subject(words, 2)
        return Asked("Where will {0} go?", (name,)) if name and {"go", "going"} & {*low[at:]} else None
    if low[1] == "would" or low[1] not in IS | DOES | {"can", "has", "have", "could", "might"}:
        name, at = noun(words, 1)  # "do you know where Mary is"
        return Asked("Where is {0}?", (name,)) if name and low[at:] and low[at] in IS else None
    at = _skip(low, 2)
    several, end = nouns(words, at)
    name, after = _subject(words, at)
    if name is None or len(several) > 1 and "before" not in low:
        return None
    rest = low[after:]
    if "before" in rest:
        return _before(words, after + rest.index("before") + 1, name)
    if low[1] in DOES and rest and rest[0] in VERBS:
        form = VERBS[rest[0]]
        if form.tells in ("get", "drop") and form.base not in ("have", "own"):
            thing, _ = _subject(words, particles(words, after + 1)[1])
            if thing is None or form.tells == "get":
                return None
            return Asked("Where is {0}?", (thing,))
        if form.base == "come":
            return None
    if time:
        return Asked("Where was {0} " + time + "?", (name,), TIME, time=time)
    return Asked("Where is {0}?", (name,))


def _before(words: Sequence[Word], at: int, name: Name) -> Asked | None:
    """ "before the kitchen", "before she went to the kitchen", "before it was in the kitchen"."""
    place: Name | None = None
    begin = at
    while at < len(words):
        found, end = noun(words, at)
        if (
            found
            and words[at][0] not in VERBS
            and words[at][0] not in PRONOUNS
            and (at == begin or words[at - 1][0] in TO | IN or at > begin)
        ):
            if not (end < len(words) and (words[end][0] in VERBS or words[end][0] in IS)):
                place = found
                break
        at = max(at + 1, end if found else at + 1)
    return Asked("Where was {0} before {1}?", (name, place), "before") if place else None


def _which_room(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    start = 1 if low[0] == "in" else 0
    if low[start] not in ("which", "what") or len(low) < start + 4:
        return None
    if low[start + 1] in ("place", "room", "city", "town", "building", "part", "country", "location", "house"):
        rest = low[start + 2 :]
        if rest[0] in IS and "before" in rest:
            name, _ = _subject(words, start + 3)
            return _before(words, low.index("before") + 1, name) if name else None
        if rest[0] in IS and rest[1] not in WAYS and (start or rest[-1] in IN):
            name, _ = _subject(words, start + 3)
            return Asked("Where is {0}?", (name,)) if name else None
        if rest[0] in DOES and {"go", "in", "at", "to"} & {*rest}:
            name, _ = _subject(words, start + 3)
            return Asked("Where is {0}?", (name,)) if name else None
        if rest[0] in IS or rest[0] == "lies":
            return _lies(words, low, start + 3)
    return None


def _lies(words: Sequence[Word], low: list[str], at: int) -> Asked | None:
    """ "north of the barn"."""
    at = at + 2 if low[at : at + 2] == ["to", "the"] else at
    if low[at : at + 1] and low[at] in WAYS and low[at + 1 : at + 2] == ["of"]:
        name, _ = _subject(words, at + 2)
        return Asked("What is " + low[at] + " of {0}?", (name,), "map") if name else None
    return None


def _who(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] == "whose" or low[0] not in ("who", "whom", "by", "to", "from") or len(low) < 3:
        return None
    if low[0] in ("by", "to", "from"):
        if low[1] not in ("whom", "who"):
            return None
        name, at = _subject(words, 3)
        if name is None:
            return None
        other, end = _subject(words, at + 1)
        if low[0] == "by" and low[2] in IS:
            to = _subject(words, at + 2)[0] if low[at + 1 : at + 2] == ["to"] else None
            return Asked("Who gave {0} to {1}?", (name, to)) if to else Asked("Who gave {0}?", (name,))
        if other is None:
            return Asked("Who received {0}?", (name,)) if low[0] == "to" else None
        if low[0] == "to":
            return Asked("Who did {0} give {1} to?", (name, other))
        return Asked("Who gave {0} to {1}?", (other, name))
    at = _skip(low, 1)
    at += low[at : at + 1] == ["else"]
    word = low[at] if at < len(low) else ""
    if word in IS and low[at + 1 : at + 2] and (low[at + 1] in IN or low[at + 1] in ("now",)):
        place, _ = _subject(words, at + 2)
        return Asked("Who is in {0}?", (place,), "people") if place else None
    if word in IS and low[at + 1 : at + 2] and low[at + 1] in VERBS and VERBS[low[at + 1]].tense in ("part", "past"):
        thing, end = _subject(words, at + 2)
        if thing and VERBS[low[at + 1]].tells == "give":
            if low[end : end + 1] == ["by"] and (giver := _subject(words, end + 1)[0]):
                return Asked("Who did {0} give {1} to?", (giver, thing))
            return Asked("Who received {0}?", (thing,))
        return None
    if word in IS and low[at + 1 : at + 2] and low[at + 1] in VERBS and VERBS[low[at + 1]].base in _CARRYING:
        thing, _ = _subject(words, at + 2)
        return Asked("Who has {0}?", (thing,)) if thing else None
    if word in ("has", "had", "have", "got", "holds", "carries", "owns"):
        begin = at + 1
        while begin < len(low) and (
            low[begin] in ("now", "still") or low[begin] in VERBS and low[begin] not in ("left",)
        ):
            begin += 1
        thing, _ = _subject(words, begin)
        return Asked("Who has {0}?", (thing,)) if thing else None
    if word in DOES:
        giver, end = _subject(words, at + 1)
        verb = low[end] if end < len(low) else ""
        if giver and verb in VERBS and VERBS[verb].tells == "give":
            thing, _ = _subject(words, particles(words, end + 1)[1])
            return Asked("Who did {0} give {1} to?", (giver, thing)) if thing else None
        if giver and verb in ("get", "receive", "take", "borrow", "buy") and low[-1] == "from":
            thing, _ = _subject(words, end + 1)
            return Asked("Who gave {0} to {1}?", (thing, giver)) if thing else None
        return None
    form = VERBS.get(word)
    if form and form.tells == "give":
        first, end = _subject(words, particles(words, at + 1)[1])
        if first is None:
            return None
        end = particles(words, end)[1]
        if low[end : end + 1] and low[end] in TO:
            to, _ = _subject(words, end + 1)
            return Asked("Who gave {0} to {1}?", (first, to)) if to else None
        second, _ = _subject(words, end)
        return Asked("Who gave {0} to {1}?", (second, first)) if second else Asked("Who gave {0}?", (first,))
    if word in ("received", "got", "accepted"):
        thing, end = _subject(words, at + 1)
        if thing and low[end : end + 1] == ["from"] and (giver := _subject(words, end + 1)[0]):
            return Asked("Who did {0} give {1} to?", (giver, thing))
        if word == "got":
            return Asked("Who has {0}?", (thing,)) if thing else None
        return Asked("Who received {0}?", (thing,)) if thing else None
    if form and form.tells == "go":
        begin = at + 2 if low[at + 1 : at + 2] and low[at + 1] in TO | IN else at + 1
        place, _ = _subject(words, begin)
        return Asked("Who is in {0}?", (place,), "people") if place else None
    if (
        form
        and form.tells in ("get",)
        and form.base in ("take", "pick", "grab", "get", "collect", "fetch", "hold", "carry")
    ):
        thing, _ = _subject(words, particles(words, at + 1)[1])
        return Asked("Who has {0}?", (thing,)) if thing else None
    return None


def _what(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] not in ("what", "which") or len(low) < 3:
        return None
    if "colour" in low[1:4] or "color" in low[1:4]:
        at = next(i for i, word in enumerate(low) if word in ("colour", "color")) + 1
        at += low[at : at + 1] and low[at] in IS | DOES | {"of"} or 0
        name, _ = _subject(words, at)
        return Asked("What color is {0}?", (name,)) if name else None
    if low[1] == "way" and (found := _path(words, low)):
        return found
    at = 1
    if low[0] == "which" or low[1] in ("things", "objects", "thing", "object", "item", "items"):
        at = next((i for i, word in enumerate(low) if word in IS | DOES or word in ("has", "have", "lies")), 0)
        if not at or at > 3:
            return None
    word = low[at]
    if word in IS and low[at + 1] == "given" and low[at + 2 : at + 3] == ["to"]:
        to, end = _subject(words, at + 3)
        giver = _subject(words, end + 1)[0] if low[end : end + 1] == ["by"] else None
        return Asked("What did {0} give to {1}?", (giver, to)) if to and giver else None
    if word in ("lies", "stands"):
        return _lies(words, low, at + 1)
    if word in IS:
        if found := _lies(words, low, at + 1):
            return found
        name, end = _subject(words, _skip(low, at + 1))
        if name is None:
            return None
        rest = low[end:]
        rest = rest[2:] if rest[:2] == ["to", "the"] else rest
        if rest and rest[0] in WAYS:
            return Asked("What is {0} " + rest[0] + " of?", (name,), "map")
        if rest[:1] and rest[0] in ("afraid", "scared", "frightened", "terrified"):
            return Asked("What is {0} afraid of?", (name,))
        if rest and rest[0] in VERBS and VERBS[rest[0]].tense == "ing" and VERBS[rest[0]].base in _CARRYING:
            return Asked("What is {0} carrying?", (name,), "holding")
        if low[:2] == ["what", "was"] and rest[:1] == ["given"] and rest[1:2] == ["to"]:
            return None
        if rest[:1] and low[at + 1 : at + 2] == ["given"]:
            return None
        if low[at + 1] == "the" and "way" in low:
            return _path(words, low)
        return None
    if word in ("has", "have") or word in DOES:
        name, end = _subject(words, at + 1)
        if name is None:
            return None
        rest = low[end:]
        verb = rest[0] if rest else "have"
        if verb in VERBS and VERBS[verb].tells == "give":
            begin = particles(words, end + 1)[1]
            begin += low[begin : begin + 1] == ["to"]
            to, _ = _subject(words, begin)
            return Asked("What did {0} give to {1}?", (name, to)) if to else None
        if verb in ("get", "receive", "borrow", "take", "buy") and "from" in rest:
            giver, _ = _subject(words, end + rest.index("from") + 1)
            return Asked("What did {1} give to {0}?", (name, giver)) if giver else None
        if verb == "fear":
            return Asked("What is {0} afraid of?", (name,))
        if (
            verb in VERBS
            and VERBS[verb].base in _CARRYING
            and len(rest) <= 3
            and word != "did"
            or word in ("has", "have")
            and not rest
        ):
            return Asked("What is {0} carrying?", (name,), "holding")
        if verb in ("take", "pick", "get", "grab", "have", "carry", "hold", "collect", "fetch", "receive"):
            return Asked("What is {0} carrying?", (name,), "holding")
        if verb == "lie" and rest[1:2] and (rest[1] in WAYS or rest[1] == "to"):
            return (
                Asked("What is {0} " + next(w for w in rest if w in WAYS) + " of?", (name,), "map")
                if {*rest} & {*WAYS}
                else None
            )
    return None


def _path(words: Sequence[Word], low: list[str]) -> Asked | None:
    if "from" in low and "to" in low[low.index("from") :]:
        at = low.index("from")
        one, end = _subject(words, at + 1)
        if one and low[end : end + 1] == ["to"]:
            other, _ = _subject(words, end + 1)
            return Asked("How do you go from {0} to {1}?", (one, other), PATH) if other else None
    if "to" in low and "from" in low[low.index("to") :]:
        at = low.index("to")
        other, end = _subject(words, at + 1)
        if other and low[end : end + 1] == ["from"]:
            one, _ = _subject(words, end + 1)
            return Asked("How do you go from {0} to {1}?", (one, other), PATH) if one else None
    return None


def _how(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] != "how" or len(low) < 3:
        return None
    if low[1] in ("do", "does", "can", "could", "would", "should", "to") and (found := _path(words, low)):
        return found
    if low[1] == "many":
        at = next((i for i, word in enumerate(low) if word in IS | DOES | {"has", "have"} or word in VERBS), 0)
        if not at:
            return None
        if low[2] in ("people", "persons", "men", "women", "children", "friends") and (
            low[at] in IS or VERBS.get(low[at], VERBS["drop"]).tells == "go"
        ):
            begin = at + 1
            while begin < len(low) and (low[begin] in IN | TO or low[begin] in ("there",)):
                begin += 1
            place, _ = _subject(words, begin)
            return Asked("Who is in {0}?", (place,), "people", make=COUNT) if place else None
        name, end = _subject(words, at + 1)
        verb = low[end] if end < len(low) else "have"
        if name and verb in VERBS and VERBS[verb].base in _CARRYING:
            counted = "" if low[2] in ("objects", "things", "items", "object") else low[2]
            return Asked("How many objects is {0} carrying?", (name,), "holding", counted=counted)
    return None


def _why(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] != "why" or len(low) < 4 or low[1] not in IS | DOES | {"has"}:
        return None
    name, at = _subject(words, 2)
    if name is None or at >= len(low):
        return None
    form = VERBS.get(low[at])
    if low[at] in IN or form and form.tells == "go":
        begin = at + 1
        begin += begin < len(low) and low[begin] in TO | IN
        place, _ = _subject(words, begin)
        return Asked("Why did {0} go to {1}?", (name, place)) if place else None
    if form and form.tells == "get":
        thing, _ = _subject(words, particles(words, at + 1)[1])
        return Asked("Why did {0} get {1}?", (name, thing)) if thing else None
    return None


def _yes_no(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    word = low[0]
    if word not in IS | DOES | {"has", "have", "can", "could", "might", "would", "will"} or len(low) < 3:
        return None
    at = _skip(low, 1)
    name, end = _subject(words, at)
    if name is None:
        return None
    end = _skip(low, end)
    while (
        end < len(low)
        and low[end] in ("be", "found", "located", "been", "there", "either")
        or end < len(low) - 1
        and low[end] in ADVERBS
        and low[end] not in ("back",)
    ):
        end += 1
    rest = low[end:]
    if not rest:
        return None
    form = VERBS.get(rest[0])
    if rest[0] in ("lie", "placed", "located"):
        end, rest = end + 1, rest[1:]
    if rest[:2] == ["to", "the"] and rest[2:3] and rest[2] in ("left", "right"):
        end, rest = end + 2, rest[2:]
    if rest[:2] == ["on", "the"] and rest[2:3] and rest[2] in ("left", "right"):
        end, rest = end + 2, rest[2:]
    if rest and rest[0] in SIDES and (rest[0] not in ("left", "right") or rest[1:2] == ["of"]):
        other, _ = _subject(words, end + (2 if rest[1:2] == ["of"] else 1))
        return Asked("Is {0} " + SIDES[rest[0]] + " {1}?", (name, other), RELATION) if other else None
    if rest[0] in COMPARED and rest[1:2] == ["than"]:
        other, _ = _subject(words, end + 2)
        if other is None:
            return None
        about = COMPARED[rest[0]]
        pair = (other, name) if about.startswith("-") else (name, other)
        return Asked("Is {0} bigger than {1}?", pair, COMPARISON, about.lstrip("-"))
    if (
        rest[0] in ("fit", "fits", "go")
        and rest[1:2]
        and rest[1] in ("in", "into", "inside")
        and word in ("does", "do", "would", "will", "can", "could")
        and rest[0] != "go"
    ):
        other, _ = _subject(words, end + 2)
        return Asked("Is {0} bigger than {1}?", (other, name), COMPARISON, "size") if other else None
    if rest[0] in FEELINGS and len(rest) == 1:
        return Asked("Is {0} " + rest[0] + "?", (name,))
    if word in IS and rest[0] in IN | {"home"} or word in ("can", "could", "might") and rest[0] in IN:
        place, _ = (Name(("home",)), 0) if rest[0] == "home" else _subject(words, end + 1)
        return Asked("Is {0} in {1}?", (name, place), TIME if time else "", time=time) if place else None
    if form and form.tells in ("go", "stay") and rest[1:2] and word not in ("will",):
        begin = end + 1
        while begin < len(low) and (low[begin] in TO | IN or low[begin] == "back"):
            begin += 1
        place, _ = _subject(words, begin)
        return Asked("Is {0} in {1}?", (name, place)) if place else None
    holding = form and form.base in _CARRYING or word in ("has", "have") and rest
    if holding:
        begin = particles(words, end + 1)[1] if form and form.base in _CARRYING else end
        thing, _ = _subject(words, begin)
        return Asked("What is {0} carrying?", (name,), "holding", make=CONTAINS, of=(thing,)) if thing else None
    return None


def _choice(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    """ "Which is heavier, the rock or the feather?", "Who is taller, Tom or Ann?"."""
    if low[0] not in ("which", "who", "what"):
        return None
    at = next((i for i, word in enumerate(low) if word in COMPARED), 0)
    if not at:
        return None
    begin = at + 1
    begin += begin < len(low) and low[begin] == "and"
    one, end = noun(words, begin)
    if one is None or low[end : end + 1] not in (["or"], ["and"]):
        return None
    other, _ = noun(words, end + 1 + (low[end + 1 : end + 2] == ["or"]))
    if other is None:
        return None
    about = COMPARED[low[at]]
    pair = (other, one) if about.startswith("-") else (one, other)
    return Asked("Is {0} bigger than {1}?", pair, COMPARISON, about.lstrip("-"), make=CHOICE, of=(one, other))


def _deed(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    """What no kind of question is for, and a sentence of the story may say in so many words."""
    forms = {**OTHERS, **VERBS}
    if low[:2] == ["what", "is"] and low[-1] in ("job", "profession", "occupation", "work") and len(low) > 3:
        owner = noun(words[:-1], 2)[0]
        if owner:
            owner = Name((*owner.words[:-1], owner.words[-1].removesuffix("'s")), owner.article, owner.proper)
        return Asked("What does {0} do {1} to?", (owner,), DEED, low[-1], slot="job") if owner else None
    if low[0] == "how" and low[1] in _MEASURES:
        measure = "weight" if "weigh" in low else _MEASURES[low[1]]
        at = next((i for i, word in enumerate(low) if word in IS | DOES), 0)
        name, _ = _subject(words, at + 1) if at else (None, 0)
        return Asked("What does {0} do {1} to?", (name,), DEED, measure, slot="measure") if name else None
    if low[0] in ("who", "what") and low[1] in forms and low[1] not in IS:
        form = forms[low[1]]
        other, _ = _subject(words, particles(words, 2)[1])
        names = (other,) if other else ()
        return Asked("Who does {0} to {1}?", names, DEED, form.base, slot="who")
    wh, at = low[0], 1
    if wh in ("who", "whom", "what", "when", "which") or low[:2] == ["what", "time"]:
        at = next((i for i, word in enumerate(low[:4]) if word in DOES), 0)
        if at:
            name, end = _subject(words, at + 1)
            verb = forms.get(low[end]) if end < len(low) else None
            if name and verb:
                slot = "when" if wh == "when" or low[:2] == ["what", "time"] else "what"
                return Asked("What does {0} do {1} to?", (name,), DEED, verb.base, slot=slot)
        return None
    if wh in DOES:
        name, end = _subject(words, 1)
        verb = forms.get(low[end]) if end < len(low) else None
        other, _ = _subject(words, end + 1) if verb else (None, 0)
        if name and verb and other:
            return Asked("What does {0} do {1} to?", (name,), DEED, verb.base, CONTAINS, (other,), slot="what")
    return None
