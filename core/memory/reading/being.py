"""What is, and where: "is in the park", "is north of it", "is bigger than that", "went there"."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.clause import Clause
from core.memory.reading.fitting import too_big
from core.memory.reading.names import Name, Word, lower, noun, nouns
from core.memory.reading.scene import plural
from core.memory.reading.subjects import Subjects, Told
from core.memory.reading.tails import Tail, tail
from core.memory.reading.words import (
    ABSENT,
    BESIDE,
    COLOURS,
    COMPARED,
    FEELINGS,
    FEELINGS_LIKE,
    IN,
    PRONOUNS,
    SIDES,
    SIZED,
    TO,
    WAYS,
)

_BY, _FROM, _WITH = frozenset(("by",)), frozenset(("from",)), frozenset(("with",))

_BARE = frozenset(("",))

ELSEWHERE = Name(ABSENT)


def _or_in(low: Sequence[str]) -> bool:
    """ "in the park or in the school", "in the park or the school"."""
    return bool(low) and low[0] in IN and "or" in low


def _places(rest: Sequence[Word]) -> list[Name]:
    """The places of "in the park or in the school"."""
    places: list[Name] = []
    at = 0
    while at < len(rest):
        name, end = (None, at) if rest[at][0] in IN | {"either"} else noun(rest, at)
        if name:
            places.append(name)
        at = max(end, at + 1)
    return places


class Being(Subjects):
    """Reads what is: where somebody is, how things lie, what they are like."""

    def _is(self, clause: Clause, subjects: list[Name], told: Told) -> bool:
        rest, scene = clause.rest, self.scene
        low = lower(rest)
        say = scene.names.say
        while (
            low
            and (low[0] != "too" or low[1:2] == [] or low[1] not in SIZED)
            and low[0]
            in (
                "now",
                "still",
                "also",
                "both",
                "all",
                "very",
                "so",
                "really",
                "quite",
                "currently",
                "too",
            )
        ):
            told.aside += [low[0]] * (low[0] not in ("now", "still"))
            rest, low = rest[1:], low[1:]
        if clause.negated and "but" in low[1:] and low[low.index("but") + 1 : low.index("but") + 2]:
            at = low.index("but")
            first = self._is(Clause(clause.subject, None, rest[:at], True), subjects, told)
            return self._is(Clause(clause.subject, None, rest[at + 1 :]), subjects, told) and first
        if (
            low[:1] == ["to"]
            and low[1:2] != ["the"]
            or low[:2] == ["to", "the"]
            and low[2:3]
            and low[2] not in ("left", "right", *WAYS)
        ):
            return self._go(clause, subjects, tail(rest, 0), told)
        if clause.negated and _or_in(low):
            places = [name for name in _places(rest) if name]
            return all([self._placed(clause, subjects, place, told) for place in places])
        if clause.either or (low and low[0] == "either") or _or_in(low):
            return self._either(rest[1:] if low[0] == "either" else rest, subjects, told)
        if not low:
            return False
        if (
            low[:2] in (["on", "the"], ["on", "his"], ["on", "her"], ["on", "their"], ["on", "its"], ["on", "my"])
            and "way" in low[:3]
        ):
            return self._go(clause, subjects, tail(rest, low.index("way") + 1), told)
        if low[0] in ("located", "placed", "situated", "found", "lying", "standing") and len(low) > 1:
            rest, low = rest[1:], low[1:]
        if low[:2] == ["to", "the"]:
            rest, low = rest[2:], low[2:]
            if low[0] in ("left", "right") and low[1:2] == ["of"]:
                return self._beside(low[0], rest, 2, subjects, clause, told)
        if low[:2] == ["on", "the"] and low[2:3] and low[2] in ("left", "right"):
            return self._beside(low[2], rest, 4 if low[3:4] == ["of"] else 3, subjects, clause, told)
        far = next((at for at in range(1, min(5, len(low) - 1)) if low[at] in WAYS and low[at + 1] == "of"), 0)
        rest, low = rest[far:], low[far:]  # "two steps north of"
        if low[0] == "between" and self.relation:
            told.aside.append(" ".join(low))  # on which side of them nobody says
            return True
        if low[0] in WAYS and low[1:2] == ["of"]:
            other = noun(rest, 2)[0]
            if other is None:
                return False
            told.statements += [
                f"{say(scene.somewhere(one))} is {low[0]} of {say(scene.somewhere(other))}." for one in subjects
            ]
            return True
        if (
            low[0] in ("left", "right")
            and low[1:2] == ["of"]
            or low[0] in SIDES
            and self.relation
            and low[0] not in ("left", "right")
        ):
            return self._beside(low[0], rest, 2 if low[1:2] == ["of"] else 1, subjects, clause, told)
        if fits := too_big(rest):
            return self._bigger(subjects, *fits, clause, told)
        if low[:2] == ["full", "of"] and (inside := nouns(rest, 2)[0]):
            for one in subjects:
                self._placed(clause, inside, one, told)
            return True
        if lower(clause.subject) == ["i"] and self._is_me(rest):
            told.aside.append(f"I am {scene.me.text if scene.me else ''}")
            return True
        if len(low) == 1 and rest[0][1].endswith("'s"):
            return self._owned(subjects, Name((rest[0][1].removesuffix("'s"),), proper=True), clause, told)
        if low[0] in COMPARED and low[1:2] == ["than"]:
            return self._compare(low[0], rest, subjects, clause, told)
        if low[0] in ("afraid", "scared", "frightened", "terrified") and low[1:2] == ["of"]:
            return self._fears(subjects, rest, 2, clause, told)
        if low[0] in IN | BESIDE | {"with", "from"} or (
            low[0] in ("home", "outside", "upstairs", "downstairs") and len(low) < 3
        ):
            return self._in_place(clause, subjects, tail(rest, 0), told)
        if low[0] in ("there", "here") and scene.place:
            return self._placed(clause, subjects, scene.place, told)
        if low[0] in FEELINGS or low[0] in FEELINGS_LIKE:
            if not clause.negated and not clause.maybe:
                told.statements += [
                    f"{say(scene.person(one))} is {FEELINGS_LIKE.get(low[0], low[0])}." for one in subjects
                ]
            return True
        if low[0] in ("back", "gone"):
            phrases = tail(rest, 1)
            return self._in_place(clause, subjects, phrases, told) if phrases.phrases else False
        if low[0] in ("a", "an") and len(low) > 1:
            kind = noun(rest, 0)[0]
            if kind is None or clause.negated:
                return kind is not None
            kinds = say(kind, whole=True).removeprefix("the ")
            told.statements += [f"{say(scene.person(one))} is {low[0]} {kinds}." for one in subjects]
            return True
        if clause.negated:
            return low[0] in COLOURS or len(low) == 1
        if len(low) == 1 or len(low) == 2 and low[1] in COLOURS:
            told.statements += [
                f"{say(scene.person(one) if scene.is_person(one) else one)} is {' '.join(low)}." for one in subjects
            ]
            return True
        return False

    def _beside(
        self, side: str, rest: Sequence[Word], at: int, subjects: list[Name], clause: Clause, told: Told
    ) -> bool:
        other = noun(rest, at)[0]
        if other is None:
            return False
        say = self.scene.names.say
        if not clause.maybe:
            is_ = "is not" if clause.negated else "is"
            told.statements += [f"{say(one)} {is_} {SIDES[side]} {say(other)}." for one in subjects]
        for one in subjects:
            self.scene.something(one)
        return True

    def _compare(self, word: str, rest: Sequence[Word], subjects: list[Name], clause: Clause, told: Told) -> bool:
        other = noun(rest, 2)[0]
        if other is None:
            return False
        about = COMPARED[word]
        if clause.negated or clause.maybe or about.lstrip("-") != (self.dimension or "size"):
            told.aside.append(f"{word} than {other.text}")
            return True
        say = self.scene.names.say
        for one in subjects:
            bigger, smaller = (other, one) if about.startswith("-") else (one, other)
            told.statements.append(f"{say(bigger)} is bigger than {say(smaller)}.")
            self.scene.compared.append((bigger, smaller))
        end = noun(rest, 2)[1]
        following = lower(rest)[end : end + 2]
        if len(following) == 2 and following[0] in ("but", "and") and following[1] in COMPARED:
            return self._compare(following[1], rest[end + 1 :], subjects, clause, told)
        return True

    def _bigger(self, subjects: list[Name], other: Name, subject_is_bigger: bool, clause: Clause, told: Told) -> bool:
        """ "is too big for the box", "is small enough to fit into it"."""
        if clause.negated or clause.maybe or self.dimension not in ("", "size"):
            told.aside.append(" ".join(lower(clause.rest)))
            return True
        say = self.scene.names.say
        for one in subjects:
            big, small = (one, other) if subject_is_bigger else (other, one)
            told.statements.append(f"{say(big)} is bigger than {say(small)}.")
            self.scene.compared.append((big, small))
        return True

    def _is_me(self, rest: Sequence[Word]) -> bool:
        """ "I am Bob"."""
        name, end = noun(rest, 0)
        asked = {one.key for one in self.asked}
        if name is None or end < len(rest) or name.article or not (name.proper or name.key in asked):
            return False
        self.scene.me = self.scene.person(name)
        return True

    def _owned(self, things: Sequence[Name], owner: Name, clause: Clause, told: Told) -> bool:
        """ "is Emma's", "belongs to Emma"."""
        if clause.negated or clause.maybe:
            told.aside.append(" ".join(lower(clause.rest)))
            return True
        say, scene = self.scene.names.say, self.scene
        for thing in things:
            told.statements.append(f"{say(scene.person(owner))} got {say(scene.something(thing))}.")
            scene.held[thing.key] = owner.key
        return True

    def _fears(self, subjects: list[Name], rest: Sequence[Word], at: int, clause: Clause, told: Told) -> bool:
        others, _ = nouns(rest, at)
        if not others:
            return False
        if not clause.negated:
            say = self.scene.names.say
            told.statements += [
                f"{say(one, True)} are afraid of {say(other, True)}." for one in subjects for other in others[:1]
            ]
        return True

    def _either(self, rest: Sequence[Word], subjects: list[Name], told: Told) -> bool:
        places = _places(rest)
        if len(places) < 2:
            return False
        say, scene = self.scene.names.say, self.scene
        for one in subjects:
            who = scene.person(one) if scene.is_person(one) else scene.something(one)
            told.statements.append(f"{say(who)} is either in {say(places[0])} or in {say(places[1])}.")
            scene.at.pop(one.key, None)
        return True

    def _in_place(self, clause: Clause, subjects: list[Name], phrases: Tail, told: Told) -> bool:
        told.aside += phrases.aside
        company = [name for word, name in phrases.phrases if word == "with"]
        place = phrases.first(IN, BESIDE, _BARE)
        inside = [name for word, name in phrases.phrases if word in IN]
        if len(inside) > 1 and "then" in phrases.aside and not clause.negated:
            for stop in inside[:-1]:
                self._placed(Clause([], None, []), subjects, stop, told)
            place = inside[-1]
        if place is None:
            if company and (at := next((self.scene.at[one.key] for one in company if one.key in self.scene.at), None)):
                return self._placed(clause, subjects, at, told)
            return bool(phrases.aside) and not company
        if len(place.words) == 1 and place.words[0].lower() in PRONOUNS:
            meant = self.scene.who(place.words[0].lower())
            if not meant:
                return False
            place = meant[-1]
        return self._placed(clause, subjects + (company if not clause.negated else []), place, told)

    def _placed(self, clause: Clause, subjects: list[Name], place: Name, told: Told, kind: str = "is in") -> bool:
        scene = self.scene
        say = scene.names.say
        for one in subjects:
            one = scene.person(one) if scene.is_person(one) else scene.something(one)
            time = self.time(clause.time, [one])
            if clause.time and not time and clause.time not in told.aside:
                told.aside.append(clause.time)
            if time is None:
                continue
            if clause.negated:
                told.statements.append(f"{say(one)} is not in {say(place)}.")
                continue
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
        company = [name for word, name in phrases.phrases if word == "with"]
        brought = [one for one in company if one.article and not scene.known_person(one) and not plural(one)]
        if brought and not clause.negated and not clause.maybe:  # "came back with the milk"
            company = [one for one in company if one not in brought]
            for one in brought:
                told.statements.append(f"{scene.names.say(scene.person(subjects[0]))} got {scene.names.say(one)}.")
                scene.held[scene.something(one).key] = subjects[0].key
        if not clause.negated and not clause.maybe:
            self._without(subjects, [name for word, name in phrases.phrases if word == "without"], told)
        stops = [name for word, name in phrases.phrases if word in TO]
        source = phrases.first(_FROM)
        if not clause.negated and not clause.maybe and stops and source and not scene.is_person(source):
            self._placed(Clause([], None, []), subjects, source, told)
        for stop in stops[:-1]:
            if not clause.negated and not scene.is_person(stop):
                self._placed(Clause([], None, [], maybe=clause.maybe), subjects, stop, told, "went to")
                phrases.phrases.remove(next(one for one in phrases.phrases if one[1] == stop))
        place = phrases.first(TO) or phrases.first(_BARE) or phrases.first(IN) or phrases.first(BESIDE)
        if place is None and phrases.there:
            place = scene.place
        if place is None:
            if (source := phrases.first(_FROM, frozenset(("of",)))) and not clause.negated:
                told.statements += [
                    f"{scene.names.say(scene.person(one))} is no longer in {scene.names.say(source)}."
                    for one in subjects
                ]
                return True
            return False
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
