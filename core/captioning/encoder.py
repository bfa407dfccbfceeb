"""The eyes: a photo becomes a grid of features, once, for every captioner.

The trunk is Inception-v3 (Szegedy et al. 2015) from torchvision up to and including ``Mixed_7a``, changed in
three ways so that the grid is fine and its cells are where we draw them:

- ``Mixed_7a`` runs with stride 1 and padding 1, so the grid keeps the 14 x 14 of ``Mixed_6e``;
- the photo is squashed to 224 x 224 and framed with 13 or 14 repeated edge pixels, to 251: the convolutions
  without padding then take back just that frame, and cell (r, c) is centred on the photo's pixels
  [16 r, 16 r + 16) x [16 c, 16 c + 16) to within half a pixel;
- batch norm is folded into the convolutions, which have a bias instead.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.captioning._torchvision import import_inception

GRID = 14  # cells along each side
CHANNELS = 1280
FRAME = (13, 14, 13, 14)  # repeated edge pixels: left, right, top, bottom
BATCH_NORM_EPS = 1e-3  # torchvision's, in Inception

_inception = import_inception()


class ConvReLU(nn.Sequential):
    """A convolution with its bias, then the rectifier. Takes the place of torchvision's ``BasicConv2d``."""

    def __init__(self, in_channels: int, out_channels: int, **kwargs):
        super().__init__(nn.Conv2d(in_channels, out_channels, **kwargs), nn.ReLU(inplace=True))


def _pool(x: Tensor) -> Tensor:
    """The 3 x 3 mean that leaves the padding out of its count, as the original graph does."""
    return F.avg_pool2d(x, kernel_size=3, stride=1, padding=1, count_include_pad=False)


class MixedA(_inception.InceptionA):
    def _forward(self, x: Tensor) -> list[Tensor]:
        return [
            self.branch1x1(x),
            self.branch5x5_2(self.branch5x5_1(x)),
            self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x))),
            self.branch_pool(_pool(x)),
        ]


class MixedC(_inception.InceptionC):
    def _forward(self, x: Tensor) -> list[Tensor]:
        far = self.branch7x7dbl_2(self.branch7x7dbl_1(x))
        far = self.branch7x7dbl_5(self.branch7x7dbl_4(self.branch7x7dbl_3(far)))
        return [
            self.branch1x1(x),
            self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x))),
            far,
            self.branch_pool(_pool(x)),
        ]


class MixedD(_inception.InceptionD):
    """``Mixed_7a`` kept at its input's resolution: stride 1, padding 1 in every branch."""

    def __init__(self, in_channels: int, conv_block):
        super().__init__(in_channels, conv_block)
        for last in (self.branch3x3_2[0], self.branch7x7x3_4[0]):
            last.stride, last.padding = (1, 1), (1, 1)

    def _forward(self, x: Tensor) -> list[Tensor]:
        return [
            self.branch3x3_2(self.branch3x3_1(x)),
            self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))),
            F.max_pool2d(x, kernel_size=3, stride=1, padding=1),
        ]


class Encoder(nn.Module):
    """Photo -> grid. ``early`` was never trained here (edges, textures); ``late`` was fine-tuned on captions."""

    def __init__(self):
        super().__init__()
        block = ConvReLU
        self.early = nn.Sequential()
        for name, layer in {
            "Conv2d_1a_3x3": block(3, 32, kernel_size=3, stride=2),
            "Conv2d_2a_3x3": block(32, 32, kernel_size=3),
            "Conv2d_2b_3x3": block(32, 64, kernel_size=3, padding=1),
            "maxpool1": nn.MaxPool2d(kernel_size=3, stride=2),
            "Conv2d_3b_1x1": block(64, 80, kernel_size=1),
            "Conv2d_4a_3x3": block(80, 192, kernel_size=3),
            "maxpool2": nn.MaxPool2d(kernel_size=3, stride=2),
            "Mixed_5b": MixedA(192, pool_features=32, conv_block=block),
            "Mixed_5c": MixedA(256, pool_features=64, conv_block=block),
            "Mixed_5d": MixedA(288, pool_features=64, conv_block=block),
            "Mixed_6a": _inception.InceptionB(288, conv_block=block),
        }.items():
            self.early.add_module(name, layer)
        self.late = nn.Sequential()
        for name, layer in {
            "Mixed_6b": MixedC(768, channels_7x7=128, conv_block=block),
            "Mixed_6c": MixedC(768, channels_7x7=160, conv_block=block),
            "Mixed_6d": MixedC(768, channels_7x7=160, conv_block=block),
            "Mixed_6e": MixedC(768, channels_7x7=192, conv_block=block),
            "Mixed_7a": MixedD(768, conv_block=block),
        }.items():
            self.late.add_module(name, layer)
        self.to(memory_format=torch.channels_last)

    def forward(self, photos: Tensor) -> Tensor:
        """Encode photos of shape (B, 3, 224, 224), uint8 or floats in 0-255, into grids (B, 196, 1280)."""
        return self.flatten(self.late(self.early(self.frame(photos))))

    @staticmethod
    def frame(photos: Tensor) -> Tensor:
        """(B, 3, 224, 224) in 0-255 -> (B, 3, 251, 251) in -1..1, its edge pixels repeated outward."""
        x = photos.float().div(127.5).sub(1.0)
        return F.pad(x, FRAME, mode="replicate").contiguous(memory_format=torch.channels_last)

    @staticmethod
    def flatten(features: Tensor) -> Tensor:
        """(B, C, 14, 14) -> (B, 196, C), cells row by row."""
        return features.flatten(2).transpose(1, 2)


def from_imagenet(weights: Path) -> Encoder:
    """An encoder with the ImageNet weights of ``inception_v3_imagenet.safetensors`` (names as in torchvision).

    Raises:
        FileNotFoundError: the file is not there.
        KeyError: the file lacks a layer of the trunk.
    """
    from safetensors.torch import load_file

    source = load_file(weights)
    encoder = Encoder()
    state = {}
    for name in encoder.state_dict():
        layer, kind = name.split(".", 1)[1].rsplit(".0.", 1)
        norm = {
            part: source[f"{layer}.bn.{part}"].float() for part in ("weight", "bias", "running_mean", "running_var")
        }
        scale = norm["weight"] / (norm["running_var"] + BATCH_NORM_EPS).sqrt()
        if kind == "weight":
            state[name] = source[f"{layer}.conv.weight"].float() * scale[:, None, None, None]
        else:
            state[name] = norm["bias"] - norm["running_mean"] * scale
    encoder.load_state_dict(state)
    return encoder
