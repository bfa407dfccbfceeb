"""Captions in tables: CSV and TSV, a JSON object a line, Parquet, and Flickr8k's token file.

Which column names the photos, which hold captions and which says the split is found by what they are called, else by
what is in them. A column that is none of these is no caption. A photo may come in several rows.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from core.data.caption_entries import MAX_ROWS, Entries, Entry, FormError, Sentence, bounded, parse_json
from core.data.parquet import ParquetRows

MAX_UNPACKED = 2_000_000_000  # bytes of a Parquet file's columns
MAX_COLUMNS = 1_000
SAMPLE = 200  # rows that a column is judged by
MAX_CELL = 10_000  # letters of a Parquet file's cell that are looked at

# What columns are called, the best names first; before they are compared, "Image Name" becomes image_name.
PHOTOS = [
    "file_name",
    "filename",
    "image_file",
    "image_filename",
    "image_name",
    "image",
    "photo",
    "photo_name",
    "img",
    "file",
    "image_path",
    "img_path",
    "path",
    "filepath",
    "name",
    "image_id",
    "img_id",
    "id",
]
CAPTIONS = tuple(
    re.compile(rf"(?:{names})(?:_?\d+)?")
    for names in ("captions?|caption_text", "sentences?", "raw", "texts?", "comments?|descriptions?")
)
SPLITS = ("split", "set", "subset", "partition")
SPLIT_NAMES = {
    "training": "train", "validation": "val", "valid": "val", "dev": "val", "development": "val", "testing": "test",
    **{name: name for name in ("train", "restval", "val", "test")},
}  # fmt: skip
_PHOTO = re.compile(r"[^\n]+\.(jpe?g|jfif|png|apng|gif|webp|bmp|tiff?|hei[cf]|avif|jp2|mpo)(\.\d+)?", re.IGNORECASE)
_TOKEN_LINE = re.compile(r"([^\t\n]+)#\d+\t(.*)")


class _Columns(NamedTuple):
    """Which columns hold what, by number."""

    photo: int
    captions: list[int]
    split: int | None
    folder: int | None = None


def is_token_file(text: str) -> bool:
    """Whether the text is ``photo.jpg#0<tab>caption``, a line a caption, as Flickr8k and Flickr30k came."""
    return bool(_TOKEN_LINE.fullmatch(_first_line(text)))


def read_token_file(text: str) -> Entries:
    """The entries of a file that :func:`is_token_file`.

    Raises:
        FormError: a line is of another form.
    """

    def entries() -> Iterator[Entry]:
        for n, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                found = _TOKEN_LINE.fullmatch(line)
                if not found:
                    raise FormError(f"its line {n} is not of the form photo.jpg#0, tab, caption")
                yield Entry(found[1], [Sentence(found[2])])

    return Entries("Flickr8k's token file", bounded(entries()))


def read_json_lines(text: str) -> Entries:
    """The entries of a file with a JSON object a line, such as imagefolder's ``metadata.jsonl``.

    Raises:
        FormError: a line is none, or no column names photos or holds captions.
    """
    rows = []
    for n, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                rows.append(parse_json(line))
            except FormError as error:
                raise FormError(f"of its line {n}: {error}") from error
    return rows_of_objects(rows, "a JSON object a line")


def rows_of_objects(rows: Sequence[Any], kind: str) -> Entries:
    """The entries of rows that are objects, which need not all have the same keys."""
    if not all(isinstance(row, dict) for row in rows):
        raise FormError("its rows are no objects with photos and captions")
    header = list(dict.fromkeys(key for row in rows for key in row))
    _check_width(len(header))
    table = [[row.get(key) for key in header] for row in rows]
    return _entries(table, _named(header, table), header, kind)


def read_parquet(data: bytes) -> Entries:
    """The entries of a Parquet file, such as imagefolder's ``metadata.parquet``; only the columns that count are read.

    Raises:
        FormError: it is damaged, too large, or no column names photos or holds captions.
    """
    file = ParquetRows(data, MAX_ROWS)
    header = file.columns
    _check_width(len(header))

    seen: dict[str, str] = {}  # a text that many rows share is kept once

    def listed(names: Collection[str], rows: int | None = None) -> Iterator[list[Any]]:
        # As many columns as before, so that their numbers stay; those that do not count are empty.
        return ([_beginning(row.get(name), seen) for name in header] for row in file.read(names, MAX_UNPACKED, rows))

    columns = _named(header, list(listed(file.within(MAX_UNPACKED), SAMPLE)))
    wanted = [header[n] for n in (columns.photo, *columns.captions, columns.split, columns.folder) if n is not None]
    return _entries(list(listed(wanted)), columns, header, "Parquet")


