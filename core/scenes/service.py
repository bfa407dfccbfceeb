"""Scene in, traces out: the same service as for photos, with the eyes and the captioners of scenes."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from core import checkpoints
from core.attention import KINDS
from core.captioning.registry import list_captioners
from core.captioning.service import CaptionService
from core.checkpoints import CheckpointError
from core.checkpoints.modules import autocast, fill
from core.data.scenes import Scene
from core.results.scene_metrics import figures
from core.scenes.encoder import CHANNELS, SceneEncoder, pixels
from core.scenes.estimator import Chance, try_all
from core.scenes.evaluation import examine
from core.scenes.registry import CAPTIONER, EYES

ENCODER_FOLDER = "scenes-eyes"


class SceneService(CaptionService):
    """Eyes for scenes and the captioners that were trained on their grids."""

    kind, channels = CAPTIONER, CHANNELS

    @torch.inference_mode()
    def encode(self, photos: Sequence[Image.Image]) -> Tensor:
        """Pictures of any size, squashed to the scenes' -> grids (B, 144, channels), which every captioner shares.

        Raises:
            CheckpointError: there are no sound eyes in the folder.
        """
        with self._turn, autocast():
            return self._load_encoder()[0](pixels(photos)).float()

    def captioners(self) -> list[str]:
        """Names of the captioners in the folder: without attention first, then soft, hard."""
        found = list_captioners(self.root, self.kind)
        return [c.name for c in sorted(found, key=lambda c: (KINDS.index(c.config["attention"]), c.name))]

    def encode_scenes(self, scenes: Sequence[Scene], batch: int, tick: Callable[[], None]) -> Tensor:
        """The grids of scenes; ``tick`` is called after each batch."""
        grids = []
        for start in range(0, len(scenes), batch):
            grids.append(self.encode([scene.picture() for scene in scenes[start : start + batch]]))
            tick()
        return torch.cat(grids)

    def measure(self, grids: Tensor, model: str, scenes: Sequence[Scene], tick: Callable[[], None]) -> dict:
        """The figures of one captioner, a name or a path, on scenes (see :mod:`core.results.scene_metrics`)."""
        with self.opened(model) as (captioner, vocabulary):
            return figures(examine(captioner, vocabulary, grids, scenes, tick=tick))

    def chance(self, grid: Tensor, model: str, scene: Scene, step: int, temperature: float = 1.0) -> Chance:
        """The look of a hard captioner before one word of the scene's sentence, every outcome of it tried."""
        with self.opened(model) as (captioner, vocabulary):
            return try_all(captioner, grid, vocabulary.encode(scene.words), step, temperature)

    def _load_encoder(self) -> tuple[SceneEncoder, str]:
        if self._encoder is None:
            self._encoder = open_encoder(checkpoints.resolve(ENCODER_FOLDER, self.root))
        return self._encoder


def open_encoder(folder: Path) -> tuple[SceneEncoder, str]:
    """Read eyes for scenes; with the sha256 of their weights.

    Raises:
        CheckpointError: the folder holds none, or damaged ones.
    """
    config, state = checkpoints.load(folder)
    if config["kind"] != EYES:
        raise CheckpointError(f"{folder} holds a {config['kind']}, not the eyes for scenes.")
    eyes = SceneEncoder()
    fill(eyes, state, folder)
    return eyes.to(memory_format=torch.channels_last).eval(), config["sha256"]
