"""What a question asks for: which part of a clause is missing, and what the clause must have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.memory.reading.names import AND, Name, Word, lower, noun
from core.memory.reading.pointing.sayings import root
from core.memory.reading.tails import no_place
from core.memory.reading.verbs import form_of, stem
from core.memory.reading.words import (
    ADVERBS,
    AUXILIARY,
    DETERMINERS,
    DOES,
    HAS,
    IS,
    MAY,
    NOT,
    PREPOSITIONS,
    PRONOUNS,
    WILL,
)

SUBJECT, OBJECT, WHERE, WHEN, WHY, HOW, NUMBER, COLOUR, WHETHER, OWNER = (
    "subject", "object", "where", "when", "why", "how", "number", "colour", "whether", "owner",
)  # fmt: skip
_WH = frozenset(["who", "whom", "what", "which", "where", "when", "why", "how", "whose"])
_SKIPPED = (
    AUXILIARY | DETERMINERS | PREPOSITIONS | NOT | AND | ADVERBS | _WH
    | frozenset(["not", "end", "else", "exactly", "there", "of", "one", "ones", "much", "many", "s"])
)  # fmt: skip
_FEWER = frozenset(["fewer", "fewest", "less", "least"])
_MORE = _FEWER | {"more", "most"}
# What asks for a moment of the story, or for one of several, is more than a clause says.
_LATER = frozenset(["before", "after", "until", "between", "next", "last", "first", "most", "least"])
_PLACES = frozenset(
    ["room", "city", "town", "country", "building", "place", "floor", "street", "village", "hotel", "shop", "island"]
)
_TIMES = frozenset(["time", "day", "year", "month", "hour", "date", "weekday"])


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Attributes:
        part: which part of a clause is missing, one of the constants above.
        verb: the verb's root; "be" for a question with none but "is".
        who: what its subject's words come from; empty where the subject is asked for.
        about: what all of its words come from, the verb and the noun asked for ("which *city*") left out.
        proper: of these, those that are somebody's name.
        noun: of "which city", what comes from "city".
        small: the preposition that is asked behind: "at" of "look at", "to" of "to whom".
        passive: "was invited".
        most: who of several has, found or made the most; or the fewest, with ``fewest``.
        owner: of "Mia's coat", what comes from "Mia".
    """

    part: str
    verb: str
    who: frozenset[str]
    about: frozenset[str]
    proper: frozenset[str]
    noun: str = ""
    small: str = ""
    passive: bool = False
    negated: bool = False
    open: bool = False
    time: str = ""
    owner: frozenset[str] = frozenset()
    head: str = ""
    most: bool = False
    fewest: bool = False


def asking(words: Sequence[Word]) -> Wanted | None:
    """What a question asks for; None where that cannot be said."""
    words = list(words)
    low = lower(words)
    small, kept = "", ""
    if len(low) > 2 and low[0] in PREPOSITIONS and low[1] in _WH:
        small, words, low = low[0], words[1:], low[1:]
    if low[:1] == ["who"] and (more := next((n for n, word in enumerate(low) if word in _MORE), 0)):
        rest = [*words[1:more], *words[more + 1 :]]
        return _most(rest, low[more]) if more + 1 < len(low) and low[-1] != low[more] else None
    if len(low) < 3 or {*low} & _LATER or low[0] == "what" and "name" in low:
        return None
    if low[0] not in _WH:
        return _clause(words, 0, WHETHER) if low[0] in IS | DOES | HAS | MAY | WILL else None
    at = 1
    part = {"where": WHERE, "when": WHEN, "why": WHY, "how": HOW, "whose": OWNER}.get(low[0], OBJECT)
    if low[0] == "how" and low[1] in ("many", "much"):
        part, at = NUMBER, 2
    if low[0] in ("what", "which", "whose") or part == NUMBER:
        begin = at
        while (
            at < len(low) and low[at] not in AUXILIARY and not (_finite(low[at]) and (at > begin or low[0] == "what"))
        ):
            at += 1
        kept = root(low[at - 1]) if at > begin else ""
        if low[begin:at] in (["colour"], ["color"]):
            part, kept = COLOUR, ""
        elif kept in _PLACES or low[begin:at] == ["place"]:
            part = WHERE
        elif kept in _TIMES or low[begin:at] == ["time"]:
            part, kept = WHEN, ""
        elif low[begin:at] in (["things"], ["thing"], ["kind"], ["animals"], ["animal"]):
            kept = ""
    found = _clause(words, at, part, small, kept)
    return found


def _most(words: list[Word], more: str) -> Wanted | None:
    """ "Who found *more* shells?"."""
    form = form_of(words[0][0])
    if form is None or len(words) < 2 or words[1][0] in DETERMINERS:
        return None
    none: frozenset[str] = frozenset()
    return Wanted(SUBJECT, stem(form.base), none, none, none, root(words[1][0]), most=True, fewest=more in _FEWER)


