"""The encoder's part of training: fine-tuned with captioners beside it, then every photo's grid, computed once.

Three things teach the eyes at once: the captions' words are to be found somewhere on the grid (see ``words.py``),
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
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder
from core.captioning.photo import PhotoError, open_photo, squash
from core.captioning.training.grids import cache, encode_captions, vary
from core.captioning.training.teacher_forcing import Captions, LossWeights, TeacherForcing, collate, read
from core.captioning.training.words import WordHead, label_words, word_loss, word_shares
from core.captioning.vocabulary import Vocabulary
from core.checkpoints.modules import autocast
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto, PhotoFiles
from core.training.progress import Stage, report
from core.training.schedule import moving_average, warm_cosine

FROZEN = 10  # of the encoder's early layers: up to Mixed_5d, edges and textures, ImageNet's serve
PHOTOS_A_BATCH = 16


@dataclass(frozen=True)
class EncoderSettings:
    """How the eyes are fine-tuned.

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
    """A batch to learn from: photos (P, 3, 224, 224) in 0-255, their word shares (P, W) and captions, and which of the
    four quarters of the cells the captioners look over."""

    photos: Tensor
    shares: Tensor
    captions: Captions
    corner: tuple[int, int]

    def to(self, device) -> "EncoderBatch":
        return self._replace(**{name: getattr(self, name).to(device) for name in ("photos", "shares", "captions")})


class EncoderWithHeads(nn.Module):
    """Encoder, word head and captioners in one module, whose weights are averaged and saved together."""

    def __init__(self, encoder: Encoder, head: WordHead, captioners: Mapping[str, Captioner], losses: LossWeights):
        super().__init__()
        self.encoder, self.head = encoder, head
        self.teachers = nn.ModuleDict(
            {kind: TeacherForcing(captioner, losses) for kind, captioner in captioners.items()}
        )

    def see(self, photos: Tensor) -> Tensor:
        """Photos in 0-255 -> (P, 1280, 14, 14), with gradients for what is not frozen."""
        with torch.no_grad():
            x = self.encoder.early[:FROZEN](self.encoder.frame(photos))
        return self.encoder.late(self.encoder.early[FROZEN:](x)).float()

    def forward(self, glance: EncoderBatch) -> dict[str, Tensor]:
        """The losses by name: ``words``, and each captioner's."""
        grid = self.see(glance.photos)
        top, left = glance.corner
        cells = Encoder.flatten(grid[:, :, top::2, left::2])
        losses = {kind: teacher(cells, glance.captions) for kind, teacher in self.teachers.items()}
        return losses | {"words": word_loss(self.head(Encoder.flatten(grid)).float(), glance.shares)}


def pixels(photo: CaptionedPhoto, files: PhotoFiles, side: int) -> Tensor:
    """A photo as (3, side, side) uint8.

    Raises:
        DataError: the photo is missing or cannot be used.
    """
    try:
        squashed = squash(open_photo(files.read(photo.filename)), side)
    except PhotoError as error:
        raise DataError(f"{photo.filename}: {error}") from error
    return torch.from_numpy(np.array(squashed)).permute(2, 0, 1)


def cache_pixels(
    photos: Sequence[CaptionedPhoto], files: PhotoFiles, folder: Path, side: int, stage: Stage
) -> np.ndarray:
    """Every photo's pixels: an (N, 3, side, side) uint8 array on disk."""
    tick = stage("photos", math.ceil(len(photos) / PHOTOS_A_BATCH))
    shape = (len(photos), 3, side, side)

    def compute(rows: slice) -> Tensor:
        return torch.stack([pixels(photo, files, side) for photo in photos[rows]])

    return cache(folder / "pixels.npy", shape, PHOTOS_A_BATCH, compute, tick, np.uint8)


@torch.inference_mode()
def cache_grids(encoder: Encoder, photos: np.ndarray, path: Path, view: str, seed: int, stage: Stage) -> np.ndarray:
    """The grids of a view of photos: an (N, rows, columns, channels) float16 array on disk.

    Args:
        photos: the pixels (N, 3, side, side).
        view: one of :data:`core.captioning.training.grids.VIEWS`.
    """

    def compute(rows: slice) -> Tensor:
        batch = torch.from_numpy(photos[rows])
        if view == "mirror":
            rng = random.Random(f"{seed}-{rows.start}")
            batch = torch.stack([vary(photo, rng, mirrored=True) for photo in batch])
        with autocast():  # as the photos of those who use the captioners are encoded
            return encoder(batch).unflatten(1, encoder.grid).half()

    tick = stage(f"grids, {path.stem}", math.ceil(len(photos) / PHOTOS_A_BATCH))
    return cache(path, (len(photos), *encoder.grid, encoder.channels), PHOTOS_A_BATCH, compute, tick)


