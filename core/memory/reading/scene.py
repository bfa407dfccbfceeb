"""What pronouns and "there" mean, as far as the story has been read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.data.plurals import singular
from core.data.stories import lists
from core.memory.reading.beings import FEMALE, MALE, PEOPLE
from core.memory.reading.clause import Clause
from core.memory.reading.names import PERSON, PLACE, THING, Name, Names, Word
from core.memory.reading.verbs import form_of
from core.memory.reading.words import HE, IT, PRONOUNS, SHE, THEY, word_set

_WOMEN = {name.casefold() for name in (*lists.WOMEN, *lists.ROLES["f"])} | set(
    [
        "mum",
        "mom",
        "mama",
        "mother",
        "sister",
        "grandma",
        "wife",
        "girl",
        "woman",
        "aunt",
        "queen",
        "lady",
        "she",
        "her",
        "mrs",
        "ms",
        "miss",
    ]
)
_MEN = {name.casefold() for name in (*lists.MEN, *lists.ROLES["m"])} | set(
    ["dad", "papa", "father", "brother", "grandpa", "husband", "boy", "man", "uncle", "king", "gentleman", "mr"]
)
_WOMEN |= {name.casefold() for names in lists.BABI_PEOPLE.values() for name, sex in names.items() if sex == "f"}
_MEN |= {name.casefold() for names in lists.BABI_PEOPLE.values() for name, sex in names.items() if sex == "m"}

_WOMEN |= FEMALE
_MEN |= MALE
_WOMEN |= word_set("""
    amy ada alice anna ann anne beth bea carla cleo clara daisy dana diana ella emma eva eve elsa fay fiona gina
    grace greta gwen hanna hannah helen ida ina ines inga iris ivy jana jane jill jenny julia kate katie lea lena lily
    lisa liz lola lucy mia maria marta mila mona nina nora olga olivia paula pia rita rosa rose ruth sara sarah sofia
    sophie sue susan tara tess tina uma vera yasmin zara zoe zoey
""")
_MEN |= word_set("""
    adam al alex ali amir andy ben bill bob bruno cy dan david dirk don ed eli emil eric felix finn frank fred fritz
    george gil gus hal hans harry henry hugo ian ivan
    jack jakob james jan jeff jim joe john jon jonas karl ken kurt lars
    leo leon luca lucas luis luke mark matt max mike milo ned nick nico nils noah olaf ole omar oscar oskar otto paul
    peter phil piet ralf ravi ray rob ron sam sid sven ted theo tilo tim timo tom tony udo ulf uwe vic viktor vlad will
    wim
