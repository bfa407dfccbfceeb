"""Train one captioner by teacher forcing, on grids that stay as they are; and the validator of all of them."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from lightning_fabric import Fabric
from torch import nn

from core.captioning.captioner import Captioner
from core.captioning.decoding import decode
from core.captioning.encoder import Encoder
from core.captioning.settings import Settings
from core.captioning.training.examples import TrainingPhotos, quarter
from core.captioning.training.reward import CiderD
from core.captioning.training.teacher_forcing import LossWeights, TeacherForcing
from core.captioning.vocabulary import Vocabulary
from core.checkpoints.modules import autocast
from core.data.captions import CaptionedPhoto
from core.training.fit import BatchLoss, Figures, clip_norm, fit
from core.training.progress import Stage
from core.training.schedule import MovingAverage, warm_cosine


class Validator:
    """CIDEr-D of greedy captions of the validation photos, the figure that chooses what to keep.

    Args:
        grids: theirs, (N, rows, columns, channels), in the same order.
    """

    def __init__(self, photos: Sequence[CaptionedPhoto], grids: npt.NDArray[np.float16], vocabulary: Vocabulary):
        self.grids, self.vocabulary = grids, vocabulary
        self.cider = CiderD(
            {i: [vocabulary.encode(words) for words in photo.captions] for i, photo in enumerate(photos)}
        )

    def __call__(self, captioner: Captioner, batch: int = 50) -> float:
        """CIDEr-D x 100."""
        captioner.eval()
        scores: list[float] = []
        device = next(captioner.parameters()).device
        for start in range(0, len(self.grids), batch):
            grids = torch.from_numpy(self.grids[start : start + batch]).flatten(1, 2).float().to(device)
            shape = self.grids.shape[1], self.grids.shape[2]
            traces = decode(captioner, self.vocabulary, grids, shape, Settings("greedy"))
            scores += [self.cider(start + n, self.vocabulary.encode(trace.words)) for n, trace in enumerate(traces)]
        return 100 * sum(scores) / len(scores)


@torch.inference_mode()
def encode(encoder: Encoder, features: npt.NDArray[np.float16], batch: int = 25) -> npt.NDArray[np.float16]:
    """Grids (N, rows, columns, channels) of features (N, ...), whole photos as they are."""
    encoder.eval()
    device = next(encoder.parameters()).device
    grids = []
    for start in range(0, len(features), batch):
        with autocast():  # as the photos of those who use the captioners are encoded
            seen = encoder.learnt(torch.from_numpy(features[start : start + batch]).float().to(device))
        grids.append(seen.reshape(len(seen), *encoder.grid, -1).half().cpu())
    return torch.cat(grids).numpy()


def train_captioner(
    captioner: Captioner,
    encoder: Encoder,
    data: TrainingPhotos,
    validator: Validator,
    epochs: int,
    rate: float,
    decay: float,
    weights: LossWeights,
    fabric: Fabric,
    path: Path,
    batch: int,
    stage: Stage,
    label: str = "",
    captions: int | None = None,
) -> float:
    """Train in place on captions as people wrote them; resumes from ``path`` after every finished epoch.

    Every pass sees another crop of a view of a photo, and a quarter of its cells. The weights to start with are
    validated too, and the captioner ends with the averaged weights of its best epoch.

    Args:
        encoder: stays as it is.
        rate: the highest learning rate.
        decay: of the moving average of the weights.
        label: what the captioner is called in the figures; its kind of attention if not given.
        captions: that people wrote, of each photo and pass, drawn; None for all.

    Returns:
        its score, by ``validator``.
    """
    model, average = TeacherForcing(captioner, weights), MovingAverage(captioner, decay)
    best: dict[str, Any] = {"score": float("-inf"), "weights": {}}
    encoder.to(fabric.device).eval()

    def begin(epoch: int) -> list[tuple[list[int], random.Random]]:
        return data.batches(batch, epoch, fabric)

    def loss(module: nn.Module, drawn: tuple[list[int], random.Random]) -> BatchLoss:
        chosen, rng = drawn
        found = data.draw(chosen, rng, captions).to(fabric.device)
        grids, covers = quarter(encoder, data, found, rng)
        return BatchLoss(module(grids, found.captions, covers), weight=found.captions.words)

    def validate(epoch: int) -> Figures:
        score = validator(average.module)
        if score > best["score"]:
            best.update(score=score, weights={name: x.clone() for name, x in average.module.state_dict().items()})
        return {"val_cider_greedy": score}

    steps = epochs * len(data.batches(batch, 0, fabric))
    fit(
        fabric, path, model, torch.optim.AdamW(captioner.parameters(), lr=rate, betas=(0.9, 0.98)),
        label=label or captioner.sizes.attention, epochs=epochs, begin=begin, loss=loss,
        clip=clip_norm(5.0, captioner), schedule=warm_cosine(min(200, steps // 10 + 1)), average=average,
        validate=validate, rest=best, stage=stage,
    )  # fmt: skip
    captioner.load_state_dict(best["weights"])
    captioner.cpu().eval()
    return float(best["score"])
