"""The encoder of scenes: a small convolutional network, picture -> a 12 x 12 grid that says what is where.

Each cell is centred on its own 8 x 8 pixels and sees 54 x 54, enough for the largest thing. Its features are what
it sees (``FEATURES`` channels) and where it is (``PLACE`` channels that are the same for every picture), side by
side. A mean over the cells keeps which things and which places there are, and loses what is where.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn

from core.captioning.encoder import Encoder
from core.data.scenes import SIDE

GRID = 12  # cells along each side
FEATURES, WAVES = 96, 2
PLACE = 2 * (1 + 2 * WAVES)
CHANNELS = FEATURES + PLACE


class SceneEncoder(Encoder):
    """What is where in a scene."""

    architecture = "scenes"
    side, grid, channels = SIDE, (GRID, GRID), CHANNELS
    place: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.see = nn.Sequential(
            *_layer(3, 48, kernel_size=6, stride=4, padding=1),  # (B, 48, 24, 24)
            *_layer(48, 48, kernel_size=3, padding=1),
            *_layer(48, 64, kernel_size=3, stride=2, padding=1),  # (B, 64, 12, 12)
            *_layer(64, 64, kernel_size=3, padding=1),
            *_layer(64, FEATURES, kernel_size=3, padding=1),
        )
        self.register_buffer("place", _places(), persistent=False)

    def learnt(self, features: Tensor) -> Tensor:  # (B, 3, 96, 96): nothing is frozen -> (B, 144, CHANNELS)
        seen = self.flatten(self.see(features.float() / 127.5 - 1))  # (B, 144, FEATURES)
        return torch.cat([seen, self.place.expand(len(seen), -1, -1)], dim=2)


def _layer(inputs: int, outputs: int, **shape: Any) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, bias=False, **shape), nn.BatchNorm2d(outputs), nn.ReLU()]


def _places() -> Tensor:
    """(144, PLACE): each cell's row and column as a straight line and as waves."""
    # On the CPU also where weights are left out: places are no weights, and no checkpoint brings them.
    line = (torch.arange(GRID, device="cpu") + 0.5) / GRID  # 0..1 along the side
    along = [2 * line - 1]
    for wave in range(1, WAVES + 1):
        along += [torch.sin(math.pi * wave * line), torch.cos(math.pi * wave * line)]
    waves = torch.stack(along, dim=1)  # (12, PLACE / 2)
    rows, columns = waves.repeat_interleave(GRID, 0), waves.repeat(GRID, 1)
    return torch.cat([rows, columns], dim=1)
