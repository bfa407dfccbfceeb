"""Two things held against each other: which is bigger, which is above, who fears whom, whose it is."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.clause import Clause
from core.memory.reading.names import Name, Word, lower, noun, nouns
from core.memory.reading.subjects import Subjects, Told
from core.memory.reading.words import COMPARED, SIDES


class Comparing(Subjects):
    """Reads what is said of two things at once."""

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
