"""Train eyes and captioners on scenes: ``python -m core train scenes``.

First the eyes learn to find words (:mod:`core.scenes.seeing`), then eyes and captioners learn together
(:mod:`core.scenes.together`). Everything is kept in one run folder, and an interrupted run goes on after its last
finished epoch; at the end the folder holds a checkpoint for each model.
"""

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

import lightning_fabric
from lightning_fabric import Fabric
from torch import Tensor

from core import checkpoints
from core.attention import KINDS, Kind
from core.captioning.captioner import Captioner, Sizes
from core.captioning.training.eyes import Stage
from core.captioning.training.teacher import LossWeights
from core.data.errors import DataError
from core.data.scenes import make_scenes
from core.scenes import cards
from core.scenes.eyes import CHANNELS, SceneEyes
from core.scenes.kinds import CAPTIONER, EYES
from core.scenes.seeing import draw_all, teach_eyes
from core.scenes.studio import EYES_FOLDER, open_eyes
from core.scenes.together import VOCABULARY, Course, Together, learn_together


def small_sizes(attention: Kind) -> Sizes:
    """The sizes of a captioner for scenes."""
    return Sizes(attention, len(VOCABULARY), CHANNELS, value=96, key=48, embedding=48, hidden=96, dropout=0.1)


@dataclass(frozen=True)
class TrainSettings:
    """All that decides a run; saved beside its weights.

    Attributes:
        out: the run folder.
        attention: which captioners learn together.
        scenes, held_out: how many of ``train`` are learnt from, how many of ``val`` are captioned after each epoch.
        eye_epochs, eye_batch, eye_rate: of the eyes' first lessons.
        epochs, batch, rate, eyes_rate: of the lessons together.
        eyes: a folder with eyes to keep as they are, in place of training some.
    """

    out: Path
    attention: tuple[Kind, ...] = KINDS
    scenes: int = 20_000
    held_out: int = 500
    eye_epochs: int = 2
    eye_batch: int = 32
    eye_rate: float = 3e-3
    epochs: int = 6
    batch: int = 32
    rate: float = 2e-3
    eyes_rate: float = 1e-3
    seed: int = 1
    device: str = "auto"
    eyes: Path | None = None
    losses: LossWeights = field(default_factory=lambda: LossWeights(smoothing=0.0, doubly=0.0, entropy=0.0))

    def to_dict(self) -> dict:
        return json.loads(json.dumps(asdict(self), default=str))


class World:
    """The scenes of a run, and their pictures once somebody needs them."""

    def __init__(self, settings: TrainSettings, stage: Stage):
        self.scenes = list(make_scenes("train", settings.scenes, settings.seed))
        self.held_out = list(make_scenes("val", settings.held_out, settings.seed))
        self._stage = stage

    @cached_property
    def pictures(self) -> Tensor:
        """uint8 (scenes, 3, 96, 96)."""
        return draw_all(self.scenes, self._stage("drawing scenes", len(self.scenes)))

    @cached_property
    def examination(self) -> tuple[Tensor, list]:
        """Pictures and scenes that are held out."""
        return draw_all(self.held_out, lambda: None), self.held_out


def train_scenes(settings: TrainSettings, stage: Stage) -> list[Path]:
    """Run the whole training, or what is left of it; returns the checkpoint folders.

    Args:
        stage: called with what begins and how many steps it has; returns what to call after each step.

    Raises:
        DataError: the run folder belongs to other settings.
        CheckpointError: ``settings.eyes`` is a folder that holds no sound eyes.
    """
    out = settings.out
    out.mkdir(parents=True, exist_ok=True)
    _claim(out / "settings.json", settings)
    fabric = Fabric(accelerator=settings.device, devices=1, precision="32-true")
    fabric.launch()
    lightning_fabric.seed_everything(settings.seed, verbose=False)
    world = World(settings, stage)
    eyes, measured = _first_lessons(settings, world, fabric, stage)
    together = Together(eyes, [Captioner(small_sizes(kind)) for kind in settings.attention], settings.losses)
    course = Course(settings.epochs, settings.batch, settings.rate, 0.0 if settings.eyes else settings.eyes_rate)
    scores = learn_together(
        together, world.pictures, world.scenes, world.examination, course, fabric, out / "together.state.pt", stage
    )
    if settings.eyes:
        config, state = checkpoints.load(settings.eyes)
    else:
        config, state = {"kind": EYES, **_about(settings), **measured}, eyes.state_dict()
    folders = [out / EYES_FOLDER]
    sha256 = checkpoints.save(folders[0], config, state, cards.eyes(config))
    for teacher, score in zip(together.teachers, scores, strict=True):
        folders.append(out / f"scenes-{teacher.captioner.sizes.attention}")
        save_captioner(folders[-1], teacher.captioner, sha256, {**_about(settings), "val_exact": score})
    return folders


def save_captioner(folder: Path, captioner: Captioner, eyes: str, about: dict) -> str:
    """Write a captioner of scenes as a checkpoint.

    Args:
        eyes: the sha256 of those that it was trained with.
        about: "seed", "settings", and whatever else its config is to say.
    """
    config = {
        "kind": CAPTIONER,
        "attention": captioner.sizes.attention,
        "encoder": eyes,
        "model": captioner.sizes.to_dict(),
        "data": cards.DATA,
        "licence": cards.LICENCE,
        **about,
        "vocabulary": list(VOCABULARY.words),
    }
    return checkpoints.save(folder, config, captioner.state_dict(), cards.captioner(config))


def _about(settings: TrainSettings) -> dict:
    return {
        "seed": settings.seed,
        "settings": settings.to_dict(),
        "data": cards.DATA,
        "licence": cards.LICENCE,
    }


def _claim(path: Path, settings: TrainSettings) -> None:
    """Write the settings into the run folder, or check that they are the ones it was begun with."""
    ours = settings.to_dict()
    if path.exists():
        theirs = json.loads(path.read_text(encoding="utf-8"))
        free = {"out", "device"}  # what may change between sittings
        changed = sorted(key for key in ours if key not in free and theirs.get(key) != ours[key])
        if changed:
            raise DataError(f"{path.parent} was begun with other settings ({', '.join(changed)}); take another --out.")
    path.write_text(json.dumps(ours, indent=1) + "\n", encoding="utf-8")


def _first_lessons(settings: TrainSettings, world: World, fabric: Fabric, stage: Stage) -> tuple[SceneEyes, dict]:
    """Eyes that find words, or the ones given; and what was measured of them."""
    if settings.eyes is not None:
        return open_eyes(settings.eyes)[0], {}
    eyes = SceneEyes()
    measured = teach_eyes(
        eyes,
        world.pictures,
        world.scenes,
        world.examination,
        fabric,
        settings.out / "eyes.state.pt",
        settings.eye_epochs,
        settings.eye_batch,
        settings.eye_rate,
        stage,
    )
    return eyes, measured
