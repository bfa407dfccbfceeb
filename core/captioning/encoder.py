"""What every encoder offers: a photo becomes a grid of features, once, for every captioner.

An encoder is a module of its own and one entry in :data:`core.captioning.registry.ENCODERS`. How large its photos
are, how many cells its grid has and how many numbers a cell, everything else reads from it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core.captioning.photo import squash
from core.checkpoints.modules import StoredModule
from core.checkpoints.registry import Registry

M = TypeVar("M", bound=torch.nn.Module)


class Encoder(StoredModule):
    """Photo -> grid.

    Attributes:
        side: of the square photo that it takes, pixels.
        grid: rows and columns of the grid that it gives.
        channels: numbers a cell.
    """

    side: int
    grid: tuple[int, int]
    channels: int
    about: str = ""

    def forward(self, photos: Tensor) -> Tensor:
        """Encode photos (B, 3, side, side), uint8 or floats in 0-255, into grids (B, rows * columns, channels).

        What the network wants in place of 0-255 is its own business, and done in here. Cells go row by row.
        """
        return self.learnt(self.frozen(photos))

    def frozen(self, photos: Tensor) -> Tensor:
        """The first part of ``forward``, which :meth:`freeze` excludes from training and a training computes once:
        photos -> features (B, ...). The photos themselves, if an encoder says nothing."""
        return photos

    def learnt(self, features: Tensor) -> Tensor:
        """The rest of ``forward``: features -> grids (B, rows * columns, channels)."""
        raise NotImplementedError

    @classmethod
    def from_imagenet(cls, weights: Path) -> Self:
        """One with the ImageNet weights in a safetensors file, its names as in torchvision, to be trained further.

        Raises:
            FileNotFoundError: the file is not there.
            KeyError, RuntimeError: the file lacks a layer of the network, or holds another's.
        """
        raise NotImplementedError

    @classmethod
    def begin(cls) -> Self:
        """One that has learnt nothing, its weights drawn by torch's generator."""
        return cls()

    def freeze(self) -> None:
        """Exclude from training what ImageNet's weights are to be kept of; nothing, if an encoder says nothing."""

    def squash(self, photos: Sequence[Image.Image]) -> Tensor:
        """RGB photos of any size as this encoder takes them: uint8 (B, 3, side, side)."""
        return squash_all(photos, self.side)

    @staticmethod
    def flatten(features: Tensor) -> Tensor:
        """(B, C, rows, columns) -> (B, rows * columns, C), cells row by row."""
        return features.flatten(2).transpose(1, 2)


def squash_all(photos: Sequence[Image.Image], side: int) -> Tensor:
    """RGB photos of any size as squares: uint8 (B, 3, side, side)."""
    pixels = np.stack([squash(photo, side) for photo in photos])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2)


def open_encoder(folder: Path, registry: Registry[Encoder]) -> tuple[Encoder, str]:
    """The encoder in a checkpoint's folder, with the sha256 of its weights.

    Raises:
        CheckpointError: the folder holds no encoder of this registry, or a damaged one.
    """
    encoder, config = registry.open(folder)
    return channels_last(encoder), config["sha256"]


def channels_last(module: M) -> M:
    """The same module, its weights laid out as convolutions on a CPU are fastest: a pixel's channels side by side."""
    return module.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]  # for stubs unknown
