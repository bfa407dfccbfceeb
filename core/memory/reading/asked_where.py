"""Questions that begin with "where", "who", or "in which room"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.memory.reading.asked import BUT, CARRYING, DEED, TIME, Asked, skip, subject
from core.memory.reading.asked_what import beside, lies
from core.memory.reading.cuts import AFTER, UNTIL
from core.memory.reading.cuts import after as after_place
from core.memory.reading.names import Name, Word, noun, nouns
from core.memory.reading.tails import particles
from core.memory.reading.verbs import VERBS, form_of
from core.memory.reading.words import BESIDE, DOES, IN, IS, PRONOUNS, SIDES, TO, WAYS


def turned(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    """Questions whose question word comes last: "Amy went where?", "Bob got the ball from whom?"."""
    name, end = subject(words, 0)
    if name is None or end >= len(low) or low[0] in IS | DOES:
        return None
    if low[-1] == "where" and (low[end] in IS or low[end] in VERBS):
        return Asked("Where is {0}?", (name,))
    if low[-2:] in (["from", "whom"], ["from", "who"]) and low[end] in VERBS and VERBS[low[end]].tells == "get":
        thing = subject(words, end + 1)[0]
        return Asked("Who gave {0} to {1}?", (thing, name)) if thing else None
    return None


def where(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] != "where" or len(low) < 3:
        return None
    if (
        low[1] in ("will", "shall", "would", "should", "might")
        or low[1] in ("is", "are")
        and "going" in low
        and "before" not in low
    ):
        name, at = subject(words, 2)
        return Asked("Where will {0} go?", (name,)) if name and {"go", "going"} & {*low[at:]} else None
    if low[1] == "would" or low[1] not in IS | DOES | {"can", "has", "have", "could", "might"}:
        name, at = noun(words, 1)  # "do you know where Mary is"
        return Asked("Where is {0}?", (name,)) if name and low[at:] and low[at] in IS else None
    at = skip(low, 2)
    several, end = nouns(words, at)
    name, after = subject(words, at)
    if name is None or len(several) > 1 and "before" not in low:
        return None
    rest = low[after:]
    if rest[-1:] in (["before"], ["previously"]) or rest[-2:] == ["before", "that"]:
        return Asked("Where was {0} before {1}?", (name, name), "before", slot="last")
    if begin := after_place(low):
        place = subject(words, begin)[0] if words[begin][0] not in PRONOUNS else None
        return Asked("Where is {0}?", (name,), slot=AFTER, of=(place,)) if place else None
    if "before" in rest:
        return before_place(words, after + rest.index("before") + 1, name)
    if low[1] in DOES and rest and rest[0] in VERBS:
        form = VERBS[rest[0]]
        if form.tells in ("get", "drop") and form.base not in ("have", "own"):
            thing, _ = subject(words, particles(words, after + 1)[1])
            if thing and form.tells == "get" and form.base not in ("take", "bring", "carry", "drag", "transport"):
                return Asked("What does {0} do {1} to?", (name,), DEED, form.base, slot="where")
            if thing is None:
                return Asked("Where is {0}?", (name,)) if form.base == "hide" else None
            return Asked("Where is {0}?", (thing,))
        if form.base == "come":
            return None
        if form.tells == "give":
            return Asked("What does {0} do {1} to?", (name,), DEED, form.base, slot="where")
    if time:
        return Asked("Where was {0} " + time + "?", (name,), TIME, time=time)
    return Asked("Where is {0}?", (name,))


def before_place(words: Sequence[Word], at: int, name: Name) -> Asked | None:
    """ "before the kitchen", "before she went to the kitchen", "before it was in the kitchen"."""
    place: Name | None = None
    while at < len(words):
        found, end = noun(words, at)
        name_here = found and words[at][0] not in VERBS and words[at][0] not in PRONOUNS
        if name_here and not (end < len(words) and (words[end][0] in VERBS or words[end][0] in IS)):
            place = found
            break
        at = max(at + 1, end if found else at + 1)
    if place is None and words and (form := form_of(words[-1][0])) and form.tense in ("past", "part", "base"):
        return Asked("Where is {0}?", (name,), slot=UNTIL, detail=form.base)  # "before it was stolen"
    return Asked("Where was {0} before {1}?", (name, place), "before") if place else None


def which_room(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    start = 1 if low[0] == "in" else 0
    if len(low) < start + 4 or low[start] not in ("which", "what"):
        return None
    if low[start + 1] in ("place", "room", "city", "town", "building", "part", "country", "location", "house"):
        rest = low[start + 2 :]
        if rest[0] in IS and "before" in rest:
            name, _ = subject(words, start + 3)
            return before_place(words, low.index("before") + 1, name) if name else None
        if rest[0] in IS and rest[1] not in WAYS and (start or rest[-1] in IN):
            name, _ = subject(words, start + 3)
            return Asked("Where is {0}?", (name,)) if name else None
        if rest[0] in DOES and {"go", "in", "at", "to"} & {*rest}:
            name, _ = subject(words, start + 3)
            return Asked("Where is {0}?", (name,)) if name else None
        if rest[0] in IS or rest[0] == "lies":
            return lies(words, low, start + 3)
    return None


def who(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] == "whose" and len(low) > 2:
        thing, end = subject(words, 2 if low[1] in IS else 1)
        if low[1] not in IS and "is" in low[2:-2]:
            at = low.index("is", 2)
            if low[at + 1] in IN | BESIDE and (place := subject(words, at + 2)[0]):
                return Asked("Who is in {0}?", (place,), "people", low[at - 1], slot="owner")
        return Asked("Who has {0}?", (thing,), slot="whose") if thing else None
    if low[0] not in ("who", "whom", "by", "to", "from") or len(low) < 3:
        return None
    if low[0] in ("by", "to", "from"):
        if low[1] not in ("whom", "who"):
            return None
        name, at = subject(words, 3)
        if name is None:
            return None
        other, end = subject(words, at + 1)
        if low[0] == "by" and low[2] in IS:
            to = subject(words, at + 2)[0] if low[at + 1 : at + 2] == ["to"] else None
            return Asked("Who gave {0} to {1}?", (name, to)) if to else Asked("Who gave {0}?", (name,))
        if other is None:
            return Asked("Who received {0}?", (name,)) if low[0] == "to" else None
        if low[0] == "to":
            return Asked("Who did {0} give {1} to?", (name, other))
        return Asked("Who gave {0} to {1}?", (other, name))
    at = skip(low, 1)
    at += low[at : at + 1] == ["else"]
    word = low[at] if at < len(low) else ""
    if (
        word in IS
        and low[at + 1 : at + 2]
        and low[at + 1] in BESIDE | {*SIDES}
        and (found := beside(words, low, low[at + 1]))
    ):
        return found
    gone = low[at + 1 : at + 2] == ["not"] and word in IS | DOES
    begin = at + 2 + (word in DOES)
    if gone and low[begin - 1 : begin] and (low[begin] in IN | TO if begin < len(low) else False):
        place, _ = subject(words, begin + 1)
        return Asked("Who is in {0}?", (place,), "people", slot="absent") if place else None
    if word in IS and low[at + 1 : at + 2] and (low[at + 1] in IN or low[at + 1] in ("now",)):
        place, _ = subject(words, at + 2)
        return Asked("Who is in {0}?", (place,), "people") if place else None
    if word in IS and low[at + 1 : at + 2] and low[at + 1] in VERBS and VERBS[low[at + 1]].tense in ("part", "past"):
        thing, end = subject(words, at + 2)
        if thing and VERBS[low[at + 1]].tells == "give":
            if low[end : end + 1] == ["by"] and (giver := subject(words, end + 1)[0]):
                return Asked("Who did {0} give {1} to?", (giver, thing))
            return Asked("Who received {0}?", (thing,))
        return None
    if word in IS and low[at + 1 : at + 2] and low[at + 1] in VERBS and VERBS[low[at + 1]].base in CARRYING:
        thing, _ = subject(words, at + 2)
        return Asked("Who has {0}?", (thing,)) if thing else None
    if word == "had" and "before" in low[2:] and low[-1] != "before":  # "Who had the ball before Bob?"
        thing, end = subject(words, at + 1)
        to = subject(words, low.index("before") + 1)[0]
        return Asked("Who gave {0} to {1}?", (thing, to)) if thing and to else None
    if word == "had" and low[-1] in ("first", "last", "before"):
        return None
    if word in ("has", "had", "have", "got", "holds", "carries", "owns", "wears"):
        begin = at + 1
        while begin < len(low) and (
            low[begin] in ("now", "still") or low[begin] in VERBS and low[begin] not in ("left",)
        ):
            begin += 1
        thing, _ = subject(words, begin)
        return Asked("Who has {0}?", (thing,)) if thing else None
    if word in DOES:
        giver, end = subject(words, at + 1)
        verb = low[end] if end < len(low) else ""
        if giver and verb == "belong":
            return Asked("Who has {0}?", (giver,))
        if giver and verb in VERBS and VERBS[verb].tells == "give":
            thing, _ = subject(words, particles(words, end + 1)[1])
            return Asked("Who did {0} give {1} to?", (giver, thing)) if thing else None
        if giver and verb in ("get", "receive", "take", "borrow", "buy") and low[-1] == "from":
            thing, _ = subject(words, end + 1)
            return Asked("Who gave {0} to {1}?", (thing, giver)) if thing else None
        return None
    form = VERBS.get(word)
    if form and form.tells == "give":
        first, end = subject(words, particles(words, at + 1)[1])
        if first is None:
            return None
        end = particles(words, end)[1]
        if low[end : end + 1] and low[end] in TO:
            to, _ = subject(words, end + 1)
            return Asked("Who gave {0} to {1}?", (first, to)) if to else None
        second, _ = subject(words, end)
        return Asked("Who gave {0} to {1}?", (second, first)) if second else Asked("Who gave {0}?", (first,))
    if word in ("received", "got", "accepted"):
        thing, end = subject(words, at + 1)
        if thing and low[end : end + 1] == ["from"] and (giver := subject(words, end + 1)[0]):
            return Asked("Who did {0} give {1} to?", (giver, thing))
        if word == "got":
            return Asked("Who has {0}?", (thing,)) if thing else None
        return Asked("Who received {0}?", (thing,)) if thing else None
    if form and form.tells == "go":
        begin = at + 2 if low[at + 1 : at + 2] and low[at + 1] in TO | IN else at + 1
        place, end = subject(words, begin)
        company = tuple(nouns(words, end + 1)[0]) if low[end : end + 1] == ["with"] else ()
        asked = Asked("Who is in {0}?", (place,), "people") if place else None
        return replace(asked, make=BUT, of=company) if asked and company else asked
    if (
        form
        and form.tells in ("get",)
        and form.base in ("take", "pick", "grab", "get", "collect", "fetch", "hold", "carry")
    ):
        thing, _ = subject(words, particles(words, at + 1)[1])
        return Asked("Who has {0}?", (thing,)) if thing else None
    return None
