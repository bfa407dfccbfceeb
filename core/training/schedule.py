"""How fast training learns, and which average of its weights is kept."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

Module = TypeVar("Module", bound=nn.Module)


@dataclass(frozen=True)
class Step:
    """A step of a training, before it is taken: batch ``batch`` of ``batches`` in epoch ``epoch`` of ``epochs``, all
    counted from 0. The learning rate depends on nothing else, so a run that goes on has the rates it would have had."""

    epoch: int
    batch: int
    epochs: int
    batches: int

    @property
    def number(self) -> int:
        """Steps taken before, where all epochs have as many."""
        return self.epoch * self.batches + self.batch

    @property
    def progress(self) -> float:
        """Share of the training that is done, 0 to 1, however many steps other epochs have."""
        return (self.epoch + self.batch / self.batches) / self.epochs


Schedule = Callable[[Step], float]  # the factor of each learning rate


def cosine(progress: float, floor: float = 0.0) -> float:
    """Falls from 1 to ``floor`` along a half cosine as ``progress`` goes from 0 to 1."""
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))


def warm_cosine(warm: int, floor: float = 0.03) -> Schedule:
    """Rises over ``warm`` steps, and falls as a cosine to ``floor``."""
    return lambda step: min(1.0, (step.number + 1) / warm) * cosine(step.number / (step.epochs * step.batches), floor)


class MovingAverage(Generic[Module]):
    """The exponential moving average of a model's weights; its memory is short at first, to forget the start.

    Attributes:
        averaged: a copy of it with the averaged weights, as torch keeps it.
        module: that copy, as what it is.
    """

    def __init__(self, model: Module, decay: float):
        self.model = model
        self.averaged = AveragedModel(model, multi_avg_fn=_warm_average(decay))
        self.module = cast(Module, self.averaged.module)

    def update(self) -> None:
        """Take in the weights as they are now."""
        self.averaged.update_parameters(self.model)

    def restore(self) -> None:
        """Give the averaged weights to the model."""
        self.model.load_state_dict(self.module.state_dict())


Tensors = tuple[Tensor, ...] | list[Tensor]


def _warm_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    @torch.no_grad()
    def update(average: Tensors, current: Tensors, count: Tensor | int) -> None:
        kept = min(decay, (1 + int(count)) / (10 + int(count)))
        torch._foreach_lerp_(average, current, 1 - kept)

    return update
