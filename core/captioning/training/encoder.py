"""The encoder's part of training: fine-tuned with captioners beside it.

Three things teach the encoder at once: the captions' words are to be found on the grid, and where the boxes are (see
``words.py``), and a captioner without attention and one with soft attention are to write the captions from it:

    L = L_none + L_soft + omega L_words + phi L_found

Both of them, so that the grid serves the mean of its cells and the single cell alike. Every pass sees another crop of
a view (see ``views.py``).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder
from core.captioning.training.examples import Batch, TrainingPhotos, every_other
from core.captioning.training.teacher_forcing import LossWeights, TeacherForcing, teacher_forced
from core.captioning.training.words import WordHead, found_loss, label_words, whole, word_loss, word_shares
from core.training.devices import process_shares
from core.training.fit import BatchLoss, Figures, clip_norm, fit
from core.training.progress import Stage
from core.training.schedule import MovingAverage, warm_cosine

HELD_OUT, VALIDATED = 500, 25  # photos of val, at most, that the encoder is validated on, and of them at a time


@dataclass(frozen=True)
class EncoderSettings:
    """How the encoder is fine-tuned.

    Attributes:
        epochs, batch: passes over the photos, and photos a step.
        rate: the highest learning rate of the encoder; ``captioner_rate`` of the captioners, ``head_rate`` of the head
            that finds words.
        words: omega, the weight of the words that are to be found; ``found`` is phi, of where they are found.
        least: photos that hold a word, for it to be one of those.
        captions: of each photo, drawn at each pass.
        least_area: what a crop keeps of the view, at least.
        average: decay of the moving average of the weights, which is what is kept.
    """

    epochs: int = 3
    batch: int = 32
    rate: float = 1.5e-4
    captioner_rate: float = 7e-4
    head_rate: float = 1e-3
    words: float = 0.1
    found: float = 0.5
    least: int = 25
    captions: int = 3
    least_area: float = 0.6
    average: float = 0.998


class EncoderBatch(NamedTuple):
    """A batch to learn from, the labels of its words, and the cells that captioners look over.

    Attributes:
        shares: (P, W) of each photo's captions that hold each word.
        word: of the head, for each of the batch's things that it knows; ``photo`` and ``cover`` are those things'.
    """

    batch: Batch
    shares: Tensor
    photo: list[int]
    word: list[int]
    cover: list[int]
    cells: Tensor

    def to(self, device: torch.device) -> "EncoderBatch":
        return self._replace(batch=self.batch.to(device), shares=self.shares.to(device), cells=self.cells.to(device))


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

    def see(self, features: Tensor) -> Tensor:
        """Features of the encoder's frozen part -> grids (P, cells, channels), with gradients."""
        grids: Tensor = self.encoder.learnt(features).float()
        return grids

    def forward(self, drawn: EncoderBatch) -> dict[str, Tensor]:
        """The losses by name: ``words``, ``found``, and each captioner's."""
        batch, cells = drawn.batch, drawn.cells
        grids = self.see(batch.features)
        losses = {
            kind: forcing(grids[:, cells], batch.captions, batch.covers[:, cells])
            for kind, forcing in self.forcing.items()
        }
        scores = self.head.scores(grids).float()
        losses["found"] = found_loss(scores, drawn.photo, drawn.word, batch.covers[drawn.cover])
        return losses | {"words": word_loss(whole(scores), drawn.shares)}


class _EncoderBatches:
    """Draws batches of photos, a random view and a few captions each."""

    def __init__(self, data: TrainingPhotos, settings: EncoderSettings):
        self.data, self.settings = data, settings
        self.labels = label_words([data.photos[i] for i in data.rows], settings.least)
        self._place = {i: place for place, i in enumerate(data.rows)}
        self._word = {word: number for number, word in enumerate(self.labels.words)}

    def draw(self, chosen: Sequence[int], rng: random.Random) -> EncoderBatch:
        batch = self.data.draw(chosen, rng, self.settings.captions, self.settings.least_area)
        shares = torch.stack(
            [
                (self.labels.mirrored if mirrored else self.labels.shares)[self._place[i]]
                for i, mirrored in zip(batch.numbers, batch.mirrored, strict=True)
            ]
        )
        things = [thing for thing in batch.things if thing.word in self._word]
        return EncoderBatch(
            batch,
            shares,
            [thing.photo for thing in things],
            [self._word[thing.word] for thing in things],
            [thing.cover for thing in things],
            every_other(self.data.grid, (rng.randint(0, 1), rng.randint(0, 1))),
        )


@torch.inference_mode()
def _validate(model: EncoderWithHeads, batches: _EncoderBatches, rows: Sequence[int]) -> Figures:
    """The losses on held-out photos as they are: of the words to find, and of each captioner a word."""
    model.eval()
    device = next(model.parameters()).device
    totals = dict.fromkeys([*model.forcing, "words"], 0.0)
    for start in range(0, len(rows), VALIDATED):
        chosen = rows[start : start + VALIDATED]
        batch = batches.data.whole(chosen).to(device)
        cells = model.see(batch.features)
        shares = word_shares([batches.data.photos[i] for i in chosen], batches.labels.words).to(device)
        totals["words"] += float(word_loss(model.head(cells), shares)) * len(chosen)
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

    def begin(epoch: int) -> list[tuple[list[int], random.Random]]:
        return data.batches(settings.batch, epoch, fabric)

    def loss(module: nn.Module, drawn: tuple[list[int], random.Random]) -> BatchLoss:
        own = batches.draw(*drawn).to(fabric.device)
        found: dict[str, Tensor] = module(own)
        over = {**dict.fromkeys(found, own.batch.captions.words), "words": len(own.shares), "found": len(own.word)}
        shares = process_shares(fabric, over)
        found = {name: value * shares[name] for name, value in found.items()}
        weights = {**dict.fromkeys(found, 1.0), "words": settings.words, "found": settings.found}
        total = torch.stack([weights[name] * value for name, value in found.items()]).sum()
        return BatchLoss(total, {f"loss_{name}": value.detach() for name, value in found.items()})

    figures = fit(
        fabric, folder / "encoder.state.pt", model, optimizer, label="encoder", epochs=settings.epochs, begin=begin,
        loss=loss, clip=clip_norm(5.0, encoder, model.forcing), schedule=warm_cosine(100), average=average,
        validate=lambda epoch: _validate(average.module, batches, held_out) if epoch else {}, stage=stage,
    )  # fmt: skip
    model.cpu()
    return {name: figure for name, figure in figures.items() if name.startswith("val_")}
