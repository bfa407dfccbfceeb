"""Questions that begin with "what", "how" or "why"."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.asked import CARRYING, DEED, PATH, Asked, skip, subject
from core.memory.reading.names import Name, Word
from core.memory.reading.tails import particles
from core.memory.reading.verbs import BASES, VERBS, form_of
from core.memory.reading.words import BESIDE, DOES, IN, IS, PREPOSITIONS, SIDES, TO, WAYS


def lies(words: Sequence[Word], low: list[str], at: int) -> Asked | None:
    """ "north of the barn"."""
    at = at + 2 if low[at : at + 2] == ["to", "the"] else at
    if low[at : at + 1] and low[at] in WAYS and low[at + 1 : at + 2] == ["of"]:
        name, _ = subject(words, at + 2)
        return Asked("What is " + low[at] + " of {0}?", (name,), "map") if name else None
    return None


def what(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] not in ("what", "which") or len(low) < 3:
        return None
    if "colour" in low[1:4] or "color" in low[1:4]:
        at = next(i for i, word in enumerate(low) if word in ("colour", "color")) + 1
        at += low[at : at + 1] and low[at] in IS | DOES | {"of"} or 0
        name, _ = subject(words, at)
        if name:
            return Asked("What color is {0}?", (name,))
    if low[1] == "direction" and low[2] in IS and "from" in low:
        one, end = subject(words, 3)
        other = subject(words, end + 1)[0] if low[end : end + 1] == ["from"] else None
        return Asked("How do you go from {0} to {1}?", (other, one), PATH) if one and other else None
    if low[1] == "way" and (found := way_asked(words, low)):
        return found
    at = 1
    if low[0] == "which" or low[1] in ("things", "objects", "thing", "object", "item", "items"):
        at = next((i for i, word in enumerate(low) if word in IS | DOES or word in ("has", "have", "lies")), 0)
        if not at or at > 3:
            return None
    word = low[at]
    if at + 1 == len(low):
        return None
    if word in IS and low[at + 1] == "given" and low[at + 2 : at + 3] == ["to"]:
        to, end = subject(words, at + 3)
        giver = subject(words, end + 1)[0] if low[end : end + 1] == ["by"] else None
        return Asked("What did {0} give to {1}?", (giver, to)) if to and giver else None
    if word in IS and form_of(low[-1]) and VERBS.get(low[-1], VERBS["went"]).tells == "give":
        to, end = subject(words[:-1], at + 1)  # "What was Claude handed?"
        return Asked("What is {0} carrying?", (to,), "holding") if to and end == len(low) - 1 else None
    if word in ("lies", "stands"):
        return lies(words, low, at + 1)
    if word in IS:
        if found := lies(words, low, at + 1):
            return found
        if called := _name_asked(words, low, at):
            return called
        sides = low[at + 1 + (low[at + 1 : at + 3] == ["to", "the"]) * 2 :]
        side = sides[0] if sides else ""
        if side in IN and low[0] == "what" and (place := subject(words, low.index(side) + 1)[0]):
            return Asked("What is {0} carrying?", (place,), "inside", slot="inside")
        if with_ := _with_asked(words, low, at):
            return with_
        if (side in BESIDE or side in SIDES) and (found := beside(words, low, side)):
            return found
        name, end = subject(words, skip(low, at + 1))
        if name is None:
            return None
        if place := _location(name, words, low, end):
            return Asked("Where is {0}?", (place,))
        rest = low[end:]
        rest = rest[2:] if rest[:2] == ["to", "the"] else rest
        if rest and rest[0] in WAYS:
            return Asked("What is {0} " + rest[0] + " of?", (name,), "map")
        if rest[:1] and rest[0] in ("afraid", "scared", "frightened", "terrified"):
            return Asked("What is {0} afraid of?", (name,))
        if rest and rest[0] in VERBS and VERBS[rest[0]].tense == "ing" and VERBS[rest[0]].base in CARRYING:
            return Asked("What is {0} carrying?", (name,), "holding")
        if low[:2] == ["what", "was"] and rest[:1] == ["given"] and rest[1:2] == ["to"]:
            return None
        if rest[:1] and low[at + 1 : at + 2] == ["given"]:
            return None
        if low[at + 1] == "the" and "way" in low:
            return way_asked(words, low)
        return None
    if word in ("has", "have") or word in DOES:
        name, end = subject(words, at + 1)
        if name is None:
            return None
        rest = low[end:]
        verb = rest[0] if rest else "have"
        if verb in VERBS and VERBS[verb].tells == "give":
            begin = particles(words, end + 1)[1]
            begin += low[begin : begin + 1] == ["to"]
            to, _ = subject(words, begin)
            return Asked("What did {0} give to {1}?", (name, to)) if to else None
        if verb in ("get", "receive", "borrow", "take", "buy") and "from" in rest:
            giver, _ = subject(words, end + rest.index("from") + 1)
            return Asked("What did {1} give to {0}?", (name, giver)) if giver else None
        if verb == "fear":
            return Asked("What is {0} afraid of?", (name,))
        if (
            verb in VERBS
            and VERBS[verb].base in CARRYING
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


def beside(words: Sequence[Word], low: list[str], side: str) -> Asked | None:
    """ "What is under the table?": told only where a sentence says it in so many words."""
    at = low.index(side) + 1
    name, _ = subject(words, at + (low[at : at + 1] == ["of"]))
    return Asked("Who does {0} to {1}?", (name,), DEED, side, slot="who") if name else None


def _name_asked(words: Sequence[Word], low: list[str], at: int) -> Asked | None:
    """ "What is my dog called?", "What is the name of my dog?", "What is my dog's name?"."""
    name = None
    if low[-1] in ("called", "named"):
        name = subject(words[:-1], at + 1)[0]
    elif low[at + 1 : at + 4] == ["the", "name", "of"]:
        name = subject(words, at + 4)[0]
    elif low[-1] == "name" and words[-2][1].endswith("'s"):
        name = subject([*words[:-2], (low[-2], words[-2][1].removesuffix("'s"))], at + 1)[0]
    return Asked("What does {0} do {1} to?", (name,), DEED, "call", slot="what") if name else None


def _with_asked(words: Sequence[Word], low: list[str], at: int) -> Asked | None:
    """ "What is the hat made of?", "Who is Jana married to?"."""
    if low[-1] not in PREPOSITIONS or low[-2] in IS | {*WAYS, *SIDES, "afraid", "scared", "frightened", "terrified"}:
        return None
    of, end = subject(words[:-2], at + 1)
    if of is None or end < len(low) - 2:
        return None
    return Asked("What does {0} do {1} to?", (of,), DEED, f"{low[-2]} {low[-1]}", slot="with")


def _location(name: Name, words: Sequence[Word], low: list[str], end: int) -> Name | None:
    """Of "Ola's location" and "the location of Ola", Ola."""
    if low[end - 1] in _LOCATIONS and len(name.words) > 1 and name.words[-2].endswith("'s"):
        owner = (*name.words[:-2], name.words[-2].removesuffix("'s"))
        return Name(owner, proper=name.proper)
    if name.words[0].lower() in _LOCATIONS and name.words[1:2] == ("of",):
        return subject(words, low.index("of") + 1)[0]
    return None


_LOCATIONS = frozenset(["location", "place", "position", "whereabouts"])


def way_asked(words: Sequence[Word], low: list[str]) -> Asked | None:
    if "from" in low and "to" in low[low.index("from") :]:
        at = low.index("from")
        one, end = subject(words, at + 1)
        if one and low[end : end + 1] == ["to"]:
            other, _ = subject(words, end + 1)
            return Asked("How do you go from {0} to {1}?", (one, other), PATH) if other else None
    if "to" in low and "from" in low[low.index("to") :]:
        at = low.index("to")
        other, end = subject(words, at + 1)
        if other and low[end : end + 1] == ["from"]:
            one, _ = subject(words, end + 1)
            return Asked("How do you go from {0} to {1}?", (one, other), PATH) if one else None
    return None


def how(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] != "how" or len(low) < 3:
        return None
    feels = low[1] in IS and len(low) > 2 or low[1] in DOES and low[-1] == "feel"
    name, end = subject(words, 2) if feels else (None, 0)
    if name and low[end:] in ([], ["feel"], ["feeling"], ["doing"]):
        return Asked("What does {0} do {1} to?", (name,), DEED, "feel", slot="feel")
    if low[1] in ("do", "does", "can", "could", "would", "should", "to") and (found := way_asked(words, low)):
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
            place, _ = subject(words, begin)
            return Asked("How many objects is {0} carrying?", (place,), "people", slot="inside") if place else None
        name, end = subject(words, at + 1)
        end = skip(low, end)
        verb = low[end] if end < len(low) else "have"
        gets = verb in VERBS and VERBS[verb].base in CARRYING or verb in BASES
        if name and gets and end >= len(low) - 1 - (low[-1] in ("up", "left")):
            counted = "" if low[2] in ("objects", "things", "items", "object") else low[2]
            return Asked("How many objects is {0} carrying?", (name,), "holding", counted=counted)
    return None


def why(words: Sequence[Word], low: list[str], time: str) -> Asked | None:
    if low[0] != "why" or len(low) < 4 or low[1] not in IS | DOES | {"has"}:
        return None
    name, at = subject(words, 2)
    if name is None or at >= len(low):
        return None
    form = VERBS.get(low[at])
    if low[at] in IN or form and form.tells == "go":
        begin = at + 1
        begin += begin < len(low) and low[begin] in TO | IN
        place, _ = subject(words, begin)
        return Asked("Why did {0} go to {1}?", (name, place)) if place else None
    if form and form.tells == "get":
        thing, _ = subject(words, particles(words, at + 1)[1])
        return Asked("Why did {0} get {1}?", (name, thing)) if thing else None
    if form_of(low[at]) or low[at].isalpha():  # what they felt is why, if the story says what
        return Asked("What does {0} do {1} to?", (name,), DEED, "feel", slot="feel")
    return None
