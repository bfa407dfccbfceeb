"""Many photos at once, as somebody hands them over: files or zips, and captions to score against.

Files come from outside: counts and sizes are bounded, and whatever cannot be used is said in a sentence.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from core.captioning.photo import HEAD, MAX_BYTES, kind_of, why_no_photo
from core.data.captions import name_some, parse_captions
from core.data.errors import DataError
from core.data.printable import printable

if TYPE_CHECKING:
    from core.captioning.stream import Source

MAX_PHOTOS = 50
MAX_MEMBERS = 2_000  # of a zip, photos or not
MAX_LIST_BYTES = 4_000_000  # of a zip's own list of them
NAMED = 10  # of what is left out, in one sentence
REFERENCE_TYPES = ["csv", "tsv", "txt", "json", "jsonl", "parquet"]
MAX_REFERENCE_BYTES = 50_000_000  # COCO's Karpathy JSON has 150 MB, Flickr30k's 40


@dataclass(frozen=True)
class Album:
    """Photos to caption.

    Attributes:
        sources: each photo's name, no two alike, and how to get its bytes.
        left_out: what is no photo that could be read, and a sentence why; at most :data:`MAX_PHOTOS` of them.
        notes: a sentence for each thing to know about what was left out.
        alike: names of the photos that were called the same, in different folders: which of them another file means
            by that name cannot be told.
    """

    sources: tuple["Source", ...]
    left_out: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    alike: frozenset[str] = frozenset()


def open_album(files: Sequence[tuple[str, bytes]]) -> Album:
    """Photos and zips of photos, by name and bytes, as one list of at most :data:`MAX_PHOTOS`.

    What a zip holds is told by content, never by name; nothing of it is written anywhere.

    Raises:
        DataError: there is no photo among them.
    """
    sources: dict[str, Source] = {}
    named: dict[str, list[str]] = {}  # what files are called -> what the photos are called here
    left_out: list[tuple[str, str]] = []
    notes: list[str] = []
    more = 0
    for name, data in files:
        try:
            if kind_of(data) == "zip" or name.lower().endswith(".zip"):
                found, others = _unzip(_bare(name), data)
                left_out += others
            else:  # whatever somebody hands over as a photo is a row of its own, and if it is none, that says so
                found = [(_bare(name), partial(bytes, data))]
        except DataError as error:
            notes.append(str(error))
            continue
        for called, read in found:
            photo = _free(called, sources)
            named.setdefault(called, []).append(photo)
            if len(sources) == MAX_PHOTOS:
                more += 1
            else:
                sources[photo] = (photo, read)
    if more:
        notes.append(f"The first {MAX_PHOTOS} photos are used; {more} more are left out.")
    if left_out:
        some = ", ".join(name for name, _ in left_out[:NAMED])
        rest = f" and {len(left_out) - NAMED} more" if len(left_out) > NAMED else ""
        notes.append(f"Left out: {some}{rest}. The table says why.")
    if not sources:
        raise DataError(notes[0] if notes else "There are no photos among these files.")
    alike = frozenset(photo for photos in named.values() if len(photos) > 1 for photo in photos)
    return Album(tuple(sources.values()), tuple(left_out[:MAX_PHOTOS]), tuple(notes), alike)


def found_in(album: Album, names: Iterable[str]) -> dict[str, str]:
    """Which photos of an album are meant by names with folders: a photo's name here -> that name.

    What was handed over has no folder, so photos of one name, here or there, are not taken for each other.
    """
    meant: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        meant.setdefault(name.rpartition("/")[2], []).append(name)
    here = [photo for photo, _ in album.sources if photo not in album.alike]
    return {photo: meant[photo][0] for photo in here if len(meant.get(photo, [])) == 1}


def _unzip(name: str, data: bytes) -> tuple[list["Source"], list[tuple[str, str]]]:
    """The photos in a zip, and what else lies there, without what systems leave behind unseen.

    Raises:
        DataError: it is damaged, holds too many files, or no photo.
    """
    # Listing a member takes ten times the room that it takes in the zip's own list, whose length stands at its end.
    end = data.rfind(b"PK\5\6")
    if end >= 0 and int.from_bytes(data[end + 12 : end + 16], "little") > MAX_LIST_BYTES:
        raise DataError(f"{name} holds too many files: up to {MAX_MEMBERS} are looked at.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise DataError(f"{name} is no zip, or a damaged one.") from error
    members = [member for member in archive.infolist() if not member.is_dir() and not _is_hidden(member.filename)]
    photos: list[Source] = []
    others: list[tuple[str, str]] = []
    for member in members[:MAX_MEMBERS]:
        try:
            reason = why_no_photo(_read(archive, member, HEAD))
        except DataError as error:
            reason = str(error)
        if reason:
            others.append((_bare(member.filename), reason))
        else:
            photos.append((_bare(member.filename), partial(_read, archive, member, MAX_BYTES + 1)))
    if len(members) > MAX_MEMBERS:
        others.append((name, f"Of its {len(members)} files the first {MAX_MEMBERS} were looked at."))
    if not photos:
        raise DataError(f"{name} holds no photos." + (f" {others[0][0]}: {others[0][1]}" if others else ""))
    return photos, others


def _is_hidden(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in parts) or parts[-1] in (
        "Thumbs.db",
        "desktop.ini",
    )


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """A member's first bytes, ``most`` of them, whatever it says of its size.

    Raises:
        DataError: it is a link, too large, or cannot be unpacked.
    """
    if stat.S_ISLNK(member.external_attr >> 16):
        raise DataError("This is a link to another file, which is not followed.")
    if member.file_size > MAX_BYTES:
        raise DataError(f"The photo is too large: up to {MAX_BYTES // 1_000_000} MB are read.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError("The photo is packed in a rare way, which is not read.")  # nor would its size be bounded
    if member.flag_bits & 1:
        raise DataError("The photo is locked with a password.")
    try:
        with archive.open(member) as file:
            return file.read(min(most, member.file_size + 1))  # no more is unpacked than is asked for
    except (OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError("The photo cannot be unpacked.") from error


def _bare(path: str) -> str:
    """A path's last part, fit to be shown."""
    return printable(path.replace("\\", "/").rsplit("/", 1)[-1])


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
