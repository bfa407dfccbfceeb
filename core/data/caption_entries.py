"""What every form of captions is read as, before it becomes a data set: entries of photos, as the file has them."""

import codecs
import json
from collections.abc import Iterable
from typing import Any, NamedTuple, NoReturn

from core.data.errors import DataError

MAX_ROWS = 3_000_000  # captions; all of COCO's training has 590,000

_MARKS = (  # the longer ones first: UTF-32's begins as UTF-16's does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Sentence(NamedTuple):
    """A caption: as written, as words, or both."""

    raw: str | None
    tokens: list[str] | None = None


class Entry(NamedTuple):
    """What one place of a file says of a photo; a photo may have several."""

    photo: str
    sentences: list[Sentence]
    split: str | None = None


class Entries(NamedTuple):
    """What a file holds, and what it was taken for, to be said in a sentence: "a CSV, captions in its column text"."""

    kind: str
    entries: list[Entry]


class FormError(ValueError):
    """What is wrong with a file, without its name and without a full stop."""


def decode(data: bytes) -> str:
    """The text of a file, with whatever byte order mark.

    Raises:
        FormError: it is no text in UTF-8, or in what its mark says.
    """
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FormError("it is no text in UTF-8") from error


def parse_json(text: str) -> Any:
    """JSON as its standard has it, which knows no NaN.

    Raises:
        FormError: it is not.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise FormError("it is no JSON that can be read: it is nested too deeply") from error
    except FormError:
        raise
    except json.JSONDecodeError as error:
        raise FormError(f"it is no whole JSON ({error.msg} in line {error.lineno})") from error
    except ValueError as error:
        raise FormError("it is no JSON that can be read: a number in it is too long") from error


def _refuse(constant: str) -> NoReturn:
    raise FormError(f"it holds {constant}, which is neither JSON nor a caption")


def bounded(entries: Iterable[Entry]) -> list[Entry]:
    """All entries, if they are not too many.

    Raises:
        DataError: they are.
    """
    kept: list[Entry] = []
    count = 0
    for entry in entries:
        count += max(1, len(entry.sentences))
        if count > MAX_ROWS:
            raise DataError(f"Data sets of up to {MAX_ROWS:,} captions are read, and this one has more.")
        kept.append(entry)
    return kept
