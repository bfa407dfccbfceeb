"""Train one captioner on cached grids, by the teacher; and the judge of all captioners in training."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from torch.utils.data import DataLoader

from core.captioning.captioner import Captioner
from core.captioning.decoding import decode
from core.captioning.settings import Settings
from core.captioning.training.grids import CaptionedGrids
from core.captioning.training.reward import CiderD
from core.captioning.training.teacher_forcing import LossWeights, TeacherForcing
from core.captioning.vocabulary import Vocabulary
from core.data.karpathy import CaptionedPhoto
from core.training.progress import Stage, report, save_state
from core.training.schedule import moving_average, warm_cosine


class Validator:
    """CIDEr-D of greedy captions of the validation photos, the figure that chooses what to keep.

    Args:
        photos: the validation photos.
        grids: theirs, (N, 14, 14, channels), in the same order.
    """

    def __init__(self, photos: Sequence[CaptionedPhoto], grids: np.ndarray, vocabulary: Vocabulary):
        self.grids, self.vocabulary = grids, vocabulary
        self.cider = CiderD(
            {i: [vocabulary.encode(words) for words in photo.captions] for i, photo in enumerate(photos)}
        )

    def __call__(self, captioner: Captioner, batch: int = 50) -> float:
        """CIDEr-D x 100."""
        captioner.eval()
        scores = []
        device = next(captioner.parameters()).device
        for start in range(0, len(self.grids), batch):
            grids = torch.from_numpy(self.grids[start : start + batch]).flatten(1, 2).float().to(device)
            told = decode(captioner, self.vocabulary, grids, Settings("greedy"))
            scores += [self.cider(start + n, self.vocabulary.encode(trace.words)) for n, trace in enumerate(told)]
        return 100 * sum(scores) / len(scores)


def train_captioner(
    captioner: Captioner,
    data: CaptionedGrids,
    judge: Validator,
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

    The weights to start with are judged too, and the captioner ends with the averaged weights of its best epoch.

    Args:
        rate: the highest learning rate.
        decay: of the moving average of the weights.

    Returns:
        its score, by ``judge``.
    """
    kind = captioner.sizes.attention
    wrapped = TeacherForcing(captioner, weights)
    optimizer = torch.optim.AdamW(captioner.parameters(), lr=rate, betas=(0.9, 0.98))
    module, optimizer = fabric.setup(wrapped, optimizer)
    loader = fabric.setup_dataloaders(
        DataLoader(
            data, batch_size=min(batch, len(data)), shuffle=True, drop_last=True, collate_fn=CaptionedGrids.batch
        )
    )
    steps = epochs * len(loader)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: warm_cosine(step, steps, warm=min(200, steps // 10 + 1))
    )
    average = moving_average(captioner, decay)
    learnt = {"captioner": captioner, "average": average, "optimizer": optimizer, "schedule": schedule}
    if path.exists():
        rest = fabric.load(path, learnt, strict=False)
        best, done = rest["best"], rest["done"]
    else:
        best, done = {"score": judge(captioner), "weights": _copy(captioner)}, 0
        report(fabric, attention=kind, epoch=0, val_cider_greedy=round(best["score"], 2))
    for epoch in range(done, epochs):
        tick = stage(f"{kind}, epoch {epoch + 1} of {epochs}", len(loader))
        started, total = time.monotonic(), 0.0
        captioner.train()
        for loaded in loader:
            loss = module(loaded.grids, loaded.captions)
            optimizer.zero_grad()
            fabric.backward(loss)
            fabric.clip_gradients(module, optimizer, max_norm=5.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(captioner)
            total += float(loss.detach())
            tick()
        score = judge(average.module)
        if score > best["score"]:
            best = {"score": score, "weights": _copy(average.module)}
        save_state(fabric, path, {**learnt, "best": best, "done": epoch + 1})
        report(
            fabric,
            attention=kind,
            epoch=epoch + 1,
            loss=round(total / len(loader), 4),
            val_cider_greedy=round(score, 2),
            seconds=round(time.monotonic() - started),
        )
    captioner.load_state_dict(best["weights"])
    captioner.cpu().eval()
    return best["score"]


def _copy(captioner: Captioner) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in captioner.state_dict().items()}
