"""Where models fail, in worlds whose truth is known: generated stories and scenes, the same ones every time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.data.babi import Question
from core.trace import CaptionTrace, StoryTrace

if TYPE_CHECKING:
    from core.data.scenes import Scene
    from core.memory.library import Library
    from core.scenes.studio import SceneStudio

SEED = 900_000  # of the first story: far from those that anybody types or trains on
STORIES = 6  # of each kind of question
SCENES = 100


@dataclass(frozen=True)
class StoryFailure:
    """A question of a generated story with a wrong answer."""

    task: int
    question: Question
    trace: StoryTrace

    @property
    def looked(self) -> list[int]:
        """The sentences that the hops looked at most, each once, in order."""
        return list(dict.fromkeys(hop.most for hop in self.trace.hops if hop.most is not None))


@dataclass(frozen=True)
class SceneFailure:
    """A scene with a wrong caption."""

    scene: Scene
    trace: CaptionTrace


def story_failures(library: Library, model: str, tasks: Iterable[int]) -> tuple[list[StoryFailure], int]:
    """The questions that a network answers wrong, and of how many asked."""
    from core.data.stories import generate
    from core.memory.evaluation import is_right
    from core.memory.network import Asked

    asked = [(task, question) for task in tasks for seed in range(STORIES) for question in generate(task, SEED + seed)]
    traces = library.answer_all([Asked(question.sentences, question.question) for _, question in asked], model)
    wrong = [
        StoryFailure(task, question, trace)
        for (task, question), trace in zip(asked, traces, strict=True)
        if not is_right(question, trace)
    ]
    return wrong, len(asked)


def scene_failures(studio: SceneStudio, model: str, split: str = "test") -> tuple[list[SceneFailure], int]:
    """The scenes that a captioner describes wrongly, and of how many shown."""
    from core.captioning.decoding import Settings
    from core.data.scenes import make_scenes

    scenes = list(make_scenes(split, SCENES))
    grids = studio.encode_scenes(scenes, 50, lambda: None)
    traces = studio.caption(grids, model, Settings("greedy"))
    wrong = [
        SceneFailure(scene, trace)
        for scene, trace in zip(scenes, traces, strict=True)
        if tuple(trace.words) != scene.words
    ]
    return wrong, len(scenes)
