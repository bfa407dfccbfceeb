"""Memory Network (Weston et al. 2014, 2015): hard attention, one sentence a hop, until it has enough.

Its four parts, as the papers name them:

- I, the input map: a sentence becomes features, its words weighted by their places.
- G, generalisation: each sentence is written into the next free slot of the memory, in the order of telling.
- O, output: the question looks for the sentence that fits best, then question and finds look for the next; when
  "enough" fits better than any sentence, the looking ends.
- R, response: the answer that fits the question and the finds best.

O and R learn by ranking, with a margin, from the labelled supporting facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from core.attention import attend
from core.memory.bags import Lexicon, Stories, position_encoding
from core.memory.lexicon_network import HopOutputs, LexiconNetwork, described

NEVER = -1e4  # the score of a slot that cannot be chosen: finite, so that differences of two are

# What a sentence can be to O and to R; I gives it a vector for each.
ASKED, LAST, BEFORE, SLOT, ASKED_R, FIRST_R, SECOND_R, LATER_R = range(8)


@dataclass(frozen=True)
class MemNNSizes:
    """What decides the network's shape.

    Attributes:
        words: of the lexicon.
        width: of every vector.
        hidden: of R's hidden layer.
        hops: at most so many sentences are found.
    """

    words: int
    answers: int
    width: int = 64
    hidden: int = 128
    hops: int = 8
    attention: str = "hard"


class InputMap(nn.Module):
    """I: what a sentence is in each of its roles, the sum of its words' vectors (see :func:`position_encoding`)."""

    def __init__(self, words: int, width: int):
        super().__init__()
        self.words = nn.Parameter(torch.randn(words, LATER_R + 1, width) * 0.1)

    def forward(self, stories: Stories, rows: Tensor) -> Tensor:
        """(N, roles, d) of rows (N,) of the table."""
        return position_encoding(stories, rows, self.words)


class Memory(NamedTuple):
    """What G has written: for B stories S slots in the order of telling.

    Attributes:
        features: (U, roles, d) I's of distinct sentences.
        slots: (B, S) which of them is in a slot; -1 where none is written.
    """

    features: Tensor
    slots: Tensor

    def role(self, role: int, which: Tensor) -> Tensor:
        """(B, H, d) some slots (B, H) in a role; zero where the number of the slot is negative."""
        held = self.slots.gather(1, which.clamp(min=0))
        return self._vectors(role, held) * (which >= 0).unsqueeze(2)

    def all(self, role: int) -> Tensor:
        """(B, S, d) every slot in a role; where none is written, whatever."""
        return self._vectors(role, self.slots.clamp(min=0))

    def _vectors(self, role: int, held: Tensor) -> Tensor:
        return self.features[:, role].index_select(0, held.flatten()).view(*held.shape, self.features.shape[2])


class Generalisation(nn.Module):
    """G: each sentence into the next free slot; what was written stays as it is."""

    def forward(self, features: Tensor, sentences: Tensor) -> Memory:
        """Features (U, roles, d) of distinct sentences, into the slots of the stories that tell them (B, S)."""
        return Memory(features, sentences)


class Match(NamedTuple):
    """How well sentences fit, for B questions at H moments.

    Attributes:
        fit: (B, H, S) by what they say, and whether they were told before or after the last find.
        later: (B, H) what is added to the fit of the later one, when two sentences are compared, or taken from it.
        enough: (B, H) the fit of looking no further.
    """

    fit: Tensor
    later: Tensor
    enough: Tensor

    def against(self, chosen: Tensor) -> Tensor:
        """(B, H, S) by how much the chosen sentences (B, H) win over each: fit - fit' + later, or - later."""
        slots = torch.arange(self.fit.shape[2], device=chosen.device)
        sign = (chosen.unsqueeze(2) - slots).sign()
        best = self.fit.gather(2, chosen.unsqueeze(2))
        return best - self.fit + sign * self.later.unsqueeze(2)

    def closest(self) -> Tensor:
        """(B, H, S) by how much each sentence wins the closest of its comparisons with the others.

        Only for the sentence that wins over all is it positive.
        """
        never = torch.full_like(self.fit[..., :1], 2 * NEVER)
        older = torch.cat([never, self.fit.cummax(2).values[..., :-1]], dim=2)
        newer = torch.cat([self.fit.flip(2).cummax(2).values.flip(2)[..., 1:], never], dim=2)
        later = self.later.unsqueeze(2)
        return self.fit - torch.maximum(older - later, newer + later)