class _EncoderBatches:
    """Draws batches of photos, a random view and a few captions each."""

    def __init__(self, photos: Sequence[CaptionedPhoto], vocabulary: Vocabulary, array: np.ndarray, least: int = 25):
        self.array, self.photos, self.vocabulary = array, photos, vocabulary
        self.learnt = [i for i, photo in enumerate(photos) if photo.split in ("train", "restval")]
        self.labels = label_words([photos[i] for i in self.learnt], least)
        self._place = {i: place for place, i in enumerate(self.learnt)}

    def draw(self, chosen: Sequence[int], rng: random.Random, settings: EncoderSettings) -> EncoderBatch:
        views, shares, captions = [], [], []
        for row, i in enumerate(chosen):
            mirrored = rng.random() < 0.5
            views.append(vary(torch.from_numpy(self.array[i]), rng, mirrored, settings.least_area))
            shares.append((self.labels.mirrored if mirrored else self.labels.shares)[self._place[i]])
            found = encode_captions(self.photos[i], self.vocabulary, mirrored)
            captions += [(row, words) for words in rng.sample(found, min(settings.captions, len(found)))]
        corner = (rng.randint(0, 1), rng.randint(0, 1))
        return EncoderBatch(torch.stack(views), torch.stack(shares), collate(captions), corner)

    def whole(self, chosen: Sequence[int]) -> EncoderBatch:
        """Photos as they are, with all of their captions."""
        captions = [
            (row, words)
            for row, i in enumerate(chosen)
            for words in encode_captions(self.photos[i], self.vocabulary, mirrored=False)
        ]
        shares = word_shares([self.photos[i] for i in chosen], self.labels.words)
        return EncoderBatch(torch.from_numpy(self.array[chosen]), shares, collate(captions), (0, 0))


@torch.inference_mode()
def _validate(model: EncoderWithHeads, glances: _EncoderBatches, rows: Sequence[int]) -> dict[str, float]:
    """The losses on held-out photos as they are: of the words to find, and of each captioner a word."""
    model.eval()
    device = next(model.parameters()).device
    totals = dict.fromkeys([*model.teachers, "words"], 0.0)
    for start in range(0, len(rows), 25):
        chosen = rows[start : start + 25]
        glance = glances.whole(chosen)
        cells = Encoder.flatten(model.see(glance.photos.to(device)))
        totals["words"] += float(word_loss(model.head(cells), glance.shares.to(device))) * len(chosen)
        for kind, teacher in model.teachers.items():
            reading = read(teacher.captioner, cells, glance.captions.to(device))
            totals[kind] += float(F.cross_entropy(reading.logits, reading.targets)) * len(chosen)
    return {f"val_loss_{name}": round(total / max(len(rows), 1), 4) for name, total in totals.items()}


def fine_tune(
    encoder: Encoder,
    captioners: Mapping[str, Captioner],
    photos: Sequence[CaptionedPhoto],
    passes: Sequence[int],
    array: np.ndarray,
    vocabulary: Vocabulary,
    folder: Path,
    fabric: Fabric,
    settings: EncoderSettings,
    losses: LossWeights,
    stage: Stage,
) -> dict[str, float]:
    """Fine-tune the encoder above its frozen layers, and the captioners with it, in place.

    Args:
        photos: all of them, with their pixels in ``array``; those of the val split are held out.
        passes: which of them an epoch goes through; one may come twice.

    Returns:
        the figures of the last validation. The state after every epoch is in ``folder / "eyes.state.pt"``, and an
        interrupted run goes on from there.
    """
    glances = _EncoderBatches(photos, vocabulary, array)
    held_out = [i for i, photo in enumerate(photos) if photo.split == "val"][:500]
    head = WordHead(glances.labels.shares, encoder.channels)
    encoder.early[:FROZEN].requires_grad_(False)
    seeing = EncoderWithHeads(encoder, head, captioners, losses).to(fabric.device)
    average = moving_average(seeing, settings.average)
    trained = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": trained, "lr": settings.rate},
            {"params": seeing.teachers.parameters(), "lr": settings.captioner_rate},
            {"params": head.parameters(), "lr": settings.head_rate},
        ],
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    batch = min(settings.batch, len(passes))
    steps = settings.epochs * (len(passes) // batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warm_cosine(step, steps, warm=100))
    learnt = {"seeing": seeing, "average": average, "optimizer": optimizer, "schedule": schedule}
    path = folder / "eyes.state.pt"
    done = fabric.load(path, learnt, strict=False)["done"] if path.exists() else 0
    figures: dict[str, float] = {}
    for epoch in range(done, settings.epochs):
        tick = stage(f"encoder, epoch {epoch + 1} of {settings.epochs}", len(passes) // batch)
        rng = random.Random(epoch)
        order = rng.sample(range(len(passes)), len(passes))
        seeing.train()
        for start in range(0, len(passes) - batch + 1, batch):
            glance = glances.draw([passes[i] for i in order[start : start + batch]], rng, settings)
            with fabric.autocast():  # one process alone is here, so nothing is set up to be shared
                found = seeing(glance.to(fabric.device))
            loss = sum(value * (settings.words if name == "words" else 1.0) for name, value in found.items())
            optimizer.zero_grad()
            fabric.backward(loss)
            for part in (encoder, seeing.teachers):
                nn.utils.clip_grad_norm_(part.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(seeing)
            tick()
        figures = _validate(average.module, glances, held_out)
        report(fabric, epoch=epoch + 1, **figures)
        draft = path.with_suffix(".part")
        torch.save({**{name: part.state_dict() for name, part in learnt.items()}, "done": epoch + 1}, draft)
        draft.replace(path)
    encoder.load_state_dict(average.module.encoder.state_dict())
    for kind, captioner in captioners.items():
        captioner.load_state_dict(average.module.teachers[kind].captioner.state_dict())
        captioner.cpu()
    encoder.cpu()
    return figures
