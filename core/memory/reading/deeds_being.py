"""What is asked that somebody or something is, and how it lies: told where a sentence says it in so many words."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.asked import Asked
from core.memory.reading.clause import Clause
from core.memory.reading.names import Name, Names, lower, noun
from core.memory.reading.verbs import form_of
from core.memory.reading.words import FEELINGS, WAYS

SOMETHING = Name(("something",))
NO = Name(("none",))  # what is done to by whoever does not do it


def told(who: Name, verb: str, what: Name, names: Names) -> str:
    """A deed in the networks' wording."""
    return f"{names.say(who)} does {names.say(Name(tuple(verb.split())))} to {names.say(what)}."


def _lies(clause: Clause, who: Sequence[Name], names: Names, beside: str) -> list[str]:
    """ "The rug is under the table", where it is asked what is under it."""
    low = lower(clause.rest)
    said = next((word for word in low[:4] if word == beside or word in _TURNED.get(beside, ())), "")
    if not said:
        return []
    at = low.index(said) + 1
    other = noun(clause.rest, at + (low[at : at + 1] == ["of"]))[0]
    pairs = [(one, other) if said == beside else (other, one) for one in who] if other else []
    return [told(one, beside, its, names) for one, its in pairs]


def what_is(clause: Clause, who: Sequence[Name], asked: Asked, names: Names) -> list[str]:
    """ "Ben's sister is Anna", "Kai is afraid of spiders", "is tired": what it is asked that somebody is."""
    low = lower(clause.rest)
    if asked.slot == "with":
        return _with(clause, who, asked.detail, names)
    if asked.slot == "way":
        return _way(low, clause, who, asked.detail, names)
    feels = clause.verb is None or clause.verb.tells == "feel"
    if asked.slot == "feel" and feels and low and (len(low) == 1 or low[-1] in FEELINGS):
        return [told(one, "feel", Name((low[-1],)), names) for one in who]
    if clause.verb is not None:
        return _lies(clause, who, names, asked.detail) if clause.verb.tells in ("stay", "drop") else []
    if asked.slot == "is":
        other, end = noun(clause.rest, 0)
        if other is None or end < len(clause.rest) or not asked.names:
            return []
        about = asked.names[0]
        if other.key == about.key and who:
            return [told(about, "is", who[-1], names)]
        return [told(one, "is", other, names) for one in who if one.key == about.key]
    if asked.detail == "fear" and low[:1] and low[0] in ("afraid", "scared", "frightened", "terrified"):
        other = noun(clause.rest, 2)[0]
        return [told(one, "fear", other, names) for one in who] if other else []
    if asked.slot == "quality" and low[-1:] == [asked.detail]:
        return [told(one, asked.detail, SOMETHING, names) for one in who]
    return _lies(clause, who, names, asked.detail)


def _with(clause: Clause, who: Sequence[Name], detail: str, names: Names) -> list[str]:
    """ "The hat is made of wool"."""
    low = lower(clause.rest)
    form = clause.verb.base if clause.verb else ""
    word, _, small = detail.partition(" ")
    verb = form_of(word)
    at = next((n for n, its in enumerate(low) if its == small), None)
    if at is None or not (low[at - 1 : at] == [word] or at == 0 and verb and verb.base == form):
        return []
    other = noun(clause.rest, at + 1)[0]
    return [told(one, detail, other, names) for one in who] if other else []


def _way(low: list[str], clause: Clause, who: Sequence[Name], way: str, names: Names) -> list[str]:
    """ "The inn is north of the dam" says that the dam is south of it, and not north."""
    said = next((word for word in low if word in WAYS), "")
    at = low.index(said) + 1 if said else 0
    other = noun(clause.rest, at + 1)[0] if said and low[at : at + 1] == ["of"] else None
    if other is None or way not in (said, _BACK[said]):
        return []
    told_ = []
    for one in who:
        near, far = (one, other) if said == way else (other, one)
        told_ += [told(near, way, far, names), told(far, way, NO, names)]
    return told_


_BACK = {"north": "south", "south": "north", "east": "west", "west": "east"}


_TURNED = {
    "left": ("right",), "right": ("left",), "above": ("below", "under", "beneath", "underneath"),
    "over": ("below", "under"), "below": ("above", "over"), "under": ("above", "over"), "near": ("near",),
    "opposite": ("opposite",), "infront": ("behind",), "behind": ("infront",), "beside": ("beside", "near"),
}  # fmt: skip
