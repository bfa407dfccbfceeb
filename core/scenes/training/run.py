"""Train eyes and captioners on scenes: ``python -m core train scenes``.

All captioners of a run learn from the same scenes, with their eyes or through eyes that are kept.
Everything is in one run folder, and an interrupted run goes on after its last finished epoch; at the end the folder
holds a checkpoint for each model.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import lightning_fabric
import torch
from lightning_fabric import Fabric

from core import checkpoints
from core.attention import KINDS, Kind
from core.captioning.captioner import Captioner
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.training.teacher_forcing import LossWeights
from core.data.errors import DataError
from core.data.scenes import make_scenes
from core.scenes.encoder import CHANNELS, SceneEncoder
from core.scenes.registry import CAPTIONER, EYES
from core.scenes.service import ENCODER_FOLDER, open_encoder
from core.scenes.training import cards
from core.scenes.training.joint import VOCABULARY, JointModel, learn
from core.training.progress import Stage


def small_sizes(attention: Kind) -> LSTMSizes:
    """The sizes of a captioner for scenes."""
    return LSTMSizes(attention, len(VOCABULARY), CHANNELS, value=96, key=48, embedding=48, hidden=96, dropout=0.1)


@dataclass(frozen=True)
class SceneTrainSettings:
    """All that decides a run; saved beside its weights.

    Attributes:
        out: the run folder.
        attention: which captioners.
        epochs: how often the captioners are looked at and the state is saved; no scene comes twice.
        scenes, held_out: how many of ``train`` make an epoch; how many of ``val`` are captioned after it.
        batch, rate: scenes a step, and the highest learning rate.
        eyes: a folder with eyes to keep as they are; none learn then.
        losses: what the captioners' losses are made of.
    """

    out: Path
    attention: tuple[Kind, ...] = KINDS
    epochs: int = 12
    scenes: int = 14_000
    held_out: int = 400
    batch: int = 32
    rate: float = 3e-3
    seed: int = 1
    device: str = "auto"
    eyes: Path | None = None
    # Below zero: the sooner hard's looks are narrow, the less a draw is left to luck.
    losses: LossWeights = field(default_factory=lambda: LossWeights(smoothing=0.0, doubly=0.0, entropy=-0.02))

    def to_dict(self) -> dict:
        return json.loads(json.dumps(asdict(self), default=str))


def train_scenes(settings: SceneTrainSettings, stage: Stage) -> list[Path]:
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
    folders = [out / ENCODER_FOLDER, *(out / f"scenes-{kind}" for kind in settings.attention)]
    fabric = Fabric(accelerator=settings.device, devices=1, precision="32-true")
    fabric.launch()
    lightning_fabric.seed_everything(settings.seed, verbose=False)
    eyes = SceneEncoder() if settings.eyes is None else open_encoder(settings.eyes)[0]
    captioners = {kind: _new(kind, settings.seed) for kind in settings.attention}
    school = JointModel(eyes, captioners, settings.losses, learns=settings.eyes is None)
    held_out = list(make_scenes("val", settings.held_out, settings.seed))
    scores = learn(
        school, held_out, settings.epochs, settings.scenes, settings.batch, settings.rate, settings.seed, fabric,
        out / "school.state.pt", stage,
    )  # fmt: skip
    about = {"seed": settings.seed, "settings": settings.to_dict(), "data": cards.DATA, "licence": cards.LICENCE}
    config = checkpoints.load(settings.eyes)[0] if settings.eyes else {"kind": EYES, **about}
    sha256 = checkpoints.save(out / ENCODER_FOLDER, config, eyes.state_dict(), cards.eyes(config))
    for kind, captioner in captioners.items():
        save_captioner(out / f"scenes-{kind}", captioner, sha256, {**about, "val_exact": scores[kind]})
    return folders


def _new(kind: Kind, seed: int) -> Captioner:
    torch.manual_seed(seed)
    return LSTMCaptioner(small_sizes(kind))


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
        **captioner.to_config(),
        "data": cards.DATA,
        "licence": cards.LICENCE,
        **about,
        "vocabulary": list(VOCABULARY.words),
    }
    return checkpoints.save(folder, config, captioner.state_dict(), cards.captioner(config))


def _claim(path: Path, settings: SceneTrainSettings) -> None:
    """Write the settings into the run folder, or check that they are the ones it was begun with."""
    ours = settings.to_dict()
    if path.exists():
        theirs = json.loads(path.read_text(encoding="utf-8"))
        free = {"out", "device", "epochs"}  # where a run goes on, and for how long
        changed = sorted(key for key in ours.keys() - free if theirs.get(key) != ours[key])
        if changed:
            raise DataError(f"{path.parent} was begun with other settings ({', '.join(changed)}); take another --out.")
    path.write_text(json.dumps(ours, indent=1) + "\n", encoding="utf-8")
