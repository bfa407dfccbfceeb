"""Questions that cannot be known, and others beside them so that nobody can tell which are from the question alone.

Somebody of whom the story says nothing; how things lie of which nothing joins them, or that are told to lie both ways;
what somebody feels, fears, is or will do where the story speaks of other things; deeds that nobody did.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from core.data.babi import Question
from core.data.stories import KINDS, generate, lists
from core.data.stories.draft import Draft
from core.data.stories.mixed import mixed
from core.data.stories.names import plural, the
from core.data.stories.settings import StorySettings
from core.data.stories.words import DIRECTIONS, MOTIVES, NOT_TOLD, RELATIONS, SYNONYMS

_STRANGE = (*lists.WOMEN, *lists.MEN)
_DEEDS = (
    *[
        "chased",
        "painted",
        "kissed",
        "watched",
        "cooked",
        "washed",
        "repaired",
        "admired",
        "called",
        "helped",
        "invited",
        "followed",
        "fixed",
        "cleaned",
    ],
    *[
        "saw",
        "hit",
        "met",
        "taught",
        "drew",
        "broke",
        "wrote",
        "ate",
        "drank",
        "sang",
        "built",
        "baked",
        "pulled",
        "pushed",
        "rescued",
        "loves",
        "likes",
        "hates",
        "knows",
    ],
)
_BASES = {
    "saw": "see", "hit": "hit", "met": "meet", "taught": "teach", "drew": "draw", "broke": "break", "wrote": "write",
    "ate": "eat", "drank": "drink", "sang": "sing", "built": "build", "baked": "bake", "loves": "love", "likes": "like",
    "hates": "hate", "knows": "know", "chased": "chase", "admired": "admire", "invited": "invite", "rescued": "rescue",
}  # fmt: skip


def stranger(question: Question, rng: random.Random) -> Question:
    """The question asked of somebody whom its story does not have; itself where it names nobody to be replaced."""
    there = " ".join((*question.sentences, question.question)).casefold()
    names = [name for name in rng.sample(_STRANGE, 8) if name.casefold() not in there]
    words = question.question.rstrip("?").split()
    told = {word.strip(".").casefold() for sentence in question.sentences for word in sentence.split()}
    places = [n for n, word in enumerate(words) if n and word[0].isupper() and word.casefold() in told]
    places = [
        n for n in places if not (n + 1 < len(words) and words[n + 1][0].isupper()) and not words[n - 1][0].isupper()
    ]
    if not names or not places or "before" in words[: places[0]] or words[places[0] - 1] in ("the", "in", "than"):
        return question
    words[places[0]] = names[0]
    return replace(question, question=f"{' '.join(words)}?", answer=NOT_TOLD, facts=())


def untold(rng: random.Random) -> list[Question]:
    """One story with questions that cannot be known, and some that can."""
    settings = StorySettings(style="free", names=rng.choice(("babi", "large")), sentences=rng.choice((None, 3, 5, 10)))
    if rng.random() < 0.3:
        return _of_another_kind(rng, settings)
    tell = rng.choice(
        (
            _sides,
            _sides,
            _sizes,
            _sizes,
            _map,
            _ways,
            _ways,
            _colours,
            _fears,
            _feelings,
            _deeds,
            _deeds,
            _left_over,
            _left_over,
        )
    )
    draft = Draft(0, rng, settings, 3, 0)
    tell(draft)
    return draft.questions(0)


class Link(NamedTuple):
    """A statement between two names: the bigger or the one that lies ``way``, and the other."""

    a: str
    b: str
    way: str
    index: int


def _of_another_kind(rng: random.Random, settings: StorySettings) -> list[Question]:
    """A question of one kind about a story of another, in which nothing of it is told."""
    task = rng.choice([1, 2, 4, 5, 6, 9, 10, 12, 15, 16, 17, 18, 19, 20])
    questions = mixed(rng, settings) if rng.random() < 0.2 else generate(task, rng, replace(settings, sentences=None))
    question = rng.choice(questions)
    draft = Draft(0, rng, settings, 1, 0)
    names = _names(question)
    text = " ".join((*question.sentences, ""))
    if len(names) < 2:
        return questions
    a, b = rng.sample(names, 2)
    lower = text.lower()
    kinds: list[tuple[bool, str, dict[str, str]]] = [
        ("afraid" not in lower and "fear" not in lower and "scared" not in lower, "what feared", {"name": a}),
        ("color" not in lower and task not in (15, 16, 20) and len(questions) > 0, "what colour", {"who": a}),
        (not any(f" {state}" in lower for state in MOTIVES["free"]), "where will", {"name": a}),
        (not any(f" {state}" in lower for state in MOTIVES["free"]), "why go", {"name": a, "place": b}),
        ("bigger" not in lower and "fit" not in lower and "larger" not in lower and "smaller" not in lower, "is bigger", {"a": a, "b": b}),
        (not any(word in lower for word in ("above", "below", "left of", "right of", "under", "over", "beneath")), "is beside",
         {"a": a, "b": b, "way": rng.choice(list(RELATIONS))}),
        (not any(f" {way} " in lower for way in DIRECTIONS), "path", {"a": a, "b": b}),
        (not any(f" {way} " in lower for way in DIRECTIONS), "what lies", {"way": rng.choice(list(DIRECTIONS)), "b": a}),
        (task in (4, 15, 16, 17, 18, 19, 20), "who gave", {"thing": a}),
        (task in (4, 15, 16, 17, 18, 19), "where person", {"who": a}),
        (task in (4, 15, 16, 17, 18, 19), "is in", {"who": a, "place": b}),
        (task in (4, 15, 16, 17, 18, 19), "who has", {"thing": a}),
    ]  # fmt: skip
    fits = [(kind, slots) for possible, kind, slots in kinds if possible]
    if not fits:
        return questions
    kind, slots = rng.choice(fits)
    return [replace(question, question=draft.phrase(kind, **slots), answer=NOT_TOLD, facts=())]


def _names(question: Question) -> list[str]:
    """The names of a story of the generator's, as it draws them: single capitals, and what follows "the"."""
    found: dict[str, None] = {}
    for sentence in question.sentences:
        words = sentence.rstrip(".").split()
        for n, word in enumerate(words):
            if (
                n
                and words[n - 1].lower() == "the"
                and word.islower()
                and (n + 1 == len(words) or words[n + 1].islower())
            ):
                following = words[n + 1] if n + 1 < len(words) else ""
                if following in ("is", "was", "to", "") and word not in (
                    "end",
                    "color",
                    "colour",
                    "left",
                    "right",
                    "moment",
                ):
                    found[word] = None
            if (
                word[0].isupper()
                and n == 0
                and words[1:2]
                and words[1] in ("is", "went", "moved", "journeyed", "travelled", "was")
            ):
                if word.lower() not in ("the", "then", "both", "it", "everyone", "nobody"):
                    found[word] = None
    return list(found)


