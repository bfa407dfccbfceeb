"""What fine-tunes the encoder: a photo's words are to be found on its grid, where the things lie that they name.

A linear head gives every cell i a score s_wi for every content word w; a photo's score is the log-mean-exp over its
cells, so one cell that sees a dog is enough. The labels are what people wrote: the share of a photo's captions that
hold the word. Where people drew boxes around what a word names, the word's evidence is to lie in there: with m_wi the
share of cell i that is in the boxes,

    L_found = -mean_w log sum_i m_wi softmax_i(s_w)

A word of no phrase is to be found nowhere, as far as it is in no caption.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.data.captions import CaptionedPhoto

# Words that say nothing about what is where in a photo.
_FUNCTION_WORDS = """
    a an the and or of in on at to with by from for is are be being been has have its it his her their this that
    while as there some who which into up out off over through near down around behind next other each another
    them him he she they one
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
MIRROR = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class WordLabels:
    """The content words, and for every photo the share of its captions that hold each: (N, W) in 0..1."""

    words: tuple[str, ...]
    shares: Tensor
    mirrored: Tensor  # the same for the mirrored photo: left and right change places


def label_words(photos: Sequence[CaptionedPhoto], least: int) -> WordLabels:
    """Label photos with the content words that at least ``least`` photos of them hold."""
    counts = Counter(word for photo in photos for word in {w for caption in photo.captions for w in caption})
    words = tuple(sorted(w for w, n in counts.items() if n >= least and w not in FUNCTION_WORDS))
    return WordLabels(words, word_shares(photos, words), word_shares(photos, words, MIRROR))


def word_shares(
    photos: Sequence[CaptionedPhoto], words: tuple[str, ...], rename: Mapping[str, str] = MappingProxyType({})
) -> Tensor:
    """(N, W) the share of each photo's captions that hold each word, after renaming."""
    index = {word: i for i, word in enumerate(words)}
    shares = torch.zeros(len(photos), len(words))
    for row, photo in zip(shares, photos, strict=True):
        for caption in photo.captions:
            for word in {rename.get(w, w) for w in caption} & index.keys():
                row[index[word]] += 1 / len(photo.captions)
    return shares


class WordHead(nn.Module):
    """Grid (B, cells, channels) -> the photo's logit for each word (B, W); log-mean-exp over the cells."""

    def __init__(self, shares: Tensor, channels: int, dropout: float = 0.3):
        super().__init__()
        self.score = nn.Linear(channels, shares.shape[1])
        prior = shares.mean(0).clamp(1e-4, 1 - 1e-4)
        nn.init.normal_(self.score.weight, std=0.01)
        with torch.no_grad():
            self.score.bias.copy_(prior.logit())
        self.dropout = dropout

    def scores(self, grid: Tensor) -> Tensor:
        """Every cell's score for every word (B, cells, W)."""
        keep = torch.ones_like(grid[:, :1])  # drop a channel in all cells of a photo at once
        scores: Tensor = self.score(grid * F.dropout(keep, self.dropout, self.training))
        return scores

    def forward(self, grid: Tensor) -> Tensor:
        return whole(self.scores(grid))


def whole(scores: Tensor) -> Tensor:
    """Cells' scores (B, cells, W) -> the photos' (B, W): the log-mean-exp over the cells."""
    return torch.logsumexp(scores, dim=1) - math.log(scores.shape[1])


def word_loss(logits: Tensor, shares: Tensor) -> Tensor:
    """Binary cross-entropy summed over words, mean over photos."""
    return F.binary_cross_entropy_with_logits(logits, shares, reduction="none").sum(1).mean()


def found_loss(scores: Tensor, photo: Sequence[int], word: Sequence[int], covers: Tensor) -> Tensor:
    """-log of the share of a word's evidence that lies in the boxes of what it names, mean over words; 0 without any.

    Args:
        scores: (B, cells, W).
        photo, word: of each pair of a photo and a word that names something in it.
        covers: (pairs, cells) how much of each cell lies in the boxes.
    """
    if not len(photo):
        return scores.new_zeros(())
    evidence = scores[list(photo), :, list(word)].softmax(1)
    return -(evidence * covers).sum(1).clamp_min(1e-4).log().mean()
