"""Train an encoder and captioners on photos with captions: ``python -m core train photos``.

Everything is kept in one run folder and an interrupted run goes on where it stopped: cached features, the state after
every epoch, ``settings.json``, and at the end a checkpoint folder for each model.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import lightning_fabric
import torch
from lightning_fabric import Fabric
from safetensors import SafetensorError

from core import checkpoints
from core.attention import Kind
from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder
from core.captioning.ensemble import Ensemble
from core.captioning.naming import naming_nouns
from core.captioning.registry import CAPTIONERS, ENCODERS, FIRST
from core.captioning.training import cards
from core.captioning.training.captions import Validator, encode, train_captioner
from core.captioning.training.check import LEARNT, check_data
from core.captioning.training.distillation import distil
from core.captioning.training.encoder import EncoderSettings, fine_tune
from core.captioning.training.examples import TrainingPhotos
from core.captioning.training.language import begin_as, learnable, train_language
from core.captioning.training.scst import SCSTSettings, train_scst
from core.captioning.training.teacher_forcing import LossWeights
from core.captioning.training.views import VIEWS, cache_features
from core.captioning.vocabulary import Vocabulary
from core.checkpoints import CheckpointError
from core.checkpoints.modules import inference_dtype, set_dropout
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.sentences import read_sentences
from core.training.devices import launch, own_rows
from core.training.progress import Stage
from core.training.run_folder import RunSettings, claim, claim_data, holds_run

MAY_CHANGE = {
    "devices",
    "captioners",
    "epochs",
    "hard_epochs",
    "scst.epochs",
}  # settings that may change between two sittings


class Learner(NamedTuple):
    """A captioner that a run can train: how it looks, whether boxes teach its looks, as which other it begins, with
    whatever of that has its own names and shapes, and its architecture where the run's is not for it to choose."""

    kind: Kind
    taught: bool
    begins_as: str | None = None
    architecture: str | None = None


# By checkpoint name, in the order in which they are trained.
LEARNERS = {
    "none": Learner("none", taught=False),
    "soft": Learner("soft", taught=True),
    "soft-free": Learner("soft", taught=False, begins_as="none"),
    "hard": Learner("hard", taught=True, begins_as="soft"),
    "adaptive": Learner("soft", taught=True, begins_as="soft", architecture="adaptive"),
    "transformer": Learner("soft", taught=True, begins_as="soft", architecture="transformer"),
}
WITH_THE_ENCODER = ("none", "soft")  # learn beside the encoder


@dataclass(frozen=True)
class PhotoTrainSettings(RunSettings):
    """All that decides a run; saved beside its weights.

    Attributes:
        dataset: data sets as :mod:`core.data.captions` reads them. ``train`` and ``restval`` are learnt; the
            ``val`` of the first one chooses.
        images: folders and zips that hold their photos.
        phrases: which words of the first one's captions name what, and where (see :mod:`core.data.phrases`).
        teachers: captioners in ``start``, whose captions, as an ensemble's, are learnt beside people's.
        distilled: how many of theirs, of each photo; and ``captions`` of people's, drawn anew at each pass.
        texts: sentences without photos, from which all captioners learn their words first.
        encoder_weights: ImageNet weights to fine-tune (a safetensors file), or the folder of an encoder to keep.
        random_encoder: in place of those, one that has learnt nothing; then the photos teach it everything.
        start: in place of those, a folder of checkpoints to go on from: an encoder, and captioners that see through it.
        encoder_architecture, captioner_architecture: entries of the registries, for what is trained anew; some of
            :data:`LEARNERS` have their own.
        captioners: which of :data:`LEARNERS`, those that are shipped if not given. One that begins as another does so
            where that is trained too.
        language_epochs: passes over ``texts``.
        epochs: teacher-forced passes over the captions; ``hard_epochs`` for ``hard``, which begins as ``soft``.
        batch: photos a step, with all of their captions.
        rate, hard_rate: the highest learning rates of those passes.
        dropout: in those passes; that of the captioner's sizes, if None.
        average: decay of the moving average of their weights, which is what is kept.
        least: a word of the vocabulary occurs at least so often in the training captions.
        devices: processes that share the work, each with a GPU; or with a part of the processor's cores. Under
            ``torchrun``, which has begun them, it says nothing.
        encoder: how the encoder is fine-tuned; no epochs keep the one that ``start`` has.
        scst: how all of them learn from what they say, after that.
    """

    dataset: tuple[Path, ...]
    images: tuple[Path, ...]
    phrases: Path | None = None
    teachers: tuple[str, ...] = ()
    distilled: int = 3
    captions: int = 2
    texts: tuple[Path, ...] = ()
    encoder_weights: Path | None = None
    random_encoder: bool = False
    start: Path | None = None
    encoder_architecture: str = ENCODERS.default
    captioner_architecture: str = CAPTIONERS.default
    captioners: tuple[str, ...] = tuple(name for name in LEARNERS if name in FIRST)
    language_epochs: int = 1
    epochs: int = 8
    hard_epochs: int = 3
    batch: int = 32
    rate: float = 1e-3
    hard_rate: float = 3e-4
    dropout: float | None = None
    average: float = 0.998
    least: int = 4
    devices: int = 1
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    losses: LossWeights = field(default_factory=LossWeights)
    scst: SCSTSettings = field(default_factory=SCSTSettings)


