"""Where people and things are: kinds 1 (one fact), 2 (two facts), 3 (three facts) and 6 (yes or no)."""

from collections.abc import Callable

from core.data.stories.draft import Draft
from core.data.stories.world import Event, Facts, Reader, World


def tell(draft: Draft, event: Event, get: str = "get there") -> int:
    """Say what happened."""
    if event.kind == "go":
        return draft.say("go", who=event.who, place=event.what)
    kind = get if event.kind == "get" else event.kind
    return draft.say(kind, who=event.who, thing=event.what, to=event.to)


def narrate(
    draft: Draft,
    ask: Callable[[Reader, Facts, Event], bool],
    things: int = 3,
    giving: bool = False,
    get: str = "get there",
) -> None:
    """Tell what happens in a world until ``ask`` has asked all questions.

    ``ask`` is given a recent event and its facts, and asks about it if the reader can answer.
    """
    draft.cast(people=(4, 2 if giving else 1), places=(6, 2), things=(things, 1))
    world = World(draft.rng, draft.people, draft.places, draft.things, giving)
    reader = Reader()
    while not draft.done:
        event = world.step()
        reader.hear((tell(draft, event, get),), event)
        if draft.due:
            any(ask(reader, facts, event) for facts, event in draft.recent(reader.log))


def single_fact(draft: Draft) -> None:
    """1: Where is Mary?"""

    def ask(reader: Reader, facts: Facts, event: Event) -> bool:
        if event.kind != "go":
            return False
        place, went = reader.at[event.who]
        draft.ask("where person", place, went, who=event.who)
        return True

    # In bAbI nobody has anything here.
    narrate(draft, ask, things=0 if draft.settings.style == "babi" else draft.rng.choice((0, 3)))


def two_facts(draft: Draft) -> None:
    """2: Where is the milk? What was done with it last, and where that took it."""

    def ask(reader: Reader, facts: Facts, event: Event) -> bool:
        if event.kind == "go" or reader.last[event.what][0] != facts:
            return False
        thing = event.what
        if event.kind == "drop":
            if thing not in reader.lies:
                return False
            place, went = reader.lies[thing]
        else:
            # bAbI asks about what is carried only once it has been carried somewhere.
            if not reader.trip[thing] and (draft.settings.style == "babi" or event.who not in reader.at):
                return False
            place, went = reader.at[event.who]
        draft.ask("where thing", place, facts + went, thing=thing)
        return True

    narrate(draft, ask)


def three_facts(draft: Draft) -> None:
    """3: Where was the milk before the garden? Of two places to which it was carried on its last trip."""

    def ask(reader: Reader, facts: Facts, event: Event) -> bool:
        if event.kind == "go" or reader.last[event.what][0] != facts:
            return False
        trip = reader.trip[event.what]
        places = [place for place, _ in trip]
        # A place visited twice means its last visit.
        steps = [step for step in range(1, len(trip)) if places[step] not in places[step + 1 :]]
        if not steps:
            return False
        step = draft.rng.choice(steps)
        (before, came), (place, went) = trip[step - 1 : step + 1]
        draft.ask("where before", before, facts + went + came, thing=event.what, place=place)
        return True

    narrate(draft, ask, get="get")


def yes_no(draft: Draft) -> None:
    """6: Is Mary in the garden?"""

    def ask(reader: Reader, facts: Facts, event: Event) -> bool:
        if event.kind != "go":
            return False
        place, went = reader.at[event.who]
        answer = draft.rng.choice(("yes", "no"))
        if answer == "no":
            place = draft.elsewhere([place])
        draft.ask("is in", answer, went, who=event.who, place=place)
        return True

    narrate(draft, ask)
