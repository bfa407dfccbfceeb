"""Train eyes and captioners on scenes: ``python -m core train scenes``.

The eyes and the soft captioner learn together; the others learn through the same eyes, which then are left as they
are, and the hard one begins as the soft one ended. Everything is kept in one run folder, and an interrupted run goes on
after its last finished epoch; at the end the folder holds a checkpoint for each model.
"""

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path

import lightning_fabric
import torch
from lightning_fabric import Fabric
from torch import Tensor

from core import checkpoints
from core.attention import KINDS, Kind
from core.captioning.captioner import Captioner, Sizes
from core.captioning.training.eyes import Stage
from core.captioning.training.teacher import LossWeights
from core.data.errors import DataError
from core.data.scenes import make_scene, make_scenes
from core.scenes import cards
from core.scenes.eyes import CHANNELS, SceneEyes
from core.scenes.kinds import CAPTIONER, EYES
from core.scenes.lessons import VOCABULARY, Book, Course, Pupil, learn
from core.scenes.seeing import draw_all
from core.scenes.studio import EYES_FOLDER, open_eyes

ENCODED = 100  # pictures at a time


def small_sizes(attention: Kind) -> Sizes:
    """The sizes of a captioner for scenes."""
    return Sizes(attention, len(VOCABULARY), CHANNELS, value=96, key=48, embedding=48, hidden=96, dropout=0.1)


@dataclass(frozen=True)
class TrainSettings:
    """All that decides a run; saved beside its weights.

    Attributes:
        out: the run folder.
        attention: which captioners, besides ``soft``, with which the eyes learn.
        scenes, held_out: how many of ``train`` make an epoch, each time others; how many of ``val`` are captioned
            after it.
        courses: each captioner's. That of ``soft`` is the eyes' as well.
        eyes: a folder with eyes to keep as they are; none learn then, and ``soft`` is trained only if asked for.
    """

    out: Path
    attention: tuple[Kind, ...] = KINDS
    scenes: int = 14_000
    held_out: int = 400
    courses: dict[Kind, Course] = field(
        default_factory=lambda: {
            "soft": Course(epochs=18, batch=32, rate=3e-3),
            "hard": Course(epochs=10, batch=64, rate=3e-3),
            "none": Course(epochs=4, batch=64, rate=3e-3),
        }
    )
    seed: int = 1
    device: str = "auto"
    eyes: Path | None = None
    # Below zero: the sooner hard's looks are narrow, the less a draw is left to luck.
    losses: LossWeights = field(default_factory=lambda: LossWeights(smoothing=0.0, doubly=0.0, entropy=-0.02))

    def to_dict(self) -> dict:
        return json.loads(json.dumps(asdict(self), default=str))


class World:
    """The scenes of a run, and their pictures once somebody needs them."""

    def __init__(self, settings: TrainSettings, stage: Stage):
        self.held_out = list(make_scenes("val", settings.held_out, settings.seed))
        self._count, self._seed, self._stage = settings.scenes, settings.seed, stage

    def book(self, epoch: int, eyes: SceneEyes | None = None) -> Book:
        """Scenes that no other epoch has: their pictures, or what eyes that are ready make of them."""
        first = epoch * self._count
        scenes = [make_scene("train", number, self._seed) for number in range(first, first + self._count)]
        seen = draw_all(scenes, self._stage("drawing scenes", len(scenes)))
        return Book(seen if eyes is None else self.grids(eyes, seen), scenes, mirror=eyes is None)

    @cached_property
    def held_out_pictures(self) -> Tensor:
        return draw_all(self.held_out)

    @torch.inference_mode()
    def grids(self, eyes: SceneEyes, pictures: Tensor) -> Tensor:
        """What the eyes make of pictures, float16 (N, 144, channels)."""
        tick = self._stage("grids", -(-len(pictures) // ENCODED))
        grids = []
        for part in pictures.split(ENCODED):
            grids.append(eyes(part).half())
            tick()
        return torch.cat(grids)


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
    wanted = [kind for kind in ("soft", "hard", "none") if kind in settings.attention]
    if settings.eyes is None:
        wanted = ["soft", *(kind for kind in wanted if kind != "soft")]
        if not (out / "scenes-soft" / checkpoints.CONFIG).exists():
            _teach_eyes(settings, world, fabric, stage)
    else:
        config, state = checkpoints.load(settings.eyes)
        checkpoints.save(out / EYES_FOLDER, config, state, cards.eyes(config))
    eyes, sha256 = open_eyes(out / EYES_FOLDER)
    left = [kind for kind in wanted if not (out / f"scenes-{kind}" / checkpoints.CONFIG).exists()]
    if left:
        book = partial(world.book, eyes=eyes)
        held_out = (world.grids(eyes, world.held_out_pictures), world.held_out)
        for kind in left:
            captioner = _new(kind, settings.seed)
            if kind == "hard" and "soft" in wanted:
                captioner.load_state_dict(checkpoints.load(out / "scenes-soft")[1])
            pupil, path = Pupil(captioner, settings.losses), out / f"{kind}.state.pt"
            score = learn(pupil, book, held_out, settings.courses[kind], settings.scenes, fabric, path, stage)
            save_captioner(out / f"scenes-{kind}", captioner, sha256, {**_about(settings), "val_exact": score})
    return [out / EYES_FOLDER, *(out / f"scenes-{kind}" for kind in wanted)]


def _teach_eyes(settings: TrainSettings, world: World, fabric: Fabric, stage: Stage) -> None:
    """Train eyes and the soft captioner together, and write both as checkpoints."""
    out, captioner = settings.out, _new("soft", settings.seed)
    pupil = Pupil(captioner, settings.losses, SceneEyes())
    held_out, path, course = (world.held_out_pictures, world.held_out), out / "soft.state.pt", settings.courses["soft"]
    score = learn(pupil, world.book, held_out, course, settings.scenes, fabric, path, stage)
    config = {"kind": EYES, **_about(settings)}
    sha256 = checkpoints.save(out / EYES_FOLDER, config, pupil.eyes.state_dict(), cards.eyes(config))
    save_captioner(out / "scenes-soft", captioner, sha256, {**_about(settings), "val_exact": score})


def _new(kind: Kind, seed: int) -> Captioner:
    torch.manual_seed(seed)
    return Captioner(small_sizes(kind))


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
        changed = sorted(key for key, value in _lasting(ours).items() if _lasting(theirs).get(key) != value)
        if changed:
            raise DataError(f"{path.parent} was begun with other settings ({', '.join(changed)}); take another --out.")
    path.write_text(json.dumps(ours, indent=1) + "\n", encoding="utf-8")


def _lasting(settings: dict) -> dict:
    """What may not change between sittings: all but where a run goes on, with what captioners and for how long."""
    courses = {kind: {**course, "epochs": None} for kind, course in settings.get("courses", {}).items()}
    return {**settings, "courses": courses, "out": None, "device": None, "attention": None}
