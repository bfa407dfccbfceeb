"""Whom and what the stories are about: draws people, places and things, all different within a story."""

import random
from collections.abc import Callable, Sequence

from core.data.stories import lists
from core.data.stories.settings import StorySettings
from core.data.stories.words import STRUCTURE

ROLES = 0.1  # the share of people in the large lists who have no name: "the king"
TOWNS = 0.25  # the share of places that take no article: "Paris"
INVENTED = 0.05  # the share of names that nobody has ever had
UNNAMED_KINDS = (15, 16)  # where people are animals, and have names


def the(name: str) -> str:
    """A name with the article that it takes: "the kitchen", but "Paris"."""
    return name if name[0].isupper() else "the " + name


def plural(kind: str) -> str:
    """ "mouse" -> "mice", "river wolf" -> "river wolves"."""
    rest, space, last = kind.rpartition(" ")
    if last in lists.PLURALS:
        return rest + space + lists.PLURALS[last]
    return kind + ("es" if last.endswith(("s", "sh", "ch", "x")) else "s")


class Names:
    """Draws the names of one story.

    Two names share a word only where bAbI's do, and in kind 17 ("red square", "red sphere"). No name but bAbI's has a
    word that carries structure.

    Attributes:
        sex: person -> "f" or "m".
    """

    def __init__(self, task: int, rng: random.Random, settings: StorySettings) -> None:
        self._task, self._rng, self._settings = task, rng, settings
        self._used: set[str] = set()  # the words of the names drawn so far
        self.sex: dict[str, str] = {}

    def share(self, other: "Names") -> None:
        """Draw none of the names that the other has drawn, or will."""
        self._used = other._used

    def people(self, number: int) -> list[str]:
        """People, whose sex can then be looked up."""
        babi = lists.BABI_PEOPLE.get(self._task, lists.BABI_PEOPLE[0])
        people = self._draw(number, tuple(babi), self._person)
        for person in people:
            self.sex.setdefault(person, babi.get(person, "f"))
        return people

    def places(self, number: int) -> list[str]:
        """Places to be in."""
        return self._draw(number, lists.BABI_PLACES.get(self._task, lists.BABI_PLACES[0]), self._place)

    def things(self, number: int) -> list[str]:
        """Things to carry; in kind 17 shapes; in kind 18 things of which each fits into all that come after it."""
        if self._task == 17:
            return self._draw(number, lists.BABI_THINGS[17], self._shape, alike=True)
        if self._task == 18:
            things = self._draw(number, lists.BABI_THINGS[18], lambda: self._common(lists.CONTAINERS, lists.OF_THINGS))
            small = [thing for thing in lists.BABI_THINGS[18][:2] if thing in things]
            return small + [thing for thing in things if thing not in small]
        babi = lists.BABI_THINGS.get(self._task, lists.BABI_THINGS[0])
        return self._draw(number, babi, lambda: self._common(lists.THINGS, lists.OF_THINGS))

    def species(self, number: int) -> list[str]:
        """Kinds of animals, one of each: "mouse"."""
        babi = lists.BABI_SPECIES.get(self._task, lists.BABI_SPECIES[0])
        return self._draw(number, babi, lambda: self._common(lists.SPECIES, lists.OF_SPECIES))

    def colours(self, number: int) -> list[str]:
        return self._draw(number, lists.BABI_COLOURS, lambda: self._common(lists.COLOURS, lists.OF_COLOURS))

    def _draw(self, number: int, babi: Sequence[str], large: Callable[[], str], alike: bool = False) -> list[str]:
        """Draw names, from bAbI's as long as there are any where the settings say so."""
        names: list[str] = []
        if self._settings.names == "babi":
            left = babi if not self._used else [name for name in babi if self._used.isdisjoint(name.lower().split())]
            names = self._rng.sample(left, min(number, len(left)))
            for name in names:
                self._used.update(name.lower().split())
        failed = 0
        while len(names) < number:
            name = large() if failed < 10 else self._invented()
            words = name.lower().split()
            new = self._used.isdisjoint(words) or alike and len(words) > 1 and not {name, *words} & set(names)
            if new and STRUCTURE.isdisjoint(words):
                names.append(name)
                self._used.update(words)
                failed = 0
            else:
                failed += 1
        return names

    def _person(self) -> str:
        rng = self._rng
        sex = rng.choice("fm")
        if rng.random() < INVENTED:
            name = self._invented()
        elif rng.random() < ROLES and self._task not in UNNAMED_KINDS:
            name = rng.choice(lists.ROLES[sex])
        else:
            name = rng.choice(lists.WOMEN if sex == "f" else lists.MEN)
            if self._two_words():
                before = rng.random() < 0.5
                name = (
                    rng.choice(lists.BEFORE[sex]) + " " + name if before else name + " " + rng.choice(lists.AFTER[sex])
                )
        self.sex[name] = sex
        return name

    def _place(self) -> str:
        if self._rng.random() < TOWNS:
            return self._invented() if self._rng.random() < INVENTED else self._rng.choice(lists.TOWNS)
        return self._common(lists.ROOMS, lists.OF_ROOMS)

    def _shape(self) -> str:
        shape, colour = self._rng.choice(lists.SHAPES), self._rng.choice(lists.COLOURS)
        return f"{colour} {shape}" if self._rng.random() < 0.8 else shape

    def _common(self, nouns: Sequence[str], adjectives: Sequence[str]) -> str:
        if self._rng.random() < INVENTED:
            return self._invented().lower()
        noun = self._rng.choice(nouns)
        return f"{self._rng.choice(adjectives)} {noun}" if self._two_words() else noun

    def _two_words(self) -> bool:
        return self._rng.random() < self._settings.two_words

    def _invented(self) -> str:
        choice = self._rng.choice
        middle = choice(lists.MIDDLES) if self._rng.random() < 0.5 else ""
        return choice(lists.STARTS) + middle + choice(lists.ENDS)
