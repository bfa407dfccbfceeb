"""The captioner: a recurrent network that looks at the grid before every word (Xu et al. 2015).

One step, with the paper's symbols and equation numbers. a_i is a cell of the grid, normalised and projected; the
biases of linear maps inside an equation are left out.

    e_ti     = w . tanh(K a_i + U h_{t-1})               how well cell i matches the state         (4)
    alpha_t  = softmax(e_t)                              where it looks                            (5)
    beta_t   = sigmoid(f . h_{t-1})                      the gate: how much of it counts           section 4.2.1
    z_t      = beta_t attend(alpha_t, a)                 the glimpse                               (6; 9 hard, 13 soft)
    h_t, c_t = LSTM([E y_{t-1}; z_t], h_{t-1}, c_{t-1})                                            (1-3)
    p(y_t)   = softmax(E' tanh(E y_{t-1} + L_h h_t + L_z z_t) + b)                                 (7)

The last, the deep output, departs from the paper: it has a tanh and a bias b, and reads words out with the
embedding E transposed instead of a matrix of its own.

``none``, ``soft`` and ``hard`` differ in ``attend`` alone: same eyes, same words.
"""

from dataclasses import asdict, dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.attention import AdditiveScore, Kind, Look, attend
from core.captioning.encoder import CHANNELS


@dataclass(frozen=True)
class CaptionerSizes:
    """The captioner's sizes and its dropout. ``attention`` is the kind of look, the one thing that differs."""

    attention: Kind
    vocabulary: int
    channels: int = CHANNELS
    value: int = 512
    key: int = 256
    embedding: int = 256
    hidden: int = 512
    dropout: float = 0.5

    def to_dict(self) -> dict:
        return asdict(self)


class Slots(NamedTuple):
    """What the decoder keeps of a grid: computed once, looked over at every word."""

    values: Tensor  # (B, S, V)
    keys: Tensor  # (B, S, K), (B, S, 0) for none, which compares nothing

    def repeat(self, times: int) -> "Slots":
        """Each photo ``times`` times in a row: (B * times, ...)."""
        return Slots(*(x.repeat_interleave(times, dim=0) for x in self))


class State(NamedTuple):
    """The recurrence's memory: (B, H) each."""

    h: Tensor
    c: Tensor

    def select(self, rows: Tensor) -> "State":
        return State(self.h[rows], self.c[rows])


class Step(NamedTuple):
    """One word's outcome: the deep output (B, E), the new state, the look and its gate (B,)."""

    deep: Tensor
    state: State
    look: Look
    gate: Tensor


class Captioner(nn.Module):
    """Says what is on a grid, a word at a time. Knows nothing of decoding or of training."""

    def __init__(self, sizes: CaptionerSizes):
        super().__init__()
        self.sizes = sizes
        self.values = nn.Sequential(
            nn.LayerNorm(sizes.channels), nn.Linear(sizes.channels, sizes.value), nn.LayerNorm(sizes.value)
        )
        if sizes.attention != "none":
            self.keys = nn.Linear(sizes.value, sizes.key, bias=False)
            self.score = AdditiveScore(sizes.hidden, sizes.key)
        self.begin = nn.Linear(sizes.value, 2 * sizes.hidden)
        self.gate = nn.Linear(sizes.hidden, 1)
        self.embed = nn.Embedding(sizes.vocabulary, sizes.embedding)
        self.lstm = nn.LSTMCell(sizes.embedding + sizes.value, sizes.hidden)
        self.from_hidden = nn.Linear(sizes.hidden, sizes.embedding)
        self.from_glimpse = nn.Linear(sizes.value, sizes.embedding, bias=False)
        self.bias = nn.Parameter(torch.zeros(sizes.vocabulary))
        self.dropout = nn.Dropout(sizes.dropout)
        nn.init.normal_(self.embed.weight, std=sizes.embedding**-0.5)
        nn.init.ones_(self.gate.bias)  # begin by letting the glimpse through

    def view(self, grids: Tensor) -> tuple[Slots, State]:
        """Prepare grids (B, S, channels) for looking over, and the state before the first word."""
        values = self.values(grids)
        h, c = self.begin(values.mean(dim=1)).chunk(2, dim=1)
        keys = values[..., :0] if self.sizes.attention == "none" else self.keys(values)
        return Slots(values, keys), State(torch.tanh(h), torch.tanh(c))

    def step(
        self,
        tokens: Tensor,
        state: State,
        slots: Slots,
        mask: Tensor | None = None,
        noise: Tensor | None = None,
        straight: bool = False,
    ) -> Step:
        """Look, update the state, and give what the next word is read from (see :meth:`read_out`).

        Args:
            tokens: (B,) the words before.
            state: the state before this word.
            slots: what to look over, B photos.
            mask: (B, S) the cells that may be looked at, None for all.
            noise: (B, S) Gumbel noise with which ``hard`` samples its cell, None for the most likely one.
            straight: whether gradients pass straight through that choice, in training (see :func:`attend`).
        """
        if self.sizes.attention == "none":
            scores = slots.values.new_zeros(slots.values.shape[:2])
        else:
            scores = self.score(state.h, slots.keys)  # (B, S)
        look = attend(self.sizes.attention, scores, slots.values, mask, noise, straight)
        gate = torch.sigmoid(self.gate(state.h))  # (B, 1)
        z = gate * look.glimpse  # (B, V)
        y = self.embed(tokens)  # (B, E)
        state = State(*self.lstm(torch.cat([self.dropout(y), z], dim=1), state))
        deep = y + self.from_hidden(self.dropout(state.h)) + self.from_glimpse(z)  # (B, E)
        return Step(deep, state, look, gate.squeeze(1))

    def read_out(self, deep: Tensor) -> Tensor:
        """Logits of every word for deep outputs (..., E)."""
        return self.dropout(torch.tanh(deep)) @ self.embed.weight.T + self.bias
