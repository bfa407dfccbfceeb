"""Comparing gazes: the measures' identities, and sentences as people type them."""

import numpy as np
import pytest

from core.captioning.comparison import (
    apart,
    centre,
    compare,
    divergence,
    furthest_heads,
    mean_look,
    split_words,
    unknown_words,
)  # fmt: skip
from core.trace import CaptionTrace, WordStep


def random_look(seed: int) -> np.ndarray:
    weights = np.random.default_rng(seed).gamma(0.3, size=(14, 14))
    return weights / weights.sum()


def spot(row: int, column: int) -> np.ndarray:
    weights = np.zeros((14, 14))
    weights[row, column] = 1
    return weights


def trace(*words: str, look=None) -> CaptionTrace:
    alpha = tuple(map(tuple, spot(0, 0) if look is None else look))
    steps = tuple(WordStep(word, 0.5, ((word, 0.5),), alpha, None, 1.0) for word in words)
    return CaptionTrace("soft", "soft", steps, -1.0, True, (14, 14))


@pytest.mark.parametrize("seed", range(5))
def test_divergence_is_nothing_for_the_same_symmetric_and_at_most_a_bit(seed):
    one, other = random_look(seed), random_look(seed + 100)
    assert divergence(one, one) == pytest.approx(0, abs=1e-12)
    assert divergence(one, other) == pytest.approx(divergence(other, one))
    assert 0 < divergence(one, other) < 1


def test_divergence_of_looks_without_a_common_cell_is_one_bit():
    assert divergence(spot(0, 0), spot(3, 5)) == pytest.approx(1)


def test_divergence_by_hand():
    # From {1, 0} and {1/2, 1/2}: the middle is {3/4, 1/4}.
    by_hand = (np.log2(4 / 3) + 0.5 * np.log2(2 / 3) + 0.5 * np.log2(2)) / 2
    assert divergence([[1, 0]], [[0.5, 0.5]]) == pytest.approx(by_hand)


def test_centres_lie_where_the_weight_is():
    assert centre(np.full((14, 14), 1 / 196)) == pytest.approx((0.5, 0.5))
    assert centre(spot(0, 13)) == pytest.approx((13.5 / 14, 0.5 / 14))


def test_distance_is_in_percent_of_the_width_whatever_the_photos_shape():
    assert apart(spot(0, 0), spot(0, 7), ratio=2).distance == pytest.approx(50)
    assert apart(spot(0, 0), spot(7, 0), ratio=2).distance == pytest.approx(25)  # the photo is half as high as wide
    assert apart(spot(0, 0), spot(7, 0), ratio=0.5).distance == pytest.approx(100)


def test_only_the_same_words_are_compared():
    (only,) = compare(trace("dog"), trace("dog", look=spot(7, 7)), 1.0)
    assert only.divergence == pytest.approx(1) and only.distance == pytest.approx(100 * 2**0.5 / 2)
    with pytest.raises(ValueError, match="same words"):
        compare(trace("dog"), trace("cat"), 1.0)


def test_the_mean_of_looks_is_a_distribution():
    looks = [*trace("a", look=random_look(1)).steps, *trace("b", look=random_look(2)).steps]
    assert mean_look(looks).sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="no look"):
        mean_look([])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("A dog runs.", ["a", "dog", "runs"]),
        ("  Two   DOGS, on grass!?  ", ["two", "dogs", "on", "grass"]),
        ("a man's T-shirt", ["a", "man's", "tshirt"]),
        ("it’s “red”", ["it's", "red"]),
        ("<b>x</b>", ["b", "x", "b"]),
        (" ' . ' ", []),
        ("", []),
    ],
)
def test_typed_sentences_become_the_words_of_captions(typed, words):
    assert split_words(typed) == words


def test_unknown_words_are_named_with_what_is_spelt_alike():
    unknown = unknown_words(["a", "dgo", "xylophone", "dgo"], ["a", "dog", "dogs", "cat"])
    assert list(unknown) == ["dgo", "xylophone"]
    assert unknown["xylophone"] == [] and unknown_words(["a"], ["a"]) == {}
    assert "skateboard" in unknown_words(["skatebord"], ["skateboard"])["skatebord"]


def test_the_two_heads_that_differ_most():
    even, left, right = [[0.25] * 4], [[1, 0, 0, 0]], [[0, 0, 0, 1]]
    two = furthest_heads([[even, left], [even, right]])
    assert (two.one, two.other, two.bits) == ((0, 1), (1, 1), 1.0)
    with pytest.raises(ValueError, match="one head"):
        furthest_heads([[even]])
    with pytest.raises(ValueError, match="one head"):
        furthest_heads([])
