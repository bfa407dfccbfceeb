"""``efficientnet_b4``: the trunk of EfficientNet-B4 (Tan and Le 2019), torchvision's, up to ``features.7.0``.

What differs from torchvision's:

- the convolution of ``features.6.0`` that halves the grid keeps it, and those behind it are dilated by 2, so that a
  cell is 16 pixels of the squashed photo: 14 x 14 cells at 224, 20 x 20 at 320;
- convolutions with stride 2 pad as TensorFlow does, where the ImageNet weights come from: an even side and kernel 3
  has nothing before and one after, so a cell's middle lies up to half a cell to the lower right of where it is drawn;
- ``features.7.1`` and ``features.8`` are left out;
- batch norm is folded into the convolutions, which have a bias instead, here and in checkpoints.
"""

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.utils import fuse_conv_bn_eval

from core.captioning.encoder import Encoder, channels_last
from core.captioning.encoders.torchvision_models import efficientnet
from core.checkpoints.modules import init_empty_weights

CELL = 16  # pixels along each side of a cell
SIDES = (32, 1024)  # of photos, the least and the most
BATCH_NORM_EPS = 1e-3
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pixels / 255


class EfficientNetB4(Encoder):
    """Made for photos of 380 x 380; at 224 it has the grid of ``inception_v3``."""

    architecture = "efficientnet_b4"
    channels = 448
    about = (
        "EfficientNet-B4 (Tan and Le 2019) up to `features.7.0`, with a cell for every 16 pixels; see\n"
        "`core/captioning/encoders/efficientnet_b4.py`."
    )

    def __init__(self, side: int = 224) -> None:
        super().__init__()
        if type(side) is not int or not SIDES[0] <= side <= SIDES[1]:
            raise ValueError(f"The side is a whole number from {SIDES[0]} to {SIDES[1]}, not {side!r}.")
        self.side = side
        self.grid = (math.ceil(side / CELL),) * 2
        self.features = _folded(_trunk())
        channels_last(self)

    def to_config(self) -> Mapping[str, Any]:
        return {**super().to_config(), "model": {"side": self.side}}

    def forward(self, photos: Tensor) -> Tensor:  # (B, 3, side, side) -> (B, rows * columns, 448)
        mean, deviation = (photos.new_tensor(x, dtype=torch.float32).view(3, 1, 1) for x in (MEAN, DEVIATION))
        x = (photos.float() / 255 - mean) / deviation
        return self.flatten(self.features(x.contiguous(memory_format=torch.channels_last)))

    @classmethod
    def from_imagenet(cls, weights: Path) -> Self:
        with init_empty_weights():
            trunk, encoder = _trunk(), cls()
        source = {name.removeprefix("features."): tensor.float() for name, tensor in load_file(weights).items()}
        missing = set(trunk.load_state_dict(source, strict=False, assign=True).missing_keys)
        if missing := {name for name in missing if not name.endswith("num_batches_tracked")}:  # a count of training's
            raise KeyError(f"{weights} lacks {len(missing)} weights of EfficientNet-B4, {min(missing)} among them.")
        encoder.features.load_state_dict(_folded(trunk).state_dict(), assign=True)
        return channels_last(encoder)


def _trunk() -> nn.Sequential:
    """torchvision's layers as far as they are used, with their batch norm, but with grid and padding as above."""
    batch_norm = partial(nn.BatchNorm2d, eps=BATCH_NORM_EPS)
    features = efficientnet.efficientnet_b4(norm_layer=batch_norm).features[:8]
    features[7] = features[7][:1]
    halving, *behind = (block.block[1][0] for stage in features[6:] for block in stage)  # the depthwise convolutions
    halving.stride = (1, 1)
    for convolution in behind:
        convolution.dilation = (2, 2)
        convolution.padding = tuple(2 * padding for padding in convolution.padding)
    for layer in features.modules():
        if isinstance(layer, nn.Conv2d) and layer.stride == (2, 2):
            layer.padding = (0, 0)
            layer.register_forward_pre_hook(_pad_as_tensorflow)
    return nn.Sequential(*features)


def _pad_as_tensorflow(convolution: nn.Conv2d, inputs: tuple[Tensor]) -> Tensor:
    """(B, C, H, W) with zeros around it, so that there are as many steps of 2 as fit, an odd zero behind."""
    (x,) = inputs
    kernel = convolution.kernel_size[0]
    down, across = (max((math.ceil(size / 2) - 1) * 2 + kernel - size, 0) for size in x.shape[2:])
    return F.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))


def _folded(trunk: nn.Sequential) -> nn.Sequential:
    """The same function in evaluation mode, every batch norm folded into the convolution before it, in place."""
    for layer in list(trunk.eval().modules()):
        if isinstance(layer, nn.Sequential) and len(layer) > 1 and isinstance(layer[1], nn.BatchNorm2d):
            convolution, norm = layer[0], layer[1]
            assert isinstance(convolution, nn.Conv2d)
            layer[0], layer[1] = fuse_conv_bn_eval(convolution, norm), nn.Identity()
    return trunk