""")


class Sexes:
    """Whom "he" and "she" may mean: known by their names, and by what their story calls theirs.

    Args:
        sentences: of the story.
        called: "nephew" -> the name, in lower case, of whom the story calls that.
    """

    def __init__(self, sentences: Sequence[Sequence[Word]] = (), called: Mapping[str, str] | None = None) -> None:
        self.women, self.men = set(_WOMEN), set(_MEN)
        for kind, name in (called or {}).items():
            for its, kinds in ((self.women, FEMALE), (self.men, MALE)):
                if kind in kinds:
                    its.add(name.split()[0])
        for words in sentences:
            self._owner(words)

    def _owner(self, words: Sequence[Word]) -> None:
        """ "Bertha knitted a hat for *her* grandson": the only one named before."""
        if len(words) < 4 or not words[0][1][:1].isupper() or form_of(words[1][0]) is None or words[0][1][-2:] == "'s":
            return
        name = words[0][0]
        for low, written in words[2:]:
            if low in ("his", "her") and name not in self.women | self.men:
                (self.women if low == "her" else self.men).add(name)
            if written[:1].isupper() or low in PRONOUNS:
                return

    def may_be(self, name: Name, pronoun: str) -> bool:
        """Whether "he" or "she" may mean somebody of that name."""
        sex, other = (self.women, self.men) if pronoun in SHE else (self.men, self.women)
        return not _of(name, other) or _of(name, sex)

    def is_sure(self, name: Name, pronoun: str) -> bool:
        """Whether "he" or "she" is said of somebody of that name, as far as it is known."""
        return _of(name, self.women if pronoun in SHE else self.men)


class Scene:
    """Who and what was told of last.

    Attributes:
        names: of the story.
        people: all that went, took or were told to be somewhere, in order.
        at: person's key -> the place that was told last.
    """

    def __init__(self) -> None:
        self.names = Names()
        self.sexes = Sexes()
        self.people: dict[str, Name] = {}
        self.at: dict[str, Name] = {}
        self.held: dict[str, str] = {}  # thing's key -> who holds it
        self.giver: dict[str, Name] = {}  # thing's key -> who gave it last
        self.subjects: list[Name] = []
        self.last: list[Name] = []  # people, the last one told of last
        self.things: list[Name] = []
        self.compared: list[tuple[Name, Name]] = []  # the bigger one, the smaller one
        self.now: set[str] = set()  # of whom the story says where they are now
        self.aside_told = False  # the sentence before began with what happened beside
        self.doubtful = False  # whom a pronoun means is not sure
        self.recent: set[str] = set()  # who was spoken of in the sentence before
        self.casual = False  # nobody wrote a capital
        self.me: Name | None = None  # who says "I"
        self.acting: set[str] = set()  # names of which some sentence says that they did something
        self.either: dict[str, tuple[Name, ...]] = {}  # thing's key -> of whom one has it
        self.rivals: tuple[list[Name], Clause | None] = [], None  # of whom one did it, and what
        self.or_in: list[tuple[Name, list[Name]]] = []  # who is in one of which places
        self.counted_in: set[str] = set()  # who is in the place of which it is asked how many are
        self.several: list[Name] = []  # things that were told of together
        self.place: Name | None = None
        self.group: list[Name] = []

    def person(self, name: Name) -> Name:
        self.names.learn(name, PERSON)
        self.people.setdefault(name.key, name)
        self.last = [*(one for one in self.last if one.key != name.key), name]
        return name

    def somewhere(self, name: Name) -> Name:
        self.names.learn(name, PLACE)
        self.place = name
        return name

    def something(self, name: Name) -> Name:
        self.names.learn(name, THING)
        self.things = [*(one for one in self.things if one.key != name.key), name]
        # "Bread" is told as "the bread", as every thing is.
        return name if name.article or name.proper or not name.words[0][:1].islower() else replace(name, article=True)

    def who(self, pronoun: str, but: Sequence[Name] = ()) -> list[Name]:
        """The people, or the thing, that a pronoun means; none where nobody can say.

        ``but``: who is not meant: "gave it to him" is about somebody else.
        """
        if pronoun in THEY:
            several = [one for one in (*self.last, *self.things) if plural(one)][-1:]
            several = [one for one in several if one.key not in {other.key for other in but}]
            others = {one.key for one in but}
            last = [one for one in self.last if one.key not in others]
            return self.group or several or (last[-2:] if last and not but else self.things[-2:] or last[-2:])
        if pronoun in IT:
            others = {one.key for one in but}
            return self.things[-1:] or [one for one in self.last if one.key not in others][-1:]
        women, men = self.sexes.women, self.sexes.men
        sex, other = (women, men) if pronoun in SHE else (men, women)
        others = {one.key for one in but}
        fits = [one for one in self.last if not _of(one, other) and one.key not in others]
        sure = [one for one in fits if _of(one, sex)]
        subjects = [one for one in self.subjects if one in fits]
        if len(subjects) == 1 and (not sure or subjects[0] in sure):
            rival = (sure or fits)[-1]  # "Tom met Bob. He": Bob may be meant
            self.doubtful = self.doubtful or not but and rival.key != subjects[0].key and rival.key in self.recent
            return subjects
        if len(subjects) == 1 and not but and not subjects[0].article and self.aside_told:
            self.doubtful = True  # "Until her mother called, Jantje played. Then she": the mother may be meant
            return subjects
        animate = [one for one in self.things if one.article and not plural(one) and not _of(one, other)]
        return (sure or subjects or fits or [one for one in animate if self.kind(one) != PLACE])[-1:]

    def kind(self, name: Name) -> str:
        return self.names.kinds.get(name.key, "")

    def known_person(self, name: Name) -> bool:
        """It was told of as one, or its name is one of people's."""
        kind = self.kind(name)
        someone = _of(name, _WOMEN | _MEN) or name.key in self.acting or singular(name.words[-1].casefold()) in PEOPLE
        return kind == PERSON or (not kind and someone)

    def is_person(self, name: Name) -> bool:
        """It was told of as one, or is written like one."""
        kind = self.kind(name)
        return (
            kind == PERSON
            or (
                not kind
                and not (len(name.text) > 1 and name.text.isupper())  # TV
                and (
                    self.casual
                    and not name.article
                    and len(name.words) == 1
                    or name.proper
                    or singular(name.words[-1].casefold()) in PEOPLE
                    or _of(name, _WOMEN | _MEN)
                    or not name.article
                    and name.words[0][:1].isupper()
                )
            )
        )


_SEVERAL = frozenset(["children", "people", "men", "women", "police", "twins", "dice"])


def plural(name: Name) -> bool:
    """It may be "they"."""
    word = name.words[-1].casefold()
    return (
        word in ("children", "people", "men", "women", "police", "twins", "dice") or name.article and word.endswith("s")
    )


def may_be(name: Name, pronoun: str) -> bool:
    """Whether "he" or "she" may mean somebody of that name, of whom no story tells."""
    return pronoun not in HE | SHE or Sexes().may_be(name, pronoun)


def _of(name: Name, words: set[str]) -> bool:
    return not words.isdisjoint(word.casefold().rstrip(".") for word in name.words)
