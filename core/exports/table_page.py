"""A table of captions as one page to look through: thumbnails and sentences, bounded in size, and nothing fetched."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from core.captioning import gallery
from core.captioning.photo import MAX_BYTES as MAX_PHOTO_BYTES
from core.captioning.photo import PhotoError, encode_jpeg, open_photo
from core.captioning.streaming.log import Row
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles
from core.exports import report
from core.exports.report import report_html
from core.exports.tables import PAGE, write_table
from core.files import write_whole
from core.views.figures import describe_distance

MAX_PHOTOS = 2_000
MAX_PICTURE_BYTES = 30_000_000  # of all thumbnails together


def write_table_or_page(path: Path, rows: Iterable[Row], folder: Path) -> list[str]:
    """Write a table, or a page of it where the path ends so; a sentence for each kind of thing that is left out.

    Args:
        folder: of the photos; only a page needs it.

    Raises:
        DataError: it cannot be written, or the folder is none.
    """
    if path.suffix.lower() == PAGE:
        return write_page(path, rows, PhotoFiles([folder]).read)
    write_table(path, rows)
    return []


def write_page(
    path: Path,
    rows: Iterable[Row],
    read: Callable[[str], bytes],
    most_photos: int = MAX_PHOTOS,
    most_bytes: int = MAX_PICTURE_BYTES,
) -> list[str]:
    """Write a table as a page; a sentence for each kind of thing that is left out, which the page says, too.

    Args:
        rows: those of a photo stand together.
        read: a photo's name in the table -> its file; raises DataError where there is none.

    Raises:
        DataError: the page cannot be written; what was there before is still there.
    """
    shown: list[report.Row] = []
    size = without = more = 0
    for photo in _photos(rows):
        if len(shown) == most_photos:
            more += 1
            continue
        jpeg = b"" if photo.problem or size > most_bytes else _thumbnail(read, photo.name)
        without += not (jpeg or photo.problem)
        size += len(jpeg)
        shown.append(report.Row(photo.name, jpeg, photo.captions, problem=photo.problem, doubt=photo.doubt))
    notes = []
    if more:
        notes.append(
            f"The first {len(shown):,} photos are shown; {more:,} more are left out, so that a browser opens it."
        )
    if without:
        why = "cannot be found, or would make the page too large"
        notes.append(f"{without:,} of them are shown without their pictures, which {why}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, report_html(shown, about=notes))
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}.") from error
    return notes


def _photos(rows: Iterable[Row]) -> Iterator[report.Row]:
    for name, group in groupby(rows, key=lambda row: row.photo):
        captions: dict[str, str] = {}
        problem, distance = "", None
        for row in group:
            problem, distance = row.problem or problem, row.distance
            if row.model is not None and row.caption is not None:
                captions[row.model] = row.caption
        yield report.Row(name, b"", captions, problem=problem, doubt=describe_distance(distance))


def _thumbnail(read: Callable[[str], bytes], name: str) -> bytes:
    """Nothing where there is no such photo any more."""
    try:
        data = read(name)
        return b"" if len(data) > MAX_PHOTO_BYTES else encode_jpeg(gallery.thumbnail(open_photo(data)))
    except (DataError, PhotoError):
        return b""
