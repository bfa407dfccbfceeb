"""A typed clause taken apart: who, the verb with what stands about it, and the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.memory.reading.names import Word, lower, noun
from core.memory.reading.tails import PARTICLES, no_place
from core.memory.reading.verbs import STRANGE, VERBS, Form, form_of, stem
from core.memory.reading.words import (
    ADVERBS,
    AUXILIARY,
    DETERMINERS,
    FUTURE,
    HAS,
    HOME,
    IN,
    IS,
    MAY,
    MAYBE,
    NOT,
    ORDERED_TIMES,
    PREPOSITIONS,
    PRONOUNS,
    SIZED,
    WILL,
    WISHES,
    adverb,
)

_THINKS = re.compile(r"(?:i (?:think|guess|believe|suppose)|it is possible|it seems|some say|people say)(?: that)? ")

_LATER = re.compile(
    r"(?:(?:half|an?|the|one|two|three|four|five|ten|some|a few|few|same|next|following|other|that)\s)*"
    r"(?:little|bit|while|short|long)?\s*"
    r"(?:while|hours?|minutes?|moments?|days?|weeks?|months?|years?|time|night|morning"
    r"|(?:little|bit)(?= (?:later|after)))"
    r"(?: (?:later|after|afterwards|ago|long))?\s"
)
_SET_PHRASES = re.compile(
    r"(?:all (?:at once|of a sudden)|of course|at (?:once|last|first|least)|in (?:the end|fact|secret|silence)"
    r"|one day|once upon a time|for now|without (?:a|another) (?:word|sound)|by (?:then|now|chance|accident)"
    r"|as (?:usual|always)|on the way|so far|that (?:night|day|evening|morning)) "
)
_BESIDE_ALL = frozenset(["for", "during", "despite", "without", "with", "after", "before", "since"])
_FELT = ("scared", "frightened", "terrified", "bored")  # what somebody is, and nothing that is done to them
_TO_BEGIN = frozenset(
    ["ok", "okay", "and", "but", "so", "then", "as", "because", "or", "nor", "well", "oh", "yes", "no"]
)


@dataclass
class Clause:
    """What a clause says.

    Attributes:
        subject: its words before the verb.
        verb: None for one that is only "is".
        passive: the verb tells of what was done to the subject.
        rest: what follows the verb.
        time: a time that it names, in lower case.
        aside: words that change nothing for the networks.
    """

    subject: list[Word]
    verb: Form | None
    rest: list[Word]
    negated: bool = False
    maybe: bool = False
    future: bool = False
    passive: bool = False
    either: bool = False
    there: bool = False
    past: bool = False
    now: bool = False
    time: str = ""
    aside: list[str] = field(default_factory=list)


def take_apart(words: Sequence[Word]) -> Clause | None:
    """A clause by its verb; None where no verb is found."""
    words = list(words)
    clause = Clause([], None, [])
    words, clause.time, clause.future = _time(words)
    clause.now = bool({"now", "currently"} & {*lower(words)})
    words = _leading(words, clause)
    at, strange = verb_at(words), None
    if at is None and (at := _strange_at(words)) is not None:
        strange = Form(STRANGE, stem(words[at][0]), "past")
    if at is None:
        return None
    if strange:
        clause.subject, clause.verb, clause.rest = words[:at], strange, words[at + 1 :]
        return clause
    while (
        at > 1
        and (words[at - 1][0] in NOT | {"longer"} or adverb(words[at - 1][0]))
        and words[at - 1][0] not in AUXILIARY
    ):
        at -= 1
    clause.subject = words[:at]
    return clause if _verb(words, at, clause) else None


def _beside_verb(word: str) -> bool:
    return word in NOT or word == "longer" or adverb(word)


def _time(words: list[Word]) -> tuple[list[Word], str, bool]:
    text = f" {' '.join(lower(words))} "
    for phrase in (*FUTURE[:-1], *sorted(ORDERED_TIMES, key=len, reverse=True)):
        begin = text.find(f" {phrase} ")
        if begin >= 0:
            start = text[:begin].count(" ")
            length = phrase.count(" ") + 1
            left = words[:start] + words[start + length :]
            return left, phrase, phrase in FUTURE
    return words, "", False


def _leading(words: list[Word], clause: Clause) -> list[Word]:
    """The words without those before the subject that change nothing."""
    while len(words) > 1:
        low = words[0][0]
        text = " ".join(lower(words)) + " "
        if match := _THINKS.match(text):
            clause.maybe = True
            words = words[match[0].count(" ") :]
        elif match := _SET_PHRASES.match(text):
            clause.aside.append(match[0].strip())
            words = words[match[0].count(" ") :]
        elif low in MAYBE:
            clause.maybe = True
            words = words[1:]
        elif low == "no" and words[1][0] == "one":
            break
        elif low == "neither":
            clause.negated = True
            words = words[1:]
        elif low == "either":
            clause.either = True
            words = words[1:]
        elif low == "there" and words[1][0] not in IS:
            clause.there = True
            words = words[1:]
        elif low == "first" and words[1][1].islower() and words[2:3] and words[2][1][:1].isupper():
            words = words[2:]  # "First mate Jenkins"
        elif low == "or":
            clause.maybe = True
            words = words[1:]
        elif low in _TO_BEGIN or (adverb(low) and not (words[1][0] in AUXILIARY or words[1][0] in VERBS)):
            clause.aside += [words[0][1]] * (low not in _TO_BEGIN)
            words = words[1:]
        elif (match := _LATER.match(text)) and _no_verb_next(words, match[0].count(" ")):
            clause.aside.append(match[0].strip())
            words = words[match[0].count(" ") :]
        elif low in PREPOSITIONS and (end := no_place(words, 1)):
            clause.aside.append(" ".join(lower(words[:end])))
            words = words[end:]
        elif low in ("for", "during", "despite", "without", "with", "after", "before", "since") and _subject_next(
            words
        ):
            end = noun(words, 1)[1]
            clause.aside.append(" ".join(lower(words[:end])))
            words = words[end + (words[end][0] == "and") :]
        elif low in PREPOSITIONS and low in IN and (found := noun(words, 1))[0] and found[1] < len(words) - 1:
            break
        else:
            break
    return words


def _subject_next(words: list[Word]) -> bool:
    """Whether a subject begins behind "For the project": a name, "she", "the class"."""
    name, end = noun(words, 1)
    end += words[end : end + 1] != [] and words[end][0] == "and"
    if name is None or end >= len(words) - 1:
        return False
    low, written = words[end]
    return written[:1].isupper() or low in PRONOUNS or low in DETERMINERS or low in ("i", "we", "you", "people")


def _no_verb_next(words: list[Word], at: int) -> bool:
    return at < len(words) and words[at][0] not in AUXILIARY and words[at][0] not in VERBS


def verb_at(words: Sequence[Word]) -> int | None:
    """Where the verb or its first auxiliary is."""
    for at in range(1, len(words)):
        low, written = words[at]
        before = words[at - 1][0]
        if (
            before in DETERMINERS
            and (before != "both" or at > 1)
            and words[at - 1][1] != "A"
            or (written[:1].isupper() and words[0][1][:1].isupper() and low not in AUXILIARY)
        ):
            continue
        if low in AUXILIARY:
            return at
        form = form_of(low)
        if form is None or form.tense == "ing":
            continue
        if form.tense != "base" or before in ("i", "you", "we", "they", "people", "children") or before[-1:] == "s":
            return at
        if low in ("put", "set", "let", "hit", "cut", "cost", "read", "beat", "come", "run", "become"):
            return at
    for at in range(1, len(words) - 1):
        (before, name), form = words[at - 1], VERBS.get(words[at][0])
        alone = name[:1].isupper() and before not in PREPOSITIONS or before in PRONOUNS
        behind = alone or at > 1 and words[at - 2][0] in DETERMINERS
        if form and form.tense == "base" and behind and words[at + 1][0] in PREPOSITIONS | DETERMINERS:
            return at  # "My hamster escape from his cage"
    return None


def _strange_at(words: Sequence[Word]) -> int | None:
    """Where an unknown word stands as a verb does: behind a name and before a place or a thing."""
    for at in range(1, min(5, len(words) - 1)):
        (before, name), (low, written), following = words[at - 1], words[at], words[at + 1][0]
        whole = all(word[:1].isupper() for _, word in words[:at])
        named = (
            name[:1].isupper()
            and (at == 1 or whole)
            or before in PRONOUNS
            or at > 1
            and words[at - 2][0] in DETERMINERS
        )
        if (
            named
            and written.islower()
            and written.isalpha()
            and low not in _CLOSED
            and before not in _CLOSED - PRONOUNS
            and (
                following in PREPOSITIONS | DETERMINERS | PARTICLES | PRONOUNS | HOME
                or low.endswith("s")
                and not low.endswith("ss")
                and (whole or before in PRONOUNS)
            )
            and following != "of"
        ):
            return at
    return None


_CLOSED = PREPOSITIONS | DETERMINERS | ADVERBS | AUXILIARY | NOT | PRONOUNS | {"and", "or", "but", "than", "there"}


def _verb(words: Sequence[Word], at: int, clause: Clause) -> bool:
    """Read the auxiliaries and the verb; whether there is one."""
    auxiliaries: list[str] = []
    begin = at
    while at < len(words) and (
        words[at][0] in AUXILIARY or words[at][0] in NOT or adverb(words[at][0]) or words[at][0] == "longer"
    ):
        low = words[at][0]
        if low == "too" and at + 1 < len(words) and words[at + 1][0] in SIZED:
            break
        if low in ("her", "back", "here", "there", "either") and auxiliaries:
            break
        if low in NOT or low == "longer":
            clause.negated = True
        elif low in MAYBE or low in MAY:
            clause.maybe = True
        elif low in WILL:
            clause.future = True
        elif adverb(low) and low not in AUXILIARY:
            clause.aside.append(low)
        if low in AUXILIARY:
            auxiliaries.append(low)
        at += 1
    low = words[at][0] if at < len(words) else ""
    form = form_of(low)
    is_ = bool(set(auxiliaries) & IS)
    clause.past = bool({"was", "were", "had"} & {*auxiliaries})
    if (
        is_
        and low == "going"
        and at + 1 < len(words)
        and words[at + 1][0] == "to"
        and _base(words, at + 2)
        or is_
        and low in ("about", "planning", "hoping")
        and at + 2 < len(words)
        and _base(words, at + 2)
    ):
        clause.future = True
        form, at = _base(words, at + 2), at + 2
    if auxiliaries[-1:] and auxiliaries[-1] in HAS and low == "to" and _base(words, at + 1):
        clause.future, clause.verb, clause.rest = True, _base(words, at + 1), list(words[at + 2 :])
        return True  # "had to go": whether it was done nobody says
    owns = bool(auxiliaries) and auxiliaries[-1] in HAS  # "has the ball", where "has got" is a participle
    if owns and (form is None or form.tense not in ("part", "past", "base")):
        clause.verb, clause.rest = VERBS["has"], list(words[at:])
        return True
    if form is None:
        if is_:
            clause.rest = list(words[at:])
            return True
        return False
    if (
        is_
        and form.tense in ("part", "past")
        and low not in ("left", "gone", "come", "arrived", "returned", "tired", *_FELT)
        or is_
        and low == "left"
        and not _to_of(words, at)
    ):
        clause.passive = True
    elif (
        is_
        and form.tense not in ("ing", "part", "past")
        and not clause.future
        or is_
        and low in ("left", "tired", *_FELT)
    ):
        clause.rest = list(words[at:])
        return True
    if not auxiliaries and at > begin and not clause.negated and not clause.maybe and not adverb(words[begin][0]):
        return False
    if form.base in WISHES and words[at + 1 : at + 2] and words[at + 1][0] == "to" and _base(words, at + 2):
        clause.future = True
    clause.verb, clause.rest = form, list(words[at + 1 :])
    return True


def _base(words: Sequence[Word], at: int) -> Form | None:
    form = form_of(words[at][0]) if at < len(words) else None
    return form if form and form.tense == "base" or (form and words[at][0] in ("put", "set", "leave")) else None


def _to_of(words: Sequence[Word], at: int) -> bool:
    return at + 1 < len(words) and words[at + 1][0] == "of"
