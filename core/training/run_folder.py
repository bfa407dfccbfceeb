"""A run's folder and the settings that it was begun with: the same for every training. Knows no torch."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.data.errors import DataError
from core.files import write_whole

SETTINGS = "settings.json"
DATA = "data.json"  # what the run learns from, by digests
WHERE = {"out", "device"}  # where a run takes place, which may always change between two sittings


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """What the settings of all trainings have.

    Attributes:
        seed: the same seed, the same run.
        device: auto, cpu, cuda.
    """

    out: Path
    seed: int = 1
    device: str = "auto"

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds them: paths as text, tuples as lists."""
        settings: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return settings


def holds_run(folder: Path) -> bool:
    """Whether a run was begun in the folder."""
    return (folder / SETTINGS).exists()


def claim(settings: RunSettings, free: Collection[str]) -> None:
    """Write the settings into the run folder, or check that they are the ones it was begun with.

    Args:
        free: which of them, beside :data:`WHERE`, may change between two sittings; "a.b" is b of the settings a.

    Raises:
        DataError: the folder was begun with other settings, its settings are damaged, or it cannot be written.
    """
    path, ours = settings.out / SETTINGS, settings.to_dict()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        theirs = _read(path) if path.exists() else None
        if theirs is not None:
            bound, found = (_bound(each, WHERE.union(free)) for each in (ours, theirs))
            if changed := sorted(key for key in bound if found.get(key) != bound[key]):
                raise DataError(
                    f"{path.parent} was begun with other settings ({', '.join(changed)}); take another --out."
                )
        if theirs != ours:
            write_whole(path, json.dumps(ours, indent=1) + "\n")
    except OSError as error:
        raise DataError(f"{path.parent} cannot hold a run: {error.strerror}.") from error


def claim_data(folder: Path, digests: Mapping[str, str], about: Mapping[str, Any]) -> None:
    """Write into a claimed run folder what is learnt from, or check that it is what the run was begun with.

    Args:
        digests: of the data, by what a sentence calls it.
        about: what else is kept beside them.

    Raises:
        DataError: the run was begun with other data, or the folder cannot be written.
    """
    path, theirs = folder / DATA, read_data(folder)
    begun = theirs.get("digests") if theirs else None
    if isinstance(begun, dict) and begun != digests:
        changed = [what for what in digests if begun.get(what) != digests[what]]
        raise DataError(
            f"{folder} was begun with other data (other {', other '.join(changed)}, or in another order): what it has"
            " cached and learnt is not of these. Give it the data it was begun with, or take another --out."
        )
    try:
        write_whole(path, json.dumps({"digests": dict(digests), **about}) + "\n")
    except OSError as error:
        raise DataError(f"{folder} cannot hold a run: {error.strerror}.") from error


def read_data(folder: Path) -> dict[str, Any] | None:
    """What :func:`claim_data` wrote into a run folder; None where there is nothing, or nothing sound."""
    try:
        found = json.loads((folder / DATA).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _read(path: Path) -> dict[str, Any]:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        settings = None
    if not isinstance(settings, dict):
        raise DataError(f"{path} is damaged; delete it to go on with the settings given now, or take another --out.")
    return settings


def _bound(settings: Mapping[str, Any], free: Collection[str], within: str = "") -> dict[str, Any]:
    """The settings that may not change, those inside of settings by their full names."""
    bound: dict[str, Any] = {}
    for key, value in settings.items():
        if within + key in free:
            continue
        bound |= _bound(value, free, f"{within}{key}.") if isinstance(value, dict) else {within + key: value}
    return bound
