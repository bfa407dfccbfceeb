"""Where people were before, told out of order: kind 14 (time)."""

from core.data.stories.draft import Draft
from core.data.stories.words import TIMES

DIRECT = 0.25  # how often the free style asks where people were at a time


def time(draft: Draft) -> None:
    """14: Where was Mary before the school? Facts: the going there, and the going of the time before."""
    rng = draft.rng
    draft.cast(people=(4, 1), places=(6, 2))
    times = TIMES[-4:] if draft.settings.style == "babi" else sorted(rng.sample(TIMES, 4), key=TIMES.index)
    path: dict[str, list[str]] = {person: [] for person in draft.people}  # where they went, one place a time
    index_of: dict[tuple[str, int], int] = {}  # (person, number of the time) -> index of the sentence
    told: list[tuple[str, int]] = []
    while not draft.done:
        goings: list[tuple[str, int]] = []
        # Two goings, or as many as it takes to have a question, are told in any order.
        while len(goings) % 2 or not goings or max(map(len, path.values())) < 2:
            moving = [person for person in path if len(path[person]) < len(times)] or draft.names.people(1)
            who = rng.choice(moving)
            before = path.setdefault(who, [])
            before.append(draft.elsewhere(before[-1:]))
            goings.append((who, len(before) - 1))
        rng.shuffle(goings)
        for who, number in goings:
            place = path[who][number]
            index_of[who, number] = draft.say("day", who=who, place=place, time=times[number])
        told += goings
        if draft.due:
            for who, number in draft.recent(told):
                place = path[who][number]
                if draft.settings.style == "free" and rng.random() < DIRECT:  # bAbI has no such question
                    draft.ask("where at time", place, (index_of[who, number],), who=who, time=times[number])
                    break
                if number and place not in path[who][number + 1 :]:  # a place visited twice means its last visit
                    facts = index_of[who, number], index_of[who, number - 1]
                    draft.ask("where on day", path[who][number - 1], facts, who=who, place=place)
                    break
