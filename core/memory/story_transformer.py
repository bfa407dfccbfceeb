"""A transformer over stories (Vaswani et al. 2017): the sentences attend to one another, the question to them all.

In each layer the sentences look at one another (self-attention), then the question looks at the sentences, several
heads at once: softmax(Q K^T / sqrt(d_k)) V, equation 1 of "Attention Is All You Need". What the question looks at in a
layer is a hop of the trace: the mean over its heads is drawn, and every head is kept.

Where a sentence stands is told by relative positions (Shaw et al. 2018, "Self-Attention with Relative Position
Representations", equation 4): a key gets a vector added that depends on how far it is from who looks. That vector is
linear in a few numbers of the distance, so that distances which training rarely shows share what was learnt.

Three things differ from these papers. What the question brings back are the sentences themselves, not what the layers
made of them: what stands around a sentence says how well it fits, but only what the question looks at can reach the
answer. A head may look at nothing (one more key, whose value is zero), so that it can tell whether any sentence fits,
and how many do. And the question's distances are counted from the story's end and from where it looked before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.memory.bags import Lexicon, Stories, sentence_vectors
from core.memory.lexicon_network import HopOutputs, LexiconNetwork, described

NEVER = -1e4  # the score of a sentence that is not there: finite, so that its gradient is
DISTANCE = 7  # numbers that say how far one sentence is from another, see :func:`distances`
NEAR = 10  # sentences away that count as near


@dataclass(frozen=True)
class StoryTransformerSizes:
    """What decides the network's shape.

    Attributes:
        words: of the lexicon.
        layers: each is a hop of the trace.
        heads: of every attention; they share the width among them.
        width: d, of every vector.
        hidden: of the question's feed-forward layers; a quarter of it in those of the sentences.
        memory: the last so many sentences are remembered.
    """

    words: int
    answers: int
    layers: int = 4
    heads: int = 4
    width: int = 64
    hidden: int = 256
    memory: int = 50
    attention: str = "soft"


class QuestionLook(NamedTuple):
    """How the question looks at the sentences in one layer.

    Attributes:
        by_meaning: (B, heads, S) q . k / sqrt(d_k), what a sentence says beside what is asked.
        by_place: (B, heads, S) q . a / sqrt(d_k), where the sentence stands.
        nothing: (B, heads) the score of looking at no sentence.
        heads: (B, heads, S) the weights: the softmax over the sum of both, and over looking at nothing.
    """

    by_meaning: Tensor
    by_place: Tensor
    nothing: Tensor
    heads: Tensor

    @property
    def weights(self) -> Tensor:
        """(B, S) the mean over the heads; with what rested on nothing it sums to 1."""
        return self.heads.mean(1)


class FeedForward(nn.Module):
    """Two linear layers (Vaswani et al., section 3.3), the hidden units gated by others ("GEGLU", Shazeer 2020)."""

    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.hidden = nn.Linear(width, 2 * hidden)
        self.out = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """(..., d) what is added to each vector."""
        one, other = self.hidden(self.norm(x)).chunk(2, dim=-1)
        added: Tensor = self.out(F.gelu(one) * other)
        return added


class SelfAttention(nn.Module):
    """The sentences look at one another."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.looks = nn.Linear(width, 3 * width)  # queries, keys and values of all heads
        self.place = nn.Parameter(torch.randn(heads, width // heads, DISTANCE) * 0.1)  # a = place . distances
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, mask: Tensor, between: Tensor) -> Tensor:
        """Sentences (B, S, d), where mask (B, S) has them; how far they are apart (S, S, DISTANCE) -> (B, S, d)."""
        b, s, width = x.shape
        looks = self.looks(self.norm(x)).view(b, s, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        queries, keys, values = looks.unbind(0)  # (B, heads, S, d_k) each
        by_place = torch.einsum("bhip,ijp->bhij", queries @ self.place, between)
        scores = (queries @ keys.transpose(2, 3) + by_place) * queries.shape[3] ** -0.5  # Shaw et al., eq. 4
        alpha = scores.masked_fill(~mask[:, None, None], NEVER).softmax(3)
        seen: Tensor = self.out((alpha @ values).transpose(1, 2).reshape(b, s, width))
        return seen


class QuestionAttention(nn.Module):
    """The question looks at the sentences, or at nothing."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm, self.norm_keys = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.place = nn.Parameter(torch.randn(heads, width // heads, 2 * DISTANCE) * 0.1)
        self.nothing = nn.Parameter(torch.zeros(heads, width // heads))  # the key of no sentence

    def forward(
        self, u: Tensor, x: Tensor, sentences: Tensor, places: Tensor, mask: Tensor, look: Tensor | None
    ) -> tuple[Tensor, QuestionLook]:
        """Look once.

        Args:
            u: (B, d) the question.
            x: (B, S, d) the sentences among the others, which it compares itself with.
            sentences: (B, S, d) what it brings back of each.
            places: (B, S, 2 DISTANCE) how far each is from the story's end, and from where the question looked before.
            mask: (B, S) where there are sentences.
            look: (B,) the one sentence that all heads are made to look at; None leaves them free.

        Returns:
            (B, d) what it brings back, and how it looked.
        """
        b, s, width = x.shape
        query = self.query(self.norm(u)).view(b, self.heads, -1)  # (B, heads, d_k)
        keys = self.key(self.norm_keys(x)).view(b, s, self.heads, -1)
        scale = query.shape[2] ** -0.5
        by_meaning = torch.einsum("bhd,bshd->bhs", query, keys) * scale
        by_place = torch.einsum("bhp,bsp->bhs", torch.einsum("bhd,hdp->bhp", query, self.place), places) * scale
        nothing = (query * self.nothing).sum(2) * scale
        scores = (by_meaning + by_place).masked_fill(~mask.unsqueeze(1), NEVER)
        heads = torch.cat([scores, nothing.unsqueeze(2)], dim=2).softmax(2)[..., :-1]
        if look is not None:
            heads = F.one_hot(look, s).to(heads.dtype).unsqueeze(1).expand(-1, self.heads, -1)
        values = self.value(sentences).view(b, s, self.heads, -1)
        brought: Tensor = self.out(torch.einsum("bhs,bshd->bhd", heads, values).reshape(b, width))
        return brought, QuestionLook(by_meaning, by_place, nothing, heads)


class Layer(nn.Module):
    """The sentences look at one another, then the question at them; each look is followed by a feed-forward layer."""

    def __init__(self, sizes: StoryTransformerSizes):
        super().__init__()
        self.among = SelfAttention(sizes.width, sizes.heads)
        self.think_sentences = FeedForward(sizes.width, max(1, sizes.hidden // 4))
        self.look = QuestionAttention(sizes.width, sizes.heads)
        self.think = FeedForward(sizes.width, sizes.hidden)


class StoryTransformer(LexiconNetwork):
    """The network."""

    network = "story-transformer"
    tells_when = (".place",)

    def __init__(
        self,
        sizes: StoryTransformerSizes,
        lexicon: Lexicon,
        answers: list[str],
        temperature: float = 1.0,
        dropout: float = 0.0,
    ):
        super().__init__("soft", lexicon, answers, sizes.layers, sizes.memory, temperature)
        self.sizes = sizes
        self.words = nn.Parameter(torch.randn(sizes.words, 2, sizes.width) * 0.3)  # in sentences, in questions
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))
        self.norm = nn.LayerNorm(sizes.width)
        self.say = nn.Linear(sizes.width, len(answers))
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, stories: Stories, looks: Mapping[int, Tensor] = MappingProxyType({})
    ) -> tuple[Tensor, list[QuestionLook]]:
        """Score every answer.

        Args:
            stories: B questions.
            looks: by layer, (B,) the one sentence that all heads of the question are made to look at.

        Returns:
            (B, A) scores of the answers, and how the question looked in each layer.
        """
        mask, drop = stories.mask, self.dropout
        told, asked = sentence_vectors(stories, self.words)
        told, u = drop(told), drop(asked)
        x = told
        slots = torch.arange(mask.shape[1], device=mask.device)
        between = distances(slots - slots.unsqueeze(1))  # (S, S, DISTANCE), from the first to the second
        from_end = distances(-1 - stories.ages)  # the question is asked after the last sentence
        before = torch.zeros_like(from_end)
        found: list[QuestionLook] = []
        for number, layer in enumerate(self.layers):
            assert isinstance(layer, Layer)
            x = x + drop(layer.among(x, mask, between))
            x = x + drop(layer.think_sentences(x))
            places = torch.cat([from_end, before], dim=2)
            brought, look = layer.look(u, x, told, places, mask, looks.get(number))
            u = u + drop(brought)
            u = u + drop(layer.think(u))
            found.append(look)
            before = torch.einsum("bj,jip->bip", look.weights.detach(), between)
        return self.say(self.norm(u)), found

    def look_and_score(self, stories: Stories, looks: Mapping[int, Tensor]) -> HopOutputs:
        scores, found = self(stories, looks)
        weights = torch.stack([look.weights for look in found], dim=1)  # (B, layers, S)
        gate = weights.sum(2)
        even = 1 / stories.mask.sum(1).view(-1, 1, 1)  # where all rested on nothing: of that, each has as much
        return HopOutputs(
            scores,
            alpha=torch.where(gate.unsqueeze(2) > 0, weights / gate.unsqueeze(2), even),
            taken=torch.full((len(scores),), self.hops),
            gate=gate,
            heads=torch.stack([look.heads for look in found], dim=1),
        )


def distances(steps: Tensor) -> Tensor:
    """(..., DISTANCE) what says how far a sentence is, so many steps (...) on; a negative number is told before."""
    steps = steps.float()
    far, near = steps.abs() / NEAR, 1 / (1 + steps.abs())
    before, after = (steps < 0).float(), (steps > 0).float()
    here = 1 - before - after
    return torch.stack([before, before * far, before * near, here, after, after * far, after * near], dim=-1)


def build(config: Mapping[str, Any]) -> StoryTransformer:
    """The network that a config describes; see ``core.memory.registry.load``."""
    sizes, lexicon, answers, temperature = described(config, StoryTransformerSizes)
    if sizes.attention != "soft" or sizes.width % sizes.heads:
        raise ValueError("There is no such attention, or its heads cannot share the width.")
    return StoryTransformer(sizes, lexicon, answers, temperature)
