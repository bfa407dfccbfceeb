"""Tables of captions on disk: Parquet, CSV or JSON Lines by the file's ending, whole or not there at all.

In a CSV, text that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from core.captioning.album_table import AlbumRow
from core.captioning.streaming.log import Row
from core.data.errors import DataError
from core.files import check_writable, replacing
from core.views.text import cell

ROWS = 10_000  # that are written at a time
PAGE = ".html"  # not a table but a page of one, see :mod:`core.exports.table_page`


def check_table(path: Path) -> None:
    """Find out before the work whether its outcome can be written.

    Raises:
        DataError: the ending is of no table that is written, or the folder cannot be written.
    """
    if path.suffix.lower() not in (*_WRITERS, PAGE):
        raise DataError(f"{path} must end in {', '.join(_WRITERS)} or {PAGE}: that says what is written.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        check_writable(path)
    except IsADirectoryError as error:
        raise DataError(f"{path} is a folder.") from error
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from error


def write_table(path: Path, rows: Iterable[Row]) -> None:
    """Write a table beside its place and then put it there, in one step.

    Raises:
        DataError: it cannot be written, because the disk is full, say; what was there before is still there.
    """
    try:
        with replacing(path) as draft:
            _WRITERS[path.suffix.lower()](draft, iter(rows))
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}.") from error


def table_rows(photos: Iterable[AlbumRow]) -> Iterator[Row]:
    """A row a photo and model, as :func:`write_table` takes them."""
    for one in photos:
        familiar = None if one.distance is None else one.distance <= 1
        if not one.captions:
            yield Row(one.name, None, None, None, one.distance, familiar, one.problem or None)
        for model, caption in one.captions.items():
            log_prob = one.traces[model].log_prob if model in one.traces else None
            yield Row(one.name, model, caption, log_prob, one.distance, familiar, None)


def table_bytes(rows: Iterable[Row], ending: str = ".parquet") -> bytes:
    """The same as the bytes of a file with such an ending."""
    with tempfile.TemporaryDirectory(prefix="glimpse-table-") as folder:
        path = Path(folder, f"captions{ending}")
        _WRITERS[ending](path, iter(rows))
        return path.read_bytes()


def _csv(path: Path, rows: Iterator[Row]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Row._fields)
        for row in rows:
            writer.writerow([cell(value) if isinstance(value, str) else value for value in row])


def _json_lines(path: Path, rows: Iterator[Row]) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            print(json.dumps(row._asdict(), allow_nan=False), file=file)


def _parquet(path: Path, rows: Iterator[Row]) -> None:
    import pyarrow
    import pyarrow.parquet

    kinds = {"log_prob": pyarrow.float64(), "distance": pyarrow.float64(), "familiar": pyarrow.bool_()}
    schema = pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in Row._fields])
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        while some := list(islice(rows, ROWS)):
            columns = dict(zip(Row._fields, zip(*some, strict=True), strict=True))
            writer.write_table(pyarrow.table(columns, schema=schema))


_WRITERS: dict[str, Callable[[Path, Iterator[Row]], None]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".jsonl": _json_lines,
}