def _finite(word: str) -> bool:
    form = form_of(word)
    return form is not None and form.tense in ("past", "s", "part")


def _clause(words: list[Word], at: int, part: str, small: str = "", kept: str = "") -> Wanted | None:
    low = lower(words)
    if at >= len(low):
        return None
    who: Name | None = None
    helper = low[at]
    verb, passive, negated = "", False, False
    begin = at
    personal = words[at - 1][0] in ("who", "what")
    if helper in AUXILIARY:
        at += 1
        while at < len(low) and (low[at] in NOT or low[at] in ("still", "also", "already", "else", "now")):
            negated = negated or low[at] in NOT
            at += 1
        following = form_of(low[at]) if at < len(low) else None
        direct = helper in IS | HAS | MAY | WILL and part in (OBJECT, NUMBER, OWNER) and at < len(low)
        inside = low[at : at + 1] and (
            low[at] in PREPOSITIONS or following and following.tense in ("ing", "part", "past")
        )
        ends = noun(words, at, asked=True)[1]
        if (
            helper in HAS | DOES
            and low[at : at + 1]
            and low[at] in DETERMINERS
            and personal
            and not (ends < len(low) and form_of(low[ends]))
        ):
            direct = inside = True  # "Who has the cup?", "Who does the talk?"
        if helper in MAY | WILL and personal and following and following.tense == "base":
            inside = True  # "Who can swim?"
        if direct and helper in IS and not inside and _quality(words, at):
            inside = True  # "Who was hungry?"
        if not (direct and inside):
            if low[at : at + 1] and low[at] in PRONOUNS | {"i", "you", "we"} and not _owns(words, at):
                who, at = Name((words[at][1],)), at + 1
            else:
                who, at = noun(words, at, asked=True)
                while who and low[at : at + 1] == ["and"]:
                    other, end = noun(words, at + 1, asked=True)
                    who, at = (Name((*who.words, *other.words), True), end) if other else (who, at + 1)
            if who is None:
                return None
        elif part == OBJECT:
            part = SUBJECT
        chain = [helper]
        while at < len(low) and (low[at] in AUXILIARY or low[at] in NOT or low[at] in ADVERBS and low[at] != "back"):
            chain += [low[at]] * (low[at] in AUXILIARY)
            negated = negated or low[at] in NOT
            at += 1
        if low[at : at + 2] == ["have", "to"] or chain[-1] == "have" and low[at : at + 1] == ["to"]:
            at += 1 + (low[at] == "have")  # "Why did he have to go?"
            chain.append("do")
        form = form_of(low[at]) if at < len(low) else None
        if low[at : at + 1] and (form or helper in DOES | MAY | WILL) and low[at] not in PREPOSITIONS | DETERMINERS:
            verb = stem(form.base) if form else stem(low[at])
            passive = bool(form and {*chain} & IS and form.tense in ("part", "past"))
            at += 1
        else:
            verb = "hav" if chain[-1] in HAS else "do" if chain[-1] in DOES else "be"
    else:
        form = form_of(low[at])
        if form is None and part not in (OBJECT,):
            return None
        verb = stem(form.base) if form else stem(low[at])
        at += 1
        part = SUBJECT if part == OBJECT else part
    if verb == "end" and low[at : at + 1] == ["up"]:
        verb, at = "be", at + 1
    rest = words[at:]
    if rest and rest[-1][0] in PREPOSITIONS and part == OBJECT:
        small = rest[-1][0]
    time = next((" ".join(lower(rest[n + 1 : end])) for n, (word, _) in enumerate(rest)
                 if word in PREPOSITIONS and (end := no_place(rest, n + 1))), "")  # fmt: skip
    roots = frozenset(root(word) for word, _ in [*rest] if word not in _SKIPPED and word not in PRONOUNS)
    whose = frozenset(root(word) for word in (who.words if who else ()) if word.lower() not in _SKIPPED)
    named = frozenset(
        root(word)
        for word, written in words[begin:]
        if written[:1].isupper() and not written.endswith("'s") and word not in _SKIPPED
    )  # whose it is need not be said again
    owner = frozenset(root(word) for word in (who.words if who else ()) if word.endswith("'s"))
    open_ = helper in WILL | {"would", "should"} or "going" in low
    about = (roots | whose) - {verb}
    head = who.words[-1] if who else ""
    return Wanted(part, verb, whose, about, named, kept, small, passive, negated, open_, time, owner, head)


def _quality(words: Sequence[Word], at: int) -> bool:
    """Words in lower case to the end, no article before them: "hungry", "too sweet"."""
    low = lower(words[at:])
    return 0 < len(low) < 3 and not {*low} & DETERMINERS and not any(w[:1].isupper() for _, w in words[at:])


def _owns(words: Sequence[Word], at: int) -> bool:
    return words[at][0] == "her" and noun(words, at)[0] is not None
