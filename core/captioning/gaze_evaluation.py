"""Where captioners look before they name something, on a data set whose phrases are tied to boxes.

Every photo is captioned in two ways. *Forced*: what people wrote, read word by word with teacher forcing, so that the
look before a word is the one that the model takes there whatever it would have said itself. A word that it does not
know is read as the unknown token, as in training. A phrase counts at its last word, its noun. *Own*: the model's own
caption, at the words that name one of the things that people named (:mod:`core.captioning.naming`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.captioning.gaze_metrics import NamingLook, figures
from core.captioning.naming import Words, named_things, naming_words, nouns
from core.captioning.service import CaptionService
from core.captioning.settings import Settings
from core.captioning.stream import Opened, encode_stream
from core.captioning.training.teacher_forcing import collate, teacher_forced
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles
from core.data.phrases import PhotoPhrases
from core.trace import CaptionTrace

WRONG = 12  # looks that a results file keeps to be shown


@dataclass(frozen=True)
class OwnCaption:
    """The words that a model says of a photo, and its looks before those of them that name something."""

    photo: str
    words: list[str]
    looks: list[NamingLook]


@dataclass(frozen=True)
class GazeEvaluation:
    """One model's looks on a data set.

    Attributes:
        attention: "none", "soft" or "hard".
        split: the parts of the data set that the photos are of.
        own: a caption a photo.
        forced: for every caption that people wrote, the looks before the nouns of its phrases.
    """

    model: str
    attention: str
    split: str
    grid: tuple[int, int]
    own: list[OwnCaption] = field(default_factory=list)
    forced: list[list[NamingLook]] = field(default_factory=list)

    def scores(self) -> dict[str, Any]:
        """The JSON object of the command line: model, split, n, grid, and the figures of own and forced captions."""
        return {
            "model": self.model,
            "split": self.split,
            "n": len(self.own),
            "grid": list(self.grid),
            "own": figures([one.looks for one in self.own]),
            "forced": figures(self.forced),
        }

    def wrong(self, count: int = WRONG) -> list[dict[str, Any]]:
        """The looks of own captions with the least weight in the boxes, one a photo, as a results file keeps them.

        Of equally wrong ones, to the percent, the first are those that miss more of the photo. There are none of a
        model without attention, whose looks say nothing.
        """
        told = [] if self.attention == "none" else self.own
        worst = [(one, min(one.looks, key=_missed)) for one in told if one.looks]
        worst.sort(key=lambda pair: _missed(pair[1]))
        return [
            {
                "photo": one.photo,
                "words": one.words,
                "step": look.step,
                "kind": look.kind,
                "inside": round(look.inside, 4),
                "boxes": [[round(corner, 4) for corner in box] for box in look.boxes],
                "glimpse": look.glimpse,
                "alpha": look.alpha.round(4).tolist(),
            }
            for one, look in worst[:count]
        ]


def _missed(look: NamingLook) -> tuple[float, float]:
    return round(look.inside, 2), -look.chance


def gaze_evaluate(
    service: CaptionService,
    photos: Sequence[CaptionedPhoto],
    phrases: Mapping[str, PhotoPhrases],
    files: PhotoFiles,
    models: Sequence[str],
    settings: Settings,
    progress: Callable[[Opened], None] | None = None,
) -> list[GazeEvaluation]:
    """Look at a data set's photos with each model, on one encoder pass a photo.

    A photo that cannot be read is left out of the figures; ``progress`` is told of every photo, of that one with its
    problem.

    Args:
        photos: what to look at; a file name that comes again is passed over, and so is one without phrases.
        phrases: by file name, as :func:`core.data.phrases.read_phrases` reads them beside the photos.
        models: names of captioners, as :meth:`CaptionService.caption` takes them.
        settings: how the models write their own captions.
        progress: called with each photo, in order.

    Raises:
        DataError: no photo could be looked at.
        CheckpointError: a model is missing, damaged, or does not fit the encoder.
    """
    captions = {photo.filename: photo.captions for photo in reversed(photos) if photo.filename in phrases}
    names = list(dict.fromkeys(photo.filename for photo in photos if photo.filename in phrases))
    split = "+".join(sorted({photo.split for photo in photos}))
    evaluations = [
        GazeEvaluation(model, service.config(model)["attention"], split, service.grid(model)) for model in models
    ]
    for batch in encode_stream(service, [(name, partial(files.read, name)) for name in names], models):
        seen = {photo.name: (captions[photo.name], phrases[photo.name]) for photo in batch.photos if photo.squares}
        for evaluation in evaluations if seen else ():
            grids = batch.seen[evaluation.model]
            traces = service.caption(grids, evaluation.model, settings)
            evaluation.own.extend(map(_own, seen, traces, seen.values()))
            evaluation.forced.extend(_forced(service, evaluation.model, grids, list(seen.values())))
        if progress:
            for photo in batch.photos:
                progress(photo)
    if not all(evaluation.own for evaluation in evaluations):
        raise DataError("None of the photos could be looked at.")
    return evaluations


def _own(photo: str, trace: CaptionTrace, told: tuple[Sequence[Words], PhotoPhrases]) -> OwnCaption:
    things = named_things(*told)
    looks = []
    for n, noun in naming_words(trace.words, things):
        step, thing = trace.steps[n], things[noun]
        looks.append(NamingLook(n, noun, thing.kind, thing.boxes, np.asarray(step.alpha), step.glimpse))
    return OwnCaption(photo, trace.words, looks)


@torch.inference_mode()
def _forced(
    service: CaptionService, model: str, grids: Tensor, told: Sequence[tuple[Sequence[Words], PhotoPhrases]]
) -> list[list[NamingLook]]:
    """The looks at the nouns of every caption that people wrote of these photos, a hard model's cell the likeliest."""
    rows, columns = service.grid(model)
    read = [
        (row, caption, named, phrases.boxes)
        for row, (captions, phrases) in enumerate(told)
        for caption, own in zip(captions, phrases.captions, strict=True)
        if (named := nouns(caption, own))
    ]
    if not read:
        return []
    read.sort(key=lambda one: -len(one[1]))  # as they are collated
    with service.opened(model) as (captioner, vocabulary):
        batch = collate([(row, vocabulary.encode(caption)) for row, caption, _, _ in read])
        no_noise = grids.new_zeros(*batch.tokens.shape, rows * columns)
        forced = teacher_forced(captioner, grids, batch, no_noise)
    looks = []
    for n, (_, _, named, boxes) in enumerate(read):
        steps = forced.alpha[forced.row == n].view(-1, rows, columns)  # a word after the other
        alphas = steps[[phrase.noun for phrase, _ in named]].numpy()
        pairs = zip(named, alphas, strict=True)
        looks.append([NamingLook(one.noun, noun, one.kind, boxes[one.entity], alpha) for (one, noun), alpha in pairs])
    return looks
