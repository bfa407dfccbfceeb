"""A saved run opened again from the zip that it was taken away as."""

import shutil
import tempfile
from pathlib import Path

from core import checkpoints
from core.checkpoints import CheckpointError
from core.checkpoints.bundle import extract
from core.scenes.live.settings import KINDS
from core.scenes.registry import CAPTIONER, ENCODER

MAX_FOLDERS = 5
MAX_BYTES = 8_000_000  # of all files together, unpacked


def unpack(data: bytes, folder: Path) -> list[str]:
    """Open a zip that :func:`core.checkpoints.bundle.pack` wrote, or one that claims to be: its checkpoints end up in
    ``folder``.

    Returns:
        The names of its captioners of scenes.

    Raises:
        CheckpointError: it is no such zip, it is too large, or a checkpoint in it is damaged; ``folder`` is untouched.
    """
    with tempfile.TemporaryDirectory() as draft:
        extract(data, Path(draft), MAX_FOLDERS, MAX_BYTES)
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
