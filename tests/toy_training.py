"""Trainings on next to nothing: captioners of a few numbers, photos whose captions can be read off their channels."""

import numpy as np
import torch
from tiny_models import lively_encoder

from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.encoder import Encoder
from core.captioning.encoders.efficientnet_b4 import EfficientNetB4
from core.captioning.training.captions import Validator, encode
from core.captioning.training.examples import TrainingPhotos
from core.captioning.vocabulary import Vocabulary
from core.data.captions import CaptionedPhoto
from core.data.phrases import PhotoPhrases, Phrase

WORDS = Vocabulary(["a", "red", "blue", "ball", "cup", "left", "right", "of", "the"])
DOG, BALL = (0.0, 0.0, 0.5, 0.5), (0.75, 0.75, 1.0, 1.0)


class Passing(Encoder):
    """An encoder to which features are grids already."""

    architecture, side, grid, channels = "passing", 224, (14, 14), 8

    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(()))

    def learnt(self, features: torch.Tensor) -> torch.Tensor:
        return self.flatten(features) * self.scale


def tiny(kind: str) -> LSTMCaptioner:
    torch.manual_seed(0)
    sizes = LSTMSizes(kind, len(WORDS), channels=8, value=16, key=8, embedding=16, hidden=24, dropout=0.0)
    return LSTMCaptioner(sizes)


def toy_photos(own: slice = slice(None)) -> tuple[TrainingPhotos, Validator]:
    """Photos whose caption can be read off a patch's channels, before a plain background: red or blue, ball or cup."""
    rng = np.random.default_rng(0)
    background = np.eye(8)[7].reshape(8, 1, 1)  # without it, cells are noise that tells one photo from another
    photos, views = [], {}
    for name in ("plain", "mirror"):
        views[name] = (background + rng.normal(0, 0.3, (16, 8, 14, 14))).astype(np.float16)
    for i in range(16):
        colour, thing = i % 2, (i // 2) % 2
        for view in views.values():
            view[i, colour, 4:10, 4:10] += 4
            view[i, 2 + thing, 4:10, 4:10] += 4
        caption = ("a", ("red", "blue")[colour], ("ball", "cup")[thing])
        photos.append(CaptionedPhoto(f"{i}.jpg", "train" if i < 12 else "val", (caption,) * 2))
    data = TrainingPhotos(photos, range(12), views, (14, 14), WORDS, own=own)
    return data, Validator(photos[12:], encode(Passing(), views["plain"][12:]), WORDS)


def few_photos(*kinds: str) -> tuple[TrainingPhotos, EfficientNetB4, dict[str, LSTMCaptioner]]:
    """Five photos of noise through a real encoder, one of them to validate with; of the first, boxes are known."""
    captions = [("a", ("red", "blue")[i % 2], ("ball", "cup")[i % 2]) for i in range(5)]
    photos = [CaptionedPhoto(f"{i}.jpg", "train" if i < 4 else "val", (words,)) for i, words in enumerate(captions)]
    pixels = np.random.default_rng(0).integers(0, 256, (5, 3, 256, 256), dtype=np.uint8)
    torch.manual_seed(0)
    encoder = lively_encoder()
    with torch.inference_mode():
        features = encoder.frozen(torch.from_numpy(pixels)).half().numpy()
    phrases = {"0.jpg": PhotoPhrases({"1": (DOG,)}, ((Phrase(0, 3, "1", "other"),),))}
    data = TrainingPhotos(photos, range(4), dict(plain=features), encoder.grid, WORDS, phrases)
    sizes = dict(vocabulary=len(WORDS), channels=encoder.channels, value=8, key=4, hidden=8)
    return data, encoder, {kind: LSTMCaptioner(LSTMSizes(kind, **sizes)) for kind in kinds or ("none", "soft")}
