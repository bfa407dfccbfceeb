"""Captioners of scenes learn side by side, with their encoder or through one that is ready.

    L = L_soft + L_hard + L_none + omega L_words

Each captioner's loss is that of :mod:`core.captioning.training.teacher_forcing`. ``soft`` begins alone with the
encoder; after a third of the epochs the others join, ``hard`` with soft's weights at that time, since single cells say
little while the encoder is new. From there on both train the encoder, so that a cell serves a weighted mean and a look
of its own alike; ``none`` passes no gradient to it. A linear head on the grid is to find the words that the scene
shows, which gives the encoder a gradient before any look is sharp.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.utils.data import DataLoader

from core.captioning.captioner import Captioner
from core.captioning.decoding import decode
from core.captioning.settings import Settings
from core.captioning.training.teacher_forcing import Captions, LossWeights, TeacherForcing, collate
from core.captioning.training.words import WordHead, word_loss
from core.captioning.vocabulary import Vocabulary
from core.checkpoints.modules import autocast
from core.data.scenes import WORDS, Scene, make_scene
from core.scenes.encoder import FEATURES, SceneEncoder
from core.scenes.training.pictures import FINDABLE, draw_all, findable, renew_statistics
from core.training.fit import BatchLoss, Figures, clip_norm, fit
from core.training.progress import Stage
from core.training.schedule import MovingAverage, warm_cosine

VOCABULARY = Vocabulary(WORDS)
FIND = 0.05  # omega, the weight of the words that are to be found
DECAY = 0.995  # of the moving average of the weights
VALIDATED = 100  # scenes captioned at a time


class Examples(NamedTuple):
    """Scenes to learn from: pictures uint8 (B, 3, 96, 96), their sentences, the words to be found (B, words)."""

    pictures: Tensor
    captions: Captions
    shown: Tensor

    def to(self, device: torch.device) -> "Examples":
        return Examples(self.pictures.to(device), self.captions.to(device), self.shown.to(device))


class JointModel(nn.Module):
    """Encoder, and captioners that look through it, in one module, whose weights are averaged and saved together.

    Args:
        learns: whether the encoder does, or stays as it is.
    """

    def __init__(self, encoder: SceneEncoder, captioners: Mapping[str, Captioner], losses: LossWeights, learns: bool):
        super().__init__()
        self.encoder = encoder.requires_grad_(learns)
        self.head = WordHead(torch.full((1, len(FINDABLE)), 0.1), FEATURES) if learns else None
        self.forcing = nn.ModuleDict(
            {kind: TeacherForcing(captioner, losses) for kind, captioner in captioners.items()}
        )
        self.present = list(captioners)  # the kinds that learn now

    def captioners(self) -> dict[str, Captioner]:
        return {kind: cast(TeacherForcing, forcing).captioner for kind, forcing in self.forcing.items()}

    def train(self, mode: bool = True) -> "JointModel":
        super().train(mode)
        self.encoder.train(mode and self.head is not None)  # statistics of an encoder that is ready are ready, too
        return self

    def forward(self, examples: Examples) -> Tensor:
        """The captioners' losses per word and the head's, summed."""
        with autocast():
            grids = self.encoder(examples.pictures)
        grids = grids.float()
        losses = [] if self.head is None else [FIND * word_loss(self.head(grids[..., :FEATURES]), examples.shown)]
        for kind in self.present:
            losses.append(self.forcing[kind](grids.detach() if kind == "none" else grids, examples.captions))
        return torch.stack(losses).sum()


def scenes_of(first: int, count: int, batch: int, seed: int) -> DataLoader[Examples]:
    """Scenes ``first`` to ``first + count`` of ``train`` in batches, drawn by a process of its own meanwhile."""
    return DataLoader(
        range(first, first + count),  # type: ignore[arg-type]  # torch asks for no more than a sequence
        batch_size=min(batch, count),
        drop_last=True,
        num_workers=1,
        prefetch_factor=8,
        collate_fn=partial(_draw, seed),
    )


def _draw(seed: int, numbers: Sequence[int]) -> Examples:
    """Numbers of scenes -> what there is to learn from them."""
    scenes = [make_scene("train", number, seed) for number in numbers]
    sentences = [(row, VOCABULARY.encode(scene.words)) for row, scene in enumerate(scenes)]
    return Examples(draw_all(scenes), collate(sentences), findable(scenes))


def train_jointly(
    model: JointModel,
    held_out: Sequence[Scene],
    epochs: int,
    count: int,
    batch: int,
    rate: float,
    seed: int,
    fabric: Fabric,
    path: Path,
    stage: Stage,
) -> Figures:
    """Train in place; resumes from ``path`` after every finished epoch. What is kept is a moving average.

    Args:
        held_out: other scenes, to be captioned after each epoch.
        count: scenes of an epoch, each time others; ``batch`` of them a step.
        rate: the highest learning rate.

    Returns:
        the last figures; "val_exact_soft" is the percentage of held-out scenes that soft has exactly right.
    """
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.98), fused=True)
    average = MovingAverage(model.to(memory_format=torch.channels_last), DECAY)  # type: ignore[call-overload]
    pictures = draw_all(held_out)
    first = draw_all([make_scene("train", number, seed) for number in range(min(count, 1024))])
    joined = epochs // 3 if model.head is not None and "soft" in model.forcing else 0

    def begin(epoch: int) -> DataLoader[Examples]:
        model.present = ["soft"] if epoch < joined else list(model.forcing)
        if epoch == joined > 0 and "hard" in model.forcing:
            for each in (model, average.module):
                each.forcing["hard"].load_state_dict(each.forcing["soft"].state_dict())
        return scenes_of(epoch * count, count, batch, seed)

    def loss(module: nn.Module, examples: Examples) -> BatchLoss:
        return BatchLoss(module(examples.to(fabric.device)))

    def validate(epoch: int) -> Figures:
        if epoch == 0:
            return {}
        if model.head is not None:
            renew_statistics(average.module.encoder, first)
        return {f"val_exact_{kind}": exact for kind, exact in exactly_right(average.module, pictures, held_out).items()}

    figures = fit(
        fabric, path, model, optimizer, label="scenes", epochs=epochs, begin=begin, loss=loss,
        clip=clip_norm(5.0, model), schedule=warm_cosine(100), average=average, validate=validate, stage=stage,
    )  # fmt: skip
    model.cpu().eval()
    return figures


@torch.inference_mode()
def exactly_right(model: JointModel, pictures: Tensor, scenes: Sequence[Scene]) -> dict[str, float]:
    """The percentage of scenes whose greedy caption is exactly right, of each captioner."""
    model.eval()
    device = next(model.parameters()).device
    right = dict.fromkeys(model.forcing, 0)
    for start in range(0, len(scenes), VALIDATED):
        grids, some = model.encoder(pictures[start : start + VALIDATED].to(device)), scenes[start : start + VALIDATED]
        for kind, captioner in model.captioners().items():
            traces = decode(captioner, VOCABULARY, grids, model.encoder.grid, Settings("greedy"))
            right[kind] += sum(tuple(trace.words) == scene.words for trace, scene in zip(traces, some, strict=True))
    return {kind: round(100 * n / len(scenes), 2) for kind, n in right.items()}
