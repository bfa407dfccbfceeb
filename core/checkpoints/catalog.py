"""Which checkpoints there are by name, when they lie in several folders, and where each lies.

The names of one folder's checkpoints are those of their folders. A further folder's keep theirs where they are free,
so that nothing that is put beside ours can take the place of one of ours, or be taken for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from core import checkpoints
from core.checkpoints import CONFIG, Checkpoint, CheckpointError


@dataclass(frozen=True)
class Catalog:
    """Checkpoints by name.

    Attributes:
        root: the folder whose checkpoints go by their folders' names.
        more: further folders of checkpoints, or single checkpoints' folders.
        named: single checkpoints that go by these names; :meth:`list` leaves them to who gave them.
    """

    root: Path
    more: tuple[Path, ...] = ()
    named: Mapping[str, Path] = field(default_factory=dict)

    def list(
        self,
        look: Callable[[Path], Checkpoint] = checkpoints.read,
        complain: Callable[[CheckpointError], None] = checkpoints.log.warning,
    ) -> list[Checkpoint]:
        """Those in the folders, each under the name that it goes by; the rest as in
        :func:`core.checkpoints.list_checkpoints`."""
        found = {one.name: one for one in checkpoints.list_checkpoints(self.root, look, complain)}
        for folder in self.more:
            for one in _in(folder, look, complain):
                name = _free(one, found)
                found[name] = replace(one, name=name)
        return list(found.values())

    def find(self, model: str) -> tuple[str, Path]:
        """The name that a checkpoint goes by and its folder, given that name or a path to it.

        Raises:
            CheckpointError: there is none.
        """
        if model in self.named:
            return model, self.named[model]
        try:
            folder = checkpoints.resolve(model, self.root)
        except CheckpointError:
            if self.more:
                found = {one.name: one.path for one in self.list(complain=lambda error: None)}
                if model in found:
                    return model, found[model]
            raise
        return folder.name, folder


def _in(
    folder: Path, look: Callable[[Path], Checkpoint], complain: Callable[[CheckpointError], None]
) -> list[Checkpoint]:
    """The checkpoints in a folder, or the one that it is."""
    if not (folder / CONFIG).exists():
        if not folder.is_dir():
            complain(CheckpointError(f"{folder} is no folder, so no models are taken from there."))
        return checkpoints.list_checkpoints(folder, look, complain)
    try:
        return [look(folder)]
    except CheckpointError as error:
        complain(error)
        return []


def _free(one: Checkpoint, taken: Mapping[str, object]) -> str:
    """The folder's name, with the folder's that it lies in where the first is taken, numbered where both are."""
    if one.name not in taken:
        return one.name
    name = longer = f"{one.name} ({one.path.absolute().parent.name})"
    n = 1
    while name in taken:
        n += 1
        name = f"{longer} {n}"
    return name
