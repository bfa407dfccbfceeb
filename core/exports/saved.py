"""A trace as a file: with the photo it is of, the weights, the settings and the decisions that make it again."""

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial

from core.captioning.settings import Decisions, Settings
from core.trace import CaptionTrace, WordStep
from core.views.text import line, plain

FORMAT = "glimpse caption 1"  # the number goes up when older code could not read the file any more
SEVERAL = "glimpse captions 1"  # of a file that holds several
MAX_BYTES = 4_000_000  # a caption of 50 words takes a quarter of a megabyte, and three with twelve heads
MAX_CAPTIONS = 8  # in one file
_DAMAGED = "This is no whole caption: the file is something else, or damaged."
MAX_WORDS, MAX_TEXT, MAX_GRID, MAX_SIDE, MAX_HEADS = 50, 1_000, 64, 100_000, 32


class SavedTraceError(ValueError):
    """A file that is no saved trace; the message is a sentence for the person who gave it."""


@dataclass(frozen=True)
class Photo:
    """Which photo a trace is of, without its pixels.

    Attributes:
        name: its file's name, or its title.
        width, height: pixels of the upright photo that was captioned.
        sha256: of the file's bytes, None where there was no file.
        gallery: its id in the gallery, None elsewhere.
        credit: whose it is, on what terms.
        distance: how far what the models saw of it lies from what they learnt from; beyond 1 the caption is a guess.
            None where that was not measured.
    """

    name: str
    width: int
    height: int
    sha256: str | None = None
    gallery: str | None = None
    credit: str = ""
    distance: float | None = None

    @classmethod
    def of_file(cls, name: str, size: tuple[int, int], data: bytes, distance: float | None = None) -> "Photo":
        """The photo in a file of these bytes, whose upright picture has this size (width, height)."""
        return cls(line(name), *size, sha256=hashlib.sha256(data).hexdigest(), distance=distance)


@dataclass(frozen=True)
class SavedTrace:
    """A trace and all that is needed to get it again.

    Attributes:
        trace: the caption.
        photo: what it is of.
        checkpoint: sha256 of the model's weights.
        settings: fields of the ``Settings`` that it was decoded with; those left out have their defaults.
        words: the words of the ``Decisions``, by step.
        gazes: the cells (row * columns + column) of the ``Decisions``, by step.
        blank: the cells that were blanked out of the photo.
        forbidden: the forbidden words of the ``Decisions``, by step.
    """

    trace: CaptionTrace
    photo: Photo
    checkpoint: str
    settings: dict[str, str | int | float]
    words: dict[int, str]
    gazes: dict[int, tuple[int, ...]]
    blank: tuple[int, ...]
    forbidden: dict[int, tuple[str, ...]] = field(default_factory=dict)


def trace_json(
    trace: CaptionTrace,
    photo: Photo,
    checkpoint: str,
    settings: Settings | None = None,
    decisions: Decisions | None = None,
    blank: Sequence[int] = (),
) -> bytes:
    """A trace as a JSON file, which :func:`read_trace_json` gives back.

    Args:
        trace: the caption.
        photo: what it is of.
        checkpoint: sha256 of the model's weights.
        settings: what it was decoded with.
        decisions: what was decided for the model.
        blank: the cells (row * columns + column) that were blanked out of the photo.
    """
    words, gazes = (dict(decisions.words), dict(decisions.gazes)) if decisions else ({}, {})
    forbidden = {step: list(said) for step, said in decisions.forbidden} if decisions else {}
    data = {
        "format": FORMAT,
        "caption": trace.caption,
        "photo": asdict(photo),
        "checkpoint": checkpoint,
        "settings": asdict(settings) if settings else {},
        "decisions": {
            "words": words,
            "gazes": {step: list(cells) for step, cells in gazes.items()},
            "blank": list(blank),
            **({"forbidden": forbidden} if forbidden else {}),  # older versions read the file without it
        },
        "trace": json.loads(trace.to_json()),
    }
    return (json.dumps(data, allow_nan=False) + "\n").encode("ascii")


def traces_json(saved: Sequence[bytes]) -> bytes:
    """Several of what :func:`trace_json` gives as one file, which :func:`read_traces_json` gives back."""
    captions = [json.loads(one) for one in saved]
    return (json.dumps({"format": SEVERAL, "captions": captions}, allow_nan=False) + "\n").encode("ascii")


def read_trace_json(data: bytes) -> SavedTrace:
    """Read what :func:`trace_json` wrote, which may come from anybody.

    Raises:
        SavedTraceError: the file is too large, not such a trace, or contradicts itself.
    """
    return _saved(_parsed(data, MAX_BYTES))


def read_traces_json(data: bytes) -> list[SavedTrace]:
    """Read what :func:`trace_json` or :func:`traces_json` wrote, which may come from anybody.

    Raises:
        SavedTraceError: the file is too large, holds no or too many traces, or one that contradicts itself.
    """
    read = _parsed(data, MAX_BYTES * MAX_CAPTIONS)
    if not isinstance(read, dict) or read.get("format") != SEVERAL:
        return [_saved(read)]
    captions = read.get("captions")
    if not isinstance(captions, list) or not 1 <= len(captions) <= MAX_CAPTIONS:
        raise SavedTraceError(f"Such a file holds 1 to {MAX_CAPTIONS} captions.")
    return [_saved(one) for one in captions]