def _beginning(value: Any, seen: dict[str, str]) -> Any:
    """A cell without what no caption has any more: the rest of what is too long for one, and is left out later."""
    if isinstance(value, list):
        return [_beginning(one, seen) for one in value]
    if isinstance(value, str):
        return seen.setdefault(value[:MAX_CELL], value[:MAX_CELL])
    return value[:MAX_CELL] if isinstance(value, bytes) else value


def read_csv(text: str) -> Entries:
    """The entries of a CSV or TSV, with a heading or without.

    Raises:
        FormError: no column names photos, or none holds captions.
    """
    first = _first_line(text)
    problem: FormError | None = None
    for delimiter in (one for one in "\t;|," if one in first):
        try:
            rows = _split_rows(text, delimiter)
            _check_width(len(rows[0]) if rows else 0)
            header = _header(rows)
            body = rows[1:] if header else rows
            width = len(header) if header else min(map(len, body))
            whole = [row for row in body if len(row) == width]  # the others have commas that were not quoted
            named = dict(enumerate(map(_plain, header))) if header else {}
            columns = _found(width, whole, named)
        except FormError as error:
            problem = problem or error
            continue
        table = (_joined(row, width, columns, delimiter) for row in body)
        return _entries(table, columns, header, "a TSV" if delimiter == "\t" else "a CSV")
    raise problem or FormError("it is no table")


def _split_rows(text: str, delimiter: str) -> list[list[str]]:
    """The cells of a table's rows, empty rows left out; quotes that do not pair are letters like others."""

    def split(**options: Any) -> list[list[str]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, **options)
        rows = []
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) > MAX_ROWS:
                raise FormError(f"it has more than {MAX_ROWS:,} rows")
        return rows

    try:
        rows = split(strict=True)
        swallowed = any("\n" in cell and _swallows(cell, delimiter) for row in rows for cell in row)
    except csv.Error:
        swallowed = True
    try:
        return split(quoting=csv.QUOTE_NONE) if swallowed else rows
    except csv.Error as error:
        raise FormError(f"a row of it cannot be read ({error})") from error


def _swallows(cell: str, delimiter: str) -> bool:
    """Whether a quote that was never closed made one cell of several rows."""
    return any(_PHOTO.fullmatch(line.split(delimiter)[0].strip(' "')) for line in cell.split("\n")[1:])


def _joined(row: list[str], width: int, columns: _Columns, delimiter: str) -> list[str]:
    """A row as wide as the table: cells too many are parts of a caption that was not quoted."""
    more = len(row) - width
    if more <= 0 or len(columns.captions) != 1:
        return row + [""] * -more
    at = columns.captions[0]
    return [*row[:at], f"{delimiter} ".join(row[at : at + more + 1]), *row[at + more + 1 :]]


def _header(rows: Sequence[Sequence[str]]) -> list[str] | None:
    """The first row, if it says what the columns are."""
    if not rows:
        raise FormError("it is empty")
    first = list(rows[0])
    if any(_is_photo(cell) for cell in first):
        return None
    known = any(_plain(cell) in PHOTOS or _rank(cell) is not None for cell in first)
    others = rows[1 : SAMPLE + 1]
    below = any(sum(_is_photo(row[n]) for row in others if len(row) > n) * 2 > len(others) for n in range(len(first)))
    return first if known or (others and below) else None


