"""Train an encoder and the three captioners on photos with captions: ``python -m core train photos``.

Everything is kept in one run folder and an interrupted run goes on where it stopped: cached features and
grids, the state after every epoch, ``settings.json``, and at the end a checkpoint folder for each model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import lightning_fabric
import torch
from lightning_fabric import Fabric
from safetensors import SafetensorError

from core import checkpoints
from core.attention import KINDS, Kind
from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder
from core.captioning.registry import CAPTIONERS, ENCODERS
from core.captioning.training import cards
from core.captioning.training.captions import Validator, train_captioner
from core.captioning.training.encoder import EncoderSettings, cache_grids, cache_pixels, fine_tune
from core.captioning.training.grids import VIEWS, CaptionedGrids, TrainingPhotos
from core.captioning.training.scst import SCSTSettings, train_scst
from core.captioning.training.teacher_forcing import LossWeights
from core.captioning.vocabulary import Vocabulary
from core.checkpoints.modules import inference_dtype, set_dropout
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto, PhotoFiles, read_karpathy
from core.training.progress import Stage
from core.training.run_folder import RunSettings, claim

MAY_CHANGE = {
    "devices",
    "attention",
    "epochs",
    "hard_epochs",
    "scst.epochs",
}  # settings that may change between two sittings


@dataclass(frozen=True)
class PhotoTrainSettings(RunSettings):
    """All that decides a run; saved beside its weights.

    Attributes:
        dataset: data sets in Karpathy's JSON. ``train`` and ``restval`` are learnt, the first one's ``val`` chooses.
        images: folders and zips that hold their photos.
        encoder_weights: ImageNet weights to fine-tune (a safetensors file), or the folder of an encoder to keep.
        start: in place of those, a folder of checkpoints to go on from: an encoder, and captioners that see through it.
        encoder_architecture, captioner_architecture: entries of the registries, for what is trained anew.
        attention: which captioners, in order; ``hard`` starts from ``soft`` where that is trained too.
        epochs: teacher-forced passes over the captions for ``none`` and ``soft``.
        hard_epochs: the same for ``hard``; it starts from ``soft`` and needs fewer.
        batch: photos a step, with all of their captions.
        rate, hard_rate: the highest learning rates of those passes.
        average: decay of the moving average of their weights, which is what is kept.
        least: a word of the vocabulary occurs at least so often in the training captions.
        repeat_small: data sets after the first are gone through this often in each epoch.
        encoder: how the encoder is fine-tuned; no epochs keep the one that ``start`` has.
        scst: how all of them learn from what they say, after that.
    """

    dataset: tuple[Path, ...]
    images: tuple[Path, ...]
    encoder_weights: Path | None = None
    start: Path | None = None
    encoder_architecture: str = ENCODERS.default
    captioner_architecture: str = CAPTIONERS.default
    attention: tuple[Kind, ...] = KINDS
    epochs: int = 8
    hard_epochs: int = 3
    batch: int = 32
    rate: float = 1e-3
    hard_rate: float = 3e-4
    dropout: float = 0.5
    average: float = 0.998
    least: int = 4
    repeat_small: int = 2
    devices: int = 1
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    losses: LossWeights = field(default_factory=LossWeights)
    scst: SCSTSettings = field(default_factory=SCSTSettings)


def train_photos(settings: PhotoTrainSettings, stage: Stage) -> list[Path]:
    """Run the whole training, or what is left of it; returns the checkpoint folders.

    Args:
        stage: called with what begins and how many steps it has; returns what to call after each step.

    Raises:
        DataError: the data set cannot be used, or ``out`` cannot: it is no folder, or of other settings, or damaged.
        CheckpointError: ``encoder_weights`` is a folder that holds no sound encoder, or there is no such architecture.
    """
    photos, files, first = _read(settings)
    out = settings.out
    on_gpu = settings.device != "cpu" and torch.cuda.is_available()
    mixed = on_gpu or inference_dtype() == torch.bfloat16
    precision: Literal["bf16-mixed", "32-true"] = "bf16-mixed" if mixed else "32-true"
    fabric = Fabric(accelerator=settings.device, devices=settings.devices, precision=precision)
    fabric.launch()
    with fabric.rank_zero_first():
        claim(settings, MAY_CHANGE)
    lightning_fabric.seed_everything(settings.seed, verbose=False)

    rows = [i for i, photo in enumerate(photos) if photo.split in ("train", "restval")]
    passes = [i for i in rows for _ in range(1 if i < first else settings.repeat_small)]
    encoder, about = _load_encoder(settings)
    captioners, vocabulary = _begin(settings, encoder.channels, (words for i in rows for words in photos[i].captions))
    with fabric.rank_zero_first():  # of several processes one encodes; the others find everything done
        alone = Fabric(accelerator=settings.device, devices=1, precision=precision)
        pixels = cache_pixels(photos, files, out, encoder.side, stage)
        data = TrainingPhotos(photos, passes, pixels, vocabulary)
        encoder, sha256 = _encode(settings, encoder, about, data, captioners, alone, stage)
        val = [i for i in range(first) if photos[i].split == "val"]
        val_grids = cache_grids(encoder, pixels[val], out / "grid-val.npy", "plain", settings.seed, stage)
    validator = Validator([photos[i] for i in val], val_grids, vocabulary)
    scores = _teacher_force(settings, captioners, validator, encoder, data, fabric, stage)
    if settings.scst.epochs:
        path = out / f"{'-'.join(captioners)}.scst.state.pt"
        scores = train_scst(
            captioners, scores, encoder, data, validator, fabric, settings.scst, path, settings.batch, stage
        )  # fmt: skip
    folders = [out / "encoder"]
    for kind, captioner in captioners.items():
        config = {
            "kind": "captioner",
            "attention": kind,
            "encoder": sha256,
            **captioner.to_config(),
            **_about(settings, photos),
            "val_cider_greedy": scores[kind],
            "vocabulary": list(vocabulary.words),
        }
        if fabric.is_global_zero:
            checkpoints.save(out / kind, config, captioner.state_dict(), cards.captioner(config, encoder.grid))
        fabric.barrier()
        folders.append(out / kind)
    return folders


def _teacher_force(
    settings: PhotoTrainSettings,
    captioners: dict[str, Captioner],
    validator: Validator,
    encoder: Encoder,
    data: TrainingPhotos,
    fabric: Fabric,
    stage: Stage,
) -> dict[str, float]:
    """Each captioner's teacher-forced passes, one after the other, in place; returns their scores by ``validator``."""
    wanted = {kind: settings.hard_epochs if kind == "hard" else settings.epochs for kind in captioners}
    states = {kind: settings.out / f"{kind}.state.pt" for kind in captioners}
    if not any(epochs or states[kind].exists() for kind, epochs in wanted.items()):
        return {kind: validator(captioner) for kind, captioner in captioners.items()}
    with fabric.rank_zero_first():
        views = {
            view: cache_grids(encoder, data.pixels, settings.out / f"grid-{view}.npy", view, settings.seed, stage)
            for view in VIEWS
        }
    grids = CaptionedGrids(data, views)
    scores = {}
    for kind, captioner in captioners.items():
        if kind == "hard" and settings.start is None:
            if "soft" in scores:
                captioner.load_state_dict(captioners["soft"].state_dict())
            elif (settings.out / "soft" / checkpoints.CONFIG).exists():
                captioner.load_state_dict(checkpoints.load(settings.out / "soft")[1])
        scores[kind] = train_captioner(
            captioner, grids, validator, wanted[kind], settings.hard_rate if kind == "hard" else settings.rate,
            settings.average, settings.losses, fabric, states[kind], settings.batch, stage,
        )  # fmt: skip
    return scores


