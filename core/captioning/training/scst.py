"""The captioners' last passes: SCST (see ``scst_loss.py``), all of them side by side on the same fresh views of photos.

A captioner scores nearly twice as high on photos that it was trained on as on others, so a reward on their grids as
they are would teach it to be too sure. Every pass therefore sees another crop of a photo, by the same encoder, with a
part of the grid's channels struck out (``forget``), which closes some of the gap (docs/captions.md).

What is kept lies on the way from the weights at the start to those at the end (Wortsman et al. 2022, section 3).
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder
from core.captioning.training.captions import Validator
from core.captioning.training.examples import Batch, TrainingPhotos, quarter
from core.captioning.training.reward import CiderD
from core.captioning.training.scst_loss import Seen, SelfCriticalLoss
from core.captioning.training.words import MIRROR
from core.captioning.vocabulary import END, Vocabulary
from core.checkpoints.modules import set_dropout
from core.data.errors import DataError
from core.training.fit import BatchLoss, Figures, clip_norm, fit, readable
from core.training.progress import Stage
from core.training.schedule import MovingAverage, warm_cosine


@dataclass(frozen=True)
class SCSTSettings:
    """How captioners learn from what they say.

    Attributes:
        draws: captions of each photo that compete.
        rate: the highest learning rate.
        least_area: what a crop keeps of the photo, at least.
        forget: share of the grid's channels that are struck out in all cells of a photo.
        dropout: of the captioners, while what they said is read.
        average: decay of the moving average of the weights.
        share: of the way from the weights at the start to that average, at the end.
        looks: weight of the looks that boxes teach, at the nouns that a captioner finds itself and in a caption that
            people wrote.
    """

    epochs: int = 0
    draws: int = 5
    rate: float = 6e-5
    least_area: float = 0.5
    forget: float = 0.1
    dropout: float = 0.2
    average: float = 0.998
    share: float = 0.5
    looks: float = 0.1


class JointSCST(nn.Module):
    """Captioners that learn side by side in one module, so that a training helper can wrap its forward."""

    def __init__(self, losses: Mapping[str, SelfCriticalLoss]):
        super().__init__()
        self.losses = nn.ModuleDict(losses)

    def forward(self, grids: Tensor, seen: Seen) -> Tensor:
        """The sum of their losses; see :meth:`SelfCriticalLoss.forward`."""
        return torch.stack([loss(grids, seen) for loss in self.losses.values()]).sum()

    @property
    def rewards(self) -> dict[str, float]:
        return {kind: cast(SelfCriticalLoss, loss).mean_reward for kind, loss in self.losses.items()}


def train_scst(
    captioners: Mapping[str, Captioner],
    scores: Mapping[str, float],
    taught: Mapping[str, bool],
    encoder: Encoder,
    data: TrainingPhotos,
    validator: Validator,
    fabric: Fabric,
    settings: SCSTSettings,
    path: Path,
    batch: int,
    stage: Stage,
) -> dict[str, float]:
    """Train captioners in place; resumes from ``path`` after every finished epoch.

    A captioner that got worse by ``validator`` gets the weights back that it had at the start.

    Args:
        scores: the captioners', by ``validator``, as they begin.
        taught: whose looks boxes teach.

    Returns:
        each captioner's score, by ``validator``.

    Raises:
        DataError: ``path`` holds a run that began with other weights.
    """
    vocabulary = data.vocabulary
    captions = {i: [words for words in data.photos[i].captions if words] for i in data.rows}
    # In the words that a captioner can write, END included.
    reward = CiderD({n: [[*vocabulary.encode(words), END] for words in written] for n, written in captions.items()})
    mirror = dict(zip(vocabulary.encode(MIRROR), vocabulary.encode(MIRROR.values()), strict=True))
    learners = nn.ModuleDict(captioners)
    set_dropout(learners, settings.dropout)
    losses = {
        name: SelfCriticalLoss(each, vocabulary, reward, mirror, settings.draws, looks=taught[name] * settings.looks)
        for name, each in captioners.items()
    }
    model = JointSCST(losses)
    encoder.to(fabric.device).eval()
    average = MovingAverage(learners, settings.average)
    start = {name: tensor.cpu().clone() for name, tensor in learners.state_dict().items()}
    if path.exists():
        with readable(path):
            began = torch.load(path, map_location="cpu", weights_only=True)["rest"]
            learnt = any(not torch.equal(tensor, began[name]) for name, tensor in start.items())
        if learnt:
            raise DataError(f"The captioners have learnt since {path} was written; delete it to begin that part anew.")

    def begin(epoch: int) -> list[tuple[list[int], random.Random]]:
        return data.batches(batch, epoch, fabric)

    def loss(module: nn.Module, drawn: tuple[list[int], random.Random]) -> BatchLoss:
        chosen, rng = drawn
        found = data.draw(chosen, rng, captions=1, least_area=settings.least_area).to(fabric.device)
        grids, covers = quarter(encoder, data, found, rng)
        grids = grids * F.dropout(torch.ones_like(grids[:, :1]), settings.forget)
        seen = Seen(found.numbers, found.mirrored, _nouns(found, vocabulary), covers, found.captions)
        value = module(grids, seen)
        rewards = {f"reward_{kind}": 100 * reward for kind, reward in model.rewards.items()}
        return BatchLoss(value, rewards, weight=len(found.numbers))

    def validate(epoch: int) -> Figures:
        if epoch == 0:  # no captioner is validated twice
            return {f"val_cider_{kind}": score for kind, score in scores.items()}
        return {f"val_cider_{kind}": validator(cast(Captioner, each)) for kind, each in average.module.items()}

    fit(
        fabric, path, model, torch.optim.AdamW(model.parameters(), lr=settings.rate, betas=(0.9, 0.98)), label="scst",
        epochs=settings.epochs, begin=begin, loss=loss, clip=clip_norm(5.0, *model.losses.values()),
        schedule=warm_cosine(50), average=average, validate=validate, rest=start, stage=stage,
    )  # fmt: skip
    ends = learners.state_dict()
    learners.load_state_dict({name: torch.lerp(x, ends[name].cpu(), settings.share) for name, x in start.items()})
    kept = dict(scores)
    for kind, captioner in captioners.items():
        if (score := validator(captioner)) > scores[kind]:
            kept[kind] = score
        else:
            captioner.load_state_dict({name: start[f"{kind}.{name}"] for name in captioner.state_dict()})
        captioner.cpu().eval()
    return kept


def _nouns(batch: Batch, vocabulary: Vocabulary) -> list[dict[int, int]]:
    """For each photo of a batch: the numbers of the nouns that people named things in it with -> covers."""
    nouns: list[dict[int, int]] = [{} for _ in batch.numbers]
    for thing in batch.things:
        if thing.noun and thing.word in vocabulary:
            nouns[thing.photo][vocabulary.encode([thing.word])[0]] = thing.cover
    return nouns
