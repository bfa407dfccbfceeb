"""Heat lies where the encoder looked: each cell's receptive field is centred on the middle of its square of pixels."""

import pytest
import torch
from torch import Tensor, nn

from core.captioning.encoders.efficientnet_b4 import EfficientNetB4


@torch.no_grad()
@pytest.mark.parametrize("along", [0, 1], ids=["rows", "columns"])
@pytest.mark.parametrize("resolution", ["lateral", "top"])
def test_both_resolutions_look_at_the_middle_of_a_cells_pixels(resolution, along):
    """Without its bends, and with the middle of each kernel alone, it is linear: a ramp comes out as a ramp."""
    encoder = EfficientNetB4().eval()
    for parent in list(encoder.modules()):
        for name, layer in parent.named_children():
            if isinstance(layer, nn.SiLU) or type(layer).__name__ == "SqueezeExcitation":
                setattr(parent, name, nn.Identity())
            elif isinstance(layer, nn.Conv2d):
                height, width = layer.kernel_size
                layer.weight.zero_()[:, :, height // 2, width // 2] = 1 / layer.weight.shape[1]
                layer.bias.zero_()
    other = {"lateral": encoder.top, "top": encoder.lateral}[resolution]
    other.weight.zero_()
    side, cells = encoder.side, encoder.grid[along]

    def seen(photo: Tensor) -> Tensor:
        return encoder.learnt(encoder.frozen(photo.expand(1, 3, side, side)))[0].mean(1).view(*encoder.grid)

    other.bias.fill_(30 + 100 * float(seen(torch.full((side,), 255.0)).abs().max()))  # so far up SiLU is straight
    ramp = (torch.arange(side) + 0.5) / side * 255
    dark, bright, ramped = (
        seen(x if along == 1 else x.unsqueeze(1)).double() for x in (0 * ramp, 0 * ramp + 255, ramp)
    )
    places = ((ramped - dark) / (bright - dark) * side).select(1 - along, encoder.grid[1 - along] // 2)
    expected = (torch.arange(cells) + 0.5).double() * side / cells
    inner = slice(cells // 3, -(cells // 3))  # near the edge the zeros around the photo weigh in
    torch.testing.assert_close(places[inner], expected[inner], atol=0.6, rtol=0)
