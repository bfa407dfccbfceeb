"""Many photos at once, as somebody hands them over: files or zips, and captions to score against.

Files come from outside: counts and sizes are bounded, and whatever cannot be used is said in a sentence.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from core.captioning.photo import MAX_BYTES
from core.data.captions import name_some, parse_captions
from core.data.errors import DataError

if TYPE_CHECKING:
    from core.captioning.stream import Source

MAX_PHOTOS = 50
MAX_MEMBERS = 10_000  # of a zip, photos or not
REFERENCE_TYPES = ["csv", "tsv", "txt", "json", "jsonl", "parquet"]
MAX_REFERENCE_BYTES = 50_000_000  # COCO's Karpathy JSON has 150 MB, Flickr30k's 40
PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff")


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


class References(NamedTuple):
    """Captions by people: by the photo's bare file name, words joined by spaces; and sentences on what was found."""

    captions: dict[str, list[str]]
    notes: tuple[str, ...]


def read_references(name: str, data: bytes) -> References:
    """Reference captions in any form that :mod:`core.data.captions` reads, whatever split their photos are in.

    An uploaded photo has no folder: captions of photos that differ in their folders alone are left out.

    Raises:
        DataError: the file is of no such form, too large, or holds no captions.
    """
    if len(data) > MAX_REFERENCE_BYTES:
        raise DataError(f"{name} is too large: up to {MAX_REFERENCE_BYTES // 1_000_000} MB are read.")
    found = parse_captions(name, data)
    folders: dict[str, str] = {}
    captions: dict[str, list[str]] = {}
    unclear: dict[str, None] = {}
    for photo in found.photos:
        folder, _, bare = photo.filename.rpartition("/")
        if folder and folders.setdefault(bare, folder) != folder:
            unclear[bare] = None
        captions.setdefault(bare, []).extend(" ".join(words) for words in photo.captions)
    notes = [f"{name}: {found.found}", *found.notes]
    if unclear:
        notes.append(f"Photos of one name in several folders cannot be told apart here: {name_some(unclear)}.")
    return References({bare: own for bare, own in captions.items() if bare not in unclear}, tuple(notes))


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
