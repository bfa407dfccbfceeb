"""Which processes share a training: one, several of this machine, or those that ``torchrun`` started on any number.

What processes share is the batch: each takes its rows, and the gradient is that of the whole batch. What is drawn for a
batch is drawn for all of it in every process, so that the batches are the same however many there are.
"""

import os
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Literal, TypeVar

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy
from torch import Tensor

from core.data.errors import DataError

Rows = TypeVar("Rows", Tensor, Sequence[int])
Drawn = TypeVar("Drawn")


def launch(
    device: str, devices: int = 1, precision: Literal["bf16-mixed", "32-true"] = "32-true", alone: bool = False
) -> Fabric:
    """Begin the processes of a training, or take part in those that ``torchrun`` began, which says how many there are.

    Args:
        device: auto, cpu, cuda.
        devices: processes on this machine, where no ``torchrun`` did begin them.
        alone: the training cannot be shared.

    Raises:
        DataError: several processes began one that cannot be shared.
    """
    nodes, begun = 1, "TORCHELASTIC_RUN_ID" in os.environ
    if begun:
        devices = int(os.environ["LOCAL_WORLD_SIZE"])
        nodes = int(os.environ["WORLD_SIZE"]) // devices
    if alone and devices * nodes > 1:
        raise DataError("This training runs in one process; begin it without torchrun.")
    # While one process computes what the others wait for, they must not give up.
    strategy = DDPStrategy(timeout=timedelta(days=1)) if devices * nodes > 1 else "auto"
    fabric = Fabric(accelerator=device, devices=devices, num_nodes=nodes, precision=precision, strategy=strategy)
    if devices > 1 and fabric.device.type == "cpu" and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, torch.get_num_threads() // devices))
    fabric.launch()
    return fabric


def own_rows(fabric: Fabric) -> slice:
    """Which rows of each batch are this process's."""
    return slice(fabric.global_rank, None, fabric.world_size)


def own_part(fabric: Fabric, rows: Rows) -> tuple[Rows, int]:
    """This process's rows of a batch and how many of them count: where there are fewer than processes, some take a row
    that does not, so that all take the step together."""
    own = rows[own_rows(fabric)]
    return (own, len(own)) if len(own) else (rows[:1], 0)


def process_shares(fabric: Fabric, counts: Mapping[str, float]) -> dict[str, float]:
    """By what each mean over this process's rows is multiplied, so that the mean over processes is that over all rows.

    Args:
        counts: over how many this process has taken each mean, 0 for one that is of nothing.
    """
    if fabric.world_size == 1:
        return dict.fromkeys(counts, 1.0)
    own = torch.tensor(list(counts.values()), dtype=torch.float64)
    every = summed(fabric, own)
    return dict(zip(counts, (own * fabric.world_size / every.clamp(min=1e-12)).tolist(), strict=True))


def summed(fabric: Fabric, numbers: Tensor) -> Tensor:
    """Numbers (N,) on the CPU, summed over the processes."""
    if fabric.world_size == 1:
        return numbers
    every = fabric.all_reduce(numbers.to(fabric.device, copy=True), reduce_op="sum")  # which changes what it is given
    assert isinstance(every, Tensor)
    return every.to(numbers.device)


def drawn_together(fabric: Fabric, draw: Callable[[], Drawn]) -> Drawn:
    """What ``draw`` gives with the first process's random generators. One whose own stood elsewhere keeps them."""
    if fabric.world_size == 1:
        return draw()
    own = (torch.get_rng_state(), random.getstate())
    first = fabric.broadcast(own)
    torch.set_rng_state(first[0])
    random.setstate(first[1])
    found = draw()
    if not torch.equal(own[0], first[0]):
        torch.set_rng_state(own[0])
    if own[1] != first[1]:
        random.setstate(own[1])
    return found
