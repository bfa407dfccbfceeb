"""The same run on the workers of a Ray cluster: Ray Data shares the photos out, this process alone writes the log.

A worker that dies is started anew by Ray, and what it was at work with is done again by another one; in the log there
is nothing of it before its outcome has come back. Should this process die, the log is as after any other kill.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from core.captioning.settings import Settings
from core.captioning.stream import BATCH
from core.captioning.streaming.log import Caption, Outcome, RunLog
from core.captioning.streaming.places import Place
from core.data.errors import DataError

BLOCK = BATCH  # photos that a worker is given at a time
ROUND = 50_000  # photos whose names Ray holds at a time


@dataclass(frozen=True)
class Job:
    """What a worker needs to know.

    Attributes:
        root: the folder of checkpoints, None for that of the worker's own copy of the project.
        weights: model -> the sha256 of its weights on the machine that began the run.
    """

    place: Place
    root: Path | None
    weights: Mapping[str, str]
    settings: Settings


class Worker:
    """Captions blocks of photos, in a process of Ray's with one thread; its models are loaded with the first block."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.service: Any = None

    def __call__(self, block: dict[str, Any]) -> dict[str, Any]:
        """Numbers and names of photos -> what came of each, as JSON; what stops the run as {"failure": a sentence}."""
        from core.captioning.streaming.places import Unreachable
        from core.captioning.streaming.run import caption_photos
        from core.checkpoints import CheckpointError

        job = self.job
        photos = zip(block["number"].tolist(), map(os.fsdecode, block["name"]), strict=True)
        try:
            service = self._open()
            found = [
                json.dumps(one) for one in caption_photos(photos, job.place, service, list(job.weights), job.settings)
            ]
        except (Unreachable, CheckpointError, DataError) as error:
            found = [json.dumps({"failure": str(error)})]
        return {"outcome": np.array(found, dtype=object)}

    def _open(self) -> Any:
        if self.service is None:
            import torch

            from core.captioning.service import CaptionService
            from core.checkpoints import ROOT

            torch.set_num_threads(1)  # a worker is one of Ray's CPUs
            self.service = CaptionService(self.job.root or ROOT)
        for model, sha256 in self.job.weights.items():
            if self.service.config(model)["sha256"] != sha256:
                raise DataError(f"A worker has other weights called {model} than the machine that began the run.")
        return self.service


def caption_pending(log: RunLog, job: Job, workers: int | None) -> Iterator[Outcome]:
    """Caption what is still to be done; each photo is in the log before it is given.

    It runs on the cluster that the environment variable RAY_ADDRESS names, else on one of this machine alone.

    Args:
        workers: processes, one of Ray's CPUs each; None for as many as the cluster has.

    Raises:
        DataError: Ray is not installed, or gives up; a worker cannot reach the place or its models; the log cannot be
            written.
    """
    ray = find_ray()
    ours = not ray.is_initialized()
    try:
        if ours:
            _connect(ray, workers)
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False  # there is one of ours
        size = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        pending = log.pending()
        while some := [{"number": number, "name": os.fsencode(name)} for number, name in islice(pending, ROUND)]:
            blocks = ray.data.from_items(some, override_num_blocks=-(-len(some) // BLOCK))
            outcomes = blocks.map_batches(
                Worker, fn_constructor_args=(job,), batch_size=None, num_cpus=1,
                compute=ray.data.ActorPoolStrategy(size=min(size, -(-len(some) // BLOCK))),
            )  # fmt: skip
            for batch in outcomes.iter_batches(batch_size=None):
                for text in batch["outcome"]:
                    outcome = _outcome(json.loads(text))
                    log.done(outcome)
                    yield outcome
    except (ray.exceptions.RayError, ConnectionError) as error:
        raise DataError(
            f"Ray gave up: {_first_line(error)} The same command goes on where this one stopped."
        ) from error
    finally:
        if ours:
            ray.shutdown()


def find_ray() -> Any:
    """The package.

    Raises:
        DataError: it is not installed.
    """
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise DataError("For --engine ray, Ray is needed: pip install -r requirements-cluster.txt.") from error
    return ray


def _connect(ray: Any, workers: int | None) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    alone = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": workers, "include_dashboard": False}
    try:
        ray.init(log_to_driver=False, logging_level="ERROR", **alone)
    except Exception as error:  # it raises Exception itself where it takes too long
        raise DataError(f"Ray does not start: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0][:300]


def _outcome(found: Any) -> Outcome:
    if isinstance(found, dict):
        raise DataError(f"{found['failure']} The same command goes on where this one stopped.")
    number, captions, distance, problem = found
    return Outcome(number, [Caption(*caption) for caption in captions], distance, problem)
