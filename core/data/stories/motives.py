"""Why people do what they do: kind 20 (motivations)."""

from core.data.stories.draft import Draft
from core.data.stories.words import MOTIVES


def motivations(draft: Draft) -> None:
    """20: Where will Mary go? Why did she go there? The fact is what she feels."""
    rng, settings = draft.rng, draft.settings
    motives = MOTIVES[settings.style]
    left = {state: list(things) for state, (_, things) in motives.items()}  # what has not been taken yet
    draft.people = draft.names.people(settings.people or 4)
    people = list(draft.people)
    feels: dict[str, tuple[str, int]] = {}  # person -> (state, index of the sentence)
    gone: set[str] = set()
    while not draft.done:
        if not people:
            if settings.sentences is None:
                break
            people = draft.names.people(1)
        who = rng.choice(people)
        name = draft.low(who)
        if who not in feels:
            state = rng.choice(list(motives))
            feels[who] = state, draft.say("feels", who=who, state=state)
            question = "where will", motives[state][0], {}
        elif who not in gone:
            gone.add(who)
            state = feels[who][0]
            place = motives[state][0]
            draft.say("go", who=who, place=place)
            question = "why go", state, {"place": place}
        else:
            people.remove(who)
            state = feels[who][0]
            if not left[state]:  # others have taken all there was
                continue
            thing = left[state].pop(rng.randrange(len(left[state])))
            draft.say("get there", who=who, thing=thing)
            question = "why get", state, {"thing": thing}
        if draft.due:
            kind, answer, slots = question
            draft.ask(kind, answer, (feels[who][1],), name=name, **slots)
