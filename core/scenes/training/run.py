"""Train an encoder and captioners on scenes: ``python -m core train scenes``.

All captioners of a run learn from the same scenes, with their encoder or through one that is kept.
Everything is in one run folder, and an interrupted run goes on after its last finished epoch; at the end the folder
holds a checkpoint for each model.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import lightning_fabric
import torch

from core import checkpoints
from core.attention import KINDS, Kind
from core.captioning.captioner import Captioner
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.encoder import open_encoder
from core.captioning.training.teacher_forcing import LossWeights
from core.data.scenes import make_scenes
from core.scenes.encoder import SceneEncoder
from core.scenes.registry import CAPTIONER, ENCODER, SCENE_ENCODERS
from core.scenes.service import ENCODER_FOLDER
from core.scenes.training import cards
from core.scenes.training.joint import VOCABULARY, JointModel, train_jointly
from core.training.devices import launch
from core.training.progress import Stage
from core.training.run_folder import RunSettings, claim

MAY_CHANGE = {"epochs"}  # settings that may change between two sittings


def small_sizes(attention: Kind) -> LSTMSizes:
    """The sizes of a captioner for scenes."""
    return LSTMSizes(
        attention, len(VOCABULARY), SceneEncoder.channels, value=96, key=48, embedding=48, hidden=96, dropout=0.1
    )


@dataclass(frozen=True)
class SceneTrainSettings(RunSettings):
    """All that decides a run; saved beside its weights.

    Attributes:
        epochs: how often the captioners are looked at and the state is saved; no scene comes twice.
        scenes, held_out: how many of ``train`` make an epoch; how many of ``val`` are captioned after it.
        batch, rate: scenes a step, and the highest learning rate.
        encoder: a folder with an encoder to keep as it is; none learns then.
    """

    attention: tuple[Kind, ...] = KINDS
    epochs: int = 12
    scenes: int = 14_000
    held_out: int = 400
    batch: int = 32
    rate: float = 3e-3
    encoder: Path | None = None
    # Below zero, which narrows the looks: the sooner they are narrow, the less the draws of hard scatter.
    losses: LossWeights = field(default_factory=lambda: LossWeights(smoothing=0.0, doubly=0.0, entropy=-0.02))


def train_scenes(settings: SceneTrainSettings, stage: Stage) -> list[Path]:
    """Run the whole training, or what is left of it; returns the checkpoint folders.

    Args:
        stage: called with what begins and how many steps it has; returns what to call after each step.

    Raises:
        DataError: the run folder belongs to other settings, is damaged, or cannot be written.
        CheckpointError: ``settings.encoder`` is a folder that holds no sound encoder.
    """
    out = settings.out
    fabric = launch(settings.device, alone=True)
    claim(settings, MAY_CHANGE)
    lightning_fabric.seed_everything(settings.seed, verbose=False)
    if settings.encoder is None:
        encoder = SceneEncoder()
    else:
        encoder = cast(SceneEncoder, open_encoder(settings.encoder, SCENE_ENCODERS)[0])
    captioners: dict[str, Captioner] = {}
    for attention in settings.attention:
        torch.manual_seed(settings.seed)
        captioners[attention] = LSTMCaptioner(small_sizes(attention))
    model = JointModel(encoder, captioners, settings.losses, learns=settings.encoder is None)
    held_out = list(make_scenes("val", settings.held_out, settings.seed))
    figures = train_jointly(
        model, held_out, settings.epochs, settings.scenes, settings.batch, settings.rate, settings.seed, fabric,
        out / "scenes.state.pt", stage,
    )  # fmt: skip
    about = {"seed": settings.seed, "settings": settings.to_dict(), "data": cards.DATA, "licence": cards.LICENCE}
    config = checkpoints.load(settings.encoder)[0] if settings.encoder else {"kind": ENCODER, **about}
    folders = [out / ENCODER_FOLDER]
    sha256 = checkpoints.save(folders[0], config, encoder.state_dict(), cards.encoder(config))
    for kind, captioner in captioners.items():
        folders.append(out / f"scenes-{kind}")
        save_captioner(folders[-1], captioner, sha256, {**about, "val_exact": figures[f"val_exact_{kind}"]})
    return folders


def save_captioner(folder: Path, captioner: Captioner, encoder: str, about: dict[str, Any]) -> str:
    """Write a captioner of scenes as a checkpoint.

    Args:
        encoder: the sha256 of the one that it was trained with.
        about: "seed", "settings", and whatever else its config is to say.
    """
    config = {
        "kind": CAPTIONER,
        "attention": captioner.sizes.attention,
        "encoder": encoder,
        **captioner.to_config(),
        "data": cards.DATA,
        "licence": cards.LICENCE,
        **about,
        "vocabulary": list(VOCABULARY.words),
    }
    return checkpoints.save(folder, config, captioner.state_dict(), cards.captioner(config))
