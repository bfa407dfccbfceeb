"""Training from the answers, with looks that the labelled facts teach at first; what dmn and the transformer share.

In the first epochs the network is told where to look, after that its looks are left free and only the answer counts. A
task is drawn as often as its loss in the epoch before asks for: the easy ones are learnt after a few epochs. Of several
runs the one with the lowest training loss is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.memory.bags import Lexicon
from core.memory.lexicon_network import LexiconNetwork
from core.memory.registry import TrainingRun
from core.memory.training import questions
from core.memory.training.questions import EncodedQuestions, encode_questions, mean_error
from core.training.devices import own_part, summed
from core.training.fit import BatchLoss, Figures, clip_norm, fit
from core.training.schedule import warm_cosine

WARM = 200  # steps over which the learning rate rises
EASY, HARD = 0.25, 2.0  # how often a question is drawn at least and at most, of a task whose answers are (not) known
ASKS = 5.0  # by which a task's loss is multiplied, to say how often it is drawn
DRAWN = 16  # batches are drawn so many at a time and cut from their questions by length: less of them is padding

Network = TypeVar("Network", bound=LexiconNetwork)


@dataclass(frozen=True)
class TaughtSettings:
    """How a network is trained.

    Attributes:
        runs: with other seeds; the one with the lowest training loss is kept.
        taught: in the first so many epochs the labelled facts teach where to look.
        rate: of AdamW, at its peak: it rises over the first :data:`WARM` steps and falls along a half cosine.
        dropout: of what the network hands on.
        clip: the norm that all gradients together are scaled down to.
    """

    runs: int = 3
    epochs: int = 20
    taught: int = 16
    rate: float = 2e-3
    batch: int = 32
    dropout: float = 0.1
    decay: float = 0.01
    clip: float = 5.0


def train_taught(
    settings: TaughtSettings,
    run: TrainingRun,
    make: Callable[[Lexicon, list[str]], Network],
    looks_loss: Callable[[Network, Sequence[Any], Tensor], Tensor],
) -> Network:
    """Train several times, and report the errors on what is held out; the network with the lowest training loss.

    Args:
        make: the network for these words and answers. Its forward gives the answers' scores (B, A) and its looks.
        looks_loss: the network, a batch's looks and its labelled facts (B, H), -1 after the last -> how far the
            looks are off.
    """
    words, answers = questions.lexicon(run.kept, answers=False), sorted({question.answer for question in run.kept})
    found: list[tuple[float, Network]] = []
    for number in range(settings.runs):
        torch.manual_seed(run.seed + number)
        network = make(words, answers)
        torch.manual_seed(run.seed + number)  # the questions' order does not depend on what the network drew
        found.append((_train(network, looks_loss, settings, run, f"run-{number + 1}"), network))
    return min(found, key=lambda one: one[0])[1]


def _train(
    network: Network,
    looks_loss: Callable[[Network, Sequence[Any], Tensor], Tensor],
    settings: TaughtSettings,
    run: TrainingRun,
    name: str,
) -> float:
    """Train in place; what the answers of the training questions then lose, a question."""
    fabric = run.fabric
    data, held = (encode_questions(some, network).to(fabric.device) for some in (run.kept, run.held))
    lengths, tasks = data.stories.mask.sum(1).cpu(), data.task.cpu()
    taught = True  # at present
    rest = {
        "losses": torch.full((int(tasks.max()) + 1,), 1 / ASKS)
    }  # of each task; at first each question is drawn once
    spent = torch.zeros(2, len(rest["losses"]))  # in this epoch: losses, and how many

    def begin(epoch: int) -> list[Tensor]:
        nonlocal taught
        taught = epoch < settings.taught
        spent.zero_()
        times = (ASKS * rest["losses"][tasks]).clamp(EASY, HARD)
        every = torch.arange(len(data)).repeat_interleave((times + torch.rand(len(data))).floor().long())
        batches: list[Tensor] = []
        for drawn in torch.split(every[torch.randperm(len(every))], DRAWN * settings.batch):
            batches += torch.split(drawn[lengths[drawn].argsort(stable=True)], settings.batch)
        return [batches[number] for number in torch.randperm(len(batches)).tolist()]

    def loss(module: nn.Module, rows: Tensor) -> BatchLoss:
        rows, count = own_part(fabric, rows.to(fabric.device))
        scores, looks = module(data.stories.batch(rows))
        answers = F.cross_entropy(scores, data.answer[rows], reduction="none")
        for n, found in enumerate((answers.detach(), torch.ones_like(answers))):
            spent[n].index_add_(0, data.task[rows][:count].cpu(), found[:count].cpu())
        answer = answers.mean()
        off = looks_loss(network, looks, data.facts[rows])
        figures = {"loss": answer.detach(), "looks": off.detach()}
        return BatchLoss(answer + off if taught else answer, figures, count)

    def validate(epoch: int) -> Figures:
        if epoch:
            losses, counts = summed(fabric, spent)
            rest["losses"] = torch.where(counts > 0, losses / counts.clamp(min=1), rest["losses"])
        if epoch < settings.epochs:
            return {}
        network.eval()
        figures = {"training_loss": _loss(network, data)}
        if len(held):
            figures["held_out_error"] = mean_error(held, lambda stories: network(stories)[0])
        network.train()
        return figures

    figures = fit(
        fabric, run.folder / f"{name}.state.pt", network,
        torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay, fused=True),
        label=f"{run.folder.name}, {name}", epochs=settings.epochs, begin=begin, loss=loss,
        clip=clip_norm(settings.clip, network), schedule=warm_cosine(WARM), validate=validate, rest=rest,
        stage=run.stage,
    )  # fmt: skip
    return figures["training_loss"]


@torch.inference_mode()
def _loss(network: LexiconNetwork, data: EncodedQuestions) -> float:
    """Of the answers, the mean over all questions."""
    total = 0.0
    for rows in torch.split(torch.arange(len(data), device=data.answer.device), 500):
        scores, _ = network(data.stories.batch(rows))
        total += float(F.cross_entropy(scores, data.answer[rows], reduction="sum"))
    return total / len(data)