def _aside(draft: Draft, kinds: Sequence[Callable[[Draft], None]]) -> None:
    if draft.rng.random() < 0.4:
        draft.rng.choice(kinds)(draft)


def _going(draft: Draft) -> None:
    for who in draft.names.people(draft.rng.choice((1, 2))):
        draft.say("go", who=who, place=draft.names.places(1)[0])


def _unknown(draft: Draft, kind: str, facts: Sequence[int] = (), **slots: str) -> None:
    draft.ask(kind, NOT_TOLD, facts, **slots)


def _sides(draft: Draft) -> None:
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
    _aside(draft, (_going,))
    if form == "both ways":
        facts = (say(a, way, b), say(a, turned[way], b))
        _unknown(draft, "is beside", facts, a=a, way=draft.synonym(rng.choice((way, turned[way]))), b=b)
    elif form == "same side":
        facts = (say(a, way, c), say(b, way, c))
        _unknown(draft, "is beside", facts, a=a, way=draft.synonym(rng.choice((way, turned[way]))), b=b)
    elif form == "apart":
        say(a, way, b), say(c, rng.choice(list(RELATIONS)), d)
        _unknown(
            draft,
            "is beside",
            a=rng.choice((a, b)),
            way=draft.synonym(rng.choice(list(RELATIONS))),
            b=rng.choice((c, d)),
        )
    elif form == "new":
        say(a, way, b)
        one, other = rng.choice(((a, new), (new, b)))
        _unknown(draft, "is beside", a=one, way=draft.synonym(rng.choice(list(RELATIONS))), b=other)
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


