"""What any verb tells of places: who went, stays or was moved somewhere, by what stands behind it.

Nobody can list all verbs. Behind one that is not known "to the barn" says where somebody went, "into the barn" behind
its object where that was put, and "in the barn" where both are.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.clause import Clause, take_apart
from core.memory.reading.names import Name, Word, lower
from core.memory.reading.passives import Passives
from core.memory.reading.subjects import Told
from core.memory.reading.tails import Tail, tail
from core.memory.reading.verbs import STRANGE, VERBS
from core.memory.reading.words import BESIDE, CONTAINERS, IN, TO, word_set

# What may be done to something far away, and what says where the other one is.
_THOUGHT = word_set("""
    talk think dream tell ask say know want need love like hate call phone text believe trust miss remember teach
    write cost weigh invite order point hope try live hear start begin end work happen rain snow search warn promise
    admire invent reply respond complain apologise mention declare claim insist admit expect wonder imagine understand
    realise recall forget regret prefer advise suggest recommend propose persuade convince belong depend rely owe
    wish long prefer reserve book plan recommend email post publish spend expect persuade encourage
""")
_SEEN = frozenset(["see", "watch", "notice", "spot", "find", "recognise", "photograph", "film"])
# "to" behind these is whom they are meant for, and no way.
_SAID = word_set("""
    read show explain sing describe speak listen wave nod smile shout whisper yell mutter introduce play bow react
    glance stare gaze peer peek squint look wink point agree whistle murmur cry pray switch turn sign add reduce
    compare lead_to prefer
