"""Who "she" and "they" are: kinds 11 (he or she), 12 (two people at once) and 13 (they)."""

from core.data.stories.draft import Draft
from core.data.stories.words import PRONOUNS, THEY


def coreference(draft: Draft) -> None:
    """11: Where is Mary? Each going is followed by one of the same person, by pronoun; both are facts."""
    _pairs(draft, together=1, pronoun=True)


def conjunction(draft: Draft) -> None:
    """12: Where is Mary? People go in twos."""
    _pairs(draft, together=2, pronoun=False)


def compound(draft: Draft) -> None:
    """13: Where is Mary? People go in twos, and then go on by pronoun; both are facts."""
    _pairs(draft, together=2, pronoun=True)


def _pairs(draft: Draft, together: int, pronoun: bool) -> None:
    rng = draft.rng
    draft.cast(people=(4, together), places=(6, 4))
    at: dict[str, tuple[str, tuple[int, ...]]] = {}  # person -> (place, facts)
    told: list[str] = []  # who went; two people told of at once count as two
    while not draft.done:
        who = rng.sample(draft.people, together)
        facts: tuple[int, ...] = ()
        for follows in (False, True) if pronoun else (False,):
            taken = {at[person][0] for person in who if person in at}
            place = draft.elsewhere(taken)
            if follows:
                name = THEY if together == 2 else PRONOUNS[draft.names.sex[who[0]]]
                index = draft.say("next", pronoun=name, place=place)
            elif together == 2:
                index = draft.say("go together", who=who[0], other=who[1], place=place)
            else:
                index = draft.say("go", who=who[0], place=place)
            facts = (index,) if draft.settings.pronouns_known else (*facts, index)
            told.extend(who)
            at.update((person, (place, facts)) for person in who)
        if draft.due:
            person = rng.choice(told[-draft.window :])
            place, facts = at[person]
            draft.ask("where person", place, facts, who=person)