def _sizes(draft: Draft) -> None:
    rng = draft.rng
    a, b, c, d, new = rng.choice((draft.names.things, draft.names.people))(5)
    say = lambda big, small: draft.say("bigger", a=big, b=small)  # noqa: E731
    form = rng.choice(("one top", "one bottom", "apart", "new", "chain", "direct"))
    _aside(draft, (_going,))
    if form == "one top":
        facts = (say(c, a), say(c, b))
        _unknown(draft, "is bigger", facts, a=a, b=b)
    elif form == "one bottom":
        facts = (say(a, c), say(b, c))
        _unknown(draft, "is bigger", facts, a=a, b=b)
    elif form == "apart":
        say(a, b), say(c, d)
        _unknown(draft, "is bigger", a=rng.choice((a, b)), b=rng.choice((c, d)))
    elif form == "new":
        say(a, b)
        one, other = rng.choice(((a, new), (new, b), (new, a), (b, new)))
        _unknown(draft, "is bigger", a=one, b=other)
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


def _left_over(draft: Draft) -> None:
    """Of two places where somebody or something may be, one is ruled out; or a third, which leaves both."""
    rng = draft.rng
    who = rng.choice((draft.names.people, draft.names.people, draft.names.things))(1)[0]
    one, other, third = draft.names.places(3)
    _aside(draft, (_going,))
    either = draft.say("either", who=who, place=one, other=other)
    _aside(draft, (_going,))
    out, left = rng.choice(((one, other), (other, one), (third, "")))
    index = draft.say("not there", who=who, place=out)
    _aside(draft, (_going,))
    if not left:
        if rng.random() < 0.5:
            _unknown(draft, "where person", (either,), who=who)
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


def _map(draft: Draft) -> None:
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
        _unknown(draft, kind, way=way, b=new, a=new)
    else:
        _unknown(
            draft,
            "what lies",
            way=next(w for w in DIRECTIONS if w not in (way, other, _BACK[way], _BACK[other]))
            if _BACK[way] == other
            else way,
            b=a,
        )


def _ways(draft: Draft) -> None:
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
    _unknown(draft, "path", a=one, b=other)


def _colours(draft: Draft) -> None:
    rng = draft.rng
    who, other, third, new = draft.names.people(4)
    one, another = draft.names.species(2)
    colour, shade = draft.names.colours(2)
    is_a = lambda person, kind: draft.say("is a", who=person, one=draft.one(kind), kind=kind)  # noqa: E731
    form = rng.choice(("told", "by kind", "no kind", "other kind", "new", "alone"))
    facts: list[int] = []
    if form in ("by kind", "other kind"):
        kind = one if form == "by kind" else another
        facts = [is_a(other, kind), draft.say("colour", who=other, colour=colour), is_a(who, one)]
    elif form == "alone":
        facts = [is_a(who, one)]
    elif form == "no kind":
        is_a(other, one), draft.say("colour", who=other, colour=colour)
        _going(draft)
    else:
        facts = [draft.say("colour", who=who, colour=colour)]
        if rng.random() < 0.5:
            draft.say("colour", who=third, colour=shade)
    if form == "told":
        draft.ask("what colour", colour, facts, who=who)
    elif form == "by kind":
        draft.ask("what colour", colour, (facts[2], facts[0], facts[1]), who=who)
    elif form in ("other kind", "alone"):
        _unknown(draft, "what colour", facts[-1:], who=who)
    else:
        _unknown(draft, "what colour", who=new if form == "new" else who)


