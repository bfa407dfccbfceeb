"""The score-function trick on one look of a shipped captioner, where every outcome can be tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.captioning.captioner import Captioner
from core.captioning.vocabulary import Vocabulary
from core.scenes.estimator import draw, try_all

LISTED = 4  # draws that are told one by one


@dataclass(frozen=True)
class Draw:
    """One cell drawn: its number, its chance alpha_s and its reward R(s)."""

    cell: int
    chance: float
    reward: float


@dataclass(frozen=True)
class Trick:
    """What N draws say about the gradient, beside the exact one.

    Attributes:
        alpha: (S,) the distribution that the cell is drawn from.
        reward: (S,) log p of the words from there on, for each cell.
        expected: J, the mean reward.
        agrees: baseline -> the cosine between the mean of N estimates and the exact gradient, without a baseline
            ("none") and with the expected reward as one ("expected reward").
    """

    alpha: np.ndarray
    reward: np.ndarray
    expected: float
    draws: tuple[Draw, ...]
    agrees: dict[str, float]

    @property
    def better(self) -> np.ndarray:
        """(S,) by how much a look there would have been better than expected; 0 where it would not. Sums to 1."""
        better = np.maximum(self.reward - self.expected, 0)
        better /= max(better.sum(), 1e-12)
        return better


def score_function(
    captioner: Captioner,
    vocabulary: Vocabulary,
    features: Tensor,
    grid: tuple[int, int],
    words: Sequence[str],
    step: int,
    count: int,
    seed: int,
) -> Trick:
    """Leave the look before word ``step`` of a caption of a photo (S, channels) to chance, ``count`` times.

    Raises:
        ValueError: the captioner is not a hard one, or no LSTM, or the caption has no such word.
    """
    chance = try_all(captioner, features, grid, vocabulary.encode(words), step)
    agrees = {}
    for baseline in ("none", "expected reward"):
        found = draw(chance, count, baseline, torch.Generator().manual_seed(seed))
        agrees[baseline] = float(torch.cosine_similarity(found.mean, chance.exact, dim=0))
    listed = tuple(
        Draw(cell, float(chance.alpha[cell]), float(chance.reward[cell])) for cell in found.cells[:LISTED].tolist()
    )
    return Trick(chance.alpha.numpy(), chance.reward.numpy(), chance.expected, listed, agrees)
