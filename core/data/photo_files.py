"""The photos of a data set: which file in folders and zips an entry means, and its bytes, read without unpacking."""

import os
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from core.data.errors import DataError

MAX_BYTES = 100_000_000  # of one photo's file
MAX_FILES = 5_000_000  # in all the folders and zips


class _File(NamedTuple):
    """A file in one of the places: where it lies in there, and the zip it is in, None for a folder."""

    place: Path
    name: str
    archive: zipfile.ZipFile | None

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders it lies in, the place's own name first, and its name."""
        return (self.place.resolve().name, *self.name.split("/"))


class PhotoFiles:
    """The bytes of photos by name, out of any mix of folders and zips.

    A name may begin with folders, which the places need not have, or have more of: ``val2014/1.jpg`` is found as
    ``1.jpg``, and ``1.jpg`` as ``train/1.jpg``, as long as there is one such photo only. Which photo is meant is never
    guessed.

    Args:
        places: folders and zips.
        names: what the data set calls its photos; where two of them differ in their folders alone, these count.

    Raises:
        DataError: a place is neither a folder nor a zip, or is a damaged zip; or no place holds a photo that is
            asked for, or several do, or it is damaged, encrypted, or larger than any photo that is read.
    """

    def __init__(self, places: Sequence[Path], names: Iterable[str] = ()) -> None:
        self._bare = Counter(name.rsplit("/", 1)[-1] for name in set(names))
        self._places: list[tuple[Path, zipfile.ZipFile | None]] = []
        for place in map(Path, places):
            if place.is_dir():
                self._places.append((place, None))
            elif zipfile.is_zipfile(place):
                try:
                    self._places.append((place, zipfile.ZipFile(place)))
                except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
                    raise DataError(f"{place} is a damaged zip.") from error
            else:
                raise DataError(f"{place} is neither a folder of photos nor a zip.")

    def read(self, name: str) -> bytes:
        """The bytes of one photo."""
        return self._read(self._find(name), name)

    def missing(self, names: Iterable[str]) -> dict[str, str]:
        """Those of the names that no photo is found for, and a sentence why; none is opened."""
        found: dict[str, str] = {}
        for name in names:
            try:
                self._find(name)
            except DataError as error:
                found[name] = str(error)
        return found

    def _find(self, name: str) -> _File:
        if problem := bad_name(name):
            raise DataError(f"The photo {name!r} is not looked for: {problem}.")
        exact = [file for place, archive in self._places if (file := self._exact(place, archive, name))]
        files = exact or self._like(name)
        if not files:
            raise DataError(f"The photo {name} is in none of the folders and zips given.")
        if len(files) > 1 and len({self._read(file, name) for file in files}) > 1:
            where = " and ".join("/".join(file.parts) for file in files[:3])
            raise DataError(f"Which photo {name} is cannot be told: there are {where}.")
        return files[0]

    def _exact(self, place: Path, archive: zipfile.ZipFile | None, name: str) -> _File | None:
        """The file that lies in a place just as it is called."""
        try:
            there = (place / name).is_file() if archive is None else name in archive.NameToInfo
        except (OSError, ValueError):  # too long a name, a zero byte in it
            there = False
        return _File(place, name, archive) if there else None

    def _like(self, name: str) -> list[_File]:
        """The files whose folders agree best with those of the name."""
        parts = name.split("/")
        files = self._by_bare_name.get(parts[-1], [])
        shared = [_shared(parts, file.parts) for file in files]
        best = [file for file, n in zip(files, shared, strict=True) if n == max(shared)]
        if best and max(shared) < len(parts) and (len(files) > 1 or self._bare[parts[-1]] > 1):
            return []  # the folder that the name says is none of those, and another photo may be meant
        return best

    @cached_property
    def _by_bare_name(self) -> dict[str, list[_File]]:
        """All files of all places; only made where a photo does not lie just where its name says."""
        files: defaultdict[str, list[_File]] = defaultdict(list)
        count = 0
        for place, archive in self._places:
            for name in _walk(place) if archive is None else archive.namelist():
                count += 1
                if count > MAX_FILES:
                    raise DataError(f"There are more than {MAX_FILES:,} files; give the folders of the photos alone.")
                if not bad_name(name):
                    files[name.rsplit("/", 1)[-1]].append(_File(place, name, archive))
        return files

    @staticmethod
    def _read(file: _File, name: str) -> bytes:
        try:
            if file.archive is None:
                path = file.place / file.name
                _check_size(name, path.stat().st_size)
                return path.read_bytes()
            _check_size(name, file.archive.getinfo(file.name).file_size)
            return file.archive.read(file.name)
        # RuntimeError: the member is encrypted; NotImplementedError: packed in a way that Python does not know.
        except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"The photo {name} cannot be read where it lies.") from error


def bad_name(name: str) -> str:
    """Why a photo of this name is not looked for, without a full stop; "" where nothing is wrong with it."""
    if not name or name.endswith("/") or not name.isprintable():
        return "it is no name of a file"
    if name.startswith("/") or name[1:3] == ":/":
        return "its name must say where it lies in the folder of photos, not on somebody's disk"
    if ".." in name.split("/"):
        return "its name leads out of the folder of photos"
    return ""


def _walk(folder: Path) -> Iterable[str]:
    """The files in a folder and those below, by their names in there, in a fixed order."""
    for within, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(within, name).relative_to(folder).as_posix()


def _shared(parts: Sequence[str], others: Sequence[str]) -> int:
    """How many parts of two paths are the same, from the last on."""
    n = 0
    for one, other in zip(reversed(parts), reversed(others), strict=False):
        if one != other:
            break
        n += 1
    return n


def _check_size(name: str, size: int) -> None:
    if size > MAX_BYTES:
        raise DataError(f"The photo {name} is too large: up to {MAX_BYTES // 1_000_000} MB are read.")
