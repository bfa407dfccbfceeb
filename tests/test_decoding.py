"""Decoding: one search, whose special cases must agree with each other and with a plain re-computation."""

import dataclasses
import itertools
import math
from collections.abc import Sequence

import pytest
import torch
from random_captioners import MODELS, WORDS, decode, grids, model, same

from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.decoding import beams
from core.captioning.settings import Decisions, Settings
from core.captioning.vocabulary import END, START, UNKNOWN, Vocabulary
from core.trace import CaptionTrace

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
