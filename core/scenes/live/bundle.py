"""A saved run as one file to take away, and such a file opened again: a zip of checkpoint folders, never a pickle."""

import io
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from core import checkpoints
from core.checkpoints import CARD, CONFIG, WEIGHTS, CheckpointError
from core.scenes.live.settings import KINDS
from core.scenes.registry import CAPTIONER, ENCODER

FILES = (CONFIG, WEIGHTS, CARD)
MAX_FOLDERS = 5
MAX_BYTES = 8_000_000  # of all files together, unpacked


def pack(folder: Path) -> bytes:
    """The checkpoints in a folder as the bytes of a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for checkpoint in checkpoints.list_checkpoints(folder):
            for name in FILES:
                if (checkpoint.path / name).is_file():
                    archive.write(checkpoint.path / name, f"{checkpoint.name}/{name}")
    return buffer.getvalue()


def unpack(data: bytes, folder: Path) -> list[str]:
    """Open a zip that :func:`pack` wrote, or one that claims to be: its checkpoints end up in ``folder``.

    Returns:
        The names of its captioners of scenes.

    Raises:
        CheckpointError: it is no such zip, it is too large, or a checkpoint in it is damaged; ``folder`` is untouched.
    """
    with tempfile.TemporaryDirectory() as draft:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                _extract(archive, Path(draft))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
            if isinstance(error, CheckpointError):
                raise
            raise CheckpointError("This is not a zip file that can be read.") from error
        found = {path.name: checkpoints.load(path)[0] for path in sorted(Path(draft).iterdir())}
        for name, config in found.items():
            if config["kind"] == CAPTIONER and config.get("attention") not in KINDS:
                raise CheckpointError(f"{name} in this zip does not say which kind of attention it has.")
        captioners = [name for name, config in found.items() if config["kind"] == CAPTIONER]
        if not captioners or not any(config["kind"] == ENCODER for config in found.values()):
            raise CheckpointError(
                "This zip holds no captioner of scenes with its encoder; save a run and take its file."
            )
        shutil.copytree(draft, folder, dirs_exist_ok=True)
    return captioners


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FOLDERS * len(FILES) or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise CheckpointError("This zip holds more than a saved run does, so it was not opened.")
    left = MAX_BYTES
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        plain = len(parts) == 2 and parts[1] in FILES and parts[0].replace("-", "").isalnum() and parts[0].isascii()
        if not plain:
            raise CheckpointError("This zip holds files that no saved run has, so it was not opened.")
        with archive.open(entry) as file:
            content = file.read(left + 1)  # a zip may lie about its sizes
        left -= len(content)
        if left < 0:
            raise CheckpointError("This zip holds more than a saved run does, so it was not opened.")
        (folder / parts[0]).mkdir(exist_ok=True)
        (folder / parts[0] / parts[1]).write_bytes(content)
