"""What each of two processes does in a test of the training loop; light, for each of them imports it anew."""

from contextlib import suppress
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import nn

from core.training.fit import BatchLoss, clip_norm, fit
from core.training.progress import Stage

ROWS = torch.randn(12, 3, generator=torch.manual_seed(0))


class Killed(Exception):
    pass


def killing(step: int) -> Stage:
    """A stage whose step number ``step``, counted over all epochs from 1, is the last that ends; 0 kills nothing."""
    taken = 0

    def tick() -> None:
        nonlocal taken
        taken += 1
        if taken == step:
            raise Killed

    return lambda label, steps: tick


def train(fabric: Fabric, folder: Path, seed: int, stage: Stage) -> dict[str, torch.Tensor]:
    """Each process takes its share of four rows a step, with dropout from its own draws."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 1))
    torch.manual_seed(seed + fabric.global_rank)
    batches = [torch.arange(start, start + 4)[fabric.global_rank :: fabric.world_size] for start in range(0, 12, 4)]
    fit(
        fabric, folder / "state.pt", model, torch.optim.SGD(model.parameters(), lr=0.1), label="two", epochs=2,
        begin=lambda epoch: batches, loss=lambda module, rows: BatchLoss(module(ROWS[rows]).square().mean()),
        clip=clip_norm(5.0, model), stage=stage,
    )  # fmt: skip
    return model.state_dict()


def whole_and_in_parts(fabric: Fabric, whole: Path, parts: Path) -> None:
    """A training as it is, and the same killed in its second epoch and gone on with; each ends in ``weights.pt``."""
    weights = {whole: train(fabric, whole, 10, killing(0))}
    with suppress(Killed):
        train(fabric, parts, 10, killing(4))
    weights[parts] = train(fabric, parts, 99, killing(0))
    if fabric.is_global_zero:
        for folder, state in weights.items():
            torch.save(state, folder / "weights.pt")
