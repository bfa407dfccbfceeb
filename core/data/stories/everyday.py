"""Stories in people's own words: what bAbI's wordings do not have, and what its reader can know of it.

People are on their way, go in company, do not go, are perhaps somewhere; take several things at once, carry them from
here to there, put them into a box and get them from each other. What is asked of it and cannot be known has the answer
*not told*, with the sentences that tell a part of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from core.data.babi import Question
from core.data.stories import lists
from core.data.stories.draft import Draft
from core.data.stories.everyday_asks import Asking, KnownThing, Person
from core.data.stories.everyday_words import EVERYDAY, PROSE, TRAIL, WITH_TRAIL
from core.data.stories.names import the
from core.data.stories.settings import StorySettings

QUESTIONS = 6


def everyday(seed: int | random.Random, settings: StorySettings) -> list[Question]:
    """One story with its questions, each with the statements before it."""
    rng = seed if isinstance(seed, random.Random) else random.Random(f"everyday {seed}")
    draft = Draft(1, rng, settings, QUESTIONS, rng.choice((1, 2, 3)))
    draft.book = {**draft.book, **EVERYDAY}
    Telling(draft).tell()
    return draft.questions(seed if isinstance(seed, int) else 0)


class Telling(Asking):
    """Tells what happens and keeps what its reader knows."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.rng = draft, draft.rng
        draft.cast(people=(3, 2), places=(4, 3), things=(3, 2))
        self.people = {name: Person() for name in draft.people}
        self.things = {name: KnownThing() for name in draft.things}
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
            (5, self._go), (1, self._together), (2, self._there), (1, self._not_there), (0.7, self._left),
            (1, self._either),
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


def _list(names: list[str]) -> str:
    """ "apple, the pear and the plum": the article before the first comes with it."""
    *first, last = [names[0], *(the(name) for name in names[1:])]
    return f"{', '.join(first)} and {last}"
