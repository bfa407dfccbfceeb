"""Sentences without photos: a text file with one a line, plain or packed by gzip."""

import gzip
import re
import zlib
from pathlib import Path

from core.data.errors import DataError

MAX_BYTES = 200_000_000  # of the text, unpacked; that of 370,000 captions is 19 million
MAX_LETTERS = 2_000  # of one sentence
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")


def words(sentence: str) -> list[str]:
    """The words of a sentence as the tokens of Karpathy's data sets write them: small letters, no punctuation."""
    return _WORD.findall(sentence.lower())


def read_sentences(path: Path) -> list[list[str]]:
    """The sentences of a file, as words; empty lines are left out.

    Raises:
        DataError: the file is missing, damaged, too large, or no text of one sentence a line.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8")
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read, or is damaged.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text in UTF-8.") from error
    if len(data) > MAX_BYTES:
        raise DataError(f"{path} is too large: texts of up to {MAX_BYTES // 1_000_000} MB are read.")
    lines = text.splitlines()
    if any(len(line) > MAX_LETTERS for line in lines):
        raise DataError(f"{path} is not one sentence a line: a line is longer than {MAX_LETTERS:,} letters.")
    return [found for line in lines if (found := words(line))]
