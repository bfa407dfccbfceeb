"""The captioners' last lessons: self-critical, all of them side by side on the same fresh views of the photos.

A captioner knows the photos that it has learnt from nearly twice as well as others. What it says of them needs no
hedging, and a reward on them would teach it none. So every pass sees another crop of a photo, through the same eyes,
and a part of the grid's channels is struck out (``forget``), which closes some of the gap (docs/captions.md).

What is kept lies halfway between the weights at the start and those at the end (Wortsman et al. 2022, section 3).
"""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder
from core.captioning.training.captions import Validator
from core.captioning.training.grids import vary
from core.captioning.training.reward import CiderD
from core.captioning.training.scst_loss import SelfCriticalLoss
from core.captioning.training.words import MIRROR
from core.captioning.vocabulary import END, Vocabulary
from core.checkpoints.modules import autocast
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto
from core.training.progress import Stage, report, save_state
from core.training.schedule import moving_average, warm_cosine


@dataclass(frozen=True)
class SCSTSettings:
    """How captioners learn from what they say.

    Attributes:
        epochs: passes over the photos.
        draws: captions of each photo that compete.
        rate: the highest learning rate.
        least_area: what a crop keeps of the photo, at least.
        forget: share of the grid's channels that are struck out in all cells of a photo.
        dropout: of the captioners, while what they said is read.
        average: decay of the moving average of the weights.
        share: of the way from the weights at the start to that average, at the end.
    """

    epochs: int = 0
    draws: int = 5
    rate: float = 6e-5
    least_area: float = 0.5
    forget: float = 0.1
    dropout: float = 0.2
    average: float = 0.998
    share: float = 0.5


class JointSCST(nn.Module):
    """Captioners that learn side by side in one module, so that a training helper can wrap its forward."""

    def __init__(self, critics: Mapping[str, SelfCriticalLoss]):
        super().__init__()
        self.critics = nn.ModuleDict(critics)

    def forward(self, grids: Tensor, photos: list[int], mirrored: list[bool]) -> Tensor:
        """The sum of their losses; see :meth:`SelfCriticalLoss.forward`."""
        return sum(critic(grids, photos, mirrored) for critic in self.critics.values())

    @property
    def rewards(self) -> dict[str, float]:
        return {kind: critic.mean_reward for kind, critic in self.critics.items()}


class FreshViews:
    """Grids of photos as they are needed, each of a view that nobody saw before.

    Args:
        encoder: the eyes, which stay as they are.
        array: every photo's pixels (N, 3, 224, 224).
    """

    def __init__(self, encoder: Encoder, array: np.ndarray, settings: SCSTSettings):
        self.encoder, self.array, self.settings = encoder, array, settings

    @torch.no_grad()
    def draw(self, rows: Sequence[int], rng: random.Random) -> tuple[Tensor, list[bool]]:
        """A quarter of the cells (P, 49, channels) of a view of each photo, and which views are mirrored."""
        mirrored = [rng.random() < 0.5 for _ in rows]
        views = [
            vary(torch.from_numpy(self.array[row]), rng, flip, self.settings.least_area)
            for row, flip in zip(rows, mirrored, strict=True)
        ]
        with autocast():  # as the photos of those who use the captioners are encoded
            grids = self.encoder(torch.stack(views).to(next(self.encoder.parameters()).device)).float()
        top, left = rng.randint(0, 1), rng.randint(0, 1)
        cells = grids.unflatten(1, self.encoder.grid)[:, top::2, left::2].flatten(1, 2)
        keep = F.dropout(torch.ones_like(cells[:, :1]), self.settings.forget)
        return cells * keep, mirrored


