"""Where somebody or something is, and where they go: told as places, as far as the story names one."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.clause import Clause
from core.memory.reading.comparing import Comparing
from core.memory.reading.names import Name
from core.memory.reading.scene import plural
from core.memory.reading.subjects import Told
from core.memory.reading.tails import Tail
from core.memory.reading.words import (
    ABSENT,
    BESIDE,
    IN,
    PRONOUNS,
    TO,
    changes_nothing,
)

_BY, _FROM, _WITH = frozenset(("by",)), frozenset(("from",)), frozenset(("with",))

_UP = frozenset(("up",))  # "climbed up the tree"
_BARE = frozenset(("",))

_GOES_AWAY = frozenset(["escape", "flee", "disappear", "vanish", "depart", "evacuate", "go", "run"])
ELSEWHERE = Name(ABSENT)


def _several(name: Name) -> bool:
    return plural(name) and "of" not in name.words  # "a cargo of figs" is one


class Placing(Comparing):
    """Reads who is where, and who went where."""

    def _in_place(self, clause: Clause, subjects: list[Name], phrases: Tail, told: Told) -> bool:
        told.aside += phrases.aside
        company = [self._person(name) or name for word, name in phrases.phrases if word == "with"]
        place = phrases.first(IN, BESIDE, _BARE)
        if place is None:
            if company and (at := next((self.scene.at[one.key] for one in company if one.key in self.scene.at), None)):
                return self._placed(clause, subjects, at, told)
            return bool(phrases.aside) and not company
        if len(place.words) == 1 and place.words[0].lower() in PRONOUNS:
            meant = self.scene.who(place.words[0].lower())
            if not meant:
                return False
            place = meant[-1]
        if there := self._beside_whom(place):
            place = there
        elif self.scene.is_person(place) and any(name == place and word in BESIDE for word, name in phrases.phrases):
            told.aside.append(f"by {self.scene.person(place).text}")  # and where that is nobody says
            return True
        elif self.scene.known_person(place) and not (place.article and not self.scene.kind(place)):
            return False
        return self._placed(clause, subjects + (company if not clause.negated else []), place, told)

    def _along(self, one: Name, place: Name, told: Told) -> None:
        """What lies on a cart, or in the bag of who goes, is where that went."""
        scene = self.scene
        carriers = {one.key, *(key for key, holder in scene.held.items() if holder == one.key)}
        for thing in scene.things:
            its = scene.at.get(thing.key)
            on = scene.names.whole.get(its.key, its.key) if its else ""
            if on in carriers and thing.key not in carriers and place.key != on:
                told.late.append(f"{scene.names.say(thing)} is in {scene.names.say(place)}.")

    def _beside_whom(self, place: Name) -> Name | None:
        """Where somebody is whom another one is said to be with."""
        return self.scene.at.get(place.key) if self.scene.known_person(place) else None

    def _placed(self, clause: Clause, subjects: list[Name], place: Name, told: Told, kind: str = "is in") -> bool:
        scene = self.scene
        say = scene.names.say
        for one in subjects:
            one = scene.person(one) if scene.is_person(one) else scene.something(one)
            if clause.past and one.key in scene.now:  # "He is here now. He was there in the morning."
                told.aside.append(f"was in {place.text}")
                continue
            if clause.now and not clause.time and self.time.dated:
                told.aside.append(f"now in {place.text}")  # a time before is asked for
                continue
            if clause.now:
                scene.now.add(one.key)
            elif not clause.past:
                scene.now.discard(one.key)
            time = self.time(clause.time, [one])
            if clause.time and not time and clause.time not in told.aside:
                told.aside.append(clause.time)
            if time is None:
                continue
            if clause.negated:
                told.statements.append(f"{say(one)} is not in {say(place)}.")
                told.placed.append((one, place, False))
                continue
            if not clause.maybe:
                told.placed.append((one, place, True))
            if (
                "at the same time" in (*clause.aside, *told.aside)
                and (other := scene.at.get(one.key, place)).key != place.key
            ):
                told.statements.append(f"{say(one)} is either in {say(other)} or in {say(place)}.")
                scene.at.pop(one.key, None)
                continue
            if clause.maybe:
                told.statements.append(f"{say(one)} is either in {say(place)} or in {say(ELSEWHERE)}.")
                scene.at.pop(one.key, None)
                continue
            moved = kind == "went to" or clause.verb is not None and clause.verb.tells != "stay"
            if moved and not clause.past:
                self._along(one, place, told)
            if time:
                told.statements.append(f"{time[0].upper()}{time[1:]} {say(one)} went to {say(place)}.")
            elif kind == "went to":
                told.statements.append(f"{say(one)} went to {say(place)}.")
            else:
                told.statements.append(f"{say(one)} is in {say(place)}.")
            scene.at[one.key] = place
        scene.somewhere(place)
        return True

    def _go(self, clause: Clause, subjects: list[Name], phrases: Tail, told: Told) -> bool:
        scene = self.scene
        told.aside += phrases.aside
        company = [
            name
            for word, name in phrases.phrases
            if word == "with"
            and (
                name.article
                or name.words[0][:1].isupper()
                or name.key in PRONOUNS
                or not (name.words[0].isascii() and scene.kind(name) != "person" and not scene.known_person(name))
            )
        ]  # "with ease" is nobody
        it = [thing for one in company if one.key == "it" and (thing := self._person(one)) and thing.article]
        company = [*(one for one in company if one.key != "it" or not it), *it]  # "came back with it"
        brought = [one for one in company if one.article and not scene.known_person(one) and not _several(one)]
        if brought and not clause.negated and not clause.maybe:  # "came back with the milk"
            company = [one for one in company if one not in brought]
            for one in brought:
                told.statements.append(f"{scene.names.say(scene.person(subjects[0]))} got {scene.names.say(one)}.")
                scene.held[scene.something(one).key] = subjects[0].key
        held = {one.key for one in subjects}  # "went there with it"
        meant_by = [one for one in company if one.key in PRONOUNS]
        company = [
            one
            for one in company
            if one not in meant_by or (its := self._person(one)) is None or scene.held.get(its.key) not in held
        ]
        if not clause.negated and not clause.maybe:
            self._without(subjects, [name for word, name in phrases.phrases if word == "without"], told)
        stops = [name for word, name in phrases.phrases if word in TO]
        source = phrases.first(_FROM)
        someone = source and (
            scene.known_person(source) or scene.is_person(source) and not scene.is_person(subjects[0])
        )
        if not clause.negated and not clause.maybe and stops and source and not someone:
            self._placed(Clause([], None, []), subjects, source, told)
        for stop in stops[:-1]:
            if not clause.negated and not scene.is_person(stop):
                self._placed(Clause([], None, [], maybe=clause.maybe), subjects, stop, told, "went to")
                phrases.phrases.remove(next(one for one in phrases.phrases if one[1] == stop))
        place = phrases.first(TO) or phrases.first(_BARE) or phrases.first(IN) or phrases.first(BESIDE)
        if place is None and phrases.there:
            place = scene.place
        place = place or (phrases.first(_UP) if not company else None)
        if place is None and company:  # "went with him"
            place = next((scene.at[one.key] for one in map(self._person, company) if one and one.key in scene.at), None)
        if place is None:
            if (source := phrases.first(_FROM, frozenset(("of",)))) and not clause.negated:
                told.statements += [
                    f"{scene.names.say(scene.person(one))} is no longer in {scene.names.say(source)}."
                    for one in subjects
                ]
                return True
            gone = [one for one in subjects if one.key in scene.at and clause.verb and clause.verb.base in _GOES_AWAY]
            for one in gone:
                its = scene.at.pop(one.key)
                told.statements.append(f"{scene.names.say(one)} is no longer in {scene.names.say(its)}.")
            for one in subjects:
                holder = scene.people.get(scene.held.pop(one.key, ""))
                if holder and not clause.negated and clause.verb and clause.verb.base in _GOES_AWAY:
                    told.statements.append(f"{scene.names.say(holder)} put down {scene.names.say(one)}.")  # "escaped"
                    gone.append(one)
            told.aside += [clause.verb.base] if clause.verb and not gone else []
            listed = clause.verb is not None and clause.verb.tells == "go" and "too" not in phrases.aside
            listed = listed and all(map(changes_nothing, phrases.aside))
            return bool(gone) and not clause.negated or listed and not phrases.phrases
        if len(place.words) == 1 and place.words[0].lower() in PRONOUNS:
            meant = scene.who(place.words[0].lower())
            if not meant or meant[-1].key not in scene.at:
                return False
            place = scene.at[meant[-1].key]
        elif scene.is_person(place) and place.key in scene.at:
            place = scene.at[place.key]  # "went to Mary"
        going = subjects + [self._person(one) or one for one in company if not clause.negated]
        if len(going) > len(subjects):
            scene.group = going
        for one in going:
            scene.person(one)
        return self._placed(clause, going, place, told, "went to")

    def _without(self, who: Sequence[Name], things: Sequence[Name], told: Told) -> None:
        """Whoever goes without what they held has put it down."""
        say = self.scene.names.say
        meant = [(self.scene.who(one.key) or [one])[-1] if one.key in PRONOUNS else one for one in things]
        for thing in meant:
            if any(self.scene.held.get(thing.key) == one.key for one in who):
                told.statements.append(f"{say(who[0])} put down {say(thing)}.")
                del self.scene.held[thing.key]
