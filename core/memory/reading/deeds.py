"""What no kind of question is for, told as "somebody does this to something" where a question asks for just that."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.asked import Asked
from core.memory.reading.clause import Clause, take_apart
from core.memory.reading.names import Name, Names, Word, lower, noun, nouns
from core.memory.reading.tails import particles
from core.memory.reading.verbs import VERBS
from core.memory.reading.words import IN

SOMETHING = Name(("something",))


def deed(words: Sequence[Word], asked: Asked, names: Names, subjects: Sequence[Name]) -> list[str]:
    """What a clause says of the deed that is asked for; nothing where it does not speak of it."""
    clause = take_apart(words)
    if clause is None or clause.negated or clause.maybe or clause.future:
        return []
    who = _who(clause) or list(subjects)
    if not who:
        return []
    if asked.slot == "job":
        kind = noun(clause.rest, 0)[0] if clause.verb is None and lower(clause.rest)[:1] in (["a"], ["an"]) else None
        objects = [kind] if kind else []
    elif asked.slot == "measure":
        objects = _measure(clause, asked.detail)
    elif clause.verb is None or clause.verb.base != asked.detail:
        return []
    elif clause.passive:
        return _passive(clause, who, names, asked.detail)
    elif asked.slot == "when":
        objects = _when(clause)
    else:
        _, at = particles(clause.rest, 0)
        objects, _ = nouns(clause.rest, at)
        if not objects and at < len(clause.rest):
            objects = [one for one in [noun(clause.rest, at + 1)[0]] if one]
        objects = objects or [SOMETHING] * (asked.slot == "who")
    return [told(one, asked.detail, other, names) for one in who for other in objects]


def told(who: Name, verb: str, what: Name, names: Names) -> str:
    return f"{names.say(who)} does {names.say(Name((verb,)))} to {names.say(what)}."


def _who(clause: Clause) -> list[Name]:
    found: list[Name] = []
    at = 0
    while at < len(clause.subject):
        name, end = noun(clause.subject, at, first=at == 0)
        if name:
            found.append(name)
        at = max(end, at + 1)
    return found


def _passive(clause: Clause, what: Sequence[Name], names: Names, verb: str) -> list[str]:
    low = lower(clause.rest)
    if "by" not in low:
        return []
    who = noun(clause.rest, low.index("by") + 1)[0]
    return [told(who, verb, one, names) for one in what] if who else []


def _when(clause: Clause) -> list[Name]:
    if clause.time:
        return [Name(tuple(word for word in clause.time.split() if word not in ("at", "on")))]
    low = lower(clause.rest)
    at = next((i for i, word in enumerate(low) if word in IN and i + 1 < len(low)), None)
    if at is None:
        return []
    written = [word for _, word in clause.rest[at + 1 : at + 4] if word.casefold() not in ("the",)]
    return [Name(tuple(written))]


def _measure(clause: Clause, measure: str) -> list[Name]:
    """ "is 12 years old" of an age, "costs 5 dollars", "weighs 3 kilos"."""
    verb = clause.verb.base if clause.verb else "be"
    low = lower(clause.rest)
    number = next((i for i, word in enumerate(low) if word[:1].isdigit()), None)
    if number is None or (verb not in ("be", "cost", "weigh", "have") and verb in VERBS):
        return []
    if {"old", "years"} & {*low}:
        return [Name((clause.rest[number][1],))] if measure == "age" else []
    wanted = {"cost": "cost", "weigh": "weight"}.get(verb)
    if wanted and wanted != measure:
        return []
    if not wanted and measure not in (
        "height",
        "length",
        "size",
        "weight",
        "cost",
        "age",
        "depth",
        "width",
        "distance",
    ):
        return []
    return [Name(tuple(word for _, word in clause.rest[number : number + 2]))]
