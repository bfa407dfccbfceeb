"""Where a collection of photos lies: a folder of this machine, or any address that fsspec knows."""

import hashlib
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from core.captioning.photo import MAX_BYTES, PhotoError
from core.captioning.streaming.log import Found
from core.data.errors import DataError

# What file systems call by which another version of a file is told from this one.
VERSIONS = ("mtime", "LastModified", "last_modified", "updated", "ETag", "etag", "date_time", "CRC")


class Unreachable(OSError):
    """The place does not answer: that says nothing about the photo, which is still to be done. The message is a
    sentence."""


class Place(Protocol):
    """A collection of photos. It can be sent to another process, which then reads from it itself.

    Attributes:
        address: what it is called, the same in every sitting.
    """

    @property
    def address(self) -> str: ...

    def find(self) -> Iterator[Found]:
        """The files in there and in the folders below, hidden ones left out.

        Raises:
            DataError: the place cannot be read.
        """

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            PhotoError: it cannot be read.
            Unreachable: the whole place cannot, at the moment.
        """


def open_place(text: str, besides: Collection[Path] = ()) -> Place:
    """The place that a folder's path or an address, such as ``s3://bucket/photos`` or ``zip://::photos.zip``, names.

    Args:
        besides: files that are not of the collection: the table and its log, where they lie in the folder.

    Raises:
        DataError: it is neither a folder nor an address that can be opened.
    """
    path = text.removeprefix("file://")
    if is_address(path):
        return RemoteFolder(path)
    if not Path(path).is_dir():
        raise DataError(f"{text} is no folder.")
    return LocalFolder(Path(path), besides)


def is_address(text: str) -> bool:
    """Whether a text is an address for fsspec, and no path of this machine."""
    return bool(re.match(r"[A-Za-z0-9+_.-]{2,}://", text) or "::" in text)


class LocalFolder:
    """A folder of this machine; links to folders are not followed."""

    def __init__(self, folder: Path, besides: Collection[Path] = ()) -> None:
        self.folder = folder.resolve()
        self._besides = {path.resolve() for path in besides}

    @property
    def address(self) -> str:
        return str(self.folder)

    def find(self) -> Iterator[Found]:
        waiting = [self.folder]
        while waiting:
            inside = waiting.pop()
            try:
                with os.scandir(inside) as entries:
                    for entry in entries:
                        if _is_hidden(entry.name):
                            continue
                        path = Path(entry.path)
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(path)
                        elif not (self._besides and path.resolve() in self._besides):
                            yield self._found(entry)
            except OSError as error:
                why = f"The folder cannot be read: {error.strerror}."
                if inside == self.folder:
                    raise DataError(f"{self.folder}: {why}") from error
                yield Found(inside.relative_to(self.folder).as_posix() + "/", 0, 0, why)

    def _found(self, entry: os.DirEntry[str]) -> Found:
        name = Path(entry.path).relative_to(self.folder).as_posix()
        try:
            about = entry.stat()
            if not entry.is_file():
                what = "a link to a folder, which is not followed" if entry.is_dir() else "no file"
                return Found(name, 0, 0, f"This is {what}.")
            return Found(name, about.st_size, about.st_mtime_ns)
        except OSError as error:
            return Found(name, 0, 0, f"The file cannot be read: {error.strerror}.")

    def read(self, name: str) -> bytes:
        path = self.folder / name
        try:
            _check_size(path.stat().st_size)
            return path.read_bytes()
        except OSError as error:
            raise PhotoError(f"The file cannot be read: {error.strerror or error}.") from error


class RemoteFolder:
    """What lies at an address that fsspec knows; S3, Google Cloud and others need a package of their own beside it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._open()

    def _open(self) -> tuple[Any, str]:
        """The file system and where in there the collection lies. fsspec keeps the ones it has opened."""
        import fsspec

        try:
            system, root = fsspec.url_to_fs(self.address)
        except Exception as error:  # each file system has its own, and those of its packages
            raise DataError(f"{self.address} cannot be opened: {_sentence(error)}") from error
        return system, root.rstrip("/")

    def find(self) -> Iterator[Found]:
        system, root = self._open()
        try:
            if not system.isdir(root):
                raise DataError(f"{self.address} is no folder.")
            for inside, folders, files in system.walk(root, detail=True, on_error="raise"):
                for name in [name for name in folders if _is_hidden(name)]:
                    del folders[name]  # those are not walked, either
                within = inside[len(root) :].strip("/")
                for name, about in files.items():
                    if name and not _is_hidden(name):
                        yield Found(f"{within}/{name}".lstrip("/"), about.get("size") or 0, _version(about))
        except DataError:
            raise
        except Exception as error:
            raise DataError(f"{self.address} cannot be listed: {_sentence(error)}") from error

    def read(self, name: str) -> bytes:
        try:
            system, root = self._open()
            data: bytes = system.cat_file(f"{root}/{name}" if root else name)
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            raise PhotoError(f"The file cannot be read: {_sentence(error)}") from error
        except Exception as error:
            raise Unreachable(f"{self.address} cannot be reached: {_sentence(error)}") from error
        _check_size(len(data))
        return data


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _version(about: Mapping[str, Any]) -> int:
    """A number of 63 bits that changes with a file, as far as its file system says so."""
    said = repr([about.get(name) for name in VERSIONS])
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big") >> 1


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise PhotoError(f"The file is too large: photos of up to {MAX_BYTES // 1_000_000} MB are read.")


def _sentence(error: Exception) -> str:
    """The first line of what an error says, as a sentence."""
    said = (str(error) or type(error).__name__).strip().splitlines()[0][:300]
    return said if said.endswith(".") else f"{said}."
