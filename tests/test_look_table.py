"""Words against places: shares that add up, places that hold half of a look, and overlaps that are one with itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_traces import caption

from core.captioning.look_table import densest, words_by_regions, words_by_things, words_by_words
from core.trace import CaptionTrace, WordStep


def looked(*alphas: np.ndarray, words: str = "abcdefgh") -> CaptionTrace:
    """A caption of one-letter words that looked so."""
    steps = tuple(
        WordStep(word, 0.5, (), tuple(map(tuple, (alpha / alpha.sum()).tolist())), None, 1.0)
        for word, alpha in zip(words, alphas, strict=False)
    )
    return CaptionTrace("soft", "soft", steps, -1.0, True, alphas[0].shape)


def test_the_densest_cells_are_the_fewest_that_hold_the_share():
    step = looked(np.array([[0.1, 0.3, 0.05], [0.25, 0.2, 0.1]])).steps[0]
    assert densest(step) == (1, 3) and densest(step, 0.3) == (1,) and densest(step, 0.56) == (1, 3, 4)
    assert densest(step, 1.0) == (0, 1, 2, 3, 4, 5)


@given(st.integers(0, 10**6), st.floats(0.01, 1.0))
def test_fewer_cells_would_not_do(seed, share):
    step = looked(np.random.default_rng(seed).dirichlet(np.full(12, 0.3)).reshape(3, 4)).steps[0]
    weights = np.ravel(step.alpha)
    cells = list(densest(step, share))
    assert weights[cells].sum() >= share - 1e-6
    assert np.sort(weights)[::-1][: len(cells) - 1].sum() < share


def test_words_against_the_things_that_are_named():
    left, right = np.zeros((2, 4)), np.zeros((2, 4))
    left[:, 0], right[:, 3] = 1.0, 1.0
    table = words_by_things(looked(left, 3 * left + right, right), {"a", "c", "x"})
    assert table.columns == ("a", "c") and table.even == pytest.approx((1 / 8, 1 / 8))
    # Half of an even pair of cells is the first of the two.
    assert np.array(table.shares) == pytest.approx(np.array([[0.5, 0], [0.375, 0.125], [0, 0.5]]))
    assert words_by_things(looked(left), {"x"}).columns == ()


def test_the_ninths_share_out_every_look_and_lie_where_they_are_called():
    corner = np.zeros((14, 14))
    corner[0, 13] = 1.0
    table = words_by_regions(looked(corner, np.ones((14, 14))))
    assert len(table.columns) == 9 and sum(table.even) == pytest.approx(1)
    assert table.shares[0][table.columns.index("upper right")] == pytest.approx(1)
    assert table.shares[1] == pytest.approx(table.even)
    assert np.sum(table.shares, axis=1) == pytest.approx([1, 1])


def test_overlap_is_one_with_itself_none_without_a_common_cell_and_the_same_both_ways():
    one, other = np.zeros((3, 3)), np.zeros((3, 3))
    one[0], other[2] = 1.0, 1.0
    shares = np.array(words_by_words(looked(one, other, one + other)).shares)
    assert shares == pytest.approx(np.array([[1, 0, 0.5], [0, 1, 0.5], [0.5, 0.5, 1]]))


def test_words_that_come_twice_have_two_rows():
    trace = caption(["a", "dog", "a"])
    assert len(words_by_words(trace).shares) == len(words_by_regions(trace).shares) == 3
