"""Checkpoint folders as one file to pass on, and such a file opened: a zip, which may come from anybody.

Nothing that a zip says is trusted: not its sizes, nor its names. What is written are files of checkpoints, in folders
whose names lead nowhere else.
"""

import io
import re
import stat
import zipfile
import zlib
from pathlib import Path

from core import checkpoints
from core.checkpoints import CARD, CONFIG, MAX_CONFIG_BYTES, WEIGHTS, CheckpointError

FAMILIARITY = "familiarity.safetensors"  # what :mod:`core.captioning.out_of_distribution` lays beside an encoder
FILES = {CONFIG: MAX_CONFIG_BYTES, WEIGHTS: 200_000_000, CARD: 1_000_000, FAMILIARITY: 20_000_000}
MAX_ENTRIES = 500  # of a zip, what systems leave behind among them
MAX_DEPTH = 3  # folders within each other
MAX_LIST_BYTES = 200_000  # of a zip's own list of what it holds
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UNREADABLE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error)
LITTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
NO_ZIP = "This is not a zip file that can be read."


def pack(folder: Path) -> bytes:
    """The checkpoints in a folder as the bytes of a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for checkpoint in checkpoints.list_checkpoints(folder):
            for name in FILES:
                if (checkpoint.path / name).is_file():
                    archive.write(checkpoint.path / name, f"{checkpoint.name}/{name}")
    return buffer.getvalue()


def extract(data: bytes, folder: Path, most_folders: int, most_bytes: int, name: str = "model") -> list[Path]:
    """Write a zip's checkpoints into ``folder``, which is empty; nothing of what was written is of use if this fails.

    Args:
        most_folders: checkpoints in it.
        most_bytes: of all files together, unpacked.
        name: of the folder for files that lie in none.

    Returns:
        The checkpoints' folders, by name.

    Raises:
        CheckpointError: it is no zip, too large, or holds anything else than checkpoints' files in folders.
    """
    # Listing a member takes ten times the room that it takes in the zip's own list, whose length stands at its end.
    end = data.rfind(b"PK\5\6")
    if end >= 0 and int.from_bytes(data[end + 12 : end + 16], "little") > MAX_LIST_BYTES:
        raise CheckpointError("This zip holds far more files than a model has.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_ENTRIES:
                raise CheckpointError("This zip holds far more files than a model has.")
            wanted = {_place(entry, name): entry for entry in entries if not _is_litter(entry.filename)}
            if len(wanted) < sum(not _is_litter(entry.filename) for entry in entries):
                raise CheckpointError("This zip holds two files of one name.")
            if len({place[:-1] for place in wanted}) > most_folders:
                raise CheckpointError(f"This zip holds more than {most_folders} folders; give fewer at a time.")
            left = most_bytes
            for place, entry in wanted.items():
                content = _read(archive, entry, min(left, FILES[place[-1]]), most_bytes)
                left -= len(content)
                path = folder.joinpath(*place)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    except CheckpointError:
        raise
    except UNREADABLE as error:
        raise CheckpointError(NO_ZIP) from error
    if not wanted:
        raise CheckpointError(f"This zip holds no model: a folder with {CONFIG}, {WEIGHTS} and {CARD}.")
    return sorted({folder.joinpath(*place[:-1]) for place in wanted})


def _is_litter(filename: str) -> bool:
    """Whether systems leave such a file behind unseen."""
    return any(part in LITTER or part.startswith("._") for part in filename.split("/"))


def _place(entry: zipfile.ZipInfo, name: str) -> tuple[str, ...]:
    """Where an entry is written: folders and a file's name, of letters, digits, dots, hyphens and underscores."""
    *folders, file = entry.filename.split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise CheckpointError("This zip holds a link or something else that is no file, so it was not opened.")
    if any(part in ("", ".", "..") or not part.isprintable() or set(part) & set('\\:*?"<>|') for part in folders):
        raise CheckpointError("This zip holds a name that leads out of its folder, so it was not opened.")
    if file not in FILES:
        raise CheckpointError(
            f"A model is {CONFIG}, {WEIGHTS} and {CARD}, and nothing else; this zip also holds "
            f"“{''.join(letter for letter in file[:60] if letter.isprintable())}”."
        )
    if len(folders) > MAX_DEPTH:
        raise CheckpointError(f"The folders in this zip lie more than {MAX_DEPTH} deep.")
    if entry.flag_bits & 1:
        raise CheckpointError("This zip is locked with a password.")
    if entry.compress_type not in PLAIN:
        raise CheckpointError("This zip is packed in a rare way, which is not read.")  # nor would its size be bounded
    return *(plain_name(part) for part in folders or [name]), file


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int, together: int) -> bytes:
    """An entry's bytes, no more than ``most``, whatever it says of its size."""
    with archive.open(entry) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise CheckpointError(
            f"The files in this zip are too large: up to {together / 1e6:.0f} MB together, of each {CONFIG} up to "
            f"{MAX_CONFIG_BYTES / 1e6:.0f} MB."
        )
    return content


def plain_name(name: str) -> str:
    """A name of a folder that is safe anywhere, as like the one given as can be."""
    return re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip(".-")[:40] or "model"
