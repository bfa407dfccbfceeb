"""Decoding: one search, whose special cases must agree with each other and with a plain re-computation."""

import dataclasses
import itertools
import math
from collections.abc import Sequence

import pytest
import torch

from core.attention import KINDS
from core.captioning import decoding
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.captioners.transformer import TransformerCaptioner, TransformerSizes
from core.captioning.decoding import beams
from core.captioning.settings import Decisions, Settings
from core.captioning.vocabulary import END, START, UNKNOWN, Vocabulary
from core.trace import CaptionTrace

WORDS = Vocabulary(["a", "dog", "cat", "runs", "red", "on", "grass", "jumps"])


MODELS = (*KINDS, "transformer")


def model(kind="soft", seed=0, ending=0.0) -> LSTMCaptioner | TransformerCaptioner:
    """A random captioner, an LSTM of a kind of look or a transformer; the larger ``ending``, the sooner its sentences
    end (at 5: soon, at -1000: never)."""
    torch.manual_seed(seed)
    if kind == "transformer":
        sizes = TransformerSizes("soft", len(WORDS), channels=12, value=16, size=12, layers=2, heads=3, inner=16)
        captioner = TransformerCaptioner(sizes).eval()
    else:
        sizes = LSTMSizes(kind, len(WORDS), channels=12, value=16, key=8, embedding=16, hidden=24)
        captioner = LSTMCaptioner(sizes).eval()
    with torch.no_grad():
        for parameter in captioner.parameters():
            parameter.mul_(1.5 if kind == "transformer" else 2.5)
        captioner.bias[END] = ending
    return captioner


def grids(n=5, seed=3):
    torch.manual_seed(seed)
    return torch.randn(n, 16, 12)


def decode(captioner, vocabulary, grids, *arguments, **named) -> list[CaptionTrace]:
    """Of grids of 4 x 4 cells."""
    return decoding.decode(captioner, vocabulary, grids, (4, 4), *arguments, **named)


