"""Photos with captions in Karpathy's JSON, the format of Flickr8k, Flickr30k and COCO in this field.

The JSON holds ``images[] -> filename, split, sentences[] -> tokens``; the photos lie in folders or in zips,
which are read without unpacking.
"""

import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.errors import DataError

MAX_BYTES = 100_000_000  # of one photo's file


@dataclass(frozen=True)
class CaptionedPhoto:
    """One photo of a data set: where it lies, which split it is in, its captions as lists of words."""

    filename: str
    split: str
    captions: tuple[tuple[str, ...], ...]


def read_karpathy(path: Path, splits: Sequence[str] | None = None) -> list[CaptionedPhoto]:
    """Read the photos of ``splits`` (all of them if None), in the file's order.

    Raises:
        DataError: the file is missing, is not JSON, or is not in Karpathy's format.
    """
    try:
        with open(path, encoding="utf-8") as file:
            images = json.load(file)["images"]
        photos = [_photo(image) for image in images]
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(
            f"{path} is not a data set in Karpathy's format: images[] with filename, split and sentences[].tokens."
        ) from error
    return [photo for photo in photos if splits is None or photo.split in splits]


def read_split(path: Path, split: str) -> list[CaptionedPhoto]:
    """Read the photos of one split.

    Raises:
        DataError: as of :func:`read_karpathy`; or there are none, and which splits there are.
    """
    photos = read_karpathy(path)
    found = [photo for photo in photos if photo.split == split]
    if not found:
        splits = ", ".join(sorted({photo.split for photo in photos}))
        raise DataError(f"{path} has no photos in the split {split!r}; it has {splits or 'no photos at all'}.")
    return found


def _photo(image: Mapping[str, Any]) -> CaptionedPhoto:
    captions = [sentence["tokens"] for sentence in image["sentences"]]
    texts = [image["filename"], image["split"], *(word for words in captions for word in words)]
    if not all(isinstance(words, list) for words in captions) or not all(isinstance(text, str) for text in texts):
        raise TypeError("Names, splits and tokens are strings, and the tokens a list of them.")
    return CaptionedPhoto(image["filename"], image["split"], tuple(map(tuple, captions)))


class PhotoFiles:
    """The bytes of photos by name, out of any mix of folders and zips; the first that holds the name wins.

    Raises:
        DataError: a place is neither a folder nor a zip, or is a damaged zip; or no place holds a photo that is
            asked for, or holds it damaged, encrypted, or larger than any photo that is read.
    """

    def __init__(self, places: Sequence[Path]) -> None:
        self._folders: list[Path] = []
        self._zips: dict[str, tuple[zipfile.ZipFile, str]] = {}  # file name -> its zip and its name in there
        for place in map(Path, places):
            if place.is_dir():
                self._folders.append(place)
            elif zipfile.is_zipfile(place):
                try:
                    archive = zipfile.ZipFile(place)
                except (OSError, zipfile.BadZipFile) as error:
                    raise DataError(f"{place} is a damaged zip.") from error
                for member in archive.namelist():
                    for name in (member, member.rsplit("/", 1)[-1]):
                        self._zips.setdefault(name, (archive, member))
            else:
                raise DataError(f"{place} is neither a folder of photos nor a zip.")

    def _holds(self, name: str) -> bool:
        try:
            return name in self._zips or any((folder / name).is_file() for folder in self._folders)
        except (OSError, ValueError):
            return False

    def read(self, filename: str) -> bytes:
        """The bytes of one photo: from where the data set says inside a place, else found by its bare name."""
        name = filename.replace("\\", "/")
        bare = name.rsplit("/", 1)[-1]
        if ".." in name.split("/") or name.startswith("/") or not self._holds(name):
            name = bare
        try:
            for folder in self._folders:
                path = folder / name
                if path.is_file():
                    _check_size(name, path.stat().st_size)
                    return path.read_bytes()
            if name in self._zips:
                archive, member = self._zips[name]
                _check_size(name, archive.getinfo(member).file_size)
                return archive.read(member)
        # RuntimeError: the member is encrypted; NotImplementedError: packed in a way that Python does not know.
        except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"The photo {name} cannot be read where it lies.") from error
        raise DataError(f"The photo {name} is in none of the folders and zips given.")


def _check_size(name: str, size: int) -> None:
    if size > MAX_BYTES:
        raise DataError(f"The photo {name} is too large: up to {MAX_BYTES // 1_000_000} MB are read.")
