"""The world in which people go about with things, and what a reader of its story can infer.

The world is what happens; the reader knows only what was told. Every question is asked of the reader.
"""

import random
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

# However many people and places there are, a story is mostly about a few: people and things have to meet.
MAIN_NAMES, MAIN = 6, 0.8

Facts = tuple[int, ...]  # the indices of the sentences that one needs to know something


class Event(NamedTuple):
    """What someone did: "go" to a place; "get", "drop" or "give" a thing."""

    kind: str
    who: str
    what: str
    to: str = ""


class World:
    """Where everyone is and what they hold: the truth, which draws what happens next.

    Args:
        rng: draws everything.
        people: who acts.
        places: where they go; at least two.
        things: what they get and drop; with none, people only go about.
        giving: whether they also give.
    """

    # How often each is tried, for bAbI's mix: about 3 of 5 events are going, and what is held is soon dropped.
    _TRIED = {"go": 0.83, "get": 1.0, "drop": 1.03, "give": 4.0}

    def __init__(
        self,
        rng: random.Random,
        people: Sequence[str],
        places: Sequence[str],
        things: Sequence[str] = (),
        giving: bool = False,
    ) -> None:
        self._rng, self._people, self._places = rng, people, places
        self._main_people, self._main_places = people[:MAIN_NAMES], places[:MAIN_NAMES]
        self.at = {person: rng.choice(self._main_places) for person in people}
        self.lies = {thing: rng.choice(self._main_places) for thing in things}  # the things that nobody holds
        self.holds: dict[str, list[str]] = {person: [] for person in people}
        kinds = ["go"] + (["get", "drop"] if things else []) + (["give"] if giving and things else [])
        self._bounds = list(zip(accumulate(self._TRIED[kind] for kind in kinds), kinds, strict=True))

    def step(self, actor: str = "") -> Event:
        """The next event, drawn from all that can happen, or that ``actor`` can do; it has then happened."""
        rng = self._rng
        while True:  # until what is tried is possible
            who = actor or self._choose(self._people, self._main_people)
            pick = rng.random() * self._bounds[-1][0]
            kind = next(kind for bound, kind in self._bounds if pick < bound)
            if kind == "go":
                return self._go(who)
            here, held = self.at[who], self.holds[who]
            if kind == "get":
                things = [thing for thing, place in self.lies.items() if place == here]
                if things:
                    thing = rng.choice(things)
                    del self.lies[thing]
                    held.append(thing)
                    return Event("get", who, thing)
            elif held:
                thing = rng.choice(held)
                if kind == "drop":
                    held.remove(thing)
                    self.lies[thing] = here
                    return Event("drop", who, thing)
                others = [person for person in self._people if person != who and self.at[person] == here]
                if others:
                    to = rng.choice(others)
                    held.remove(thing)
                    self.holds[to].append(thing)
                    return Event("give", who, thing, to)

    def _go(self, who: str) -> Event:
        place = self.at[who]
        while place == self.at[who]:
            place = self._choose(self._places, [*self._main_places, *self.lies.values()])
        self.at[who] = place
        return Event("go", who, place)

    def _choose(self, names: Sequence[str], main: Sequence[str]) -> str:
        """One of the names, mostly a main one where there are others."""
        return self._rng.choice(main if len(names) > MAIN_NAMES and self._rng.random() < MAIN else names)


class Reader:
    """What the reader of a story knows after each sentence, and from which sentences: the facts.

    Attributes:
        log: the events told, each with its facts.
        at: person -> (place, facts of the going there).
        last: thing -> (facts, event) of the last getting, dropping or giving of it.
        lies: thing -> (place, facts of the going that took it there), where it was dropped in a place that is known.
        trip: thing -> the (place, facts) to which it was carried since it was last picked up.
        handled: person -> facts of all getting, dropping, giving and receiving by them.
        had: person -> thing -> facts of what they did with it, things in the order in which they first had them.
        holds: person -> the things that they hold, as far as told.
    """

    def __init__(self) -> None:
        self.log: list[tuple[Facts, Event]] = []
        self.at: dict[str, tuple[str, Facts]] = {}
        self.last: dict[str, tuple[Facts, Event]] = {}
        self.lies: dict[str, tuple[str, Facts]] = {}
        self.trip: dict[str, list[tuple[str, Facts]]] = {}
        self.handled: dict[str, list[int]] = {}
        self.had: dict[str, dict[str, list[int]]] = {}
        self.holds: dict[str, list[str]] = {}

    def hear(self, facts: Facts, event: Event) -> None:
        """Learn of ``event`` from these sentences."""
        self.log.append((facts, event))
        kind, who, what, to = event
        if kind == "go":
            self.at[who] = what, facts
            for thing in self.holds.get(who, ()):
                self.trip[thing].append((what, facts))
            return
        self.last[what] = facts, event
        self._touch(facts, who, what)
        held = self.holds.setdefault(who, [])
        if kind == "get":
            held.append(what)
            self.lies.pop(what, None)
            self.trip[what] = []
        else:
            held.remove(what)
            if kind == "give":
                self._touch(facts, to, what)
                self.holds.setdefault(to, []).append(what)
            elif who in self.at:
                self.lies[what] = self.at[who]

    def _touch(self, facts: Facts, who: str, thing: str) -> None:
        self.handled.setdefault(who, []).extend(facts)
        self.had.setdefault(who, {}).setdefault(thing, []).extend(facts)
