"""Attention: a query looks over slots, gives each a weight, and comes back with a glimpse.

Everything in this project is that idea. For a photo the slots are the cells of a grid and the query is the
decoder's state before the next word; for a story they are its sentences and the question. Three ways to
look share one function, :func:`attend`:

- ``none``: the mean of all slots, whatever the query;
- ``soft``: the weighted mean, an expectation: smooth, so gradients pass (Xu et al. 2015, equation 13);
- ``hard``: one slot, the most likely or a sampled one: the weights are a distribution, and what comes back is
  a draw from it, through which no gradient passes. Learning needs the score-function trick (Xu et al. 2015,
  section 4.1), or a gradient that goes straight through the draw (Bengio et al. 2013).
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

Kind = Literal["none", "soft", "hard"]
KINDS: tuple[Kind, ...] = ("none", "soft", "hard")


class Look(NamedTuple):
    """What one look brings back.

    Attributes:
        alpha: (B, S) the weights, each row sums to 1; (B, layers, heads, S) where several heads looked, each on its
            own. For ``hard``, which has one head, the distribution the slot was chosen from.
        glimpse: (B, V) what enters the recurrence: the mean, the weighted mean, or one slot's value.
        choice: (B,) the slot that ``hard`` chose, None for the others.
        on_nothing: (B,) the share 0..1 of the look that rested on no slot, before the others were scaled to sum to 1;
            None for a look that is all on the slots.
    """

    alpha: Tensor
    glimpse: Tensor
    choice: Tensor | None
    on_nothing: Tensor | None = None

    @property
    def mean(self) -> Tensor:
        """(B, S) the weights of its one head, or the mean of the weights of all heads of all layers."""
        return self.alpha if self.alpha.dim() == 2 else self.alpha.mean(dim=(1, 2))

    @property
    def taught(self) -> Tensor:
        """(B, layers, S) what a training may ask to be somewhere: the first head of each layer, of what it has of the
        whole look. The other heads stay free."""
        first = self.alpha.unsqueeze(1) if self.alpha.dim() == 2 else self.alpha[:, :, 0]
        return first if self.on_nothing is None else first * (1 - self.on_nothing)[:, None, None]


def attend(
    kind: Kind,
    scores: Tensor,
    values: Tensor,
    mask: Tensor | None = None,
    noise: Tensor | None = None,
    straight: bool = False,
) -> Look:
    """Turn scores into weights and weights into a glimpse.

    Args:
        kind: how to look. ``none`` ignores the scores.
        scores: (B, S) how well each slot matches the query, any real numbers.
        values: (B, S, V) what there is to see in each slot.
        mask: (B, S) True where looking is allowed; at least one slot a row. None allows all.
        noise: (B, S) standard Gumbel noise: ``hard`` then samples (the argmax of log alpha + noise is a
            draw from alpha). None chooses the most likely slot.
        straight: give ``hard``'s scores the gradient that they would have if the glimpse were the weighted mean.
            The glimpse is one slot all the same, to the last bit, and its value alone learns from it.

    Raises:
        ValueError: ``kind`` is not one of the three.
    """
    if kind not in KINDS:
        raise ValueError(f"Attention is one of {', '.join(KINDS)}, not {kind!r}.")
    scores = scores.float()
    if kind == "none":
        scores = torch.zeros_like(scores)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    alpha = scores.softmax(dim=1)  # (B, S)
    if kind != "hard":
        return Look(alpha, _mean(alpha, values), None)
    choice = (scores if noise is None else scores + noise).argmax(dim=1)  # (B,)
    glimpse = values[torch.arange(len(values), device=values.device), choice]  # (B, V): one slot, nothing else
    if straight:
        mean = _mean(alpha, values.detach())
        glimpse = glimpse + (mean - mean.detach())  # adds zero: only the gradient is the mean's
    return Look(alpha, glimpse, choice)


def _mean(alpha: Tensor, values: Tensor) -> Tensor:
    """The weighted mean (B, V) of values (B, S, V)."""
    return torch.bmm(alpha.to(values.dtype).unsqueeze(1), values).squeeze(1)


def gumbel(shape: tuple[int, ...], generator: torch.Generator | None = None) -> Tensor:
    """Standard Gumbel noise: adding it to log-probabilities and taking the argmax draws a sample."""
    uniform = torch.rand(shape, generator=generator)
    return -torch.log(-torch.log(uniform.clamp(1e-10, 1 - 1e-7)))


def scaled_dot_product(queries: Tensor, keys: Tensor, mask: Tensor | None = None) -> Tensor:
    """Weights (..., Q, S) = softmax(q . k / sqrt(D)) of queries (..., Q, D) over keys (..., S, D), each row summing to
    1 (Vaswani et al. 2017, equation 1). What ``mask`` has False for, as (..., Q, S), is not looked at."""
    scores: Tensor = (queries @ keys.transpose(-1, -2)).float() / keys.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=-1)


class AdditiveScore(nn.Module):
    """How well each slot matches the query: e_i = w . tanh(key_i + U query) (Bahdanau et al. 2014)."""

    def __init__(self, query_size: int, key_size: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_size, key_size)
        self.weight = nn.Linear(key_size, 1, bias=False)  # a bias would add the same to every slot

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        """Scores (B, S) of keys (B, S, K) against queries (B, Q)."""
        scores: Tensor = self.weight(torch.tanh(keys + self.query(query).unsqueeze(1)))  # (B, S, 1)
        return scores.squeeze(2)
