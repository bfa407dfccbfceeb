"""What is done with things: taken, carried, put somewhere, left, given; also told the other way round."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.being import Being
from core.memory.reading.clause import Clause
from core.memory.reading.names import Name, Word, lower, noun
from core.memory.reading.placing import _BARE, _FROM
from core.memory.reading.scene import plural
from core.memory.reading.subjects import Told
from core.memory.reading.tails import Tail, particles, purpose, tail
from core.memory.reading.verbs import FROM_GIVER
from core.memory.reading.words import BESIDE, CONTAINERS, HOME, IN, PRONOUNS, TO

_PUTS = frozenset(
    ["put", "place", "lay", "set", "hide", "store", "stash", "hang", "deposit", "park"]
)  # into something, not where one is

_FORGOTTEN = frozenset(["forget", "leave", "mislay", "misplace"])
_DELIVERS = frozenset(["carry", "bring", "deliver", "transport", "haul", "drag", "lug"])
_SLIPS = frozenset(["slip", "slide", "pass", "roll", "float", "fly", "run", "rush", "move"])  # to somebody
_MOVES = frozenset(["move", "drive", "fly", "sail", "ride", "return"])

_WORN = frozenset(
    ["pocket", "pockets", "hand", "hands", "bag", "backpack", "purse", "handbag", "rucksack", "mouth", "wallet"]
)  # of one's own: kept


def _second(rest: Sequence[Word]) -> int:
    """Where "and" is in "Bob a key and Cy a pen"; 0 where nothing of that sort is said."""
    for at in range(2, len(rest) - 2):
        name, article = rest[at + 1][1], rest[at + 2][0]
        if rest[at][0] == "and" and name[:1].isupper() and article in ("a", "an", "the", "his", "her"):
            return at
    return 0


class Handling(Being):
    """Reads what is done with things: taken, carried, put somewhere, given."""

    def _leave(
        self, clause: Clause, subjects: list[Name], extra: list[str], rest: Sequence[Word], at: int, told: Told
    ) -> bool:
        low = lower(rest)
        if low[at : at + 1] in (["for"], ["to"]) and not purpose(rest, at):
            phrases = tail(rest, at)
            place = noun(rest, at + 1)[0]
            return place is not None and self._go(
                clause, subjects, Tail([("to", place), *phrases.phrases[1:]], aside=phrases.aside), told
            )
        at += low[at : at + 1] == ["behind"]
        objects, end = self._objects(rest, at)
        after = tail(rest, end)
        if not objects:
            told.aside += after.aside
            say = self.scene.names.say
            left = [(who, self.scene.at.pop(who.key)) for who in subjects if who.key in self.scene.at]
            if not after.phrases and not clause.negated:
                told.statements += [f"{say(who)} is no longer in {say(place)}." for who, place in left]
            return bool(left) and not after.phrases
        one = objects[0]
        held = any(self.scene.held.get(one.key) == who.key for who in subjects)
        is_place = self.scene.kind(one) == "place" or any(
            who.key in self.scene.at and self.scene.at[who.key].key == one.key for who in subjects
        )
        if held or (not is_place and (after.phrases or after.there or "behind" in lower(rest))):
            destination = next((name for word, name in after.phrases if word == "for"), None)
            if destination is None or (held and not is_place):
                return self._handle(clause, subjects, extra, rest, at, told)
        if destination := next((name for word, name in after.phrases if word == "for"), None):
            return self._go(clause, subjects, Tail([("to", destination)], aside=after.aside), told)
        if not is_place and self.scene.kind(one) == "thing":
            return self._handle(clause, subjects, extra, rest, at, told)
        if clause.negated:  # who never left it is there
            return self._placed(Clause([], None, []), subjects, one, told)
        say = self.scene.names.say
        told.statements += [
            f"{say(self.scene.person(who))} is no longer in {say(self.scene.somewhere(one))}." for who in subjects
        ]
        for who in subjects:
            self.scene.at.pop(who.key, None)
        return True

    def _give(self, clause: Clause, subjects: list[Name], rest: Sequence[Word], at: int, told: Told) -> bool:
        """ "gave the book to Mary", "gave Mary the book", "handed it over to her"."""
        several = _second(rest)
        if several and self._give(clause, subjects, rest[:several], at, told):
            return self._give(clause, subjects, rest[several + 1 :], 0, told)
        one, end = self._objects(rest, at)
        if not one:
            return False
        extra, end = particles(rest, end)
        to: list[Name] = []
        if "back" in (*extra, *lower(rest[:at])) and end >= len(rest):  # "gave it back": to whom it came from
            of = [self.scene.giver[thing.key] for thing in one if thing.key in self.scene.giver]
            return bool(of) and self._given(clause, subjects[:1], one, of[-1], told)
        if "away" in (*extra, *lower(rest[:at])) and end >= len(rest) and not clause.negated:
            for thing in one:
                told.statements.append(f"{self.scene.names.say(subjects[0])} put down {self.scene.names.say(thing)}.")
                self.scene.held.pop(thing.key, None)
            return True
        if end < len(rest) and rest[end][0] in TO:
            to, end = self._objects(rest, end + 1)
            things = one
        else:
            things, end = self._objects(rest, end)
            if not things:
                phrases = tail(rest, end)
                if (found := phrases.first(TO)) is None:
                    return (
                        self._handle(clause, subjects, [], rest, at, told)
                        if clause.verb and clause.verb.base in ("send",)
                        else False
                    )
                things, to = one, [found]
            else:
                to = one
        if not to or not things:
            return False
        sent = [one for one in things if not one.article and self.scene.is_person(one)]
        if sent and clause.verb and clause.verb.base == "send" and not self.scene.known_person(to[-1]):
            return self._placed(Clause([], None, []), sent, to[-1], told, "went to")
        if not self.scene.is_person(to[-1]) and to[-1].article and self.scene.kind(to[-1]) == "place":
            return self._handle(clause, subjects, [], rest, at, told)
        told.aside += tail(rest, end).aside
        return self._given(clause, subjects[:1], things, to[-1], told)

    def _moved(self, clause: Clause, subjects: list[Name], rest: Sequence[Word], at: int, told: Told) -> bool:
        """ "moved the chair from the hall to the attic", "drove Lee to the station"."""
        if at >= len(rest) or rest[at][0] in HOME or clause.negated or clause.maybe:
            return False
        objects, end = self._objects(rest, at)
        phrases = tail(rest, end)
        receiver = phrases.first(TO)
        if objects and clause.verb and clause.verb.base in _SLIPS:
            if len(objects) == 1 and self.scene.is_person(objects[0]) and (second := self._objects(rest, end)[0]):
                return self._given(clause, subjects[:1], second, objects[0], told)  # "slipped him a toffee"
            if receiver and self.scene.is_person(receiver):
                told.aside += phrases.aside
                return self._given(clause, subjects[:1], objects, self._person(receiver) or receiver, told)
        if (
            clause.verb
            and clause.verb.base == "return"
            and objects
            and self._given_back(clause, subjects, objects, phrases, told)
        ):
            return True
        if objects and not phrases.first(TO) and phrases.first(BESIDE) and clause.verb and clause.verb.base == "slide":
            return self._placed(Clause([], None, []), objects, phrases.phrases[0][1], told)
        if not objects or not phrases.first(TO):
            return False
        say = self.scene.names.say
        going = [one for one in objects if not one.article and self.scene.is_person(one)]
        to = phrases.first(TO)
        if not going and to and clause.verb and clause.verb.base not in _MOVES:
            return self._placed(Clause([], None, [], time=clause.time), objects, to, told)
        source = phrases.first(_FROM)
        if source and not going:
            self._placed(Clause([], None, []), subjects, source, told)
        for one in objects:
            if one not in going:
                told.statements.append(f"{say(self.scene.person(subjects[0]))} got {say(self.scene.something(one))}.")
                self.scene.held[one.key] = subjects[0].key
        phrases.phrases = [(word, name) for word, name in phrases.phrases if word in TO or word == "with"]
        return self._go(clause, [*subjects, *going], phrases, told)

    def _given_back(self, clause: Clause, subjects: list[Name], things: list[Name], phrases: Tail, told: Told) -> bool:
        """ "returned the book to Tom", "returned it"."""
        to = phrases.first(TO)
        if to is None and not phrases.phrases:
            to = next((self.scene.giver[thing.key] for thing in things if thing.key in self.scene.giver), None)
        if to is None or to.article and not self.scene.known_person(to):
            return False
        return self._given(clause, subjects[:1], things, self._person(to) or to, told)

    def _given(self, clause: Clause, givers: Sequence[Name], things: Sequence[Name], to: Name, told: Told) -> bool:
        scene = self.scene
        if clause.negated or clause.maybe:
            told.aside.append("gave " + " and ".join(one.text for one in things))
            return True
        say = scene.names.say
        if self.counted and givers:  # it is asked how many somebody has: the one has them, and the other no more
            asks = any(one.key == giver.key for one in self.asked for giver in givers)
            things = self._each(things, givers, [to])
            told.statements += [
                f"{say(scene.person(givers[0] if asks else to))} {'put down' if asks else 'got'} {say(one)}."
                for one in things
            ]
            return True
        things = self._each(things, (), [to])
        if not givers:
            for thing in things:
                told.statements.append(f"{say(scene.person(to))} got {say(scene.something(thing))}.")
                scene.held[thing.key] = to.key
            return True
        for thing in things:
            scene.something(thing)
            scene.giver[thing.key] = givers[0]
            scene.person(to)
            told.statements.append(f"{say(scene.person(givers[0]))} gave {say(thing)} to {say(to)}.")
            scene.held[thing.key] = to.key
        return True

    def _handle(
        self, clause: Clause, subjects: list[Name], extra: list[str], rest: Sequence[Word], at: int, told: Told
    ) -> bool:
        """Getting, carrying, putting and dropping."""
        assert clause.verb
        scene, say, base = self.scene, self.scene.names.say, clause.verb.base
        if lower(rest)[at : at + 1] == ["from"]:
            return False
        if (
            base in ("get", "jump", "climb")
            and rest[at : at + 1]
            and (rest[at][0] in IN | TO | HOME or lower(rest)[at : at + 2] == ["out", "of"])
        ):
            return self._go(clause, subjects, tail(rest, at), told)
        wears = base == "put" and lower(rest)[at : at + 1] == ["on"]
        things, end = self._objects(rest, at + wears)
        if clause.verb.tells == "get" and [one.key for one in things] == ["everything"]:
            return self._go(clause, subjects, tail(rest, end), told)  # "brought everything to the hall"
        if clause.verb.tells == "drop" and [one.key for one in things] in (["everything"], ["it all"], ["all"]):
            keys = {one.key for one in subjects}
            things = [one for one in scene.things if scene.held.get(one.key) in keys]
            told.aside += ["everything"] * (not things)
            if not things:
                return True
        off = lower(rest)[end : end + 1] == ["off"] and noun(rest, end + 1)[0] is not None  # "the ring off the table"
        late, end = particles(rest, end + off)
        if things and things[0].words[0].casefold() in ("nothing", "none"):
            told.aside.append(" ".join(lower(rest)))
            return clause.verb.tells == "get"
        if not things:
            lies = tail(rest, at)
            return (
                clause.verb.tells == "drop"
                and bool(lies.first(IN, BESIDE))
                and self._in_place(clause, subjects, lies, told)
            )
        if lower(rest)[end : end + 1] == ["or"]:
            clause.maybe = True  # "the plum or the pear"
        whom = len(things) == 1 and scene.is_person(things[0])
        if whom and (not things[0].article or scene.known_person(things[0])) and end < len(rest):
            second, after = self._objects(rest, end)
            if second and second[0].article:  # "brought Tim a ball"
                return self._given(clause, subjects[:1], second, things[0], told)
        if len(things) > 1 or plural(things[0]):
            scene.several = things
        phrases = tail(rest, end)
        told.aside += phrases.aside
        who = subjects[0]
        for one in subjects:
            scene.person(one)
        if (clause.maybe or clause.either) and len(subjects) == 2 and clause.verb.tells == "get" and not clause.negated:
            scene.either |= {one.key: (*subjects,) for one in things}  # "Either Ann or Bo has the key"
        if (
            clause.negated
            and things[0].key in scene.either
            and who.key in {one.key for one in scene.either[things[0].key]}
        ):
            other = next(one for one in scene.either[things[0].key] if one.key != who.key)
            return self._handle(Clause([], clause.verb, []), [other], extra, rest, at, told)
        if clause.negated or clause.maybe:
            told.aside.append(f"{base} {' and '.join(one.text for one in things)}")
            for thing in things:
                if thing.article:
                    scene.something(thing)  # "Iris never took the map. Leo took it."
            if clause.negated and base in ("have", "hold", "carry"):
                self._without(subjects, things, told)
                if self.holding and not told.statements:
                    told.statements += [f"{say(who)} put down {say(scene.something(thing))}." for thing in things]
            return True
        gets = (
            clause.verb.tells == "get"
            and not {"down", "off"} & {*extra, *late}
            and not (base == "get" and "rid" in extra)
        )
        gets = gets or wears or base == "put" and late == ["on"] and end >= len(rest)
        if base == "hold" and who.article and not scene.known_person(who) and not self.holding:  # "The box holds a bag"
            return self._placed(clause, things, who, told)
        if not clause.negated and not clause.maybe:
            things = self._each(things, *(((), subjects) if gets else (subjects, ())))
        source = phrases.first(_FROM)
        target, inside = phrases.first(TO) or phrases.first(_BARE), phrases.first(IN, BESIDE)
        if base == "keep" and inside:  # "keeps her money in the safe"
            return self._placed(clause, things, inside, told)
        if gets and source and base in FROM_GIVER and scene.is_person(source):
            return self._given(clause, [source], things, who, told)
        if gets and target and scene.known_person(target):
            return self._given(clause, [who], things, target, told)
        if base == "let" and "go" not in extra:
            return False
        keeper = phrases.first(frozenset(("with",)))
        if base == "leave" and keeper and scene.is_person(keeper) and not target and not inside:
            return self._given(clause, [who], things, keeper, told)  # "left the keys with Tim"
        if base in ("throw", "toss", "fling", "hurl", "chuck", "lob", "sling") and target and scene.is_person(target):
            return self._given(clause, [who], things, target, told) if target else False
        if gets:
            if source and target and not scene.is_person(source):
                told.statements.append(f"{say(who)} went to {say(scene.somewhere(source))}.")
            elif source and self.sources and not scene.is_person(source):  # "took the ladder from the shed"
                for thing in things:
                    self._placed(Clause([], None, []), [thing], source, told)
            if inside and inside.words[-1].casefold() not in CONTAINERS:
                told.statements.append(f"{say(who)} is in {say(scene.somewhere(inside))}.")
                scene.at[who.key] = inside
            for thing in things:
                if thing.key in scene.giver and scene.held.get(thing.key) == who.key and not self.counted:
                    continue  # who is offered it and takes it has it once
                told.statements.append(f"{say(who)} got {say(scene.something(thing))}.")
                scene.held[thing.key] = who.key
                scene.at.pop(thing.key, None)
                if inside and base == "have" and self.where:  # "has the map in his bag"
                    self._placed(Clause([], None, []), [thing], inside, told)
            if target:
                time = Clause([], None, [], time=clause.time)
                going = [*subjects, *(other for word, other in phrases.phrases if word == "with")]
                self._placed(time, going, target, told, "went to")
                if self.where and base in _DELIVERS and target.article and not source:  # and stays when they go on
                    for thing in things:
                        if thing.article and not scene.is_person(thing):
                            self._placed(Clause([], None, []), [thing], target, told)
            return True
        place = target or inside
        if place is None and base == "forget" and "there" not in lower(rest):
            told.aside.append("forget")  # and it lies where it lay
            return True
        if place and {"his", "her", "their", "my", "your"} & {*lower(rest)} and place.key in _WORN and not self.where:
            told.statements += [f"{say(who)} got {say(scene.something(thing))}." for thing in things]
            return True
        if place and len(place.words) == 1 and place.words[0].lower() in PRONOUNS:
            place = (scene.who(place.words[0].lower()) or [place])[-1]
        within = place is not None and place.words[-1].casefold() in CONTAINERS or base in _PUTS
        container = place is not None and (within or phrases.first(TO, BESIDE, frozenset(("on",))) is not None)
        elsewhere = base in _FORGOTTEN and who.key in scene.at  # where they were when it was left there nobody says
        if place and not container and not elsewhere:
            told.statements.append(f"{say(who)} is in {say(scene.somewhere(place))}.")
            scene.at[who.key] = place
        for thing in things:
            told.statements.append(f"{say(who)} put down {say(scene.something(thing))}.")
            scene.held.pop(thing.key, None)
            if place:
                told.statements.append(f"{say(thing)} is in {say(place)}.")
                told.placed.append((thing, place, True))
                scene.names.learn(place, "place")
                scene.at[thing.key] = place
        return True
