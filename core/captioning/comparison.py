"""The same sentence from several models: what they must know to say it, and how far their gazes are apart.

Gazes are compared as distributions over the grid, for a hard model the one that its cell was chosen from.
"""

import difflib
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.trace import CaptionTrace, WordStep

Alpha = Sequence[Sequence[float]] | np.ndarray  # weights by row and column, which sum to 1

MAX_SENTENCE = 400  # characters


@dataclass(frozen=True)
class GazeDistance:
    """How far two gazes are apart.

    Attributes:
        divergence: the Jensen-Shannon divergence in bits: 0 for the same distribution, 1 for two without a common cell.
        distance: between the centres of weight, in percent of the photo's width.
    """

    divergence: float
    distance: float


def split_words(sentence: str) -> list[str]:
    """The words of a typed sentence as captions have them: lower case, no punctuation but apostrophes."""
    sentence = sentence[:MAX_SENTENCE].lower().replace("’", "'").replace("-", "")
    kept = "".join(letter if letter.isalnum() or letter == "'" else " " for letter in sentence)
    return [word for word in kept.split() if word.strip("'")]


def unknown_words(words: Sequence[str], vocabulary: Collection[str]) -> dict[str, list[str]]:
    """The words that a vocabulary lacks, each with up to three of its words that are spelt alike."""
    known = set(vocabulary)
    return {
        word: difflib.get_close_matches(word, known, n=3, cutoff=0.75)
        for word in dict.fromkeys(words)
        if word not in known
    }


def divergence(one: Alpha, other: Alpha) -> float:
    """The Jensen-Shannon divergence of two distributions over the photo, in bits, 0..1; each has its grid's cells."""
    p, q = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    rows, columns = (math.lcm(*sizes) for sizes in zip(p.shape, q.shape, strict=True))
    p, q = (_finer(x / x.sum(), rows, columns) for x in (p, q))
    middle = (p + q) / 2
    bits = sum(float((x[x > 0] * np.log2(x[x > 0] / middle[x > 0])).sum()) for x in (p, q)) / 2
    return min(1.0, max(0.0, bits))


@dataclass(frozen=True)
class Apart:
    """Two heads of one look: (layer, head) each from 0, and by how many bits (0..1) their looks diverge."""

    one: tuple[int, int]
    other: tuple[int, int]
    bits: float


def furthest_heads(heads: Sequence[Sequence[Alpha]]) -> Apart:
    """The two heads of a word's look, of whatever layers, whose looks differ most.

    Raises:
        ValueError: there are fewer than two heads.
    """
    places = [(layer, head) for layer, row in enumerate(heads) for head in range(len(row))]
    if len(places) < 2:
        raise ValueError("This model looks with one head only.")
    pairs = combinations(places, 2)
    apart = (Apart(a, b, divergence(heads[a[0]][a[1]], heads[b[0]][b[1]])) for a, b in pairs)
    return max(apart, key=lambda two: two.bits)


def _finer(weights: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The same distribution over parts of its cells, each cell's weight spread evenly."""
    parts = rows // weights.shape[0], columns // weights.shape[1]
    return np.kron(weights, np.full(parts, 1 / math.prod(parts)))


def centre(alpha: Alpha) -> tuple[float, float]:
    """The centre of the weight as fractions of the photo's width and height."""
    weights = np.asarray(alpha, dtype=np.float64)
    rows, columns = weights.shape
    weights = weights / weights.sum()
    x = float(weights.sum(axis=0) @ (np.arange(columns) + 0.5)) / columns
    y = float(weights.sum(axis=1) @ (np.arange(rows) + 0.5)) / rows
    return x, y


def apart(one: Alpha, other: Alpha, ratio: float) -> GazeDistance:
    """Both measures; ``ratio`` is the photo's width over its height, for the grid is squashed and the photo is not."""
    (x, y), (u, v) = centre(one), centre(other)
    return GazeDistance(divergence(one, other), 100 * math.hypot(x - u, (y - v) / ratio))


def compare(one: CaptionTrace, other: CaptionTrace, ratio: float) -> list[GazeDistance]:
    """Word by word, two traces of the same sentence.

    Raises:
        ValueError: they are of different sentences.
    """
    if one.words != other.words:
        raise ValueError("Only captions of the same words are compared word by word.")
    return [apart(a.alpha, b.alpha, ratio) for a, b in zip(one.steps, other.steps, strict=True)]


def mean_look(steps: Sequence[WordStep]) -> np.ndarray:
    """The mean of the distributions of some looks (rows, columns).

    Raises:
        ValueError: there are none.
    """
    if not steps:
        raise ValueError("There is no look to take the mean of.")
    mean: np.ndarray = np.mean([step.alpha for step in steps], axis=0)
    return mean
