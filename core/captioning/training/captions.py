"""Train one captioner on cached grids, by teacher forcing; and the validator of all captioners in training."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from lightning_fabric import Fabric
from torch import nn
from torch.utils.data import DataLoader, DistributedSampler, RandomSampler

from core.captioning.captioner import Captioner
from core.captioning.decoding import decode
from core.captioning.settings import Settings
from core.captioning.training.grids import Batch, CaptionedGrids
from core.captioning.training.reward import CiderD
from core.captioning.training.teacher_forcing import LossWeights, TeacherForcing
from core.captioning.vocabulary import Vocabulary
from core.data.karpathy import CaptionedPhoto
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


def train_captioner(
    captioner: Captioner,
    data: CaptionedGrids,
    validator: Validator,
    epochs: int,
    rate: float,
    decay: float,
    weights: LossWeights,
    fabric: Fabric,
    path: Path,
    batch: int,
    stage: Stage,
) -> float:
    """Train in place on captions as people wrote them; resumes from ``path`` after every finished epoch.

    The weights to start with are validated too, and the captioner ends with the averaged weights of its best epoch.

    Args:
        rate: the highest learning rate.
        decay: of the moving average of the weights.

    Returns:
        its score, by ``validator``.
    """
    model, average = TeacherForcing(captioner, weights), MovingAverage(captioner, decay)
    best: dict[str, Any] = {"score": float("-inf"), "weights": {}}
    sampler: RandomSampler | DistributedSampler[Any] = RandomSampler(data)
    if fabric.world_size > 1:
        seed = torch.initial_seed() % 2**32  # the run's, the same in every process
        sampler = DistributedSampler(data, fabric.world_size, fabric.global_rank, seed=seed, drop_last=True)
    size = max(1, min(batch, len(sampler)))
    loader: DataLoader[Any] = DataLoader(
        data, batch_size=size, sampler=sampler, drop_last=True, collate_fn=CaptionedGrids.batch
    )

    def begin(epoch: int) -> DataLoader[Any]:
        if isinstance(sampler, DistributedSampler):
            sampler.set_epoch(epoch)
        return loader

    def loss(module: nn.Module, batch: Batch) -> BatchLoss:
        return BatchLoss(module(batch.grids.to(fabric.device), batch.captions.to(fabric.device)))

    def validate(epoch: int) -> Figures:
        score = validator(average.module)
        if score > best["score"]:
            best.update(score=score, weights={name: x.clone() for name, x in average.module.state_dict().items()})
        return {"val_cider_greedy": score}

    fit(
        fabric, path, model, torch.optim.AdamW(captioner.parameters(), lr=rate, betas=(0.9, 0.98)),
        label=captioner.sizes.attention, epochs=epochs, begin=begin, loss=loss, clip=clip_norm(5.0, captioner),
        schedule=warm_cosine(min(200, epochs * len(loader) // 10 + 1)), average=average, validate=validate, rest=best,
        stage=stage,
    )  # fmt: skip
    captioner.load_state_dict(best["weights"])
    captioner.cpu().eval()
    return float(best["score"])
