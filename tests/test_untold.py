"""What the story does not tell: generated questions that cannot be known, and what is said of them."""

import random

import pytest

from core.data.stories.everyday import everyday
from core.data.stories.settings import StorySettings
from core.data.stories.untold import stranger, untold
from core.data.stories.words import NOT_TOLD
from core.memory.reading import read
from core.memory.reading.answers import retold
from core.trace import Hop, StoryTrace

FREE = StorySettings(style="free", names="large", sentences=6)


def trace(candidates: dict[str, float], statements: tuple[str, ...]) -> StoryTrace:
    even = Hop(tuple(1 / len(statements) for _ in statements), None)
    found = tuple(candidates.items())
    return StoryTrace("m", "slots", "soft", "", statements, found[0][0], found[0][1], found, (even,))


def said(sentences: tuple[str, ...], question: str, candidates: dict[str, float]) -> StoryTrace:
    story = read(sentences, question)
    return retold(trace(candidates, story.statements), story, sentences, question)


@pytest.mark.parametrize("tell", [lambda rng: everyday(rng, FREE), untold])
def test_stories_ask_what_can_be_known_and_what_cannot(tell):
    asked = [question for seed in range(150) for question in tell(random.Random(seed))]
    unknown = [question for question in asked if question.answer == NOT_TOLD]
    assert 0.2 < len(unknown) / len(asked) < 0.8
    assert all(fact < len(question.sentences) for question in asked for fact in question.facts)
    assert all(question.facts for question in asked if question.answer != NOT_TOLD)
    assert [tell(random.Random(3))[0]] == [tell(random.Random(3))[0]]


def test_everyday_answers_are_in_the_story():
    worded = {"yes", "no", "maybe", "nothing", "none", "one", "two", "three", "four", "five", NOT_TOLD}
    for seed in range(150):
        for question in everyday(seed, FREE):
            text = " ".join(question.sentences).casefold()
            assert all(part in worded or part.casefold() in text for part in question.answer.split(","))


def test_a_stranger_is_nobody_of_the_story():
    for seed in range(50):
        rng = random.Random(seed)
        question = everyday(rng, FREE)[0]
        other = stranger(question, rng)
        if other is not question:
            assert other.answer == NOT_TOLD and other.sentences == question.sentences
            (new,) = set(other.question.rstrip("?").split()) - set(question.question.rstrip("?").split())
            assert new not in " ".join(question.sentences)


def test_not_told_is_no_answer_but_its_best_guess_is():
    found = said(("John took the ball.",), "Where is John?", {NOT_TOLD: 0.9, "park": 0.06, "ball": 0.04})
    # The ball is no place; what it had is the park's.
    assert (found.told, found.answer) == (False, "park") and found.prob == pytest.approx(0.1)
    assert found.untold == pytest.approx(0.9) and NOT_TOLD not in dict(found.candidates)


def test_what_is_told_is_an_answer():
    found = said(("John drove to the park.",), "Where's John?", {"park": 0.9, NOT_TOLD: 0.1})
    assert (found.told, found.answer, found.prob) == (True, "park", 0.9)


def test_answers_fit_their_question():
    found = said(("John drove to the park.",), "Where's John?", {"yes": 0.6, "park": 0.3, NOT_TOLD: 0.1})
    assert found.answer == "park" and found.prob == pytest.approx(0.9)


def test_a_question_of_no_kind_is_not_told():
    found = said(("John drove to the park.",), "Why is the sky blue?", {"park": 0.98, "yes": 0.02})
    assert not found.told and found.prob < 0.11


@pytest.mark.parametrize(
    ("question", "candidates", "answer"),
    [
        ("Does Mary have the cup?", {"cup,pen": 0.6, "pen": 0.4}, "yes"),
        ("Does Mary have the cup?", {"nothing": 0.8, "cup": 0.2}, "no"),
        ("How many people are in the zoo?", {"two": 0.7, "one": 0.3}, "two"),
        ("Which is heavier, the cup or the pen?", {"yes": 0.7, "no": 0.3}, "cup"),
        ("Which is lighter, the cup or the pen?", {"yes": 0.7, "no": 0.3}, "cup"),
    ],
)
def test_what_is_made_of_an_answer(question, candidates, answer):
    assert said(("Mary drove to the zoo.", "Tom took the cup and the pen."), question, candidates).answer == answer


def test_a_sentence_has_the_weight_of_its_statements():
    sentences = ("Mary took the cup and the pen.", "Fine.", "Mary went to the zoo.")
    found = said(sentences, "Where is the cup?", {"zoo": 1.0})
    assert found.sentences == sentences and sum(found.hops[0].alpha) == pytest.approx(1)
    assert found.hops[0].alpha[0] == pytest.approx(2 * found.hops[0].alpha[2])