def _named(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> _Columns:
    return _found(len(header), rows, dict(enumerate(map(_plain, header))))


def _found(count: int, rows: Sequence[Sequence[Any]], called: Mapping[int, str]) -> _Columns:
    """The columns by their names, if they have any, and by what is in them where names say nothing."""
    sample = rows[:SAMPLE]

    def share(n: int, test: Callable[[Any], bool]) -> float:
        cells = [row[n] for row in sample if len(row) > n and row[n] not in (None, "")]
        return sum(map(test, cells)) / len(cells) if cells else 0.0

    named = sorted((n for n, name in called.items() if name in PHOTOS), key=lambda n: PHOTOS.index(called[n]))
    like = [n for n in range(count) if share(n, _is_photo) > 0.5]
    photo = next((n for n in named if n in like), None)
    photo = next(iter(named or like), None) if photo is None else photo
    if photo is None and not called and share(0, _is_word) == 1:
        photo = 0
    if photo is None:
        raise FormError("no column of it names photos")
    split = next((n for n, name in called.items() if name in SPLITS), None)
    if split is None and not called:
        split = next((n for n in range(count) if share(n, _is_split) == 1), None)
    others = [n for n in range(count) if n not in (photo, split)]
    ranks = {n: rank for n in others if (rank := _rank(called.get(n, ""))) is not None}
    captions = [n for n in others if n in ranks and ranks[n] == min(ranks.values())]
    captions = captions or [n for n in others if n not in named and share(n, _is_prose) >= 0.5]
    if not captions:
        raise FormError("no column of it holds captions")
    folder = next((n for n, name in called.items() if name == "filepath" and n != photo and n not in like), None)
    return _Columns(photo, captions, split, folder)


def _entries(rows: Iterable[Sequence[Any]], columns: _Columns, header: Sequence[str] | None, kind: str) -> Entries:
    def entries() -> Iterator[Entry]:
        for n, row in enumerate(rows, start=1):
            photo, split = _name(row[columns.photo], n), None
            if columns.folder is not None and row[columns.folder]:
                photo = f"{_name(row[columns.folder], n).strip('/')}/{photo}"
            if columns.split is not None:
                split = row[columns.split]
                if not isinstance(split, str | None):
                    raise FormError(f"the split in its row {n} is no text")
            sentences = [sentence for at in columns.captions for sentence in _sentences(row[at], n)]
            yield Entry(photo, sentences, "" if columns.split is not None and split is None else split)

    if header:
        names = ", ".join(header[at] for at in columns.captions[:3]) + (", ..." if len(columns.captions) > 3 else "")
        kind = f"{kind} (photos in its column {header[columns.photo]}, captions in {names})"
    return Entries(kind, bounded(entries()))


def _check_width(columns: int) -> None:
    if columns > MAX_COLUMNS:
        raise FormError(f"it has more than {MAX_COLUMNS:,} columns")


def _name(cell: Any, row: int) -> str:
    if isinstance(cell, dict):  # a picture as the datasets library writes it: bytes, path
        cell = cell.get("path")
    if not isinstance(cell, str) or not cell.strip():
        raise FormError(f"the photo in its row {row} has no name that is text")
    return cell.strip()


def _sentences(cell: Any, row: int) -> Iterator[Sentence]:
    """The captions in a cell: one, a list of them, or such a list written as JSON."""
    if isinstance(cell, str) and cell.lstrip().startswith('["') and cell.rstrip().endswith('"]'):
        with suppress(ValueError, RecursionError):
            cell = json.loads(cell)
    for one in cell if isinstance(cell, list) else [cell]:
        if isinstance(one, dict) and isinstance(one.get("raw"), str):
            one = one["raw"]
        if not isinstance(one, str | None):
            raise FormError(f"a caption in its row {row} is no text")
        yield Sentence(one)


def _first_line(text: str) -> str:
    return next((line for line in text[:100_000].splitlines() if line.strip()), "")


def _plain(name: Any) -> str:
    return re.sub(r"[\s_-]+", "_", str(name).strip().lower())


def _rank(name: str) -> int | None:
    """How good a name is for a column of captions, 0 the best; None for one that says something else."""
    return next((n for n, names in enumerate(CAPTIONS) if names.fullmatch(_plain(name))), None)


def _is_photo(cell: Any) -> bool:
    if isinstance(cell, dict):
        cell = cell.get("path")
    return isinstance(cell, str) and bool(_PHOTO.fullmatch(cell.strip()))


def _is_word(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell.split()) == 1


def _is_split(cell: Any) -> bool:
    return isinstance(cell, str) and cell.strip().lower() in SPLIT_NAMES


def _is_prose(cell: Any) -> bool:
    if isinstance(cell, list):
        return bool(cell) and all(map(_is_prose, cell))
    return isinstance(cell, str) and " " in cell.strip() and any(letter.isalpha() for letter in cell)
