"""Words and gazes that are decided: they stand, what was before them does not change, and what cannot be is refused."""

import pytest
import torch
from random_captioners import MODELS, WORDS, decode, grids, model, same

from core.captioning.settings import Decisions, Settings


@pytest.mark.parametrize("settings", [Settings("greedy"), Settings("beam", beam=4)])
@pytest.mark.parametrize("kind", MODELS)
def test_forcing_a_models_own_caption_leaves_the_same_trace(kind, settings):
    for seed in range(200):  # the first random model that says something and ends
        captioner = model(kind, seed, ending=3.0)
        trace = decode(captioner, WORDS, grids(1), settings)[0]
        if trace.ended and len(trace.words) > 1:
            break
    else:
        pytest.fail("No random model ended a sentence of two words.")
    forced = decode(captioner, WORDS, grids(1), settings, Decisions.caption(trace.words))[0]
    assert all(step.word_forced for step in forced.steps)
    same(trace, forced)


def test_a_forced_word_stands_and_what_was_before_does_not_change():
    captioner = model()
    free = decode(captioner, WORDS, grids(1), Settings("greedy"))[0]
    forced = decode(captioner, WORDS, grids(1), Settings("greedy"), Decisions({2: "jumps"}))[0]
    assert forced.words[:3] == [*free.words[:2], "jumps"]
    assert forced.steps[2].word_forced
    assert [step.alpha for step in forced.steps[:3]] == [step.alpha for step in free.steps[:3]]


def test_the_model_may_not_end_before_the_last_forced_word():
    trace = decode(model(ending=1000.0), WORDS, grids(1), Settings("greedy"), Decisions({4: "cat"}))[0]
    assert len(trace.words) == 5
    assert trace.words[4] == "cat"


def test_a_caption_goes_on_past_its_limit_to_the_last_forced_word_and_no_further():
    settings = Settings("greedy", max_words=3)
    (trace,) = decode(model(ending=-1000.0), WORDS, grids(1), settings, Decisions({5: "cat"}))
    assert len(trace.words) == 6 and trace.words[5] == "cat" and not trace.ended


@pytest.mark.parametrize("kind", MODELS)
def test_a_forced_gaze_confines_the_look_of_its_step_alone(kind):
    captioner = model(kind, ending=-1000.0)
    free = decode(captioner, WORDS, grids(1), Settings("greedy"))[0]
    trace = decode(captioner, WORDS, grids(1), Settings("greedy"), Decisions(gazes={1: (5, 6)}))[0]
    weights = torch.tensor(trace.steps[1].alpha).flatten()
    assert float(weights[[5, 6]].sum()) == pytest.approx(1, abs=1e-5)
    assert trace.steps[1].gaze_forced
    assert not trace.steps[0].gaze_forced
    assert trace.steps[0] == free.steps[0]
    if kind == "soft":
        was = torch.tensor(free.steps[1].alpha).flatten()[[5, 6]]
        torch.testing.assert_close(weights[[5, 6]], was / was.sum())
    if kind == "hard":
        assert trace.steps[1].glimpse in ((1, 1), (1, 2))
    if kind == "transformer":
        for head in torch.tensor(trace.steps[1].heads).flatten(2).flatten(0, 1):
            assert float(head[[5, 6]].sum()) == pytest.approx(1, abs=1e-5)


DECIDED = [
    Decisions(),
    Decisions({0: "red", 3: "cat"}),
    Decisions.caption(["a", "dog", "runs", "on", "grass", "a", "dog"]),
    Decisions(gazes={0: (3,), 2: (5, 6)}),
]


@pytest.mark.parametrize("settings", [Settings("greedy", max_words=4), Settings("beam", beam=3, max_words=6)])
@pytest.mark.parametrize("kind", MODELS)
def test_decisions_for_each_photo_equal_one_by_one(kind, settings):
    captioner, grid = model(kind), grids(1)
    together = decode(captioner, WORDS, grid, settings, DECIDED)
    several = decode(captioner, WORDS, grid.expand(4, -1, -1), settings, DECIDED)
    assert [trace.words for trace in several] == [trace.words for trace in together]
    for trace, decided in zip(together, DECIDED, strict=True):
        (alone,) = decode(captioner, WORDS, grid, settings, decided)
        same(trace, alone)
        assert [(step.word_forced, step.gaze_forced) for step in trace.steps] == [
            (step.word_forced, step.gaze_forced) for step in alone.steps
        ]


@pytest.mark.parametrize(
    ("decisions", "sentence"),
    [
        (Decisions({0: "zebra"}), "does not know the word “zebra”"),
        (Decisions({-1: "dog"}), "step 0 or later"),
        (Decisions({500: "dog"}), "at most 50 words"),
        (Decisions({120: "<end>"}), "at most 50 words"),
        (Decisions({2: "<end>", 5: "dog"}), "after the end"),
        (Decisions(gazes={0: (16,)}), "cells from 0 to 15"),
        (Decisions(gazes={0: ()}), "one or more cells"),
    ],
)
def test_impossible_decisions_are_refused_in_a_sentence(decisions, sentence):
    with pytest.raises(ValueError, match=sentence):
        decode(model(), WORDS, grids(1), decisions=decisions)
