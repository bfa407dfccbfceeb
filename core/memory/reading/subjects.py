"""Whom and what a clause is about: names, pronouns, everybody and nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.data.plurals import singular
from core.data.stories.words import COUNTS
from core.memory.reading.clause import Clause
from core.memory.reading.names import Name, Word, lower, noun, nouns
from core.memory.reading.scene import Scene
from core.memory.reading.times import Times
from core.memory.reading.words import BESIDE, DETERMINERS, EVERYBODY, IN, NOBODY, PRONOUNS

MOST_COUNTED = 8


@dataclass
class Told:
    """What a clause tells the networks: statements, and the words that were left aside."""

    statements: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    placed: list[tuple[Name, Name, bool]] = field(default_factory=list)  # who, where; False: not there
    late: list[str] = field(default_factory=list)  # statements to be told behind the others
    unsure: bool = False  # it may well be meant otherwise


class Subjects:
    """Who a clause is about, as far as its story has been read."""

    def __init__(
        self,
        scene: Scene,
        relation: bool,
        dimension: str,
        asked: Sequence[Name],
        time: Times,
    ) -> None:
        self.scene, self.relation, self.dimension, self.asked, self.time = scene, relation, dimension, asked, time
        self._last: Clause | None = None  # the clause before
        self._said: Sequence[Word] = ()  # the words of the clause before
        self._order: list[Word] = []  # what somebody was told to do, as if they did
        self._cleft = False  # "It was not Ann who": the next sentence may say who it was
        self._acted = False  # it did something, and was not only somewhere
        self._doing: list[Name] = []  # whom the clause is about
        self._same_sentence = False  # as the clause before
        self._counted: dict[tuple[str, str], list[Name]] = {}  # who and what -> one by one
        self.where = False  # it is asked where something is, and not who has it
        self.sources = False  # it is asked where something was before
        self.holding = False  # it is asked who holds what
        self.counts = ""  # of which kind, where the story says a number of that kind
        self.counted = 0  # things that were counted one by one, from 1; 0 where nothing is to be counted
        self._except: list[Name] = []  # of "everybody except Tim"

    def _subjects(self, clause: Clause) -> tuple[list[Name] | None, str]:
        words = clause.subject
        if lower(words) in (["both"], ["the", "two"]):
            words = [("they", "they")]
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
            everyone = [one for one in scene.people.values() if one.key not in keys]
            return everyone or [Name((words[0][1],), proper=True)] * (not left_out), "everybody"
        if low and (low[0] in NOBODY or low[:2] == ["no", "one"]):
            if low[1:2] in (["but"], ["except"]) and (left_out := nouns(words, 2)[0]):
                return left_out, ""  # "Nobody but Amy"
            known = {name.key: name for name in (*scene.people.values(), *self.asked)}
            return [*known.values()], "nobody"
        found: list[Name] = []
        at = 0
        while at < len(words):
            word = words[at][0]
            if word in PRONOUNS and (at + 1 == len(words) or words[at + 1][0] in ("and", "also", "then", "both")):
                if word == "it" and clause.verb is None and not scene.things and not scene.last:
                    return None, ""
                # "They are in the hall", and nobody says who: they are called that.
                if (meant := self._handed(word, clause)) or (meant := self._actor(word, clause)):
                    found.append(meant)
                    at += 1
                    continue
                found += scene.who(word) or [Name((words[at][0],), proper=True)] * (word != "it")
                at += 1
            elif word in ("i", "you", "we"):
                me = scene.me if word == "i" else None
                found.append(me or Name((words[at][1],), proper=True))
                at += 1
            elif word == "there" and not clause.rest:
                return None, ""
            else:
                name, end = noun(words, at, first=at == 0)
                if name is None:
                    if word in IN | BESIDE | {"from", "of"} and found and words[at + 1 :]:
                        at = max(noun(words, at + 1)[1], at + 1)  # "The cup on the table is red"
                        continue
                    if word in ("with", "without") and found:
                        more, _ = nouns(words, at + 1)
                        return (found + more if word == "with" else found), ""
                    at += 1
                    continue
                if found and found[-1].article and name.proper and words[at - 1][0] not in ("and", "&"):
                    found.pop()  # "his daughter Lena"
                found.append(name)
                at = end
        if any(word == "or" for word, _ in words) and len(found) > 1:
            clause.maybe = True  # "Ina or Bo took it"
        if not found and not words:
            found = list(self._doing if self._same_sentence else scene.subjects)
        self._except = []
        return (found or None), ""

    def _handed(self, pronoun: str, clause: Clause) -> Name | None:
        """ "Mum gave Elif an apple. *She* ate it": who was given it."""
        scene = self.scene
        thing = scene.things[-1] if scene.things else None
        to = self.scene.people.get(self.scene.held.get(thing.key, "")) if thing else None
        given = thing is not None and thing.key in self.scene.giver
        does = lower(clause.rest)[:1] == ["it"] and clause.verb and clause.verb.tells != "give"
        return to if to and given and does and pronoun in ("he", "she") and scene.sexes.may_be(to, pronoun) else None

    def _actor(self, pronoun: str, clause: Clause) -> Name | None:
        """ "The dragon dropped the crown. Then *it* flew away": who did something, and not what was done to."""
        last = self._doing[-1] if self._doing else None
        acts = clause.verb and clause.verb.tells in ("go", "get", "drop", "give") and clause.verb.base != "fall"
        holds = clause.verb and clause.verb.tells in ("get", "give")  # no thing does
        if pronoun != "it" or last is None or not acts or not self._acted or not (last.article or holds):
            return None
        return last

    def _person(self, name: Name) -> Name | None:
        if len(name.words) == 1 and name.words[0].lower() in PRONOUNS:
            return (self.scene.who(name.words[0].lower(), self._doing) or [None])[-1]  # type: ignore[list-item]
        return name

    def _objects(self, rest: Sequence[Word], at: int) -> tuple[list[Name], int]:
        low = rest[at][0] if at < len(rest) else ""
        owned = low == "her" and rest[at + 1 : at + 2] and rest[at + 1][0] not in DETERMINERS and noun(rest, at)[0]
        if low in ("both", "all") and lower(rest[at + 1 : at + 3]) == ["of", "them"]:
            return self.scene.several or self.scene.things[-2:], at + 3
        if low == "them":  # what they hold, and not themselves
            return self.scene.several or self.scene.who(low, self._doing), at + 1
        if low in PRONOUNS and not owned:
            return self.scene.who(low, self._doing), at + 1
        return nouns(rest, at)

    def _each(self, things: Sequence[Name], of: Sequence[Name] = (), to: Sequence[Name] = ()) -> list[Name]:
        """ "Three apples" as three things, where it is asked how many there are.

        Args:
            of: who had them: of theirs, as far as they were counted.
            to: who has them then.
        """
        if not self.counted:
            return list(things)
        found: list[Name] = []
        for thing in things:
            number = _number(thing.words[0])
            other = self.counts and singular(thing.words[-1].casefold()) != self.counts
            if other and (number and len(thing.words) > 1 or thing.article):
                continue  # "two cats and a dog", and it is asked how many cats
            kind = singular(thing.words[-1].casefold()) if len(thing.words) > 1 else ""
            kind = kind or next((its for _, its in reversed(self._counted)), "")
            owned = [self._counted[key] for one in of if (key := (one.key, kind)) in self._counted]
            if not number and thing.article and len(thing.words) == 1:
                number = 1 if owned and owned[0] else 0
            if not 0 < number <= MOST_COUNTED or not kind:
                found.append(thing)
                continue
            some = [owned[0].pop() for _ in range(min(number, len(owned[0])))] if owned else []
            while len(some) < number:
                self.counted += 1
                some.append(Name((kind, str(self.counted)), True))
            for one in to:
                self._counted.setdefault((one.key, kind), []).extend(some)
            found += some
        return found


def _number(word: str) -> int:
    """How many a word says; 0 where it says no number."""
    low = word.casefold()
    if low.isdecimal() and len(low) < 3:
        return int(low)
    return COUNTS.index(low) if low in COUNTS else 0
