"""Training of the Dynamic Memory Network: answers by cross-entropy, and gates by the labelled facts at first.

In the first epochs each pass is told what to let in: one fact a pass, in the order of the labels, and in the last pass
all of them, so that the answer can be read from the facts in the order of the story (Kumar et al. 2015 supervise gates
likewise, a fact a pass). After that the gates are left free, and only the answer counts. Of several runs the one with
the lowest training loss is kept.
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
    epochs: int = 18
    taught: int = 15
    rate: float = 3e-3
    batch: int = 64
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
    """Train in place; the training loss of the last epoch, a question."""
    fabric = run.fabric
    data, held = (encode_questions(some, network).to(fabric.device) for some in (run.kept, run.held))
    lengths = data.stories.mask.sum(1).cpu()
    taught = True  # at present

    def begin(epoch: int) -> list[Tensor]:
        nonlocal taught
        taught = epoch < settings.taught
        batches: list[Tensor] = []
        for drawn in torch.split(torch.randperm(len(data)), DRAWN * settings.batch):
            batches += torch.split(drawn[lengths[drawn].argsort(stable=True)], settings.batch)
        return [batches[number] for number in torch.randperm(len(batches)).tolist()]

    def loss(module: nn.Module, rows: Tensor) -> BatchLoss:
        rows = rows.to(fabric.device)
        scores, passes = module(data.stories.batch(rows))
        answer = F.cross_entropy(scores, data.answer[rows])
        gates = gate_loss(network.sizes, torch.stack([one.logits for one in passes], 1), data.facts[rows])
        figures = {"loss": answer.detach(), "gates": gates.detach()}
        return BatchLoss(answer + gates if taught else answer, figures, len(rows))

    def validate(epoch: int) -> Figures:
        return {"held_out_error": _held_out(network, held)} if epoch == settings.epochs and len(held) else {}

    figures = fit(
        fabric, run.folder / f"{name}.state.pt", network,
        torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay),
        label=f"{run.folder.name}, {name}", epochs=settings.epochs, begin=begin, loss=loss,
        clip=clip_norm(settings.clip, network), schedule=warm_cosine(WARM), validate=validate, stage=run.stage,
    )  # fmt: skip
    return figures["loss"]


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


def _held_out(network: DMN, held: EncodedQuestions) -> float:
    network.eval()
    error = mean_error(held, lambda stories: network(stories)[0])
    network.train()
    return error
