"""How good hard attention's gradient is: ``python -m benchmarks.estimators scenes`` or ``photos``.

One fixed batch, one fixed model, many independent draws of the looks. Each estimator gives the gradient of the
captions' expected log-likelihood with respect to the scores' weights. Measured are

- the variance as in training (whole captions, the whole grid): the sum over parameters of Var[g], relative to the
  paper's estimator;
- the bias, where the gradient can be had exactly: captions cut to ``WORDS`` words, over four cells of the grid, so
  that all 4^WORDS ways to look can be gone through. |E[g] - exact|, the deviation sqrt(Var[g]) of one draw, both in
  units of |exact|, and the cosine between E[g] and exact. What is left of a bias that is zero is about
  deviation / sqrt(draws), which is given as "error".

Everything needed is shipped: scenes with their right sentences, read by ``scenes-hard``, whose scores are divided by
``TEMPERATURE``, for it is so sure that it leaves nothing to chance; or the gallery's photos with soft attention's
captions, read by ``hard``. Writes ``results/estimators-scenes.json`` or ``-photos.json``.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.captioning import gallery
from core.captioning.captioners.lstm import LSTMCaptioner, as_lstm
from core.captioning.service import CaptionService
from core.captioning.settings import Settings
from core.captioning.training.teacher_forcing import (
    SAMPLES,
    Captions,
    TeacherForced,
    by_caption,
    collate,
    look_advantage,
    teacher_forced,
)
from core.data.scenes import make_scenes
from core.results.files import RESULTS, write_result
from core.results.provenance import made_by
from core.scenes.service import SceneService

PICTURES = ("cat", "astronaut", "coffee", "motorcycle", "rocket", "ball", "house", "boat")  # of the gallery
BATCH = len(PICTURES)  # pictures, one caption each
WORDS = 4
TEMPERATURE = 4.0


def log_probs(forced: TeacherForced) -> Tensor:
    """log p of every word (N,)."""
    return -F.cross_entropy(forced.logits, forced.targets, reduction="none")


@dataclass
class SentenceReward:
    """The paper's: every look of a caption gets the whole caption's log p, less a moving average."""

    average: float | None = None

    def __call__(self, forced: TeacherForced) -> Tensor:
        reward = by_caption(forced, log_probs(forced).detach()).sum(1)  # (R,)
        now = float(reward.mean())
        self.average = now if self.average is None else 0.9 * self.average + 0.1 * now
        return ((reward - self.average)[forced.row] * forced.look_log_prob).sum()


def reward_to_go(forced: TeacherForced) -> Tensor:
    """What was said from this look on, no baseline."""
    to_go = by_caption(forced, log_probs(forced).detach()).flip(1).cumsum(1).flip(1)
    return (to_go[forced.row, forced.time] * forced.look_log_prob).sum()


def other_sample(forced: TeacherForced) -> Tensor:
    """What was said from this look on, less what the other reading of the caption said from there on."""
    return (look_advantage(forced) * forced.look_log_prob).sum()


def straight_through(forced: TeacherForced) -> Tensor:
    """The log-likelihood itself; its gradient passes straight through the looks."""
    return log_probs(forced).sum()


@dataclass(frozen=True)
class Moments:
    """The mean of an estimator's gradient (P,), and the sum over parameters of its variance."""

    mean: Tensor
    variance: float


def measure(captioner: LSTMCaptioner, grids: Tensor, captions: Captions, draws: int) -> dict[str, Moments]:
    """Each estimator's gradient per caption, every caption read :data:`SAMPLES` times a draw."""
    estimators: dict[str, Callable[[TeacherForced], Tensor]] = {
        "sentence, moving average": SentenceReward(),
        "to go": reward_to_go,
        "to go, other reading": other_sample,
        "straight-through": straight_through,
    }
    repeated = Captions(*(x.repeat_interleave(SAMPLES, dim=0) for x in captions))
    sums = {name: (torch.zeros(()), 0.0) for name in estimators}  # of the gradients, and of their squared lengths
    for _ in range(draws):
        sampled = teacher_forced(captioner, grids, repeated)
        straight = teacher_forced(captioner, grids, repeated, straight=True)
        for name, estimator in estimators.items():
            surrogate = estimator(straight if name == "straight-through" else sampled) / len(repeated.photo)
            g = gradient(captioner, surrogate)
            total, squares = sums[name]
            sums[name] = total + g, squares + float(g @ g)
    return {
        name: Moments(total / draws, (squares - float(total @ total) / draws) / (draws - 1))
        for name, (total, squares) in sums.items()
    }


