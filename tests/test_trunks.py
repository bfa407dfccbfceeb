"""Encoders cut out of torchvision's networks: the same numbers as torchvision's own, saved and opened, trained."""

import json

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from core import checkpoints
from core.__main__ import main
from core.captioning.encoders.torchvision_models import models
from core.captioning.registry import ENCODERS
from core.captioning.service import CaptionService
from core.captioning.settings import Decisions, Settings

NAMES = [name for name, where in ENCODERS.entries.items() if "trunks:" in where]
LAYERS = {"resnet50": "layer3", "efficientnet_b0": "features.5", "convnext_tiny": "features.5"}
SMALL = "mobilenet_v3_large"


def architecture(name: str):
    return ENCODERS.architecture({"architecture": name})


@pytest.fixture
def whole():
    """A whole network of torchvision's with weights and statistics that are not those it begins with."""

    def whole(name: str):
        torch.manual_seed(0)
        network = models.get_model(name, weights=None).eval()
        for layer in network.modules():
            if isinstance(layer, torch.nn.BatchNorm2d):
                layer.running_mean.normal_(std=0.1)
                layer.running_var.uniform_(0.5, 2)
                layer.weight.data.uniform_(0.5, 1.5)
        return network

    return whole


@pytest.mark.parametrize("name", NAMES)
def test_it_sees_what_torchvisions_network_sees_at_that_layer(name, whole, tmp_path):
    network = whole(name)
    save_file(network.state_dict(), tmp_path / "weights.safetensors")
    encoder = architecture(name).from_imagenet(tmp_path / "weights.safetensors").eval()
    encoder.side = 64
    seen = {}
    network.get_submodule(LAYERS.get(name, "features.12")).register_forward_hook(lambda *all: seen.update(at=all[2]))
    photos = torch.randint(0, 256, (1, 3, 64, 64), dtype=torch.uint8)
    mean, deviation = torch.tensor(encoder.mean), torch.tensor(encoder.deviation)
    with torch.inference_mode():
        ours = encoder(photos)
        network((photos / 255 - mean.view(3, 1, 1)) / deviation.view(3, 1, 1))
    expected = seen["at"].flatten(2).transpose(1, 2)
    assert ours.shape == expected.shape == (1, 16, encoder.channels) and encoder.grid == (14, 14)
    assert torch.allclose(ours, expected, atol=1e-4 * float(expected.abs().max()))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_saved_and_opened_and_freezes_its_first_layers(name, tmp_path):
    encoder = architecture(name)(side=96).eval()
    checkpoints.save(tmp_path / "encoder", {"kind": "encoder", **encoder.to_config()}, encoder.state_dict(), "")
    opened, config = ENCODERS.open(tmp_path / "encoder")
    assert config["architecture"] == name and opened.grid == encoder.grid == (6, 6)
    encoder.freeze()
    learnt = {name for name, parameter in encoder.named_parameters() if parameter.requires_grad}
    assert learnt and len(learnt) < len(list(encoder.parameters()))
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in encoder.modules())


@pytest.mark.parametrize(
    "sizes", [{"side": 0}, {"side": 10**9}, {"side": "64"}, {"layer": "features.99"}, {"layer": "features.2"}, {"x": 1}]
)
def test_a_config_that_describes_none_is_refused(sizes, tmp_path):
    encoder = architecture(SMALL)(side=64)
    config = {"kind": "encoder", **encoder.to_config(), "model": sizes}
    checkpoints.save(tmp_path / "encoder", config, encoder.state_dict(), "")
    with pytest.raises(checkpoints.CheckpointError, match="does not describe an encoder"):
        ENCODERS.open(tmp_path / "encoder")


def test_another_layer_is_another_grid():
    encoder = architecture(SMALL)(side=224, layer="features.16")
    assert encoder.grid == (7, 7) and encoder.channels == 960


def test_random_weights_let_something_through():
    torch.manual_seed(0)
    with torch.inference_mode():
        seen = architecture(SMALL).begin().eval()(torch.randint(0, 256, (1, 3, 224, 224)))
    assert 0.1 < float(seen.std()) < 10


@pytest.mark.slow
def test_a_captioner_on_one_is_trained_from_random_weights_and_explains_itself(tmp_path, capsys):
    images = []
    for n in range(6):
        Image.new("RGB", (90, 60), ("red", "blue")[n % 2]).save(tmp_path / f"{n}.png")
        sentences = [{"tokens": ["a", ("red", "blue")[n % 2], "square"]}] * 2
        images.append({"filename": f"{n}.png", "split": "val" if n > 3 else "train", "sentences": sentences})
    (tmp_path / "dataset.json").write_text(json.dumps({"images": images}))
    command = [
        "train",
        "photos",
        "--dataset",
        tmp_path / "dataset.json",
        "--images",
        tmp_path,
        "--out",
        tmp_path / "run",
    ]
    command += ["--random-encoder", "--encoder-architecture", SMALL, "--captioner", "soft", "--batch", 2]
    command += ["--encoder-epochs", 1, "--epochs", 1, "--scst-epochs", 0]
    assert main([str(part) for part in command]) == 0, capsys.readouterr().err
    card = (tmp_path / "run" / "encoder" / "README.md").read_text()
    assert "features.12" in card and "14 x 14 grid" in card
    # From another folder of checkpoints it is named by its path, and brings its encoder along.
    service = CaptionService(tmp_path / "nowhere")
    model = str(tmp_path / "run" / "soft")
    seen = service.encode([Image.open(tmp_path / "0.png").convert("RGB")], model)
    (trace,) = service.caption(seen, model, Settings("greedy", max_words=4), Decisions({1: "blue"}, {0: (5, 6)}))
    assert trace.grid == (14, 14) and trace.words[1] == "blue" and trace.steps[0].gaze_forced
    assert main([*map(str, command), "--encoder-weights", "x.safetensors"]) == 2
    assert "either" in capsys.readouterr().err
