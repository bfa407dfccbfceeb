"""The encoder's part of training: photos cached on disk as far as they are never trained, then fine-tuned."""

import json
import math
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from PIL import Image
from torch import Tensor

from core.captioning.encoder import CHANNELS, GRID, Encoder
from core.captioning.photo import PhotoError, open_photo, squash
from core.captioning.training.grids import VIEWS, cache, mirror_and_crop
from core.captioning.training.schedule import moving_average, warm_cosine
from core.captioning.training.words import WordHead, label_words, word_loss, word_shares
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto, PhotoFiles

EARLY_CHANNELS = 768
PHOTOS_A_BATCH = 16
Stage = Callable[[str, int], Callable[[], None]]  # (what it is, steps) -> a tick to call after each step


def pixels(photo: CaptionedPhoto, files: PhotoFiles, mirror: random.Random | None = None) -> Tensor:
    """A photo as (3, 224, 224) uint8; with ``mirror``, its mirror view.

    Raises:
        DataError: the photo is missing or cannot be used.
    """
    try:
        squashed = squash(open_photo(files.read(photo.filename)))
    except PhotoError as error:
        raise DataError(f"{photo.filename}: {error}") from error
    if mirror is not None:
        squashed = np.asarray(mirror_and_crop(Image.fromarray(squashed), mirror))
    return torch.from_numpy(np.array(squashed)).permute(2, 0, 1)


@torch.inference_mode()
def cache_early(
    encoder: Encoder, photos: Sequence[CaptionedPhoto], files: PhotoFiles, folder: Path, seed: int, stage: Stage
) -> dict[str, np.ndarray]:
    """Both views of every photo up to ``Mixed_6a``: (N, 14, 14, 768) float16 arrays on disk."""
    batches = math.ceil(len(photos) / PHOTOS_A_BATCH)
    arrays = {}
    for view in VIEWS:

        def compute(rows: slice, view: str = view) -> Tensor:
            rng = random.Random(f"{seed}-{rows.start}") if view == "mirror" else None
            stacked = torch.stack([pixels(photo, files, rng) for photo in photos[rows]])
            return encoder.early(encoder.frame(stacked)).permute(0, 2, 3, 1)

        shape = (len(photos), GRID, GRID, EARLY_CHANNELS)
        tick = stage(f"early features, {view} view", batches)
        arrays[view] = cache(folder / f"early-{view}.npy", shape, PHOTOS_A_BATCH, compute, tick)
    return arrays


@torch.inference_mode()
def cache_grids(encoder: Encoder, early: dict[str, np.ndarray], folder: Path, stage: Stage) -> dict[str, np.ndarray]:
    """The fine-tuned grid of every view: (N, 14, 14, 1280) float16 arrays on disk."""
    arrays = {}
    for view, features in early.items():
        batches = math.ceil(len(features) / PHOTOS_A_BATCH)

        def compute(rows: slice, features: np.ndarray = features) -> Tensor:
            return encoder.late(_load(features[rows])).permute(0, 2, 3, 1)

        shape = (*features.shape[:3], CHANNELS)
        tick = stage(f"grids, {view} view", batches)
        arrays[view] = cache(folder / f"grid-{view}.npy", shape, PHOTOS_A_BATCH, compute, tick)
    return arrays


@torch.inference_mode()
def _validate(model, early: dict[str, np.ndarray], rows: Sequence[int], photos, words: tuple[str, ...]) -> float:
    """The word loss of the held-out photos' plain view."""
    shares = word_shares([photos[i] for i in rows], words)
    model.eval()
    device = next(model.parameters()).device
    total = 0.0
    for start in range(0, len(rows), 25):
        chosen = rows[start : start + 25]
        logits = model["head"](Encoder.flatten(model["late"](_load(early["plain"][chosen]).to(device))))
        total += float(word_loss(logits.cpu(), shares[start : start + 25])) * len(chosen)
    return total / max(len(rows), 1)


def _load(rows: np.ndarray) -> Tensor:
    """(B, 14, 14, C) float16 -> (B, C, 14, 14) float32, still channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(rows)).float().permute(0, 3, 1, 2)


def fine_tune(
    encoder: Encoder,
    photos: Sequence[CaptionedPhoto],
    early: dict[str, np.ndarray],
    folder: Path,
    fabric: Fabric,
    epochs: int,
    batch: int,
    rate: float,
    stage: Stage,
) -> dict:
    """Fine-tune ``encoder.late`` on the caption words of the training photos (see ``words.py``), in place.

    The weights kept are an exponential moving average. Returns the last validation figures; the state after
    every epoch is in ``folder / "encoder.state.pt"``, and an interrupted run goes on from there.
    """
    rows = [i for i, photo in enumerate(photos) if photo.split in ("train", "restval")]
    held_out = [i for i, photo in enumerate(photos) if photo.split == "val"][:500]
    labels = label_words([photos[i] for i in rows])
    head = WordHead(labels.shares)
    model = torch.nn.ModuleDict({"late": encoder.late, "head": head}).to(fabric.device)
    average = moving_average(model, 0.995)
    optimizer = torch.optim.AdamW(
        [{"params": encoder.late.parameters(), "lr": rate}, {"params": head.parameters(), "lr": 10 * rate}],
        betas=(0.9, 0.98),
    )
    batch = min(batch, len(rows))
    steps = epochs * (len(rows) // batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warm_cosine(step, steps, warm=80))
    state = {"model": model, "average": average, "optimizer": optimizer, "schedule": schedule, "epoch": 0}
    path = folder / "encoder.state.pt"
    if path.exists():
        fabric.load(path, state)
    figures: dict = {}
    for epoch in range(state["epoch"], epochs):
        tick = stage(f"encoder, epoch {epoch + 1} of {epochs}", len(rows) // batch)
        model.train()
        order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(epoch)).tolist()
        for start in range(0, len(rows) - batch + 1, batch):
            chosen = order[start : start + batch]
            views = [VIEWS[i] for i in torch.randint(0, 2, (batch,)).tolist()]
            features = np.stack([early[view][rows[i]] for view, i in zip(views, chosen, strict=True)])
            shares = [
                (labels.mirrored if v == "mirror" else labels.shares)[i] for v, i in zip(views, chosen, strict=True)
            ]
            with fabric.autocast():
                logits = head(encoder.flatten(encoder.late(_load(features).to(fabric.device))))
            loss = word_loss(logits.float(), torch.stack(shares).to(fabric.device))
            optimizer.zero_grad()
            fabric.backward(loss)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 20.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(model)
            tick()
        figures = {
            "epoch": epoch + 1,
            "val_word_loss": _validate(average.module, early, held_out, photos, labels.words),
        }
        fabric.print(json.dumps(figures), file=sys.stderr)
        saved = {name: part.state_dict() for name, part in state.items() if name != "epoch"}
        draft = path.with_suffix(".part")
        torch.save({**saved, "epoch": epoch + 1}, draft)  # one process alone is here, so no collective fabric.save
        draft.replace(path)
    encoder.late.load_state_dict(average.module["late"].state_dict())
    encoder.cpu()
    return figures
