"""A visitor's own models: given as a zip, kept for the visit, and gone with it.

Each zip's folders lie in a temporary folder of their own, which is removed as soon as nobody holds the upload. A
model's name says that it is somebody's own and which weights it has, so that it is taken for no other: a link that
names it never opens another one.
"""

import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core import checkpoints
from core.checkpoints import Checkpoint, CheckpointError
from core.checkpoints.bundle import extract, plain_name

MAX_ZIP = 100  # MB of a file
MAX_BYTES = 150_000_000  # of all files of one zip, unpacked; weights take twice that in memory, once they are used
MAX_FOLDERS = 8  # checkpoints of one zip, encoders among them
MOST = 3  # zips of one visitor; of more the oldest goes
MAX_TOGETHER = 1_500_000_000  # bytes of all visitors' files together
MAX_SIZE = 100_000  # of anything that a config counts
PREFIX = "yours-"
DIGITS = 6  # of the weights' sha256, in a name
FULL = "Other visitors’ models fill this machine at the moment. Try again later, or run Glimpse on your own."

_held = 0  # bytes of all uploads that somebody holds
_lock = threading.Lock()


@dataclass(frozen=True)
class OwnModels:
    """The models of one zip.

    Attributes:
        models: by the names that they go by, each as it is listed.
        directory: what they lie in.
    """

    models: Mapping[str, Checkpoint]
    directory: "TemporaryDirectory[str]" = field(repr=False)

    def folders(self, kind: str) -> dict[str, Path]:
        """Name -> folder, of the models of a kind."""
        return {name: one.path for name, one in self.models.items() if one.config["kind"] == kind}


def take(filename: str, data: bytes, kinds: Mapping[str, Callable[[Mapping[str, Path]], None]]) -> OwnModels:
    """The models in a zip, tried out.

    Args:
        kinds: of the models that are taken -> what is called with all of that kind, name -> folder, and raises a
            ValueError that says what is wrong with them.

    Raises:
        CheckpointError: the file is no zip of models, or a model in it is damaged or cannot be used.
    """
    if len(data) > MAX_ZIP * 1_000_000:
        raise CheckpointError(f"The file is too large: a zip of up to {MAX_ZIP} MB is taken.")
    directory = TemporaryDirectory(prefix="glimpse-", ignore_cleanup_errors=True)
    root = Path(directory.name)
    stem = plain_name(filename.rpartition(".")[0] or filename)
    folders = extract(data, root, MAX_FOLDERS, MAX_BYTES, stem)
    _hold(directory, sum(path.stat().st_size for path in root.rglob("*") if path.is_file()))
    try:
        found = [_verified(folder) for folder in folders]
        models = {_name(one): one for one in found if one.config["kind"] in kinds}
        if not models:
            held = " and ".join(sorted({checkpoints.a_or_an(one.config["kind"]) for one in found}))
            raise CheckpointError(f"This zip holds {held}, but no {' or '.join(kinds)} model to look at.")
        own = OwnModels(models, directory)
        for kind, try_out in kinds.items():
            if named := own.folders(kind):
                try_out(named)
    except ValueError as error:  # of a place on this machine nothing is told
        raise CheckpointError(str(error).replace(f"{root}/", "").replace(str(root), "this zip")) from error
    return own


def _verified(folder: Path) -> Checkpoint:
    """A checkpoint, its weights compared with its config.

    Raises:
        CheckpointError: they are not those, or its config counts something that no model has so many of.
    """
    checkpoint = checkpoints.verify(folder)
    if not _within(checkpoint.config.get("model", {})):
        raise CheckpointError(f"The sizes in {folder / checkpoints.CONFIG} are beyond those of any model.")
    return checkpoint


def _within(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_within, value.values()))
    if isinstance(value, list):
        return all(map(_within, value))
    return not isinstance(value, int | float) or abs(value) <= MAX_SIZE


def _name(checkpoint: Checkpoint) -> str:
    return f"{PREFIX}{plain_name(checkpoint.name)}-{checkpoint.config['sha256'][:DIGITS]}"


def is_name(text: str) -> bool:
    """Whether this could be the name of somebody's own model."""
    name, _, digits = text.rpartition("-")
    return name.startswith(PREFIX) and len(digits) == DIGITS and set(digits) <= set("0123456789abcdef")


def with_upload(uploads: Sequence[OwnModels], upload: OwnModels) -> list[OwnModels]:
    """Uploads with one more, which takes the place of those with the same models; the newest last."""
    return [*(one for one in uploads if not one.models.keys() & upload.models.keys()), upload][-MOST:]


def _hold(directory: "TemporaryDirectory[str]", size: int) -> None:
    """Count an upload's bytes as long as its directory is held.

    Raises:
        CheckpointError: there is no room for them.
    """
    global _held
    with _lock:
        if _held + size > MAX_TOGETHER:
            raise CheckpointError(FULL)
        _held += size
    weakref.finalize(directory, _let_go, size)


def _let_go(size: int) -> None:
    global _held
    with _lock:
        _held -= size
