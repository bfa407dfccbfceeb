"""The loop that every training runs: epochs of steps, and a state after each epoch from which a run goes on to the bit.

A training gives its batches, the loss of one, an optimizer, and what it looks at after each epoch; :func:`fit` does the
rest. After every epoch the state is written in one piece: weights, their moving average, the optimizer, the random
generators of every process, and what the training itself wants kept. A run that is killed in the middle of an epoch
begins that epoch again, with the same draws.
"""

import errno
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, NamedTuple, Protocol, TypeVar

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.data.errors import DataError
from core.files import replacing
from core.training.devices import drawn_together, process_shares, summed
from core.training.progress import Stage, epoch_label
from core.training.schedule import MovingAverage, Schedule, Step

Figures = dict[str, float]

Batch = TypeVar("Batch")
Batch_co = TypeVar("Batch_co", covariant=True)


class Batches(Protocol[Batch_co]):
    """The batches of an epoch, made as they are needed; how many there are is known before."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Batch_co]: ...


class BatchLoss(NamedTuple):
    """What came of a batch.

    Attributes:
        value: the loss to minimise, a scalar with gradients; of this process's rows where several share a batch.
        figures: means over the batch that are reported as their mean over the epoch, beside "loss", which is ``value``
            if not given here.
        weight: of the batch in that mean, such as its number of examples; and of this process's part in the batch.
    """

    value: Tensor
    figures: Mapping[str, Tensor | float] = {}
    weight: float = 1.0


def clip_norm(most: float, *parts: nn.Module) -> Callable[[], None]:
    """Scale the gradients of each part down to this norm.

    Raises:
        RuntimeError: when it is called, and a gradient is not finite.
    """

    def clip() -> None:
        for part in parts:
            nn.utils.clip_grad_norm_(part.parameters(), most, error_if_nonfinite=True)

    return clip


def fit(
    fabric: Fabric,
    path: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    *,
    label: str,
    epochs: int,
    begin: Callable[[int], Batches[Batch]],
    loss: Callable[[nn.Module, Batch], BatchLoss],
    clip: Callable[[], object],
    stage: Stage,
    schedule: Schedule = lambda step: 1.0,
    average: MovingAverage[Any] | None = None,
    validate: Callable[[int], Figures] = lambda epoch: {},
    rest: dict[Any, Any] | None = None,
) -> Figures:
    """Train a model in place, or what is left of its training. It is left on the fabric's device, with the averaged
    weights if there is an average.

    Figures go to standard error as a line of JSON an epoch, and into a file beside the state, from the first process.

    Args:
        path: where the state after each epoch is kept; training goes on from it if it is there.
        model: all that learns. Its forward is what ``loss`` calls, through the fabric's wrapper.
        optimizer: its groups' learning rates are the highest, which ``schedule`` multiplies.
        label: what the training is called in its figures and on the progress bar.
        begin: an epoch's number, from 0 -> its batches, the same in every process. Whatever else changes with an epoch
            is changed here.
        loss: the model as the fabric wraps it, and a batch -> what came of it. Of several processes each takes its
            part (see :mod:`core.training.devices`); one that takes all does what the others do.
        clip: called when the gradients are there.
        stage: told when an epoch begins; what it returns is called after each step.
        average: of the weights, updated after each step.
        validate: how many epochs are done -> figures. Called with 0 before the first, too, where {} says nothing.
        rest: what else is saved and, in place, read back: plain values and tensors.

    Returns:
        The figures of the last epoch: the means over its batches, and those of ``validate``.

    Raises:
        DataError: ``path`` is there, but is no state of this training.
    """
    rates = [group["lr"] for group in optimizer.param_groups]
    module, optimizer = fabric.setup(model, optimizer)
    rest = {} if rest is None else rest
    state: dict[str, Any] = {"model": model, "optimizer": optimizer, "rest": rest}
    state |= {"epoch": 0, "figures": {}, "random": []}
    if average is not None:
        state["average"] = average.averaged.to(fabric.device)
    if path.exists():
        with readable(path):
            fabric.load(path, state, weights_only=True)
        _set_random(fabric, state["random"])
        rest.update(state["rest"])
        if state["epoch"]:  # a run that was cut off between its state and its figures
            _report(fabric, path, label, state["epoch"], state["figures"])
    elif figures := validate(0):
        _report(fabric, path, label, 0, figures)
    for epoch in range(state["epoch"], epochs):
        started = time.monotonic()
        batches = drawn_together(fabric, partial(begin, epoch))
        tick = stage(epoch_label(label, epoch + 1, epochs), len(batches))
        totals: defaultdict[str, float] = defaultdict(float)
        weight = 0.0
        module.train()
        for number, batch in enumerate(batches):
            factor = schedule(Step(epoch, number, epochs, len(batches)))
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            found = loss(module, batch)
            optimizer.zero_grad()
            fabric.backward(found.value * process_shares(fabric, {"": found.weight})[""])
            clip()
            optimizer.step()
            if average is not None:
                average.update()
            for name, value in {"loss": found.value.detach(), **found.figures}.items():
                totals[name] += float(value) * found.weight
            weight += found.weight
            tick()
        names = sorted(totals)
        *every, weight = summed(
            fabric, torch.tensor([*(totals[n] for n in names), weight], dtype=torch.float64)
        ).tolist()
        means = {name: total / weight for name, total in zip(names, every, strict=True)}
        figures = {**means, **validate(epoch + 1), "seconds": time.monotonic() - started}
        state.update(epoch=epoch + 1, figures=figures, random=_random(fabric), rest=rest)
        _save(fabric, path, state)
        _report(fabric, path, label, epoch + 1, figures)
    if average is not None:
        average.restore()
    return {name: value for name, value in state["figures"].items() if name != "seconds"}


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Reading a state in this context, whatever is wrong with the file is a sentence.

    Raises:
        DataError: it is damaged, or another training's.
    """
    try:
        yield
    except (
        LookupError,
        RuntimeError,
        UnpicklingError,
        EOFError,
        OSError,
        AttributeError,
        TypeError,
        ValueError,
    ) as error:
        raise DataError(f"{path} is no state of this training; delete it to begin that part anew.") from error


