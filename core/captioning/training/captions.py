"""Train one captioner on cached grids: by the teacher, then on its own captions."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from torch.utils.data import DataLoader

from core.captioning.captioner import Captioner
from core.captioning.decoding import Settings, decode
from core.captioning.training.eyes import Stage
from core.captioning.training.grids import Batch, CaptionedGrids
from core.captioning.training.reward import CiderD
from core.captioning.training.schedule import moving_average, warm_cosine
from core.captioning.training.selfcritical import SelfCritical
from core.captioning.training.teacher import LossWeights, Teacher
from core.captioning.vocabulary import END, Vocabulary
from core.data.karpathy import CaptionedPhoto


@dataclass(frozen=True)
class Phase:
    """One stretch of training: ``teacher`` (cross-entropy) or ``self-critical`` (CIDEr-D of its own captions)."""

    name: str
    epochs: int
    rate: float
    average: float = 0.998  # decay of the moving average of the weights
    draws: int = 5  # captions of each photo that compete, self-critical


class Judge:
    """CIDEr-D of greedy captions of the validation photos, the figure that chooses the epoch to keep."""

    def __init__(
        self, photos: Sequence[CaptionedPhoto], rows: Sequence[int], grids: np.ndarray, vocabulary: Vocabulary
    ):
        self.rows, self.grids, self.vocabulary = rows, grids, vocabulary
        references = {i: [vocabulary.encode(words) for words in photos[i].captions] for i in rows}
        self.cider = CiderD(references)

    def __call__(self, captioner: Captioner, batch: int = 50) -> float:
        """CIDEr-D x 100."""
        captioner.eval()
        scores = []
        device = next(captioner.parameters()).device
        for start in range(0, len(self.rows), batch):
            rows = self.rows[start : start + batch]
            grids = torch.from_numpy(self.grids[rows]).flatten(1, 2).float().to(device)
            for row, trace in zip(rows, decode(captioner, self.vocabulary, grids, Settings("greedy")), strict=True):
                scores.append(self.cider(row, self.vocabulary.encode(trace.words)))
        return 100 * sum(scores) / len(scores)


def train_captioner(
    captioner: Captioner,
    data: CaptionedGrids,
    judge: Judge,
    phases: Sequence[Phase],
    weights: LossWeights,
    reward: CiderD | None,
    fabric: Fabric,
    path: Path,
    batch: int,
    stage: Stage,
) -> tuple[Captioner, float]:
    """Train in place through the phases; resumes from ``path`` after every finished epoch.

    The weights to start with are judged too, so that no epoch worse than they are takes their place.

    Args:
        reward: what self-critical phases go by, see :func:`references`; None where there are none.

    Returns:
        the captioner with the averaged weights of its best epoch, and that epoch's score.
    """
    kind = captioner.sizes.attention
    if path.exists():
        saved = torch.load(path, weights_only=True, map_location="cpu")
        best, done = saved["best"], saved["done"]
    else:
        best = {"score": judge(captioner.to(fabric.device)), "weights": _copy(captioner)}
        done = {"phase": 0, "epoch": 0}
        _report(fabric, attention=kind, phase="start", val_cider_greedy=round(best["score"], 2))
    for number, phase in enumerate(phases):
        if number < done["phase"]:
            continue
        captioner.load_state_dict(best["weights"])  # a phase begins where the one before was best
        if phase.name == "teacher":
            wrapped = Teacher(captioner, weights)
        else:
            wrapped = SelfCritical(captioner, judge.vocabulary, reward, data.mirror, phase.draws)
        optimizer = torch.optim.AdamW(captioner.parameters(), lr=phase.rate, betas=(0.9, 0.98))
        module, optimizer = fabric.setup(wrapped, optimizer)
        loader = fabric.setup_dataloaders(
            DataLoader(
                data, batch_size=min(batch, len(data)), shuffle=True, drop_last=True, collate_fn=CaptionedGrids.batch
            )
        )
        steps = phase.epochs * len(loader)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step, steps=steps: warm_cosine(step, steps, warm=min(200, steps // 10 + 1))
        )
        average = moving_average(captioner, phase.average)
        learnt = {"captioner": captioner, "average": average, "optimizer": optimizer, "schedule": schedule}
        if number > done["phase"]:
            done = {"phase": number, "epoch": 0}
        elif done["epoch"]:
            fabric.load(path, learnt, strict=False)
        for epoch in range(done["epoch"], phase.epochs):
            tick = stage(f"{kind}, {phase.name}, epoch {epoch + 1} of {phase.epochs}", len(loader))
            started, total = time.monotonic(), 0.0
            captioner.train(phase.name == "teacher")  # captions are searched, and judged, without dropout
            for loaded in loader:
                loss = _loss(module, phase, loaded)
                optimizer.zero_grad()
                fabric.backward(loss)
                fabric.clip_gradients(module, optimizer, max_norm=5.0)
                optimizer.step()
                schedule.step()
                average.update_parameters(captioner)
                total += float(loss.detach()) if phase.name == "teacher" else wrapped.mean_reward
                tick()
            score = judge(average.module)
            if score > best["score"]:
                best = {"score": score, "weights": _copy(average.module)}
            done["epoch"] = epoch + 1
            draft = path.with_suffix(".part")
            fabric.save(draft, {**learnt, "best": best, "done": done})
            if fabric.is_global_zero:
                draft.replace(path)  # in one piece, or a run cut off here could not go on
            _report(
                fabric,
                attention=kind,
                phase=phase.name,
                epoch=epoch + 1,
                **{"loss" if phase.name == "teacher" else "reward": round(total / len(loader), 4)},
                val_cider_greedy=round(score, 2),
                seconds=round(time.monotonic() - started),
            )
    captioner.load_state_dict(best["weights"])
    return captioner.eval(), best["score"]


def _copy(captioner: Captioner) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in captioner.state_dict().items()}


def _report(fabric: Fabric, **figures) -> None:
    fabric.print(json.dumps(figures), file=sys.stderr, flush=True)


def _loss(module: torch.nn.Module, phase: Phase, loaded: Batch) -> torch.Tensor:
    if phase.name == "teacher":
        return module(loaded.grids, loaded.captions)
    return module(loaded.grids, loaded.photos, loaded.mirrored)


def references(photos: Sequence[CaptionedPhoto], vocabulary: Vocabulary) -> CiderD:
    """The reward for photos by their number in ``photos``, in the words that the captioner can write, END included."""
    return CiderD(
        {i: [[*vocabulary.encode(words), END] for words in photo.captions if words] for i, photo in enumerate(photos)}
    )
