"""What somebody is like, fears, feels or did: told, or not."""

from __future__ import annotations

from core.data.stories.draft import Draft
from core.data.stories.names import plural, the
from core.data.stories.untold_places import going, unknown
from core.data.stories.words import MOTIVES, NOT_TOLD

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


def colours(draft: Draft) -> None:
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
        going(draft)
    else:
        facts = [draft.say("colour", who=who, colour=colour)]
        if rng.random() < 0.5:
            draft.say("colour", who=third, colour=shade)
    if form == "told":
        draft.ask("what colour", colour, facts, who=who)
    elif form == "by kind":
        draft.ask("what colour", colour, (facts[2], facts[0], facts[1]), who=who)
    elif form in ("other kind", "alone"):
        unknown(draft, "what colour", facts[-1:], who=who)
    else:
        unknown(draft, "what colour", who=new if form == "new" else who)


def fears(draft: Draft) -> None:
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
            unknown(draft, "what feared", (is_a,), name=who)
        return
    draft.say("is a", who=other, one=draft.one(one), kind=one)
    if form == "nobody":
        draft.say("go", who=who, place=draft.names.places(1)[0])
    unknown(draft, "what feared", name=new if form == "new" else who)


def feelings(draft: Draft) -> None:
    rng = draft.rng
    who, other, new = draft.names.people(3)
    state = rng.choice(list(MOTIVES["free"]))
    place = draft.names.places(1)[0]
    index = draft.say("feels", who=other, state=state)
    form = rng.choice(("told", "went", "went", "new", "other mood"))
    if form == "told":
        draft.ask("where will", MOTIVES["free"][state][0], (index,), name=other)
    elif form == "new":
        unknown(draft, "where will", name=new)
    elif form == "other mood":
        mood = rng.choice(("angry", "happy", "sad", "proud", "tall", "cheerful"))
        draft.sentences.append(f"{the(who)[0].upper()}{the(who)[1:]} is {mood}.")
        unknown(draft, "where will", name=who)
    else:
        draft.say("go", who=who, place=place)
        if rng.random() < 0.5:
            unknown(draft, "where will", name=who)
        else:
            unknown(draft, "why go", name=who, place=place)


def deeds(draft: Draft) -> None:
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
    asked, answer = (what, who) if first else (who, what)
    facts: tuple[int, ...] = (index[n],)
    if rng.random() < 0.4:  # of whom nobody did so
        free = [
            name for name in names if not any(one[1] == deed and (one[2] if first else one[0]) == name for one in pairs)
        ]
        asked, answer, facts = rng.choice(free), NOT_TOLD, ()
    draft.book = {**draft.book, "deed": (texts[0 if first else 1].format(asked),)}
    draft.ask("deed", answer.removeprefix("the "), facts)
