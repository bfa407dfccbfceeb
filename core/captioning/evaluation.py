"""A data set's photos captioned by some models, to be scored: one encoder pass a photo, however many models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from core.captioning.service import CaptionService
from core.captioning.settings import Settings
from core.captioning.stream import Captioned, caption_stream
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles
from core.results.caption_metrics import score_captions


@dataclass(frozen=True)
class CaptionEvaluation:
    """One model's outcome on a data set.

    Attributes:
        split: the parts of the data set that the photos are of.
        captions: photo -> caption.
        references: photo -> what people wrote of it; of more photos than were captioned, maybe.
        seconds: what captioning the photos takes with this model alone.
    """

    model: str
    split: str
    beam: int
    captions: dict[str, str]
    references: dict[str, list[str]]
    seconds: float

    @cached_property
    def scores(self) -> dict[str, Any]:
        """The JSON object of the command line: model, split, n, beam, :data:`METRICS`, seconds.

        Computed when it is first asked for, which takes METEOR some seconds. ``n`` counts the captions.
        """
        return {
            "model": self.model,
            "split": self.split,
            "n": len(self.captions),
            "beam": self.beam,
            **score_captions(self.captions, self.references),
            "seconds": self.seconds,
        }


def corpus_evaluate(
    service: CaptionService,
    photos: Sequence[CaptionedPhoto],
    files: PhotoFiles,
    models: Sequence[str],
    settings: Settings,
    progress: Callable[[Captioned], None] | None = None,
) -> list[CaptionEvaluation]:
    """Caption a data set's photos with each model, on one encoder pass a photo, to score the captions.

    A photo that cannot be read is left out of the scores; ``progress`` is told of every photo, of that one with
    its problem.

    Args:
        photos: what to caption, with references; a file name that comes again is passed over.
        models: names of captioners, as :meth:`CaptionService.caption` takes them.
        progress: called with each photo's outcome, in order.

    Raises:
        DataError: no photo could be captioned.
        CheckpointError: a model is missing, damaged, or does not fit the encoder.
    """
    references: dict[str, list[str]] = {}
    for photo in photos:
        references.setdefault(photo.filename, [" ".join(caption) for caption in photo.captions])
    captions: dict[str, dict[str, str]] = {model: {} for model in models}
    seconds = dict.fromkeys(models, 0.0)

    def read(name: str) -> bytes:
        if not references[name]:
            raise DataError("It has no captions to be scored against.")
        return files.read(name)

    sources = [(name, partial(read, name)) for name in references]
    for outcome in caption_stream(service, sources, models, settings):
        for model, trace in outcome.traces.items():
            captions[model][outcome.name] = trace.caption
            seconds[model] += outcome.seconds[model]
        if progress:
            progress(outcome)
    if not all(captions.values()):
        raise DataError("None of the photos could be captioned.")
    split = "+".join(sorted({photo.split for photo in photos}))
    return [
        CaptionEvaluation(model, split, settings.width, captions[model], references, seconds[model]) for model in models
    ]
