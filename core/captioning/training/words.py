"""Fine-tune the encoder: each photo's caption words are to be found somewhere on its grid.

A linear head gives every cell a score for every content word; a photo's score is the log-mean-exp over its
cells, so one cell that sees a dog is enough. The labels are what the five people wrote: the share of a
photo's captions that hold the word. No boxes, no attention: the three captioners start from neutral eyes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.data.karpathy import CaptionedPhoto

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


def label_words(photos: Sequence[CaptionedPhoto], least: int = 25) -> WordLabels:
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

    def forward(self, grid: Tensor) -> Tensor:
        keep = torch.ones_like(grid[:, :1])  # drop a channel in all cells of a photo at once
        scores = self.score(grid * F.dropout(keep, self.dropout, self.training))  # (B, cells, W)
        return torch.logsumexp(scores, dim=1) - torch.tensor(float(grid.shape[1])).log()


def word_loss(logits: Tensor, shares: Tensor) -> Tensor:
    """Binary cross-entropy summed over words, mean over photos."""
    return F.binary_cross_entropy_with_logits(logits, shares, reduction="none").sum(1).mean()
