"""Training of the Dynamic Memory Network: answers by cross-entropy, and gates by the labelled facts at first.

In the first epochs each pass is told what to let in: one fact a pass, in the order of the labels, and in the last pass
all of them, so that the answer can be read from the facts in the order of the story (Kumar et al. 2015 supervise gates
likewise, a fact a pass). After that the gates are left free, and only the answer counts. A task is drawn as often as
its loss in the epoch before asks for: the easy ones are learnt after a few epochs. Of several runs the one with the
lowest training loss is kept.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.memory.dmn import DMN, SHUT, DMNSizes
from core.memory.registry import TrainingRun
from core.memory.training import questions
from core.memory.training.questions import EncodedQuestions, encode_questions, mean_error
from core.training.fit import BatchLoss, Figures, clip_norm, fit
from core.training.schedule import warm_cosine

WARM = 200  # steps over which the learning rate rises
EASY, HARD = 0.25, 2.0  # how often a question is drawn at least and at most, of a task whose answers are (not) known
ASKS = 5.0  # by which a task's loss is multiplied, to say how often it is drawn
DRAWN = 16  # batches are drawn so many at a time and cut from their questions by length: less of them is padding


@dataclass(frozen=True)
class EpisodesSettings:
    """How the network is shaped and trained.

    Attributes:
        gates: "sigmoid" or "softmax".
        runs: with other seeds; the one with the lowest training loss is kept.
        taught: in the first so many epochs the labelled facts teach the gates.
        rate: of AdamW, at its peak: it rises over the first :data:`WARM` steps and falls along a half cosine.
        dropout: of sentences, facts, questions and memories.
        clip: the norm that all gradients together are scaled down to.
    """

    passes: int = 4
    width: int = 80
    memory: int = 50
    gates: str = "sigmoid"
    runs: int = 3
    epochs: int = 20
    taught: int = 16
    rate: float = 2e-3
    batch: int = 32
    dropout: float = 0.1
    decay: float = 0.01
    clip: float = 5.0


def train(settings: EpisodesSettings, run: TrainingRun) -> DMN:
    """Train several times, and report the errors on what is held out; the network with the lowest training loss."""
    words, answers = questions.lexicon(run.kept, answers=False), sorted({question.answer for question in run.kept})
    sizes = DMNSizes(len(words), len(answers), settings.passes, settings.width, settings.memory, settings.gates)
    found: list[tuple[float, DMN]] = []
    for number in range(settings.runs):
        torch.manual_seed(run.seed + number)
        network = DMN(sizes, words, answers, dropout=settings.dropout)
        torch.manual_seed(run.seed + number)  # the questions' order does not depend on what the network drew
        found.append((_train(network, settings, run, f"run-{number + 1}"), network))
    return min(found, key=lambda one: one[0])[1]


def _train(network: DMN, settings: EpisodesSettings, run: TrainingRun, name: str) -> float:
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
        rows = rows.to(fabric.device)
        scores, passes = module(data.stories.batch(rows))
        answers = F.cross_entropy(scores, data.answer[rows], reduction="none")
        for n, found in enumerate((answers.detach(), torch.ones_like(answers))):
            spent[n].index_add_(0, data.task[rows].cpu(), found.cpu())
        answer = answers.mean()
        gates = gate_loss(network.sizes, torch.stack([one.logits for one in passes], 1), data.facts[rows])
        figures = {"loss": answer.detach(), "gates": gates.detach()}
        return BatchLoss(answer + gates if taught else answer, figures, len(rows))

    def validate(epoch: int) -> Figures:
        if epoch:
            rest["losses"] = torch.where(spent[1] > 0, spent[0] / spent[1].clamp(min=1), rest["losses"])
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
        torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay),
        label=f"{run.folder.name}, {name}", epochs=settings.epochs, begin=begin, loss=loss,
        clip=clip_norm(settings.clip, network), schedule=warm_cosine(WARM), validate=validate, rest=rest,
        stage=run.stage,
    )  # fmt: skip
    return figures["training_loss"]


def gate_targets(sizes: DMNSizes, facts: Tensor, sentences: int) -> Tensor:
    """(B, P, S) what each pass is to let in, of labelled facts (B, H), -1 after the last; all zero without labels.

    A fact a pass, the last one again where there are fewer. In the last pass: all facts, where gates are independent;
    where they share one opening, the facts that are left.
    """
    known = facts >= 0
    hot = F.one_hot(facts.clamp(min=0), sentences).float() * known.unsqueeze(2)  # (B, H, S)
    last = (known.sum(1) - 1).clamp(min=0)
    rows = torch.arange(len(facts), device=facts.device)
    one_each = [hot[rows, last.clamp(max=number)] for number in range(sizes.passes)]
    if sizes.gates == "sigmoid":
        one_each[-1] = hot.amax(1)
    elif hot.shape[1] > sizes.passes:
        one_each[-1] = torch.maximum(one_each[-1], hot[:, sizes.passes :].amax(1))
    return torch.stack(one_each, dim=1)


def gate_loss(sizes: DMNSizes, logits: Tensor, facts: Tensor) -> Tensor:
    """The mean over questions and passes of what gates, before the sigmoid or softmax (B, P, S), differ from facts."""
    targets = gate_targets(sizes, facts, logits.shape[2])
    labelled = (facts >= 0).any(1)
    if sizes.gates == "sigmoid":
        there = logits > SHUT
        losses = (F.binary_cross_entropy_with_logits(logits, targets, reduction="none") * there).sum(2)
    else:
        losses = -(targets * logits.log_softmax(2)).sum(2) / targets.sum(2).clamp(min=1)
    return (losses * labelled.unsqueeze(1)).mean()


@torch.inference_mode()
def _loss(network: DMN, data: EncodedQuestions) -> float:
    """Of the answers, the mean over all questions."""
    total = 0.0
    for rows in torch.split(torch.arange(len(data), device=data.answer.device), 500):
        scores, _ = network(data.stories.batch(rows))
        total += float(F.cross_entropy(scores, data.answer[rows], reduction="sum"))
    return total / len(data)
