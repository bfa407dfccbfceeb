"""What no kind of question is for, told as "somebody does this to something" where a question asks for just that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.data.plurals import singular
from core.data.stories.words import COUNTS
from core.memory.reading.asked import DEED, Asked
from core.memory.reading.clause import Clause, take_apart
from core.memory.reading.deeds_being import NO, SOMETHING, told, what_is
from core.memory.reading.names import Name, Names, Word, lower, noun, nouns
from core.memory.reading.scene import Scene
from core.memory.reading.subjects import Told
from core.memory.reading.tails import particles, tail
from core.memory.reading.verbs import VERBS
from core.memory.reading.words import BESIDE, IN, NOBODY, PRONOUNS

AFRAID = frozenset(("afraid", "scared", "frightened", "terrified"))


def deed(words: Sequence[Word], asked: Asked, scene: Scene, kinds: Mapping[str, str]) -> list[str]:
    """What a clause says of the deed that is asked for; nothing where it does not speak of it.

    Args:
        kinds: somebody's key -> what the story calls them: "Tweety is a bird".
    """
    names = scene.names
    clause = take_apart(words)
    can = asked.able and "can" in lower(words)
    if clause is None or (clause.maybe and not can) or clause.future:
        return []
    who = _who(clause, scene) or list(scene.subjects)
    if asked.names and any(singular(one.key) == kinds.get(asked.names[0].key) for one in who):
        who.append(asked.names[0])  # what all of a kind do
    if not who:
        return []
    if asked.slot in ("who", "what") and not asked.make:
        if clause.either or "or" in lower(clause.subject):
            scene.rivals = who, clause if clause.verb and clause.verb.base == asked.detail else None
            return []
        if clause.negated and (other := _other(clause, who, scene)):
            clause, who = scene.rivals[1] or clause, [other]
    if clause.negated:
        if asked.slot == "way" and not clause.verb:
            return []
        does = clause.verb.base == asked.detail if clause.verb else lower(clause.rest)[-1:] == [asked.detail]
        does = does or asked.detail == "fear" and not {*lower(clause.rest)}.isdisjoint(AFRAID)
        return [told(one, asked.detail, NO, names) for one in who] if asked.make and does else []
    if asked.slot == "job":
        kind = noun(clause.rest, 0)[0] if clause.verb is None and lower(clause.rest)[:1] in (["a"], ["an"]) else None
        if clause.verb and clause.verb.base == "work" and lower(clause.rest)[:1] == ["as"]:
            kind = noun(clause.rest, 1)[0]
        objects = [kind] if kind else []
    elif asked.slot == "measure":
        objects = _measure(clause, asked.detail)
    elif clause.verb is None or clause.verb.base != asked.detail:
        return what_is(clause, who, asked, names)
    elif clause.passive:
        return _passive(clause, who, names, asked.detail)
    elif asked.slot == "when":
        objects = _when(clause)
    elif asked.slot == "where":
        _, end = nouns(clause.rest, particles(clause.rest, 0)[1])
        place = tail(clause.rest, nouns(clause.rest, end)[1]).first(IN, BESIDE)
        objects = [place] if place else [scene.at[one.key] for one in who if one.key in scene.at][:1]
    else:
        _, at = particles(clause.rest, 0)
        objects, _ = nouns(clause.rest, at)
        if clause.rest[at : at + 1] and clause.rest[at][0] in PRONOUNS:
            objects = scene.who(clause.rest[at][0])
        if not objects and at < len(clause.rest):
            objects = [one for one in [noun(clause.rest, at + 1)[0]] if one]
        objects = (
            [SOMETHING]
            if asked.of[:1] == (SOMETHING,)
            else objects or [SOMETHING] * (asked.slot == "who" or asked.able)
        )
    return [told(one, asked.detail, other, names) for one in who for other in objects]


def _other(clause: Clause, who: Sequence[Name], scene: Scene) -> Name | None:
    """Who of two it was if it was not the one: "Either Ann or Bob ate it. Ann did not.", "It was not her."."""
    pair, what = scene.rivals
    low = lower(clause.rest)
    if clause.subject and clause.subject[0][0] == "it" and clause.verb is None and low:
        last = [one for one in scene.last if one.key in {its.key for its in pair}]
        who = last[-1:] if low[0] in PRONOUNS else nouns(clause.rest, 0)[0]
    elif clause.verb is None:
        return None
    keys = {one.key for one in who}
    left = [one for one in pair if one.key not in keys]
    return left[0] if what and len(pair) == 2 and len(left) == 1 else None


def _who(clause: Clause, scene: Scene) -> list[Name]:
    found: list[Name] = []
    low = lower(clause.subject)
    at = 2 if low[:1] and low[0] in NOBODY and low[1:2] in (["but"], ["except"]) else 0  # "Nobody but Ann"
    while at < len(clause.subject):
        if clause.subject[at][0] in PRONOUNS:
            found += scene.who(clause.subject[at][0])
            at += 1
            continue
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
    number = next((i for i, word in enumerate(low) if word[:1].isdigit() or word in COUNTS), None)
    if number is None or (verb not in ("be", "cost", "weigh", "have") and verb in VERBS):
        return []
    if {"old", "years"} & {*low} or verb == "be" and len(low) == 1 and measure == "age":
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


def kinds_of(sentences: Sequence[Sequence[Word]]) -> dict[str, str]:
    """Who is called what: "Tweety is a bird"."""
    kinds: dict[str, str] = {}
    for words in sentences:
        low = lower(words)
        at = next((n for n in range(1, len(low) - 2) if low[n] == "is" and low[n + 1] in ("a", "an")), 0)
        who, end = noun(words, 0, first=True) if at else (None, 0)
        kind = noun(words, at + 1)[0] if who and end == at else None
        if who and kind:
            kinds[who.key] = kind.key
    return kinds


def of_itself(asked: Asked, sentences: Sequence[Sequence[Word]]) -> Asked:
    """The question, asked for a deed where the story says of somebody what the networks know of kinds only."""
    if "afraid of" not in asked.text:
        return asked
    name = asked.names[0]
    for words in sentences:
        who, end = noun(words, 0, first=True)
        if (
            who
            and (who.key == name.key or who.key.endswith(f" {name.key}"))
            and {*lower(words[end:])} & {"afraid", "scared", "frightened", "fears", "terrified"}
        ):
            return replace(asked, text="What does {0} do {1} to?", about=DEED, detail="fear", slot="what")
    return asked


def placed(its: Told, asked: Asked, scene: Scene) -> list[str]:
    """What a clause says of who was where, if it is asked whether they ever were, or what is in it."""
    found = []
    for one, place, there in its.placed:
        if asked.slot == "within" and there and place.key == asked.names[0].key and not scene.is_person(one):
            found.append(told(one, asked.detail, place, scene.names))
        if asked.slot == "inside":
            was = scene.names.say(replace(asked.names[0], article=False))
            what = scene.names.say(replace(one, article=True))
            inside = place.key == asked.names[0].key
            if inside == there and (inside or one.key in scene.counted_in):
                found.append(f"{was} {'got' if inside else 'put down'} {what}.")
            elif not there and inside:
                found.append(f"{was} put down {what}.")
            (scene.counted_in.add if inside and there else scene.counted_in.discard)(one.key)
        if asked.slot == "absent" and not there and place.key == asked.names[0].key:
            found.append(f"{scene.names.say(one)} is in {scene.names.say(place)}.")
        if asked.slot == "owner" and there and place.key == asked.names[0].key:
            owner = next((n for n, word in enumerate(one.words[:-1], start=1) if word.endswith("'s")), 0)
            if owner and one.words[-1].casefold() == asked.detail:
                who = (*one.words[: owner - 1], one.words[owner - 1].removesuffix("'s"))
                found.append(f"{scene.names.say(scene.person(Name(who, proper=True)))} is in {scene.names.say(place)}.")
        if asked.slot == "visit" and one.key == asked.names[0].key and place.key == asked.of[0].key:
            found.append(told(one, asked.detail, place if there else NO, scene.names))
    return found
