"""Scores on stories are what would be measured again, also where the reading has changed and the weights have not."""

import json
from functools import partial

import pytest

from benchmarks.asked import measure
from core.data.babi import read_babi, write_babi
from core.data.stories.__main__ import some
from core.memory.service import StoryService, ask
from core.results.files import RESULTS
from core.results.story_metrics import score

TASKS = (5, 11, 14)  # a few of them, so that this is quick


@pytest.mark.slow
@pytest.mark.parametrize("model", ["slots", "story-only", "question-only"])
def test_some_mixed_stories_have_the_scores_that_are_quoted(tmp_path, model):
    write_babi((question for question in some(300, 7) if question.task in TASKS), tmp_path, "mixed")
    questions = [question for task in read_babi(tmp_path).values() for question in task]
    found = score(questions, ask(partial(StoryService().answer_all, model=model), questions)).to_dict()["tasks"]
    quoted = json.loads((RESULTS / f"stories-mixed-all-{model}.json").read_text(encoding="utf-8"))["tasks"]
    assert {int(task) for task in found} == set(TASKS)
    for task, figures in found.items():
        one = 100 / figures["n"] + 0.001  # another processor may answer a question otherwise
        assert figures == pytest.approx(quoted[task], abs=one), "the reading has changed: measure them again"


@pytest.mark.slow
def test_as_many_questions_are_called_a_guess_as_is_quoted():
    found = measure(StoryService(), "slots", None)
    quoted = json.loads((RESULTS / "asked-slots.json").read_text(encoding="utf-8"))["figures"]
    for sort, figures in found.items():
        said = "called a guess %"
        assert figures[said] == pytest.approx(quoted[sort][said], abs=100 / figures["n"] + 0.1), "measure it again"
