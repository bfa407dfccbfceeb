"""``inception_v3``: the trunk of Inception-v3 (Szegedy et al. 2015) up to and including ``Mixed_7a``.

It is changed so that the grid is fine and its cells are where we draw them:

- ``Mixed_7a`` runs with stride 1 and padding 1, so the grid keeps the 14 x 14 of ``Mixed_6e``;
- the photo is squashed to 224 x 224 and framed with 13 or 14 repeated edge pixels, to 251: the convolutions
  without padding then take back just that frame, and cell (r, c) is centred on the photo's pixels
  [16 r, 16 r + 16) x [16 c, 16 c + 16) to within half a pixel.
"""

from collections import OrderedDict
from pathlib import Path
from typing import Self

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from core.captioning.encoder import Encoder, channels_last
from core.captioning.encoders.inception_blocks import ConvReLU, MixedA, MixedB, MixedC, MixedD

FRAME = (13, 14, 13, 14)  # repeated edge pixels: left, right, top, bottom
FROZEN = 10  # of the early layers: up to Mixed_5d, edges and textures, ImageNet's serve
BATCH_NORM_EPS = 1e-3  # torchvision's, in Inception


class InceptionV3(Encoder):
    """Up to ``Mixed_5d`` (edges, textures) the shipped one was never trained here; the rest learnt from captions."""

    architecture = "inception_v3"
    side, grid, channels = 224, (14, 14), 1280
    about = (
        "Inception-v3 (Szegedy et al. 2015) up to `Mixed_7a`, which runs with stride 1; see\n"
        "`core/captioning/encoders/inception_v3.py`. Up to `Mixed_5d` it is as ImageNet left it."
    )

    def __init__(self) -> None:
        super().__init__()
        early: OrderedDict[str, nn.Module] = OrderedDict(
            Conv2d_1a_3x3=ConvReLU(3, 32, kernel_size=3, stride=2),
            Conv2d_2a_3x3=ConvReLU(32, 32, kernel_size=3),
            Conv2d_2b_3x3=ConvReLU(32, 64, kernel_size=3, padding=1),
            maxpool1=nn.MaxPool2d(kernel_size=3, stride=2),
            Conv2d_3b_1x1=ConvReLU(64, 80, kernel_size=1),
            Conv2d_4a_3x3=ConvReLU(80, 192, kernel_size=3),
            maxpool2=nn.MaxPool2d(kernel_size=3, stride=2),
            Mixed_5b=MixedA(192, pool_features=32),
            Mixed_5c=MixedA(256, pool_features=64),
            Mixed_5d=MixedA(288, pool_features=64),
            Mixed_6a=MixedB(288),
        )
        late: OrderedDict[str, nn.Module] = OrderedDict(
            Mixed_6b=MixedC(768, channels_7x7=128),
            Mixed_6c=MixedC(768, channels_7x7=160),
            Mixed_6d=MixedC(768, channels_7x7=160),
            Mixed_6e=MixedC(768, channels_7x7=192),
            Mixed_7a=MixedD(768),
        )
        self.early, self.late = nn.Sequential(early), nn.Sequential(late)
        channels_last(self)

    def frozen(self, photos: Tensor) -> Tensor:  # (B, 3, 224, 224) -> (B, 288, 29, 29)
        features: Tensor = self.early[:FROZEN](self.frame(photos))
        return features

    def learnt(self, features: Tensor) -> Tensor:  # (B, 288, 29, 29) -> (B, 196, 1280)
        return self.flatten(self.late(self.early[FROZEN:](features)))

    def freeze(self) -> None:
        self.early[:FROZEN].requires_grad_(False)

    @staticmethod
    def frame(photos: Tensor) -> Tensor:
        """(B, 3, 224, 224) in 0-255 -> (B, 3, 251, 251) in -1..1, its edge pixels repeated outward."""
        x = photos.float().div(127.5).sub(1.0)
        return F.pad(x, FRAME, mode="replicate").contiguous(memory_format=torch.channels_last)

    @classmethod
    def from_imagenet(cls, weights: Path) -> Self:
        source = load_file(weights)
        encoder = cls()
        state: dict[str, Tensor] = {}
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