""")
# Who does this goes along.
_ALONG = word_set("lead follow chase guide escort walk pull push haul drag tow wheel usher herd pursue drive roll")
_GONE = word_set("eat drink devour consume swallow munch burn spend destroy break smash waste gulp nibble")
_REFUSED = frozenset(["refuse", "decline", "reject"])
_ORDERS = word_set("tell ask order command instruct beg urge allow implore advise remind request permit")
_OBEYS = word_set("obey comply agree oblige consent accept")
_TRADED = frozenset(["trade", "swap", "exchange"])
_BY = frozenset(("by",))


class Frames(Passives):
    """Reads verbs of no kind of their own by the places behind them."""

    def _does_else(self, clause: Clause, subjects: list[Name], rest: Sequence[Word], at: int, told: Told) -> bool:
        assert clause.verb
        base = clause.verb.base
        others, end = self._objects(rest, at)
        phrases = tail(rest, end)
        people = [one for one in others if self.scene.is_person(one)]
        if people and len(subjects) == 1:
            self.scene.group = [self.scene.person(one) for one in (*subjects, *people)]
        if base in _ORDERS and people and not clause.negated and (ordered := self._ordered(rest, end, people, told)):
            return ordered
        if base in _OBEYS and not clause.negated and not others and self._order:
            words, self._order = self._order, []
            return self._carried_out(words, told)
        if base in _REFUSED and not clause.negated and self._refused(subjects, told):
            return True
        if base == "show" and others and not clause.negated and not clause.maybe:
            shown = self._objects(rest, end)[0] or [one for one in others if not self.scene.is_person(one)]
            return (
                self._handle(Clause([], VERBS["got"], []), subjects, [], _words(shown[0]), 0, told) if shown else True
            )
        if base in _TRADED and others and (fresh := phrases.first(frozenset(("for",)))) and not clause.negated:
            say = self.scene.names.say
            told.statements += [f"{say(subjects[0])} put down {say(one)}." for one in others]
            owned = [n for n, word in enumerate(fresh.words[:-1], start=1) if word.endswith("'s")]
            if owned and fresh.words[owned[-1] - 1][:1].isupper():  # "for Mei's orange"
                other = Name((fresh.words[owned[-1] - 1].removesuffix("'s"),), proper=True)
                told.statements += [f"{say(self.scene.person(other))} got {say(one)}." for one in others]
            fresh = Name(fresh.words[owned[-1] :], True) if owned else fresh
            told.statements.append(f"{say(self.scene.person(subjects[0]))} got {say(self.scene.something(fresh))}.")
            return True
        if base in ("like", "love", "hate", "know") and others and others[-1].article and not people:
            self.scene.place = self.scene.place or others[-1]
        if base in _THOUGHT or clause.negated or clause.maybe:
            told.aside.append(" ".join([base, *lower(rest)]))
            return True
        for one in others:
            if one not in people:
                self.scene.something(one)
        if base in _GONE and others and not phrases.first(TO):
            self._used_up(subjects, others, told)
        to = phrases.first(TO) if base not in _SAID else None
        place = self._near(phrases)
        if to is None and place is None and phrases.there and self.scene.place:
            place = self.scene.place
        if to is not None:
            return self._goes(clause, subjects, others, phrases, to, told) if others else self._walks(
                clause, subjects, phrases, told
            )  # fmt: skip
        if place is None:
            told.aside.append(" ".join([base, *lower(rest)]))
            return clause.verb.tells != STRANGE  # what it does to whom has nobody said
        now = Clause([], None, [], time=clause.time)
        if others and (base in _SEEN - {"watch"} or place.words[-1].casefold() in CONTAINERS):
            return self._placed(now, others, place, told)
        things = [one for one in others if one not in people]
        return self._placed(now, [*subjects, *people, *things], place, told)

    def _ordered(self, rest: Sequence[Word], end: int, whom: Sequence[Name], told: Told) -> bool:
        """ "told the page to go to the garden": done if he obeys; "persuaded her to go" was done."""
        if lower(rest[end : end + 1]) != ["to"] or len(rest) < end + 3:
            return False
        self._order = [*_words(whom[-1]), ("did", "did"), *rest[end + 1 :]]
        told.aside.append(" ".join(lower(rest[end:])))
        return True

    def _carried_out(self, words: Sequence[Word], told: Told) -> bool:
        clause = take_apart(words)
        if clause is None or clause.verb is None:
            return False
        return self._does(clause, self._subjects(clause)[0] or [], told)

    def _does(self, clause: Clause, subjects: list[Name], told: Told) -> bool:
        raise NotImplementedError

    def _refused(self, subjects: list[Name], told: Told) -> bool:
        """Who refuses what was offered gives it back."""
        thing = next((one for one in reversed(self.scene.things) if one.key in self.scene.giver), None)
        if thing is None or self.scene.held.get(thing.key) not in {one.key for one in subjects}:
            return False
        return self._given(Clause([], None, []), subjects[:1], [thing], self.scene.giver[thing.key], told)

    def _walks(self, clause: Clause, subjects: list[Name], phrases: Tail, told: Told) -> bool:
        return self._go(Clause([], None, [], time=clause.time), subjects, phrases, told)

    def _goes(
        self, clause: Clause, subjects: list[Name], others: list[Name], phrases: Tail, to: Name, told: Told
    ) -> bool:
        """ "chased the cat into the garden", "kicked the ball to Tom"."""
        scene = self.scene
        told.aside += phrases.aside
        if scene.known_person(to) or not to.article and scene.is_person(to) and not scene.is_person(others[0]):
            return self._given(clause, subjects[:1], others, to, told)
        base = clause.verb.base if clause.verb else ""
        for one in others:
            if scene.held.pop(one.key, None):
                told.statements.append(f"{scene.names.say(subjects[0])} put down {scene.names.say(one)}.")
        along = subjects if base in _ALONG and to.words[-1].casefold() not in CONTAINERS else []
        now = Clause([], clause.verb, [], time=clause.time)
        return self._placed(now, [*others, *along], to, told, "is in")

    def _near(self, phrases: Tail) -> Name | None:
        """Where something is said to be: in, at, under, or by a place."""
        found = phrases.first(IN) or phrases.first(BESIDE)
        by = phrases.first(_BY)
        found = found or (by if by and by.article and not self.scene.known_person(by) else None)
        if found and self.scene.is_person(found) and found.key in self.scene.at:
            return self.scene.at[found.key]
        return found if found and not self.scene.known_person(found) else None

    def _used_up(self, subjects: Sequence[Name], things: Sequence[Name], told: Told) -> None:
        """Who ate it has it no more."""
        say = self.scene.names.say
        for thing in self._each(things, subjects):
            if self.holding or self.counted or self.scene.held.get(thing.key):
                told.statements.append(f"{say(self.scene.person(subjects[0]))} put down {say(thing)}.")
                self.scene.held.pop(thing.key, None)


def _words(name: Name) -> list[Word]:
    return [*[("the", "the")] * name.article, *((word.lower(), word) for word in name.words)]
