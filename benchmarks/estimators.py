"""How noisy hard attention's gradient is: ``python -m benchmarks.estimators --run runs/flickr8k``.

One fixed batch, one fixed model, many independent draws of the glimpses. Each estimator gives the gradient of
the expected log-likelihood of the captions with respect to the scores' weights; all are unbiased, so what
matters is their variance: sum over parameters of Var[g], relative to the paper's. Writes ``results/estimators.json``.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core import checkpoints
from core.captioning.captioner import Captioner, Sizes
from core.captioning.training.grids import CaptionedGrids
from core.captioning.training.teacher import DRAWS, Captions, Reading, by_caption, look_advantage, read
from core.captioning.vocabulary import Vocabulary
from core.cli.provenance import REPOSITORY, commit
from core.data.karpathy import read_karpathy

PHOTOS = 8


def sentence_reward(reading: Reading, baseline: float) -> Tensor:
    """The paper's: every look of a caption gets the whole caption's log p, less a moving average."""
    log_prob = -F.cross_entropy(reading.logits, reading.targets, reduction="none").detach()
    return (by_caption(reading, log_prob).sum(1) - baseline)[reading.row]


def reward_to_go(reading: Reading) -> Tensor:
    """What was said from this look on, no baseline."""
    log_prob = -F.cross_entropy(reading.logits, reading.targets, reduction="none").detach()
    return by_caption(reading, log_prob).flip(1).cumsum(1).flip(1)[reading.row, reading.time]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="a run folder with grids, settings.json and hard/")
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)

    config, state = checkpoints.load(options.run / "hard")
    captioner = Captioner(Sizes(**config["model"])).eval()
    captioner.load_state_dict(state)
    vocabulary = Vocabulary(config["vocabulary"])
    dataset = Path(json.loads((options.run / "settings.json").read_text())["dataset"][0])
    photos = read_karpathy(dataset, ("train", "restval", "val"))
    rows = [i for i, photo in enumerate(photos) if photo.split == "val"][:PHOTOS]
    views = {"plain": np.load(options.run / "grid-plain.npy", mmap_mode="r")}
    data = CaptionedGrids([photos[i] for i in rows], rows, views, vocabulary)
    batch = CaptionedGrids.batch([data[i] for i in range(PHOTOS)])
    twice = Captions(*(x.repeat_interleave(DRAWS, dim=0) for x in batch.captions))

    parameters = list(captioner.score.parameters())
    gradients: dict[str, list[Tensor]] = {"sentence, moving average": [], "to go": [], "to go, other reading": []}
    average = None
    for _ in range(options.draws):
        reading = read(captioner, batch.grids, twice)
        reward = float(sentence_reward(reading, 0.0).mean())
        average = reward if average is None else 0.9 * average + 0.1 * reward
        signals = {
            "sentence, moving average": sentence_reward(reading, average),
            "to go": reward_to_go(reading),
            "to go, other reading": look_advantage(reading),
        }
        for name, signal in signals.items():
            surrogate = (signal * reading.look_log_prob).sum() / len(twice.photo)
            grads = torch.autograd.grad(surrogate, parameters, retain_graph=True)
            gradients[name].append(torch.cat([g.flatten() for g in grads]))
    variance = {name: float(torch.stack(g).var(0).sum()) for name, g in gradients.items()}
    reference = variance["sentence, moving average"]
    result = {
        "variance": variance,
        "relative": {name: value / reference for name, value in variance.items()},
        "draws": options.draws,
        "photos": PHOTOS,
        "split": "val",
        "seed": options.seed,
        "command": "python -m " + " ".join(["benchmarks.estimators", *sys.argv[1:]]),
        "date": datetime.date.today().isoformat(),
        "commit": commit(),
    }
    path = REPOSITORY / "results" / "estimators.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
