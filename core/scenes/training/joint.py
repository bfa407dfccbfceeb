"""Captioners of scenes learn side by side, with their eyes or through eyes that are ready.

    L = L_soft + L_hard + L_none + omega L_words

Each captioner's loss is that of :mod:`core.captioning.training.teacher_forcing`. ``soft`` begins alone with the
encoder; after a third of the epochs the others join, ``hard`` as soft stands then, for a single cell would teach a
beginner little. From there on both teach the encoder, so that a cell serves a weighted mean and a look of its own
alike; ``none`` takes the grid as it finds it. A linear head on the grid is to find the words that the scene shows, so
that the encoder has something to go by before anybody looks.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

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
from core.training.progress import Stage, report, save_state
from core.training.schedule import moving_average, warm_cosine

VOCABULARY = Vocabulary(WORDS)
FIND = 0.05  # omega, the weight of the words that are to be found
JUDGED = 100  # scenes captioned at a time


class Examples(NamedTuple):
    """Scenes to learn from: pictures uint8 (B, 3, 96, 96), their sentences, the words to be found (B, words)."""

    pictures: Tensor
    captions: Captions
    shown: Tensor


class JointModel(nn.Module):
    """Eyes, and captioners that look through them, in one module, whose weights are averaged and saved together.

    Args:
        learns: whether the eyes do, or stay as they are.
    """

    def __init__(self, eyes: SceneEncoder, captioners: Mapping[str, Captioner], losses: LossWeights, learns: bool):
        super().__init__()
        self.eyes = eyes.requires_grad_(learns)
        self.head = WordHead(torch.full((1, len(FINDABLE)), 0.1), channels=FEATURES) if learns else None
        self.teachers = nn.ModuleDict(
            {kind: TeacherForcing(captioner, losses) for kind, captioner in captioners.items()}
        )
        self.present = list(captioners)  # the kinds that learn now

    def train(self, mode: bool = True) -> "JointModel":
        super().train(mode)
        self.eyes.train(mode and self.head is not None)  # the statistics of eyes that are ready are ready, too
        return self

    def forward(self, examples: Examples) -> Tensor:
        """The captioners' losses per word and the head's, summed."""
        with autocast():
            grids = self.eyes(examples.pictures)
        grids = grids.float()
        loss = 0.0 if self.head is None else FIND * word_loss(self.head(grids[..., :FEATURES]), examples.shown)
        for kind in self.present:
            loss = loss + self.teachers[kind](grids.detach() if kind == "none" else grids, examples.captions)
        return loss


def scenes_of(first: int, count: int, batch: int, seed: int) -> Iterator[Examples]:
    """Scenes ``first`` to ``first + count`` of ``train`` in batches, drawn by a process of its own meanwhile."""
    return iter(
        DataLoader(
            range(first, first + count),
            batch_size=min(batch, count),
            drop_last=True,
            num_workers=1,
            prefetch_factor=8,
            collate_fn=_Drawing(seed),
        )
    )


class _Drawing:
    """Numbers of scenes -> what there is to learn from them."""

    def __init__(self, seed: int):
        self.seed = seed

    def __call__(self, numbers: Sequence[int]) -> Examples:
        scenes = [make_scene("train", number, self.seed) for number in numbers]
        sentences = [(row, VOCABULARY.encode(scene.words)) for row, scene in enumerate(scenes)]
        return Examples(draw_all(scenes), collate(sentences), findable(scenes))


def learn(
    school: JointModel,
    held_out: Sequence[Scene],
    epochs: int,
    count: int,
    batch: int,
    rate: float,
    seed: int,
    fabric: Fabric,
    path: Path,
    stage: Stage,
) -> dict[str, float]:
    """Train in place; resumes from ``path`` after every finished epoch. What is kept is a moving average.

    Args:
        held_out: other scenes, to be captioned after each epoch.
        count: scenes of an epoch, each time others; ``batch`` of them a step.
        rate: the highest learning rate.

    Returns:
        the percentage of held-out scenes that each captioner has exactly right in the end.
    """
    trained = [parameter for parameter in school.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.98), fused=True)
    module, optimizer = fabric.setup(school.to(memory_format=torch.channels_last), optimizer)
    average = moving_average(school, 0.995)
    batches = max(count // batch, 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warm_cosine(step, epochs * batches, warm=100))
    state = {"school": school, "average": average, "optimizer": optimizer, "schedule": schedule, "epoch": 0}
    scores: dict[str, float] = {}
    if path.exists():
        scores = fabric.load(path, state)["scores"]
    pictures = draw_all(held_out)
    first = draw_all([make_scene("train", number, seed) for number in range(min(count, 1024))])
    joined = epochs // 3 if school.head is not None and "soft" in school.teachers else 0
    for epoch in range(state["epoch"], epochs):
        tick = stage(f"epoch {epoch + 1} of {epochs}", batches)
        started, total = time.monotonic(), 0.0
        school.present = ["soft"] if epoch < joined else list(school.teachers)
        if epoch == joined > 0 and "hard" in school.teachers:
            for teachers in (school.teachers, average.module.teachers):
                teachers["hard"].load_state_dict(teachers["soft"].state_dict())
        school.train()
        for examples in scenes_of(epoch * count, count, batch, seed):
            loss = module(Examples(*(part.to(fabric.device) for part in examples)))
            optimizer.zero_grad()
            fabric.backward(loss)
            fabric.clip_gradients(module, optimizer, max_norm=5.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(school)
            total += float(loss.detach())
            tick()
        if school.head is not None:
            renew_statistics(average.module.eyes, first)
        scores, state["epoch"] = judge(average.module, pictures, held_out), epoch + 1
        save_state(fabric, path, {**state, "scores": scores})
        report(
            fabric,
            epoch=epoch + 1,
            loss=round(total / batches, 4),
            **{f"val_exact_{kind}": score for kind, score in scores.items()},
            seconds=round(time.monotonic() - started),
        )
    school.load_state_dict(average.module.state_dict())
    school.cpu().eval()
    return scores


@torch.inference_mode()
def judge(school: JointModel, pictures: Tensor, scenes: Sequence[Scene]) -> dict[str, float]:
    """The percentage of scenes whose greedy caption is exactly right, of each captioner."""
    school.eval()
    device = next(school.parameters()).device
    right = dict.fromkeys(school.teachers, 0)
    for start in range(0, len(scenes), JUDGED):
        grids, some = school.eyes(pictures[start : start + JUDGED].to(device)), scenes[start : start + JUDGED]
        for kind, teacher in school.teachers.items():
            told = decode(teacher.captioner, VOCABULARY, grids, Settings("greedy"))
            right[kind] += sum(tuple(trace.words) == scene.words for trace, scene in zip(told, some, strict=True))
    return {kind: round(100 * n / len(scenes), 2) for kind, n in right.items()}
