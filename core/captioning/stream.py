"""Photos in, captions out, a batch at a time: what captioning a folder and scoring a data set share.

Every photo passes the encoder once, however many captioners are asked for. While one batch is captioned, the
next one's files are read and decompressed in a thread (Pillow lets go of the interpreter meanwhile).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from PIL import Image
from torch import Tensor

from core.captioning.photo import PhotoError, open_photo, squash
from core.captioning.service import CaptionService
from core.captioning.settings import Settings
from core.data.errors import DataError
from core.trace import CaptionTrace

BATCH = 16  # photos at once: the encoder is no faster with more, and the first captions come sooner

Source = tuple[str, Callable[[], bytes]]  # a photo's name, and how to get its bytes (DataError, PhotoError)


@dataclass(frozen=True)
class Captioned:
    """One photo's outcome.

    Attributes:
        traces: model -> its caption's trace; empty where there is a problem.
        seconds: model -> what this photo took with this model alone: opening it, its share of the encoder's
            batch and of the decoder's.
        distance: how far the photo lies from those that were learnt from, as :meth:`CaptionService.distances` gives it.
        problem: a sentence why the photo could not be used, else None.
    """

    name: str
    traces: dict[str, CaptionTrace] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    distance: float | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Opened:
    """A photo read and squashed, which took ``seconds``, or a sentence what was wrong with it."""

    name: str
    square: Image.Image | None
    seconds: float
    problem: str | None = None


@dataclass(frozen=True)
class Encoded:
    """A batch of photos that passed the encoder, which took ``seconds``.

    Attributes:
        photos: all of the batch, in order.
        grids: (B, rows * columns, channels) of those that could be used, in order; None where none could.
    """

    photos: list[Opened]
    grids: Tensor | None
    seconds: float


def encode_stream(service: CaptionService, sources: Iterable[Source], batch: int = BATCH) -> Iterator[Encoded]:
    """Photos through the encoder, in the order given. One that cannot be used does not stop the rest."""
    waiting, side = iter(sources), service.encoder.side
    with ThreadPoolExecutor(max_workers=1) as reader:
        ahead = reader.submit(_open_batch, list(islice(waiting, batch)), side)
        while opened := ahead.result():
            ahead = reader.submit(_open_batch, list(islice(waiting, batch)), side)
            start = time.perf_counter()
            squares = [photo.square for photo in opened if photo.square is not None]
            grids = service.encode(squares) if squares else None
            yield Encoded(opened, grids, time.perf_counter() - start)


def caption_stream(
    service: CaptionService, sources: Iterable[Source], models: Sequence[str], settings: Settings, batch: int = BATCH
) -> Iterator[Captioned]:
    """Caption photos with each of ``models``, in the order given. A photo that cannot be used does not stop the rest.

    Raises:
        CheckpointError: a model is missing, damaged, or does not fit the encoder.
    """
    for encoded in encode_stream(service, sources, batch):
        yield from _caption_batch(service, encoded, models, settings)


def _open_batch(sources: Sequence[Source], side: int) -> list[Opened]:
    return [_open(name, read, side) for name, read in sources]


def _open(name: str, read: Callable[[], bytes], side: int) -> Opened:
    start = time.perf_counter()
    try:
        # Only the square is kept: a batch of photos at their own sizes would take a hundred megabytes.
        square = Image.fromarray(squash(open_photo(read()), side))
    except (PhotoError, DataError) as error:
        return Opened(name, None, 0.0, str(error))
    return Opened(name, square, time.perf_counter() - start)


def _caption_batch(
    service: CaptionService, encoded: Encoded, models: Sequence[str], settings: Settings
) -> Iterator[Captioned]:
    traces: dict[str, Iterator[CaptionTrace]] = {}
    shares: dict[str, float] = {}  # model -> seconds a photo
    if encoded.grids is not None:
        start = time.perf_counter()
        distances = iter(service.distances(encoded.grids))
        encoding = encoded.seconds + time.perf_counter() - start
        for model in models:
            start = time.perf_counter()
            traces[model] = iter(service.caption(encoded.grids, model, settings))
            shares[model] = (encoding + time.perf_counter() - start) / len(encoded.grids)
    for photo in encoded.photos:
        if photo.square is None:
            yield Captioned(photo.name, problem=photo.problem)
        else:
            yield Captioned(
                photo.name,
                traces={model: next(traces[model]) for model in models},
                seconds={model: photo.seconds + shares[model] for model in models},
                distance=next(distances),
            )
