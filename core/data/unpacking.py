"""A zip of somebody's data, unpacked into a folder: nothing leads out of it, and nothing is larger than is allowed."""

import stat
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from core.data.errors import DataError
from core.data.photo_files import bad_name

MAX_FILES = 20_000
MAX_BYTES = 1_000_000_000  # of all files together
MAX_LIST_BYTES = 4_000_000  # of the zip's own list of them
_CHUNK = 1 << 20


def unpack(file: BinaryIO, folder: Path, most_files: int = MAX_FILES, most_bytes: int = MAX_BYTES) -> Path:
    """Unpack a zip into a folder that is empty; what systems leave behind unseen is passed over.

    Returns:
        the folder in which the data are: where the zip holds one folder and nothing beside it, that one.

    Raises:
        DataError: it is no zip, damaged, or holds too much, a link, or a name that leads elsewhere.
    """
    try:
        _check_list(file)
        with zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
            if len(members) > most_files or sum(member.file_size for member in members) > most_bytes:
                raise DataError(
                    f"The zip holds too much: up to {most_files:,} files and {most_bytes // 1_000_000:,} MB are taken."
                )
            left = most_bytes
            for member in members:
                left -= _extract(archive, member, folder, left)
    # RuntimeError: the member is encrypted; NotImplementedError: packed in a way that Python does not know.
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, DataError):
            raise
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no zip, or a damaged one"
        raise DataError(f"The file cannot be unpacked: {why}.") from error
    if not members:
        raise DataError("The zip is empty.")
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _check_list(file: BinaryIO) -> None:
    """Listing a member takes ten times the room that it takes in the zip's own list, whose length stands at its end."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 70_000))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(b"PK\5\6")
    if end >= 0 and int.from_bytes(tail[end + 12 : end + 16], "little") > MAX_LIST_BYTES:
        raise DataError("The zip holds too many files.")


def _is_hidden(path: str) -> bool:
    parts = path.split("/")
    return any(part == "__MACOSX" for part in parts) or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, left: int) -> int:
    """Write one member; returns its bytes. A zip may lie about sizes: no more than ``left`` are ever written."""
    name = member.filename.replace("\\", "/")
    if problem := bad_name(name):
        raise DataError(f"The zip holds a file {name[:100]!r}: {problem}.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise DataError(f"The zip holds {name[:100]}, a link, which is not followed.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(f"{name[:100]} is packed in a rare way, which is not read.")  # nor would its size be bounded
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member) as source, open(path, "xb") as target:
        while some := source.read(_CHUNK):
            written += len(some)
            if written > left:
                raise DataError("The zip holds more than it says, so it was not unpacked.")
            target.write(some)
    return written
