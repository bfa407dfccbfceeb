"""How long a training on photos is likely to take here: the training itself, on a few of the photos, timed."""

import io
import json
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path

from core.captioning.training.check import LEARNT, TrainingData
from core.captioning.training.run import train_photos
from core.captioning.training.settings import LEARNERS, PhotoTrainSettings
from core.data.captions import CaptionedPhoto
from core.training.progress import Stopwatch, epoch_label, read_epoch

EPOCHS = 2  # of the trial: the first also warms everything up, and the last is what counts
HELD_OUT = 8  # photos of val, at most


def expect_photos(settings: PhotoTrainSettings, found: TrainingData) -> dict[str, float] | None:
    """The seconds of each stage of a run, in their order, as a trial on a batch of its photos lets expect them.

    Returns:
        None where nothing is known: several processes share the work, sentences or boxes are learnt from too, or
        photos of one batch are too few.
    """
    if settings.devices > 1 or settings.texts or settings.phrases:
        return None
    learnt = [photo for photo in found.photos if photo.split in LEARNT]
    val = [photo for photo in found.photos[: found.first] if photo.split == "val"]
    few, few_val = learnt[: settings.batch], val[:HELD_OUT]
    watch = Stopwatch()
    with tempfile.TemporaryDirectory(prefix="glimpse-trial-") as home:
        dataset = Path(home, "captions.json")
        _write(dataset, [*few, *few_val])
        trial = replace(
            settings,
            dataset=(dataset,),
            out=Path(home, "run"),
            epochs=min(settings.epochs, EPOCHS),
            hard_epochs=min(settings.hard_epochs, EPOCHS),
            encoder=replace(settings.encoder, epochs=min(settings.encoder.epochs, EPOCHS)),
            scst=replace(settings.scst, epochs=min(settings.scst.epochs, EPOCHS)),
            least=1,  # of few captions hardly a word comes more often
        )
        with redirect_stderr(io.StringIO()):  # the trial's own figures say nothing
            train_photos(trial, watch)
        watch.stop()
    batches = max(1, len(learnt) // len(few))
    photos = (len(learnt) + len(val)) / (len(few) + len(few_val))
    plan: dict[str, float] = {}
    for stage, (steps, rest) in watch.laps.items():
        epoch = read_epoch(stage)
        if epoch is None:
            plan[stage] = photos * (steps + rest)
        elif epoch[1] == epoch[2]:  # the trial's last
            seconds = batches * steps + len(val) / len(few_val) * rest
            epochs = _epochs(settings, epoch[0])
            plan |= {epoch_label(epoch[0], n + 1, epochs): seconds for n in range(epochs)}
    return plan


def _epochs(settings: PhotoTrainSettings, part: str) -> int:
    """How many a part of the run has."""
    if part in LEARNERS:
        return settings.hard_epochs if LEARNERS[part].kind == "hard" else settings.epochs
    return settings.encoder.epochs if part == "encoder" else settings.scst.epochs


def _write(path: Path, photos: Sequence[CaptionedPhoto]) -> None:
    """Photos in Karpathy's form."""
    images = [
        {"filename": name.rpartition("/")[2], "filepath": name.rpartition("/")[0], "split": photo.split,
         "sentences": [{"tokens": words} for words in photo.captions]}
        for photo in photos for name in [photo.filename]
    ]  # fmt: skip
    path.write_text(json.dumps({"images": images}), encoding="utf-8")
