"""``adaptive``: ``lstm`` with a sentinel that says "this word needs no look" (Lu et al. 2017).

Beside the cells stands one slot more, which holds no part of the photo but what the network has in its memory, and
competes with them for the look. With the paper's symbols and equation numbers; e_ti and a_i are those of ``lstm``:

    g_t  = sigmoid(W_x E y_{t-1} + W_h h_{t-1})                   what of its memory may be seen             (9)
    s_t  = g_t * tanh(c_{t-1})                                    the sentinel                              (10)
    e_t0 = w . tanh(W_s s_t + U h_{t-1}) + b + log S              scored as a cell is                       (12)
    beta_t, alpha^_t = softmax([e_t0; e_t1; ...; e_tS])           one look, shared by cells and sentinel    (12)
    z_t  = beta_t V_s s_t + sum_i alpha^_ti a_i                   the glimpse                               (11, 13)

The weights of the cells that a trace holds are alpha^_ti / (1 - beta_t), which sum to 1; beta_t stands beside them as
``on_nothing``. A gaze that is decided moves the cells' part of the look and leaves the sentinel's as it is.

As in ``lstm`` the look comes before the recurrence, where the paper's comes after it, so the sentinel is of the state
before the word. That lets it begin as ``soft``, and the bias b, which the paper does not have, starts low, where the
cells win. With log S the sentinel meets the mean of the S cells, so that its share in use, where there are four times
as many, is that of training.
"""

import math

import torch
from torch import Tensor, nn

from core.attention import Look, attend
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes, LSTMSlots, LSTMState

LOW = -2.0  # where the bias of the sentinel's score starts


class AdaptiveCaptioner(LSTMCaptioner):
    """Looks at the photo as far as the next word needs it."""

    architecture = "adaptive"

    def __init__(self, sizes: LSTMSizes) -> None:
        super().__init__(sizes)
        if sizes.attention != "soft":
            raise ValueError(f"A sentinel shares a weighted mean; attention is soft, not {sizes.attention}.")
        self.sentinel_gate = nn.Linear(sizes.embedding + sizes.hidden, sizes.hidden)
        self.sentinel_key = nn.Linear(sizes.hidden, sizes.key, bias=False)
        self.sentinel_value = nn.Linear(sizes.hidden, sizes.value, bias=False)
        self.sentinel_bias = nn.Parameter(torch.full((1,), LOW))

    def look(
        self,
        y: Tensor,
        state: LSTMState,
        slots: LSTMSlots,
        mask: Tensor | None = None,
        noise: Tensor | None = None,
        straight: bool = False,
    ) -> Look:
        sentinel = torch.sigmoid(self.sentinel_gate(torch.cat([y, state.h], 1))) * torch.tanh(state.c)  # (B, H)
        keys = torch.cat([self.sentinel_key(sentinel).unsqueeze(1), slots.keys], 1)  # (B, 1 + S, K)
        scores = self.score(state.h, keys).float()
        own, cells = scores[:, :1] + self.sentinel_bias, scores[:, 1:]
        own = own + math.log(cells.shape[1])
        beta = torch.sigmoid(own - cells.logsumexp(1, keepdim=True))  # (B, 1), its part of the softmax over all
        seen = attend("soft", cells, slots.values, mask)
        glimpse = beta * self.sentinel_value(sentinel) + (1 - beta) * seen.glimpse
        return Look(seen.alpha, glimpse, None, beta.squeeze(1))
