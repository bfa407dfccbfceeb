"""Captions beside descriptions, and numbers that are written alike everywhere."""

import math

import pandas as pd
import pytest

from core.captioning.described import Described, compare
from core.results.tables import rounded, written

NAMES = {"man", "men", "dog", "grass", "child"}


def test_things_are_the_same_in_any_number_and_other_words_do_not_count():
    words = ["two", "men", "and", "a", "dog", "on", "the", "grass"]
    found = compare(words, "A man's DOGS, on Grass; two.", NAMES)
    assert [words[n] for n in found.both] == ["dog", "grass"]  # and not "two", "a" or "on"
    assert found.alone == (1,)  # "man's" is another word
    assert compare(["a", "red", "dog"], "Red house", NAMES) == Described((1,), (2,))
    assert compare(["a", "child"], "Children at play", NAMES).both == (1,)


def test_next_to_nothing():
    assert compare([], "A dog", NAMES).both == compare(["a"], "", NAMES).alone == ()
    assert compare(["dog"], "", NAMES).alone == (0,)


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (0.25, 1, "0.3"), (0.35, 1, "0.4"), (50.15, 1, "50.2"), (95.05, 1, "95.1"), (0.2, 1, "0.2"), (72.5, 0, "73"),
        (-0.25, 1, "-0.3"), (100, 1, "100.0"), (1e-7, 1, "0.0"), (0.665, 2, "0.67"), (12345678.9, 0, "12345679"),
    ],
)  # fmt: skip
def test_halves_go_up_and_the_rest_is_as_everywhere(value, digits, said):
    assert written(value, digits) == said


def test_a_column_keeps_what_is_missing():
    column = rounded(pd.Series([0.25, math.nan, 3.0]))
    assert column[0] == 0.3 and math.isnan(column[1]) and column[2] == 3.0
