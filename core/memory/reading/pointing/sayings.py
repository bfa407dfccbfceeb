"""What a story says, a clause each: who, the verb, what stands behind it, its pronouns as the names that they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.data.stories.words import COUNTS
from core.memory.reading.beings import BEINGS
from core.memory.reading.clause import Clause, take_apart
from core.memory.reading.clauses import clauses_of
from core.memory.reading.names import AND, Name, Word, lower, noun
from core.memory.reading.scene import Sexes, plural
from core.memory.reading.tails import no_place, purpose
from core.memory.reading.turning import bare_verb, inverted
from core.memory.reading.verbs import STRANGE, form_of, stem
from core.memory.reading.words import (
    ADVERBS,
    DETERMINERS,
    HOME,
    IN,
    IT,
    NOBODY,
    NOT,
    PREPOSITIONS,
    PRONOUNS,
    THEY,
    TO,
    VEHICLES,
)

WHEN, BARE = "when", ""  # what stands for a preposition: before a time, before an object
_SELVES = frozenset(["himself", "herself", "itself", "themselves", "myself", "ourselves"])
_CLOCK = ("past", "to")


@dataclass(frozen=True)
class Saying:
    """A clause of a story.

    Attributes:
        row: of which sentence.
        who: its subject.
        verb: its verb's root; "be" where it has none but "is".
        parts: what stands behind the verb: its preposition (:data:`BARE` for an object, :data:`WHEN` for a time), and
            the name.
        open: it is not told as what was: denied is not meant, but "perhaps", "tomorrow", "wanted to".
        words: as written, pronouns included.
        stays: its verb tells of no way, and of nothing that is taken or put.
    """

    row: int
    who: tuple[Name, ...]
    verb: str
    parts: tuple[tuple[str, Name], ...]
    words: tuple[Word, ...]
    negated: bool = False
    passive: bool = False
    open: bool = False
    stays: bool = False

    def roots(self) -> set[str]:
        """What its words and the names that its pronouns mean come from."""
        named = [word for name in (*self.who, *(name for _, name in self.parts)) for word in name.words]
        return {root(word.lower()) for word in [*lower(self.words), *named]} | {self.verb}


def root(word: str) -> str:
    """What the forms of a word have in common; "Mia" of "Mia's"."""
    word = word.lower().removesuffix("'s").removesuffix("’s").replace(".", "")
    form = form_of(word)
    return stem(form.base) if form and form.tense != "ing" or form and form.base != word else stem(word)


class Sayings:
    """Takes a story's sentences for what they say, one after the other."""

    def __init__(self, called: Mapping[str, str] | None = None, sexes: Sexes | None = None) -> None:
        """``called``: whose name the story says, "cat" -> "muffin"."""
        self._called, self._sexes = called or {}, sexes or Sexes()
        self.all: list[Saying] = []
        self._people: list[Name] = []  # the last one named last
        self._things: list[Name] = []
        self._who: tuple[Name, ...] = ()
        self._place: Name | None = None

    def add(self, row: int, words: Sequence[Word]) -> None:
        """Take in a sentence."""
        for part in clauses_of(list(words)):
            self._clause(row, part)

    def hear(self, row: int, words: Sequence[Word]) -> None:
        """Take in a sentence that asks: it tells nothing, and speaks of something."""
        for where, name in phrases(words):
            self._seen(name, "of" if where in IN | TO else where)

    def _clause(self, row: int, words: list[Word]) -> None:
        words = inverted(words) or words
        bare = bare_verb(words)
        clause = take_apart([("they", "they"), *words] if bare else words)
        if clause is None:
            self.all.append(Saying(row, (), "", tuple(phrases(words)), tuple(words)))
            return
        who = self._who if bare else self._subject(clause)
        if clause.subject and clause.subject[0][0] in NOBODY:
            but = lower(words).index("except") if "except" in lower(words) else 0
            clause.negated = not but
            who = tuple(name for where, name in phrases(words[but + 1 :]) if where == BARE) if but else ()
        parts = [(where, self._meant(name, who)) for where, name in phrases(clause.rest)]
        if clause.time:
            parts.append((WHEN, Name(tuple(w for w in clause.time.split() if w not in ("on", "at", "in")))))
        if self._place and any(low == "there" for low, _ in clause.rest):
            parts.append(("in", self._place))
        verb = stem(clause.verb.base) if clause.verb else "be"
        stays = clause.verb is not None and clause.verb.tells in ("stay", "does", STRANGE)
        open_ = clause.maybe or clause.future or clause.either or not {"or", "either", "same"}.isdisjoint(lower(words))
        self.all.append(
            Saying(row, who, verb, tuple(parts), tuple(words), clause.negated, clause.passive, open_, stays)
        )
        for where, name in parts:
            self._seen(name, where)
        for name in who:
            self._seen(name, BARE)
        self._who = who or self._who

    def _seen(self, name: Name, where: str) -> None:
        if where == WHEN:
            return
        owned = next((n for n, word in enumerate(name.words[:-1], start=1) if word.endswith("'s")), 0)
        if owned and name.words[0][:1].isupper():  # "Frida's suitcase": she may be meant by "she"
            self._seen(Name((*name.words[: owned - 1], name.words[owned - 1].removesuffix("'s")), proper=True), BARE)
        if being(name) and not owned:
            self._people = [*(one for one in self._people if one.key != name.key), name]
        elif where in IN | TO:
            self._place = name
        elif name.article or name.words[0][:1].isdigit() or plural(replace(name, article=True)):
            self._things = [*(one for one in self._things if one.key != name.key), name]

    def _subject(self, clause: Clause) -> tuple[Name, ...]:
        named = [(where, self._meant(name, ())) for where, name in phrases(clause.subject, first=True)]
        for where, name in named:
            if where != BARE:
                self._seen(name, "of")
        found = [name for where, name in named if where == BARE]
        return tuple(found) or (() if clause.subject else self._who)

    def _meant(self, name: Name, but: Sequence[Name]) -> Name:
        """Whom or what a pronoun means; the pronoun where nobody can say."""
        low = name.words[0].lower()
        if len(name.words) > 1 or low not in PRONOUNS:
            known = self._called.get(name.key) or name.article and self._called.get(name.words[-1].lower())
            return Name(tuple(known.title().split()), proper=True) if known else name
        keys = {one.key for one in but}
        if low in IT:
            return next((one for one in reversed(self._things) if one.key not in keys), name)
        if low in THEY:
            several = [
                one
                for one in (*self._people, *self._things)
                if plural(replace(one, article=True)) and not one.proper and one.key not in keys
            ]
            return several[-1] if several else name
        fits = [one for one in self._people if one.key not in keys and self._sexes.may_be(one, low)]
        sure = [one for one in fits if self._sexes.is_sure(one, low)]
        fits = sure or fits
        before = [one for one in self._who if one in fits]
        if len(before) > 1:
            return name
        return before[0] if len(before) == 1 and not but else fits[-1] if fits else name


