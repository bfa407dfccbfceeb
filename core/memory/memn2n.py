"""End-To-End Memory Network (Sukhbaatar et al. 2015): soft attention over sentences, hop after hop.

u is the question; each hop looks over the memories m_i, brings back o = sum of p_i c_i with p = softmax(u . m_i), and
the next hop's query is u + o. Adjacent tying: what a hop brings back with (C) is what the next one looks with (A), the
question is read with the first A, and the answer is written with the last C.

As in the authors' code the memory has a fixed number of slots, and those that no sentence fills are looked at too: they
score 0 and bring back nothing. Here that is a gate: the share of the softmax that falls on sentences at all is how much
of o is let through, and p is what each sentence has of that share. Without it a network could tell only which sentence
fits best, not how well: whether Mary *is* in the kitchen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from core.attention import Kind, attend
from core.memory.bags import Lexicon, Stories, encode, place, position_encoding, weights
from core.memory.lexicon_network import HopOutputs, LexiconNetwork, described_sizes, temperature
from core.memory.registry import StoryQuery

INPUTS = ("both", "story", "question")  # what a network is shown; those that see one only are the blind baselines


@dataclass(frozen=True)
class MemN2NSizes:
    """What decides the network's shape; the defaults are the paper's for all tasks at once.

    Attributes:
        attention: "soft", or "none": the mean of all sentences.
        words: of the lexicon.
        width: d, of every vector.
        memory: the last so many sentences are remembered.
        longest: words are placed as in sentences of so many, the sentence's age as the last of them.
        sees: the other half of what it is given is emptied: "story" sees no question, "question" no story.
    """

    attention: Kind
    words: int
    hops: int = 3
    width: int = 50
    memory: int = 50
    longest: int = 12
    sees: str = "both"


class Gated(NamedTuple):
    """What one hop looked at.

    Attributes:
        alpha: (B, S) the weights of the sentences.
        gate: (B,) how much of their weighted mean was let through.
    """

    alpha: Tensor
    gate: Tensor


class MemN2N(LexiconNetwork):
    """The network. ``words[:, k]`` is A of hop k and C of hop k - 1; ``times[:, k]`` the same for a sentence's age."""

    network = "memn2n"
    tells_when = ("times",)

    def __init__(self, sizes: MemN2NSizes, lexicon: Lexicon, temperature: float = 1.0):
        blind = sizes.sees == "question"
        super().__init__(sizes.attention, lexicon, lexicon.words, sizes.hops, sizes.memory, temperature, blind)
        self.sizes = sizes
        self.words = nn.Parameter(torch.randn(sizes.words, sizes.hops + 1, sizes.width) * 0.1)
        self.times = nn.Parameter(torch.randn(sizes.memory, sizes.hops + 1, sizes.width) * 0.1)

    def forward(
        self,
        stories: Stories,
        ages: Tensor | None = None,
        looks: Mapping[int, Tensor] = MappingProxyType({}),
        linear: bool = False,
    ) -> tuple[Tensor, list[Gated]]:
        """Score every word as the answer.

        Args:
            stories: B questions.
            ages: (B, S) the sentences' ages, 0 for the most recent; those of the stories if None.
            looks: by hop, (B,) where it is made to look, with all that it brings back let through.
            linear: without the softmax over the memories, as training begins ("linear start").

        Returns:
            (B, V) scores of the lexicon's words, and what each hop looked at.
        """
        mask = stories.mask  # (B, S)
        ages = stories.ages if ages is None else ages
        rows = stories.memory[mask]  # (N,): all sentences of the batch, one after the other
        # Each distinct sentence is read once, by all matrices: H + 1 times (U, d).
        distinct, which = torch.unique(torch.cat([rows, stories.question]), return_inverse=True)
        read = position_encoding(stories, distinct, self.words).unbind(1)
        sentences, ages = which[: len(rows)], ages[mask]  # (N,)
        u = read[0].index_select(0, which[len(rows) :])  # (B, d)
        aged = self._aged().unbind(1)
        memories = [
            _rows(mask, r.index_select(0, sentences) + a.index_select(0, ages)) for r, a in zip(read, aged, strict=True)
        ]
        slots = torch.arange(mask.shape[1], device=mask.device)
        hops = []
        for hop in range(self.sizes.hops):
            scores = torch.bmm(memories[hop], u.unsqueeze(2)).squeeze(2)  # (B, S): u . m_i
            if linear:
                u = u + torch.bmm(scores.unsqueeze(1), memories[hop + 1]).squeeze(1)
                continue
            where = slots == looks[hop].unsqueeze(1) if hop in looks else mask
            alpha, glimpse, *_ = attend(self.attention, scores, memories[hop + 1], where)
            gate = torch.ones_like(scores[:, 0])
            if self.attention == "soft" and hop not in looks:
                gate = self._gate(scores, mask)
            hops.append(Gated(alpha, gate))
            u = u + gate.unsqueeze(1) * glimpse
        return u @ self.words[:, -1].T, hops

    def _gate(self, scores: Tensor, mask: Tensor) -> Tensor:
        """(B,) the share of a softmax over all slots of the memory that falls on those with a sentence."""
        empty = (self.sizes.memory - mask.sum(1)).clamp(min=0)
        return torch.sigmoid(scores.masked_fill(~mask, float("-inf")).logsumexp(1) - empty.log())

    def _aged(self) -> Tensor:
        """(memory, H + 1, d) what a sentence's age adds to its vectors: one more word, the last."""
        last = place(torch.tensor(self.sizes.longest, device=self.times.device), self.sizes.longest)
        return self.times * weights(last, self.sizes.width)

    def look_and_score(self, stories: Stories, looks: Mapping[int, Tensor]) -> HopOutputs:
        scores, hops = self(stories, looks=looks)
        return HopOutputs(
            scores,
            alpha=torch.stack([hop.alpha for hop in hops], dim=1),
            taken=torch.full((len(scores),), self.hops),
            gate=torch.stack([hop.gate for hop in hops], dim=1),
        )

    def encode(self, questions: Sequence[StoryQuery]) -> Stories:
        shown = list(questions)
        if self.sizes.sees == "story":
            shown = [StoryQuery(query.sentences, "") for query in questions]
        elif self.sizes.sees == "question":
            shown = [StoryQuery(("",), query.question) for query in questions]
        return encode(shown, self.lexicon, self.memory, self.sizes.longest)

    def config(self) -> dict[str, Any]:
        """What :func:`build` reads; its answers are the words."""
        config = {**super().config(), "blind": self.sizes.sees != "both"}
        del config["answers"]
        return config


def _rows(mask: Tensor, sentences: Tensor) -> Tensor:
    """(B, S, d) the sentences (N, d) of all questions in a row for each, zero where mask (B, S) has none."""
    if mask.all():
        return sentences.view(*mask.shape, sentences.shape[1])
    places = mask.flatten().nonzero().squeeze(1)  # (N,)
    rows = sentences.new_zeros(mask.numel(), sentences.shape[1])
    return rows.index_copy(0, places, sentences).view(*mask.shape, sentences.shape[1])


def build(config: Mapping[str, Any]) -> MemN2N:
    """The network that a config describes; see ``core.memory.registry.load``."""
    sizes, lexicon = described_sizes(config, MemN2NSizes), Lexicon(config["vocabulary"])
    fits = sizes.words == len(lexicon) and sizes.attention == config["attention"]
    if not fits or sizes.attention not in ("none", "soft") or sizes.sees not in INPUTS:
        raise ValueError("Its parts contradict each other.")
    return MemN2N(sizes, lexicon, temperature(config))
