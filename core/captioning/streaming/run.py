"""One run over a collection: what is in there is listed, and captioned a batch at a time; the log has the outcome."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from core.captioning.service import CaptionService
from core.captioning.settings import Settings
from core.captioning.stream import Source, caption_stream
from core.captioning.streaming.log import Caption, Outcome, RunLog
from core.captioning.streaming.places import Place, Unreachable
from core.data.errors import DataError

LISTED = 1_000  # files that are noted at a time


def list_place(log: RunLog, place: Place) -> None:
    """Note in the log what is in the collection.

    Raises:
        DataError: it cannot be read.
    """
    files = place.find()
    while some := list(islice(files, LISTED)):
        log.add(some)


def caption_pending(
    log: RunLog, place: Place, service: CaptionService, models: Sequence[str], settings: Settings
) -> Iterator[Outcome]:
    """Caption what is still to be done; each photo is in the log before it is given.

    Raises:
        CheckpointError: a model is missing, damaged, or does not fit the encoder.
        DataError: the log cannot be written, or the place cannot be reached any more.
    """
    try:
        for outcome in caption_photos(log.pending(), place, service, models, settings):
            log.done(outcome)
            yield outcome
    except Unreachable as error:
        raise DataError(f"{error} The same command goes on where this one stopped.") from error


def caption_photos(
    photos: Iterator[tuple[int, str]], place: Place, service: CaptionService, models: Sequence[str], settings: Settings
) -> Iterator[Outcome]:
    """Caption photos, given by their numbers in the log and their names in the place.

    Raises:
        CheckpointError: as in :func:`caption_pending`.
        Unreachable: the place.
    """
    sources: Iterator[Source] = ((str(number), partial(place.read, name)) for number, name in photos)
    for found in caption_stream(service, sources, models, settings):
        captions = [Caption(model, trace.caption, trace.log_prob) for model, trace in found.traces.items()]
        yield Outcome(int(found.name), captions, found.distance, found.problem)
