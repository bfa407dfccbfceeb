"""Training of the transformer over stories: its answers, and at first its looks, by the labelled facts.

The question is told which fact to look at in each layer, in the order of the labels, in the last layer at all that are
left, and to look at nothing when there is none left. Taught is the mean over the heads, so that they may differ. The
rest is in taught.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.memory.bags import Lexicon
from core.memory.registry import TrainingRun
from core.memory.story_transformer import QuestionLook, StoryTransformer, StoryTransformerSizes
from core.memory.training.taught import TaughtSettings, train_taught

LEAST = 1e-6  # a share of a look that counts as none


@dataclass(frozen=True)
class LayersSettings(TaughtSettings):
    """How the network is shaped and trained; its sizes are those of ``StoryTransformerSizes``."""

    epochs: int = 8
    taught: int = 7
    rate: float = 1e-3
    layers: int = 4
    heads: int = 4
    width: int = 64
    hidden: int = 256
    memory: int = 50


def train(settings: LayersSettings, run: TrainingRun) -> StoryTransformer:
    """See :func:`core.memory.training.taught.train_taught`."""

    def make(words: Lexicon, answers: list[str]) -> StoryTransformer:
        sizes = StoryTransformerSizes(
            len(words), len(answers), settings.layers, settings.heads, settings.width, settings.hidden, settings.memory
        )
        return StoryTransformer(sizes, words, answers, dropout=settings.dropout)

    def looks_loss(network: StoryTransformer, looks: Sequence[QuestionLook], facts: Tensor) -> Tensor:
        return look_loss(torch.stack([look.weights for look in looks], 1), facts)

    return train_taught(settings, run, make, looks_loss)


def look_targets(facts: Tensor, layers: int, sentences: int) -> Tensor:
    """(B, layers, S + 1) where each layer is to look, of labelled facts (B, H), -1 after the last; the end is nothing.

    A fact a layer, in the last one all that are left; nothing where none is left. Each sums to 1.
    """
    hot = F.one_hot(facts.clamp(min=0), sentences).float() * (facts >= 0).unsqueeze(2)  # (B, H, S)
    hot = F.pad(hot, (0, 0, 0, max(0, layers - hot.shape[1])))
    each = torch.cat([hot[:, : layers - 1], hot[:, layers - 1 :].amax(1, keepdim=True)], dim=1)
    nothing = 1 - each.amax(2, keepdim=True)
    targets = torch.cat([each, nothing], dim=2)
    return targets / targets.sum(2, keepdim=True)


def look_loss(weights: Tensor, facts: Tensor) -> Tensor:
    """The mean cross-entropy of looks (B, layers, S), means over heads, with where they are to look by facts (B, H)."""
    targets = look_targets(facts, weights.shape[1], weights.shape[2])
    nothing = 1 - weights.sum(2, keepdim=True)
    losses = -(targets * torch.cat([weights, nothing], dim=2).clamp(min=LEAST).log()).sum(2)
    labelled = (facts >= 0).any(1)
    return (losses * labelled.unsqueeze(1)).mean()
