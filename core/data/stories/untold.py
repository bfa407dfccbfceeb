"""Questions that cannot be known, and others beside them so that nobody can tell which are from the question alone.

Somebody of whom the story says nothing; how things lie of which nothing joins them, or that are told to lie both ways;
what somebody feels, fears, is or will do where the story speaks of other things; deeds that nobody did.
"""

from __future__ import annotations

import random
from dataclasses import replace

from core.data.babi import Question
from core.data.stories import generate, lists
from core.data.stories.draft import Draft
from core.data.stories.mixed import mixed
from core.data.stories.settings import StorySettings
from core.data.stories.untold_kinds import colours, deeds, fears, feelings
from core.data.stories.untold_places import left_over, map_of, sides, sizes, ways
from core.data.stories.words import DIRECTIONS, MOTIVES, NOT_TOLD, RELATIONS

_TOLD = ("is", "went", "moved", "journeyed", "travelled", "was")
_NO_NAMES = ["end", "color", "colour", "left", "right", "moment", "the", "then", "both", "it", "everyone", "nobody"]
_STRANGE = (*lists.WOMEN, *lists.MEN)


def stranger(question: Question, rng: random.Random) -> Question:
    """The question asked of somebody whom its story does not have; itself where it names nobody to be replaced."""
    there = " ".join((*question.sentences, question.question)).casefold()
    names = [name for name in rng.sample(_STRANGE, 8) if name.casefold() not in there]
    words = question.question.rstrip("?").split()
    told = {word.strip(".").casefold() for sentence in question.sentences for word in sentence.split()}
    places = [n for n, word in enumerate(words) if n and word[0].isupper() and word.casefold() in told]
    places = [
        n for n in places if not (n + 1 < len(words) and words[n + 1][0].isupper()) and not words[n - 1][0].isupper()
    ]
    if not names or not places or "before" in words[: places[0]] or words[places[0] - 1] in ("the", "in", "than"):
        return question
    words[places[0]] = names[0]
    return replace(question, question=f"{' '.join(words)}?", answer=NOT_TOLD, facts=())


def untold(rng: random.Random) -> list[Question]:
    """One story with questions that cannot be known, and some that can."""
    settings = StorySettings(style="free", names=rng.choice(("babi", "large")), sentences=rng.choice((None, 3, 5, 10)))
    if rng.random() < 0.3:
        return _of_another_kind(rng, settings)
    tell = rng.choice(
        (
            sides,
            sides,
            sizes,
            sizes,
            map_of,
            ways,
            ways,
            colours,
            fears,
            feelings,
            deeds,
            deeds,
            left_over,
            left_over,
        )
    )
    draft = Draft(0, rng, settings, 3, 0)
    tell(draft)
    return draft.questions(0)


def _of_another_kind(rng: random.Random, settings: StorySettings) -> list[Question]:
    """A question of one kind about a story of another, in which nothing of it is told."""
    task = rng.choice([1, 2, 4, 5, 6, 9, 10, 12, 15, 16, 17, 18, 19, 20])
    questions = mixed(rng, settings) if rng.random() < 0.2 else generate(task, rng, replace(settings, sentences=None))
    question = rng.choice(questions)
    draft = Draft(0, rng, settings, 1, 0)
    names = _names(question)
    text = " ".join((*question.sentences, ""))
    if len(names) < 2:
        return questions
    a, b = rng.sample(names, 2)
    lower = text.lower()

    def without(*words: str) -> bool:
        return not any(word in lower for word in words)

    moods = without(*(f" {state}" for state in MOTIVES["free"]))
    mapped = without(*(f" {way} " for way in DIRECTIONS))
    still = task in (4, 15, 16, 17, 18, 19)  # nobody goes about, or has anything
    side, way = rng.choice(list(RELATIONS)), rng.choice(list(DIRECTIONS))
    kinds: list[tuple[bool, str, dict[str, str]]] = [
        (without("afraid", "fear", "scared"), "what feared", {"name": a}),
        (without("color", "colour") and task not in (15, 16, 20), "what colour", {"who": a}),
        (moods, "where will", {"name": a}),
        (moods, "why go", {"name": a, "place": b}),
        (without("bigger", "fit", "larger", "smaller"), "is bigger", {"a": a, "b": b}),
        (without("above", "below", "left of", "right of", "under", "over", "beneath"), "is beside",
         {"a": a, "b": b, "way": side}),
        (mapped, "path", {"a": a, "b": b}),
        (mapped, "what lies", {"way": way, "b": a}),
        (still or task == 20, "who gave", {"thing": a}),
        (still, "where person", {"who": a}),
        (still, "is in", {"who": a, "place": b}),
        (still, "who has", {"thing": a}),
    ]  # fmt: skip
    fits = [(kind, slots) for possible, kind, slots in kinds if possible]
    if not fits:
        return questions
    kind, slots = rng.choice(fits)
    return [replace(question, question=draft.phrase(kind, **slots), answer=NOT_TOLD, facts=())]


def _names(question: Question) -> list[str]:
    """The names of a story of the generator's, as it draws them: single capitals, and what follows "the"."""
    found: dict[str, None] = {}
    for sentence in question.sentences:
        words = sentence.rstrip(".").split()
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
            if (
                before.lower() == "the"
                and word.islower()
                and after in ("is", "was", "to", "")
                and word not in _NO_NAMES
            ):
                found[word] = None
            if not before and word[0].isupper() and after in _TOLD and word.lower() not in _NO_NAMES:
                found[word] = None
    return list(found)
