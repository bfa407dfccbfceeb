"""A folder of checkpoints that no one trained: the encoder's shape with random weights, and tiny captioners on it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from core import checkpoints
from core.attention import KINDS, Kind
from core.captioning.captioner import Captioner
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.captioners.transformer import TransformerCaptioner, TransformerSizes
from core.captioning.encoders.efficientnet_b4 import EfficientNetB4
from core.captioning.vocabulary import END, SPECIAL
from core.checkpoints.modules import inference_dtype

# How far two ways to the same number may lie apart: bfloat16, where a processor multiplies it, keeps eight bits.
CLOSE = 1e-5 if inference_dtype() == torch.float32 else 5e-3
WORDS = ["a", "dog", "cat", "man", "runs", "sits", "on", "the", "grass", "water", "red", "two"]


def lively_encoder() -> EfficientNetB4:
    """An encoder with random weights, as torch's generator stands, through which something passes: each convolution is
    scaled so that what comes out of it varies by about one."""

    def scale(layer: torch.nn.Conv2d, _inputs: object, seen: torch.Tensor) -> torch.Tensor:
        deviation = seen.std().clamp_min(1e-6)
        layer.weight.data /= deviation
        layer.bias.data /= deviation
        return seen / deviation

    encoder = EfficientNetB4().eval()
    hooks = [one.register_forward_hook(scale) for one in encoder.modules() if isinstance(one, torch.nn.Conv2d)]
    with torch.inference_mode():
        encoder(torch.randint(0, 256, (1, 3, encoder.side, encoder.side)))
    for hook in hooks:
        hook.remove()
    return encoder


def save_tiny_models(root: Path, seed: int = 0, ending: float = 0.0) -> Path:
    """``encoder``, ``none``, ``soft`` and ``hard`` under ``root``; the same seed, the same bits.

    The larger ``ending``, the sooner their sentences end: at 0 they say a word or two, at -8 they go on to the limit.
    """
    torch.manual_seed(seed)
    about = {"data": "nothing", "licence": "MIT", "seed": seed, "settings": {}}
    config = {"kind": "encoder", **about}
    sha256 = checkpoints.save(root / "encoder", config, lively_encoder().state_dict(), "# Encoder\n")
    for kind in KINDS:
        save_tiny_captioner(root / kind, kind, ending, encoder=sha256, **about)
    return root


def save_tiny_captioner(
    folder: Path, kind: Kind, ending: float = 0.0, vocabulary: Sequence[str] = WORDS, **config: object
) -> None:
    """A captioner of any name; ``config``: what else its config says, its encoder's sha256 among it."""
    sizes = LSTMSizes(
        kind, len(SPECIAL) + len(vocabulary), EfficientNetB4.channels, value=16, key=8, embedding=8, hidden=16
    )
    _save(folder, LSTMCaptioner(sizes), ending, vocabulary, **config)


def save_tiny_transformer(folder: Path, ending: float = 0.0, **config: object) -> None:
    """One of two layers of two heads; the rest is as in :func:`save_tiny_captioner`."""
    sizes = TransformerSizes(
        "soft", len(SPECIAL) + len(WORDS), EfficientNetB4.channels, value=16, size=8, layers=2, heads=2, inner=16
    )
    captioner = TransformerCaptioner(sizes)
    with torch.no_grad():
        for layer in captioner.layers:
            layer.query.weight.mul_(20)  # so that its heads look at different cells
    _save(folder, captioner, ending, WORDS, **config)


def _save(folder: Path, captioner: Captioner, ending: float, vocabulary: Sequence[str], **config: object) -> None:
    captioner.bias.data[END] = ending
    config = {**captioner.to_config(), "vocabulary": list(vocabulary), **config}
    config |= {"kind": "captioner", "attention": captioner.sizes.attention}
    checkpoints.save(folder, config, captioner.state_dict(), f"# {folder.name}\n")


def save_tiny_photos(folder: Path) -> Path:
    """Two photos of noise, ``a.JPG`` and ``b.png``."""
    pixels = np.random.default_rng(0).integers(0, 256, (2, 40, 60, 3), dtype=np.uint8)
    Image.fromarray(pixels[0]).save(folder / "b.png")
    Image.fromarray(pixels[1]).save(folder / "a.JPG")
    return folder
