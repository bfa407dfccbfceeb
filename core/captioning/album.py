"""Many photos at once, as somebody hands them over: files or zips, and captions to score against.

Files come from outside: counts and sizes are bounded, and whatever cannot be used is said in a sentence.
"""

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from core.captioning.photo import MAX_BYTES
from core.data.errors import DataError

if TYPE_CHECKING:
    from core.captioning.stream import Source

MAX_PHOTOS = 50
MAX_MEMBERS = 10_000  # of a zip, photos or not
MAX_REFERENCE_BYTES = 50_000_000  # COCO's Karpathy JSON has 150 MB, Flickr30k's 40
PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff")
PHOTO_COLUMNS = ("photo", "image", "filename", "file", "file_name", "image_name", "name")


@dataclass(frozen=True)
class Album:
    """Photos to caption.

    Attributes:
        sources: each photo's name, no two alike, and how to get its bytes.
        notes: a sentence for each thing that was left out.
    """

    sources: tuple["Source", ...]
    notes: tuple[str, ...]


def open_album(files: Sequence[tuple[str, bytes]]) -> Album:
    """Photos and zips of photos, by name and bytes, as one list of at most :data:`MAX_PHOTOS`.

    Raises:
        DataError: there is no photo among them.
    """
    sources: dict[str, Source] = {}
    notes: list[str] = []
    more = 0
    for name, data in files:
        try:
            found = _unzip(name, data) if name.lower().endswith(".zip") else [(_bare(name), lambda data=data: data)]
        except DataError as error:
            notes.append(str(error))
            continue
        for photo, read in found:
            if len(sources) == MAX_PHOTOS:
                more += 1
            else:
                photo = _free(photo, sources)
                sources[photo] = (photo, read)
    if more:
        notes.append(f"The first {MAX_PHOTOS} photos are used; {more} more are left out.")
    if not sources:
        raise DataError(notes[0] if notes else "There are no photos among these files.")
    return Album(tuple(sources.values()), tuple(notes))


def _unzip(name: str, data: bytes) -> list["Source"]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [member for member in archive.infolist()[:MAX_MEMBERS] if _is_photo(member.filename)]
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise DataError(f"{name} is no zip, or a damaged one.") from error
    if not members:
        raise DataError(f"{name} holds no photos.")
    return [(_bare(member.filename), partial(_read, archive, member)) for member in members]


def _is_photo(path: str) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.split("/"))
    return path.lower().endswith(PHOTO_ENDINGS) and not hidden


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.file_size > MAX_BYTES:
        raise DataError(f"The photo is too large: up to {MAX_BYTES // 1_000_000} MB are read.")
    try:
        return archive.read(member)
    # RuntimeError: encrypted; NotImplementedError: packed in a way that Python does not know.
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError("The photo cannot be unpacked.") from error


def _bare(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _free(name: str, taken: Mapping[str, object]) -> str:
    """The name, numbered where it is taken: photos of one name in different folders are different photos."""
    stem, dot, ending = name.rpartition(".")
    n, free = 1, name
    while free in taken:
        n += 1
        free = f"{stem} ({n}){dot}{ending}" if dot else f"{name} ({n})"
    return free


def read_references(name: str, data: bytes) -> dict[str, list[str]]:
    """Reference captions by the photo's bare file name, in the form that captions have.

    A JSON is in Karpathy's format. A CSV names the photo in a column "photo", "image", "filename" or the like, or in
    its first one; every other column holds captions, and a photo may come in several rows.

    Raises:
        DataError: the file is neither, too large, or holds no captions.
    """
    if len(data) > MAX_REFERENCE_BYTES:
        raise DataError(f"{name} is too large: up to {MAX_REFERENCE_BYTES // 1_000_000} MB are read.")
    try:
        text = data.decode("utf-8-sig")
        pairs = _from_json(text) if name.lower().endswith(".json") else _from_csv(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error) as error:
        raise DataError(
            f"{name} is neither a CSV of photos and captions nor a data set in Karpathy's format."
        ) from error
    references: dict[str, list[str]] = {}
    for photo, caption in pairs:
        if caption:
            references.setdefault(_bare(photo), []).append(caption)
    if not references:
        raise DataError(f"{name} holds no captions.")
    return references


def _from_json(text: str) -> list[tuple[str, str]]:
    return [
        (str(image["filename"]), " ".join(map(str, sentence["tokens"])))
        for image in json.loads(text)["images"]
        for sentence in image["sentences"]
    ]


def _from_csv(text: str) -> list[tuple[str, str]]:
    from core.captioning.comparison import split_words

    lines = text.splitlines()
    separator = max(",;\t", key=lines[0].count) if lines else ","
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    names = [cell.strip().lower() for cell in head]
    column = next((names.index(name) for name in PHOTO_COLUMNS if name in names), None)
    if column is None:  # no heading: the first line is a photo already
        column, rows = 0, [head, *rows]
    return [
        (row[column].strip(), " ".join(split_words(cell)))
        for row in rows
        if len(row) > column
        for place, cell in enumerate(row)
        if place != column
    ]


def score_album(
    model: str, captions: Mapping[str, Mapping[str, str]], references: Mapping[str, Sequence[str]]
) -> tuple[dict[str, float | None], dict[str, dict[str, float]]]:
    """One model's scores over the photos that have references, and those of each photo; both empty where none has.

    METEOR is None: a page does not wait for Java.

    Args:
        captions: photo -> model -> caption.
        references: photo -> captions of people.
    """
    from core.results.caption_metrics import score_captions, score_each

    scored = {
        photo: by_model[model] for photo, by_model in captions.items() if model in by_model and references.get(photo)
    }
    return (score_captions(scored, references, meteor=False), score_each(scored, references)) if scored else ({}, {})
