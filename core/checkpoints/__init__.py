"""What was trained, a folder each: ``config.json``, ``model.safetensors`` (float16) and a model card, ``README.md``.

The folder's config names the sha256 of its weights. Folders may come from anybody: sizes are bounded, nothing is
unpickled, and whatever does not fit raises :class:`CheckpointError`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

from core.files import flush_to_disk

if TYPE_CHECKING:  # listing checkpoints needs no torch
    from torch import Tensor

ROOT = Path(__file__).resolve().parents[2] / "checkpoints"
CONFIG, WEIGHTS, CARD = "config.json", "model.safetensors", "README.md"
MAX_CONFIG_BYTES = 4_000_000
MAX_WEIGHTS_BYTES = 2_000_000_000

# What other code reads from a config: its type, and whether it must be there.
_FIELDS = {
    "kind": (str, True),
    "sha256": (str, True),
    "parameters": (int, True),
    "architecture": (str, False),
    "attention": (str, False),
    "looks": (str, False),
    "encoder": (str, False),
    "vocabulary": (list, False),
    "model": (dict, False),
    "settings": (dict, False),
}

log = logging.getLogger(__name__)


class CheckpointError(ValueError):
    """A checkpoint that is missing, damaged or does not fit; the message is a sentence that says what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint as listed, its weights not loaded.

    Attributes:
        config: what ``config.json`` holds.
        bytes: the size of ``model.safetensors``.
    """

    name: str
    path: Path
    config: dict[str, Any]
    bytes: int


def save(folder: Path, config: dict[str, Any], state: dict[str, Tensor], card: str) -> str:
    """Write a checkpoint, its floating-point weights as float16; an interrupted save leaves the former one whole.

    The new one is written and read back beside ``folder`` and then takes its place, all files at once.

    Args:
        folder: made where it is missing; files in it that are no checkpoint's stay.
        config: whatever JSON can hold; "kind" is required, "sha256" and "parameters" are added.
        state: tensors by name, as from ``state_dict()``.

    Returns:
        The sha256 of ``model.safetensors``, 64 hexadecimal digits.

    Raises:
        CheckpointError: a weight is not finite or too large for float16, or the config would not be read back.
    """
    from safetensors.torch import save_file

    with _replacing(folder) as draft:
        half = {name: _stored(name, tensor) for name, tensor in state.items()}
        try:
            save_file(half, draft / WEIGHTS)
        except SafetensorError as error:  # how it says that a file cannot be written
            raise CheckpointError(f"{draft / WEIGHTS} cannot be written: {error}.") from error
        sha256 = _sha256(draft / WEIGHTS)
        config = {**config, "sha256": sha256, "parameters": sum(tensor.numel() for tensor in half.values())}
        text = json.dumps(config, indent=1, ensure_ascii=False) + "\n"
        (draft / CONFIG).write_text(text, encoding="utf-8")
        (draft / CARD).write_text(card, encoding="utf-8")
        read(draft)
    return sha256


def copy(folder: Path, other: Path) -> None:
    """Copy a checkpoint's three files into a folder, which is made where it is missing, all at once as :func:`save`.

    Raises:
        CheckpointError: it is damaged, or cannot be written there.
    """
    checkpoint = verify(folder)
    try:
        with _replacing(other) as draft:
            for name in (WEIGHTS, CARD, CONFIG):
                if (checkpoint.path / name).exists():
                    shutil.copyfile(checkpoint.path / name, draft / name)
            verify(draft)
    except (OSError, shutil.Error) as error:
        raise CheckpointError(f"{other} cannot be written: {getattr(error, 'strerror', None) or error}.") from error


def read(folder: Path) -> Checkpoint:
    """A checkpoint as listed, its weights neither loaded nor verified.

    Raises:
        CheckpointError: a file is missing, too large or damaged.
    """
    path = Path(folder) / CONFIG
    _size(path, MAX_CONFIG_BYTES)
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(config, allow_nan=False)  # Python reads NaN and 1e999, which no JSON can hold
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is not JSON, or holds a number that is not finite.") from error
    _check(path, config)
    return Checkpoint(path.parent.name, path.parent, config, _size(path.with_name(WEIGHTS), MAX_WEIGHTS_BYTES))


def verify(folder: Path) -> Checkpoint:
    """The same, with the weights' sha256 compared with the one in the config.

    Raises:
        CheckpointError: as :func:`read`, or the weights are not those of the config.
    """
    checkpoint = read(folder)
    path = checkpoint.path / WEIGHTS
    try:
        intact = _sha256(path) == checkpoint.config["sha256"]
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not intact:
        raise CheckpointError(
            f"{path} is damaged or was replaced: its sha256 is not the one in {CONFIG}. Fetch the folder again."
        )
    return checkpoint


def load(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Read a checkpoint and verify it.

    Returns:
        What ``config.json`` holds, and the tensors by name: float32, or the integers that they were.

    Raises:
        CheckpointError: a file is missing, too large or damaged, or the weights are not those of the config.
    """
    checkpoint = verify(folder)
    config, path = checkpoint.config, checkpoint.path / WEIGHTS
    try:
        with safe_open(path, framework="pt") as file:
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping, only has keys())
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}.") from error
    except SafetensorError as error:
        raise CheckpointError(f"{path} is not a safetensors file ({error}). Fetch or save it again.") from error
    if sum(tensor.numel() for tensor in state.values()) != config["parameters"]:
        raise CheckpointError(f'{path} does not hold the number of "parameters" in {CONFIG}. Fetch the folder again.')
    if broken := next((name for name, tensor in state.items() if not tensor.isfinite().all()), None):
        raise CheckpointError(f"{path} holds numbers that are not finite, in {broken!r}: its training went wrong.")
    return config, {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in state.items()}


