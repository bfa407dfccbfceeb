"""Train an encoder and the three captioners on photos with captions: ``python -m core train photos``.

Everything is kept in one run folder and an interrupted run goes on where it stopped: cached features and
grids, the state after every epoch, ``settings.json``, and at the end a checkpoint folder for each model.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import lightning_fabric
import numpy as np
import torch
from lightning_fabric import Fabric
from safetensors import SafetensorError

from core import checkpoints, hardware
from core.attention import KINDS, Kind
from core.captioning.captioner import Captioner, Sizes
from core.captioning.encoder import Encoder, from_imagenet
from core.captioning.training import cards
from core.captioning.training.captions import Judge, Phase, references, train_captioner
from core.captioning.training.eyes import Stage, cache_early, cache_grids, fine_tune
from core.captioning.training.grids import CaptionedGrids
from core.captioning.training.teacher import LossWeights
from core.captioning.vocabulary import Vocabulary
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto, PhotoFiles, read_karpathy


@dataclass(frozen=True)
class TrainSettings:
    """All that decides a run; saved beside its weights.

    Attributes:
        dataset: data sets in Karpathy's JSON. ``train`` and ``restval`` are learnt, the first one's ``val`` chooses.
        images: folders and zips that hold their photos.
        encoder_weights: ImageNet weights to fine-tune (a safetensors file), or the folder of an encoder to keep.
        out: the run folder.
        attention: which captioners, in order; ``hard`` starts from ``soft`` where that is trained too.
        encoder_epochs, encoder_batch, encoder_rate: of the fine-tuning.
        epochs: teacher-forced passes over the captions for ``none`` and ``soft``.
        hard_epochs: the same for ``hard``; it starts from ``soft`` and needs fewer.
        critical_epochs: self-critical passes after those; they pay off only over tens of thousands of steps.
        draws: captions sampled of each photo in such a pass.
        batch: photos a step, with all of their captions.
        rate, hard_rate, critical_rate: the highest learning rates of those three kinds of passes.
        dropout: of the captioners.
        average: decay of the moving average of their weights, which is what is kept.
        least: a word of the vocabulary occurs at least so often in the training captions.
        repeat_small: data sets after the first are gone through this often in each epoch.
        device: auto, cpu, cuda; several GPUs with ``devices``.
        losses: what the teacher-forced loss is made of.
    """

    dataset: tuple[Path, ...]
    images: tuple[Path, ...]
    encoder_weights: Path
    out: Path
    attention: tuple[Kind, ...] = KINDS
    encoder_epochs: int = 3
    encoder_batch: int = 32
    encoder_rate: float = 1e-4
    epochs: int = 8
    hard_epochs: int = 3
    critical_epochs: int = 0
    draws: int = 5
    batch: int = 32
    rate: float = 1e-3
    hard_rate: float = 3e-4
    critical_rate: float = 1e-4
    dropout: float = 0.5
    average: float = 0.998
    least: int = 4
    repeat_small: int = 2
    seed: int = 1
    device: str = "auto"
    devices: int = 1
    losses: LossWeights = field(default_factory=LossWeights)

    def to_dict(self) -> dict:
        return json.loads(json.dumps(asdict(self), default=str))


def train_photos(settings: TrainSettings, stage: Stage) -> list[Path]:
    """Run the whole training, or what is left of it; returns the checkpoint folders.

    Args:
        stage: called with what begins and how many steps it has; returns what to call after each step.

    Raises:
        DataError: the data set cannot be used, or ``out`` cannot: it is no folder, or of other settings, or damaged.
        CheckpointError: ``encoder_weights`` is a folder that holds no sound encoder.
    """
    photos, files, first = _read(settings)
    out = settings.out
    on_gpu = settings.device != "cpu" and torch.cuda.is_available()
    precision = "bf16-mixed" if on_gpu or hardware.inference_dtype() == torch.bfloat16 else "32-true"
    fabric = Fabric(accelerator=settings.device, devices=settings.devices, precision=precision)
    fabric.launch()
    with fabric.rank_zero_first():
        _claim(out / "settings.json", settings)
    lightning_fabric.seed_everything(settings.seed, verbose=False)

    with fabric.rank_zero_first():  # of several processes one encodes; the others find everything done
        eyes, grids = _see(settings, photos, files, fabric, stage)

    rows = [i for i, photo in enumerate(photos) if photo.split in ("train", "restval")]
    vocabulary = Vocabulary.build((words for i in rows for words in photos[i].captions), settings.least)
    judge = Judge(photos, [i for i in range(first) if photos[i].split == "val"], grids["plain"], vocabulary)
    passes = [i for i in rows for _ in range(1 if i < first else settings.repeat_small)]
    reward = references([photos[i] for i in passes], vocabulary) if settings.critical_epochs else None
    data = CaptionedGrids([photos[i] for i in passes], passes, grids, vocabulary)
    folders = [out / "encoder"]
    for kind in settings.attention:
        torch.manual_seed(settings.seed)
        captioner = Captioner(Sizes(kind, len(vocabulary), dropout=settings.dropout))
        epochs, rate = settings.epochs, settings.rate
        if kind == "hard" and (out / "soft" / checkpoints.CONFIG).exists():
            captioner.load_state_dict(checkpoints.load(out / "soft")[1])
            epochs, rate = settings.hard_epochs, settings.hard_rate
        phases = [
            Phase("teacher", epochs, rate, settings.average),
            Phase("self-critical", settings.critical_epochs, settings.critical_rate, settings.average, settings.draws),
        ]
        captioner, score = train_captioner(
            captioner,
            data,
            judge,
            [phase for phase in phases if phase.epochs],
            settings.losses,
            reward,
            fabric,
            out / f"{kind}.state.pt",
            settings.batch,
            stage,
        )
        config = {
            "kind": "captioner",
            "attention": kind,
            "encoder": eyes,
            "model": captioner.sizes.to_dict(),
            "seed": settings.seed,
            "settings": settings.to_dict(),
            "val_cider_greedy": score,
            "data": cards.data(settings.dataset, photos),
            "licence": cards.licence(settings.dataset),
            "vocabulary": list(vocabulary.words),
        }
        if fabric.is_global_zero:
            checkpoints.save(out / kind, config, captioner.state_dict(), cards.captioner(config))
        fabric.barrier()
        folders.append(out / kind)
    return folders


def _read(settings: TrainSettings) -> tuple[list[CaptionedPhoto], PhotoFiles, int]:
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


def _claim(path: Path, settings: TrainSettings) -> None:
    """Write the settings into the run folder, or check that they are the ones it was begun with."""
    ours = settings.to_dict()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        theirs = _read_settings(path) if path.exists() else ours
        # Where it runs and how long may change between sittings; what is learnt from what may not.
        free = {"device", "devices", "attention", "epochs", "hard_epochs", "critical_epochs"}
        changed = sorted(key for key in ours.keys() - free if theirs.get(key) != ours[key])
        if changed:
            raise DataError(f"{path.parent} was begun with other settings ({', '.join(changed)}); take another --out.")
        if theirs != ours or not path.exists():
            draft = path.with_suffix(".part")
            draft.write_text(json.dumps(ours, indent=1) + "\n", encoding="utf-8")
            draft.replace(path)
    except OSError as error:
        raise DataError(f"{path.parent} cannot hold a run: {error.strerror}.") from error


def _read_settings(path: Path) -> dict:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        settings = None
    if not isinstance(settings, dict):
        raise DataError(f"{path} is damaged; delete it to go on with the settings given now, or take another --out.")
    return settings


def _see(
    settings: TrainSettings, photos: Sequence[CaptionedPhoto], files: PhotoFiles, fabric: Fabric, stage: Stage
) -> tuple[str, dict[str, np.ndarray]]:
    """The sha256 of the run's encoder, which is saved in the run folder, and every view's grids as it gives them."""
    folder = settings.out / "encoder"
    source = folder if (folder / checkpoints.CONFIG).exists() else settings.encoder_weights
    encoder, config = _load_encoder(source)
    early = cache_early(encoder, photos, files, settings.out, settings.seed, stage)
    if config is None:
        figures = fine_tune(
            encoder,
            photos,
            early,
            settings.out,
            fabric,
            settings.encoder_epochs,
            settings.encoder_batch,
            settings.encoder_rate,
            stage,
        )
        config = {
            "kind": "encoder",
            "seed": settings.seed,
            "settings": settings.to_dict(),
            "data": cards.data(settings.dataset, photos),
            "licence": cards.licence(settings.dataset),
            **figures,
        }
        checkpoints.save(folder, config, encoder.state_dict(), cards.encoder(config))
        # What is trained on the grids is trained on the weights as they were stored, in float16.
        encoder, config = _load_encoder(folder)
    elif source != folder:
        card = source / checkpoints.CARD
        checkpoints.save(folder, config, encoder.state_dict(), card.read_text("utf-8") if card.is_file() else "")
    return config["sha256"], cache_grids(encoder, early, settings.out, stage)


def _load_encoder(source: Path) -> tuple[Encoder, dict | None]:
    """The encoder in a checkpoint's folder, with its config; or one with the ImageNet weights in a file, with None."""
    if source.is_dir():
        config, state = checkpoints.load(source)
        encoder = Encoder()
        try:
            encoder.load_state_dict(state)
        except RuntimeError as error:
            raise DataError(f"{source} does not hold an encoder.") from error
        return encoder.eval(), config
    try:
        encoder = from_imagenet(source)
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise DataError(f"{source} does not hold Inception-v3's weights as safetensors.") from error
    # The early layers are never trained, so what they give is cached as the weights will be stored, in float16.
    return encoder.half().float().eval(), None
