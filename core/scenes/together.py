"""Eyes and captioners learn together: all captioners read the same pictures through the same eyes.

The loss is the sum of the captioners' own (:mod:`core.captioning.training.teacher`), so the eyes serve each kind of
attention alike, and none of the captioners gets eyes of its own.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.captioning.captioner import Captioner
from core.captioning.decoding import Settings, decode
from core.captioning.training.eyes import Stage
from core.captioning.training.schedule import moving_average, warm_cosine
from core.captioning.training.teacher import Captions, LossWeights, Teacher, collate
from core.captioning.vocabulary import Vocabulary
from core.data.scenes import WORDS, Scene
from core.scenes.eyes import SceneEyes
from core.scenes.seeing import renew_statistics

VOCABULARY = Vocabulary(WORDS)
JUDGED = 100  # scenes captioned at a time


@dataclass(frozen=True)
class Course:
    """Passes over the scenes, scenes a step, and learning rates; an ``eyes_rate`` of 0 leaves the eyes alone."""

    epochs: int
    batch: int
    rate: float
    eyes_rate: float


class Together(nn.Module):
    """Eyes and the captioners' teachers in one module."""

    def __init__(self, eyes: SceneEyes, captioners: Sequence[Captioner], losses: LossWeights):
        super().__init__()
        self.eyes = eyes
        self.teachers = nn.ModuleList(Teacher(captioner, losses) for captioner in captioners)

    def forward(self, pictures: Tensor, captions: Captions) -> Tensor:
        """The loss per word of each captioner (K,) for pictures and their sentences."""
        grids = self.eyes(pictures)
        return torch.stack([teacher(grids, captions) for teacher in self.teachers])


def learn_together(
    together: Together,
    pictures: Tensor,
    scenes: Sequence[Scene],
    held_out: tuple[Tensor, Sequence[Scene]],
    course: Course,
    fabric: Fabric,
    path: Path,
    stage: Stage,
) -> list[float]:
    """Train in place; resumes from ``path`` after every finished epoch. What is kept is a moving average.

    Args:
        pictures, scenes: what to learn from.
        held_out: the same of other scenes, for the figures.

    Returns:
        for each captioner the percentage of held-out scenes captioned exactly right in the end.
    """
    frozen = not course.eyes_rate
    together.eyes.requires_grad_(not frozen)
    own = [p for teacher in together.teachers for p in teacher.parameters()]
    groups = [{"params": own, "lr": course.rate}]
    if not frozen:
        groups.append({"params": list(together.eyes.parameters()), "lr": course.eyes_rate})
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    module, optimizer = fabric.setup(together.to(memory_format=torch.channels_last), optimizer)
    average = moving_average(together, 0.995)
    steps = course.epochs * (len(scenes) // course.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warm_cosine(step, steps, warm=100))
    state = {"together": together, "average": average, "optimizer": optimizer, "schedule": schedule, "epoch": 0}
    scores: list[float] = []
    if path.exists():
        scores = fabric.load(path, state)["scores"]
    words = [VOCABULARY.encode(scene.words) for scene in scenes]
    for epoch in range(state["epoch"], course.epochs):
        tick = stage(f"captioners, epoch {epoch + 1} of {course.epochs}", len(scenes) // course.batch)
        started, total = time.monotonic(), torch.zeros(len(together.teachers))
        together.train()
        together.eyes.train(not frozen)
        order = torch.randperm(len(scenes), generator=torch.Generator().manual_seed(epoch))
        for rows in order.split(course.batch):
            if len(rows) < course.batch:
                continue
            captions = collate([(n, words[row]) for n, row in enumerate(rows.tolist())])
            losses = module(pictures[rows].to(fabric.device), captions.to(fabric.device))
            optimizer.zero_grad()
            fabric.backward(losses.sum())
            for teacher in together.teachers:  # one captioner's wild step must not tame the others
                nn.utils.clip_grad_norm_(teacher.parameters(), 5.0)
            nn.utils.clip_grad_norm_(together.eyes.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(together)
            total += losses.detach().cpu()
            tick()
        if not frozen:
            renew_statistics(average.module.eyes, pictures)
        scores = [judge(average.module, n, *held_out) for n in range(len(together.teachers))]
        state["epoch"] = epoch + 1
        draft = path.with_suffix(".part")
        fabric.save(draft, {**state, "scores": scores})
        draft.replace(path)
        figures = {
            "epoch": epoch + 1,
            "loss": [round(float(loss) / (len(scenes) // course.batch), 4) for loss in total],
            "val_exact": scores,
            "seconds": round(time.monotonic() - started),
        }
        fabric.print(json.dumps(figures), file=sys.stderr, flush=True)
    together.load_state_dict(average.module.state_dict())
    together.cpu().eval()
    return scores


@torch.inference_mode()
def judge(together: Together, number: int, pictures: Tensor, scenes: Sequence[Scene]) -> float:
    """The percentage of scenes whose greedy caption by one of the captioners is exactly right."""
    together.eval()
    captioner = together.teachers[number].captioner
    device = next(captioner.parameters()).device
    right = 0
    for start in range(0, len(scenes), JUDGED):
        grids = together.eyes(pictures[start : start + JUDGED].to(device))
        told = decode(captioner, VOCABULARY, grids, Settings("greedy"))
        right += sum(tuple(trace.words) == scene.words for trace, scene in zip(told, scenes[start:], strict=False))
    return round(100 * right / len(scenes), 2)
