"""The encoder against torchvision's network."""

from functools import partial
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from core import checkpoints
from core.captioning.encoder import open_encoder
from core.captioning.encoders.efficientnet_b4 import EfficientNetB4
from core.captioning.registry import ENCODERS
from core.checkpoints import CheckpointError

B4_FILE = "shared/data/encoders/efficientnet_b4_imagenet.safetensors"  # beside the repository, or further up
B4_WEIGHTS = next((up / B4_FILE for up in Path(__file__).parents if (up / B4_FILE).is_file()), None)


def test_weights_of_something_else_are_refused(tmp_path):
    save_file({"conv.weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(KeyError):
        EfficientNetB4.from_imagenet(tmp_path / "other.safetensors")
    with pytest.raises(FileNotFoundError):
        EfficientNetB4.from_imagenet(tmp_path / "missing.safetensors")


def plain_b4() -> tuple[torch.nn.Module, torch.nn.Module]:
    """torchvision's own layers with the weights of the file, up to ``features.5`` and from there to ``features.7.0``.

    The halving convolutions of ``features.4`` and ``features.6`` pad as TensorFlow does, the others as torchvision.
    """
    from core.captioning.encoders.torchvision_models import models

    network = models.efficientnet_b4(norm_layer=partial(torch.nn.BatchNorm2d, eps=1e-3)).eval()
    network.load_state_dict({name: x.float() for name, x in load_file(B4_WEIGHTS).items()}, strict=False)
    layers = torch.nn.Sequential(*list(network.features)[:7], network.features[7][0])
    # An even side: a kernel of 3 has nothing before and one after, one of 5 has one before and two after.
    for name, before in {"4.0.block.1.0": 0, "6.0.block.1.0": 1}.items():
        parent, _, last = name.rpartition(".")
        convolution = layers.get_submodule(name)
        convolution.padding = 0
        padded = torch.nn.Sequential(torch.nn.ZeroPad2d((before, before + 1, before, before + 1)), convolution)
        layers.get_submodule(parent)[int(last)] = padded
    return layers[:6], layers[6:]


@pytest.mark.skipif(B4_WEIGHTS is None, reason="the ImageNet weights are not beside the repository")
@torch.inference_mode()
@pytest.mark.slow
def test_efficientnet_is_torchvisions_with_batch_norm_folded_and_two_resolutions_merged(tmp_path):
    torch.manual_seed(0)
    encoder = EfficientNetB4.from_imagenet(B4_WEIGHTS).eval()
    photos = torch.nn.functional.interpolate(
        torch.randint(0, 256, (2, 3, 28, 28), generator=torch.Generator().manual_seed(1)).float(), 256, mode="bilinear"
    ).to(torch.uint8)
    grid = encoder(photos)
    assert grid.shape == (2, 256, 512) and (encoder.side, encoder.grid, encoder.channels) == (256, (16, 16), 512)
    mean, deviation = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]).view(2, 3, 1, 1)
    low, high = plain_b4()
    fine = low((photos / 255 - mean) / deviation)
    coarse = high(fine)
    assert fine.shape == (2, 160, 16, 16) and coarse.shape == (2, 448, 8, 8) and coarse.abs().mean() > 0.5
    for row, column in [(1, 1), (3, 13), (0, 0), (0, 5), (6, 4)]:
        # Fine cell 2 j + 1 is coarse cell j, one between two is their mean, and the first is the second's equal.
        near = [{(i - 1) // 2, i // 2} if i else {0} for i in (row, column)]
        over = torch.stack([coarse[:, :, r, c] for r in near[0] for c in near[1]]).mean(0)
        lateral = encoder.lateral.weight[:, :, 0, 0] @ fine[:, :, row, column].T + encoder.lateral.bias[:, None]
        top = encoder.top.weight[:, :, 0, 0] @ over.T + encoder.top.bias[:, None]
        expected = torch.nn.functional.silu(lateral + top).T
        assert (grid[:, row * 16 + column] - expected).abs().max() < 2e-3 * expected.abs().max()

    # A training computes the frozen part once; what a checkpoint stores is the folded network, at its side.
    torch.testing.assert_close(encoder.learnt(encoder.frozen(photos)), grid)
    encoder.freeze()
    learns = {name.split(".")[0] + name.split(".")[1] for name, p in encoder.named_parameters() if p.requires_grad}
    assert learns == {"features6", "features7", "lateralweight", "lateralbias", "topweight", "topbias"}
    config = {"kind": "encoder", **encoder.to_config()}
    checkpoints.save(tmp_path / "encoder", config, encoder.state_dict(), "# B4\n")
    opened, _ = open_encoder(tmp_path / "encoder", ENCODERS)
    assert isinstance(opened, EfficientNetB4) and opened.grid == (16, 16)
    assert (opened(photos) - grid).abs().max() < 0.02 * grid.abs().max()  # stored as float16


@pytest.mark.parametrize(("side", "grid"), [(100, 7), (320, 20)])
@torch.inference_mode()
@pytest.mark.slow
def test_efficientnets_grid_follows_its_side(side, grid):
    encoder = EfficientNetB4(side)
    photos = encoder.squash([Image.new("RGB", (40, 30))])
    assert encoder.grid == (grid, grid) and encoder(photos).shape == (1, grid * grid, 512)
    assert EfficientNetB4.from_config(encoder.to_config()).side == side


@pytest.mark.parametrize("side", [0, 63, 10**9, "224", 224.0, True])
def test_a_side_that_no_photo_has_is_refused(side):
    with pytest.raises(ValueError, match="whole number from 64"):
        EfficientNetB4(side)


def test_an_architecture_that_there_is_not_is_a_sentence(tmp_path):
    config = {"kind": "encoder", "architecture": "squirrel"}
    checkpoints.save(tmp_path / "encoder", config, {"weight": torch.zeros(1)}, "# None\n")
    with pytest.raises(CheckpointError, match="no architecture 'squirrel' of encoders, only efficientnet_b4"):
        open_encoder(tmp_path / "encoder", ENCODERS)


@pytest.mark.parametrize("name", ENCODERS.entries)
def test_an_encoder_says_what_it_is(name):
    encoder = ENCODERS.architecture({"architecture": name}).from_config({})
    assert encoder.architecture == name and encoder.about.endswith(".") and encoder.channels > 0
