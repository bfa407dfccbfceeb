"""How a training says where it stands to whoever started it, or looks on from another process. Knows no torch."""

import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

Stage = Callable[[str, int], Callable[[], None]]  # (what begins, its steps) -> what to call after each step

EVERY = 0.5  # seconds between two writings of a progress file, at least
_EPOCH = re.compile(r"(?P<what>.+), epoch (?P<number>\d+) of (?P<epochs>\d+)")


def epoch_label(what: str, number: int, epochs: int) -> str:
    """What the stage of an epoch is called, counted from 1."""
    return f"{what}, epoch {number} of {epochs}"


def read_epoch(label: str) -> tuple[str, int, int] | None:
    """What :func:`epoch_label` was given; None for a stage that is no epoch."""
    found = _EPOCH.fullmatch(label)
    return found and (found["what"], int(found["number"]), int(found["epochs"]))


@dataclass(frozen=True)
class Progress:
    """Where a training stands.

    Attributes:
        stage: what it is at, and ``done`` of the ``steps`` that this has.
        seconds: since the sitting began.
        passed: the stages before it in this sitting, each with its seconds.
    """

    stage: str
    done: int
    steps: int
    seconds: float
    passed: Mapping[str, float]


class ProgressFile:
    """A :data:`Stage` that keeps where the training stands in a file. That it cannot be written harms nobody."""

    def __init__(self, path: Path) -> None:
        self._path, self._began = path, time.monotonic()
        self._passed: dict[str, float] = {}
        self._written = self._since = self._began
        self._stage, self._done, self._steps = "", 0, 0

    def __call__(self, label: str, steps: int) -> Callable[[], None]:
        self._close()
        self._stage, self._done, self._steps, self._since = label, 0, steps, time.monotonic()
        self._write()
        return self._tick

    def _close(self) -> None:
        if self._stage:
            self._passed[self._stage] = round(time.monotonic() - self._since, 3)

    def _tick(self) -> None:
        self._done += 1
        if time.monotonic() - self._written >= EVERY or self._done == self._steps:
            self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        stands = Progress(self._stage, self._done, self._steps, round(self._written - self._began, 3), self._passed)
        draft = self._path.with_suffix(".part")
        with suppress(OSError):
            draft.write_text(json.dumps(asdict(stands)), encoding="utf-8")
            draft.replace(self._path)


def read_progress(path: Path) -> Progress | None:
    """What a :class:`ProgressFile` wrote; None where there is nothing sound."""
    try:
        return Progress(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def seconds_left(plan: Mapping[str, float], progress: Progress | None) -> float:
    """How long a training still takes: what is left of a plan, corrected by how the plan has fared so far.

    Args:
        plan: each stage's seconds, in their order, as they were expected.
        progress: None before the first stage.
    """
    if progress is None or progress.stage not in plan:
        return sum(seconds for stage, seconds in plan.items() if not progress or stage not in progress.passed)
    stages = list(plan)
    ahead = sum(plan[stage] for stage in stages[stages.index(progress.stage) :])
    part = plan[progress.stage] * min(1.0, progress.done / max(1, progress.steps))
    expected = part + sum(plan.get(stage, 0.0) for stage in progress.passed)
    # A pinch of the plan itself, so that a first step that took long does not say everything.
    pace = (progress.seconds + 0.1 * sum(plan.values())) / max(1e-9, expected + 0.1 * sum(plan.values()))
    return max(0.0, ahead - part) * pace


class Stopwatch:
    """A :data:`Stage` that measures how long each takes.

    Attributes:
        laps: stage -> the seconds of its steps, and those from its last step to the end of the stage.
    """

    def __init__(self) -> None:
        self.laps: dict[str, tuple[float, float]] = {}
        self._stage = ""
        self._began = self._ticked = 0.0

    def __call__(self, label: str, steps: int) -> Callable[[], None]:
        self.stop()
        self._stage = label
        self._began = self._ticked = time.monotonic()
        return self._tick

    def _tick(self) -> None:
        self._ticked = time.monotonic()

    def stop(self) -> None:
        """The stage that goes on ends now."""
        if self._stage:
            self.laps[self._stage] = (self._ticked - self._began, time.monotonic() - self._ticked)
            self._stage = ""


def in_words(seconds: float) -> str:
    """About how long: "a minute", "25 minutes", "3 hours"; never less than a minute."""
    minutes = max(1, round(seconds / 60))
    if minutes == 1:
        return "a minute"
    if minutes < 90:
        return f"{minutes} minutes"
    hours = round(minutes / 60)
    return f"{hours} hours" if hours < 48 else f"{round(hours / 24)} days"
