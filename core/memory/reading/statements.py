"""A typed clause -> statements in the wordings that the networks know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.data.stories.words import COUNTS
from core.memory.reading.clause import Clause, Tail, particles, tail, take_apart
from core.memory.reading.names import Name, Word, lower, noun, nouns
from core.memory.reading.scene import Scene
from core.memory.reading.words import (
    ABSENT,
    BESIDE,
    COLOURS,
    COMPARED,
    CONTAINERS,
    DETERMINERS,
    DIRECT_PLACES,
    EVERYBODY,
    FEELINGS,
    FEELINGS_LIKE,
    FROM_GIVER,
    IN,
    NOBODY,
    PRONOUNS,
    SIDES,
    TO,
    VERBS,
    WAYS,
)

_BY, _FROM, _WITH = frozenset(("by",)), frozenset(("from",)), frozenset(("with",))
_BARE = frozenset(("",))
MOST_COUNTED = 6
_PUTS = frozenset(
    ["put", "place", "lay", "set", "hide", "store", "stash", "hang", "deposit", "park"]
)  # into something, not where one is
ELSEWHERE = Name(ABSENT)
_WORN = frozenset(
    ["pocket", "pockets", "hand", "hands", "bag", "backpack", "purse", "handbag", "rucksack", "mouth"]
)  # of one's own: kept


@dataclass
class Told:
    """What a clause tells the networks: statements, and the words that were left aside. None: nothing was read."""

    statements: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


class Teller:
    """Reads the clauses of one story in order.

    Args:
        scene: what pronouns mean; it is kept up to date.
        relation: whether the question asks for how things lie ("above"), not for places.
        dimension: what the question compares ("size"); "" where it compares nothing.
        asked: people of the question, who are meant by "everybody" and "nobody", too.
        time: how a time that a clause names is told; None leaves the clause aside.
    """

    def __init__(
        self,
        scene: Scene,
        relation: bool,
        dimension: str,
        asked: Sequence[Name],
        time: Callable[[str, Sequence[Name]], str | None],
    ) -> None:
        self.scene, self.relation, self.dimension, self.asked, self.time = scene, relation, dimension, asked, time
        self.counted = 0  # things that were counted one by one, from 1; 0 where nothing is to be counted
        self._except: list[Name] = []  # of "everybody except Tim"

    def read(self, words: Sequence[Word]) -> Told | None:
        """What a clause tells; None where it is not understood."""
        if turned := _inverted(words):
            words = turned
        bare = _bare_verb(words)
        clause = take_apart([("they", "they"), *words] if bare else words)
        if clause is None:
            return None
        if bare:
            clause.subject = []
        subjects, whole = self._subjects(clause)
        told = Told(aside=list(clause.aside))
        if whole == "everybody" and self._except:
            other = Clause([], clause.verb, clause.rest, not clause.negated)
            read = self._is(other, self._except, told) if clause.verb is None else self._does(other, self._except, told)
            if read and not subjects:
                return told
        if subjects is None:
            return None
        for one in subjects:
            if not whole and self.scene.is_person(one):
                self.scene.person(one)
        if clause.future:
            told.aside.append(" ".join(lower(words)))
            return told
        nobody = whole == "nobody"
        if nobody:
            clause.negated = True
        if clause.verb is None:
            read = self._is(clause, subjects, told)
        elif clause.passive:
            read = self._passive(clause, subjects, told)
        else:
            read = self._does(clause, subjects, told)
        if not nobody:
            self.scene.subjects = [one for one in subjects if self.scene.is_person(one)] or self.scene.subjects
            if len(self.scene.subjects) > 1:
                self.scene.group = self.scene.subjects
        return told if read else None

    # --- who -----------------------------------------------------------------------------------------------------

    def _subjects(self, clause: Clause) -> tuple[list[Name] | None, str]:
        words = clause.subject
        if words and words[-1][0] in ("both", "all"):
            words = words[:-1]
        if (
            [*lower(words)] == ["it"]
            and clause.verb
            and clause.verb.base in ("get", "become", "start", "begin", "rain", "snow")
        ):
            return None, ""  # "it is getting late"
        low = [word for word in lower(words) if word not in ("then", "later", "also", "too", "and", "now", "both")]
        scene = self.scene
        if low and low[0] in EVERYBODY and (len(low) == 1 or low[1] in ("except", "but", "else", "of")):
            left_out = nouns(words, 2)[0] if low[1:2] in (["except"], ["but"]) else []
            self._except = left_out
            keys = {name.key for name in left_out}
            return [one for one in scene.people.values() if one.key not in keys], "everybody"
        if low and (low[0] in NOBODY or low[:2] == ["no", "one"]):
            known = {name.key: name for name in (*scene.people.values(), *self.asked)}
            return [*known.values()], "nobody"
        found: list[Name] = []
        at = 0
        while at < len(words):
            word = words[at][0]
            if word in PRONOUNS and (at + 1 == len(words) or words[at + 1][0] in ("and", "also", "then", "both")):
                if word == "it" and clause.verb is None and not scene.things and not scene.last:
                    return None, ""
                found += scene.who(word)
                at += 1
            elif word in ("i", "you", "we"):
                found.append(Name((words[at][1],), proper=True))
                at += 1
            elif word == "there" and not clause.rest:
                return None, ""
            else:
                name, end = noun(words, at, first=at == 0)
                if name is None:
                    if word in ("with", "without") and found:
                        more, _ = nouns(words, at + 1)
                        return (found + more if word == "with" else found), ""
                    at += 1
                    continue
                named = words[end : end + 1]
                if found and found[-1].article and name.proper and words[at - 1][0] not in ("and", "&"):
                    found.pop()  # "his daughter Lena"
                found.append(name)
                at = end + (bool(named) and named[0][0] in ("called", "named"))
                if at > end:
                    found.pop()  # "a boy called Finn"
        if not found and not words:
            found = list(scene.subjects)
        self._except = []
        return (found or None), ""

    def _person(self, name: Name) -> Name | None:
        if len(name.words) == 1 and name.words[0].lower() in PRONOUNS:
            return (self.scene.who(name.words[0].lower()) or [None])[-1]  # type: ignore[list-item]
        return name

    # --- what is -------------------------------------------------------------------------------------------------

    def _is(self, clause: Clause, subjects: list[Name], told: Told) -> bool:
        rest, scene = clause.rest, self.scene
        low = lower(rest)
        say = scene.names.say
        while low and low[0] in (
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
        places: list[Name] = []
        at = 0
        while at < len(rest):
            name, end = (None, at) if rest[at][0] in IN | {"either"} else noun(rest, at)
            if name:
                places.append(name)
            at = max(end, at + 1)
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
            if time is None:
                told.aside.append(clause.time)
                continue
            if clause.negated:
                told.statements.append(f"{say(one)} is not in {say(place)}.")
                continue
            if "at the same time" in clause.aside and (other := scene.at.get(one.key, place)).key != place.key:
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

    # --- what is done --------------------------------------------------------------------------------------------

    def _does(self, clause: Clause, subjects: list[Name], told: Told) -> bool:
        assert clause.verb
        tells, base = clause.verb.tells, clause.verb.base
        rest = clause.rest
        extra, at = particles(rest, 0)
        if tells == "feel":
            inner = Clause(clause.subject, None, rest, clause.negated, clause.maybe)
            if base == "fear":
                return self._fears(subjects, rest, 0, clause, told)
            return (
                lower(rest)[:1] != []
                and lower(rest)[0] in FEELINGS | set(FEELINGS_LIKE)
                and self._is(inner, subjects, told)
            )
        if base == "lie" and lower(rest)[:1] and (lower(rest)[0] in (*WAYS, *SIDES, "to")):
            return self._is(Clause(clause.subject, None, rest, clause.negated, clause.maybe), subjects, told)
        if tells == "fit":
            other = noun(rest, 1 if lower(rest)[:1] and lower(rest)[0] in IN | TO else 0)[0]
            pair = [(other, one) if base == "fit" else (one, other) for one in subjects if other]
            say = self.scene.names.say
            if self.dimension in ("", "size") and not clause.negated and not clause.maybe:
                told.statements += [f"{say(big)} is bigger than {say(small)}." for big, small in pair if big and small]
            return bool(pair)
        if tells == "meet":
            others, end = self._objects(rest, at)
            phrases = tail(rest, end)
            if others and phrases.first(IN, TO) and not clause.negated:
                return self._in_place(clause, [*subjects, *others], phrases, told)
            return False
        if base == "set" and extra[:1] in (["off"], ["out"]) and lower(rest)[at : at + 1] in (["for"], ["to"]):
            place = noun(rest, at + 1)
            after = tail(rest, place[1])
            return place[0] is not None and self._go(
                clause, subjects, Tail([("to", place[0])], aside=after.aside), told
            )
        if (
            tells == "go"
            and lower(rest)[at : at + 1] == ["for"]
            and (place := noun(rest, at + 1))[0]
            and place[0].article
        ):
            after = tail(rest, place[1])
            if not after.phrases and after.aside == []:
                return self._go(clause, subjects, Tail([("to", place[0])]), told)
        if tells == "go":
            direct = noun(rest, at)[0] if base in DIRECT_PLACES else None
            phrases = tail(rest, noun(rest, at)[1] if direct else at)
            if direct:
                phrases.phrases.insert(0, ("to", direct))
            if "in" in extra or "inside" in extra:
                phrases.aside += extra
            return self._go(clause, subjects, phrases, told)
        if tells == "stay":
            phrases = tail(rest, at)
            if phrases.first(IN, BESIDE, _BARE):
                return self._in_place(clause, subjects, phrases, told)
            if phrases.there and self.scene.place:
                return self._placed(clause, subjects, self.scene.place, told)
            if phrases.first(TO):
                return self._go(clause, subjects, phrases, told)
            return False
        if base == "leave":
            return self._leave(clause, subjects, extra, rest, at, told)
        if tells == "give":
            return self._give(clause, subjects, rest, at, told)
        if tells in ("get", "drop"):
            return self._handle(clause, subjects, extra, rest, at, told)
        return False

    def _go(self, clause: Clause, subjects: list[Name], phrases: Tail, told: Told) -> bool:
        scene = self.scene
        told.aside += phrases.aside
        company = [name for word, name in phrases.phrases if word == "with"]
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
        for thing in things:
            if any(self.scene.held.get(thing.key) == one.key for one in who):
                told.statements.append(f"{say(who[0])} put down {say(thing)}.")
                del self.scene.held[thing.key]

    def _leave(
        self, clause: Clause, subjects: list[Name], extra: list[str], rest: Sequence[Word], at: int, told: Told
    ) -> bool:
        low = lower(rest)
        if low[at : at + 1] in (["for"], ["to"]):
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
        place = self.scene.kind(one) == "place" or any(
            self.scene.at.get(who.key) and self.scene.at[who.key].key == one.key for who in subjects
        )
        if held or (not place and (after.phrases or after.there or "behind" in lower(rest))):
            destination = next((name for word, name in after.phrases if word == "for"), None)
            if destination is None or held and not place:
                return self._handle(clause, subjects, extra, rest, at, told)
        if destination := next((name for word, name in after.phrases if word == "for"), None):
            return self._go(clause, subjects, Tail([("to", destination)], aside=after.aside), told)
        if not place and self.scene.kind(one) == "thing":
            return self._handle(clause, subjects, extra, rest, at, told)
        if clause.negated:
            return True
        say = self.scene.names.say
        told.statements += [
            f"{say(self.scene.person(who))} is no longer in {say(self.scene.somewhere(one))}." for who in subjects
        ]
        for who in subjects:
            self.scene.at.pop(who.key, None)
        return True

    def _objects(self, rest: Sequence[Word], at: int) -> tuple[list[Name], int]:
        low = rest[at][0] if at < len(rest) else ""
        if low in PRONOUNS and not (low == "her" and noun(rest, at)[0]):
            return self.scene.who(low), at + 1
        return nouns(rest, at)

    def _give(self, clause: Clause, subjects: list[Name], rest: Sequence[Word], at: int, told: Told) -> bool:
        """ "gave the book to Mary", "gave Mary the book", "handed it over to her"."""
        one, end = self._objects(rest, at)
        if not one:
            return False
        _, end = particles(rest, end)
        to: list[Name] = []
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
        if not self.scene.is_person(to[-1]) and to[-1].article and self.scene.kind(to[-1]) == "place":
            return self._handle(clause, subjects, [], rest, at, told)
        told.aside += tail(rest, end).aside
        return self._given(clause, subjects[:1], things, to[-1], told)

    def _each(self, things: Sequence[Name]) -> list[Name]:
        """ "Three apples" as three things, where it is asked how many there are."""
        if not self.counted:
            return list(things)
        found: list[Name] = []
        for thing in things:
            first = thing.words[0].casefold()
            number = (
                int(first) if first.isdecimal() and len(first) < 3 else COUNTS.index(first) if first in COUNTS else 0
            )
            if 1 < number <= MOST_COUNTED and len(thing.words) > 1:
                for _ in range(number):
                    self.counted += 1
                    found.append(Name((*thing.words[1:], str(self.counted)), True))
            else:
                found.append(thing)
        return found

    def _given(self, clause: Clause, givers: Sequence[Name], things: Sequence[Name], to: Name, told: Told) -> bool:
        scene = self.scene
        if clause.negated or clause.maybe:
            told.aside.append("gave " + " and ".join(one.text for one in things))
            return True
        say = scene.names.say
        things = self._each(things)
        if not givers:
            for thing in things:
                told.statements.append(f"{say(scene.person(to))} got {say(scene.something(thing))}.")
                scene.held[thing.key] = to.key
            return True
        for thing in things:
            scene.something(thing)
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
            and (rest[at][0] in IN | TO or lower(rest)[at : at + 2] == ["out", "of"])
        ):
            return self._go(clause, subjects, tail(rest, at), told)
        wears = base == "put" and lower(rest)[at : at + 1] == ["on"]
        things, end = self._objects(rest, at + wears)
        late, end = particles(rest, end)
        if not things:
            return False
        things = self._each(things)
        phrases = tail(rest, end)
        told.aside += phrases.aside
        who = subjects[0]
        for one in subjects:
            scene.person(one)
        if clause.negated or clause.maybe:
            told.aside.append(f"{base} {' and '.join(one.text for one in things)}")
            if clause.negated and base in ("have", "hold", "carry"):
                self._without(subjects, things, told)
            return True
        gets = (
            clause.verb.tells == "get"
            and not {"down", "off"} & {*extra, *late}
            and not (base == "get" and "rid" in extra)
        )
        gets = gets or wears
        source = phrases.first(_FROM)
        target, inside = phrases.first(TO, _BARE), phrases.first(IN, BESIDE)
        if gets and source and base in FROM_GIVER and scene.is_person(source):
            return self._given(clause, [source], things, who, told)
        if gets and target and scene.is_person(target) and not target.article:
            return self._given(clause, [who], things, target, told)
        if base == "let" and "go" not in extra:
            return False
        if base == "throw" and target and scene.is_person(target):
            return self._given(clause, [who], things, target, told) if target else False
        if gets:
            if source and target and not scene.is_person(source):
                told.statements.append(f"{say(who)} went to {say(scene.somewhere(source))}.")
            if inside and inside.words[-1].casefold() not in CONTAINERS:
                told.statements.append(f"{say(who)} is in {say(scene.somewhere(inside))}.")
                scene.at[who.key] = inside
            elif inside and base == "have":
                pass
            for thing in things:
                told.statements.append(f"{say(who)} got {say(scene.something(thing))}.")
                scene.held[thing.key] = who.key
            if target:
                time = Clause([], None, [], time=clause.time)
                self._placed(time, [who, *(o for w, o in phrases.phrases if w == "with")], target, told, "went to")
            return True
        place = target or inside
        if place and {"his", "her", "their", "my", "your"} & {*lower(rest)} and place.key in _WORN:
            told.statements += [f"{say(who)} got {say(scene.something(thing))}." for thing in things]
            return True
        if place and len(place.words) == 1 and place.words[0].lower() in PRONOUNS:
            place = (scene.who(place.words[0].lower()) or [place])[-1]
        if phrases.there and place is None:
            place = None
        within = place is not None and place.words[-1].casefold() in CONTAINERS or base in _PUTS
        container = place is not None and (within or phrases.first(TO, BESIDE, frozenset(("on",))) is not None)
        if place and not container:
            told.statements.append(f"{say(who)} is in {say(scene.somewhere(place))}.")
            scene.at[who.key] = place
        for thing in things:
            told.statements.append(f"{say(who)} put down {say(scene.something(thing))}.")
            scene.held.pop(thing.key, None)
            if place:
                told.statements.append(f"{say(thing)} is in {say(place)}.")
                scene.names.learn(place, "place")
        return True

    def _passive(self, clause: Clause, subjects: list[Name], told: Told) -> bool:
        """ "was given the letter by", "was taken to the barn by"."""
        assert clause.verb
        rest, tells = clause.rest, clause.verb.tells
        low = lower(rest)
        if (
            low[:1]
            and (low[0] in SIDES or low[0] in WAYS)
            and (self.relation or low[1:2] == ["of"])
            or low[:2] == ["to", "the"]
            and low[3:4] == ["of"]
        ):
            return self._is(Clause(clause.subject, None, rest, clause.negated, clause.maybe), subjects, told)
        extra, at = particles(rest, 0)
        things, end = self._objects(rest, at)
        phrases = tail(rest, end)
        agent = phrases.first(_BY)
        told.aside += phrases.aside
        if agent is not None:
            agent = self._person(agent)
        if tells == "give":
            to = phrases.first(TO)
            if things and not to:
                return self._given(clause, [agent] if agent else [], things, subjects[0], told)
            if to:
                return self._given(clause, [agent] if agent else [], subjects, self._person(to) or to, told)
            return False
        active = Clause([], clause.verb, [], clause.negated, clause.maybe, time=clause.time)
        if (
            tells == "get"
            and (place := phrases.first(IN, BESIDE))
            and clause.verb.base in ("find", "keep", "hold", "pack")
            and not agent
        ):
            return self._placed(active, subjects, place, told)
        if agent is None:
            place = phrases.first(TO, IN, BESIDE)
            return place is not None and self._placed(active, subjects, place, told)
        words: list[Word] = []
        for word, name in phrases.phrases:
            if name != phrases.first(_BY):
                words += (
                    [(word, word)] * bool(word)
                    + ([("the", "the")] if name.article else [])
                    + [(w.lower(), w) for w in name.words]
                )
        objects: list[Word] = []
        for one in subjects:
            objects += (
                [("and", "and")] * bool(objects)
                + ([("the", "the")] if one.article else [])
                + [(w.lower(), w) for w in one.words]
            )
        return tells in ("get", "drop") and self._handle(active, [agent], extra, [*objects, *words], 0, told)


def _or_in(low: Sequence[str]) -> bool:
    """ "in the park or in the school", "in the park or the school"."""
    return bool(low) and low[0] in IN and "or" in low


def _bare_verb(words: Sequence[Word]) -> bool:
    if not words or words[0][1][:1].isupper():
        return False
    low = words[0][0]
    return (
        low in ("is", "was", "are", "were", "has", "had", "did")
        or low in VERBS
        and VERBS[low].tense in ("past", "part", "s")
    )


def _inverted(words: Sequence[Word]) -> list[Word] | None:
    """ "In the attic there is a chest", "South of the barn is the pond": with the subject first; else None."""
    low = lower(words)
    if len(low) > 3 and low[0] == "there" and low[1] in ("is", "are", "was", "were"):
        name, end = noun(words, 2)
        if name and end < len(words) and low[end] in IN | BESIDE:
            return [*words[2:end], words[1], *words[end:]]
        return None
    begin = low[0] if low else ""
    if begin in WAYS and low[1:2] == ["of"]:
        name, end = noun(words, 2)
    elif begin in IN | BESIDE | set(SIDES) and (begin not in ("left", "right") or low[1:2] == ["of"]):
        name, end = noun(words, 1)
    else:
        return None
    if name is None or end >= len(words):
        return None
    if low[end] == "there":
        end += 1
    if (
        end + 1 < len(words)
        and low[end] in ("is", "are", "was", "were", "lies", "stands", "sits")
        and low[end + 1] not in IN
    ):
        where = words[: end - 1] if low[end - 1] == "there" else words[:end]
        return [*words[end + 1 :], ("is", "is"), *where]
    return None


__all__ = ["DETERMINERS", "Teller", "Told"]
