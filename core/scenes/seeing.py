"""The eyes' first lessons: the words of a scene's sentence are to be found somewhere on its grid.

As for photos (:mod:`core.captioning.training.words`): every cell scores every word, and the log-mean-exp over the
cells says whether the scene shows it. No box takes part, here or later.
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.captioning.training.eyes import Stage
from core.captioning.training.schedule import moving_average, warm_cosine
from core.captioning.training.words import WordHead, word_loss
from core.data.scenes import WORDS, Scene
from core.scenes.eyes import FEATURES, SceneEyes

# Words that are seen in one place. "Left of" and "above" are seen nowhere, but between two places.
FINDABLE = tuple(word for word in WORDS if word not in ("a", "an", "left", "of", "above"))


def draw_all(scenes: Sequence[Scene], tick) -> Tensor:
    """The scenes' pictures as uint8 (N, 3, 96, 96); ``tick`` is called after each."""
    pictures = []
    for scene in scenes:
        pictures.append(torch.from_numpy(np.asarray(scene.picture()).copy()))
        tick()
    return torch.stack(pictures).permute(0, 3, 1, 2)  # channels last in memory


def labels(scenes: Sequence[Scene]) -> Tensor:
    """(N, words) 1 for every findable word of a scene's sentence."""
    return torch.tensor([[float(word in scene.words) for word in FINDABLE] for scene in scenes])


class Finder(nn.Module):
    """Eyes and a linear head: pictures -> for every findable word, whether it is there."""

    def __init__(self, eyes: SceneEyes, shown: Tensor):
        super().__init__()
        self.eyes, self.head = eyes, WordHead(shown, dropout=0.0, channels=FEATURES)

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits (B, words)."""
        return self.head(self.eyes(pictures)[..., :FEATURES])


def teach_eyes(
    eyes: SceneEyes,
    pictures: Tensor,
    scenes: Sequence[Scene],
    held_out: tuple[Tensor, Sequence[Scene]],
    fabric: Fabric,
    path: Path,
    epochs: int,
    batch: int,
    rate: float,
    stage: Stage,
) -> dict:
    """Train ``eyes`` in place; resumes from ``path`` after every finished epoch.

    A picture is seen as it is or mirrored: no findable word minds.

    Args:
        pictures, scenes: what to learn from.
        held_out: the same of other scenes, for the figures.

    Returns:
        the figures of the last epoch; the weights kept are a moving average.
    """
    shown, held_shown = labels(scenes), labels(held_out[1])
    finder = Finder(eyes, shown).to(fabric.device, memory_format=torch.channels_last)
    average = moving_average(finder, 0.99)
    optimizer = torch.optim.AdamW(finder.parameters(), lr=rate, betas=(0.9, 0.98))
    steps = epochs * (len(scenes) // batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warm_cosine(step, steps, warm=50))
    state = {"finder": finder, "average": average, "optimizer": optimizer, "schedule": schedule, "epoch": 0}
    figures: dict = {}
    if path.exists():
        figures = fabric.load(path, state)["figures"]
    for epoch in range(state["epoch"], epochs):
        tick = stage(f"eyes, epoch {epoch + 1} of {epochs}", len(scenes) // batch)
        started = time.monotonic()
        finder.train()
        order = torch.randperm(len(scenes), generator=torch.Generator().manual_seed(epoch))
        for rows in order.split(batch):
            if len(rows) < batch:
                continue
            seen = pictures[rows]
            mirrored = torch.rand(batch) < 0.5
            seen[mirrored] = seen[mirrored].flip(3)
            loss = word_loss(finder(seen.to(fabric.device)), shown[rows].to(fabric.device))
            optimizer.zero_grad()
            fabric.backward(loss)
            nn.utils.clip_grad_norm_(finder.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(finder)
            tick()
        renew_statistics(average.module.eyes, pictures)
        figures = {
            "epoch": epoch + 1,
            **_judge(average.module, held_out[0], held_shown),
            "seconds": round(time.monotonic() - started),
        }
        fabric.print(json.dumps(figures), file=sys.stderr, flush=True)
        state["epoch"] = epoch + 1
        draft = path.with_suffix(".part")
        fabric.save(draft, {**state, "figures": figures})
        draft.replace(path)
    eyes.load_state_dict(average.module.eyes.state_dict())
    eyes.cpu().eval()
    return figures


@torch.no_grad()
def renew_statistics(eyes: SceneEyes, pictures: Tensor, count: int = 1024) -> None:
    """Measure averaged weights' batch-norm statistics anew: those of the weights in training are not theirs."""
    device = next(eyes.parameters()).device
    for module in eyes.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # a plain mean over what follows
    eyes.train()
    for part in pictures[:count].split(128):
        eyes(part.to(device))


@torch.inference_mode()
def _judge(finder: Finder, pictures: Tensor, shown: Tensor) -> dict:
    """The word loss, and the percentage of scenes all of whose words are found and no others."""
    finder.eval()
    device = next(finder.parameters()).device
    logits = torch.cat([finder(part.to(device)).cpu() for part in pictures.split(100)])
    right = ((logits > 0) == (shown > 0)).all(1).float().mean()
    return {"val_word_loss": round(float(word_loss(logits, shown)), 4), "val_all_words": round(100 * float(right), 2)}
