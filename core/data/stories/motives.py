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
        new = who not in feels
        if new:
            state = rng.choice(list(motives))
            feels[who] = state, draft.say("feels", who=who, state=state)
        state, fact = feels[who]
        place, thing = motives[state][0], ""
        if new:
            kind, answer = "where will", place
        elif who not in gone:
            gone.add(who)
            draft.say("go", who=who, place=place)
            kind, answer = "why go", state
        else:
            people.remove(who)
            if not left[state]:  # others have taken all there was
                continue
            thing = left[state].pop(rng.randrange(len(left[state])))
            draft.say("get there", who=who, thing=thing)
            kind, answer = "why get", state
        if draft.due:
            draft.ask(kind, answer, (fact,), name=draft.low(who), place=place, thing=thing)
