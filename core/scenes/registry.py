"""Which encoders and captioners of scenes there can be. Photo commands know neither kind and pass them over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.captioning.registry import CAPTIONERS, list_captioners
from core.checkpoints import Checkpoint
from core.checkpoints.registry import Registry
from core.scenes.live.settings import KINDS

if TYPE_CHECKING:
    from core.captioning.captioner import Captioner
    from core.captioning.encoder import Encoder

ENCODER, CAPTIONER = "scene-eyes", "scene-captioner"  # what the configs call themselves

SCENE_ENCODERS: Registry[Encoder] = Registry(
    kind=ENCODER, entries={"scenes": "core.scenes.encoder:SceneEncoder"}, default="scenes"
)
SCENE_CAPTIONERS: Registry[Captioner] = Registry(kind=CAPTIONER, entries=CAPTIONERS.entries, default=CAPTIONERS.default)


def list_scene_captioners(root: Path) -> list[Checkpoint]:
    """The captioners of scenes in a folder of checkpoints: none, soft, hard; of other attention there can be none."""
    found = [c for c in list_captioners(root, CAPTIONER) if c.config.get("attention") in KINDS]
    return sorted(found, key=lambda c: (KINDS.index(c.config["attention"]), c.name))
