"""Where people are when less than a place is told: kinds 9 (negation) and 10 (either, or)."""

from core.data.stories.draft import Draft


def negation(draft: Draft) -> None:
    """9: Is Mary in the garden? She may only be known not to be somewhere."""
    rng = draft.rng
    draft.cast(people=(4, 1), places=(6, 3))
    at = {person: rng.choice(draft.places) for person in draft.people}
    known: dict[str, tuple[str, bool, int]] = {}  # person -> (place, whether there, index of the sentence)
    told: list[str] = []  # whom the sentences are about
    while not draft.done:
        who = rng.choice(draft.people)
        left, at[who] = at[who], draft.elsewhere([at[who]])
        kind = rng.choice(("go", "go", "there", "not there"))
        place = left if kind == "not there" else at[who]
        index = draft.say(kind, who=who, place=place)
        known[who] = place, kind != "not there", index
        told.append(who)
        if draft.due:
            who = rng.choice(told[-draft.window :])
            place, there, index = known[who]
            answer = rng.choice(("yes", "no")) if there else "no"
            if there and answer == "no":
                place = draft.elsewhere([place])
            draft.ask("is in", answer, (index,), who=who, place=place)


def indefinite(draft: Draft) -> None:
    """10: Is Mary in the garden? Of two places, the answer is maybe."""
    rng = draft.rng
    draft.cast(people=(4, 1), places=(6, 3))
    at = {person: rng.choice(draft.places) for person in draft.people}
    known: dict[str, tuple[tuple[str, ...], int]] = {}  # person -> (where they can be, index of the sentence)
    told: list[str] = []  # whom the sentences are about
    while not draft.done:
        who = rng.choice(draft.people)
        at[who] = place = draft.elsewhere([at[who]])
        kind = rng.choice(("go", "go", "there", "either"))
        places: tuple[str, ...] = (place,)
        if kind == "either":
            places = tuple(rng.sample((place, draft.elsewhere([place])), 2))
            index = draft.say(kind, who=who, place=places[0], other=places[1])
        else:
            index = draft.say(kind, who=who, place=place)
        known[who] = places, index
        told.append(who)
        if draft.due:
            who = rng.choice(told[-draft.window :])
            places, index = known[who]
            # bAbI asks for one of the places somewhat more often than for another.
            if rng.random() < (0.5 if len(places) == 1 else 0.58):
                place, answer = rng.choice(places), "yes" if len(places) == 1 else "maybe"
            else:
                place, answer = draft.elsewhere(places), "no"
            draft.ask("is in", answer, (index,), who=who, place=place)
