"""A typed clause -> statements in the wordings that the networks know."""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.clause import Clause, take_apart
from core.memory.reading.frames import Frames
from core.memory.reading.names import Name, Word, lower, noun, nouns
from core.memory.reading.placing import _BARE
from core.memory.reading.subjects import Told
from core.memory.reading.tails import Tail, particles, tail
from core.memory.reading.turning import bare_verb, inverted, last_name, last_place, place_last
from core.memory.reading.verbs import DIRECT_PLACES, STRANGE, VERBS
from core.memory.reading.words import (
    BESIDE,
    DETERMINERS,
    DOES,
    EVERYBODY,
    FEELINGS,
    FEELINGS_LIKE,
    HAS,
    IN,
    IS,
    NOBODY,
    NOT,
    PREPOSITIONS,
    SIDES,
    TO,
    WAYS,
)

_ROBS = frozenset(["rob", "strip", "relieve", "reliev", "deprive", "depriv", "cheat", "rid"])
_GETS_OFF = frozenset(["get", "step", "climb", "jump", "hop"])


class Teller(Frames):
    """Reads the clauses of one story in order."""

    def read(self, words: Sequence[Word], begins: bool = True) -> Told | None:
        """What a clause tells; None where it is not understood.

        ``begins``: it is the first one of its sentence.
        """
        self._same_sentence = not begins and bool(self._doing)
        if words and words[0][0] in ("who", "which") and (self.scene.last or self.scene.things):
            # "gave them to his mother, who put them there"
            doing = {one.key for one in self._doing}
            people = [one for one in self.scene.last if one.key not in doing] or self.scene.last
            meant = people[-1] if words[0][0] == "who" and people else (self.scene.things or people)[-1]
            if words[0][0] == "which" and (behind := last_name(self._said)):
                meant = behind  # "went to the park, which is near the lake"
            words = [*[("the", "the")] * meant.article, *((w.lower(), w) for w in meant.words), *words[1:]]
        low = lower(words)
        if low[:1] and low[0] in EVERYBODY | NOBODY and "except" in low[2:]:  # "Everyone went there except Tim"
            at = low.index("except", 2)
            words = [words[0], *words[at:], *words[1:at]]
        self._said = words
        words = last_place(place_last(words))
        if turned := inverted(words):
            words = turned
        if self._order and lower(words)[-2:] in (["did", "so"], ["did", "that"], ["did", "it"], ["was", "told"]):
            order, self._order = self._order, []
            words = order  # "Tim did so", "did as he was told"
        if same := self._likewise(words):
            return same
        if (
            lower(words)[:2] in (["it", "was"], ["it", "is"])
            and len(words) == 3
            and words[2][1][:1].isupper()
            and self._cleft
        ):
            return self._but_not(words)
        self._cleft = lower(words)[:1] == ["neither"]
        bare = bare_verb(words)
        clause = take_apart([("they", "they"), *words] if bare else words)
        if clause is None:
            return self._but_not(words)
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
        self._doing = subjects
        self._acted = clause.verb is not None and not clause.passive
        quality = clause.verb is None and lower(clause.rest) in (["missing"], ["gone"], ["lost"], ["broken"], ["ready"])
        if clause.passive or quality or clause.verb and clause.verb.base in ("miss", "lie", "hang", "stand"):
            for one in subjects:
                if one.article and self.scene.kind(one) in ("", "thing"):
                    self.scene.something(one)  # "An atlas was missing. Ezra had taken it."
        if clause.future:
            self.spoken_of(clause.rest)
            told.aside.append(" ".join(lower(words)))
            return told
        if clause.rest:
            self._last = clause
        nobody = whole == "nobody"
        if nobody and not subjects:
            told.aside.append(" ".join(lower(words)))  # of nobody of whom the story tells
            return told
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
        told.statements += told.late
        if read:
            self.spoken_of(
                clause.rest if not told.statements else [one for one in clause.rest if one[0] not in DETERMINERS]
            )
        strange = clause.verb is not None and clause.verb.tells == STRANGE and bool(told.statements)
        told.unsure, self.scene.doubtful = strange or self.scene.doubtful, False
        return told if read else None

    def spoken_of(self, words: Sequence[Word]) -> None:
        """ "tried to lift the box, but it was too heavy": what was not done is spoken of all the same."""
        for at in range(len(words)):
            if at and words[at - 1][0] in ("for", "about", "after") and words[at][1][:1].isupper():
                name = noun(words, at)[0]
                if name and name.key not in self.scene.people and self.scene.is_person(name):
                    self.scene.person(name)  # "waited for Tom"
            placed = at and words[at - 1][0] in IN | TO | BESIDE | {"from", "of", "by"}
            name = noun(words, at)[0] if words[at][0] in DETERMINERS and not placed else None
            if name and name.article and self.scene.kind(name) in ("", "thing") and not self.scene.known_person(name):
                self.scene.something(name)

    def _likewise(self, words: Sequence[Word]) -> Told | None:
        """ "and so is Lee": where the one before is."""
        low = lower(words)
        if low[:1] != ["so"] or low[1:2] == [] or low[1] not in IS | DOES | HAS or self.scene.place is None:
            return None
        others, _ = nouns(words, 2)
        told = Told()
        return told if others and self._placed(Clause([], None, []), others, self.scene.place, told) else None

    def _but_not(self, words: Sequence[Word]) -> Told | None:
        """ "but Lee did not": not what the one before did."""
        low = lower(words)
        words = words[:-2] if low[-3:] == ["did", "the", "same"] else words
        low = [*low[:-2], "too"] if len(words) < len(low) else low
        words = [*words, ("too", "too")] if low[-1:] == ["too"] and words[-1][0] != "too" else words
        if low[:2] in (["it", "was"], ["it", "is"]) and len(low) == 3 and self._last is not None:  # "It was Bram."
            words, low = [words[2], ("too", "too")], [low[2], "too"]
            self._last.negated = False
        does = low[-1] in NOT and low[-2:-1] != [] and low[-2] in IS | DOES | HAS
        too = low[-2:] == ["as", "well"] or low[-1:] in (["too"], ["also"])  # "Bob did too", "Bob as well"
        if len(low) < 2 or len(low) > 5 or not (does or too) or self._last is None:
            return None
        others, _ = nouns(words[: 1 + (len(low) > 3)], 0, first=True)
        if not others:
            return None
        told, last = Told(), self._last
        clause = Clause([], last.verb, last.rest, last.negated != does)
        read = self._is(clause, others, told) if last.verb is None else self._does(clause, others, told)
        return told if read else None

    def _does(self, clause: Clause, subjects: list[Name], told: Told) -> bool:
        assert clause.verb
        tells, base = clause.verb.tells, clause.verb.base
        rest = clause.rest
        if base in _ROBS and "of" in lower(rest) and not clause.negated:  # "robbed him of his watch"
            taken = Clause(clause.subject, VERBS["took"], list(rest[lower(rest).index("of") + 1 :]), maybe=clause.maybe)
            return self._does(taken, subjects, told)
        extra, at = particles(rest, 0)
        if (
            extra[-1:] == ["off"]
            and rest[at:]
            and rest[at][0] in DETERMINERS
            and (tells in ("go", STRANGE) or base in _GETS_OFF)
        ):
            extra, at = extra[:-1], at - 1  # "fell off the shelf", "got off the train"
            if base in _GETS_OFF:
                return self._go(clause, subjects, tail(rest, at), told)
        if (
            tells == "go"
            and extra[-1:] in (["up"], ["down"])
            and lower(rest)[at : at + 1]
            and rest[at][0] in DETERMINERS
        ):
            extra, at = extra[:-1], at - 1  # "climbed up the tree"
            return self._go(clause, subjects, tail(rest, at), told)
        if tells == "feel":
            inner = Clause(clause.subject, None, rest, clause.negated, clause.maybe)
            if base == "look" and lower(rest)[:1] and lower(rest)[0] in PREPOSITIONS and lower(rest)[0] != "like":
                told.aside.append(" ".join([base, *lower(rest)]))  # "looked at the castle"
                return True
            if base == "fear":
                return self._fears(subjects, rest, 0, clause, told)
            return (
                lower(rest)[:1] != []
                and lower(rest)[0] in FEELINGS | set(FEELINGS_LIKE)
                and self._is(inner, subjects, told)
            )
        beside = lower(rest)[:1] and (lower(rest)[0] in (*WAYS, *SIDES, "to") or {"left", "right"} & {*lower(rest)[:3]})
        if beside and base in ("lie", "sit", "stand", "hang", "live"):
            return self._is(Clause(clause.subject, None, rest, clause.negated, clause.maybe), subjects, told)
        if tells == "fit":
            other = noun(rest, 1 if lower(rest)[:1] and lower(rest)[0] in IN | TO else 0)[0]
            pair = [(other, one) if base == "fit" else (one, other) for one in subjects if other]
            say = self.scene.names.say
            if (
                base == "contain" and self.dimension != "size" and "fit" not in lower(rest)
            ):  # "The fridge contains milk"
                inside, _ = self._objects(rest, 0)
                return bool(inside) and all([self._placed(clause, inside, one, told) for one in subjects])
            if clause.negated:
                pair = [(small, big) for big, small in pair]
            if self.dimension in ("", "size") and not clause.maybe:
                told.statements += [f"{say(big)} is bigger than {say(small)}." for big, small in pair if big and small]
            return bool(pair)
        if tells == "meet":
            return self._met(clause, subjects, rest, at, told)
        if base == "belong" and lower(rest)[:1] == ["to"]:
            owner = self._objects(rest, 1)[0]
            return bool(owner) and self._owned(subjects, owner[-1], clause, told)
        if base == "set" and extra[:1] in (["off"], ["out"]) and lower(rest)[at : at + 1] in (["for"], ["to"]):
            place = noun(rest, at + 1)
            after = tail(rest, place[1])
            return place[0] is not None and self._go(
                clause, subjects, Tail([("to", place[0])], aside=after.aside), told
            )
        if tells == "go" and base not in DIRECT_PLACES and self._moved(clause, subjects, rest, at, told):
            return True
        if base == "let" and "have" in lower(rest):
            to, end = self._objects(rest, at)
            things, _ = nouns(rest, end + 1)
            return bool(to and things) and self._given(clause, subjects[:1], things, to[-1], told)
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
            several = nouns(rest, at)[0] if base in DIRECT_PLACES else []
            for stop in several[:-1]:
                self._go(clause, subjects, Tail([("to", stop)]), told)
            at = at if len(several) < 2 else next(n for n in range(len(rest) - 1, -1, -1) if rest[n][0] == "and") + 1
            direct = noun(rest, at)[0] if base in DIRECT_PLACES else None
            phrases = tail(rest, noun(rest, at)[1] if direct else at)
            if direct and self.scene.known_person(direct) and (where := phrases.first(IN)):
                direct = where  # "visited his aunt in Madrid"
            if direct:
                phrases.phrases.insert(0, ("to", direct))
            if "in" in extra or "inside" in extra:
                phrases.aside += extra
            return self._go(clause, subjects, phrases, told)
        if tells == "stay":
            phrases = tail(rest, at)
            if phrases.first(IN, BESIDE, _BARE):
                return self._in_place(clause, subjects, phrases, told)
            if near := self._near(phrases):  # "is fishing by the lake"
                return self._placed(clause, subjects, near, told)
            if phrases.there and self.scene.place:
                return self._placed(clause, subjects, self.scene.place, told)
            if phrases.first(TO):
                return self._go(clause, subjects, phrases, told)
            return self._does_else(clause, subjects, rest, at, told)
        if base == "leave":
            return self._leave(clause, subjects, extra, rest, at, told)
        if tells == "give":
            return self._give(clause, subjects, rest, at, told)
        if tells in ("get", "drop"):
            return self._handle(clause, subjects, extra, rest, at, told)
        if base == "fill" and (
            things := [name for word, name in tail(rest, noun(rest, at)[1]).phrases if word == "with"]
        ):
            filled = self._objects(rest, at)[0]
            return bool(filled) and self._placed(clause, things, filled[0], told)
        if tells in ("does", STRANGE):
            return self._does_else(clause, subjects, rest, at, told)
        return False

    def _met(self, clause: Clause, subjects: list[Name], rest: Sequence[Word], at: int, told: Told) -> bool:
        """Who meets somebody is where that one is; both are "they" from then on."""
        others, end = self._objects(rest, at)
        phrases = tail(rest, end)
        if clause.negated or clause.maybe:
            return False
        if not others:  # "Max and Ida met at the cafe"
            return len(subjects) > 1 and bool(phrases.first(IN)) and self._in_place(clause, subjects, phrases, told)
        if phrases.first(TO):
            return self._go(clause, [*subjects, *others], phrases, told)
        if phrases.first(IN):
            return self._in_place(clause, [*subjects, *others], phrases, told)
        self.scene.group = [self.scene.person(one) for one in (*subjects, *others)]
        if clause.verb and clause.verb.base in ("follow", "join", "accompany"):
            there = next((self.scene.at[one.key] for one in others if one.key in self.scene.at), None)
            return there is not None and self._placed(Clause([], None, []), subjects, there, told)
        place = next((self.scene.at[one.key] for one in subjects if one.key in self.scene.at), None)
        place = self.scene.place if clause.there and self.scene.place else place
        if place is None or "way" in phrases.aside or "on the way" in clause.aside:
            told.aside.append(f"met {' and '.join(one.text for one in others)}")
            return True
        return self._placed(Clause([], None, []), others, place, told)
