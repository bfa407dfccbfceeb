"""What a training on photos begins with: an encoder, and captioners that have learnt nothing or go on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from core import checkpoints
from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder
from core.captioning.registry import CAPTIONERS, ENCODERS
from core.captioning.training.language import begin_as
from core.captioning.training.settings import LEARNERS, PhotoTrainSettings
from core.captioning.vocabulary import Vocabulary
from core.checkpoints import CheckpointError
from core.checkpoints.modules import set_dropout
from core.data.errors import DataError


def load_encoder(settings: PhotoTrainSettings) -> tuple[Encoder, dict[str, Any]]:
    """The encoder in a checkpoint's folder, with its config; or one with the ImageNet weights in a file or with random
    ones, with {}."""
    architecture = ENCODERS.architecture({"architecture": settings.encoder_architecture})
    if settings.random_encoder:
        torch.manual_seed(settings.seed)
        return architecture.begin(), {}
    found = encoder_source(settings)
    if found.is_dir():
        return ENCODERS.open(found)
    try:
        return architecture.from_imagenet(found), {}
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise DataError(f"{found} does not hold weights of {architecture.architecture} as safetensors.") from error


def encoder_source(settings: PhotoTrainSettings) -> Path:
    """Where the encoder is that the run begins with."""
    source = settings.start / "encoder" if settings.start else settings.encoder_weights
    if source is None:
        raise DataError("A training begins with the weights of an encoder, or with a folder of checkpoints.")
    return source


def begin_captioners(
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
    if has(settings.start, name) or learner.begins_as is None:
        return CAPTIONERS.open(settings.start / name)
    other, config = CAPTIONERS.open(settings.start / learner.begins_as)
    settings = replace(settings, captioner_architecture=other.architecture)
    captioner = _new(settings, name, other.sizes.vocabulary, other.sizes.channels)
    begin_as(captioner, other)
    return captioner, config


def has(folder: Path | None, name: str) -> bool:
    """Whether there is a captioner of that name among the checkpoints in a folder."""
    return folder is not None and (folder / name / checkpoints.CONFIG).exists()
