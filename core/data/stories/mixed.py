"""Stories that mix the kinds of question, as people do who type one.

In a living story people go about, carry, give, are told of by pronoun and in twos, may be here or there, and feel and
are something besides. Stories of other kinds, about others, may be woven into it. What the reader cannot know for sure
is not asked.
"""

import random
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter

from core.data.babi import Question
from core.data.stories import KINDS
from core.data.stories.draft import Draft
from core.data.stories.holding import count_word
from core.data.stories.names import plural
from core.data.stories.settings import StorySettings
from core.data.stories.words import DIRECTIONS, MOTIVES, NOTHING, PRONOUNS, THEY
from core.data.stories.world import Event, Facts, Reader, World

WOVEN = {4: 1, 14: 2, 15: 2, 16: 1, 17: 2, 18: 2, 19: 1, 20: 4}  # kinds that are woven in: how many questions of each
FREELY = StorySettings(style="free")
MOST_FACTS = 8  # of a question
LIVING_QUESTIONS = 6


def mixed(seed: int | random.Random, settings: StorySettings = FREELY) -> list[Question]:
    """One story with its questions, each with the statements before it; their kinds are those of bAbI.

    Args:
        seed: the same number gives the same story, and is its number; or what the story is drawn from.
        settings: what the story is to be like; ``sentences`` counts for its living part.
    """
    rng = seed if isinstance(seed, random.Random) else random.Random(f"mixed {seed}")
    draft = Draft(1, rng, settings, LIVING_QUESTIONS, rng.choice((1, 2, 3)))
    Living(draft).tell()
    drafts = [draft]
    for task in rng.sample(list(WOVEN), rng.choice((0, 0, 1, 1, 2))):
        tell, _, pause = KINDS[task]
        woven = Draft(task, rng, StorySettings(settings.style, settings.names), WOVEN[task], pause)
        woven.names.share(draft.names)
        tell(woven)
        drafts.append(woven)
    return weave(drafts, rng, seed if isinstance(seed, int) else 0)


def weave(drafts: Sequence[Draft], rng: random.Random, story: int) -> list[Question]:
    """Several stories as one: the order of each is kept, and no sentence comes between "she" and whom that is."""
    left = [list(draft.blocks()) for draft in drafts]
    place: list[list[int]] = [[] for _ in drafts]  # of each draft's sentences
    sentences: list[str] = []
    while any(left):
        number = rng.choices(range(len(drafts)), [len(blocks) for blocks in left])[0]
        for sentence in left[number].pop(0):
            place[number].append(len(sentences))
            sentences.append(sentence)
    asked = []
    for draft, places in zip(drafts, place, strict=True):
        for question in draft.questions(story):
            before = len(question.sentences)
            end = places[before] if before < len(places) else len(sentences)
            # It is asked before its own story goes on, wherever the others are.
            cut = rng.randint(places[before - 1] + 1, end)
            facts = tuple(places[fact] for fact in question.facts)
            asked.append(
                Question(tuple(sentences[:cut]), question.question, question.answer, facts, question.task, story)
            )
    return sorted(asked, key=lambda question: len(question.sentences))


