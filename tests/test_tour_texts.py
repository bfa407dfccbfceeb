"""What the tour's texts say of a caption is what the shipped model's caption of that photo shows."""

import re
from itertools import combinations

import pytest

from core.captioning.comparison import divergence
from core.captioning.examples import read_example
from core.checkpoints import ROOT, read
from core.tour import Step, read_tours

STEPS = {
    step.file: step for tour in read_tours().values() for step in tour.steps if step.settings.get("photo") and step.text
}


@pytest.mark.parametrize("step", STEPS.values(), ids=list(STEPS))
def test_words_that_a_text_quotes_are_written(step: Step):
    example = read_example()
    assert step.settings["photo"] == example.photo, "only the recorded example can be checked without the models"
    model = str(step.settings.get("model", "soft"))
    for word in re.findall(r'"(\w+)"', step.text):
        assert word in example.traces[model].words, f"{step.file} speaks of “{word}”"


def test_the_look_moves_from_thing_to_thing_where_the_tour_says_so():
    """By at least the half bit that the gaze measures ask for, between two words that name something."""
    nouns = set(read(ROOT / "soft").config["nouns"])
    soft = read_example().traces["soft"]
    looks = [step.alpha for step in soft.steps if step.word in nouns]
    assert len(looks) > 1
    assert max(divergence(a, b) for a, b in combinations(looks, 2)) > 0.45