def _read(settings: PhotoTrainSettings) -> tuple[list[CaptionedPhoto], PhotoFiles, int]:
    """The photos of all data sets that are trained on or validated with, and how many are the first one's."""
    photos: list[CaptionedPhoto] = []
    first = 0
    for path in settings.dataset:
        found = read_karpathy(path, ("train", "restval", "val"))
        if not any(photo.split == "train" for photo in found):
            raise DataError(f"{path} has no photos in its train split.")
        if not photos:
            first = sum(any(photo.captions) for photo in found)
            if not any(photo.split == "val" for photo in found):
                raise DataError(f"{path} has no photos in its val split, which chooses the epoch to keep.")
        photos += [photo for photo in found if any(photo.captions)]
    return photos, PhotoFiles(settings.images), first


def _begin(
    settings: PhotoTrainSettings, channels: int, captions: Iterable[Sequence[str]]
) -> tuple[dict[str, Captioner], Vocabulary]:
    """The captioners as they begin, and their words: new ones, or those of ``settings.start``.

    Raises:
        CheckpointError: there is no such architecture.
        DataError: the captioners to start with know different words.
    """
    captioners: dict[str, Captioner] = {}
    words: list[list[str]] = []
    if settings.start is None:
        architecture = CAPTIONERS.architecture({"architecture": settings.captioner_architecture})
        vocabulary = Vocabulary.build(captions, settings.least)
        for kind in settings.attention:
            torch.manual_seed(settings.seed)
            captioners[kind] = architecture.begin_with(kind, len(vocabulary), channels)
    else:
        for kind in settings.attention:
            captioners[kind], config = CAPTIONERS.open(settings.start / kind)
            if captioners[kind].sizes.channels != channels:
                raise DataError(f"{settings.start / kind} learnt through another encoder than the one beside it.")
            words.append(config.get("vocabulary", []))
        if any(other != words[0] for other in words):
            raise DataError(f"The captioners in {settings.start} know different words; they cannot learn together.")
        vocabulary = Vocabulary(words[0])
    for captioner in captioners.values():
        set_dropout(captioner, settings.dropout)
    return captioners, vocabulary


