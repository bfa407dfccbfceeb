"""A captioner of scenes learns, with its eyes or through eyes that are ready.

The loss is that of :mod:`core.captioning.training.teacher`. Where the eyes learn too, a linear head on their grid is to
find the words that the scene shows, so that they have something to go by before the captioner looks anywhere.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from core import hardware
from core.captioning.captioner import Captioner
from core.captioning.decoding import Settings, decode
from core.captioning.training.eyes import Stage
from core.captioning.training.schedule import moving_average, warm_cosine
from core.captioning.training.teacher import Captions, LossWeights, Teacher, collate
from core.captioning.training.words import WordHead, word_loss
from core.captioning.vocabulary import Vocabulary
from core.data.scenes import WORDS, Scene
from core.scenes.eyes import FEATURES, SceneEyes
from core.scenes.seeing import FINDABLE, findable, renew_statistics

VOCABULARY = Vocabulary(WORDS)
FIND = 0.05  # weight of the word head's loss
JUDGED = 100  # scenes captioned at a time


@dataclass(frozen=True)
class Course:
    """How long and how fast: passes over the scenes, scenes a step, the learning rate."""

    epochs: int
    batch: int
    rate: float


class Pupil(nn.Module):
    """A captioner with what teaches it; and eyes, if they are to learn with it."""

    def __init__(self, captioner: Captioner, losses: LossWeights, eyes: SceneEyes | None = None):
        super().__init__()
        self.teacher, self.eyes = Teacher(captioner, losses), eyes
        self.head = None if eyes is None else WordHead(torch.full((1, len(FINDABLE)), 0.1), channels=FEATURES)

    def forward(self, seen: Tensor, captions: Captions, shown: Tensor) -> Tensor:
        """The loss per word of the sentences of pictures, or of grids where the eyes are ready."""
        if self.eyes is None:
            return self.teacher(seen, captions)
        with hardware.autocast():
            grids = self.eyes(seen)
        grids = grids.float()
        return self.teacher(grids, captions) + FIND * word_loss(self.head(grids[..., :FEATURES]), shown)


class Book:
    """Scenes to learn from: what is seen of each, its sentence, and the words that can be found in it.

    Args:
        seen: (N, ...) pictures, or their grids in float16.
        scenes: N of them.
        mirror: pictures may be shown mirrored, with the sentence that is right then.
    """

    def __init__(self, seen: Tensor, scenes: Sequence[Scene], mirror: bool):
        self.seen, self.mirror = seen, mirror
        self.shown = findable(scenes)
        self.words = [VOCABULARY.encode(scene.words) for scene in scenes]
        self.mirrored = [VOCABULARY.encode(scene.meaning.mirrored().words) for scene in scenes]

    def __len__(self) -> int:
        return len(self.words)

    def batch(self, rows: Tensor) -> tuple[Tensor, Captions, Tensor]:
        """What :meth:`Pupil.forward` takes, of some scenes."""
        flipped = torch.rand(len(rows)) < (0.5 if self.mirror else 0.0)
        seen = self.seen[rows]
        seen[flipped] = seen[flipped].flip(-1)
        sentences = [
            (n, (self.mirrored if flip else self.words)[row])
            for n, (row, flip) in enumerate(zip(rows.tolist(), flipped.tolist(), strict=True))
        ]
        return seen if self.mirror else seen.float(), collate(sentences), self.shown[rows]


def learn(
    pupil: Pupil,
    books: Callable[[int], Book],
    held_out: tuple[Tensor, Sequence[Scene]],
    course: Course,
    count: int,
    fabric: Fabric,
    path: Path,
    stage: Stage,
) -> float:
    """Train in place; resumes from ``path`` after every finished epoch. What is kept is a moving average.

    Args:
        books: the book of an epoch, 0 being the first; each of ``count`` scenes.
        held_out: what is seen of other scenes, as in the book, and those scenes.

    Returns:
        the percentage of held-out scenes captioned exactly right in the end.
    """
    kind = pupil.teacher.captioner.sizes.attention
    optimizer = torch.optim.AdamW(pupil.parameters(), lr=course.rate, betas=(0.9, 0.98), fused=True)
    module, optimizer = fabric.setup(pupil.to(memory_format=torch.channels_last), optimizer)
    average = moving_average(pupil, 0.995)
    batches = count // course.batch
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: warm_cosine(step, course.epochs * batches, warm=100)
    )
    state = {"pupil": pupil, "average": average, "optimizer": optimizer, "schedule": schedule, "epoch": 0}
    score = 0.0
    if path.exists():
        score = fabric.load(path, state)["score"]
    for epoch in range(state["epoch"], course.epochs):
        book = books(epoch)
        tick = stage(f"{kind}, epoch {epoch + 1} of {course.epochs}", batches)
        started, total = time.monotonic(), 0.0
        pupil.train()
        order = torch.randperm(len(book), generator=torch.Generator().manual_seed(epoch))
        for rows in order[: batches * course.batch].split(course.batch):
            seen, captions, shown = book.batch(rows)
            loss = module(seen.to(fabric.device), captions.to(fabric.device), shown.to(fabric.device))
            optimizer.zero_grad()
            fabric.backward(loss)
            fabric.clip_gradients(module, optimizer, max_norm=5.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(pupil)
            total += float(loss.detach())
            tick()
        if pupil.eyes is not None:
            renew_statistics(average.module.eyes, book.seen)
        score, state["epoch"] = judge(average.module, *held_out), epoch + 1
        draft = path.with_suffix(".part")
        fabric.save(draft, {**state, "score": score})
        draft.replace(path)  # in one piece, or a run cut off here could not go on
        figures = {
            "attention": kind,
            "epoch": epoch + 1,
            "loss": round(total / batches, 4),
            "val_exact": score,
            "seconds": round(time.monotonic() - started),
        }
        fabric.print(json.dumps(figures), file=sys.stderr, flush=True)
    pupil.load_state_dict(average.module.state_dict())
    pupil.cpu().eval()
    return score


@torch.inference_mode()
def judge(pupil: Pupil, seen: Tensor, scenes: Sequence[Scene]) -> float:
    """The percentage of scenes whose greedy caption is exactly right."""
    pupil.eval()
    captioner = pupil.teacher.captioner
    device = next(captioner.parameters()).device
    right = 0
    for start in range(0, len(scenes), JUDGED):
        grids = seen[start : start + JUDGED].to(device)
        grids = grids.float() if pupil.eyes is None else pupil.eyes(grids)
        told = decode(captioner, VOCABULARY, grids, Settings("greedy"))
        right += sum(tuple(trace.words) == scene.words for trace, scene in zip(told, scenes[start:], strict=False))
    return round(100 * right / len(scenes), 2)
