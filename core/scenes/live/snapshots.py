"""What is seen of a captioner that learns: where it stands after some steps. Plain data, JSON both ways; no torch."""

import json
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from core.scenes.live.settings import LearnSettings
from core.trace import CaptionTrace


@dataclass(frozen=True)
class Snapshot:
    """One learner at one time.

    Attributes:
        learner: which of those that learn together.
        step: batches seen.
        seconds: of training so far, pauses and looking back not counted.
        loss: nats a word of the right sentences, on held-out scenes.
        exact: held-out scenes captioned exactly right, percent.
        pointing: naming words before which the most-attended cell lay on the thing, percent.
        settings: those that it learns under.
        traces: what it says of the scenes shown, and where it looks.
    """

    learner: int
    step: int
    seconds: float
    loss: float
    exact: float
    pointing: float
    settings: LearnSettings
    traces: tuple[CaptionTrace, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {**asdict(self), "traces": [json.loads(trace.to_json()) for trace in self.traces]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Snapshot":
        """Read what :meth:`to_dict` wrote."""
        traces = tuple(CaptionTrace.from_json(json.dumps(trace)) for trace in data["traces"])
        return cls(**{**data, "settings": LearnSettings(**data["settings"]), "traces": traces})


class Point(NamedTuple):
    """A snapshot's figures."""

    step: int
    seconds: float
    loss: float
    exact: float
    pointing: float


class TrainingHistory:
    """The snapshots of one learner: all their figures, and the traces of as many as a player needs.

    Attributes:
        points: the figures of every snapshot.
        snapshots: those kept with their traces: the first, the last, and early ones closer together than late ones.
        changes: (step, what was changed) for every change of the settings.
    """

    def __init__(self, most: int = 16):
        self.most = most
        self.points: list[Point] = []
        self.snapshots: list[Snapshot] = []
        self.changes: list[tuple[int, str]] = []

    def add(self, snapshot: Snapshot) -> None:
        if self.snapshots and snapshot.settings != self.snapshots[-1].settings:
            self.changes.append((self.snapshots[-1].step, snapshot.settings.difference(self.snapshots[-1].settings)))
        self.points.append(Point(snapshot.step, snapshot.seconds, snapshot.loss, snapshot.exact, snapshot.pointing))
        self.snapshots.append(snapshot)
        if len(self.snapshots) > self.most:
            del self.snapshots[self._dispensable()]

    def _dispensable(self) -> int:
        """The snapshot that is missed least: the one whose neighbours are closest in the logarithm of steps."""
        steps = [snapshot.step + 10 for snapshot in self.snapshots]
        return min(range(1, len(steps) - 1), key=lambda n: steps[n + 1] / steps[n - 1])
