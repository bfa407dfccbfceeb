"""Encoders that are a network of torchvision up to one of its layers: ``resnet50``, ``efficientnet_b0`` and others.

Each is a name in torchvision, the layer whose features are the grid, and the layer up to which a training leaves the
network as it was, so that what comes before is computed once a photo. Another one is a class here and an entry of the
registry. A layer with a cell for every 16 pixels gives 14 x 14 cells at 224 pixels; a checkpoint's config may name
another layer, or another side of the photo.

Batch norms keep the statistics that they came with, in training too (as is usual where batches are small, He et al.
2017, "Mask R-CNN", section 3.1), so that a photo is seen alike whatever stands beside it.
"""

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from core.captioning.encoder import Encoder, channels_last
from core.captioning.encoders.torchvision_models import FrozenBatchNorm2d, models

SIDES = (64, 512)  # of photos, the least and the most
MOST_CELLS = 1024
NOISE = 8  # pictures


class TorchvisionTrunk(Encoder):
    """A network of torchvision, cut off behind one of its layers.

    Attributes:
        layer: where it is cut off, as torchvision names it: one of the children of the network or of a sequence in it.
        frozen_layer: the last one that a training leaves alone; it comes before ``layer``, among the same children.
        mean, deviation: of the pixels / 255 that it was trained on, a colour each.
    """

    layer: ClassVar[str]
    frozen_layer: ClassVar[str]
    mean: ClassVar[tuple[float, float, float]] = (0.485, 0.456, 0.406)
    deviation: ClassVar[tuple[float, float, float]] = (0.229, 0.224, 0.225)

    def __init__(self, side: int = 224, layer: str = "") -> None:
        super().__init__()
        if type(side) is not int or not SIDES[0] <= side <= SIDES[1]:
            raise ValueError(f"The side is a whole number from {SIDES[0]} to {SIDES[1]}, not {side!r}.")
        self.side, self.cut = side, layer or self.layer
        children = _children(self.architecture, self.cut)
        last_frozen = self.frozen_layer.rpartition(".")[2]
        if last_frozen not in children:
            raise ValueError(f"The layer {self.cut!r} does not come after {self.frozen_layer!r}.")
        self.split = list(children).index(last_frozen) + 1
        self.trunk = _without_batch_norms(nn.Sequential(children))
        self.channels, self.grid = _shape(self.architecture, self.cut, side)
        if not 1 <= self.grid[0] * self.grid[1] <= MOST_CELLS:
            raise ValueError(f"The grid is {self.grid[0]} x {self.grid[1]}; up to {MOST_CELLS} cells are looked over.")
        self.about = (
            f"torchvision's {self.architecture} up to `{self.cut}`, as it was before this training up to\n"
            f"`{self.frozen_layer}`; see `core/captioning/encoders/trunks.py`."
        )
        channels_last(self)

    def to_config(self) -> Mapping[str, Any]:
        return {**super().to_config(), "model": {"side": self.side, "layer": self.cut}}

    def frozen(self, photos: Tensor) -> Tensor:  # (B, 3, side, side) -> (B, C', rows', columns')
        mean, deviation = (photos.new_tensor(x, dtype=torch.float32).view(3, 1, 1) for x in (self.mean, self.deviation))
        x = (photos.float() / 255 - mean) / deviation
        features: Tensor = self.trunk[: self.split](x.contiguous(memory_format=torch.channels_last))
        return features

    def learnt(self, features: Tensor) -> Tensor:  # -> (B, rows * columns, channels)
        return self.flatten(self.trunk[self.split :](features))

    def freeze(self) -> None:
        self.trunk[: self.split].requires_grad_(False)

    @classmethod
    def begin(cls) -> Self:
        """With random weights, and the batch norms' statistics of noise seen through them: without any, what passes
        through dozens of layers fades to nothing."""
        network = nn.Sequential(_children(cls.architecture, cls.layer))
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.momentum = None  # the mean over all batches, in place of a moving one
        with torch.no_grad():
            network.train()(torch.randn(NOISE, 3, 128, 128))
        encoder, known = cls(), network.state_dict()
        encoder.trunk.load_state_dict({name: known[name] for name in encoder.trunk.state_dict()})
        return encoder

    @classmethod
    def from_imagenet(cls, weights: Path) -> Self:
        encoder = cls()
        prefix = encoder.cut.rpartition(".")[0]
        given = {name.removeprefix(f"{prefix}."): tensor for name, tensor in load_file(weights).items()}
        wanted = encoder.trunk.state_dict()
        if missing := wanted.keys() - given.keys():
            raise KeyError(f"{weights} lacks {len(missing)} weights of {cls.architecture}, {min(missing)} among them.")
        encoder.trunk.load_state_dict({name: given[name] for name in wanted})
        return encoder


def _children(name: str, layer: str) -> "OrderedDict[str, nn.Module]":
    """The network's layers in their order up to this one.

    Raises:
        ValueError: the network has no such layer.
    """
    network = models.get_model(name, weights=None)
    parent, _, last = layer.rpartition(".")
    try:
        siblings = dict(network.get_submodule(parent).named_children())
    except AttributeError as error:
        raise ValueError(f"{name} has no layer {layer!r}.") from error
    if last not in siblings:
        raise ValueError(f"{name} has no layer {layer!r}.")
    names = list(siblings)
    return OrderedDict((one, siblings[one]) for one in names[: names.index(last) + 1])


def _without_batch_norms(network: nn.Sequential) -> nn.Sequential:
    """The same, with a batch norm that never learns in the place of each one that does."""
    for parent in list(network.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(parent, name, FrozenBatchNorm2d(child.num_features, eps=child.eps))
    return network


def _shape(name: str, layer: str, side: int) -> tuple[int, tuple[int, int]]:
    """Channels of a layer's features, and rows and columns of its grid; nothing is computed for it."""
    with torch.device("meta"), torch.no_grad():
        features = nn.Sequential(_children(name, layer)).eval()(torch.empty(1, 3, side, side))
    if features.dim() != 4:
        raise ValueError(f"The layer {layer!r} has no grid.")
    channels, rows, columns = features.shape[1:]
    return channels, (rows, columns)


class ResNet50(TorchvisionTrunk):
    """He et al. 2015."""

    architecture, layer, frozen_layer = "resnet50", "layer3", "layer2"


class EfficientNetB0(TorchvisionTrunk):
    """Tan and Le 2019."""

    architecture, layer, frozen_layer = "efficientnet_b0", "features.5", "features.3"


class ConvNeXtTiny(TorchvisionTrunk):
    """Liu et al. 2022."""

    architecture, layer, frozen_layer = "convnext_tiny", "features.5", "features.3"


class MobileNetV3Large(TorchvisionTrunk):
    """Howard et al. 2019."""

    architecture, layer, frozen_layer = "mobilenet_v3_large", "features.12", "features.6"
