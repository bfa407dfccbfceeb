"""Scene in, traces out: the same service as for photos, with the encoder and the captioners of scenes."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from core.captioning.service import CaptionService
from core.data.scenes import Scene
from core.results.scene_metrics import figures
from core.scenes.estimator import Chance, try_all
from core.scenes.evaluation import examine
from core.scenes.registry import SCENE_CAPTIONERS, SCENE_ENCODERS, list_scene_captioners

ENCODER_FOLDER = "scenes-eyes"


class SceneService(CaptionService):
    """The encoder of scenes and the captioners that were trained on their grids."""

    encoder_folder = ENCODER_FOLDER
    encoder_registry, captioner_registry = SCENE_ENCODERS, SCENE_CAPTIONERS

    def captioners(self) -> list[str]:
        """Names of the captioners in the folder: without attention first, then soft, hard."""
        return [checkpoint.name for checkpoint in list_scene_captioners(self.root)]

    def encode_scenes(self, scenes: Sequence[Scene], batch: int, tick: Callable[[], None]) -> Tensor:
        """The grids of scenes; ``tick`` is called after each batch."""
        grids = []
        for start in range(0, len(scenes), batch):
            grids.append(self.encode([scene.picture() for scene in scenes[start : start + batch]]))
            tick()
        return torch.cat(grids)

    def measure(self, grids: Tensor, model: str, scenes: Sequence[Scene], tick: Callable[[], None]) -> dict[str, Any]:
        """The figures of one captioner, a name or a path, on scenes (see :mod:`core.results.scene_metrics`)."""
        with self.opened(model) as (captioner, vocabulary):
            return figures(examine(captioner, vocabulary, grids, self.encoder.grid, scenes, tick=tick))

    def chance(self, grid: Tensor, model: str, scene: Scene, step: int, temperature: float = 1.0) -> Chance:
        """The look of a hard captioner before one word of the scene's sentence, every outcome of it tried."""
        with self.opened(model) as (captioner, vocabulary):
            return try_all(captioner, grid, self.encoder.grid, vocabulary.encode(scene.words), step, temperature)
