"""The examples of the stories page: a story for each kind of question, whose answers an independent reader confirms."""

import pytest
from solver_stories import solve

from core.memory.examples import FIRST, read_finished, read_stories
from core.memory.story import split_questions, split_story

STORIES = read_stories()


def test_there_is_one_for_each_of_the_twenty_kinds():
    assert {story.task for story in STORIES.values()} == set(range(1, 21))
    assert len({story.title for story in STORIES.values()}) == len(STORIES)
    assert FIRST in STORIES


@pytest.mark.parametrize("id", STORIES)
def test_the_solver_agrees_with_answers_and_facts(id):
    document = STORIES[id].document
    sentences = split_story(document.story)
    assert sentences == document.story.split("\n")
    assert split_questions(document.questions) == [label.question for label in document.labels]
    for label in document.labels:
        answer, facts = solve(sentences, label.question)
        assert (answer.lower(), True) == (label.answer.lower(), sorted(label.facts) in [sorted(one) for one in facts])


def test_the_finished_answers_are_about_the_first_example():
    finished = read_finished()
    document = STORIES[finished.example].document
    sentences, questions = tuple(split_story(document.story)), split_questions(document.questions)
    assert finished.example == FIRST and finished.traces
    for model, traces in finished.traces.items():
        assert [trace.question for trace in traces] == questions
        assert all(trace.model == model and trace.sentences == sentences and trace.hops for trace in traces)
        assert [len(falls) for falls in finished.falls[model]] == [len(sentences)] * len(questions)
