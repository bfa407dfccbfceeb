"""``efficientnet_b4``: EfficientNet-B4 (Tan and Le 2019) of two resolutions, merged into one grid.

torchvision's layers up to ``features.7.0``. What they see at a cell of 32 pixels (``features.7.0``: which things) is
laid over what ``features.5`` sees at a cell of 16 (where exactly), as in a feature pyramid (Lin et al. 2017):

    grid = SiLU(L f_16 + up(T f_32))

with linear maps L (``lateral``) and T (``top``), which ImageNet does not know. What differs from torchvision's:

- a cell lies where it looks. A convolution with stride 2 that pads both sides of an even number alike, as
  torchvision's do, sees half a pixel of its input too far to the upper left; one that pads as TensorFlow does, where
  the weights come from (kernel 3: nothing before, one after; kernel 5: one and two), as far to the lower right. Which
  pixels a convolution begins with is nothing to its weights, so the last of the four up to ``features.5`` pads as
  TensorFlow does and the others do not: -1/2 - 1 - 2 + 4 pixels, half a pixel off in all. ``features.6`` pads as
  TensorFlow does, too, which puts the middle of its cell j on the finer cell 2 j + 1;
- ``features.7.1`` and ``features.8`` are left out;
- batch norm is folded into the convolutions, which have a bias instead, here and in checkpoints.
"""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.utils import fuse_conv_bn_eval

from core.captioning.encoder import Encoder, channels_last
from core.captioning.encoders.torchvision_models import models
from core.checkpoints.modules import init_empty_weights

CELL = 16  # pixels along each side of a cell
SIDES = (64, 1024)  # of photos, the least and the most
FINE, COARSE, CHANNELS = 160, 448, 512  # channels of features.5, of features.7.0 and of the grid
PADDED_LATE = (4, 6)  # stages whose halving convolution pads as TensorFlow does
BATCH_NORM_EPS = 1e-3
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pixels / 255


class EfficientNetB4(Encoder):
    """Made for photos of 380 x 380; at 256 it has a grid of 16 x 16. Up to ``features.5`` it stays as ImageNet left it,
    so that a training computes that part once."""

    architecture = "efficientnet_b4"
    channels = CHANNELS
    about = (
        "EfficientNet-B4 (Tan and Le 2019) up to `features.7.0`, its last two resolutions merged on a grid with a\n"
        "cell for every 16 pixels; see `core/captioning/encoders/efficientnet_b4.py`. Up to `features.5` it is as\n"
        "ImageNet left it."
    )

    def __init__(self, side: int = 256) -> None:
        super().__init__()
        if type(side) is not int or not SIDES[0] <= side <= SIDES[1]:
            raise ValueError(f"The side is a whole number from {SIDES[0]} to {SIDES[1]}, not {side!r}.")
        self.side = side
        self.grid = (math.ceil(side / CELL),) * 2
        self.features = _folded(_trunk())
        self.lateral, self.top = nn.Conv2d(FINE, CHANNELS, 1), nn.Conv2d(COARSE, CHANNELS, 1)
        channels_last(self)

    def to_config(self) -> Mapping[str, Any]:
        return {**super().to_config(), "model": {"side": self.side}}

    def frozen(self, photos: Tensor) -> Tensor:  # (B, 3, side, side) -> (B, 160, rows, columns)
        mean, deviation = (photos.new_tensor(x, dtype=torch.float32).view(3, 1, 1) for x in (MEAN, DEVIATION))
        x = (photos.float() / 255 - mean) / deviation
        fine: Tensor = self.features[:6](x.contiguous(memory_format=torch.channels_last))
        return fine

    def learnt(self, features: Tensor) -> Tensor:  # (B, 160, rows, columns) -> (B, rows * columns, 512)
        coarse = self.top(self.features[6:](features))
        return self.flatten(F.silu(self.lateral(features) + _laid_over(coarse, features.shape[2:])))

    def freeze(self) -> None:
        self.features[:6].requires_grad_(False)

    @classmethod
    def from_imagenet(cls, weights: Path) -> Self:
        with init_empty_weights():
            trunk = _trunk()
        source = {name.removeprefix("features."): tensor.float() for name, tensor in load_file(weights).items()}
        missing = set(trunk.load_state_dict(source, strict=False, assign=True).missing_keys)
        if missing := {name for name in missing if not name.endswith("num_batches_tracked")}:  # a count of training's
            raise KeyError(f"{weights} lacks {len(missing)} weights of EfficientNet-B4, {min(missing)} among them.")
        encoder = cls()
        encoder.features.load_state_dict(_folded(trunk).state_dict())
        return encoder


def _laid_over(coarse: Tensor, size: Sequence[int]) -> Tensor:
    """(B, C, ceil(H / 2), ceil(W / 2)) -> (B, C, H, W) = ``size``: coarse cell j is fine cell 2 j + 1, those between
    are means of their neighbours, and the first is the second's equal."""
    rows, columns = (2 * count - 1 for count in coarse.shape[2:])
    between = F.interpolate(coarse, (rows, columns), mode="bilinear", align_corners=True)
    return F.pad(between, (1, 0, 1, 0), mode="replicate")[:, :, : size[0], : size[1]]


def _trunk() -> nn.Sequential:
    """torchvision's layers as far as they are used, with their batch norm, but padded as above."""
    batch_norm = partial(nn.BatchNorm2d, eps=BATCH_NORM_EPS)
    features = models.efficientnet_b4(norm_layer=batch_norm).features[:8]
    features[7] = features[7][:1]
    for stage in PADDED_LATE:
        halving = features[stage][0].block[1][0]  # its depthwise convolution
        halving.padding = (0, 0)
        halving.register_forward_pre_hook(_pad_as_tensorflow)
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
            layer[0].requires_grad_()  # the bias, too, which is made as one that does not learn
    return trunk
