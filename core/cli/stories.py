"""What the commands about stories share: the networks that were asked for."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.common import InputError, ProgressBar

if TYPE_CHECKING:
    from core.memory.library import Library


def open_library(
    checkpoints: Path | None, names: list[str] | None, default: list[str] | None = None
) -> tuple["Library", list[str]]:
    """A folder's networks (the project's own if None), and those asked for: ``names``, else ``default``, else all.

    They are loaded already, so that what is wrong with one of them is said before any work is done. Of ``default`` the
    first that there is counts.

    Raises:
        CheckpointError: a name is none of a checkpoint's, or the checkpoint is damaged or no memory network.
        InputError: there is no memory network at all.
    """
    with ProgressBar("Loading the models"):
        from core.checkpoints import ROOT
        from core.memory.library import Library

        root = checkpoints or ROOT
        library = Library(root)
        readers = library.readers()
        preferred = [name for name in default or [] if name in readers][:1]
        chosen = list(dict.fromkeys(names or preferred or readers))
        if not chosen:
            raise InputError(f"There are no memory networks in {root}.")
        for name in chosen:
            library.network(name)
    return library, chosen
