"""A run that was recorded, which is on the screen before the first press: ``python -m core.scenes.live.recorded``.

It is what the worker sent, snapshot by snapshot, with the numbers rounded; nothing is loaded to show it.
"""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.scenes.live.settings import LearnSettings
from core.scenes.live.snapshots import Snapshot, TrainingHistory

FILE = Path(__file__).parent / "run.json.gz"


@dataclass(frozen=True)
class Recorded:
    """A run that is over.

    Attributes:
        shown: numbers of the scenes of ``val`` that were captioned.
        settings: those that each learner began with.
        histories: what was seen of each.
        origin: when and from which commit it was recorded.
    """

    shown: tuple[int, ...]
    settings: tuple[LearnSettings, ...]
    histories: tuple[TrainingHistory, ...]
    origin: dict[str, Any]


def read_recorded() -> Recorded:
    """Read what ``python -m core.scenes.live.recorded`` wrote."""
    data = json.loads(gzip.decompress(FILE.read_bytes()))
    histories = tuple(TrainingHistory(most=len(data["moments"])) for _ in data["settings"])
    for kept in data["moments"]:
        snapshot = Snapshot.from_dict(kept)
        histories[snapshot.learner].add(snapshot)
    settings = tuple(LearnSettings(**chosen) for chosen in data["settings"])
    return Recorded(tuple(data["shown"]), settings, histories, data["origin"])
