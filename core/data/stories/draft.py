"""A story in the making: what has been said, what was asked about it, and when to ask next."""

import random
from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from core.data.babi import Question
from core.data.stories.names import Names, the
from core.data.stories.settings import MAX_SENTENCES, StorySettings
from core.data.stories.words import BABI, EMPTY, FREE, SYNONYMS

RECENT = 5  # bAbI asks about the last five things that were told
MORE = 20  # how much of the rest to try where a question is wanted at a given length
NAMED = frozenset(("who", "to", "other", "place", "thing", "a", "b"))  # the slots for names

Topic = TypeVar("Topic")


class Draft:
    """The sentences and questions of a story so far, in the wordings of its style.

    Args:
        task: bAbI's number of the kind of question.
        questions: how many bAbI asks of this kind; ``settings.questions`` goes before it.
        pause: how many sentences bAbI leaves between two questions, at least; 0 where it asks all at the end.
    """

    def __init__(self, task: int, rng: random.Random, settings: StorySettings, questions: int, pause: int) -> None:
        self.task, self.rng, self.settings = task, rng, settings
        self.names = Names(task, rng, settings)
        self.people: list[str] = []
        self.places: list[str] = []
        self.things: list[str] = []
        babi = settings.style == "babi"
        self.book = BABI if babi else FREE
        self.window = RECENT if babi else rng.choice((RECENT, settings.sentences or MAX_SENTENCES))
        self.sentences: list[str] = []
        if pause and settings.sentences:
            questions = min(questions, settings.sentences)
        self.wanted = settings.questions or questions
        self._pause = pause
        self._follows: set[int] = set()  # sentences that must follow the one before them
        self._asked: list[tuple[int, str, str, tuple[int, ...], int]] = []
        self._ahead: int | None = None  # how many sentences that matter are still to come, where that is known
        self._since = 0  # how many sentences that matter there were since the last question

    def cast(
        self, people: tuple[int, int] = (0, 0), places: tuple[int, int] = (0, 0), things: tuple[int, int] = (0, 0)
    ) -> None:
        """Draw who and what it is about.

        Args:
            people, places, things: how many where the settings do not say (0 draws none), and how many at least.
        """
        settings = self.settings
        if people[0]:
            few = people[0] if settings.sentences is None else min(people[0], 1 + settings.sentences // 4)
            self.people = self.names.people(max(people[1], settings.people or few))
        if places[0]:
            self.places = self.names.places(max(places[1], settings.places or places[0]))
        if things[0]:
            self.things = self.names.things(max(things[1], settings.things or things[0]))

    @property
    def due(self) -> bool:
        """Whether this is a time for a question: some sentences after the last, or spread evenly over the story."""
        if self.settings.sentences is None:
            return self._since > 0 and self._since % self._pause == 0
        return len(self.sentences) * self.wanted >= self.settings.sentences * (len(self._asked) + 1)

    @property
    def done(self) -> bool:
        """Whether all questions have been asked, or the story is long enough and has one."""
        if len(self._asked) >= self.wanted:
            return True
        wanted = self.settings.sentences
        if wanted is None or not self._pause or not self._asked:
            return False
        return self.length >= wanted or len(self.sentences) > 1.1 * wanted

    @property
    def length(self) -> int:
        """How many sentences there were at the last question."""
        return self._asked[-1][0] if self._asked else 0

    def room(self, natural: int) -> int:
        """How many sentences a story is to have that matter to a question; ``natural`` is bAbI's number."""
        total = self.settings.sentences
        return natural if total is None else max(1, round(total * (1 - self.settings.distractors)))

    def phrase(self, kind: str, /, **names: str) -> str:
        """One wording of ``kind``, its slots filled."""
        return self._fill(self.rng.choice(self.book[kind]), names)

    def plan(self, sentences: int) -> None:
        """Spread the sentences that matter over the story: so many are still to come."""
        self._ahead = sentences

    def say(self, kind: str, /, **names: str) -> int:
        """Add a statement, perhaps after some that say nothing; the answer is its index."""
        if kind.startswith("next"):  # "she" is who was told of just before
            self._follows.add(len(self.sentences))
        while not kind.startswith("next") and self.rng.random() < self._empty():
            self.sentences.append(self._nothing())
        if self._ahead is not None:
            self._ahead -= 1
        self._since += 1
        self.sentences.append(self.phrase(kind, **names))
        return len(self.sentences) - 1

    def _empty(self) -> float:
        """How likely a sentence that says nothing comes next."""
        share, total = self.settings.distractors, self.settings.sentences
        if not share or total is None:
            return share
        left = total - len(self.sentences) - 1  # after the next one
        if self._ahead is None:
            return share if left > 0 else 0
        return (left - self._ahead + 1) / left if left > 0 else 0

    def _nothing(self) -> str:
        """A sentence that says nothing, about names of the story."""
        rng = self.rng
        self.people = self.people or self.names.people(3)
        slots = {"thing": rng.choice(self.things or [""]), "place": rng.choice(self.places or [""])}
        slots["who"], slots["other"] = rng.sample(self.people, 2) if len(self.people) > 1 else ("", "")
        while True:
            wording = rng.choice(EMPTY)
            if all(name or f"{{{slot}}}" not in wording for slot, name in slots.items()):
                return self._fill(wording, slots)

    @staticmethod
    def _fill(wording: str, slots: dict[str, str]) -> str:
        """A wording with its slots filled, names with their articles."""
        text = wording.format(**{slot: the(name) if name and slot in NAMED else name for slot, name in slots.items()})
        return text[0].upper() + text[1:]

    def ask(self, kind: str, answer: str, facts: Sequence[int], /, task: int = 0, **names: str) -> None:
        """Add a question about the sentences so far, of bAbI's kind ``task`` where that is not the draft's."""
        self._asked.append((len(self.sentences), self.phrase(kind, **names), answer, tuple(facts), task or self.task))
        self._since = 0

    def elsewhere(self, places: Collection[str]) -> str:
        """A place of the story that is none of these."""
        return self.rng.choice([place for place in self.places if place not in places])

    def low(self, name: str) -> str:
        """A name as bAbI writes it in some questions: in lower case, without an article."""
        return name.lower() if self.settings.style == "babi" else the(name)

    def synonym(self, word: str) -> str:
        """A word for a relation; bAbI always has the same."""
        return word if self.settings.style == "babi" else self.rng.choice(SYNONYMS.get(word, (word,)))

    @staticmethod
    def one(kind: str) -> str:
        """The article for one of a kind."""
        return "an" if kind[0] in "aeiou" else "a"

    def recent(self, told: Sequence[Topic]) -> list[Topic]:
        """What a question may be about, in random order: the last that was told.

        Where the story has a given length, some of the rest come after these, for a question when it is time for one.
        """
        near, rest = told[-self.window :], told[: -self.window] if self.settings.sentences else ()
        return self.rng.sample(near, len(near)) + self.rng.sample(rest, min(len(rest), MORE))

    def questions(self, story: int) -> list[Question]:
        """The finished questions, each with the statements before it."""
        sentences = tuple(self.sentences)
        return [
            Question(sentences[:before], text, answer, facts, task, story)
            for before, text, answer, facts, task in self._asked
        ]

    def blocks(self) -> Iterator[list[str]]:
        """The sentences, together where one must follow the other."""
        block: list[str] = []
        for index, sentence in enumerate(self.sentences):
            if block and index not in self._follows:
                yield block
                block = []
            block.append(sentence)
        if block:
            yield block
