"""Which encoders and captioners of scenes there can be. Photo commands know neither kind and pass them over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.captioning.registry import CAPTIONERS
from core.checkpoints.registry import Registry

if TYPE_CHECKING:
    from core.captioning.captioner import Captioner
    from core.captioning.encoder import Encoder

ENCODER, CAPTIONER = "scene-eyes", "scene-captioner"  # what the configs call themselves

SCENE_ENCODERS: Registry[Encoder] = Registry(
    kind=ENCODER, entries={"scenes": "core.scenes.encoder:SceneEncoder"}, default="scenes"
)
SCENE_CAPTIONERS: Registry[Captioner] = Registry(kind=CAPTIONER, entries=CAPTIONERS.entries, default=CAPTIONERS.default)