def _save(fabric: Fabric, path: Path, state: dict[str, Any]) -> None:
    """Write a run's state whole, or a run cut off here could not go on."""
    with replacing(path) if fabric.is_global_zero else nullcontext(path) as draft:
        try:
            fabric.save(draft, state)
        except RuntimeError as error:  # how torch says that a file cannot be written
            raise OSError(errno.ENOSPC, "the disk is full, or the file too large", str(path)) from error
    fabric.barrier()


def _report(fabric: Fabric, path: Path, label: str, epoch: int, figures: Figures) -> None:
    """Say figures with four digits after the point, and write them down, unless they are there."""
    rounded = {name: round(value, 4) for name, value in figures.items()}
    line = json.dumps({"training": label, "epoch": epoch, **rounded})
    file = path.with_suffix(".jsonl")
    if file.exists() and line in file.read_text(encoding="utf-8").splitlines():
        return
    fabric.print(line, file=sys.stderr, flush=True)
    if fabric.is_global_zero:
        with file.open("a", encoding="utf-8") as lines:
            lines.write(line + "\n")


def _random(fabric: Fabric) -> list[dict[str, Any]]:
    """The states of the random generators of each process."""
    own: dict[str, Any] = {"torch": torch.get_rng_state(), "python": random.getstate()}
    if fabric.device.type == "cuda":
        own["cuda"] = torch.cuda.get_rng_state(fabric.device)
    everyone = [own] * fabric.world_size
    if fabric.world_size > 1:
        torch.distributed.all_gather_object(everyone, own)
    return everyone


def _set_random(fabric: Fabric, states: list[dict[str, Any]]) -> None:
    """Put the generators back. In a larger number of processes some begin with the same; on another device its own
    stays as it is."""
    own = states[fabric.global_rank % len(states)]
    torch.set_rng_state(own["torch"])
    random.setstate(own["python"])
    if "cuda" in own and fabric.device.type == "cuda":
        torch.cuda.set_rng_state(own["cuda"], fabric.device)
