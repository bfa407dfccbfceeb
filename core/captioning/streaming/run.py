"""One run over a folder: what is in there is listed and captioned a batch at a time; the log has what came of it."""

import os
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from core.captioning.photo import MAX_BYTES, PhotoError
from core.captioning.service import CaptionService
from core.captioning.settings import Settings
from core.captioning.stream import Captioned, Source, caption_stream
from core.captioning.streaming.log import Caption, Found, RunLog
from core.data.errors import DataError

LISTED = 1_000  # files that are noted at a time


def find(folder: Path, besides: Collection[Path]) -> Iterator[Found]:
    """The files in a folder and in those below, hidden ones left out; links to folders are not followed.

    Args:
        besides: files that are not of the collection: the table and its log, where they lie in the folder.

    Raises:
        DataError: the folder cannot be read.
    """
    waiting = [folder]
    others = {path.resolve() for path in besides}
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(inside) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name == "__MACOSX":
                        continue
                    path = Path(entry.path)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path)
                    elif not (others and path.resolve() in others):
                        yield _found(folder, entry)
        except OSError as error:
            why = f"The folder cannot be read: {error.strerror}."
            if inside == folder:
                raise DataError(f"{folder}: {why}") from error
            yield Found(inside.relative_to(folder).as_posix() + "/", 0, 0, why)


def _found(folder: Path, entry: os.DirEntry[str]) -> Found:
    name = Path(entry.path).relative_to(folder).as_posix()
    try:
        about = entry.stat()
        if not entry.is_file():
            what = "a link to a folder, which is not followed" if entry.is_dir() else "no file"
            return Found(name, 0, 0, f"This is {what}.")
        return Found(name, about.st_size, about.st_mtime_ns)
    except OSError as error:
        return Found(name, 0, 0, f"The file cannot be read: {error.strerror}.")


def list_folder(log: RunLog, folder: Path, besides: Collection[Path]) -> None:
    """Note in the log what is in the folder.

    Raises:
        DataError: the folder cannot be read.
    """
    files = find(folder, besides)
    while some := list(islice(files, LISTED)):
        log.add(some)


def caption_pending(
    log: RunLog, folder: Path, service: CaptionService, models: Sequence[str], settings: Settings
) -> Iterator[Captioned]:
    """Caption what is still to be done; each photo is in the log before it is given.

    Raises:
        CheckpointError: a model is missing, damaged, or does not fit the encoder.
        DataError: the log cannot be written.
    """
    sources: Iterator[Source] = ((str(number), partial(_read, folder / name)) for number, name in log.pending())
    for outcome in caption_stream(service, sources, models, settings):
        captions = [Caption(model, trace.caption, trace.log_prob) for model, trace in outcome.traces.items()]
        log.done(int(outcome.name), captions, outcome.distance, outcome.problem)
        yield outcome


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PhotoError(f"The file is too large: photos of up to {MAX_BYTES // 1_000_000} MB are read.")
        return path.read_bytes()
    except OSError as error:
        raise PhotoError(f"The file cannot be read: {error.strerror or error}.") from error
