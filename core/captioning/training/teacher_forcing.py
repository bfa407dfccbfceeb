"""Teacher forcing: captions as people wrote them, word by word beside their photos, and the losses that come of it.

    L = -sum_t log p(y_t | y_<t, photo)  +  lambda * sum_i (1 - sum_t alpha_ti)^2          (Xu et al. 2015, 14)

The second term, the doubly stochastic penalty, asks every cell to be looked at about equally often over the
sentence. Where people drew boxes around what a phrase of the caption names, its words' looks are taught, too (Liu et
al. 2017 do so with a cross-entropy between maps): with m_ti the share of cell i that lies in the boxes,

    L_looks = -gamma * sum_t log sum_i alpha_ti m_ti        over the words of phrases, articles left out

asks for the weight to be inside, wherever in there. Looks at other words are the model's own. Where several heads look,
the first of each layer is taught so, and the others are left free.

For ``hard`` the look is a draw s_t from alpha_t, through which no gradient passes, and there are two ways to teach it.
Both get an entropy bonus, eta * grad H[alpha_t].

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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.attention import Look, gumbel
from core.captioning.captioner import Captioner
from core.captioning.vocabulary import END, START

SAMPLES = 2  # of each caption, with independent looks, for the score function


class Captions(NamedTuple):
    """Captions of a batch of photos, longest first.

    Attributes:
        photo: (R,) which of the batch's photos each caption belongs to.
        tokens: (R, T) the words, then END unless the caption was cut off; padded with END.
        lengths: (R,) how many of the tokens are read, END included where the caption has one; never increasing.
        named: (R, T) which of the batch's covers says where what a word names lies, see :func:`looks_loss`; -1 for
            words that name nothing, or nothing that is known.
    """

    photo: Tensor
    tokens: Tensor
    lengths: Tensor
    named: Tensor

    @property
    def words(self) -> int:
        """How many tokens are read."""
        return int(self.lengths.sum())

    def to(self, device: torch.device) -> "Captions":
        return Captions(*(x.to(device) for x in self))


def collate(
    captions: Sequence[tuple[int, Sequence[int]]], named: Sequence[Mapping[int, int]] | None = None
) -> Captions:
    """Batch (photo, word numbers) pairs.

    Args:
        named: of each, position of a word -> the number of a cover.
    """
    order = sorted(range(len(captions)), key=lambda i: -len(captions[i][1]))
    rows = [captions[i] for i in order]
    lengths = torch.tensor([len(words) + 1 for _, words in rows], dtype=torch.long)
    tokens = torch.full((len(rows), max(lengths.tolist(), default=0)), END)
    places = torch.full_like(tokens, -1)
    for row, (i, (_, words)) in enumerate(zip(order, rows, strict=True)):
        tokens[row, : len(words)] = torch.tensor(words)
        for position, cover in named[i].items() if named else ():
            if position < len(words):
                places[row, position] = cover
    return Captions(torch.tensor([photo for photo, _ in rows], dtype=torch.long), tokens, lengths, places)


class TeacherForced(NamedTuple):
    """A pass over R captions with N words in all, step after step, the rows of a step in order.

    Attributes:
        logits: (N, vocabulary).
        targets: (N,) the words read.
        row, time: (N,) which caption and step each belongs to.
        look: (N, ...) the look before each word.
    """

    logits: Tensor
    targets: Tensor
    row: Tensor
    time: Tensor
    look: Look

    @property
    def alpha(self) -> Tensor:
        """(N, S) the weights, the mean of all heads'."""
        return self.look.mean

    @property
    def choice(self) -> Tensor | None:
        """(N,) the cell that hard chose, None for the others."""
        return self.look.choice

    @property
    def log_alpha(self) -> Tensor:
        """(N, S)."""
        return self.alpha.clamp_min(1e-12).log()

    @property
    def look_log_prob(self) -> Tensor:
        """(N,) log alpha of the chosen cell (hard), zeros for the others."""
        if self.choice is None:
            return self.alpha.new_zeros(len(self.alpha))
        return self.log_alpha.gather(1, self.choice.unsqueeze(1)).squeeze(1)

    @property
    def entropy(self) -> Tensor:
        """(N,) of alpha, in nats."""
        return -(self.alpha * self.log_alpha).sum(1)

    @property
    def attended(self) -> Tensor:
        """(R, S) the sum of alpha over the steps."""
        captions = int(self.row.max()) + 1  # each has a step at least, its end
        return self.alpha.new_zeros(captions, self.alpha.shape[1]).index_add(0, self.row, self.alpha)


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
    steps = captions.tokens.shape[1]
    going = (captions.lengths.unsqueeze(1) > torch.arange(steps, device=captions.lengths.device)).sum(0).tolist()
    if captioner.sizes.attention == "hard" and noises is None:
        noises = gumbel((*captions.tokens.shape, grids.shape[1])).to(grids.device)
    before = torch.cat([torch.full_like(captions.tokens[:, :1], START), captions.tokens[:, :-1]], dim=1)
    read = captioner.read(before, going, state, slots, noises, straight)
    counts = torch.tensor(going, device=grids.device)
    return TeacherForced(
        logits=captioner.read_out(read.deep).float(),
        targets=torch.cat([captions.tokens[:n, t] for t, n in enumerate(going)]),
        row=torch.cat([torch.arange(n, device=grids.device) for n in going]),
        time=torch.repeat_interleave(torch.arange(steps, device=grids.device), counts),
        look=read.look,
    )


