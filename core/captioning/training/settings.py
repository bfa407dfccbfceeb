"""All that decides a training on photos, and the captioners that one can train."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from core.attention import Kind
from core.captioning.registry import CAPTIONERS, ENCODERS, FIRST
from core.captioning.training.encoder import EncoderSettings
from core.captioning.training.scst import SCSTSettings
from core.captioning.training.teacher_forcing import LossWeights
from core.training.run_folder import RunSettings

MAY_CHANGE = {"devices", "captioners", "epochs", "hard_epochs", "scst.epochs"}  # between two sittings


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
        losses: how much each part of the loss of teacher forcing counts.
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
