"""How things lie, which is bigger, which way leads there, where of two places somebody is: told, or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.data.stories.draft import Draft
from core.data.stories.names import the
from core.data.stories.words import DIRECTIONS, NOT_TOLD, RELATIONS, SYNONYMS


def aside(draft: Draft, kinds: Sequence[Callable[[Draft], None]]) -> None:
    if draft.rng.random() < 0.4:
        draft.rng.choice(kinds)(draft)


def going(draft: Draft) -> None:
    for who in draft.names.people(draft.rng.choice((1, 2))):
        draft.say("go", who=who, place=draft.names.places(1)[0])


def unknown(draft: Draft, kind: str, facts: Sequence[int] = (), **slots: str) -> None:
    draft.ask(kind, NOT_TOLD, facts, 0, **slots)


def sides(draft: Draft) -> None:
    """How things lie that nothing joins, that are joined by way of a third on one side, or told both ways."""
    rng = draft.rng
    things = rng.choice((draft.names.things, draft.names.things, draft.names.places, draft.names.people))(5)
    way = rng.choice(list(RELATIONS))
    turned = {
        "above": "below",
        "below": "above",
        "to the left of": "to the right of",
        "to the right of": "to the left of",
    }
    a, b, c, d, new = things
    say = lambda one, how, other: draft.say("beside", a=one, way=draft.synonym(how), b=other)  # noqa: E731
    form = rng.choice(("both ways", "same side", "apart", "new", "direct", "direct", "negated"))
    aside(draft, (going,))
    if form == "both ways":
        facts = (say(a, way, b), say(a, turned[way], b))
        unknown(draft, "is beside", facts, a=a, way=draft.synonym(rng.choice((way, turned[way]))), b=b)
    elif form == "same side":
        facts = (say(a, way, c), say(b, way, c))
        unknown(draft, "is beside", facts, a=a, way=draft.synonym(rng.choice((way, turned[way]))), b=b)
    elif form == "apart":
        say(a, way, b), say(c, rng.choice(list(RELATIONS)), d)
        unknown(
            draft,
            "is beside",
            a=rng.choice((a, b)),
            way=draft.synonym(rng.choice(list(RELATIONS))),
            b=rng.choice((c, d)),
        )
    elif form == "new":
        say(a, way, b)
        one, other = rng.choice(((a, new), (new, b)))
        unknown(draft, "is beside", a=one, way=draft.synonym(rng.choice(list(RELATIONS))), b=other)
    elif form == "negated":
        index = (
            draft.say("not beside", a=a, way=draft.synonym(way), b=b)
            if "not beside" in draft.book
            else _not_beside(draft, a, way, b)
        )
        draft.ask("is beside", "no", (index,), a=a, way=draft.synonym(way), b=b)
    else:
        if rng.random() < 0.5:
            say(c, rng.choice(list(RELATIONS)), d)
        index = say(a, way, b)
        turn = rng.random() < 0.3
        one, other, told = (b, a, turned[way]) if turn else (a, b, way)
        yes = rng.random() < 0.5
        draft.ask(
            "is beside",
            "yes" if yes else "no",
            (index,),
            a=one,
            way=draft.synonym(told if yes else turned[told]),
            b=other,
        )


def _not_beside(draft: Draft, a: str, way: str, b: str) -> int:
    draft.sentences.append(f"{the(a)[0].upper()}{the(a)[1:]} is not {rng_way(draft, way)} {the(b)}.")
    return len(draft.sentences) - 1


def rng_way(draft: Draft, way: str) -> str:
    return draft.rng.choice(SYNONYMS[way])


def sizes(draft: Draft) -> None:
    rng = draft.rng
    a, b, c, d, new = rng.choice((draft.names.things, draft.names.people))(5)
    say = lambda big, small: draft.say("bigger", a=big, b=small)  # noqa: E731
    form = rng.choice(("one top", "one bottom", "apart", "new", "chain", "direct"))
    aside(draft, (going,))
    if form == "one top":
        facts = (say(c, a), say(c, b))
        unknown(draft, "is bigger", facts, a=a, b=b)
    elif form == "one bottom":
        facts = (say(a, c), say(b, c))
        unknown(draft, "is bigger", facts, a=a, b=b)
    elif form == "apart":
        say(a, b), say(c, d)
        unknown(draft, "is bigger", a=rng.choice((a, b)), b=rng.choice((c, d)))
    elif form == "new":
        say(a, b)
        one, other = rng.choice(((a, new), (new, b), (new, a), (b, new)))
        unknown(draft, "is bigger", a=one, b=other)
    elif form == "chain":
        first, second = say(a, b), say(b, c)
        yes = rng.random() < 0.5
        one, other = (a, c) if yes else (c, a)
        draft.ask("is bigger", "yes" if yes else "no", (first, second) if yes else (second, first), a=one, b=other)
    else:
        index = say(a, b)
        yes = rng.random() < 0.5
        one, other = (a, b) if yes else (b, a)
        draft.ask("is bigger", "yes" if yes else "no", (index,), a=one, b=other)


def left_over(draft: Draft) -> None:
    """Of two places where somebody or something may be, one is ruled out; or a third, which leaves both."""
    rng = draft.rng
    who = rng.choice((draft.names.people, draft.names.people, draft.names.things))(1)[0]
    one, other, third = draft.names.places(3)
    aside(draft, (going,))
    either = draft.say("either", who=who, place=one, other=other)
    aside(draft, (going,))
    out, left = rng.choice(((one, other), (other, one), (third, "")))
    index = draft.say("not there", who=who, place=out)
    aside(draft, (going,))
    if not left:
        if rng.random() < 0.5:
            unknown(draft, "where person", (either,), who=who)
        else:
            draft.ask("is in", "maybe", (either,), who=who, place=rng.choice((one, other)))
        return
    kind = rng.choice(("where", "where", "yes", "no"))
    if kind == "where":
        draft.ask("where person", left, (index, either), who=who)
    elif kind == "yes":
        draft.ask("is in", "yes", (index, either), who=who, place=left)
    else:
        draft.ask("is in", "no", (index,), who=who, place=out)


_BACK = {"north": "south", "south": "north", "east": "west", "west": "east"}


def map_of(draft: Draft) -> None:
    """What lies north of it: something, nothing that is told, or a place that the story does not have."""
    rng = draft.rng
    a, b, c, new = draft.names.places(4)
    way, other = rng.sample(list(DIRECTIONS), 2)
    index = draft.say("lies", a=a, way=way, b=b)
    if rng.random() < 0.5:
        draft.say("lies", a=c, way=other, b=b)
    form = rng.choice(("told", "new", "nothing", "nothing"))
    if form == "told":
        if rng.random() < 0.5:
            draft.ask("what lies", a, (index,), way=way, b=b)
        else:
            draft.ask("lies of what", b, (index,), a=a, way=way)
    elif form == "new":
        kind = rng.choice(("what lies", "lies of what"))
        unknown(draft, kind, way=way, b=new, a=new)
    else:
        unknown(
            draft,
            "what lies",
            way=next(w for w in DIRECTIONS if w not in (way, other, _BACK[way], _BACK[other]))
            if _BACK[way] == other
            else way,
            b=a,
        )


def ways(draft: Draft) -> None:
    """The way from one place to another, of one step, of two or of three, or that nobody told."""
    rng = draft.rng
    names = draft.names.places(7)
    length = rng.choice((1, 1, 2, 3, 3))
    steps, last = [], ""
    for _ in range(length):
        last = rng.choice([way for way in DIRECTIONS if way != _BACK.get(last)])
        steps.append(last)
    joints = []
    for n, way in enumerate(steps):
        here, there = names[n], names[n + 1]
        joints.append((n, (there, way, here) if rng.random() < 0.5 else (here, _BACK[way], there)))
    extra = (length, (names[5], rng.choice(list(DIRECTIONS)), names[6]))
    order = [*joints, extra] if rng.random() < 0.5 else list(joints)
    rng.shuffle(order)
    index = {n: draft.say("lies", a=a, way=way, b=b) for n, (a, way, b) in order}
    if rng.random() < 0.55:
        draft.ask(
            "path", ",".join(way[0] for way in steps), [index[n] for n in range(length)], a=names[0], b=names[length]
        )
        return
    end = names[5] if length in index else draft.names.places(1)[0]
    one, other = rng.choice(((rng.choice(names[: length + 1]), end), (end, rng.choice(names[: length + 1]))))
    unknown(draft, "path", a=one, b=other)
