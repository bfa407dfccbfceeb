"""What is, and where: "is in the park", "is north of it", "is bigger than that", "went there"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.data.plurals import singular
from core.data.stories.words import COUNTS
from core.memory.reading.clause import Clause
from core.memory.reading.fitting import too_big
from core.memory.reading.names import Name, Word, lower, noun, nouns
from core.memory.reading.placing import Placing
from core.memory.reading.subjects import Told
from core.memory.reading.tails import tail
from core.memory.reading.words import (
    BESIDE,
    COLOURS,
    COMPARED,
    FEELINGS,
    FEELINGS_LIKE,
    HOME,
    IN,
    MOST,
    PRONOUNS,
    SIDES,
    SIZED,
    WAYS,
)


def _or_in(low: Sequence[str]) -> bool:
    """ "in the park or in the school", "in the park or the school"."""
    return bool(low) and low[0] in IN and "or" in low


def _every(subject: Sequence[Word]) -> str:
    """Of "swans" and "all swans", swan; nothing of "the swans" and "Lily"."""
    low = lower(subject)
    if low[:1] in (["every"], ["each"]):
        return low[1] if len(low) > 1 else ""
    low = low[1 + (low[1:2] == ["the"]) :] if low[:1] == ["all"] else low
    low = low[:1] if len(low) > 1 and low[1] in IN else low  # "all robots in the factory"
    several = len(low) == 1 and singular(low[0]) != low[0] and low[0] not in PRONOUNS
    return singular(low[0]) if several and (len(subject) > 1 or subject[0][0].endswith("s")) else ""


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


class Being(Placing):
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
        if low[:1] and low[0] in HOME and low[1:2] and low[1] in IN | BESIDE:
            rest, low = rest[1:], low[1:]  # "outside in the garden"
        if low[:1] == ["away"] and low[1:2] != ["from"]:
            told.aside.append(" ".join(low))
            return True
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
        if low[:2] == ["to", "the"] and len(low) > 2:
            rest, low = rest[2:], low[2:]
            if low[0] in ("left", "right") and low[1:2] == ["of"]:
                return self._beside(low[0], rest, 2, subjects, clause, told)
        if low[:2] == ["on", "the"] and low[2:3] and low[2] in ("left", "right"):
            return self._beside(low[2], rest, 4 if low[3:4] == ["of"] else 3, subjects, clause, told)
        if low[0] in ("right", "just", "directly", "exactly", "straight") and low[1:2] and low[1] in IN | BESIDE:
            rest, low = rest[1:], low[1:]
        if low[:2] == ["out", "of"] or low[:2] == ["away", "from"]:
            return self._go(clause, subjects, tail(rest, low[0] == "away"), told)
        if self.relation and low[0] == "on" and low[2:3] not in (["left"], ["right"]):
            rest, low = [("above", "above"), *rest[1:]], ["above", *low[1:]]
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
        if low[0] == "for":
            for one in subjects:
                if not scene.is_person(one):
                    scene.something(one)
            told.aside.append(" ".join(low))  # "The parcel is for Tim"
            return True
        if low[:1] == ["as"] and low[2:3] == ["as"]:
            told.aside.append(" ".join(low))
            return True
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
        by = next((at for at in range(1, min(4, len(low) - 1)) if low[at] in COMPARED and low[at + 1] == "than"), 0)
        rest, low = rest[by:], low[by:]  # "two years older than"
        if low[0] in COMPARED and low[1:2] == ["than"]:
            return self._compare(low[0], rest, subjects, clause, told)
        if low[0] in ("afraid", "scared", "frightened", "terrified") and low[1:2] == ["of"]:
            return self._fears(subjects, rest, 2, clause, told)
        if low[0] in IN | BESIDE | {"with", "from"} or (
            low[0] in ("home", "outside", "upstairs", "downstairs") and len(low) < 3
        ):
            return self._in_place(clause, subjects, tail(rest, 0), told)
        if low[0] in ("there", "here") and scene.place is None:
            return False
        if low[0] in ("there", "here") and scene.place is not None:
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
            kind, end = noun(rest, 0)
            if kind and (where := tail(rest, end).first(IN)) and scene.is_person(subjects[0]) and self.where:
                self._placed(clause, subjects, where, told)  # "is a robot in the factory"
            if kind is None or clause.negated:
                return kind is not None
            colour = kind.words[0].casefold()
            if colour in COLOURS and len(kind.words) > 1:  # "is a white swan"
                kind = replace(kind, words=kind.words[1:])
                told.statements += [f"{say(scene.person(one))} is {colour}." for one in subjects]
            kinds = say(kind, whole=True).removeprefix("the ")
            told.statements += [f"{say(scene.person(one))} is {low[0]} {kinds}." for one in subjects]
            return True
        if low[:1] == ["the"] and len(low) == 2 and low[1] in MOST:  # "Eva is the tallest"
            return self._compare(
                MOST[low[1]], [("", ""), ("", ""), ("the", "the"), ("others", "others")], subjects, clause, told
            )
        if len(low) == 1 and (low[0] in COUNTS or low[0].isdecimal()):
            told.aside.append(low[0])  # "Lea is twelve"
            return True
        if clause.negated:
            return low[0] in COLOURS or len(low) == 1
        if len(low) == 1 and low[0] in COLOURS and lower(clause.subject) and (every := _every(clause.subject)):
            one = Name(("each", every))  # "Swans are white": of one that stands for all
            told.statements += [f"{say(one)} is a {every}.", f"{say(one)} is {low[0]}."]
            return True
        if low == ["empty"] and (pairs := [one for one in scene.or_in if subjects[0].key in [p.key for p in one[1]]]):
            for one, places in pairs:  # "is in the left shell or in the right one. The left shell is empty."
                left = [place for place in places if place.key != subjects[0].key]
                if len(left) == 1:
                    self._placed(Clause([], None, []), [one], left[0], told)
            return True
        if len(low) == 1 or len(low) == 2 and low[1] in COLOURS:
            told.statements += [
                f"{say(scene.person(one) if scene.is_person(one) else one)} is {' '.join(low)}." for one in subjects
            ]
            return True
        return False

    def _is_me(self, rest: Sequence[Word]) -> bool:
        """ "I am Bob"."""
        name, end = noun(rest, 0)
        asked = {one.key for one in self.asked}
        if name is None or end < len(rest) or name.article or not (name.proper or name.key in asked):
            return False
        self.scene.me = self.scene.person(name)
        return True

    def _either(self, rest: Sequence[Word], subjects: list[Name], told: Told) -> bool:
        places = _places(rest)
        if len(places) < 2:
            return False
        say, scene = self.scene.names.say, self.scene
        for one in subjects:
            who = scene.person(one) if scene.is_person(one) else scene.something(one)
            told.statements.append(f"{say(who)} is either in {say(places[0])} or in {say(places[1])}.")
            scene.or_in.append((one, places))
            scene.at.pop(one.key, None)
        return True
