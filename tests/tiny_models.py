"""A folder of checkpoints that no one trained: the encoder's shape with random weights, and tiny captioners on it."""

from dataclasses import asdict
from pathlib import Path

import torch

from core import checkpoints
from core.attention import KINDS
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.encoders.inception_v3 import InceptionV3
from core.captioning.vocabulary import END, SPECIAL

WORDS = ["a", "dog", "cat", "man", "runs", "sits", "on", "the", "grass", "water", "red", "two"]


def save_tiny_models(root: Path, seed: int = 0, ending: float = 0.0) -> Path:
    """``encoder``, ``none``, ``soft`` and ``hard`` under ``root``; the same seed, the same bits.

    The larger ``ending``, the sooner their sentences end: at 0 they say a word or two, at -8 they go on to the limit.
    """
    torch.manual_seed(seed)
    about = {"data": "nothing", "licence": "MIT", "seed": seed, "settings": {}}
    sha256 = checkpoints.save(root / "encoder", {"kind": "encoder", **about}, InceptionV3().state_dict(), "# Encoder\n")
    for kind in KINDS:
        sizes = LSTMSizes(
            kind, len(SPECIAL) + len(WORDS), InceptionV3.channels, value=16, key=8, embedding=8, hidden=16
        )
        config = {"kind": "captioner", "attention": kind, "encoder": sha256, "vocabulary": WORDS, **about}
        captioner = LSTMCaptioner(sizes)
        captioner.bias.data[END] = ending
        checkpoints.save(root / kind, {**config, "model": asdict(sizes)}, captioner.state_dict(), f"# {kind}\n")
    return root