class Living:
    """Tells what happens in a world in every way there is, and asks what its reader can know.

    Attributes:
        reader: what is known; the facts of what was told by pronoun include the sentence that says who that is.
        placed: person -> how they were last told of ("go", "there", "not there", "either", ...), the places, the facts.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft, self.rng = draft, draft.rng
        draft.cast(people=(4, 2), places=(5, 3), things=(3, 1))
        self.world = World(self.rng, draft.people, draft.places, draft.things, giving=self.rng.random() < 0.7)
        self.reader = Reader()
        self.placed: dict[str, tuple[str, tuple[str, ...], Facts]] = {}
        self.feels: dict[str, tuple[str, int]] = {}
        self.is_a: dict[str, tuple[str, int]] = {}
        self.fears: dict[str, tuple[str, int]] = {}
        self.lies: list[tuple[str, str, str, int]] = []
        self._species: list[str] = []  # what people can be
        self._joints: list[tuple[str, str, str]] = []  # how places lie, whether or not it was said: (a, way, b)
        self._named: tuple[str, ...] = ()  # who "she" or "they" would be
        self._named_at = 0  # the sentence that names them
        self._it: tuple[str, Facts] | None = None  # what was got last, and the facts of that
        self._asks: list[Callable[[], bool]] = []  # one for each thing told: asks about it, if it can be asked

    def tell(self) -> None:
        draft = self.draft
        aside = self.rng.choice((0.0, 0.1, 0.3))
        while not draft.done:
            if self.rng.random() < aside:
                self._aside()
            else:
                same = self._named and self.rng.random() < 0.3 * len(self._named)
                self._happen(self.world.step(self._named[0] if same else ""))
            if draft.due:
                any(ask() for ask in draft.recent(self._asks))

    # --- what happens ------------------------------------------------------------------------------------------------

    def _say(self, kind: str, people: tuple[str, ...], stands: bool = True, **slots: str) -> Facts:
        """Say something of people, by pronoun where that is clear; ``stands``: they can be meant by the next one.

        Returns:
            the sentences that one needs to know it.
        """
        pronoun = f"next {kind}" if kind != "go" else "next"
        clear = self._named == people and pronoun in self.draft.book
        if clear and self.rng.random() < 0.4 * len(people):
            name = THEY if len(people) > 1 else PRONOUNS[self.draft.names.sex[people[0]]]
            if self._it and self._it[0] == slots.get("thing") and self._it[1][-1] == len(self.draft.sentences) - 1:
                index = self.draft.say(f"{pronoun} it", pronoun=name, **slots)
                return (index,) if self.draft.settings.pronouns_known else (*self._it[1], index)
            index = self.draft.say(pronoun, pronoun=name, **slots)
            return (index,) if self.draft.settings.pronouns_known else (self._named_at, index)
        if len(people) > 1:
            index = self.draft.say("go together", who=people[0], other=people[1], **slots)
        else:
            index = self.draft.say(kind, who=people[0], **slots)
        self._named, self._named_at = people if stands else (), index
        return (index,)

    def _happen(self, event: Event) -> None:
        if event.kind == "go":
            return self._go(event)
        names = {"thing": event.what} | ({"to": event.to} if event.to else {})
        facts = self._say(event.kind, (event.who,), stands=event.kind != "give", **names)
        if event.kind == "give":
            self._named = ()  # "she" could be either
        self._it = (event.what, facts) if event.kind == "get" else None
        self.reader.hear(facts, event)
        if event.kind == "give":
            self.reader.trip[event.what] = []
        if event.kind != "drop":  # whoever gives or gets is where the other, or the thing, is
            for who in (event.who, event.to):
                if who and self.placed.get(who, ("go",))[0] in ("not there", "either"):
                    del self.placed[who]
        self._asks.append(partial(self._ask_thing, event, facts))

    def _go(self, event: Event) -> None:
        who, place = event.who, event.what
        known, _ = self.reader.at.get(who, ("", ()))  # where, as far as the reader knows
        how = self.rng.choices(("go", "together", "there", "either", "not there"), (70, 12, 8, 7, 7 if known else 0))[0]
        people: tuple[str, ...] = (who,)
        if how == "together":
            people = (who, self.rng.choice([other for other in self.draft.people if other != who]))
            self.world.at[people[1]] = place
        elif how == "go" and len(self._named) > 1 and who == self._named[0]:
            how, people = "together", self._named
            self.world.at.update(dict.fromkeys(people, place))
        places: tuple[str, ...] = (place,)
        if how in ("either", "not there"):
            if how == "either":
                places = tuple(self.rng.sample((place, self.draft.elsewhere([place])), 2))
                index = self.draft.say(how, who=who, place=places[0], other=places[1])
            else:
                places = (known,)
                index = self.draft.say(how, who=who, place=places[0])
            facts: Facts = (index,)
            self._named = ()
            self.reader.at.pop(who, None)
            for thing in self.reader.holds.get(who, ()):
                self.reader.trip[thing] = []
        else:
            facts = self._say("go" if how == "together" else how, people, place=place)
            for person in people:
                self.reader.hear(facts, Event("go", person, place))
        for person in people:
            self.placed[person] = how, places, facts
            self._asks.append(partial(self._ask_place, person))

    def _aside(self) -> None:
        """Something that does not move anybody: a feeling, what someone is, how two places lie."""
        draft, rng = self.draft, self.rng
        kind = rng.choice(("feels", "is a", "fears", "lies"))
        who = rng.choice(draft.people)
        if not self._species and kind in ("is a", "fears"):
            self._species = draft.names.species(3)
        if kind == "feels" and who not in self.feels:
            state = rng.choice(list(MOTIVES[draft.settings.style]))
            self.feels[who] = state, draft.say("feels", who=who, state=state)
            self._asks.append(partial(self._ask_feeling, who))
        elif kind == "is a" and who not in self.is_a:
            species = rng.choice(self._species)
            self.is_a[who] = species, draft.say("is a", who=who, one=draft.one(species), kind=species)
            self._asks.append(partial(self._ask_fear, who))
        elif kind == "fears" and (left := [one for one in self._species if one not in self.fears]):
            one = rng.choice(left)
            other = rng.choice([other for other in self._species if other != one])
            self.fears[one] = other, draft.say("fears", kinds=plural(one), others=plural(other))
        elif kind == "lies" and len(self.lies) < 2:
            if not self._joints:
                a, b, c = rng.sample(draft.places, 3)
                way = rng.choice(list(DIRECTIONS))
                self._joints = [(a, way, b), (b, way, c)]
            a, way, b = self._joints[len(self.lies)]
            self.lies.append((a, way, b, draft.say("lies", a=a, way=way, b=b)))
            self._asks.append(partial(self._ask_map, *self.lies[-1]))
        else:
            return
        self._named = ()

    # --- what is asked -----------------------------------------------------------------------------------------------

    def _ask_place(self, who: str) -> bool:
        if who not in self.placed:
            return False
        held = self.reader.holds.get(who, ())
        if held and self.rng.random() < 0.4:  # where it was taken
            facts, event = self.reader.last[self.rng.choice(held)]
            if self._ask_before(event, facts) or self._ask_where(event, facts):
                return True
        how, places, facts = self.placed[who]
        rng, draft = self.rng, self.draft
        sure = how not in ("not there", "either")
        if sure and rng.random() < 0.6:
            named, by_pronoun = (12, 13) if how == "together" else (1, 11)
            task = by_pronoun if len(facts) > 1 else named
            draft.ask("where person", places[0], facts, task=task, who=who)
            return True
        task = {"not there": 9, "either": 10}.get(how, 6)
        place, answer = rng.choice(places), {"not there": "no", "either": "maybe"}.get(how, "yes")
        if how != "not there" and rng.random() < 0.5:
            place, answer = draft.elsewhere(places), "no"
        draft.ask("is in", answer, facts, task=task, who=who, place=place)
        return True

    def _ask_thing(self, event: Event, facts: Facts) -> bool:
        first: list[Callable[[Event, Facts], bool]] = [self._ask_where, self._ask_before]
        rest: list[Callable[[Event, Facts], bool]] = [self._ask_count, self._ask_list]
        first += [self._ask_gift] * 2 if event.kind == "give" else []
        if self.rng.random() < 0.25:
            first, rest = rest, first
        if event.kind != "drop" and "who has" in self.draft.book:
            first += [self._ask_holder]
        asks = self.rng.sample(first, len(first)) + self.rng.sample(rest, len(rest))
        return any(ask(event, facts) for ask in asks)

    def _ask_where(self, event: Event, facts: Facts) -> bool:
        thing, reader = event.what, self.reader
        if reader.last[thing][1] is not event:
            return False
        found = reader.lies.get(thing) if event.kind == "drop" else reader.at.get(event.to or event.who)
        if not found:
            return False
        self.draft.ask("where thing", found[0], _joined(facts, found[1]), task=2, thing=thing)
        return True

    def _ask_before(self, event: Event, facts: Facts) -> bool:
        thing, reader = event.what, self.reader
        if reader.last[thing][1] is not event:
            return False
        trip = reader.trip[thing]
        places = [place for place, _ in trip]
        steps = [n for n in range(1, len(trip)) if places[n] not in places[n + 1 :] and places[n] != places[n - 1]]
        if not steps:
            return False
        step = self.rng.choice(steps)
        (before, came), (place, went) = trip[step - 1 : step + 1]
        self.draft.ask("where before", before, _joined(facts, went, came), task=3, thing=thing, place=place)
        return True

    def _ask_count(self, event: Event, _: Facts) -> bool:
        who = self.rng.choice((event.who, event.to)) if event.to else event.who
        facts = _joined(self.reader.handled[who])
        if len(facts) > MOST_FACTS:
            return False
        self.draft.ask("how many", count_word(len(self.reader.holds.get(who, ()))), facts, task=7, who=who)
        return True

    def _ask_list(self, event: Event, _: Facts) -> bool:
        who = self.rng.choice((event.who, event.to)) if event.to else event.who
        had = self.reader.had[who]
        facts = _joined(*had.values())
        if len(facts) > MOST_FACTS:
            return False
        held = [thing for thing in had if thing in self.reader.holds[who]]
        self.draft.ask("carrying", ",".join(held) or NOTHING, facts, task=8, who=who)
        return True

    def _ask_holder(self, event: Event, facts: Facts) -> bool:
        if self.reader.last[event.what][1] is not event:
            return False
        self.draft.ask("who has", event.to or event.who, facts, task=8, thing=event.what)
        return True

    def _ask_gift(self, event: Event, facts: Facts) -> bool:
        _, who, thing, to = event
        kind, answer, named = self.rng.choice(
            (
                ("what given", thing, attrgetter("who", "to")),
                ("who gave", who, attrgetter("what")),
                ("who gave to", who, attrgetter("what", "to")),
                ("who received", to, attrgetter("what")),
                ("to whom", to, attrgetter("who", "what")),
            )
        )
        gifts = (gift for _, gift in reversed(self.reader.log) if gift.kind == "give")
        if next(gift for gift in gifts if named(gift) == named(event)) is not event:  # a later one fits as well
            return False
        self.draft.ask(kind, answer, facts, task=5, who=who, thing=thing, to=to)
        return True

    def _ask_feeling(self, who: str) -> bool:
        state, index = self.feels[who]
        if "is so" in self.draft.book and self.rng.random() < 0.3:
            answer = self.rng.choice(("yes", "no"))
            others = [other for other in MOTIVES[self.draft.settings.style] if other != state]
            asked = state if answer == "yes" else self.rng.choice(others)
            self.draft.ask("is so", answer, (index,), task=20, who=who, state=asked)
            return True
        if who in self.placed and max(self.placed[who][2]) > index:  # gone already, wherever
            return False
        place = MOTIVES[self.draft.settings.style][state][0]
        self.draft.ask("where will", place, (index,), task=20, name=self.draft.low(who))
        return True

    def _ask_fear(self, who: str) -> bool:
        species, index = self.is_a[who]
        if species not in self.fears:
            return False
        feared, other = self.fears[species]
        self.draft.ask("what feared", feared, (index, other), task=15, name=self.draft.low(who))
        return True

    def _ask_map(self, a: str, way: str, b: str, index: int) -> bool:
        if self.rng.random() < 0.5:
            self.draft.ask("what lies", a, (index,), task=4, way=way, b=b)
        else:
            self.draft.ask("lies of what", b, (index,), task=4, a=a, way=way)
        return True


def _joined(*facts: Sequence[int]) -> Facts:
    """The facts of several, each once."""
    return tuple(dict.fromkeys(chain(*facts)))