class Output(nn.Module):
    """O: compares what is looked for, the question and what was found so far, with the slots of the memory."""

    def __init__(self, width: int):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(width))
        self.hidden = nn.Linear(width, width)
        # Each is compared with what is looked for: told before the last find, told after it; later; enough.
        self.times = nn.Parameter(torch.randn(4, width) * 0.1)

    def forward(self, asked: Tensor, memory: Memory, found: Tensor) -> Match:
        """Compare at every moment: before the first find, after it, and so on.

        Args:
            asked: (B, roles, d) the question.
            memory: (B, S) slots.
            found: (B, H) the slots found, in order; -1 after the last.

        Returns:
            H + 1 moments; what was found already fits no more.
        """
        none = found.new_full((len(found), 1), -1)
        last = torch.cat([none, found], dim=1)  # (B, H + 1)
        before = memory.role(BEFORE, torch.cat([none, last[:, :-1]], dim=1)).cumsum(1)
        query = asked[:, ASKED].unsqueeze(1) + memory.role(LAST, last) + before + self.bias  # (B, H + 1, d)
        query = query + torch.tanh(self.hidden(query))
        fit = torch.bmm(query, memory.all(SLOT).transpose(1, 2))  # (B, H + 1, S)
        earlier, after, later, enough = (query @ self.times.T).unbind(2)  # (B, H + 1) each
        slots = torch.arange(fit.shape[2], device=found.device)
        sides = torch.where(slots < last.unsqueeze(2), earlier.unsqueeze(2), after.unsqueeze(2))
        fit = fit + sides * (last >= 0).unsqueeze(2)
        taken = (last.unsqueeze(2) == slots).cumsum(1) > 0  # (B, H + 1, S): found up to here
        fit = fit.masked_fill(taken | (memory.slots < 0).unsqueeze(1), NEVER)
        return Match(fit, later, enough)


class Response(nn.Module):
    """R: scores every answer, given the question and what was found."""

    def __init__(self, width: int, hidden: int, answers: int):
        super().__init__()
        self.hidden = nn.Linear(width, hidden)
        self.answers = nn.Linear(hidden, answers)

    def forward(self, asked: Tensor, memory: Memory, found: Tensor) -> Tensor:
        """(B, A) from a question (B, roles, d) and the slots found (B, H), -1 after the last."""
        known = asked[:, ASKED_R] + memory.role(LATER_R, found[:, 2:]).sum(1)
        for hop, role in enumerate((FIRST_R, SECOND_R)):
            known = known + memory.role(role, found[:, hop : hop + 1]).sum(1)
        scores: Tensor = self.answers(torch.tanh(self.hidden(known)))
        return scores


class MemNN(LexiconNetwork):
    """The network: I, G, O, R."""

    network = "memnn"

    def __init__(self, sizes: MemNNSizes, lexicon: Lexicon, answers: list[str], temperature: float = 1.0):
        super().__init__("hard", lexicon, answers, sizes.hops, None, temperature)
        self.sizes = sizes
        self.I = InputMap(sizes.words, sizes.width)
        self.G = Generalisation()
        self.O = Output(sizes.width)
        self.R = Response(sizes.width, sizes.hidden, sizes.answers)

    def remember(self, stories: Stories) -> tuple[Tensor, Memory]:
        """The questions (B, roles, d), and their stories written into the memory."""
        rows = torch.cat([stories.question, stories.memory[stories.mask]])
        # Each sentence is read once, however often it was told.
        distinct, which = torch.unique(rows, return_inverse=True)
        features = self.I(stories, distinct)
        count = len(stories.question)
        sentences = torch.full_like(stories.memory, -1).masked_scatter(stories.mask, which[count:])
        return features.index_select(0, which[:count]), self.G(features, sentences)

    def look_and_score(self, stories: Stories, looks: Mapping[int, Tensor]) -> HopOutputs:
        """Find sentence after sentence; a hop that is decided is taken in any case."""
        asked, memory = self.remember(stories)
        due = max(looks, default=0) + 1  # hops that are taken whether it has enough or not
        found = torch.full((len(asked), 0), -1)
        looking = torch.ones(len(asked), dtype=torch.bool)
        alphas = []
        for hop in range(self.hops):
            match = self.O(asked, memory, found)
            fit, scores = match.fit[:, -1], match.closest()[:, -1]  # (B, S)
            free = fit > NEVER
            if hop in looks:
                mask = torch.arange(fit.shape[1]) == looks[hop].unsqueeze(1)
            else:
                mask = torch.where(free.any(1, keepdim=True), free, memory.slots >= 0)
            alpha, _, choice, _ = attend("hard", scores, memory.all(SLOT), mask)
            assert choice is not None  # hard attention chooses
            if hop >= due:  # nothing left scores NEVER, which "enough" beats
                looking = looking & (fit.gather(1, choice.unsqueeze(1)).squeeze(1) > match.enough[:, -1])
                if not looking.any():
                    break
            alphas.append(alpha)
            found = torch.cat([found, torch.where(looking, choice, -1).unsqueeze(1)], dim=1)
        return HopOutputs(self.R(asked, memory, found), torch.stack(alphas, dim=1), (found >= 0).sum(1), found)


def build(config: Mapping[str, Any]) -> MemNN:
    """The network that a config describes; see ``core.memory.registry.load``."""
    return MemNN(*described(config, MemNNSizes))
