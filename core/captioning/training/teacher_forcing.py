"""Teacher forcing: captions as people wrote them, word by word beside their photos, and the losses that come of it.

    L = -sum_t log p(y_t | y_<t, photo)  +  lambda * sum_i (1 - sum_t alpha_ti)^2          (Xu et al. 2015, 14)

The second term, the doubly stochastic penalty, asks every cell to be looked at about equally often over the
sentence. For ``hard`` the look is a draw s_t from alpha_t, through which no gradient passes, and there are two ways
to teach it. Both get an entropy bonus, eta * grad H[alpha_t].

``straight-through`` (Bengio et al. 2013): the one cell goes in, and the gradient is that of the weighted mean:

    z_t = a[s_t],    grad z_t := sum_i a_i grad alpha_ti

It is biased, since it takes the loss to be linear between the cells; but its variance is low, for every cell learns
from every word and not the drawn one alone. Each caption is read once and nothing needs a baseline.

``score``, the score function (Xu et al. 2015, 11-12): a look becomes likelier as what was said after it is likelier,

    grad = sum_t (R_t - b_t) grad log alpha_t[s_t],    R_t = sum_{k >= t} log p(y_k)

The paper takes the whole sentence's log p as the reward of each look and a moving average as the baseline b.
Here each caption is gone over twice with independent draws and each pass is the other's baseline: still
unbiased, since a look cannot change the other pass, and what makes a sentence hard for both cancels. The
noise that remains is large. ``benchmarks/estimators.py`` measures the bias and the variance of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.attention import gumbel
from core.captioning.captioner import Captioner
from core.captioning.vocabulary import END, START

SAMPLES = 2  # of each caption, with independent looks, for the score function


class Captions(NamedTuple):
    """Captions of a batch of photos, longest first.

    Attributes:
        photo: (R,) which of the batch's photos each caption belongs to.
        tokens: (R, T) the words, then END unless the caption was cut off; padded with END.
        lengths: (R,) how many of the tokens are read, END included where the caption has one; never increasing.
    """

    photo: Tensor
    tokens: Tensor
    lengths: Tensor

    def to(self, device: torch.device) -> "Captions":
        return Captions(*(x.to(device) for x in self))


def collate(captions: Sequence[tuple[int, Sequence[int]]]) -> Captions:
    """Batch (photo, word numbers) pairs."""
    rows = sorted(captions, key=lambda item: -len(item[1]))
    lengths = torch.tensor([len(words) + 1 for _, words in rows])
    tokens = torch.full((len(rows), int(lengths[0])), END)
    for i, (_, words) in enumerate(rows):
        tokens[i, : len(words)] = torch.tensor(words)
    return Captions(torch.tensor([photo for photo, _ in rows]), tokens, lengths)


class TeacherForced(NamedTuple):
    """A pass over R captions with N words in all, step after step, the rows of a step in order.

    Attributes:
        logits: (N, vocabulary).
        targets: (N,) the words read.
        row, time: (N,) which caption and step each belongs to.
        alpha: (N, S) the weights of the look before each word, the mean over the heads where there are several.
        look_log_prob: (N,) log alpha of the chosen cell (hard), zeros for the others.
        entropy: (N,) of alpha, in nats.
        attended: (R, S) the sum of alpha over the steps.
    """

    logits: Tensor
    targets: Tensor
    row: Tensor
    time: Tensor
    alpha: Tensor
    look_log_prob: Tensor
    entropy: Tensor
    attended: Tensor


def teacher_forced(
    captioner: Captioner, grids: Tensor, captions: Captions, noises: Tensor | None = None, straight: bool = False
) -> TeacherForced:
    """Run a captioner along captions beside their photos' grids (P, S, channels), each next word being the given one.

    Args:
        noises: (R, T, S) Gumbel noise that decides a hard model's cells, to repeat a draw; drawn afresh if None.
        straight: whether gradients pass straight through a hard model's looks.
    """
    slots, state = captioner.view(grids)
    slots, state = slots.select(captions.photo), state.select(captions.photo)
    hard = captioner.sizes.attention == "hard"
    steps = captions.tokens.shape[1]
    going = (captions.lengths.unsqueeze(1) > torch.arange(steps, device=captions.lengths.device)).sum(0).tolist()
    rows, cells = len(captions.photo), grids.shape[1]
    attended = torch.zeros(rows, cells, device=grids.device)
    before = torch.full_like(captions.tokens[:, 0], START)
    deep, alphas, looks, entropies = [], [], [], []
    for t, n in enumerate(going):  # captions that have ended take no more part
        slots, state, before = slots.select(slice(n)), state.select(slice(n)), before[:n]
        noise = None
        if hard:
            noise = gumbel((n, cells)).to(grids.device) if noises is None else noises[:n, t]
        step = captioner.step(before, state, slots, noise=noise, straight=straight)
        alpha = step.look.alpha if step.look.alpha.dim() == 2 else step.look.alpha.mean(dim=1)  # of several heads
        deep.append(step.deep)
        alphas.append(alpha)
        log_alpha = alpha.clamp_min(1e-12).log()
        entropies.append(-(alpha * log_alpha).sum(1))
        chosen = step.look.choice
        looks.append(alpha.new_zeros(n) if chosen is None else log_alpha.gather(1, chosen.unsqueeze(1)).squeeze(1))
        attended = attended + F.pad(alpha, (0, 0, 0, len(attended) - n))
        state, before = step.state, captions.tokens[:n, t]
    counts = torch.tensor(going, device=grids.device)
    return TeacherForced(
        logits=captioner.read_out(torch.cat(deep)).float(),
        targets=torch.cat([captions.tokens[:n, t] for t, n in enumerate(going)]),
        row=torch.cat([torch.arange(n, device=grids.device) for n in going]),
        time=torch.repeat_interleave(torch.arange(steps, device=grids.device), counts),
        alpha=torch.cat(alphas),
        look_log_prob=torch.cat(looks),
        entropy=torch.cat(entropies),
        attended=attended,
    )


def by_caption(forced: TeacherForced, per_word: Tensor) -> Tensor:
    """Lay a value a word (N,) out as (R, T), zeros after each caption's end."""
    table = per_word.new_zeros(len(forced.attended), int(forced.time[-1]) + 1)
    return table.index_put((forced.row, forced.time), per_word)


