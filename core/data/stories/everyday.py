"""Stories in people's own words: what bAbI's wordings do not have, and what its reader can know of it.

People are on their way, go in company, do not go, are perhaps somewhere; take several things at once, carry them from
here to there, put them into a box and get them from each other. What is asked of it and cannot be known has the answer
*not told*, with the sentences that tell a part of it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from core.data.babi import Question
from core.data.stories import lists
from core.data.stories.draft import Draft
from core.data.stories.everyday_words import EVERYDAY, PROSE, TRAIL, WITH_TRAIL
from core.data.stories.holding import count_word
from core.data.stories.names import the
from core.data.stories.settings import StorySettings
from core.data.stories.words import NOT_TOLD, NOTHING

Facts = tuple[int, ...]
MOST_FACTS = 8
QUESTIONS = 6
UNKNOWABLE = 0.3  # how often a question is tried that cannot be known


@dataclass
class Person:
    """What a reader knows of somebody: ``how`` is in, either, out, or nothing, about ``places``."""

    how: str = ""
    places: tuple[str, ...] = ()
    facts: Facts = ()
    trip: list[tuple[str, int]] = field(default_factory=list)
    not_in: dict[str, int] = field(default_factory=dict)
    handled: list[tuple[str, int]] = field(default_factory=list)  # (thing, sentence)
    holds: list[str] = field(default_factory=list)
    unsure: bool = False


@dataclass
class Thing:
    """What a reader knows of a thing: who has it, or where it lies, and the sentences that this takes."""

    holder: str = ""
    place: str = ""
    facts: Facts = ()
    giver: tuple[str, str, int] | None = None


def everyday(seed: int | random.Random, settings: StorySettings) -> list[Question]:
    """One story with its questions, each with the statements before it."""
    rng = seed if isinstance(seed, random.Random) else random.Random(f"everyday {seed}")
    draft = Draft(1, rng, settings, QUESTIONS, rng.choice((1, 2, 3)))
    draft.book = {**draft.book, **EVERYDAY}
    Telling(draft).tell()
    return draft.questions(seed if isinstance(seed, int) else 0)


class Telling:
    """Tells what happens and keeps what its reader knows."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.rng = draft, draft.rng
        draft.cast(people=(3, 2), places=(4, 3), things=(3, 2))
        self.people = {name: Person() for name in draft.people}
        self.things = {name: Thing() for name in draft.things}
        self.strangers = draft.names.people(2)
        self.unseen = [*draft.names.things(1), *draft.names.places(1)]
        self.boxes = [box for box in self.rng.sample(lists.CONTAINERS, 6) if box not in " ".join(draft.things)][:2]
        self.actor = ""
        self.told: list[str] = []  # whom and what it was about, the last one last

    def tell(self) -> None:
        draft, rng = self.draft, self.rng
        draft.window = 8
        prose = rng.choice((0.0, 0.0, 0.1, 0.3))
        again = rng.choice((0.1, 0.4, 0.7))  # how often whoever acted last acts again
        acts: list[tuple[float, Callable[[str], bool]]] = [
            (5, self._go), (1, self._together), (2, self._there), (1, self._not_there), (0.7, self._left), (1, self._either),
            (0.5, self._perhaps), (0.4, self._everybody), (0.4, self._nobody), (3, self._get), (1.5, self._get_two),
            (1.5, self._carry), (2, self._drop), (1.5, self._put), (2, self._give), (0.6, self._lies),
        ]  # fmt: skip
        if rng.random() < 0.3:  # a story about where people are and no more
            acts = acts[:9]
        while not draft.done:
            who = self.actor if self.actor and rng.random() < again else rng.choice(draft.people)
            self.actor = who
            if rng.random() < prose:
                self._prose()
            act = rng.choices([act for _, act in acts], [often for often, _ in acts])[0]
            if self.people[who].how == "either" and rng.random() < 0.4:
                act = self._not_there
            if act(who) and draft.due:
                for _ in range(8):
                    if self._ask():
                        break

    def _prose(self) -> None:
        """Something that no question is about."""
        rng, draft = self.rng, self.draft
        who, other = rng.sample(draft.people, 2)
        names = {
            "who": the(who),
            "other": the(other),
            "thing": the(rng.choice(draft.things)),
            "place": the(rng.choice(draft.places)),
        }
        text = rng.choice(PROSE).format(**names)
        draft.sentences.append(text[0].upper() + text[1:])

    # --- what happens ------------------------------------------------------------------------------------------------

    def _say(self, kind: str, **slots: str) -> int:
        slots.setdefault("first", self.rng.choice(self.draft.book["first"]))
        slots.setdefault("last", self.rng.choice(TRAIL) if kind in WITH_TRAIL and self.rng.random() < 0.4 else "")
        if slots["last"] and "{stranger}" in slots["last"]:
            slots["last"] = slots["last"].format(stranger=the(self.strangers[0]))
        return self.draft.say(kind, **slots)

    def _place(self, who: str, how: str, places: tuple[str, ...], index: int) -> None:
        person = self.people[who]
        person.how, person.places, person.facts, person.unsure = how, places, (index,), False
        if how == "in":
            person.trip.append((places[0], index))
            person.not_in = {}
        else:
            person.trip = []
        self.told.append(who)

    def _elsewhere(self, who: str) -> str:
        return self.draft.elsewhere(self.people[who].places[:1])

    def _go(self, who: str) -> bool:
        place = self._elsewhere(who)
        self._place(who, "in", (place,), self._say("goes", who=who, place=place))
        return True

    def _together(self, who: str) -> bool:
        other = self.rng.choice([one for one in self.draft.people if one != who])
        place = self._elsewhere(who)
        index = self._say("go with", who=who, other=other, place=place)
        for one in (who, other):
            self._place(one, "in", (place,), index)
        return True

    def _there(self, who: str) -> bool:
        place = self._elsewhere(who)
        self._place(who, "in", (place,), self._say("stays", who=who, place=place))
        return True

    def _not_there(self, who: str) -> bool:
        """Not where the reader thinks anyway; or not in one of two places, which leaves the other."""
        person = self.people[who]
        place = self.rng.choice(person.places) if person.how == "either" else self.draft.elsewhere(person.places)
        index = self._say("not in", who=who, place=place)
        if person.how == "either":
            left = tuple(one for one in person.places if one != place)
            facts = (index, *person.facts)
            self._place(who, "in", left, index)
            person.facts = facts
            person.not_in[place] = index
        else:
            person.not_in[place] = index
            self.told.append(who)
        return True

    def _left(self, who: str) -> bool:
        person = self.people[who]
        if person.how != "in":
            return False
        self._place(who, "out", person.places, self._say("leaves", who=who, place=person.places[0]))
        return True

    def _either(self, who: str) -> bool:
        places = tuple(self.rng.sample(self.draft.places, 2))
        self._place(who, "either", places, self._say("either", who=who, place=places[0], other=places[1]))
        self.people[who].not_in = {}
        return True

    def _perhaps(self, who: str) -> bool:
        place = self._elsewhere(who)
        self._place(who, "maybe", (place,), self._say("perhaps", who=who, place=place))
        self.people[who].not_in = {}
        return True

    def _everybody(self, _: str) -> bool:
        known = [one for one in self.draft.people if self.people[one].how]
        if len(known) < 2:
            return False
        if any(not self.people[one].how and one in self.told for one in self.draft.people):
            return False
        place = self.rng.choice(self.draft.places)
        index = self._say("everybody", place=place)
        for one in known:
            self._place(one, "in", (place,), index)
        return True

    def _nobody(self, _: str) -> bool:
        empty = [one for one in self.draft.places if not any(one in person.places for person in self.people.values())]
        if not empty:
            return False
        place = self.rng.choice(empty)
        index = self._say("nobody", place=place)
        for person in self.people.values():
            if person.how:
                person.not_in[place] = index
        return True

    def _can_take(self, who: str, thing: str) -> bool:
        known, person = self.things[thing], self.people[who]
        if known.holder:
            return False
        return not known.place or not person.how or (person.how == "in" and person.places[0] == known.place)

    def _taken(self, who: str, thing: str, index: int) -> None:
        person, known = self.people[who], self.things[thing]
        if known.place and not person.how:
            person.unsure = True
        if person.how in ("out", "either", "maybe"):
            person.unsure = person.unsure or bool(known.place)
        known.holder, known.place, known.facts = who, "", (index,)
        person.holds.append(thing)
        person.handled.append((thing, index))
        self.told += [thing, who]

    def _get(self, who: str) -> bool:
        things = [thing for thing in self.things if self._can_take(who, thing)]
        if not things:
            return False
        thing = self.rng.choice(things)
        if self.rng.random() < 0.3 and not self.things[thing].place:  # with the place where it was
            person = self.people[who]
            place = person.places[0] if person.how == "in" else self._elsewhere(who)
            index = self._say("finds", who=who, thing=thing, place=place)
            if person.how != "in":
                self._place(who, "in", (place,), index)
        else:
            index = self._say("gets", who=who, thing=thing)
        self._taken(who, thing, index)
        return True

    def _get_two(self, who: str) -> bool:
        things = [thing for thing in self.things if self._can_take(who, thing)]
        if len(things) < 2:
            return False
        some = self.rng.sample(things, self.rng.choice((2, 2, min(3, len(things)))))
        index = self._say("gets", who=who, thing=_list(some))
        for thing in some:
            self._taken(who, thing, index)
        return True

    def _carry(self, who: str) -> bool:
        things = [thing for thing in self.things if self._can_take(who, thing)]
        if not things or self.people[who].unsure:
            return False
        thing, place = self.rng.choice(things), self._elsewhere(who)
        index = self._say("carries", who=who, thing=thing, place=place)
        self._taken(who, thing, index)
        self._place(who, "in", (place,), index)
        return True

    def _let_go(self, who: str, thing: str) -> None:
        person = self.people[who]
        person.holds.remove(thing)

    def _drop(self, who: str) -> bool:
        person = self.people[who]
        if not person.holds or person.unsure:
            if (
                self.rng.random() < 0.1
                and not person.handled
                and (new := [t for t, k in self.things.items() if not k.facts])
            ):
                thing = self.rng.choice(new)  # nobody was told to have taken it
                index = self._say("drops", who=who, thing=thing)
                known = self.things[thing]
                known.facts, known.place = (index,), person.places[0] if person.how == "in" else ""
                known.facts = (index, *person.facts) if known.place else (index,)
                person.handled.append((thing, index))
                self.told.append(thing)
                return True
            return False
        thing = self.rng.choice(person.holds)
        index = self._say("drops", who=who, thing=thing)
        person.handled.append((thing, index))
        self._let_go(who, thing)
        self.told.append(who)
        known = self.things[thing]
        known.holder = ""
        known.place = person.places[0] if person.how == "in" else ""
        known.facts = (index, *person.facts) if known.place else (index,)
        self.told.append(thing)
        return True

    def _put(self, who: str) -> bool:
        person = self.people[who]
        if not person.holds or not self.boxes:
            return False
        thing, box = self.rng.choice(person.holds), self.rng.choice(self.boxes)
        index = self._say("puts", who=who, thing=thing, place=box)
        person.handled.append((thing, index))
        self._let_go(who, thing)
        known = self.things[thing]
        known.holder, known.place, known.facts = "", box, (index,)
        self.told.append(thing)
        return True

    def _give(self, who: str) -> bool:
        person = self.people[who]
        others = [one for one in self.draft.people if one != who]
        free = [thing for thing, known in self.things.items() if not known.facts]
        if not person.holds and not (free and self.rng.random() < 0.3):
            return False
        thing = self.rng.choice(person.holds or free)
        to = self.rng.choice(others)
        index = self._say("gives", who=who, thing=thing, to=to)
        if thing in person.holds:
            self._let_go(who, thing)
        person.handled.append((thing, index))
        other, known = self.people[to], self.things[thing]
        other.holds.append(thing)
        other.handled.append((thing, index))
        known.holder, known.place, known.facts, known.giver = to, "", (index,), (who, to, index)
        for one in (person, other):  # they are in one place now, whichever
            if one.how != "in" or person.how != "in" or person.places != other.places:
                one.unsure = one.unsure or bool(person.how == "in") != bool(other.how == "in") and one.how != "in"
                if one.how in ("either", "maybe", "out"):
                    one.unsure = True
        self.told += [thing, to]
        return True

    def _lies(self, _: str) -> bool:
        free = [thing for thing, known in self.things.items() if not known.holder]
        if not free:
            return False
        thing = self.rng.choice(free)
        place = self.rng.choice([one for one in (*self.draft.places, *self.boxes) if one != self.things[thing].place])
        known = self.things[thing]
        known.place, known.facts = place, (self._say("thing in", thing=thing, place=place),)
        self.told.append(thing)
        return True

    # --- what is asked -----------------------------------------------------------------------------------------------

    def _ask(self) -> bool:
        rng, draft = self.rng, self.draft
        if rng.random() < 0.12:
            return self._stranger()
        subject = rng.choice(self.told[-draft.window :] or draft.people)
        if rng.random() < 0.15:
            return self._who_is()
        if subject in self.people and (held := self.people[subject].holds) and rng.random() < 0.4:
            return rng.choice((self._where_thing, self._where_thing, self._thing_in))(rng.choice(held))
        if subject in self.people:
            asks = [self._where, self._where, self._is_in, self._is_in, self._before, self._carrying, self._count]
            return rng.choice(asks)(subject)
        return rng.choice([self._where_thing, self._where_thing, self._who_has, self._given, self._thing_in])(subject)

    def _not_told(self, kind: str, facts: Facts = (), **slots: str) -> bool:
        self.draft.ask(kind, NOT_TOLD, facts, **slots)
        return True

    def _stranger(self) -> bool:
        """A question about somebody or something that the story does not have."""
        rng, draft = self.rng, self.draft
        who, thing = self.strangers[1], self.unseen[0]
        known = rng.choice(draft.people)
        kind = rng.choice(
            ("where person", "where thing", "is in", "carrying", "who has", "who gave", "what given", "where before")
        )
        other = {"what given": {"to": known}, "where before": {"thing": who}}.get(kind, {})
        return self._not_told(kind, who=who, **({"thing": thing, "place": rng.choice(draft.places)} | other))

    def _where(self, who: str) -> bool:
        person = self.people[who]
        if person.unsure:
            return False
        if person.how == "in":
            if len(person.facts) == 1 and person.facts[0] < 0:
                return False
            self.draft.ask("where person", person.places[0], person.facts, who=who)
            return True
        return self._not_told("where person", person.facts, who=who)

    def _is_in(self, who: str) -> bool:
        person, rng = self.people[who], self.rng
        if person.unsure:
            return False
        if person.not_in and rng.random() < 0.5:
            place = rng.choice(list(person.not_in))
            if person.how != "in" or place not in person.places:
                self.draft.ask("is in", "no", (person.not_in[place],), who=who, place=place)
                return True
        if person.how == "in":
            place = person.places[0] if rng.random() < 0.5 else self._elsewhere(who)
            if place in person.not_in:
                return False
            self.draft.ask("is in", "yes" if place == person.places[0] else "no", person.facts, who=who, place=place)
        elif person.how in ("either", "maybe"):
            within = rng.random() < 0.6 or person.how == "maybe"
            place = rng.choice(person.places) if within else self.draft.elsewhere(person.places)
            if place in person.not_in:
                return False
            self.draft.ask("is in", "maybe" if within else "no", person.facts, who=who, place=place)
        elif person.how == "out" and rng.random() < 0.7:
            self.draft.ask("is in", "no", person.facts, who=who, place=person.places[0])
        else:
            place = self.draft.elsewhere((*person.places, *person.not_in)) if len(person.not_in) < 2 else ""
            return bool(place) and self._not_told("is in", person.facts, who=who, place=place)
        return True

    def _before(self, who: str) -> bool:
        trip = self.people[who].trip
        if not trip or self.people[who].how != "in" or self.people[who].unsure:
            return False
        places = [place for place, _ in trip]
        steps = [n for n in range(1, len(trip)) if places[n] not in places[n + 1 :] and places[n] != places[n - 1]]
        if not steps:
            return len(trip) == 1 and self._not_told("where before", (trip[0][1],), thing=who, place=places[0])
        step = self.rng.choice(steps)
        self.draft.ask(
            "where before", places[step - 1], (trip[step][1], trip[step - 1][1]), thing=who, place=places[step]
        )
        return True

    def _carrying(self, who: str) -> bool:
        person = self.people[who]
        facts = tuple(index for _, index in person.handled)
        if not 0 < len(facts) <= MOST_FACTS:
            return False
        order = dict.fromkeys(thing for thing, _ in person.handled)
        grouped = tuple(index for one in order for thing, index in person.handled if thing == one)
        held = [thing for thing in order if thing in person.holds]
        self.draft.ask("carrying", ",".join(held) or NOTHING, grouped, who=who)
        return True

    def _count(self, who: str) -> bool:
        person = self.people[who]
        facts = tuple(index for _, index in person.handled)
        if not 0 < len(facts) <= MOST_FACTS or len(person.holds) > 5:
            return False
        self.draft.ask("how many", count_word(len(person.holds)), facts, who=who)
        return True

    def _where_thing(self, thing: str) -> bool:
        known = self.things[thing]
        if known.holder:
            holder = self.people[known.holder]
            if holder.unsure:
                return False
            if holder.how == "in":
                facts = tuple(dict.fromkeys((*known.facts, *holder.facts)))
                self.draft.ask("where thing", holder.places[0], facts, thing=thing)
                return True
            return self._not_told("where thing", tuple(dict.fromkeys((*known.facts, *holder.facts))), thing=thing)
        if known.place:
            self.draft.ask("where thing", known.place, known.facts, thing=thing)
            return True
        return self._not_told("where thing", known.facts, thing=thing)

    def _thing_in(self, thing: str) -> bool:
        known = self.things[thing]
        place, facts = known.place, known.facts
        if known.holder:
            holder = self.people[known.holder]
            if holder.unsure or holder.how not in ("", "in"):
                return False
            place = holder.places[0] if holder.how == "in" else ""
            facts = tuple(dict.fromkeys((*known.facts, *holder.facts)))
        asked = place if place and self.rng.random() < 0.5 else self.draft.elsewhere([place])
        if not place:
            return self._not_told("is in", facts, who=thing, place=asked)
        self.draft.ask("is in", "yes" if asked == place else "no", facts, who=thing, place=asked)
        return True

    def _who_has(self, thing: str) -> bool:
        known = self.things[thing]
        if known.holder:
            self.draft.ask("who has", known.holder, known.facts, thing=thing)
            return True
        return self._not_told("who has", known.facts[:1], thing=thing)

    def _given(self, thing: str) -> bool:
        known, rng = self.things[thing], self.rng
        if known.giver is None:
            if rng.random() < 0.5:
                return self._not_told(rng.choice(("who gave", "who received")), thing=thing)
            who, to = rng.sample(self.draft.people, 2)
            gifts = [one.giver[:2] for one in self.things.values() if one.giver]
            return (who, to) not in gifts and len(gifts) < 2 and self._not_told("what given", who=who, to=to)
        who, to, index = known.giver
        if sum(one.giver is not None and one.giver[:2] == (who, to) for one in self.things.values()) > 1:
            return False
        kind, answer = rng.choice(
            (("what given", thing), ("who gave", who), ("who gave to", who), ("who received", to), ("to whom", to))
        )
        self.draft.ask(kind, answer, (index,), who=who, to=to, thing=thing)
        return True

    def _who_is(self) -> bool:
        if any(person.how in ("either", "maybe", "out") or person.unsure for person in self.people.values()):
            return False
        place = self.rng.choice(self.draft.places)
        there = sorted(
            (person.facts[-1], who)
            for who, person in self.people.items()
            if person.how == "in" and person.places[0] == place
        )
        if len(there) > 4 or any(len(self.people[who].facts) > 1 for _, who in there):
            return False
        if not there:
            return self._not_told("who is in", place=place)
        order = [who for who in self.draft.people if who in {one for _, one in there}]
        there.sort(key=lambda one: (one[0], self.draft.sentences[one[0]].find(one[1]), order.index(one[1])))
        self.draft.ask("who is in", ",".join(who for _, who in there), tuple(index for index, _ in there), place=place)
        return True


def _list(names: list[str]) -> str:
    """ "apple, the pear and the plum": the article before the first comes with it."""
    *first, last = [names[0], *(the(name) for name in names[1:])]
    return f"{', '.join(first)} and {last}"
