"""Drawn paths and hidden regions, with the tiny models of a real service."""

import numpy as np
import pytest
import torch
from tiny_models import save_tiny_models

from core.captioning import occlusion
from core.captioning.occlusion import OcclusionEffect, explain, measure, pick_regions, probabilities_without
from core.captioning.sampled_paths import draw_paths
from core.captioning.service import CaptionService
from core.captioning.settings import Settings

SETTINGS = Settings(max_words=6)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return CaptionService(save_tiny_models(tmp_path_factory.mktemp("gamble") / "checkpoints", ending=-8))


@pytest.fixture(scope="module")
def grid():
    torch.manual_seed(1)
    return torch.randn(1, 256, 512)


def test_paths_are_drawn_by_their_seeds_and_more_paths_are_the_same_and_more(service, grid):
    few, many = draw_paths(service, grid, "hard", 3, seed=5), draw_paths(service, grid, "hard", 8, seed=5)
    looks = [[step.glimpse for step in path.steps] for path in many.paths]
    assert [[step.glimpse for step in path.steps] for path in few.paths] == looks[:3]
    assert len(set(map(tuple, looks))) > 1
    assert draw_paths(service, grid, "hard", 3, seed=5).captions == few.captions
    alone = service.caption(grid, "hard", Settings("greedy", glimpse="sampled", seed=6))[0]
    assert [step.glimpse for step in alone.steps] == looks[1]


def test_captions_are_counted_and_the_cloud_is_a_distribution(service, grid):
    drawn = draw_paths(service, grid, "hard", 12)
    assert sorted(n for numbers in drawn.captions.values() for n in numbers) == list(range(12))
    assert all(drawn.paths[n].caption == caption for caption, ns in drawn.captions.items() for n in ns)
    counts = [len(numbers) for numbers in drawn.captions.values()]
    assert counts == sorted(counts, reverse=True)
    assert drawn.cloud.shape == (16, 16) and drawn.cloud.sum() == pytest.approx(1)


@pytest.mark.parametrize("count", [0, 51])
def test_too_many_or_no_paths_are_refused(service, grid, count):
    with pytest.raises(ValueError, match="1 to 50 paths"):
        draw_paths(service, grid, "hard", count)


def test_only_hard_attention_gambles(service, grid):
    with pytest.raises(ValueError, match="Only hard attention"):
        draw_paths(service, grid, "soft", 2)


@pytest.mark.parametrize("model", ["soft", "hard"])
def test_hiding_nothing_changes_nothing(service, grid, model):
    trace = service.caption(grid, model, SETTINGS)[0]
    steps = range(len(trace.steps))
    probs = probabilities_without(service, grid, trace, [(n, ()) for n in steps], SETTINGS)
    assert probs == pytest.approx([step.prob for step in trace.steps], abs=1e-5)


def test_hiding_is_confining_the_gaze_to_the_rest(service, grid):
    from core.captioning.settings import Decisions

    trace = service.caption(grid, "soft", SETTINGS)[0]
    region = pick_regions(trace.steps[1].alpha)[0]
    rest = [cell for cell in range(256) if cell not in region]
    forced = service.caption(grid, "soft", SETTINGS, Decisions.caption(trace.words, {1: rest}))[0]
    (prob,) = probabilities_without(service, grid, trace, [(1, region)], SETTINGS)
    assert prob == pytest.approx(forced.steps[1].prob, abs=1e-5)


def test_every_free_word_is_measured_and_forced_looks_are_left_out(service, grid):
    from core.captioning.settings import Decisions

    trace = service.caption(grid, "soft", SETTINGS, Decisions(gazes={1: (3, 4)}))[0]
    falls = measure(service, grid, trace, SETTINGS, {1: (3, 4)})
    assert [fall.step for fall in falls] == [n for n in range(len(trace.steps)) if n != 1]
    assert all(fall.free == pytest.approx(trace.steps[fall.step].prob, abs=1e-5) for fall in falls)
    assert all(0 <= prob <= 1 for fall in falls for prob in (fall.most, fall.least))


def test_regions_are_where_the_weight_is_and_where_it_is_not():
    alpha = np.full((14, 14), 1e-3)
    alpha[2:7, 8:13] = 0.03  # one square of 5 x 5 looked at most
    most, *least = pick_regions(alpha / alpha.sum())
    assert set(most) == {r * 14 + c for r in range(2, 7) for c in range(8, 13)}
    assert len(least) == occlusion.CONTROLS and all(len(region) == 25 for region in least)
    cells = [cell for region in (most, *least) for cell in region]
    assert len(cells) == len(set(cells))


def test_the_controls_are_where_it_looked_least():
    """Every square that overlaps no other picked one holds at least as much weight as the controls do."""
    alpha = np.random.default_rng(2).gamma(0.3, size=(14, 14))
    most, *least = pick_regions(alpha / alpha.sum())
    squares = {
        tuple((r + i) * 14 + c + j for i in range(5) for j in range(5)) for r in range(14 - 4) for c in range(14 - 4)
    }
    weight = {square: alpha.ravel()[list(square)].sum() for square in squares}
    assert weight[most] == max(weight.values())
    assert weight[least[0]] == min(weight[square] for square in squares if not set(square) & set(most))
    for n in range(1, len(least)):
        taken = set(most).union(*least[:n])
        assert weight[least[n]] == min(weight[square] for square in squares if not set(square) & taken)
    assert max(weight[control] for control in least) < np.median(list(weight.values()))


@pytest.mark.parametrize(
    ("falls", "meaning"),
    [
        ([OcclusionEffect(0, "a", 0.5, 0.2, 0.49)], "need what it looked at"),
        ([OcclusionEffect(0, "a", 0.5, 0.6, 0.5), OcclusionEffect(1, "b", 0.5, 0.4, 0.5)], "up about as much as down"),
        ([OcclusionEffect(0, "a", 0.5, 0.49, 0.5)], "hardly matters"),
        ([], "no word"),
    ],
)
def test_the_sentence_says_what_the_numbers_say(falls, meaning):
    assert meaning in explain(falls)
    assert explain(falls).count(".\n") == 0 and explain(falls).endswith(".")
