"""Stories that mix the kinds of question: the independent solver agrees with every answer and label."""

import random
from collections import Counter

import pytest
from solver_stories import Unsolved, solve
from test_stories import disagreements

from core.data.babi import read_babi, write_babi
from core.data.stories import KINDS, StorySettings
from core.data.stories.__main__ import some
from core.data.stories.mixed import mixed

STYLES = {
    "babi": StorySettings(),
    "free": StorySettings(style="free"),
    "free, many names": StorySettings(style="free", names="large", distractors=0.2),
    "free, long": StorySettings(style="free", names="large", sentences=60, people=7),
}


@pytest.mark.parametrize("style", STYLES)
def test_the_solver_agrees(style):
    questions = [question for seed in range(60) for question in mixed(seed, STYLES[style])]
    assert len(questions) > 250
    assert disagreements(questions) == []


def test_the_labelled_facts_suffice():
    """Without the rest the answer is the same, for what does not hang on all that somebody did."""
    for seed in range(40):
        for question in mixed(seed):
            if question.task in (3, 7, 8):
                continue
            kept = sorted(question.facts)
            answer, _ = solve([question.sentences[index] for index in kept], question.question)
            assert answer == question.answer.lower(), question


def test_what_is_not_told_cannot_be_solved():
    wrong = 0
    for seed in range(20):
        for question in mixed(seed):
            rest = [s for i, s in enumerate(question.sentences) if i not in question.facts]
            try:
                wrong += solve(rest, question.question)[0] == question.answer.lower()
            except (Unsolved, KeyError):
                continue
    assert wrong < 60  # yes and no, counts, and who was there before as well


def test_every_kind_is_asked_and_several_in_a_story():
    asked = [Counter(question.task for question in mixed(seed)) for seed in range(400)]
    assert set(sum(asked, Counter())) == set(KINDS)
    assert sum(len(kinds) > 2 for kinds in asked) > 200


def test_pronouns_stand_where_it_is_clear_whom_they_mean():
    """Whoever "she" is did something in the sentence before, or in one that begins a row of such."""
    rows = 0
    for seed in range(200):
        told = max((question.sentences for question in mixed(seed)), key=len)
        for before, sentence in zip(("", *told), told, strict=False):
            words = set(sentence.lower().rstrip(".").split())
            if words & {"she", "he", "they"}:
                rows += 1
                assert before and not before.startswith("It was")
    assert rows > 100


def test_the_seed_decides_everything():
    assert mixed(5) == mixed(5) != mixed(6)
    assert {question.story for question in mixed(5)} == {5}
    rng = random.Random(3)
    assert mixed(rng) != mixed(rng)


def test_both_ways_through_files(tmp_path):
    questions = sorted(some(12, 7), key=lambda question: (question.task, question.story, len(question.sentences)))
    paths = write_babi(questions, tmp_path, "mixed")
    assert [path.name for path in paths] == [f"qa{task}_mixed.txt" for task in sorted({q.task for q in questions})]
    read = [question for task in read_babi(tmp_path).values() for question in task]
    told = [(q.sentences, q.question, q.answer, q.facts, q.task) for q in questions]
    assert sorted((q.sentences, q.question, q.answer, q.facts, q.task) for q in read) == sorted(told)
