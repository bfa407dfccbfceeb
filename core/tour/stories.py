"""A memory network's looks by hand: each number of a hop, computed with the network's weights but without its code.

``by_hand`` writes the papers' equations out for one story; that it agrees with the network is what the tour shows,
and what a test checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.memory.memn2n import MemN2N
from core.memory.memnn import NEVER, MemNN
from core.memory.registry import StoryQuery
from core.memory.story import tokens

PRODUCTS = 3  # of a dot product that are shown


@dataclass(frozen=True)
class SoftHop:
    """One hop of MemN2N.

    Attributes:
        query: (d,) u.
        memories: (S, d) m_i, what the hop looks with.
        outputs: (S, d) c_i, what it brings back.
        scores: (S,) u . m_i; all 0 for a network without attention.
        exps: (S,) exp of them.
        weights: (S,) p_i = exp_i / sum.
        empty: slots without a sentence, each with score 0 and so with exp 1.
        gate: the share of the sentences in the sum of all slots; 1 for a network without attention.
        brought: (d,) o = gate * sum p_i c_i.
    """

    query: np.ndarray
    memories: np.ndarray
    outputs: np.ndarray
    scores: np.ndarray
    exps: np.ndarray
    weights: np.ndarray
    empty: int
    gate: float
    brought: np.ndarray

    def products(self, sentence: int) -> list[tuple[float, float]]:
        """The pairs u_k, m_ik with the largest products, the largest first."""
        order = np.argsort(-np.abs(self.query * self.memories[sentence]))[:PRODUCTS]
        return [(float(self.query[k]), float(self.memories[sentence][k])) for k in order]


@dataclass(frozen=True)
class Soft:
    """All hops of MemN2N and its answers, best first, with their probabilities."""

    hops: tuple[SoftHop, ...]
    answers: list[tuple[str, float]]


def by_hand(network: MemN2N, sentences: Sequence[str], question: str) -> Soft:
    """MemN2N (Sukhbaatar et al. 2015) over one story, sentence after sentence, word after word, in float64.

    Raises:
        ValueError: the network sees only half of what it is given.
    """
    sizes = network.sizes
    if sizes.sees != "both":
        raise ValueError("A blind network does not see the story and the question.")
    words = network.words.detach().double().numpy()  # (words, H + 1, d)
    times = network.times.detach().double().numpy()  # (memory, H + 1, d)
    k = np.arange(1, sizes.width + 1)

    def share(j: int) -> np.ndarray:
        """What the j-th word of a sentence counts in each number of its vector (section 4.1, "PE")."""
        at = min((2 * j - sizes.longest - 1) / sizes.longest, 1.0)
        return 1 + at * (2 * k - sizes.width - 1) / sizes.width

    def read(sentence: str, matrix: int) -> np.ndarray:
        vector = np.zeros(sizes.width)
        for j, word in enumerate(tokens(sentence), start=1):
            if word in network.lexicon:
                vector += share(j) * words[network.lexicon.get(word, 0), matrix]
        return vector

    kept = list(sentences)[-sizes.memory :]

    def memory(matrix: int) -> np.ndarray:
        ages = range(len(kept) - 1, -1, -1)  # 0 for the most recent sentence
        aged = [times[age, matrix] * share(sizes.longest) for age in ages]
        return np.array([read(sentence, matrix) + age for sentence, age in zip(kept, aged, strict=True)])

    u, hops, empty = read(question, 0), [], sizes.memory - len(kept)
    for hop in range(sizes.hops):
        memories, outputs = memory(hop), memory(hop + 1)
        scores = memories @ u if sizes.attention == "soft" else np.zeros(len(kept))
        exps = np.exp(scores)
        weights = exps / exps.sum()
        gate = float(exps.sum() / (exps.sum() + empty)) if sizes.attention == "soft" else 1.0
        o = gate * (weights @ outputs)
        hops.append(SoftHop(u, memories, outputs, scores, exps, weights, empty, gate, o))
        u = u + o
    fit = np.exp((words[:, -1] @ u - (words[:, -1] @ u).max()) / network.temperature)
    best = np.argsort(-fit)[:5]
    return Soft(tuple(hops), [(network.answers[n], float(fit[n] / fit.sum())) for n in best])


@dataclass(frozen=True)
class HardHop:
    """One hop of the Memory Network.

    Attributes:
        fit: (S,) how well each sentence fits what is looked for; None where it was found already.
        closest: (S,) by how much each wins the closest of its comparisons with the others; positive for one only.
        later: what is added to the fit of the later one of two sentences that are compared.
        enough: the fit of looking no further.
        choice: the sentence taken; None where the network had enough.
    """

    fit: tuple[float | None, ...]
    closest: tuple[float | None, ...]
    later: float
    enough: float
    choice: int | None


@torch.inference_mode()
def hard_hops(network: MemNN, sentences: Sequence[str], question: str) -> list[HardHop]:
    """The looks of a Memory Network (Weston et al. 2015), the last of which may be the one that found enough."""
    stories = network.encode([StoryQuery(tuple(sentences), question)])
    asked, memory = network.remember(stories)
    found, hops = torch.full((1, 0), -1), []
    for hop in range(network.hops):
        match = network.O(asked, memory, found)
        fit, closest = match.fit[0, -1], match.closest()[0, -1]
        enough, free = float(match.enough[0, -1]), fit > NEVER
        choice = int(closest.masked_fill(~free, 2 * NEVER).argmax())
        stops = hop > 0 and not (free.any() and float(fit[choice]) > enough)
        later = float(match.later[0, -1])
        hops.append(HardHop(_where(free, fit), _where(free, closest), later, enough, None if stops else choice))
        if stops:
            break
        found = torch.cat([found, torch.tensor([[choice]])], dim=1)
    return hops


def _where(free: Tensor, numbers: Tensor) -> tuple[float | None, ...]:
    """The numbers (S,) as they are shown: None where a sentence is not free any more."""
    return tuple(x if is_free else None for x, is_free in zip(numbers.tolist(), free.tolist(), strict=True))