def train_photos(
    settings: PhotoTrainSettings, stage: Stage, say: Callable[[str], None] = lambda sentence: None
) -> list[Path]:
    """Run the whole training, or what is left of it; returns the checkpoint folders.

    Args:
        stage: called with what begins and how many steps it has; returns what to call after each step.
        say: called with each sentence on the data, before any training.

    Raises:
        DataError: the data cannot be used, or ``out`` cannot: it is no folder, of other settings or other data, or
            damaged.
        CheckpointError: ``encoder_weights`` is a folder that holds no sound encoder, or there is no such architecture.
    """
    out = settings.out
    if settings.teachers and settings.start is None:
        raise DataError("A teacher is one of the captioners to start with, and none are given.")
    if out.is_file() or holds_run(out):  # what is wrong with the folder is said before the photos are opened
        claim(settings, MAY_CHANGE)
    if settings.start is None and not issubclass(
        CAPTIONERS.architecture({"architecture": settings.captioner_architecture}), Captioner
    ):
        name = settings.captioner_architecture
        raise CheckpointError(f"{name!r} does not look over an encoder’s grid, so it is not trained here.")
    texts = [words for path in settings.texts for words in read_sentences(path)]
    found = check_data(settings, stage)
    photos, phrases = found.photos, found.phrases
    fabric = _fabric(settings)
    with fabric.rank_zero_first():
        claim(settings, MAY_CHANGE)
        claim_data(out, found.digests, {"opened": found.opened})
    for sentence in found.findings:
        say(sentence)
    lightning_fabric.seed_everything(settings.seed, verbose=False)

    rows = [i for i, photo in enumerate(photos) if photo.split in LEARNT]
    encoder, about = _load_encoder(settings)
    captioners, vocabulary = _begin(settings, encoder.channels, (words for i in rows for words in photos[i].captions))
    with fabric.rank_zero_first():  # of several processes one encodes; the others find everything done
        views = {
            view: cache_features(
                encoder, photos, found.files, out, view, settings.seed, stage, fabric.device, found.pixels
            )
            for view in VIEWS
        }
    encoder.cpu()
    data = TrainingPhotos(photos, rows, views, encoder.grid, vocabulary, phrases, settings.seed, own_rows(fabric))
    sentences = learnable(texts, vocabulary)
    if len(sentences) >= fabric.world_size and settings.start is None:
        _learn_language(settings, captioners, sentences, fabric, stage)
    encoder, sha256 = _encode(settings, encoder, about, data, captioners, fabric, stage)
    val = [i for i in range(found.first) if photos[i].split == "val"]
    validator = Validator([photos[i] for i in val], encode(encoder, views["plain"][val]), vocabulary)
    if settings.teachers:
        with fabric.rank_zero_first():
            data = replace(data, distilled=_distilled(settings, encoder, data, stage))
    scores = _teacher_force(settings, captioners, validator, encoder, data, fabric, stage)
    data = replace(data, distilled={})
    if settings.scst.epochs:
        path = out / f"{'-'.join(captioners)}.scst.state.pt"
        taught = {name: LEARNERS[name].taught for name in captioners}
        scores = train_scst(
            captioners, scores, taught, encoder, data, validator, fabric, settings.scst, path, settings.batch, stage
        )
    folders = [out / "encoder"]
    nouns = naming_nouns((photo.captions, phrases[photo.filename]) for photo in photos if photo.filename in phrases)
    for name, captioner in captioners.items():
        config = {
            "kind": "captioner",
            "attention": LEARNERS[name].kind,
            "looks": "taught" if LEARNERS[name].taught and phrases else "free",
            "encoder": sha256,
            **captioner.to_config(),
            **_about(settings, photos),
            "val_cider_greedy": scores[name],
            "vocabulary": list(vocabulary.words),
            "nouns": [word for word in vocabulary.words if word in nouns],
        }
        if fabric.is_global_zero:
            card = cards.captioner(name, config, encoder.grid)
            checkpoints.save(out / name, config, captioner.state_dict(), card)
        fabric.barrier()
        folders.append(out / name)
    return folders