def same(one: CaptionTrace, other: CaptionTrace):
    """Equal but for the last bits of floats, which depend on how many rows a matrix product has."""
    assert one.words == other.words
    assert one.ended == other.ended
    assert one.log_prob == pytest.approx(other.log_prob, abs=1e-4)
    for a, b in zip(one.steps, other.steps, strict=True):
        assert a.glimpse == b.glimpse
        torch.testing.assert_close(torch.tensor(a.alpha), torch.tensor(b.alpha), atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(torch.tensor(a.heads), torch.tensor(b.heads), atol=1e-5, rtol=1e-4)
        assert a.prob == pytest.approx(b.prob, abs=1e-5)
        assert [word for word, _ in a.candidates] == [word for word, _ in b.candidates]
        assert a.gate == pytest.approx(b.gate, abs=1e-5)


SETTINGS = [
    Settings("greedy"),
    Settings("beam", beam=4),
    Settings("beam", beam=3, glimpse="sampled", seed=7),
    Settings("sample", temperature=0.7, seed=2),
]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("ending", [0.0, 5.0])
def test_a_beam_of_one_is_greedy(kind, ending):
    captioner = model(kind, ending=ending)
    assert decode(captioner, WORDS, grids(), Settings("beam", beam=1)) == decode(
        captioner, WORDS, grids(), Settings("greedy", beam=4)
    )


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("kind", MODELS)
def test_batched_equals_one_by_one(kind, settings):
    captioner = model(kind, ending=5.0)
    together = decode(captioner, WORDS, grids(), settings)
    for i, trace in enumerate(together):
        same(trace, decode(captioner, WORDS, grids()[i : i + 1], settings)[0])


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


FEW = Vocabulary(["a", "dog", "cat"])


def of_few_words(ending: float) -> LSTMCaptioner:
    torch.manual_seed(4)
    captioner = LSTMCaptioner(LSTMSizes("soft", len(FEW), channels=12, value=16, key=8, embedding=16, hidden=24)).eval()
    with torch.no_grad():
        for parameter in captioner.parameters():
            parameter.mul_(2)
        captioner.bias[END] = ending
    return captioner


@torch.no_grad()
def log_prob(captioner: LSTMCaptioner, grid: torch.Tensor, numbers: Sequence[int]) -> float:
    """The words' of one photo (1, S, channels), stepped through one by one."""
    scene, state = captioner.view(grid)
    before, total = START, 0.0
    for word in numbers:
        step = captioner.step(torch.tensor([before]), state, scene)
        logits = captioner.read_out(step.deep)[0]
        logits[[START, UNKNOWN]] = -math.inf
        total += float(logits.log_softmax(0)[word])
        before, state = word, step.state
    return total


@pytest.mark.parametrize("penalty", [0.0, 0.7, 2.0])
def test_beam_search_finds_what_trying_everything_finds(penalty):
    """With a beam as wide as there are prefixes, the search is exhaustive; compare with a plain enumeration."""
    captioner, grid = of_few_words(ending=2.0), grids(1)
    # What the limit cuts has not ended, and comes after all that has.
    scores = {
        words: log_prob(captioner, grid, [*FEW.encode(words), END])
        for n in (1, 2)
        for words in itertools.product(FEW.words, repeat=n)
    }
    ranked = sorted(scores, key=lambda words: scores[words] / (len(words) + 1) ** penalty, reverse=True)
    settings = Settings("beam", beam=40, max_words=3, length_penalty=penalty)
    (found,) = beams(captioner, FEW, grid, settings)
    assert [tuple(map(FEW.word, words)) for words in found] == ranked
    (trace,) = decode(captioner, FEW, grid, settings)
    assert tuple(trace.words) == ranked[0]
    assert trace.log_prob == pytest.approx(scores[ranked[0]], abs=1e-4)


def test_what_the_limit_cuts_is_the_likeliest_of_so_many_words():
    captioner, seen = of_few_words(ending=-1000.0), grids(4, seed=5)
    found = decode(captioner, FEW, seen, Settings("beam", beam=9, max_words=3, no_repeat=0))
    assert len({tuple(trace.words) for trace in found}) > 1
    for trace, grid in zip(found, seen.split(1), strict=True):
        scores = {
            words: log_prob(captioner, grid, FEW.encode(words)) for words in itertools.product(FEW.words, repeat=3)
        }
        best = max(scores, key=lambda words: scores[words])
        assert tuple(trace.words) == best and not trace.ended
        assert trace.log_prob == pytest.approx(scores[best], abs=1e-4)
        for t, step in enumerate(trace.steps):
            before, after = (log_prob(captioner, grid, FEW.encode(best[:n])) for n in (t, t + 1))
            assert math.log(step.prob) == pytest.approx(after - before, abs=1e-4)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("beam", [1, 4, 50])
def test_nothing_ending_is_no_crash(kind, beam):
    captioner = model(kind, ending=-1000.0)
    for trace in decode(captioner, WORDS, grids(2), Settings("beam", beam=beam, max_words=6)):
        assert len(trace.words) == 6
        assert not trace.ended


def test_everything_ending_at_once_still_leaves_a_word():
    for trace in decode(model(ending=1000.0), WORDS, grids(2), Settings("beam", beam=4)):
        assert len(trace.words) == 1
        assert trace.ended


@pytest.mark.parametrize("kind", MODELS)
def test_every_look_of_a_trace_is_a_distribution_and_hard_used_one_cell(kind):
    for trace in decode(model(kind), WORDS, grids(), Settings("beam", beam=4)):
        for step in trace.steps:
            weights = torch.tensor(step.alpha)
            assert weights.shape == (4, 4)
            assert float(weights.sum()) == pytest.approx(1, abs=1e-5)
            assert 0 <= step.gate <= 1
            heads = torch.tensor(step.heads)
            assert heads.shape == ((2, 3, 4, 4) if kind == "transformer" else (0,))
            if kind == "transformer":
                torch.testing.assert_close(heads.sum((2, 3)), torch.ones(2, 3))
                torch.testing.assert_close(heads.mean((0, 1)), weights)
            assert (step.glimpse is not None) == (kind == "hard")
            if kind == "hard":
                assert weights[step.glimpse] == weights.max()
            if kind == "none":
                assert step.entropy == pytest.approx(4)
            assert [p for _, p in step.candidates] == sorted((p for _, p in step.candidates), reverse=True)


def test_log_prob_is_the_sum_of_the_words_and_the_end():
    trace = decode(model(ending=-1000.0), WORDS, grids(1), Settings("beam", beam=3, max_words=5))[0]
    assert trace.log_prob == pytest.approx(sum(math.log(step.prob) for step in trace.steps), abs=1e-4)
    ended = decode(model(ending=5.0), WORDS, grids(1), Settings("beam", beam=3))[0]
    assert ended.log_prob < sum(math.log(step.prob) for step in ended.steps)


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


def test_seeds_decide_samples():
    captioner = model("hard")

    def caption(seed, glimpse="likely"):
        return decode(captioner, WORDS, grids(1), Settings("sample", seed=seed, glimpse=glimpse))[0]

    assert caption(1) == caption(1)
    assert len({caption(seed).caption for seed in range(8)}) > 1

    def looks(seed):
        settings = Settings("greedy", glimpse="sampled", seed=seed)
        return tuple(step.glimpse for step in decode(captioner, WORDS, grids(1), settings)[0].steps)

    assert len({looks(seed) for seed in range(8)}) > 1


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


@pytest.mark.parametrize("method", ["greedy", "sample"])
def test_seeds_for_each_photo_equal_one_by_one(method):
    captioner, grid = model("hard"), grids(1)
    together = decode(captioner, WORDS, grid.expand(3, -1, -1), Settings(method, glimpse="sampled"), seeds=range(7, 10))
    assert len({tuple(step.glimpse for step in trace.steps) for trace in together}) > 1
    for trace, seed in zip(together, range(7, 10), strict=True):
        same(trace, decode(captioner, WORDS, grid, Settings(method, glimpse="sampled", seed=seed))[0])


def test_too_few_decisions_or_seeds_are_refused():
    with pytest.raises(ValueError, match="as many"):
        decode(model(), WORDS, grids(2), decisions=[Decisions()])
    with pytest.raises(ValueError, match="as many"):
        decode(model(), WORDS, grids(2), seeds=[1, 2, 3])


def test_a_trace_survives_json_to_the_bit():
    for kind in MODELS:
        trace = decode(model(kind), WORDS, grids(1), Settings(), Decisions({1: "dog"}, {0: (3,)}), model=kind)[0]
        assert CaptionTrace.from_json(trace.to_json()) == trace


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"steps": 3}', '{"steps": [{"word": 1}], "grid": [1, 2]}'])
def test_what_is_no_trace_is_refused(text):
    with pytest.raises(ValueError, match="not the trace"):
        CaptionTrace.from_json(text)


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


