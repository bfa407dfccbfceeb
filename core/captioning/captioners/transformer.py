"""``transformer``: attention alone, over the words before and over the grid (Vaswani et al. 2017).

Where ``lstm`` carries what it saw and said in one state, here every word looks back at all words before it, and several
heads look over the grid at once, in every layer. One word's way, with the paper's section numbers; a_i is a cell of the
grid, normalised and projected as in ``lstm``, and the biases of linear maps are left out:

    attention(q, K, V) = sum_i softmax_i(q . K_i / sqrt(d)) V_i                                    (1)
    heads(q, X) = O [attention(Q_1 q, K_1 X, V_1 X); ...; attention(Q_H q, K_H X, V_H X)]          3.2.2
    x_t = sqrt(D) E y_{t-1} + p_t           the word before and its place (sines and cosines)      3.4, 3.5
    u_t = x_t + heads(|x_t|, |x_1..t|)      what was said so far                                   3.2.3
    v_t = u_t + heads(|u_t|, a)             where it looks: a weight a head and a cell             3.2.3
    x_t = v_t + W_2 gelu(W_1 |v_t|)         and into the next layer                                3.3
    p(y_t) = softmax(E |x_t| + b)           words are read out with the embedding itself           3.4

|x| is a layer norm; it comes before each part, not after (Xiong et al. 2020), which learns without a long warm-up. For
comparison, Xu et al. (2015) score a cell by w . tanh(K a_i + U h) from one state, once a word; here a dot product does,
layers x heads times a word. The dot product costs less, and each head has keys of its own to compare by.

What a word's heads need of the words before are their keys and values: a caption under way carries them along, so a
word costs one pass of one word. What is drawn of a word is the mean of the weights of all heads of all layers.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self, cast

import torch
from torch import Tensor, nn

from core.attention import Look, scaled_dot_product
from core.captioning.captioner import Captioner, CaptionerSizes, Step


@dataclass(frozen=True)
class TransformerSizes(CaptionerSizes):
    """Its sizes and its dropout. ``size`` is D, which the heads share; ``inner`` is that of W_1."""

    value: int = 512
    size: int = 256
    layers: int = 3
    heads: int = 4
    inner: int = 1024
    dropout: float = 0.2


class KeysAndValues(NamedTuple):
    """What all heads of all layers compare with and bring back, of n cells or words so far: (B, L, H, n, D / H)."""

    keys: Tensor
    values: Tensor

    def select(self, rows: Tensor | slice) -> "KeysAndValues":
        return KeysAndValues(self.keys[rows], self.values[rows])


class TransformerCaptioner(Captioner):
    """Looks with every head of every layer, and carries on the keys and values of the words that it wrote."""

    architecture = "transformer"
    sizes: TransformerSizes

    def __init__(self, sizes: TransformerSizes) -> None:
        super().__init__()
        if sizes.attention == "hard":
            raise ValueError("The heads of a transformer take weighted means; hard attention has one cell.")
        if sizes.heads < 1 or sizes.size % sizes.heads or sizes.size % 2:
            raise ValueError(f"{sizes.size} numbers cannot be shared by {sizes.heads} heads, or are not even.")
        self.sizes = sizes
        self.values = nn.Sequential(
            nn.LayerNorm(sizes.channels), nn.Linear(sizes.channels, sizes.value), nn.LayerNorm(sizes.value)
        )
        self.embed = nn.Embedding(sizes.vocabulary, sizes.size)
        self.layers = nn.ModuleList(_Layer(sizes) for _ in range(sizes.layers))
        self.norm = nn.LayerNorm(sizes.size)
        self.bias = nn.Parameter(torch.zeros(sizes.vocabulary))
        self.dropout = nn.Dropout(sizes.dropout)
        nn.init.normal_(self.embed.weight, std=sizes.size**-0.5)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        return cls(TransformerSizes(**config["model"]))

    def view(self, grids: Tensor) -> tuple[KeysAndValues, KeysAndValues]:
        values = self.values(grids)
        cells = [cast(_Layer, layer).of_cells(values) for layer in self.layers]
        slots = KeysAndValues(torch.stack([k for k, _ in cells], 1), torch.stack([v for _, v in cells], 1))
        nothing = slots.keys[:, :, :, :0]
        return slots, KeysAndValues(nothing, nothing)

    def step(
        self,
        tokens: Tensor,
        state: KeysAndValues,
        slots: KeysAndValues,
        mask: Tensor | None = None,
        noise: Tensor | None = None,
        straight: bool = False,
    ) -> Step:
        deep, after, look = self._pass(tokens.unsqueeze(1), state, slots, mask)
        look = Look(look.alpha.squeeze(1), look.glimpse.squeeze(1), None)
        return Step(deep.squeeze(1), after, look, look.glimpse.new_ones(len(tokens)))

    def read(
        self,
        tokens: Tensor,
        going: Sequence[int],
        state: KeysAndValues,
        slots: KeysAndValues,
        noises: Tensor | None = None,
        straight: bool = False,
    ) -> Step:
        """All words at once: no word waits for what comes of the one before it."""
        deep, after, look = self._pass(tokens, state, slots)
        rows = torch.arange(len(tokens), device=tokens.device)
        read = torch.stack([rows < n for n in going], 0)  # (T, R), step after step

        def laid_out(x: Tensor) -> Tensor:
            return x.transpose(0, 1)[read]

        look = Look(laid_out(look.alpha), laid_out(look.glimpse), None)
        return Step(laid_out(deep), after, look, look.glimpse.new_ones(sum(going)))

    def _pass(
        self, tokens: Tensor, state: KeysAndValues, slots: KeysAndValues, mask: Tensor | None = None
    ) -> tuple[Tensor, KeysAndValues, Look]:
        """(B, T) words after those of the state -> deep (B, T, D), the state with them, and where each looked."""
        begun = state.keys.shape[3]
        x = math.sqrt(self.sizes.size) * self.embed(tokens) + places(begun, tokens.shape[1], self.sizes.size).to(
            tokens.device
        )
        x = self.dropout(x)
        alphas, glimpses, keys, values = [], [], [], []
        for n, layer in enumerate(self.layers):
            before = (state.keys[:, n], state.values[:, n])
            x, words, alpha, glimpse = layer(x, before, (slots.keys[:, n], slots.values[:, n]), mask)
            alphas.append(alpha)
            glimpses.append(glimpse)
            keys.append(words[0])
            values.append(words[1])
        look = Look(torch.stack(alphas, 2), torch.cat(glimpses, 2), None)
        return self.norm(x), KeysAndValues(torch.stack(keys, 1), torch.stack(values, 1)), look

    def read_out(self, deep: Tensor) -> Tensor:
        kept: Tensor = self.dropout(deep)
        return kept @ self.embed.weight.T + self.bias


class _Layer(nn.Module):
    """Words look at words, then at cells, then each is thought over by itself."""

    def __init__(self, sizes: TransformerSizes):
        super().__init__()
        size = sizes.size
        self.heads, self.looks = sizes.heads, sizes.attention != "none"
        self.before_words, self.before_cells, self.before_inner = (nn.LayerNorm(size) for _ in range(3))
        self.words = nn.Linear(size, 3 * size)  # queries, keys and values
        self.from_words = nn.Linear(size, size)
        self.query = nn.Linear(size, size)
        self.cells = nn.Linear(sizes.value, 2 * size)  # keys and values
        self.from_cells = nn.Linear(size, size)
        self.inner = nn.Sequential(nn.Linear(size, sizes.inner), nn.GELU(), nn.Linear(sizes.inner, size))
        self.dropout = nn.Dropout(sizes.dropout)

    def of_cells(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """The keys and values (B, H, S, D / H) of cells (B, S, V)."""
        keys, of = self.cells(values).chunk(2, dim=2)
        return self._split(keys), self._split(of)

    def forward(
        self, x: Tensor, before: tuple[Tensor, Tensor], cells: tuple[Tensor, Tensor], mask: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor, Tensor]:
        """Words (B, T, D) -> the same further on; the keys and values of all words so far; the weights (B, T, H, S)
        of the look over the cells and the heads' glimpses side by side (B, T, D)."""
        queries, *own = (self._split(part) for part in self.words(self.before_words(x)).chunk(3, dim=2))
        keys, values = (torch.cat([old, new.to(old.dtype)], 2) for old, new in zip(before, own, strict=True))
        said = torch.ones(x.shape[1], keys.shape[2], dtype=torch.bool, device=x.device)
        said = said.tril(keys.shape[2] - x.shape[1])  # no word sees one that comes after it
        told = self._join(scaled_dot_product(queries, keys, said).to(values.dtype) @ values)
        x = x + self.dropout(self.from_words(told))
        queries = self._split(self.query(self.before_cells(x)))
        if not self.looks:
            queries = torch.zeros_like(queries)
        alpha = scaled_dot_product(queries, cells[0], None if mask is None else mask[:, None, None])
        glimpse = self._join(alpha.to(cells[1].dtype) @ cells[1])
        x = x + self.dropout(self.from_cells(glimpse))
        x = x + self.dropout(self.inner(self.before_inner(x)))
        return x, (keys, values), alpha.transpose(1, 2), glimpse

    def _split(self, x: Tensor) -> Tensor:
        """(B, n, D) -> (B, H, n, D / H)."""
        return x.view(*x.shape[:2], self.heads, -1).transpose(1, 2)

    def _join(self, x: Tensor) -> Tensor:
        """(B, H, n, D / H) -> (B, n, D)."""
        return x.transpose(1, 2).flatten(2)


def places(first: int, count: int, size: int) -> Tensor:
    """(count, size) what tells the places of words apart, from place ``first`` on (3.5): pairs of a sine and a cosine,
    their wavelengths from 2 pi to 10000 x 2 pi words."""
    place = torch.arange(first, first + count, dtype=torch.float32).unsqueeze(1)
    angle = place * torch.exp(torch.arange(0, size, 2) * (-math.log(10_000.0) / size))
    return torch.stack([angle.sin(), angle.cos()], 2).flatten(1)