def exact_gradient(captioner: LSTMCaptioner, grids: Tensor, captions: Captions) -> Tensor:
    """The same gradient without sampling: all ways to look (W = S^T), each as likely as the model makes it."""
    rows, steps = captions.tokens.shape
    ways = torch.cartesian_prod(*[torch.arange(grids.shape[1])] * steps)  # (W, T)
    noises = 1e6 * F.one_hot(ways, grids.shape[1]).float()  # (W, T, S): decides every look
    repeated = Captions(*(x.repeat_interleave(len(ways), dim=0) for x in captions))
    forced = teacher_forced(captioner, grids, repeated, noises.repeat(rows, 1, 1))
    way_prob = by_caption(forced, forced.look_log_prob).sum(1).exp()  # (R W,)
    return gradient(captioner, (way_prob * by_caption(forced, log_probs(forced)).sum(1)).sum() / rows)


def gradient(captioner: LSTMCaptioner, value: Tensor) -> Tensor:
    """d value / d the scores' weights, flat."""
    parts = torch.autograd.grad(value, list(captioner.score.parameters()), retain_graph=True)
    return torch.cat([part.flatten() for part in parts])


def small(grids: Tensor, captions: Captions) -> tuple[Tensor, Captions]:
    """Four cells (B, 4, channels) of grids (B, rows, columns, channels), and each caption's first words."""
    rows, columns = grids.shape[1:3]
    cells = grids[:, rows // 4 :: rows // 2, columns // 4 :: columns // 2]
    tokens, named = captions.tokens[:, :WORDS], captions.named[:, :WORDS]
    return cells.flatten(1, 2), Captions(captions.photo, tokens, captions.lengths.clamp(max=WORDS), named)


def scenes() -> tuple[str, LSTMCaptioner, Tensor, Captions]:
    """The model's sha256, the model, grids, and the right sentences."""
    service, some = SceneService(), list(make_scenes("val", BATCH))
    grids = service.encode([scene.picture() for scene in some])
    with service.opened("scenes-hard") as (opened, vocabulary):
        captioner = as_lstm(opened)
        captioner.score.weight.weight.data /= TEMPERATURE
        return _batch(service, "scenes-hard", captioner, grids, [vocabulary.encode(scene.words) for scene in some])


def photos() -> tuple[str, LSTMCaptioner, Tensor, Captions]:
    """The model's sha256, the model, grids, and what ``soft`` says of the photos."""
    service = CaptionService()
    grids = service.encode([gallery.load(id) for id in PICTURES])
    told = service.caption(grids, "soft", Settings("greedy"))
    with service.opened("hard") as (captioner, vocabulary):
        return _batch(service, "hard", as_lstm(captioner), grids, [vocabulary.encode(trace.words) for trace in told])


def _batch(
    service: CaptionService, model: str, captioner: LSTMCaptioner, grids: Tensor, sentences: list[list[int]]
) -> tuple[str, LSTMCaptioner, Tensor, Captions]:
    grids = grids.unflatten(1, service.encoder.grid).clone()
    return service.config(model)["sha256"], captioner, grids, collate(list(enumerate(sentences)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", choices=["scenes", "photos"])
    parser.add_argument("--draws", type=int, default=400, help="on the small problem ten times as many")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    sha256, captioner, grids, captions = (scenes if options.world == "scenes" else photos)()

    whole = measure(captioner, grids.flatten(1, 2), captions, options.draws)
    few = small(grids, captions)
    exact = exact_gradient(captioner, *few)
    length, draws = float(exact.norm()), 10 * options.draws
    result = {
        "relative_variance": {
            name: whole[name].variance / whole["sentence, moving average"].variance for name in whole
        },
        "small": {
            name: {
                "bias": float((found.mean - exact).norm()) / length,
                "error": (found.variance / draws) ** 0.5 / length,
                "deviation": found.variance**0.5 / length,
                "cosine": float(F.cosine_similarity(found.mean, exact, dim=0)),
            }
            for name, found in measure(captioner, *few, draws).items()
        },
        "world": options.world,
        "checkpoint": sha256,
        "draws": options.draws,
        "captions": len(captions.lengths),
        "temperature": TEMPERATURE if options.world == "scenes" else 1.0,
        "seed": options.seed,
    }
    write_result(RESULTS / f"estimators-{options.world}.json", result, made_by("benchmarks.estimators", sys.argv[1:]))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
