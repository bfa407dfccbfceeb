"""How fast training learns, and which average of its weights is kept."""

import math
from collections.abc import Callable

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel


def warm_cosine(step: int, steps: int, warm: int) -> float:
    """The learning rate's factor: rises over ``warm`` steps, then falls as a cosine to 3 %."""
    progress = min(step / max(steps, 1), 1.0)
    return min(1.0, (step + 1) / warm) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * progress)))


def moving_average(model: nn.Module, decay: float) -> AveragedModel:
    """The exponential moving average of a model's weights; its memory is short at first, to forget the start."""
    return AveragedModel(model, multi_avg_fn=_warm_average(decay))


def _warm_average(decay: float) -> Callable:
    @torch.no_grad()
    def update(average: list, current: list, count: torch.Tensor | int) -> None:
        kept = min(decay, (1 + int(count)) / (10 + int(count)))
        torch._foreach_lerp_(average, current, 1 - kept)

    return update
