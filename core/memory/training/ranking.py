"""Training of the Memory Network by ranking with a margin, from the labelled supporting facts.

At every moment of a question with n facts, the next fact must beat each other sentence, and "enough" (before the first
find it does not count); after the last fact "enough" must beat every sentence left. The right answer must beat each
other answer, given the question and the labelled facts. Whatever wins by less than the margin adds what it lacks:
O_loss and R_loss of Weston et al. 2014, section 3.1, summed over the losers.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.memory.memnn import NEVER, Match, MemNN, MemNNSizes
from core.memory.registry import TrainingRun
from core.memory.training import questions
from core.memory.training.questions import EncodedQuestions, encode_questions
from core.training.devices import own_part
from core.training.fit import BatchLoss, Figures, clip_norm, fit
from core.training.schedule import warm_cosine

WARM = 100  # steps over which the learning rate rises


@dataclass(frozen=True)
class RankingSettings:
    """How the network is shaped and trained.

    Attributes:
        margin: by how much a winner must win.
        rate: of Adam, at its peak: it rises over the first :data:`WARM` steps and falls along a half cosine.
        clip: the norm that all gradients together are scaled down to.
    """

    width: int = 64
    hidden: int = 128
    epochs: int = 24
    rate: float = 3e-3
    batch: int = 32
    margin: float = 1.0
    clip: float = 10.0


def train(settings: RankingSettings, run: TrainingRun) -> MemNN:
    """Train, and report the loss on what is held out."""
    fabric = run.fabric
    torch.manual_seed(run.seed)
    words, answers = questions.lexicon(run.kept, answers=False), sorted({question.answer for question in run.kept})
    hops = max([1, *(len(question.facts) for question in run.kept)])
    network = MemNN(MemNNSizes(len(words), len(answers), settings.width, settings.hidden, hops), words, answers)
    torch.manual_seed(run.seed)  # the questions' order does not depend on how many numbers the network drew
    data, held = (encode_questions(some, network).to(fabric.device) for some in (run.kept, run.held))
    ranking = Ranking(network, settings.margin)

    def loss(module: nn.Module, rows: Tensor) -> BatchLoss:
        rows, count = own_part(fabric, rows.to(fabric.device))
        return BatchLoss(module(data, rows), weight=count)

    def validate(epoch: int) -> Figures:
        return {"held_out_loss": _loss(ranking, held)} if epoch and len(held) else {}

    def begin(epoch: int) -> tuple[Tensor, ...]:
        return torch.split(torch.randperm(len(data)), settings.batch)

    fit(
        fabric, run.folder / "state.pt", ranking, torch.optim.Adam(network.parameters(), lr=settings.rate),
        label=run.folder.name, epochs=settings.epochs, begin=begin, loss=loss,
        clip=clip_norm(settings.clip, network), schedule=warm_cosine(WARM, floor=0.0), validate=validate,
        stage=run.stage,
    )  # fmt: skip
    return network.eval()


class Ranking(nn.Module):
    """The network with its loss, so that one call of one module makes both."""

    def __init__(self, network: MemNN, margin: float):
        super().__init__()
        self.network, self.margin = network, margin

    def forward(self, data: EncodedQuestions, rows: Tensor) -> Tensor:
        """The mean loss of some questions (B,) of the data."""
        stories, facts = data.stories.batch(rows), data.facts[rows]
        facts = facts[:, : int((facts >= 0).sum(1).max())]
        asked, memory = self.network.remember(stories)
        match = self.network.O(asked, memory, facts)
        return self.output_loss(match, facts) + self.response_loss(
            self.network.R(asked, memory, facts), data.answer[rows]
        )

    def output_loss(self, match: Match, facts: Tensor) -> Tensor:
        """O's loss, of matches at H + 1 moments and facts (B, H)."""
        goal = torch.cat([facts, facts.new_full((len(facts), 1), -1)], dim=1)  # (B, H + 1)
        looking, ending = goal >= 0, torch.zeros_like(goal, dtype=torch.bool)
        ending.scatter_(1, (facts >= 0).sum(1, keepdim=True), True)
        slots = torch.arange(match.fit.shape[2], device=facts.device)
        free = match.fit > NEVER  # (B, H + 1, S)
        others = free & (slots != goal.unsqueeze(2)) & looking.unsqueeze(2)
        chosen = goal.clamp(min=0)
        fit = match.fit.gather(2, chosen.unsqueeze(2)).squeeze(2)  # (B, H + 1)
        after_first = torch.arange(goal.shape[1], device=facts.device) > 0
        losses = (
            (self._lack(match.against(chosen)) * others).sum()
            + (self._lack(fit - match.enough) * (looking & after_first)).sum()
            + (self._lack(match.enough.unsqueeze(2) - match.fit) * (free & ending.unsqueeze(2))).sum()
        )
        return losses / len(facts)

    def response_loss(self, scores: Tensor, answer: Tensor) -> Tensor:
        """R's loss, of scores (B, A) and the numbers of the right answers (B,); those it cannot give are left out."""
        can = answer >= 0
        right = scores.gather(1, answer.clamp(min=0).unsqueeze(1))
        lacks = self._lack(right - scores).sum(1) - self.margin  # the right one lacks the margin against itself
        return (lacks * can).sum() / len(scores)

    def _lack(self, lead: Tensor) -> Tensor:
        return F.relu(self.margin - lead)


@torch.inference_mode()
def _loss(ranking: Ranking, data: EncodedQuestions) -> float:
    parts = torch.split(torch.arange(len(data), device=data.answer.device), 200)
    return round(sum(float(ranking(data, rows)) * len(rows) for rows in parts) / len(data), 4)
