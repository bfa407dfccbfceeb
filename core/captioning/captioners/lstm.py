"""``lstm``: a recurrent network that looks at the grid before every word (Xu et al. 2015).

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

``none``, ``soft`` and ``hard`` differ in ``attend`` alone: same encoder, same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor, nn

from core.attention import AdditiveScore, Look, attend
from core.captioning.captioner import Captioner, CaptionerSizes, Step


@dataclass(frozen=True)
class LSTMSizes(CaptionerSizes):
    """Its sizes and its dropout. ``attention`` is the kind of look, the one thing that differs."""

    value: int = 512
    key: int = 256
    embedding: int = 256
    hidden: int = 512
    dropout: float = 0.5


class LSTMSlots(NamedTuple):
    """The cells of a grid, projected."""

    values: Tensor  # (B, S, V)
    keys: Tensor  # (B, S, K), (B, S, 0) for none, which compares nothing

    def select(self, rows: Tensor | slice) -> "LSTMSlots":
        return LSTMSlots(self.values[rows], self.keys[rows])


class LSTMState(NamedTuple):
    """The recurrence's memory: (B, H) each."""

    h: Tensor
    c: Tensor

    def select(self, rows: Tensor | slice) -> "LSTMState":
        return LSTMState(self.h[rows], self.c[rows])


class LSTMCaptioner(Captioner):
    """Looks with its hidden state, and carries on in its cell what it saw and said."""

    architecture = "lstm"
    sizes: LSTMSizes

    def __init__(self, sizes: LSTMSizes) -> None:
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

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        return cls(LSTMSizes(**config["model"]))

    def view(self, grids: Tensor) -> tuple[LSTMSlots, LSTMState]:
        values = self.values(grids)
        h, c = self.begin(values.mean(dim=1)).chunk(2, dim=1)
        keys = values[..., :0] if self.sizes.attention == "none" else self.keys(values)
        return LSTMSlots(values, keys), LSTMState(torch.tanh(h), torch.tanh(c))

    def step(
        self,
        tokens: Tensor,
        state: LSTMState,
        slots: LSTMSlots,
        mask: Tensor | None = None,
        noise: Tensor | None = None,
        straight: bool = False,
    ) -> Step:
        y = self.embed(tokens)  # (B, E)
        look = self.look(y, state, slots, mask, noise, straight)
        gate = torch.sigmoid(self.gate(state.h))  # (B, 1)
        z = gate * look.glimpse  # (B, V)
        state = LSTMState(*self.lstm(torch.cat([self.dropout(y), z], dim=1), state))
        deep = y + self.from_hidden(self.dropout(state.h)) + self.from_glimpse(z)  # (B, E)
        return Step(deep, state, look, gate.squeeze(1))

    def look(
        self,
        y: Tensor,
        state: LSTMState,
        slots: LSTMSlots,
        mask: Tensor | None = None,
        noise: Tensor | None = None,
        straight: bool = False,
    ) -> Look:
        """Where it looks after the word embedded as ``y`` (B, E), which this look does not ask for; the rest as in
        :meth:`step`."""
        if self.sizes.attention == "none":
            scores = slots.values.new_zeros(slots.values.shape[:2])
        else:
            scores = self.score(state.h, slots.keys)  # (B, S)
        return attend(self.sizes.attention, scores, slots.values, mask, noise, straight)

    def read_out(self, deep: Tensor) -> Tensor:
        kept: Tensor = self.dropout(torch.tanh(deep))
        return kept @ self.embed.weight.T + self.bias


def as_lstm(captioner: Captioner) -> LSTMCaptioner:
    """The same captioner, for what looks inside of it.

    Raises:
        ValueError: it is of another architecture.
    """
    if not isinstance(captioner, LSTMCaptioner) or captioner.architecture != LSTMCaptioner.architecture:
        raise ValueError(f"Only an LSTM can be looked into here; this captioner is {captioner.architecture!r}.")
    return captioner