def train_scst(
    captioners: Mapping[str, Captioner],
    scores: Mapping[str, float],
    encoder: Encoder,
    photos: Sequence[CaptionedPhoto],
    passes: Sequence[int],
    array: np.ndarray,
    vocabulary: Vocabulary,
    judge: Validator,
    fabric: Fabric,
    settings: SCSTSettings,
    path: Path,
    batch: int,
    stage: Stage,
) -> dict[str, float]:
    """Train captioners in place; resumes from ``path`` after every finished epoch.

    A captioner that got worse by ``judge`` gets the weights back that it had at the start.

    Args:
        scores: the captioners', by ``judge``, as they begin.
        photos: all of them, with their pixels in ``array``.
        passes: which of them an epoch goes through; one may come twice.

    Returns:
        each captioner's score, by ``judge``.

    Raises:
        DataError: ``path`` holds a run that began with other weights.
    """
    reward = CiderD(  # in the words that a captioner can write, END included
        {n: [[*vocabulary.encode(words), END] for words in photos[i].captions if words] for n, i in enumerate(passes)}
    )
    mirror = dict(zip(vocabulary.encode(MIRROR), vocabulary.encode(MIRROR.values()), strict=True))
    critics = JointSCST(
        {
            kind: SelfCriticalLoss(model, vocabulary, reward, mirror, settings.draws)
            for kind, model in captioners.items()
        }
    ).to(fabric.device)
    learners = nn.ModuleDict(captioners)
    for captioner in captioners.values():
        captioner.dropout.p = settings.dropout
    views = FreshViews(encoder.to(fabric.device).eval(), array, settings)
    optimizer = torch.optim.AdamW(critics.parameters(), lr=settings.rate, betas=(0.9, 0.98))
    average = moving_average(learners, settings.average)
    module, optimizer = fabric.setup(critics, optimizer)
    batch = min(batch, len(passes))
    batches = len(passes) // batch
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: warm_cosine(step, settings.epochs * batches, warm=50)
    )
    starts = {name: tensor.cpu().clone() for name, tensor in learners.state_dict().items()}
    learnt = {"learners": learners, "average": average, "optimizer": optimizer, "schedule": schedule}
    if path.exists():
        rest = fabric.load(path, learnt, strict=False)
        if any(not torch.equal(tensor, rest["starts"][name]) for name, tensor in starts.items()):
            raise DataError(f"The captioners have learnt since {path} was written; delete it to begin that part anew.")
        done = rest["done"]
    else:
        done = 0
        began = {f"val_cider_{kind}": round(score, 2) for kind, score in scores.items()}
        report(fabric, phase="self-critical", epoch=0, **began)
    for epoch in range(done, settings.epochs):
        tick = stage(f"self-critical, epoch {epoch + 1} of {settings.epochs}", batches)
        started, totals = time.monotonic(), dict.fromkeys(captioners, 0.0)
        order = random.Random(epoch).sample(range(len(passes)), batches * batch)
        rng = random.Random(f"{epoch}-{fabric.global_rank}")
        critics.train()
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch][fabric.global_rank :: fabric.world_size]
            grids, mirrored = views.draw([passes[i] for i in chosen], rng)
            loss = module(grids, chosen, mirrored)
            optimizer.zero_grad()
            fabric.backward(loss)
            for critic in critics.critics.values():
                nn.utils.clip_grad_norm_(critic.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(learners)
            for kind, value in critics.rewards.items():
                totals[kind] += value / batches
            tick()
        save_state(fabric, path, {**learnt, "starts": starts, "done": epoch + 1})
        report(
            fabric,
            phase="self-critical",
            epoch=epoch + 1,
            **{f"reward_{kind}": round(100 * total, 2) for kind, total in totals.items()},
            **{f"val_cider_{kind}": round(judge(captioner), 2) for kind, captioner in average.module.items()},
            seconds=round(time.monotonic() - started),
        )
    ends = average.module.cpu().state_dict()
    learners.load_state_dict({name: torch.lerp(x, ends[name], settings.share) for name, x in starts.items()})
    kept = dict(scores)
    for kind, captioner in captioners.items():
        if (score := judge(captioner)) > scores[kind]:
            kept[kind] = score
        else:
            captioner.load_state_dict({name: starts[f"{kind}.{name}"] for name in captioner.state_dict()})
        captioner.cpu().eval()
    return kept
