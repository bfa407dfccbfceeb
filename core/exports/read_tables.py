"""A table of captions opened again, whoever wrote it: none of it is believed before it was looked at."""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from core.captioning.streaming.log import Row
from core.data.caption_entries import FormError, decode, parse_json
from core.data.errors import DataError
from core.data.parquet import ParquetRows
from core.data.printable import printable
from core.views.text import FORMULA

MAX_BYTES = 50_000_000  # of a file
MAX_UNPACKED = 200_000_000  # of a Parquet file's columns
MAX_ROWS = 100_000
MAX_LETTERS = 2_000  # of any text in it
MAX_MODELS = 12
NEEDED = ("photo", "model", "caption")


@dataclass
class CaptionedFile:
    """What a table says of one photo.

    Attributes:
        captions: model -> caption; empty where there are none, and ``problem`` says why.
        distance: how far it lies from the photos that the models learnt from; None where that is not known.
    """

    name: str
    captions: dict[str, str] = field(default_factory=dict)
    distance: float | None = None
    problem: str = ""


def read_table(name: str, data: bytes) -> list[Row]:
    """The rows of a table that :func:`core.exports.tables.write_table` wrote, or that claims to be one.

    Args:
        name: of the file, for sentences.

    Raises:
        DataError: it is no such table, too large, or damaged.
    """
    if len(data) > MAX_BYTES:
        raise DataError(f"{name} is too large: tables of up to {MAX_BYTES // 1_000_000} MB are opened.")
    try:
        if data.startswith(b"PAR1"):
            found = _parquet(data)
        else:
            text = decode(data)
            found = _json_lines(text) if text.lstrip().startswith("{") else _csv(text)
        rows = [_row(n, values) for n, values in enumerate(islice(found, MAX_ROWS + 1), start=1)]
    except FormError as error:
        raise DataError(f"{name} is no table of captions as caption FOLDER --out writes it: {error}.") from error
    if len(rows) > MAX_ROWS:
        raise DataError(f"{name} has too many rows: up to {MAX_ROWS:,} are opened.")
    if not rows:
        raise DataError(f"{name} is a table without rows.")
    return rows


def by_photo(name: str, rows: list[Row]) -> list[CaptionedFile]:
    """The rows of each photo together, in the table's order.

    Raises:
        DataError: there are more models than fit a table for people.
    """
    found: dict[str, CaptionedFile] = {}
    for row in rows:
        one = found.setdefault(row.photo, CaptionedFile(row.photo, distance=row.distance, problem=row.problem or ""))
        if row.model is not None and row.caption is not None:
            one.captions.setdefault(row.model, row.caption)
    if len({model for one in found.values() for model in one.captions}) > MAX_MODELS:
        raise DataError(f"{name} has captions of too many models: up to {MAX_MODELS} are opened.")
    for one in found.values():
        if not one.captions and not one.problem:
            one.problem = "The table says nothing of it."
    return list(found.values())


def _row(number: int, values: Mapping[str, Any]) -> Row:
    photo = _text(number, "photo", values.get("photo"))
    if not photo:
        raise FormError(f"row {number} names no photo")
    texts = {name: _text(number, name, values.get(name)) for name in ("model", "caption", "problem")}
    distance = _number(values.get("distance"))
    return Row(
        photo, texts["model"], texts["caption"], _number(values.get("log_prob")), distance,
        None if distance is None else distance <= 1, texts["problem"],
    )  # fmt: skip


def _text(number: int, name: str, value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > MAX_LETTERS:
        raise FormError(f"the {name} in row {number} is no text of up to {MAX_LETTERS:,} letters")
    return printable(value)


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _need(columns: object) -> None:
    names = list(columns) if isinstance(columns, (list, tuple)) else []
    if missing := [name for name in NEEDED if name not in names]:
        raise FormError(f"it has no column {' and no column '.join(missing)}")


def _csv(text: str) -> Iterator[Mapping[str, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        _need(reader.fieldnames)
        for values in reader:
            yield {name: _unguarded(value) if isinstance(value, str) else None for name, value in values.items()}
    except csv.Error as error:
        raise FormError("it is no whole CSV") from error


def _unguarded(text: str) -> str:
    """A cell without the apostrophe by which it was kept from being a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _json_lines(text: str) -> Iterator[Mapping[str, Any]]:
    for line in filter(str.strip, text.splitlines()):
        values = parse_json(line)
        if not isinstance(values, dict):
            raise FormError("it is no object a line")
        _need(list(values))
        yield values


def _parquet(data: bytes) -> Iterator[Mapping[str, Any]]:
    file = ParquetRows(data, MAX_ROWS)
    _need(file.columns)
    return file.read(Row._fields, MAX_UNPACKED)
