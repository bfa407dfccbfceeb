"""Training in the background, for many visitors: a queue, a bounded number at once, and an end when nobody watches.

Each run is a process of its own (:mod:`core.scenes.live.worker`), so a page never waits for it and a fault in it harms
nobody else. Here is no torch and no Streamlit.
"""

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from core.scenes.live.job import TrainingJob
from core.scenes.live.settings import LearnSettings
from core.scenes.live.snapshots import Snapshot, TrainingHistory

REPOSITORY = Path(__file__).resolve().parents[3]
Status = Literal["waiting", "starting", "running", "paused", "stopping", "done", "failed"]
OVER = ("done", "failed")
BEAT = 0.25  # seconds between two looks at all runs
GRACE = 20.0  # seconds that a run has to save itself before it is ended
ABSENT = 10.0  # seconds that a visitor may be away, whose connection may only have been lost for a moment


class BusyError(ValueError):
    """No more runs can be taken in; the message is a sentence for the visitor."""


class Run:
    """One training job: waiting for its turn, under way, or over.

    Attributes:
        job: what was asked for.
        status: where it stands; "done" also when it was stopped.
        why: the sentence that says why it failed, or ended early.
        histories: what has been seen of each learner.
        saved: steps after which the checkpoints in ``folder`` were written, None as long as there are none.
        folder: holds the encoder and the learners' checkpoints once saved; a root for a ``SceneService``.
        key: whoever holds it may steer the run; it stands in no address.
    """

    def __init__(self, job: TrainingJob, present: Callable[[], bool] = lambda: True):
        self.job, self.folder = job, Path(job.folder)
        self.key = secrets.token_urlsafe(16)
        self.status: Status = "waiting"
        self.why = ""
        self.settings = list(job.learners)
        self.histories = [TrainingHistory() for _ in job.learners]
        self.saved: int | None = None
        self._visitors = [present]
        self._lock = threading.RLock()
        self._process: subprocess.Popen[str] | None = None
        self._seen = self._met = time.monotonic()  # watched, and its visitor there
        self._stop_by: float | None = None
        self._born = time.monotonic()  # or since when it runs

    @property
    def name(self) -> str:
        """What finds it again; nobody guesses it."""
        return self.folder.name

    def steered_by(self, key: str) -> bool:
        """Whether who holds this key may pause, change, save and stop it; others look on."""
        return secrets.compare_digest(self.key.encode(), key.encode("utf-8", "replace"))

    @property
    def over(self) -> bool:
        return self.status in OVER

    def join(self, present: Callable[[], bool]) -> None:
        """One more visitor looks on, or the same one again after a reload; ``present`` tells whether they are there."""
        self._visitors = [*(there for there in self._visitors if there()), present]

    def present(self) -> bool:
        """Whether any of its visitors is still there."""
        return any(there() for there in self._visitors)

    def seconds_left(self, longest: float) -> tuple[float, float]:
        """How long it goes on as things stand, and how long it will then have taken; no longer than ``longest``."""
        passed = time.monotonic() - self._born
        points = self.histories[0].points
        steps = points[-1].step if points else 0
        whole = min(longest, passed / steps * self.job.steps) if steps else longest
        return max(0.0, whole - passed), whole

    def touch(self) -> None:
        """Somebody watches: to be called every few seconds, or the run ends."""
        self._seen = time.monotonic()

    def pause(self) -> None:
        self._switch("running", "paused", "pause")

    def resume(self) -> None:
        self._switch("paused", "running", "resume")

    def change(self, learner: int, settings: LearnSettings) -> None:
        """Let one learner learn on under other settings."""
        with self._lock:
            if settings != self.settings[learner] and not self.over:
                self.settings[learner] = settings
                self._send({"do": "change", "learner": learner, "settings": settings.to_dict()})

    def save(self) -> None:
        """Have the checkpoints written; :attr:`saved` tells when they are there."""
        self._send({"do": "save"})

    def stop(self, why: str = "") -> None:
        """End it. What it has learnt is saved first, if it has begun."""
        with self._lock:
            if self.over or self.status == "stopping":
                return
            self.why = why
            if self.status == "waiting":
                self.status = "done"
                return
            self.status, self._stop_by = "stopping", time.monotonic() + GRACE
            self._send({"do": "stop"})

    def _switch(self, before: Status, after: Status, command: str) -> None:
        with self._lock:
            if self.status == before:
                self.status = after
                self._send({"do": command})

    # --- the process ------------------------------------------------------------------------------------------

    def _launch(self) -> None:
        with self._lock:
            self.status, self._born = "starting", time.monotonic()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.scenes.live.worker"], cwd=REPOSITORY, text=True, encoding="utf-8",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            job = TrainingJob(**{**vars(self.job), "learners": tuple(self.settings)})  # changed while it waited
            self._write(self._process, job.to_json())
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _send(self, command: dict[str, Any]) -> None:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                return
            with suppress(OSError):  # it has just ended; the listener finds out
                self._write(self._process, json.dumps(command))

    @staticmethod
    def _write(process: subprocess.Popen[str], line: str) -> None:
        assert process.stdin is not None  # a pipe
        process.stdin.write(line + "\n")
        process.stdin.flush()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        """Take in what the process sends, until it sends no more."""
        assert process.stdout is not None  # a pipe
        for line in process.stdout:
            self._hear(json.loads(line))
        process.wait()
        with self._lock:
            if not self.over:
                self.status = "failed"
                self.why = self.why or "The training ended unexpectedly."

    def _hear(self, message: dict[str, Any]) -> None:
        with self._lock:
            match message:
                case {"event": "snapshot", "snapshot": data}:
                    snapshot = Snapshot.from_dict(data)
                    self.histories[snapshot.learner].add(snapshot)
                    if self.status == "starting":
                        self.status = "running"
                case {"event": "saved", "steps": steps}:
                    self.saved = steps
                case {"event": "failed", "why": why}:
                    self.status, self.why = "failed", why
                case {"event": "done"}:
                    self.status = "done"

    def _end(self) -> None:
        """End the process at once."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._process.kill()
            if not self.over:
                self.status = "done"


class Runs:
    """All runs of a server.

    Args:
        at_once: how many train at the same time.
        waiting: how many may wait behind them.
        patience: seconds after the last :meth:`Run.touch` that a run ends; nobody watches it any more.
        longest: seconds from its start that any run ends.
        keep: seconds that the checkpoints of a run stay after its visitor has left.
    """

    def __init__(
        self,
        at_once: int = 2,
        waiting: int = 6,
        patience: float = 30.0,
        longest: float = 1800.0,
        keep: float = 3600.0,
    ):
        self.at_once, self.waiting, self.patience, self.longest, self.keep = at_once, waiting, patience, longest, keep
        self._runs: list[Run] = []
        self._lock = threading.RLock()
        self._home = Path(tempfile.mkdtemp(prefix="glimpse-runs-"))
        self._closed = threading.Event()
        threading.Thread(target=self._tend, daemon=True).start()

    def start(
        self,
        learners: Sequence[LearnSettings],
        shown: Sequence[int],
        present: Callable[[], bool] = lambda: True,
        **more: Any,
    ) -> Run:
        """Begin a run, now or when its turn comes; ``more`` are further fields of its :class:`TrainingJob`.

        A run ends soon after ``present`` has said for the first time that its visitor is gone.

        Raises:
            BusyError: too many are waiting already.
        """
        with self._lock:
            if sum(run.status == "waiting" for run in self._runs) >= self.waiting:
                raise BusyError("Too many visitors are waiting for a training of their own; try again in some minutes.")
            folder = tempfile.mkdtemp(prefix="run-", dir=self._home)
            run = Run(TrainingJob(tuple(learners), tuple(shown), folder, **more), present)
            self._runs.append(run)
            self._look_after()
            return run

    def place(self, run: Run) -> int:
        """How many runs will have begun by the time that this one has, itself included; 0 if it has begun."""
        with self._lock:
            waiting = [other for other in self._runs if other.status == "waiting"]
            return waiting.index(run) + 1 if run in waiting else 0

    def find(self, name: str) -> Run | None:
        """The run of that name, also when it is over; None where it is no longer kept."""
        with self._lock:
            return next((run for run in self._runs if run.name == name), None)

    def seconds_to_wait(self, run: Run) -> float:
        """Until the turn of a run comes, as things stand: nobody stops early, and those before it take as long."""
        with self._lock:
            place = self.place(run)
            under_way = [other for other in self._runs if not other.over and other.status != "waiting"]
            left = [other.seconds_left(self.longest) for other in under_way]
            ends = sorted(seconds for seconds, _ in left)
            longest = max((whole for _, whole in left), default=self.longest)
            for _ in range(place - 1):  # one that waits before it takes the place that is free first
                ends = sorted([*ends[1:], ends[0] + longest]) if ends else ends
            return ends[0] if place and ends and len(ends) >= self.at_once else 0.0

    def close(self) -> None:
        """End everything and remove all checkpoints."""
        self._closed.set()
        with self._lock:
            for run in self._runs:
                run._end()
        shutil.rmtree(self._home, ignore_errors=True)

    def _tend(self) -> None:
        while not self._closed.wait(BEAT):
            with self._lock:
                self._look_after()

    def _look_after(self) -> None:
        now = time.monotonic()
        for run in list(self._runs):
            if run.present():
                run._met = now
            if run.over:
                if now - run._seen > self.keep:
                    self._runs.remove(run)
                    shutil.rmtree(run.folder, ignore_errors=True)
            elif run._stop_by is not None and now > run._stop_by:
                run._end()
            elif now - run._seen > self.patience or now - run._met > ABSENT:
                run.stop("It ended because nobody was watching any more.")
            elif now - run._born > self.longest and run.status != "waiting":
                run.stop("It ended because no run may take longer than this one has.")
        for run in self._runs:
            if sum(not other.over and other.status != "waiting" for other in self._runs) >= self.at_once:
                break
            if run.status == "waiting":
                run._launch()
