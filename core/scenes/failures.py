"""Where captioners fail, in a world whose truth is known: generated scenes, the same ones every time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.trace import CaptionTrace

if TYPE_CHECKING:
    from core.data.scenes import Scene
    from core.scenes.service import SceneService

SCENES = 100


@dataclass(frozen=True)
class SceneFailure:
    """A scene with a wrong caption."""

    scene: Scene
    trace: CaptionTrace


def scene_failures(service: SceneService, model: str) -> tuple[list[SceneFailure], int]:
    """The scenes that a captioner describes wrongly, and of how many shown."""
    from core.captioning.settings import Settings
    from core.data.scenes import make_scenes

    scenes = list(make_scenes("test", SCENES))
    grids = service.encode_scenes(scenes, 50, lambda: None)
    traces = service.caption(grids, model, Settings("greedy"))
    wrong = [
        SceneFailure(scene, trace)
        for scene, trace in zip(scenes, traces, strict=True)
        if tuple(trace.words) != scene.words
    ]
    return wrong, len(scenes)