def _fabric(settings: PhotoTrainSettings) -> Fabric:
    on_gpu = settings.device != "cpu" and torch.cuda.is_available()
    mixed = on_gpu or inference_dtype() == torch.bfloat16
    precision: Literal["bf16-mixed", "32-true"] = "bf16-mixed" if mixed else "32-true"
    return launch(settings.device, settings.devices, precision)


def _learn_language(
    settings: PhotoTrainSettings,
    captioners: dict[str, Captioner],
    sentences: Sequence[list[int]],
    fabric: Fabric,
    stage: Stage,
) -> None:
    """All captioners begin as a language model of their architecture, of sentences given as word numbers."""
    for name in dict.fromkeys(captioner.architecture for captioner in captioners.values()):
        own = [captioner for captioner in captioners.values() if captioner.architecture == name]
        language = type(own[0]).begin_with("none", own[0].sizes.vocabulary, own[0].sizes.channels)
        usual = name == settings.captioner_architecture
        path = settings.out / f"language{'' if usual else '-' + name}.state.pt"
        train_language(language, sentences, settings.language_epochs, fabric, path, stage)
        for captioner in own:
            begin_as(captioner, language)


def _distilled(
    settings: PhotoTrainSettings, encoder: Encoder, data: TrainingPhotos, stage: Stage
) -> dict[int, list[list[str]]]:
    """What the teachers say of the photos that are learnt from.

    Raises:
        CheckpointError: there is no such captioner.
        DataError: one sees through another encoder, or they know different words.
    """
    assert settings.start is not None
    teachers, vocabularies = [], []
    for name in settings.teachers:
        teacher, config = CAPTIONERS.open(settings.start / name)
        if teacher.sizes.channels != encoder.channels:
            raise DataError(f"{name} in {settings.start} sees through another encoder than the one beside it.")
        teachers.append(teacher)
        vocabularies.append(config["vocabulary"])
    if any(words != vocabularies[0] for words in vocabularies):
        raise DataError("Teachers that know different words cannot speak as one.")
    teacher = teachers[0] if len(teachers) == 1 else Ensemble(teachers)
    path = settings.out / "distilled.json"
    words = Vocabulary(vocabularies[0])
    return distil(teacher, words, encoder.cpu(), data, settings.distilled, path, stage)


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
    scores = {}
    for name, captioner in captioners.items():
        learner, path = LEARNERS[name], settings.out / f"{name}.state.pt"
        hard = learner.kind == "hard"
        epochs = settings.hard_epochs if hard else settings.epochs
        if learner.begins_as in captioners and not _has(settings.start, name):
            begin_as(captioner, captioners[learner.begins_as])
        if not epochs and not path.exists():
            scores[name] = validator(captioner)
            continue
        losses = settings.losses if learner.taught else replace(settings.losses, looks=0.0)
        scores[name] = train_captioner(
            captioner, encoder, data, validator, epochs, settings.hard_rate if hard else settings.rate,
            settings.average, losses, fabric, path, settings.batch, stage, name,
            settings.captions if settings.teachers else None,
        )  # fmt: skip
    return scores


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
        vocabulary = Vocabulary.build(captions, settings.least)
        for name in settings.captioners:
            captioners[name] = _new(settings, name, len(vocabulary), channels)
    else:
        for name in settings.captioners:
            captioners[name], config = _go_on(settings, name)
            if captioners[name].sizes.channels != channels:
                raise DataError(f"{name} in {settings.start} learnt through another encoder than the one beside it.")
            words.append(config.get("vocabulary", []))
        if any(other != words[0] for other in words):
            raise DataError(f"The captioners in {settings.start} know different words; they cannot learn together.")
        vocabulary = Vocabulary(words[0])
    if settings.dropout is not None:
        for captioner in captioners.values():
            set_dropout(captioner, settings.dropout)
    return captioners, vocabulary


