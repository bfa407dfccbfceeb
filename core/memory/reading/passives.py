"""What was done to somebody or something: "was given the letter by", "was taken to the barn by"."""

from __future__ import annotations

from core.memory.reading.clause import Clause
from core.memory.reading.handling import Handling
from core.memory.reading.names import Name, Word, lower
from core.memory.reading.placing import _BY, _FROM
from core.memory.reading.subjects import Told
from core.memory.reading.tails import particles, tail
from core.memory.reading.words import BESIDE, IN, PRONOUNS, SIDES, TO, WAYS, word_set

_THOUGHT = word_set("invite ask call summon want need expect order tell remember forget book reserve plan allow permit")


class Passives(Handling):
    """Reads what was done to somebody."""

    def _passive(self, clause: Clause, subjects: list[Name], told: Told) -> bool:
        """ "was given the letter by", "was taken to the barn by"."""
        assert clause.verb
        rest, tells, scene = clause.rest, clause.verb.tells, self.scene
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
        if agent is not None and not (
            agent.article or agent.proper or self.scene.is_person(agent) or agent.key in PRONOUNS
        ):
            told.aside.append(f"by {agent.text}")  # "by mistake"
            agent = None
        if agent is not None:
            agent = self._person(agent)
        if tells == "give":
            to = phrases.first(TO)
            sent = [one for one in subjects if clause.verb.base == "send" and not one.article and scene.is_person(one)]
            if to and sent and not scene.known_person(to):
                return self._placed(Clause([], None, [], clause.negated, clause.maybe), sent, to, told, "went to")
            if things and not to:
                return self._given(clause, [agent] if agent else [], things, subjects[0], told)
            if to:
                return self._given(clause, [agent] if agent else [], subjects, self._person(to) or to, told)
            return False
        if clause.verb.base in _THOUGHT:
            told.aside.append(f"{clause.verb.base} {' '.join(low)}")  # "was invited to the castle"
            return True
        to = phrases.first(TO)
        if to and tells in ("get", "drop") and scene.is_person(to):  # "was delivered to Ms. Ito"
            return self._given(clause, [agent] if agent else [], subjects, self._person(to) or to, told)
        active = Clause([], clause.verb, [], clause.negated, clause.maybe, time=clause.time)
        if (
            tells == "get"
            and (place := phrases.first(IN, BESIDE))
            and clause.verb.base in ("find", "keep", "hold", "pack")
            and not agent
        ):
            return self._placed(active, subjects, place, told)
        place = phrases.first(TO) or phrases.first(IN, BESIDE)
        if agent is None or tells not in ("get", "drop"):
            source = phrases.first(_FROM)
            if place and source and not clause.negated and not clause.maybe:  # "moved from the ward to the theatre"
                self._placed(Clause([], None, []), subjects, source, told)
            told.aside += [clause.verb.base] * (place is None)
            return place is None or self._placed(active, subjects, place, told)
        if (source := phrases.first(_FROM)) and not scene.is_person(source) and not clause.negated:
            self._placed(Clause([], None, []), subjects, source, told)  # "was stolen from the temple by"
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
