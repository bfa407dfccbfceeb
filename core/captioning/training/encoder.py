"""The encoder's part of training: fine-tuned with captioners beside it, then every photo's grid, computed once.

Three things teach the encoder at once: the captions' words are to be found somewhere on the grid (see ``words.py``),
and a captioner without attention and one with soft attention are to write the captions from it:

    L = L_none + L_soft + omega L_words

Both of them, so that the grid serves the mean of its cells and the single cell alike. Every pass sees another crop of
a photo, its mirror image half of the time (see :func:`core.captioning.training.grids.vary`).
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder
from core.captioning.photo import PhotoError, open_photo, squash
from core.captioning.training.grids import TrainingPhotos, cache, encode_captions, quarter, vary
from core.captioning.training.teacher_forcing import Captions, LossWeights, TeacherForcing, collate, teacher_forced
from core.captioning.training.words import WordHead, label_words, word_loss, word_shares
from core.checkpoints.modules import autocast
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto, PhotoFiles
from core.training.fit import BatchLoss, Figures, clip_norm, fit
from core.training.progress import Stage
from core.training.schedule import MovingAverage, warm_cosine

PHOTOS_A_BATCH = 16
HELD_OUT, VALIDATED = 500, 25  # photos of val, at most, that the encoder is validated on, and of them at a time


@dataclass(frozen=True)
class EncoderSettings:
    """How the encoder is fine-tuned.

    Attributes:
        epochs, batch: passes over the photos, and photos a step.
        rate: the highest learning rate of the encoder; ``captioner_rate`` of the captioners, ``head_rate`` of the head
            that finds words.
        words: omega, the weight of the words that are to be found.
        captions: of each photo, drawn at each pass.
        least_area: what a crop keeps of the photo, at least.
        average: decay of the moving average of the weights, which is what is kept.
    """

    epochs: int = 3
    batch: int = 32
    rate: float = 1e-4
    captioner_rate: float = 4e-4
    head_rate: float = 1e-3
    words: float = 0.1
    captions: int = 3
    least_area: float = 0.5
    average: float = 0.998


class EncoderBatch(NamedTuple):
    """A batch to learn from: photos (P, 3, side, side) in 0-255, their word shares (P, W) and captions, and which of
    the four quarters of the cells the captioners look over."""

    photos: Tensor
    shares: Tensor
    captions: Captions
    corner: tuple[int, int]

    def to(self, device: torch.device) -> "EncoderBatch":
        return EncoderBatch(self.photos.to(device), self.shares.to(device), self.captions.to(device), self.corner)


class EncoderWithHeads(nn.Module):
    """Encoder, word head and captioners in one module, whose weights are averaged and saved together."""

    def __init__(self, encoder: Encoder, head: WordHead, captioners: Mapping[str, Captioner], losses: LossWeights):
        super().__init__()
        self.encoder, self.head = encoder, head
        self.forcing = nn.ModuleDict(
            {kind: TeacherForcing(captioner, losses) for kind, captioner in captioners.items()}
        )

    def captioners(self) -> dict[str, Captioner]:
        return {kind: cast(TeacherForcing, forcing).captioner for kind, forcing in self.forcing.items()}

    def see(self, photos: Tensor) -> Tensor:
        """Photos in 0-255 -> grids (P, cells, channels), with gradients for what is not frozen."""
        grids: Tensor = self.encoder(photos).float()
        return grids

    def forward(self, batch: EncoderBatch) -> dict[str, Tensor]:
        """The losses by name: ``words``, and each captioner's."""
        grids = self.see(batch.photos)
        cells = quarter(grids.reshape(len(grids), *self.encoder.grid, -1), batch.corner)
        losses = {kind: forcing(cells, batch.captions) for kind, forcing in self.forcing.items()}
        return losses | {"words": word_loss(self.head(grids).float(), batch.shares)}


def pixels(photo: CaptionedPhoto, files: PhotoFiles, side: int) -> Tensor:
    """A photo as (3, side, side) uint8.

    Raises:
        DataError: the photo is missing or cannot be used.
    """
    try:
        squashed = squash(open_photo(files.read(photo.filename)), side)
    except PhotoError as error:
        raise DataError(f"{photo.filename}: {error}") from error
    return torch.from_numpy(squashed).permute(2, 0, 1)


def cache_pixels(
    photos: Sequence[CaptionedPhoto], files: PhotoFiles, folder: Path, side: int, stage: Stage
) -> npt.NDArray[np.uint8]:
    """Every photo's pixels, squashed to the side that an encoder takes: an (N, 3, side, side) uint8 array on disk."""
    tick = stage("photos", math.ceil(len(photos) / PHOTOS_A_BATCH))

    def compute(rows: slice) -> Tensor:
        return torch.stack([pixels(photo, files, side) for photo in photos[rows]])

    return cache(folder / "pixels.npy", (len(photos), 3, side, side), PHOTOS_A_BATCH, compute, tick, np.uint8)


@torch.inference_mode()
def cache_grids(
    encoder: Encoder, photos: npt.NDArray[np.uint8], path: Path, view: str, seed: int, stage: Stage
) -> npt.NDArray[np.float16]:
    """The grids of a view of photos: an (N, rows, columns, channels) float16 array on disk.

    Args:
        photos: the pixels (N, 3, side, side).
        view: one of :data:`core.captioning.training.grids.VIEWS`.
    """
    shape = (*encoder.grid, encoder.channels)

    def compute(rows: slice) -> Tensor:
        batch = torch.from_numpy(photos[rows])
        if view == "mirror":
            rng = random.Random(f"{seed}-{rows.start}")
            batch = torch.stack([vary(photo, rng, mirrored=True) for photo in batch])
        with autocast():  # as the photos of those who use the captioners are encoded
            grids: Tensor = encoder(batch)
        return grids.view(-1, *shape).half()

    tick = stage(f"grids, {path.stem}", math.ceil(len(photos) / PHOTOS_A_BATCH))
    return cache(path, (len(photos), *shape), PHOTOS_A_BATCH, compute, tick, np.float16)


