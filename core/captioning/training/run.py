"""Train an encoder and captioners on photos with captions: ``python -m core train photos``.

Everything is kept in one run folder and an interrupted run goes on where it stopped: cached features, the state after
every epoch, ``settings.json``, and at the end a checkpoint folder for each model.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import lightning_fabric
import torch
from lightning_fabric import Fabric

from core import checkpoints
from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder
from core.captioning.ensemble import Ensemble
from core.captioning.naming import naming_nouns
from core.captioning.registry import CAPTIONERS, ENCODERS
from core.captioning.training import cards
from core.captioning.training.beginning import begin_captioners, encoder_source, has, load_encoder
from core.captioning.training.captions import Validator, encode, train_captioner
from core.captioning.training.check import LEARNT, check_data
from core.captioning.training.distillation import distil
from core.captioning.training.encoder import fine_tune
from core.captioning.training.examples import TrainingPhotos
from core.captioning.training.language import begin_as, learnable, train_language
from core.captioning.training.scst import train_scst
from core.captioning.training.settings import LEARNERS, MAY_CHANGE, WITH_THE_ENCODER, PhotoTrainSettings
from core.captioning.training.views import VIEWS, cache_features
from core.captioning.vocabulary import Vocabulary
from core.checkpoints import CheckpointError
from core.checkpoints.modules import inference_dtype
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.sentences import read_sentences
from core.training.devices import launch, own_rows
from core.training.progress import Stage
from core.training.run_folder import claim, claim_data, holds_run


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
    encoder, about = load_encoder(settings)
    learnt = (words for i in rows for words in photos[i].captions)
    captioners, vocabulary = begin_captioners(settings, encoder.channels, learnt)
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
        if learner.begins_as in captioners and not has(settings.start, name):
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
        encoder, config: as :func:`load_encoder` gives them.
    """
    folder = settings.out / "encoder"
    beside = {name: captioners[name] for name in WITH_THE_ENCODER if name in captioners}
    if settings.encoder.epochs and (not config or settings.start):
        # Once it is done this only reads the weights back, the captioners' among them.
        figures = fine_tune(encoder, beside, data, settings.out, fabric, settings.encoder, settings.losses, stage)
        if not (folder / checkpoints.CONFIG).exists():
            config = {"kind": "encoder", **encoder.to_config(), **_about(settings, data.photos), **figures}
            if fabric.is_global_zero:
                checkpoints.save(folder, config, encoder.state_dict(), cards.encoder(config, encoder))
    elif not (folder / checkpoints.CONFIG).exists():
        if not config:
            raise DataError("An encoder with ImageNet's weights alone sees too little; give it an epoch at least.")
        card = encoder_source(settings) / checkpoints.CARD
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