def _parsed(data: bytes, most: int) -> object:
    if len(data) > most:
        raise SavedTraceError(f"The file is too large for a caption: up to {most // 1_000_000} MB are read.")
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise SavedTraceError(_DAMAGED) from error


def _saved(read: object) -> SavedTrace:
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise SavedTraceError("This is not a caption that was saved here, or not by this version.")
    try:
        decisions = read["decisions"]
        saved = SavedTrace(
            trace=CaptionTrace.from_json(json.dumps(read["trace"])),
            photo=Photo(**read["photo"]),
            checkpoint=read["checkpoint"],
            settings=dict(read["settings"]),
            words={int(step): word for step, word in decisions["words"].items()},
            gazes={int(step): tuple(cells) for step, cells in decisions["gazes"].items()},
            blank=tuple(decisions["blank"]),
            forbidden={int(step): tuple(said) for step, said in decisions.get("forbidden", {}).items()},
        )
        _check(saved)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise SavedTraceError(_DAMAGED) from error
    return saved


def _check(saved: SavedTrace) -> None:
    """Everything has its type and its bounds; raises ValueError or TypeError."""
    trace, photo = saved.trace, saved.photo
    given = [text for text in (photo.sha256, photo.gallery) if text is not None]
    for text in (trace.model, photo.name, photo.credit, saved.checkpoint, *given):
        _text(text)
    for side in (photo.width, photo.height):
        _whole(side, 1, MAX_SIDE)
    if photo.distance is not None:
        _number(photo.distance, 0, 1e6)
    _true(trace.attention in ("none", "soft", "hard") and isinstance(trace.ended, bool))
    _number(trace.log_prob, -1e6, 1e-3)
    _true(len(trace.grid) == 2 and len(trace.steps) <= MAX_WORDS)
    rows, columns = (_whole(side, 1, MAX_GRID) for side in trace.grid)
    for step in trace.steps:
        _check_step(step, rows, columns)
    for name, value in saved.settings.items():
        SETTINGS[name](value)
    _true(len(saved.words) <= MAX_WORDS + 1 and len(saved.gazes) <= MAX_WORDS + 1)
    _true(len(saved.forbidden) <= MAX_WORDS + 1 and all(len(said) <= MAX_WORDS for said in saved.forbidden.values()))
    for place in (*saved.words, *saved.gazes, *saved.forbidden):
        _whole(place, 0, MAX_WORDS)
    for word in (*saved.words.values(), *(word for said in saved.forbidden.values() for word in said)):
        _text(word)
    for cells in (saved.blank, *saved.gazes.values()):
        _true(len(cells) <= rows * columns)
        for cell in cells:
            _whole(cell, 0, rows * columns - 1)


def _check_step(step: WordStep, rows: int, columns: int) -> None:
    heads = [head for layer in step.heads for head in layer]
    _true(len(step.candidates) <= MAX_WORDS and len(heads) <= MAX_HEADS)
    _true(len({len(layer) for layer in step.heads}) <= 1)
    for word, prob in ((step.word, step.prob), *step.candidates):
        _text(word)
        _number(prob, 0, 1.001)
    _number(step.gate, 0, 1.001)
    _number(step.on_nothing, 0, 1.001)
    for alpha in (step.alpha, *heads):
        _true(len(alpha) == rows and all(len(weights) == columns for weights in alpha))
        for weight in (weight for weights in alpha for weight in weights):
            _number(weight, 0, 1.001)
        _true(abs(math.fsum(weight for weights in alpha for weight in weights) - 1) < 0.01)
    if step.glimpse is not None:
        row, column = step.glimpse
        _whole(row, 0, rows - 1)
        _whole(column, 0, columns - 1)
    _true(isinstance(step.word_forced, bool) and isinstance(step.gaze_forced, bool))


def _true(holds: bool) -> None:
    if not holds:
        raise ValueError("The parts contradict each other.")


def _text(value: object) -> None:
    if not isinstance(value, str) or len(value) > MAX_TEXT or plain(value) != value or len(value.splitlines()) > 1:
        raise TypeError("This must be a short line of text.")


def _number(value: object, least: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"This must be a number from {least} to {most}.")


def _whole(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"This must be a whole number from {least} to {most}.")
    return value


# The fields of Settings, which a page may pass on as they are: it has bounds of its own.
_COUNT = partial(_whole, least=0, most=2**63)
_FACTOR = partial(_number, least=0, most=1e6)
SETTINGS: dict[str, Callable[[object], object]] = {
    "method": _text,
    "beam": _COUNT,
    "length_penalty": _FACTOR,
    "temperature": _FACTOR,
    "seed": _COUNT,
    "max_words": _COUNT,
    "no_repeat": _COUNT,
    "glimpse": _text,
    "candidates": _COUNT,
}