class _EncoderBatches:
    """Draws batches of photos, a random view and a few captions each."""

    def __init__(self, data: TrainingPhotos, settings: EncoderSettings):
        self.data, self.settings = data, settings
        learnt = [i for i, photo in enumerate(data.photos) if photo.split in ("train", "restval")]
        self.labels = label_words([data.photos[i] for i in learnt])
        self._place = {i: place for place, i in enumerate(learnt)}

    def draw(self, chosen: Sequence[int], rng: random.Random) -> EncoderBatch:
        views, shares, captions = [], [], []
        for row, i in enumerate(chosen):
            mirrored = rng.random() < 0.5
            views.append(vary(torch.from_numpy(self.data.pixels[i]), rng, mirrored, self.settings.least_area))
            shares.append((self.labels.mirrored if mirrored else self.labels.shares)[self._place[i]])
            found = encode_captions(self.data.photos[i], self.data.vocabulary, mirrored)
            captions += [(row, words) for words in rng.sample(found, min(self.settings.captions, len(found)))]
        corner = (rng.randint(0, 1), rng.randint(0, 1))
        return EncoderBatch(torch.stack(views), torch.stack(shares), collate(captions), corner)

    def whole(self, chosen: Sequence[int]) -> EncoderBatch:
        """Photos as they are, with all of their captions."""
        captions = [
            (row, words)
            for row, i in enumerate(chosen)
            for words in encode_captions(self.data.photos[i], self.data.vocabulary, mirrored=False)
        ]
        shares = word_shares([self.data.photos[i] for i in chosen], self.labels.words)
        return EncoderBatch(torch.from_numpy(self.data.pixels[chosen]), shares, collate(captions), (0, 0))


@torch.inference_mode()
def _validate(model: EncoderWithHeads, batches: _EncoderBatches, rows: Sequence[int]) -> Figures:
    """The losses on held-out photos as they are: of the words to find, and of each captioner a word."""
    model.eval()
    device = next(model.parameters()).device
    totals = dict.fromkeys([*model.forcing, "words"], 0.0)
    for start in range(0, len(rows), VALIDATED):
        chosen = rows[start : start + VALIDATED]
        batch = batches.whole(chosen).to(device)
        cells = model.see(batch.photos)
        totals["words"] += float(word_loss(model.head(cells), batch.shares)) * len(chosen)
        for kind, captioner in model.captioners().items():
            forced = teacher_forced(captioner, cells, batch.captions)
            totals[kind] += float(F.cross_entropy(forced.logits, forced.targets)) * len(chosen)
    return {f"val_loss_{name}": round(total / max(len(rows), 1), 4) for name, total in totals.items()}


def fine_tune(
    encoder: Encoder,
    captioners: Mapping[str, Captioner],
    data: TrainingPhotos,
    folder: Path,
    fabric: Fabric,
    settings: EncoderSettings,
    losses: LossWeights,
    stage: Stage,
) -> Figures:
    """Fine-tune the encoder above its frozen layers, and the captioners with it, in place.

    Args:
        data: its photos of the val split are held out.
        fabric: of one process alone.

    Returns:
        the figures of the last validation. The state after every epoch is in ``folder / "encoder.state.pt"``, and an
        interrupted run goes on from there.
    """
    batches = _EncoderBatches(data, settings)
    held_out = [i for i, photo in enumerate(data.photos) if photo.split == "val"][:HELD_OUT]
    head = WordHead(batches.labels.shares, encoder.channels)
    encoder.freeze()
    model = EncoderWithHeads(encoder, head, captioners, losses)
    average = MovingAverage(model, settings.average)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in encoder.parameters() if p.requires_grad], "lr": settings.rate},
            {"params": model.forcing.parameters(), "lr": settings.captioner_rate},
            {"params": head.parameters(), "lr": settings.head_rate},
        ],
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    size = min(settings.batch, len(data.passes))

    def begin(epoch: int) -> list[tuple[list[int], random.Random]]:
        rng = random.Random(epoch)
        order = rng.sample(data.passes, len(data.passes))
        return [(order[start : start + size], rng) for start in range(0, len(order) - size + 1, size)]

    def loss(module: nn.Module, drawn: tuple[list[int], random.Random]) -> BatchLoss:
        found: dict[str, Tensor] = module(batches.draw(*drawn).to(fabric.device))
        weights = {**dict.fromkeys(found, 1.0), "words": settings.words}
        return BatchLoss(torch.stack([weights[name] * value for name, value in found.items()]).sum())

    figures = fit(
        fabric, folder / "encoder.state.pt", model, optimizer, label="encoder", epochs=settings.epochs, begin=begin,
        loss=loss, clip=clip_norm(5.0, encoder, model.forcing), schedule=warm_cosine(100), average=average,
        validate=lambda epoch: _validate(average.module, batches, held_out) if epoch else {}, stage=stage,
    )  # fmt: skip
    model.cpu()
    return {name: figure for name, figure in figures.items() if name.startswith("val_")}