def resolve(name_or_path: str, root: Path = ROOT) -> Path:
    """The folder of a checkpoint, given its name under ``root`` or a path to it.

    Raises:
        CheckpointError: there is none; the sentence lists those under ``root``.
    """
    for folder in (Path(root) / name_or_path, Path(name_or_path)):
        try:
            if name_or_path and (folder / CONFIG).is_file():
                return folder
        except (OSError, ValueError):  # too long a name, or a zero byte in it
            continue
    names = ", ".join(checkpoint.name for checkpoint in list_checkpoints(root)) or "none"
    raise CheckpointError(
        f"There is no checkpoint {name_or_path!r}; give the path of a folder with a {CONFIG}, "
        f"or one of those under {root}: {names}."
    )


def list_checkpoints(
    root: Path = ROOT,
    look: Callable[[Path], Checkpoint] = read,
    complain: Callable[[CheckpointError], None] = log.warning,
) -> list[Checkpoint]:
    """The checkpoints under ``root`` by name, without loading weights.

    Args:
        look: :func:`read`, or :func:`verify`.
        complain: told of every damaged one, which is left out.
    """
    # Names with a dot are what a save that was cut off left behind.
    folders = {path.parent for name in (CONFIG, WEIGHTS) for path in Path(root).glob(f"[!.]*/{name}")}
    found = []
    for folder in sorted(folders):
        try:
            found.append(look(folder))
        except CheckpointError as error:
            complain(error)
    return found


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A draft beside ``folder`` for a checkpoint's files, which takes its place at the end of the context."""
    folder = Path(folder).resolve()  # a link stays one
    draft, former = (folder.with_name(f".{folder.name}.{suffix}") for suffix in ("new", "old"))
    shutil.rmtree(draft, ignore_errors=True)
    _settle(former, folder)  # in case a process was killed within the last lines of this function
    folder.mkdir(parents=True, exist_ok=True)
    draft.mkdir()
    try:
        yield draft
        for path in draft.iterdir():
            flush_to_disk(path)
        flush_to_disk(draft)
        folder.rename(former)
        draft.rename(folder)
        flush_to_disk(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        _settle(former, folder)


def _settle(former: Path, folder: Path) -> None:
    """Do away with the checkpoint that ``folder`` took the place of; or put it back, where nothing did."""
    if former.exists() and not folder.exists():
        former.rename(folder)
    elif former.exists():
        for path in former.iterdir():
            if path.name in (CONFIG, WEIGHTS, CARD):
                path.unlink()
            else:
                path.rename(folder / path.name)
        former.rmdir()


def _stored(name: str, tensor: Tensor) -> Tensor:
    """A tensor as the file holds it: apart from the model's, contiguous, float16 where it is of floats."""
    import torch

    dtype = torch.float16 if tensor.is_floating_point() else tensor.dtype
    stored = tensor.detach().to("cpu", dtype, copy=True).contiguous()
    if not torch.isfinite(stored).all():
        raise CheckpointError(f"The weights {name!r} cannot be saved: some are not finite in float16.")
    return stored


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(path: Path, most: int) -> int:
    """The size of a file in bytes; CheckpointError where it is missing, empty or larger than ``most``."""
    if not path.is_file():
        raise CheckpointError(f"{path} is missing. Fetch the folder again.")
    size = path.stat().st_size
    if not 0 < size <= most:
        raise CheckpointError(
            f"{path} has {size} bytes, not 1 to {most}, so it is no file of a checkpoint. Fetch the folder again."
        )
    return size


def a_or_an(noun: str) -> str:
    """The noun with its article, by its first letter."""
    return f"{'an' if noun[:1].lower() in tuple('aeiou') else 'a'} {noun}"


def _check(path: Path, config: object) -> None:
    """CheckpointError where a config lacks what other code reads from it, or holds it in another type."""
    if not isinstance(config, dict):
        raise CheckpointError(f"{path} is not the config of a checkpoint: it must hold one JSON object.")
    for field, (kind, required) in _FIELDS.items():
        value = config.get(field)
        if not (isinstance(value, kind) and not isinstance(value, bool)) and (required or field in config):
            raise CheckpointError(
                f'{path} is not the config of a checkpoint: "{field}" must be {a_or_an(kind.__name__)}.'
            )
    if not all(isinstance(word, str) for word in config.get("vocabulary", [])):
        raise CheckpointError(f'{path} is not the config of a checkpoint: "vocabulary" must hold strings only.')
