"""What holds for all of a kind: kinds 15 (deduction) and 16 (induction)."""

from core.data.stories.draft import Draft
from core.data.stories.names import plural

# How bAbI's five animals fall into kinds: how many are of the kind that is asked for, and of the others; how often.
GROUPS = (((2, 2, 1), 60), ((2, 1, 1, 1), 20), ((2, 3), 10), ((4, 1), 9), ((5,), 1))
DIRECT = 0.4  # how often the free style also asks for a colour that was told
COPIED = 0.55  # how often bAbI takes an animal's colour from another of its kind


def deduction(draft: Draft) -> None:
    """15: What is Gertrude afraid of? Facts: what she is, and what those are afraid of."""
    rng, settings = draft.rng, draft.settings
    if settings.sentences is None:
        species, number = draft.names.species(max(2, settings.things or 4)), settings.people or 4
    else:
        room = draft.room(8)
        species = draft.names.species(max(2, room // 2))
        number = max(1, room - len(species))
    people = draft.people = draft.names.people(number)
    fears: dict[str, str] = {}
    is_a: dict[str, str] = {}
    index: dict[str, int] = {}
    draft.plan(len(species) + len(people))
    while len(index) < len(species) + len(people):
        # What a kind is afraid of is told before who is one.
        kind = rng.choice(species)
        if kind not in fears:
            fears[kind] = rng.choice([other for other in species if other != kind])
            index[kind] = draft.say("fears", kinds=plural(kind), others=plural(fears[kind]))
        elif len(is_a) < len(people):
            who = people[len(is_a)]
            is_a[who] = kind
            index[who] = draft.say("is a", who=who, one=draft.one(kind), kind=kind)
    while not draft.done:
        who = rng.choice(people)
        kind = is_a[who]
        draft.ask("what feared", fears[kind], (index[who], index[kind]), name=draft.low(who))


def induction(draft: Draft) -> None:
    """16: What colour is Greg? That of the last other of his kind; facts: his kind, the other's kind, its colour."""
    rng = draft.rng
    natural = 2 * (draft.settings.people or 5) - 1
    number = max(2, draft.room(natural) // 2 + 1)
    people = draft.people = draft.names.people(number)
    species = draft.names.species(4)
    colours = draft.names.colours(4)

    # All are told of in turns: of what kind they are, then of what colour; the last to be left is asked about.
    order: list[str] = []
    started: set[str] = set()
    unfinished = list(people)
    while len(order) < 2 * number:
        who = rng.choice(unfinished)
        order.append(who)
        if who in started:
            unfinished.remove(who)
        started.add(who)
    asked = order.pop()

    kind_of = dict.fromkeys(people, species[0])
    others = rng.sample([person for person in people if person != asked], number - 1)
    if number == 5:
        groups = rng.choices([sizes for sizes, _ in GROUPS], [often for _, often in GROUPS])[0]
        rest = others[groups[0] - 1 :]
        for kind, size in zip(species[1:], groups[1:], strict=False):
            kind_of.update(dict.fromkeys(rest[:size], kind))
            rest = rest[size:]
    else:
        kind_of.update((person, rng.choice(species)) for person in others[1:])

    is_a: dict[str, int] = {}  # the sentences about kinds
    coloured: dict[str, int] = {}  # and about colours
    colour: dict[str, str] = {}
    draft.plan(len(order))
    for who in order:
        kind = kind_of[who]
        if who not in is_a:
            alike = [colour[other] for other in is_a if kind_of[other] == kind]
            copied = rng.random() < (COPIED if draft.settings.style == "babi" else 1)
            colour[who] = rng.choice(alike if alike and copied else colours)
            is_a[who] = draft.say("is a", who=who, one=draft.one(kind), kind=kind)
        else:
            coloured[who] = draft.say("colour", who=who, colour=colour[who])
    if draft.settings.style == "free" and coloured and rng.random() < DIRECT:  # bAbI does not ask what was told
        who = rng.choice(list(coloured))
        draft.ask("what colour", colour[who], (coloured[who],), who=who)
    last = max((other for other in coloured if kind_of[other] == kind_of[asked]), key=lambda other: is_a[other])
    while not draft.done:
        draft.ask("what colour", colour[last], (is_a[asked], is_a[last], coloured[last]), who=asked)
