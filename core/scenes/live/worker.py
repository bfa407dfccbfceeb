"""A process that trains captioners of scenes: ``python -m core.scenes.live.worker``, one JSON object a line both ways.

The first line on standard input is a :class:`~core.scenes.live.job.TrainingJob`; then come commands, ``{"do": ...}``:

    change    with "learner" and "settings": learn on under other settings
    pause, resume
    save      write each learner as a checkpoint into the job's folder
    stop      save, and end

Standard output gives snapshots (see :mod:`core.scenes.live.snapshots`), of "saved" and of "done". When standard input
ends, whoever started the process is gone, and the process ends too.
"""

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from core import checkpoints
from core.captioning.encoder import open_encoder
from core.data.scenes import make_scene, make_scenes
from core.scenes.live.job import TrainingJob
from core.scenes.live.learner import Learner, Pool, encode_scenes
from core.scenes.live.settings import EXAMINED, LearnSettings
from core.scenes.live.snapshots import Snapshot
from core.scenes.registry import SCENE_ENCODERS
from core.scenes.service import ENCODER_FOLDER
from core.scenes.training.run import save_captioner

Message = dict[str, Any]

BATCH = 32
FIRST, GROWTH, MOST = 128, 16, 6000  # scenes before the first step, more with every step, and in all


class Worker:
    """One training job under way."""

    def __init__(self, job: TrainingJob, send: Callable[[Message], None]):
        self.job, self.send = job, send
        folder = checkpoints.resolve(ENCODER_FOLDER, Path(job.checkpoints))
        self.encoder, self.sha256 = open_encoder(folder, SCENE_ENCODERS)
        self.learners = [Learner(settings, job.seed) for settings in job.learners]
        self.pool = Pool(self.encoder, MOST, job.seed)
        self.shown = encode_scenes(self.encoder, [make_scene("val", number) for number in job.shown])
        self.held_out = list(make_scenes("val", EXAMINED, seed=1))
        self.held_out_grids = encode_scenes(self.encoder, self.held_out)
        self.steps, self.seconds, self.paused, self.over = 0, 0.0, False, False

    def run(self, commands: "queue.Queue[Message | None]") -> None:
        """Learn until a command to stop comes, or until the job's steps are done; then save."""
        self.pool.grow(FIRST)
        self._snapshot()
        last = time.monotonic()
        while not self.over and self.steps < self.job.steps:
            self._do_commands(commands)
            if self.over:
                break
            began = time.monotonic()
            self.pool.grow(GROWTH)
            grids, captions = self.pool.batch(BATCH)
            for learner in self.learners:
                learner.step(grids, captions)
            self.steps += 1
            now = time.monotonic()
            self.seconds += now - began
            if now - last >= self.job.pause:
                self._snapshot()
                last = time.monotonic()
        if self.sent != self.steps:
            self._snapshot()
        self.save()
        self.send({"event": "done", "steps": self.steps})

    def _do_commands(self, commands: "queue.Queue[Message | None]") -> None:
        """Do what has been commanded meanwhile; while paused, wait for more."""
        while not self.over:
            try:
                command = commands.get(block=self.paused)
            except queue.Empty:
                return
            match command:
                case None:
                    os._exit(0)  # nobody is left to send to or to save for
                case {"do": "stop"}:
                    self.over = True
                case {"do": "pause"}:
                    self.paused = True
                case {"do": "resume"}:
                    self.paused = False
                case {"do": "save"}:
                    self.save()
                case {"do": "change", "learner": number, "settings": settings}:
                    self.learners[number].change(LearnSettings(**settings))

    def _snapshot(self) -> None:
        """Send where each learner stands."""
        self.sent = self.steps
        for number, learner in enumerate(self.learners):
            snapshot = Snapshot(
                learner=number,
                step=self.steps,
                seconds=round(self.seconds, 2),
                settings=learner.settings,
                **learner.examine(self.held_out_grids, self.held_out),
                traces=tuple(learner.caption(self.shown, f"learner {number + 1}")),
            )
            self.send({"event": "snapshot", "snapshot": snapshot.to_dict()})

    def save(self) -> None:
        """Write every learner, and beside them the encoder without which they see nothing."""
        folder = Path(self.job.folder)
        checkpoints.copy(Path(self.job.checkpoints) / ENCODER_FOLDER, folder / ENCODER_FOLDER)
        for number, learner in enumerate(self.learners):
            about = {
                "seed": self.job.seed,
                "settings": {**learner.settings.to_dict(), "batch": BATCH, "steps": learner.steps},
                "history": "Trained live, on the page “Watch it learn”.",
            }
            name = f"mine-{number + 1}-{learner.settings.attention}"
            save_captioner(folder / name, learner.finished(), self.sha256, about)
        self.send({"event": "saved", "steps": self.steps})


def main() -> None:
    torch.set_num_threads(1)
    if hasattr(os, "nice"):  # not on Windows
        os.nice(10)  # pages come first
    out, lock = sys.stdout, threading.Lock()

    def send(message: Message) -> None:
        with lock:
            print(json.dumps(message, allow_nan=False), file=out, flush=True)

    sys.stdout = sys.stderr  # whatever else prints must not tear the lines
    job = TrainingJob.from_json(sys.stdin.readline())
    commands: queue.Queue[Message | None] = queue.Queue()

    def listen() -> None:
        for line in sys.stdin:
            commands.put(json.loads(line))
        commands.put(None)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    try:
        Worker(job, send).run(commands)
    except (ValueError, ArithmeticError) as error:  # a missing checkpoint, or weights that are no numbers any more
        send({"event": "failed", "why": str(error)})


if __name__ == "__main__":
    main()
