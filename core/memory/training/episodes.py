"""Training of the Dynamic Memory Network: its answers, and at first its gates, by the labelled facts.

Each pass is told what to let in: one fact a pass, in the order of the labels, and in the last pass all of them, so that
the answer can be read from the facts in the order of the story (Kumar et al. 2015 supervise gates likewise, a fact a
pass). The rest is in taught.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.memory.bags import Lexicon
from core.memory.dmn import DMN, SHUT, DMNSizes, Pass
from core.memory.registry import TrainingRun
from core.memory.training.taught import TaughtSettings, train_taught


@dataclass(frozen=True)
class EpisodesSettings(TaughtSettings):
    """How the network is shaped and trained.

    Attributes:
        gates: "sigmoid" or "softmax".
    """

    passes: int = 4
    width: int = 80
    memory: int = 50
    gates: str = "sigmoid"


def train(settings: EpisodesSettings, run: TrainingRun) -> DMN:
    """See :func:`core.memory.training.taught.train_taught`."""

    def make(words: Lexicon, answers: list[str]) -> DMN:
        sizes = DMNSizes(len(words), len(answers), settings.passes, settings.width, settings.memory, settings.gates)
        return DMN(sizes, words, answers, dropout=settings.dropout)

    def looks_loss(network: DMN, passes: Sequence[Pass], facts: Tensor) -> Tensor:
        return gate_loss(network.sizes, torch.stack([one.logits for one in passes], 1), facts)

    return train_taught(settings, run, make, looks_loss)


def gate_targets(sizes: DMNSizes, facts: Tensor, sentences: int) -> Tensor:
    """(B, P, S) what each pass is to let in, of labelled facts (B, H), -1 after the last; all zero without labels.

    A fact a pass, the last one again where there are fewer. In the last pass: all facts, where gates are independent;
    where they share one opening, the facts that are left.
    """
    known = facts >= 0
    hot = F.one_hot(facts.clamp(min=0), sentences).float() * known.unsqueeze(2)  # (B, H, S)
    last = (known.sum(1) - 1).clamp(min=0)
    rows = torch.arange(len(facts), device=facts.device)
    one_each = [hot[rows, last.clamp(max=number)] for number in range(sizes.passes)]
    if sizes.gates == "sigmoid":
        one_each[-1] = hot.amax(1)
    elif hot.shape[1] > sizes.passes:
        one_each[-1] = torch.maximum(one_each[-1], hot[:, sizes.passes :].amax(1))
    return torch.stack(one_each, dim=1)


def gate_loss(sizes: DMNSizes, logits: Tensor, facts: Tensor) -> Tensor:
    """The mean over questions and passes of what gates, before the sigmoid or softmax (B, P, S), differ from facts."""
    targets = gate_targets(sizes, facts, logits.shape[2])
    labelled = (facts >= 0).any(1)
    if sizes.gates == "sigmoid":
        there = logits > SHUT
        losses = (F.binary_cross_entropy_with_logits(logits, targets, reduction="none") * there).sum(2)
    else:
        losses = -(targets * logits.log_softmax(2)).sum(2) / targets.sum(2).clamp(min=1)
    return (losses * labelled.unsqueeze(1)).mean()
