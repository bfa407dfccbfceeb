"""Training of MemN2N as the paper and its authors' code train it on all tasks at once.

Plain gradient descent on the answers' cross-entropy, summed over a batch of 32; each matrix's gradient clipped to norm
40; a rate of 0.005, halved every 15 of 60 epochs. Before that the network learns without the softmax over its memories
("linear start"). Empty memories are put at random between the sentences, a tenth as many ("random noise"), so that the
vectors of age do not overfit. Of several runs the one with the lowest training loss is kept.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.attention import Kind
from core.memory.bags import Stories
from core.memory.memn2n import MemN2N, MemN2NSizes
from core.memory.registry import TrainingRun
from core.memory.story import tokens
from core.memory.training import questions
from core.memory.training.questions import encode_questions, mean_error
from core.training.devices import own_part
from core.training.fit import BatchLoss, Figures, fit
from core.training.schedule import Step


@dataclass(frozen=True)
class EndToEndSettings:
    """How the network is shaped and trained; the defaults are the paper's.

    Attributes:
        attention: "soft", or "none".
        sees: "both", or "story" or "question" for a blind baseline.
        linear_epochs: of the linear start; a network without attention has none.
        halve: the rate is halved every so many epochs.
        clip: a matrix's gradient is scaled down to this norm.
        empty: at most this share of empty memories is put between the sentences.
    """

    attention: Kind = "soft"
    sees: str = "both"
    hops: int = 3
    width: int = 50
    memory: int = 50
    runs: int = 3
    linear_epochs: int = 30
    epochs: int = 60
    rate: float = 0.005
    halve: int = 15
    batch: int = 32
    clip: float = 40.0
    empty: float = 0.1


def train(settings: EndToEndSettings, run: TrainingRun) -> MemN2N:
    """Train several times, and report the errors on what is held out; the network with the lowest training loss."""
    words = questions.lexicon(run.kept, answers=True)
    longest = 1 + max(len(tokens(text)) for question in run.kept for text in (*question.sentences, question.question))
    sizes = MemN2NSizes(
        settings.attention, len(words), settings.hops, settings.width, settings.memory, longest, settings.sees
    )
    found: list[tuple[float, MemN2N]] = []
    for number in range(settings.runs):
        torch.manual_seed(run.seed + number)
        network = MemN2N(sizes, words)
        torch.manual_seed(run.seed + number)  # the questions' order does not depend on what the network drew
        found.append((_train(network, settings, run, f"run-{number + 1}"), network))
    return min(found, key=lambda one: one[0])[1]


def _train(network: MemN2N, settings: EndToEndSettings, run: TrainingRun, name: str) -> float:
    """Train in place; the training loss of the last epoch, a question."""
    fabric = run.fabric
    data, held = (encode_questions(some, network).to(fabric.device) for some in (run.kept, run.held))
    linear = settings.linear_epochs if settings.attention != "none" else 0
    start = True  # linear at present

    def begin(epoch: int) -> tuple[Tensor, ...]:
        nonlocal start
        start = epoch < linear
        return torch.split(torch.randperm(len(data)), settings.batch)

    def loss(module: nn.Module, rows: Tensor) -> BatchLoss:
        rows = rows.to(fabric.device)
        ages = with_empty_memories(data.stories.batch(rows), settings)  # drawn for all, whoever's the rows are
        own, count = own_part(fabric, rows)
        stories = data.stories.batch(own)
        ages = own_part(fabric, ages)[0][:, : stories.memory.shape[1]]
        scores, _ = module(stories, ages, linear=start)
        value = F.cross_entropy(scores, data.answer[own], reduction="sum")
        # Of the whole batch the sum, not the mean, is what the paper minimises.
        return BatchLoss(value * (len(rows) / len(own)), {"loss": value.detach() / len(own)}, count)

    def validate(epoch: int) -> Figures:
        return (
            {"held_out_error": mean_error(held, lambda stories: network(stories, linear=start)[0])}
            if epoch and len(held)
            else {}
        )

    def schedule(step: Step) -> float:
        return 0.5 ** (max(0, step.epoch - linear) // settings.halve)

    figures = fit(
        fabric, run.folder / f"{name}.state.pt", network, torch.optim.SGD(network.parameters(), lr=settings.rate),
        label=f"{run.folder.name}, {name}", epochs=linear + settings.epochs, begin=begin, loss=loss,
        clip=lambda: _clip(network, settings.clip), schedule=schedule, validate=validate, stage=run.stage,
    )  # fmt: skip
    return figures["loss"]


def with_empty_memories(stories: Stories, settings: EndToEndSettings) -> Tensor:
    """(B, S) the sentences' ages, with empty memories at random places between them."""
    ages = stories.ages.cpu()
    sentences = stories.mask.sum(1, keepdim=True).cpu()  # (B, 1) how many
    most = (settings.empty * sentences).ceil()
    empty = (torch.rand(most.shape) * (most + 1)).floor()  # (B, 1) 0 to most
    spots = int(most.max())
    # An empty memory at place p makes all that are as old as p or older one older.
    places = (torch.rand(len(sentences), spots) * (sentences + 1)).floor()  # (B, E)
    there = torch.arange(spots) < empty
    older = (places.unsqueeze(1) <= ages.unsqueeze(2)) & there.unsqueeze(1)  # (B, S, E)
    return (ages + older.sum(2)).clamp(max=settings.memory - 1).to(stories.memory.device)


def _clip(network: MemN2N, most: float) -> None:
    """Scale the gradient of each matrix to at most this norm."""
    for weights in (network.words, network.times):  # (rows, H + 1, d): H + 1 matrices
        assert (matrices := weights.grad) is not None
        norms = matrices.norm(dim=(0, 2), keepdim=True)
        matrices.mul_((most / norms.clamp(min=1e-12)).clamp(max=1.0))
