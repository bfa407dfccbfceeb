"""Dynamic Memory Network (Kumar et al. 2015; DMN+, Xiong et al. 2016): gates let facts in, in the order of the story.

Equations are those of Xiong et al. 2016, "Dynamic Memory Networks for Visual and Textual Question Answering", which
follows Kumar et al. 2015, "Ask Me Anything". Its parts, as the papers name them:

- input: a sentence is read by position encoding, and a bidirectional GRU over the sentences (the "input fusion layer")
  tells each what stands around it.
- episodic memory: in every pass each sentence gets a gate, from how it compares with the question and with what is
  remembered. An attention GRU goes through the story in its order: where a gate is open the sentence is written into
  its state, where it is shut the state stays as it is. What the state is at the end is the episode.
- each pass updates the memory by weights of its own, and the answer is read from memory and question.

A gate is independent of the others ("sigmoid", Kumar: a door), or they share one opening ("softmax", Xiong).

Four things differ from Xiong et al. The attention GRU reads the sentences themselves: what stands around them opens
and shuts gates, but only what a gate lets in can reach the answer, so the gates drawn are all that was used. A sentence
is compared together with itself (a residual connection around the GRU), and the memory passes tanh instead of ReLU, so
that the two can be alike: without these two, basic induction (task 16) is not learnt. The memory's update is given the
episode's products with question and memory, too. And a gate knows where its sentence stands: how far from the end, and
before or after what the pass before let in.
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

GATES = ("sigmoid", "softmax")
SHUT = -1e4  # the logit of a sentence that is not there: finite, so that its gradient is
PLACES = 5  # numbers that say where a sentence stands, see :func:`_places`
NEAR = 10  # sentences from the end that count as near


@dataclass(frozen=True)
class DMNSizes:
    """What decides the network's shape.

    Attributes:
        words: of the lexicon.
        passes: over the story; each is a hop of the trace.
        width: d, of every vector.
        memory: the last so many sentences are remembered.
        gates: one of :data:`GATES`.
    """

    words: int
    answers: int
    passes: int = 4
    width: int = 80
    memory: int = 50
    gates: str = "sigmoid"
    attention: str = "soft"


class Facts(NamedTuple):
    """B stories of S sentences as they are read; zero after a story's last.

    Attributes:
        sentences: (B, S, d) each for itself.
        around: (B, S, d) each with what stands around it.
        question: (B, d).
    """

    sentences: Tensor
    around: Tensor
    question: Tensor


class Pass(NamedTuple):
    """One pass over the stories.

    Attributes:
        logits: (B, S) the gates before the sigmoid or the softmax.
        gates: (B, S) how far each sentence is let in, 0 to 1.
        states: (S, B, d) the attention GRU's running state h after each sentence; the last is the episode.
    """

    logits: Tensor
    gates: Tensor
    states: Tensor


class Fusion(nn.Module):
    """A bidirectional GRU over the sentences (Xiong et al., section 3.1); both directions in one loop."""

    def __init__(self, width: int):
        super().__init__()
        self.inputs = nn.Linear(width, 6 * width)  # W^(u), W^(r), W of both directions, with their biases
        self.hidden = nn.Parameter(torch.empty(2, width, 3 * width))  # U^(u), U^(r), U
        for one in self.hidden.data:
            nn.init.orthogonal_(one)

    def forward(self, sentences: Tensor, mask: Tensor) -> Tensor:
        """Sentences (B, S, d) where mask (B, S) has them -> what is around each (B, S, d), zero elsewhere."""
        width = sentences.shape[2]
        slots = torch.arange(mask.shape[1], device=mask.device)
        # The direction back begins at each story's own last sentence; what is beyond the end stays beyond it.
        back = torch.where(mask, mask.sum(1, keepdim=True) - 1 - slots, slots)
        ahead, reverse = self.inputs(sentences).chunk(2, dim=2)
        reverse = reverse.gather(1, back.unsqueeze(2).expand_as(reverse))
        given = torch.stack([ahead, reverse]).permute(2, 0, 1, 3).contiguous()  # (S, 2, B, 3 d)
        state = sentences.new_zeros(2, len(sentences), width)
        states = []
        for one in given.unbind(0):
            doors, candidate = torch.split(one, [2 * width, width], dim=2)
            from_doors, from_state = torch.split(torch.bmm(state, self.hidden), [2 * width, width], dim=2)
            u, r = torch.sigmoid(doors + from_doors).chunk(2, dim=2)  # eq. 1, eq. 2
            candidate = torch.tanh(candidate + r * from_state)  # eq. 3
            state = torch.lerp(state, candidate, u)  # eq. 4
            states.append(state)
        ahead, reverse = torch.stack(states).permute(1, 2, 0, 3)  # (B, S, d) each
        reverse = reverse.gather(1, back.unsqueeze(2).expand_as(reverse))
        around: Tensor = (ahead + reverse) * mask.unsqueeze(2)  # eq. 7
        return around


class AttentionGRU(nn.Module):
    """A GRU whose update gate is given from outside (Xiong et al., section 3.3)."""

    def __init__(self, width: int):
        super().__init__()
        self.inputs = nn.Linear(width, 2 * width)  # W^(r) and W, with their biases
        self.hidden = nn.Parameter(torch.empty(width, 2 * width))  # U^(r) and U
        nn.init.orthogonal_(self.hidden)

    def forward(self, inputs: Tensor, gates: Tensor) -> Tensor:
        """The states (S, B, d), from what :attr:`inputs` makes of the sentences (S, B, 2 d) and gates (B, S).

        The products with the inputs are the same in every pass and made once, outside; only this recurrence loops.
        """
        width = len(self.hidden)
        state = inputs.new_zeros(inputs.shape[1], width)
        states = []
        for given, gate in zip(inputs.unbind(0), gates.T.unsqueeze(2).unbind(0), strict=True):
            reset, candidate = given.chunk(2, dim=1)
            from_reset, from_state = (state @ self.hidden).chunk(2, dim=1)
            r = torch.sigmoid(reset + from_reset)  # eq. 2
            candidate = torch.tanh(candidate + r * from_state)  # eq. 3
            state = torch.lerp(state, candidate, gate)  # eq. 11: h_i = g_i h~_i + (1 - g_i) h_{i-1}
            states.append(state)
        return torch.stack(states)


class DMN(LexiconNetwork):
    """The network."""

    network = "dmn"
    tells_when = ("place.weight",)

    def __init__(
        self, sizes: DMNSizes, lexicon: Lexicon, answers: list[str], temperature: float = 1.0, dropout: float = 0.0
    ):
        super().__init__("soft", lexicon, answers, sizes.passes, sizes.memory, temperature)
        self.sizes = sizes
        width = sizes.width
        self.words = nn.Parameter(torch.randn(sizes.words, 2, width) * 0.3)  # in sentences, in questions
        self.asked = nn.Linear(width, width)
        self.fusion = Fusion(width)
        # W^(1) of eq. 9, in two halves: what compares with the question is the same in every pass.
        self.compare_question = nn.Linear(2 * width, width)
        self.compare_memory = nn.Linear(2 * width, width, bias=False)
        self.place = nn.Linear(PLACES, width, bias=False)
        self.open = nn.Linear(width, 1)  # W^(2)
        self.attend = AttentionGRU(width)
        self.update = nn.ModuleList(nn.Linear(5 * width, width) for _ in range(sizes.passes))  # untied
        self.say = nn.Linear(2 * width, len(answers))
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, stories: Stories, looks: Mapping[int, Tensor] = MappingProxyType({})
    ) -> tuple[Tensor, list[Pass]]:
        """Score every answer.

        Args:
            stories: B questions.
            looks: by pass, (B,) the one sentence whose gate is open.

        Returns:
            (B, A) scores of the answers, and what each pass let in.
        """
        mask = stories.mask  # (B, S)
        sentences, around, question = self.read(stories)
        inputs = self.attend.inputs(sentences).transpose(0, 1).contiguous()  # (S, B, 2 d), for all passes
        by_question = self.compare_question(_compared(around, question))
        memory = question  # m^0 = q
        passes: list[Pass] = []
        for number, update in enumerate(self.update):
            compared = by_question + self.compare_memory(_compared(around, memory))
            places = self.place(_places(stories, passes[-1].gates if passes else None))
            logits = self.open(torch.tanh(compared + places)).squeeze(2).masked_fill(~mask, SHUT)  # eq. 9
            gates = logits.softmax(1) if self.sizes.gates == "softmax" else logits.sigmoid()  # eq. 10
            if number in looks:
                gates = F.one_hot(looks[number], gates.shape[1]).to(gates.dtype)
            states = self.attend(inputs, gates)
            # eq. 13, with tanh and two products: m^t = tanh(W^t [m^{t-1}; c^t; q; c^t o q; c^t o m^{t-1}] + b)
            c = states[-1]  # the episode
            memory = self.dropout(torch.tanh(update(torch.cat([memory, c, question, c * question, c * memory], dim=1))))
            passes.append(Pass(logits, gates, states))
        return self.say(torch.cat([memory, question], dim=1)), passes

    def read(self, stories: Stories) -> Facts:
        """The sentences and the question as vectors."""
        mask = stories.mask
        sentences, asked = sentence_vectors(stories, self.words)
        question = torch.tanh(self.asked(self.dropout(asked)))
        sentences = self.dropout(sentences)
        return Facts(sentences, self.dropout(self.fusion(sentences, mask) + sentences), question)

    def look_and_score(self, stories: Stories, looks: Mapping[int, Tensor]) -> HopOutputs:
        scores, passes = self(stories, looks)
        return HopOutputs(
            scores,
            alpha=torch.stack([one.gates for one in passes], dim=1),
            taken=torch.full((len(scores),), self.hops),
            normalised=self.sizes.gates == "softmax",
            moved=torch.stack([_moved(one.states) for one in passes], dim=1),
        )


def _compared(facts: Tensor, with_what: Tensor) -> Tensor:
    """(B, S, 2 d) half of eq. 8: how facts (B, S, d) compare with the question or the memory (B, d)."""
    other = with_what.unsqueeze(1)
    return torch.cat([facts * other, (facts - other).abs()], dim=2)


def _places(stories: Stories, before: Tensor | None) -> Tensor:
    """(B, S, PLACES) where each sentence stands: from the story's end, and from what the pass before let in (B, S)."""
    ages = stories.ages.float()
    from_end = [ages / NEAR, 1 / (1 + ages)]
    if before is None:
        return torch.stack([*from_end, *[torch.zeros_like(ages)] * 3], dim=2)
    share = before.detach() / before.detach().sum(1, keepdim=True).clamp(min=1e-3)
    passed = share.cumsum(1)
    return torch.stack([*from_end, passed - share, share, 1 - passed], dim=2)


def _moved(states: Tensor) -> Tensor:
    """(B, S) how far each sentence moved the running state: the root mean square of its change."""
    steps = torch.diff(states, dim=0, prepend=torch.zeros_like(states[:1]))
    return steps.square().mean(2).sqrt().T


def build(config: Mapping[str, Any]) -> DMN:
    """The network that a config describes; see ``core.memory.registry.load``."""
    sizes, lexicon, answers, temperature = described(config, DMNSizes)
    if sizes.attention != "soft" or sizes.gates not in GATES:
        raise ValueError("There is no such attention, or no such gates.")
    return DMN(sizes, lexicon, answers, temperature)