def _encode(
    settings: PhotoTrainSettings,
    encoder: Encoder,
    config: dict[str, Any],
    data: TrainingPhotos,
    captioners: dict[str, Captioner],
    fabric: Fabric,
    stage: Stage,
) -> tuple[Encoder, str]:
    """The run's encoder, which is saved in the run folder, and its sha256.

    Captioners that the encoder is fine-tuned with are changed in place.

    Args:
        encoder, config: as :func:`_load_encoder` gives them.
    """
    folder = settings.out / "encoder"
    beside: dict[str, Captioner] = {kind: captioners[kind] for kind in ("none", "soft") if kind in captioners}
    if settings.encoder.epochs and (not config or settings.start):
        # Once it is done this only reads the weights back, the captioners' among them.
        figures = fine_tune(
            encoder, beside, data, settings.out, fabric, settings.encoder, settings.losses, stage
        )  # fmt: skip
        if not (folder / checkpoints.CONFIG).exists():
            config = {"kind": "encoder", **encoder.to_config(), **_about(settings, data.photos), **figures}
            checkpoints.save(folder, config, encoder.state_dict(), cards.encoder(config, encoder))
    elif not (folder / checkpoints.CONFIG).exists():
        if not config:
            raise DataError("An encoder with ImageNet's weights alone sees too little; give it an epoch at least.")
        card = _source(settings) / checkpoints.CARD
        checkpoints.save(folder, config, encoder.state_dict(), card.read_text("utf-8") if card.is_file() else "")
    # What is trained on the grids is trained on the weights as they were stored, in float16.
    encoder, config = ENCODERS.open(folder)
    return encoder, config["sha256"]


def _about(settings: PhotoTrainSettings, photos: Sequence[CaptionedPhoto]) -> dict[str, Any]:
    """What the configs of all models of a run say."""
    return {
        "seed": settings.seed,
        "settings": settings.to_dict(),
        "data": cards.data(settings.dataset, photos),
        "licence": cards.licence(settings.dataset),
    }


def _source(settings: PhotoTrainSettings) -> Path:
    """Where the encoder is that the run begins with."""
    source = settings.start / "encoder" if settings.start else settings.encoder_weights
    if source is None:
        raise DataError("A training begins with the weights of an encoder, or with a folder of checkpoints.")
    return source


def _load_encoder(settings: PhotoTrainSettings) -> tuple[Encoder, dict[str, Any]]:
    """The encoder in a checkpoint's folder, with its config; or one with the ImageNet weights in a file, with {}."""
    source = _source(settings)
    if source.is_dir():
        return ENCODERS.open(source)
    architecture = ENCODERS.architecture({"architecture": settings.encoder_architecture})
    try:
        return architecture.from_imagenet(source), {}
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise DataError(f"{source} does not hold weights of {architecture.architecture} as safetensors.") from error