@pytest.mark.parametrize(
    "wrong",
    [{"beam": 0}, {"beam": 51}, {"temperature": 0.0}, {"temperature": math.nan}, {"max_words": 0}, {"method": "x"}],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        Settings(**wrong)


@pytest.mark.parametrize("kind", MODELS)
def test_the_first_of_the_beams_is_the_caption_and_each_comes_to_its_end(kind):
    captioner, settings = model(kind, ending=8.0), Settings("beam", beam=4)
    traces = decode(captioner, WORDS, grids(), settings)
    for found, trace in zip(beams(captioner, WORDS, grids(), settings), traces, strict=True):
        assert len(found) >= 2 and len({tuple(words) for words in found}) == len(found)
        assert [WORDS.word(word) for word in found[0]] == list(trace.words)
        assert not any({END, START, UNKNOWN} & set(words) for words in found)


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("kind", MODELS)
def test_three_words_in_a_row_are_written_once_unless_they_are_forced(kind, settings):
    def runs(trace: CaptionTrace) -> list[tuple[str, ...]]:
        return list(zip(trace.words, trace.words[1:], trace.words[2:], strict=False))

    captioner = model(kind, ending=-1000.0)
    freely = decode(captioner, WORDS, grids(), dataclasses.replace(settings, no_repeat=0))
    assert any(len(set(runs(trace))) < len(runs(trace)) for trace in freely)  # a random model goes round in circles
    for trace in decode(captioner, WORDS, grids(), settings):
        assert len(set(runs(trace))) == len(runs(trace)) == settings.max_words - 2
    words = ["a", "dog", "runs"] * 2
    (trace,) = decode(captioner, WORDS, grids(1), settings, Decisions.caption(words))
    assert list(trace.words) == words


def test_a_caption_that_ended_comes_before_one_that_was_cut_off():
    captioner, settings = model("soft", ending=0.0), Settings(beam=8, max_words=5, length_penalty=0.0)
    ended = [bool(found) for found in beams(captioner, WORDS, grids(20), settings)]
    assert [trace.ended for trace in decode(captioner, WORDS, grids(20), settings)] == ended
    assert any(ended) and not all(ended)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_sampling_draws_each_word_from_the_softmax_at_its_temperature(temperature):
    captioner, draws = model("soft", seed=4), 4000
    slots, state = captioner.view(grids(1))
    logits = captioner.read_out(captioner.step(torch.tensor([START]), state, slots).deep)[0].detach()
    logits[[START, UNKNOWN, END]] = float("-inf")  # a caption does not end before it began
    expected = (logits / temperature).softmax(0)
    settings = Settings("sample", temperature=temperature, max_words=1)
    found = torch.zeros(len(WORDS))
    for trace in decode(captioner, WORDS, grids(1), settings, seeds=range(draws)):
        found[WORDS.encode(trace.words)[0]] += 1 / draws
    assert 0.5 * float((found - expected).abs().sum()) < 0.03  # the total variation distance


def test_a_cell_is_drawn_from_the_weights():
    """A hard model's sampled glimpses come as often as their weights say, and its likeliest is the largest."""
    captioner, draws = model("hard", seed=1), 4000
    sampled = Settings("greedy", glimpse="sampled", max_words=1)
    traces = decode(captioner, WORDS, grids(1), sampled, seeds=range(draws))
    alpha = torch.tensor(traces[0].steps[0].alpha).flatten()
    found = torch.zeros(len(alpha))
    for trace in traces:
        row, column = trace.steps[0].glimpse
        found[row * 4 + column] += 1 / draws
    assert 0.5 * float((found - alpha).abs().sum()) < 0.04
    (likely,) = decode(captioner, WORDS, grids(1), Settings("greedy", max_words=1))
    assert likely.steps[0].glimpse == divmod(int(alpha.argmax()), 4)