@dataclass(frozen=True)
class LossWeights:
    """What the loss is made of.

    Attributes:
        doubly: lambda of the doubly stochastic penalty, per caption as in the paper. On the quarter of the cells
            that training sees it weighs four times as much as on all, and a large one keeps every look wide.
        estimator: what teaches the looks of ``hard``, see above.
        reward: weight of the score function's term.
        entropy: eta, weight of the entropy bonus (hard).
    """

    smoothing: float = 0.1
    doubly: float = 0.02
    estimator: Literal["straight-through", "score"] = "straight-through"
    reward: float = 0.3
    entropy: float = 0.002


class TeacherForcing(nn.Module):
    """Captioner and losses in one module, so that a training helper can wrap its forward."""

    def __init__(self, captioner: Captioner, weights: LossWeights):
        super().__init__()
        self.captioner, self.weights = captioner, weights

    def forward(self, grids: Tensor, captions: Captions) -> Tensor:
        """The loss per word of captions beside their photos' grids."""
        kind, weights = self.captioner.sizes.attention, self.weights
        scored = kind == "hard" and weights.estimator == "score"
        if scored:
            captions = Captions(*(x.repeat_interleave(SAMPLES, dim=0) for x in captions))
        forced = teacher_forced(self.captioner, grids, captions, straight=not scored)
        loss = F.cross_entropy(forced.logits, forced.targets, label_smoothing=weights.smoothing)
        words = len(forced.targets)
        if kind == "soft" and weights.doubly:
            loss = loss + weights.doubly * (1 - forced.attended).square().sum() / words
        if scored:
            loss = loss - weights.reward * (look_advantage(forced) * forced.look_log_prob).mean()
        if kind == "hard":
            loss = loss - weights.entropy * forced.entropy.mean()
        return loss


def look_advantage(forced: TeacherForced) -> Tensor:
    """R_t - b_t of every look (N,): reward to go, less that of the other pass over the same caption."""
    with torch.no_grad():
        log_prob = -F.cross_entropy(forced.logits, forced.targets, reduction="none")
        table = by_caption(forced, log_prob)  # (R, T)
        to_go = table.flip(1).cumsum(1).flip(1).view(-1, SAMPLES, table.shape[1])
        others = (to_go.sum(1, keepdim=True) - to_go) / (SAMPLES - 1)
        return (to_go - others).view(table.shape)[forced.row, forced.time]