def by_caption(forced: TeacherForced, per_word: Tensor) -> Tensor:
    """Lay a value a word (N,) out as (R, T), zeros after each caption's end."""
    table = per_word.new_zeros(int(forced.row.max()) + 1, int(forced.time[-1]) + 1)
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
        looks: gamma, weight of the looks that boxes teach, where there are boxes.
    """

    smoothing: float = 0.1
    doubly: float = 0.02
    estimator: Literal["straight-through", "score"] = "straight-through"
    reward: float = 0.3
    entropy: float = 0.002
    looks: float = 0.5


def looks_loss(forced: TeacherForced, named: Tensor, covers: Tensor) -> Tensor:
    """-sum log of the weight inside the boxes, over the words that name something, divided by all words.

    Args:
        named: (R, T) of the captions read, see :class:`Captions`.
        covers: (K, S) how much of each cell that is looked over lies in the boxes of a thing, 0..1. One that covers
            none of them teaches nothing.
    """
    which = named[forced.row, forced.time]
    shares = torch.cat([covers, covers.new_zeros(1, covers.shape[1])])[which]  # -1 is the last, which covers nothing
    inside = torch.einsum("nls,ns->nl", forced.look.taught, shares)
    seen = shares.sum(1) > 0
    return -inside[seen].clamp_min(1e-4).log().mean(1).sum() / len(which)


class TeacherForcing(nn.Module):
    """Captioner and losses in one module, so that a training helper can wrap its forward."""

    def __init__(self, captioner: Captioner, weights: LossWeights):
        super().__init__()
        self.captioner, self.weights = captioner, weights

    def forward(self, grids: Tensor, captions: Captions, covers: Tensor | None = None) -> Tensor:
        """The loss per word of captions beside their photos' grids (P, S, channels).

        Args:
            covers: (K, S), see :func:`looks_loss`; None teaches no looks.
        """
        kind, weights = self.captioner.sizes.attention, self.weights
        scored = kind == "hard" and weights.estimator == "score"
        if scored:
            captions = Captions(*(x.repeat_interleave(SAMPLES, dim=0) for x in captions))
        forced = teacher_forced(self.captioner, grids, captions, straight=not scored)
        loss = F.cross_entropy(forced.logits, forced.targets, label_smoothing=weights.smoothing)
        words = len(forced.targets)
        if covers is not None and weights.looks and kind != "none":
            loss = loss + weights.looks * looks_loss(forced, captions.named, covers)
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
