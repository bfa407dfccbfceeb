"""The blocks of Inception-v3 (Szegedy et al. 2015) that the encoder is made of; each takes (B, C, H, W).

A block looks at the same features in several ways at once, its branches, and lays what they find side by side. Names,
sizes and order are torchvision's, so that its weights fit; a test holds the blocks against it. Three things differ:
batch norm is folded into the convolutions, which have a bias instead; the means leave the padding out of their count,
as in the graph that the weights come from; and ``MixedD`` keeps its input's resolution.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvReLU(nn.Sequential):
    """A convolution with its bias, then the rectifier. Takes the place of torchvision's ``BasicConv2d``."""

    def __init__(self, in_channels: int, out_channels: int, **kwargs: Any) -> None:
        super().__init__(nn.Conv2d(in_channels, out_channels, **kwargs), nn.ReLU(inplace=True))


class MixedA(nn.Module):
    """``Mixed_5b`` to ``5d``: 1 x 1, 5 x 5, twice 3 x 3, and the mean around; to 224 + ``pool_features`` channels."""

    def __init__(self, in_channels: int, pool_features: int) -> None:
        super().__init__()
        self.branch1x1 = ConvReLU(in_channels, 64, kernel_size=1)
        self.branch5x5_1 = ConvReLU(in_channels, 48, kernel_size=1)
        self.branch5x5_2 = ConvReLU(48, 64, kernel_size=5, padding=2)
        self.branch3x3dbl_1 = ConvReLU(in_channels, 64, kernel_size=1)
        self.branch3x3dbl_2 = ConvReLU(64, 96, kernel_size=3, padding=1)
        self.branch3x3dbl_3 = ConvReLU(96, 96, kernel_size=3, padding=1)
        self.branch_pool = ConvReLU(in_channels, pool_features, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        near = self.branch5x5_2(self.branch5x5_1(x))
        far = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), near, far, self.branch_pool(_mean(x))], dim=1)


class MixedB(nn.Module):
    """``Mixed_6a``: halves the resolution, to 480 channels and those that it is given."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.branch3x3 = ConvReLU(in_channels, 384, kernel_size=3, stride=2)
        self.branch3x3dbl_1 = ConvReLU(in_channels, 64, kernel_size=1)
        self.branch3x3dbl_2 = ConvReLU(64, 96, kernel_size=3, padding=1)
        self.branch3x3dbl_3 = ConvReLU(96, 96, kernel_size=3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        far = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), far, F.max_pool2d(x, kernel_size=3, stride=2)], dim=1)


class MixedC(nn.Module):
    """``Mixed_6b`` to ``6e``: 7 x 7 as a row and a column of 7, once and twice, and the mean; to 768 channels."""

    def __init__(self, in_channels: int, channels_7x7: int) -> None:
        super().__init__()
        c7, across = channels_7x7, {"kernel_size": (1, 7), "padding": (0, 3)}
        down = {"kernel_size": (7, 1), "padding": (3, 0)}
        self.branch1x1 = ConvReLU(in_channels, 192, kernel_size=1)
        self.branch7x7_1 = ConvReLU(in_channels, c7, kernel_size=1)
        self.branch7x7_2 = ConvReLU(c7, c7, **across)
        self.branch7x7_3 = ConvReLU(c7, 192, **down)
        self.branch7x7dbl_1 = ConvReLU(in_channels, c7, kernel_size=1)
        self.branch7x7dbl_2 = ConvReLU(c7, c7, **down)
        self.branch7x7dbl_3 = ConvReLU(c7, c7, **across)
        self.branch7x7dbl_4 = ConvReLU(c7, c7, **down)
        self.branch7x7dbl_5 = ConvReLU(c7, 192, **across)
        self.branch_pool = ConvReLU(in_channels, 192, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        near = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        far = self.branch7x7dbl_2(self.branch7x7dbl_1(x))
        far = self.branch7x7dbl_5(self.branch7x7dbl_4(self.branch7x7dbl_3(far)))
        return torch.cat([self.branch1x1(x), near, far, self.branch_pool(_mean(x))], dim=1)


class MixedD(nn.Module):
    """``Mixed_7a`` kept at its input's resolution, to 512 channels and those that it is given.

    The last convolution of each branch and the maximum have stride 1 and padding 1 where Inception has 2 and 0.
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.branch3x3_1 = ConvReLU(in_channels, 192, kernel_size=1)
        self.branch3x3_2 = ConvReLU(192, 320, kernel_size=3, padding=1)
        self.branch7x7x3_1 = ConvReLU(in_channels, 192, kernel_size=1)
        self.branch7x7x3_2 = ConvReLU(192, 192, kernel_size=(1, 7), padding=(0, 3))
        self.branch7x7x3_3 = ConvReLU(192, 192, kernel_size=(7, 1), padding=(3, 0))
        self.branch7x7x3_4 = ConvReLU(192, 192, kernel_size=3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        near = self.branch3x3_2(self.branch3x3_1(x))
        far = self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x))))
        return torch.cat([near, far, F.max_pool2d(x, kernel_size=3, stride=1, padding=1)], dim=1)


def _mean(x: Tensor) -> Tensor:
    """The mean of the 3 x 3 around, of those that there are."""
    return F.avg_pool2d(x, kernel_size=3, stride=1, padding=1, count_include_pad=False)
