"""Checkpoints and the Hugging Face Hub: the layout is the same, a folder with config, weights and card.

``save_pretrained``, ``from_pretrained`` and ``push_to_hub`` are those of ``huggingface_hub``'s mixin, an option::

    HubCheckpoint(Path("checkpoints/soft")).push_to_hub("owner/soft")
    folder = HubCheckpoint.from_pretrained("owner/soft").folder
"""

from pathlib import Path
from typing import Any, Self

from core import checkpoints
from core.checkpoints import CARD, CheckpointError

try:
    from huggingface_hub import ModelHubMixin, constants, snapshot_download
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )
except ImportError as error:
    raise CheckpointError("To reach the Hub, more is needed: pip install -r requirements-hub.txt.") from error

PREFIX = "hub:"  # before a name, where a path could be meant
FETCHED = ("*.json", "*.txt", "*.model", "*.safetensors", CARD)  # of a repository; nothing else is looked at


class HubCheckpoint(ModelHubMixin):  # type: ignore[misc]
    """A checkpoint that travels: what is pushed are the three files of its folder, and no other.

    Raises:
        CheckpointError: the folder is none of a checkpoint, or its weights are not those of its config.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = checkpoints.verify(Path(folder)).path

    def _save_pretrained(self, save_directory: Path) -> None:
        checkpoints.copy(self.folder, save_directory)

    @classmethod
    def _from_pretrained(
        cls,
        *,
        model_id: str,
        revision: str | None,
        cache_dir: str | Path | None,
        force_download: bool,
        local_files_only: bool,
        token: str | bool | None,
        **_: Any,
    ) -> Self:
        if Path(model_id).is_dir():
            return cls(Path(model_id))
        return cls(
            download(
                model_id, revision=revision, cache_dir=cache_dir, force_download=force_download,
                local_files_only=local_files_only, token=token,
            )
        )  # fmt: skip


def download(name: str, **options: Any) -> Path:
    """The folder of a repository on the Hub, fetched once and kept where the Hub's library keeps such things.

    Raises:
        CheckpointError: there is none of that name, or no network and nothing kept.
    """
    try:
        return Path(snapshot_download(name, allow_patterns=list(FETCHED), **options))
    except HFValidationError as error:
        raise CheckpointError(f"{name!r} is neither a folder nor a name on the Hub, such as owner/name.") from error
    except RepositoryNotFoundError as error:
        raise CheckpointError(f"There is nothing called {name} on the Hub, or it is not public.") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise CheckpointError(f"{name} cannot be fetched from the Hub, and was not fetched before.") from error


def kept(name: str) -> Path:
    """Where a checkpoint that was made of what is on the Hub is kept, beside what the Hub's library keeps."""
    return Path(constants.HF_HOME) / "glimpse" / name.removeprefix(PREFIX).replace("/", "--")
