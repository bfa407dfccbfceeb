"""Photos in, captions out, a batch at a time: what captioning a folder and scoring a data set share.

Every photo passes an encoder once, however many captioners see with it. While one batch is captioned, the
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
        distance: how far the photo lies from those that were learnt from, as :meth:`CaptionService.distances` gives it;
            where models see with several encoders, the largest.
        problem: a sentence why the photo could not be used, else None.
    """

    name: str
    traces: dict[str, CaptionTrace] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    distance: float | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Opened:
    """A photo read and squashed, which took ``seconds``, or a sentence what was wrong with it.

    Attributes:
        squares: side -> the photo squashed to it; empty where there is a problem.
    """

    name: str
    squares: dict[int, Image.Image]
    seconds: float
    problem: str | None = None


@dataclass(frozen=True)
class Encoded:
    """A batch of photos that passed the encoders.

    Attributes:
        photos: all of the batch, in order.
        seen: model -> what it sees, as :meth:`CaptionService.encode` gives it, of those that could be used, in order;
            empty where none could. Models of one encoder share one tensor.
        seconds: model -> what its encoder took.
    """

    photos: list[Opened]
    seen: dict[str, Tensor]
    seconds: dict[str, float]


def encode_stream(
    service: CaptionService, sources: Iterable[Source], models: Sequence[str], batch: int = BATCH
) -> Iterator[Encoded]:
    """Photos through the encoders of ``models``, in the order given. One that cannot be used does not stop the rest.

    Raises:
        CheckpointError: a model is missing or damaged.
    """
    sharing: dict[tuple[str, int], list[str]] = {}  # what is seen with -> the models that see so
    for model in models:
        sharing.setdefault(service.sight(model), []).append(model)
    sides = sorted({side for _, side in sharing})
    waiting = iter(sources)
    with ThreadPoolExecutor(max_workers=1) as reader:
        ahead = reader.submit(_open_batch, list(islice(waiting, batch)), sides)
        while opened := ahead.result():
            ahead = reader.submit(_open_batch, list(islice(waiting, batch)), sides)
            encoded = Encoded(opened, {}, {})
            for (_, side), sharers in sharing.items():
                start = time.perf_counter()
                if squares := [photo.squares[side] for photo in opened if photo.squares]:
                    encoded.seen.update(dict.fromkeys(sharers, service.encode(squares, sharers[0])))
                encoded.seconds.update(dict.fromkeys(sharers, time.perf_counter() - start))
            yield encoded


def caption_stream(
    service: CaptionService, sources: Iterable[Source], models: Sequence[str], settings: Settings, batch: int = BATCH
) -> Iterator[Captioned]:
    """Caption photos with each of ``models``, in the order given. A photo that cannot be used does not stop the rest.

    Raises:
        CheckpointError: a model is missing or damaged, or its encoder is.
    """
    for encoded in encode_stream(service, sources, models, batch):
        yield from _caption_batch(service, encoded, models, settings)


def _open_batch(sources: Sequence[Source], sides: Sequence[int]) -> list[Opened]:
    return [_open(name, read, sides) for name, read in sources]


def _open(name: str, read: Callable[[], bytes], sides: Sequence[int]) -> Opened:
    start = time.perf_counter()
    try:
        # Only the squares are kept: a batch of photos at their own sizes would take a hundred megabytes.
        photo = open_photo(read())
        squares = {side: Image.fromarray(squash(photo, side)) for side in sides}
    except (PhotoError, DataError) as error:
        return Opened(name, {}, 0.0, str(error))
    return Opened(name, squares, time.perf_counter() - start)


def _caption_batch(
    service: CaptionService, encoded: Encoded, models: Sequence[str], settings: Settings
) -> Iterator[Captioned]:
    traces: dict[str, Iterator[CaptionTrace]] = {}
    shares: dict[str, float] = {}  # model -> seconds a photo
    distances: list[list[float | None]] = []
    for model, seen in encoded.seen.items():
        start = time.perf_counter()
        distances.append(service.distances(seen, model))
        traces[model] = iter(service.caption(seen, model, settings))
        shares[model] = (encoded.seconds[model] + time.perf_counter() - start) / len(seen)
    farthest = iter([max((d for d in row if d is not None), default=None) for row in zip(*distances, strict=True)])
    for photo in encoded.photos:
        if not photo.squares:
            yield Captioned(photo.name, problem=photo.problem)
        else:
            yield Captioned(
                photo.name,
                traces={model: next(traces[model]) for model in models},
                seconds={model: photo.seconds + shares[model] for model in models},
                distance=next(farthest),
            )