def _fears(draft: Draft) -> None:
    rng = draft.rng
    who, other, new = draft.names.people(3)
    one, another, third = draft.names.species(3)
    fears = draft.say("fears", kinds=plural(one), others=plural(another))
    form = rng.choice(("told", "kind without", "nobody", "new"))
    kind = one if form == "told" else third
    if form in ("told", "kind without"):
        is_a = draft.say("is a", who=who, one=draft.one(kind), kind=kind)
        if rng.random() < 0.5:
            draft.say("is a", who=other, one=draft.one(one), kind=one)
        if form == "told":
            draft.ask("what feared", another, (is_a, fears), name=who)
        else:
            _unknown(draft, "what feared", (is_a,), name=who)
        return
    draft.say("is a", who=other, one=draft.one(one), kind=one)
    if form == "nobody":
        draft.say("go", who=who, place=draft.names.places(1)[0])
    _unknown(draft, "what feared", name=new if form == "new" else who)


def _feelings(draft: Draft) -> None:
    rng = draft.rng
    who, other, new = draft.names.people(3)
    state = rng.choice(list(MOTIVES["free"]))
    place = draft.names.places(1)[0]
    index = draft.say("feels", who=other, state=state)
    form = rng.choice(("told", "went", "went", "new", "other mood"))
    if form == "told":
        draft.ask("where will", MOTIVES["free"][state][0], (index,), name=other)
    elif form == "new":
        _unknown(draft, "where will", name=new)
    elif form == "other mood":
        draft.sentences.append(
            f"{the(who)[0].upper()}{the(who)[1:]} is {rng.choice(('angry', 'happy', 'sad', 'proud', 'tall', 'cheerful'))}."
        )
        _unknown(draft, "where will", name=who)
    else:
        draft.say("go", who=who, place=place)
        if rng.random() < 0.5:
            _unknown(draft, "where will", name=who)
        else:
            _unknown(draft, "why go", name=who, place=place)


def _deeds(draft: Draft) -> None:
    """Who did what to whom, in verbs of every sort."""
    rng = draft.rng
    names = [the(name) for name in draft.names.people(3)] + [the(name) for name in draft.names.things(2)]
    verb, second = rng.sample(_DEEDS, 2)
    pairs: list[tuple[str, str, str]] = []
    for _ in range(rng.choice((1, 2, 2, 3))):
        who = rng.choice(names[:3])
        what = rng.choice([name for name in names if name != who])
        deed = verb if rng.random() < 0.7 else second
        if not any(one[0] == who and one[1] == deed or one[1:] == (deed, what) for one in pairs):
            pairs.append((who, deed, what))
    index = []
    for who, deed, what in pairs:
        if rng.random() < 0.2:
            draft.say("go", who=rng.choice(draft.names.people(1)), place=draft.names.places(1)[0])
        draft.sentences.append(f"{who[0].upper()}{who[1:]} {deed} {what}.")
        index.append(len(draft.sentences) - 1)
    n = rng.randrange(len(pairs))
    who, deed, what = pairs[n]
    base = _BASES.get(deed, deed.removesuffix("ed"))
    texts = (
        f"Who {deed} {{}}?",
        f"{'Who' if what in names[:3] else 'What'} {'does' if deed.endswith('s') else 'did'} {{}} {base}?",
    )
    first = rng.random() < 0.5
    asked, answer, facts = (what, who, (index[n],)) if first else (who, what, (index[n],))
    if rng.random() < 0.4:  # of whom nobody did so
        free = [
            name for name in names if not any(one[1] == deed and (one[2] if first else one[0]) == name for one in pairs)
        ]
        asked, answer, facts = rng.choice(free), NOT_TOLD, ()
    draft.book = {**draft.book, "deed": (texts[0 if first else 1].format(asked),)}
    draft.ask("deed", answer.removeprefix("the "), facts)


__all__ = ["KINDS", "stranger", "untold"]
