"""The encoders against torchvision's networks."""

from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core.captioning.encoders.inception_v3 import InceptionV3

B4_WEIGHTS = Path(__file__).parents[2] / "shared" / "data" / "encoders" / "efficientnet_b4_imagenet.safetensors"


@pytest.fixture(scope="module")
def theirs():
    """torchvision's network with random weights and statistics, its means not counting the padding, as trained."""
    from core.captioning.encoders import torchvision_models  # noqa: F401, I001 (first: it cures torchvision's import)
    from torchvision.models import inception

    torch.manual_seed(0)
    network = inception.Inception3(aux_logits=False, init_weights=False).eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight)  # keeps what passes through about as large as it was
        if isinstance(layer, torch.nn.BatchNorm2d):
            for statistic in (layer.running_mean, layer.bias):
                torch.nn.init.normal_(statistic, std=0.1)
            for statistic in (layer.running_var, layer.weight):
                torch.nn.init.uniform_(statistic, 0.8, 1.25)
    plain = inception.F.avg_pool2d
    inception.F = type("F", (), {**vars(inception.F), "avg_pool2d": partial(plain, count_include_pad=False)})
    return network


@torch.inference_mode()
def test_the_trunk_is_torchvisions_with_a_finer_last_block(theirs, tmp_path):
    save_file(theirs.state_dict(), tmp_path / "weights.safetensors")
    ours = InceptionV3.from_imagenet(tmp_path / "weights.safetensors").eval()
    photos = torch.randint(0, 256, (2, 3, 224, 224), generator=torch.Generator().manual_seed(1)).to(torch.uint8)
    grid = ours(photos)
    assert grid.shape == (2, 14 * 14, 1280)
    x = InceptionV3.frame(photos)
    for name in [*dict(ours.early.named_children()), *dict(ours.late.named_children())]:
        x = getattr(theirs, name)(x)
    # Theirs steps over every other cell and leaves out the edge: its cell (r, c) is our cell (2 r + 1, 2 c + 1).
    same = grid.view(2, 14, 14, 1280)[:, 1:-1:2, 1:-1:2].permute(0, 3, 1, 2)
    assert x.shape == same.shape and x.abs().max() > 0.1
    assert (x - same).abs().max() < 1e-4 * x.abs().max()


def test_weights_of_something_else_are_refused(tmp_path):
    save_file({"conv.weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(KeyError):
        InceptionV3.from_imagenet(tmp_path / "other.safetensors")
    with pytest.raises(FileNotFoundError):
        InceptionV3.from_imagenet(tmp_path / "missing.safetensors")
