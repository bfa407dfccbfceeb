"""Who holds what, and from whom: kinds 5 (giving), 7 (counting) and 8 (lists)."""

from collections.abc import Callable
from itertools import chain

from core.data.stories.draft import Draft
from core.data.stories.moving import narrate
from core.data.stories.words import COUNTS, NOTHING
from core.data.stories.world import Event, Facts, Reader


def giving(draft: Draft) -> None:
    """5: Who gave the milk to Bill? The fact is the last giving that the question fits."""

    def ask(reader: Reader, facts: Facts, event: Event) -> bool:
        if event.kind != "give":
            return False
        # Whichever was drawn: bAbI asks about the last giving there was.
        facts, (_, who, thing, to) = next(gift for gift in reversed(reader.log) if gift[1].kind == "give")
        # "What did Mary give to Bill?" is asked as often as the questions for who, and as those for whom.
        kind, answer = draft.rng.choice(
            (("what given", thing),) * 2
            + (("who gave", who), ("who gave to", who), ("who received", to), ("to whom", to))
        )
        draft.ask(kind, answer, facts, who=who, thing=thing, to=to)
        return True

    narrate(draft, ask, giving=True)


def counting(draft: Draft) -> None:
    """7: How many objects is Mary carrying? The facts are all that she did with any, in order."""

    def ask(reader: Reader, who: str) -> None:
        draft.ask("how many", count_word(len(reader.holds.get(who, ()))), reader.handled[who], who=who)

    _narrate_holding(draft, ask, giving=True)


def lists(draft: Draft) -> None:
    """8: What is Mary carrying? Things, and the facts about each, stand in the order in which she first had them."""

    def ask(reader: Reader, who: str) -> None:
        held = [thing for thing in reader.had[who] if thing in reader.holds[who]]
        draft.ask("carrying", ",".join(held) or NOTHING, [*chain(*reader.had[who].values())], who=who)

    _narrate_holding(draft, ask)


def _narrate_holding(draft: Draft, ask: Callable[[Reader, str], None], giving: bool = False) -> None:
    """Tell what happens until all is asked about people who did something with things."""

    def ask_about(reader: Reader, facts: Facts, event: Event) -> bool:
        if event.kind == "go":
            return False
        ask(reader, draft.rng.choice((event.who, event.to)) if event.to else event.who)
        return True

    narrate(draft, ask_about, giving=giving)


def count_word(number: int) -> str:
    """A number as the stories say it."""
    return COUNTS[number] if number < len(COUNTS) else str(number)