def _new(settings: PhotoTrainSettings, name: str, vocabulary: int, channels: int) -> Captioner:
    """A captioner that has learnt nothing.

    Raises:
        CheckpointError: there is no such architecture, or it is not trained here.
        DataError: captioners of that architecture do not look so.
    """
    learner = LEARNERS[name]
    called = learner.architecture or settings.captioner_architecture
    architecture = CAPTIONERS.architecture({"architecture": called})
    if not issubclass(architecture, Captioner):
        raise CheckpointError(f"{called!r} cannot be trained here: it does not look over an encoder’s grid.")
    torch.manual_seed(settings.seed)
    try:
        return architecture.begin_with(learner.kind, vocabulary, channels)
    except ValueError as error:
        raise DataError(f"{name} cannot be trained. {error}") from error


def _go_on(settings: PhotoTrainSettings, name: str) -> tuple[Captioner, dict[str, Any]]:
    """A captioner of ``settings.start`` with its config; one that is not there begins as another that is.

    Raises:
        CheckpointError: there is neither.
    """
    assert settings.start is not None
    learner = LEARNERS[name]
    if _has(settings.start, name) or learner.begins_as is None:
        return CAPTIONERS.open(settings.start / name)
    other, config = CAPTIONERS.open(settings.start / learner.begins_as)
    settings = replace(settings, captioner_architecture=other.architecture)
    captioner = _new(settings, name, other.sizes.vocabulary, other.sizes.channels)
    begin_as(captioner, other)
    return captioner, config


def _has(folder: Path | None, name: str) -> bool:
    return folder is not None and (folder / name / checkpoints.CONFIG).exists()


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
    beside = {name: captioners[name] for name in WITH_THE_ENCODER if name in captioners}
    if settings.encoder.epochs and (not config or settings.start):
        # Once it is done this only reads the weights back, the captioners' among them.
        figures = fine_tune(
            encoder, beside, data, settings.out, fabric, settings.encoder, settings.losses, stage
        )  # fmt: skip
        if not (folder / checkpoints.CONFIG).exists():
            config = {"kind": "encoder", **encoder.to_config(), **_about(settings, data.photos), **figures}
            if fabric.is_global_zero:
                checkpoints.save(folder, config, encoder.state_dict(), cards.encoder(config, encoder))
    elif not (folder / checkpoints.CONFIG).exists():
        if not config:
            raise DataError("An encoder with ImageNet's weights alone sees too little; give it an epoch at least.")
        card = _source(settings) / checkpoints.CARD
        if fabric.is_global_zero:
            checkpoints.save(folder, config, encoder.state_dict(), card.read_text("utf-8") if card.is_file() else "")
    fabric.barrier()
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
    """The encoder in a checkpoint's folder, with its config; or one with the ImageNet weights in a file or with random
    ones, with {}."""
    architecture = ENCODERS.architecture({"architecture": settings.encoder_architecture})
    if settings.random_encoder:
        torch.manual_seed(settings.seed)
        return architecture.begin(), {}
    source = _source(settings)
    if source.is_dir():
        return ENCODERS.open(source)
    try:
        return architecture.from_imagenet(source), {}
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise DataError(f"{source} does not hold weights of {architecture.architecture} as safetensors.") from error
