"""What a reader of an everyday story knows, and what is asked of it: what can be known, and what cannot."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from core.data.stories.draft import Draft
from core.data.stories.holding import count_word
from core.data.stories.words import NOT_TOLD, NOTHING

Facts = tuple[int, ...]

MOST_FACTS = 8


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
class KnownThing:
    """What a reader knows of a thing: who has it, or where it lies, and the sentences that this takes."""

    holder: str = ""
    place: str = ""
    facts: Facts = ()
    giver: tuple[str, str, int] | None = None


class Asking:
    """Asks about what its reader knows, and what they cannot know.

    Attributes:
        told: whom and what the story was about, the last one last.
        strangers, unseen: people, and a thing and a place, whom the story does not have.
    """

    draft: Draft
    rng: random.Random
    people: dict[str, Person]
    things: dict[str, KnownThing]
    told: list[str]
    strangers: list[str]
    unseen: list[str]

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
        self.draft.ask(kind, NOT_TOLD, facts, 0, **slots)
        return True

    def _elsewhere(self, who: str) -> str:
        return self.draft.elsewhere(self.people[who].places[:1])

    def _stranger(self) -> bool:
        """A question about somebody or something that the story does not have."""
        rng, draft = self.rng, self.draft
        who, thing = self.strangers[1], self.unseen[0]
        known = rng.choice(draft.people)
        kind = rng.choice(
            ("where person", "where thing", "is in", "carrying", "who has", "who gave", "what given", "where before")
        )
        other = {"what given": {"to": known}, "where before": {"thing": who}}.get(kind, {})
        slots = {"who": who, "thing": thing, "place": rng.choice(draft.places)} | other
        return self._not_told(kind, (), **slots)

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
                facts = (*known.facts, *holder.facts)  # one sentence can tell both
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
            facts = (*known.facts, *holder.facts)  # one sentence can tell both
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