def being(name: Name) -> bool:
    """Whether a name is somebody's, as far as it shows."""
    return name.proper or not name.article and name.words[0][:1].isupper() or name.words[-1].lower() in BEINGS


def phrases(words: Sequence[Word], first: bool = False) -> list[tuple[str, Name]]:
    """The names among words, each with its preposition; :data:`WHEN` for times."""
    found: list[tuple[str, Name]] = []
    at, where = 0, BARE
    while at < len(words):
        low, written = words[at]
        following = words[at + 1][0] if at + 1 < len(words) else ""
        if low == "to" and purpose(words, at) or low in NOT and found:
            break  # "asked her to go to the hall": thought of
        if low in PREPOSITIONS or low in ("out", "off"):
            if low == "by" and following in VEHICLES or (low, following) == ("on", "foot"):
                found.append(("by", Name((following,) if low == "by" else (low, following))))
                at, where = at + 2, BARE
                continue
            if end := clock(words, at + 1) or no_place(words, at + 1):
                found.append((WHEN, _time(words[at + 1 : end])))
                at, where = end, BARE
                continue
            where, at = low, at + 1
            continue
        if low in HOME and following not in DETERMINERS and where == BARE and (at or not first):
            found.append(("in", Name((low,))))
            at += 1
            continue
        if low in AND:
            at += 1
            continue
        if low in PRONOUNS and not (low == "her" and following and noun(words, at)[0] and following not in _ENDS):
            found.append((where, Name((written,))))
            at, where = at + 1, BARE
            continue
        if low in ("i", "you", "we", "me", "us"):
            found.append((where, Name(("I" if low in ("i", "me") else low,), proper=True)))
            at, where = at + 1, BARE
            continue
        if low in _SELVES:
            at += 1
            continue
        name, end = noun(words, at, first=first and at == 0)
        if name is None:
            where = where if low in ADVERBS else BARE
            at += 1
            continue
        if words[at][0] == "my":
            name = Name(("my", *name.words), True)
        found.append((where, name))
        at = end
        where = where if at < len(words) and words[at][0] in AND else BARE
    return found


def clock(words: Sequence[Word], at: int) -> int:
    """Where "half past nine" or "the 3rd of May" ends that begins at a word; 0 where no such time does."""
    low = lower(words[at : at + 3])
    if (
        len(low) == 3
        and low[1] in _CLOCK
        and (low[2] in COUNTS or low[2].isdecimal() or low[2] in ("eleven", "twelve"))
    ):
        return at + 3
    if low[:1] and len(low[0]) == 4 and low[0].isdecimal() and low[0][:2] in ("18", "19", "20"):
        return at + 1
    return 0


_ENDS = PREPOSITIONS | AND | ADVERBS | DETERMINERS


def _time(words: Sequence[Word]) -> Name:
    kept = [written for n, (low, written) in enumerate(words) if not (n == 0 and low in ("the", "about", "around"))]
    return Name(tuple(kept))
