"""What a worker is asked to do, in one line of JSON. Knows no torch."""

import json
from dataclasses import asdict, dataclass

from core import checkpoints
from core.scenes.live.settings import LearnSettings


@dataclass(frozen=True)
class TrainingJob:
    """What a worker is to do.

    Attributes:
        learners: the settings of each; several see the same scenes in the same order.
        shown: numbers of the scenes of ``val`` that are captioned again and again.
        folder: where checkpoints are written.
        steps: training ends by itself after so many.
        pause: seconds between two snapshots, at least.
        seed: of the weights and of the order of the scenes.
        checkpoints: the folder that holds the encoder.
    """

    learners: tuple[LearnSettings, ...]
    shown: tuple[int, ...]
    folder: str
    steps: int = 4000
    pause: float = 2.0
    seed: int = 0
    checkpoints: str = str(checkpoints.ROOT)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "TrainingJob":
        data = json.loads(text)
        learners = tuple(LearnSettings(**settings) for settings in data["learners"])
        return cls(**{**data, "learners": learners, "shown": tuple(data["shown"])})
