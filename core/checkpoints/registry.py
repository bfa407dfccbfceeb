"""Which architectures checkpoints of one kind may name, and from a folder to the module that it describes.

What a model is stands in its module alone: a new architecture is that module and one entry here, a name in
``config.json`` -> where its class is found. Nothing is imported before a checkpoint names it, not even torch.

An architecture from outside of this project is an entry point of an installed package, in the group that the registry
names. A checkpoint's folder only ever names one: what it brings along itself is never run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from core import checkpoints
from core.checkpoints import CONFIG, CheckpointError

if TYPE_CHECKING:
    from core.checkpoints.modules import StoredModule

M = TypeVar("M", bound="StoredModule")


@dataclass(frozen=True)
class Registry(Generic[M]):
    """The architectures of one kind of checkpoint.

    Attributes:
        kind: what ``config.json`` calls it, under "kind".
        entries: architecture -> "package.module:Class", the class a :class:`StoredModule`.
        default: the architecture of checkpoints that name none, as those from before there were several.
        group: of entry points of installed packages that are known, too; none of them can take an entry's place.
    """

    kind: str
    entries: dict[str, str]
    default: str
    group: str = ""

    def known(self) -> dict[str, str]:
        """Every architecture that can be named here, and where its class is found."""
        outside = {one.name: one.value for one in entry_points(group=self.group)} if self.group else {}
        return {**outside, **self.entries}

    def architecture(self, config: Mapping[str, Any]) -> type[M]:
        """The class that a config names; its module is imported here.

        Raises:
            CheckpointError: there is no such architecture.
        """
        name = config.get("architecture", self.default)
        where = self.entries.get(name) or self.known().get(name)
        if where is None:
            known = ", ".join(self.known())
            raise CheckpointError(f"There is no architecture {name!r} of {self.kind}s, only {known}.")
        try:
            found: type[M] = resolve_name(where)
        except (ImportError, AttributeError, ValueError) as error:
            raise CheckpointError(f"The architecture {name!r} cannot be imported from {where}: {error}.") from error
        return found

    def open(self, folder: Path) -> tuple[M, dict[str, Any]]:
        """The module in a checkpoint's folder, in evaluation mode, and the folder's config.

        Raises:
            CheckpointError: the folder holds none of this kind, a damaged one, or one of an unknown architecture.
        """
        from core.checkpoints.modules import fill, init_empty_weights

        config, state = checkpoints.load(folder)
        if config["kind"] != self.kind:
            raise CheckpointError(
                f"{folder} holds {checkpoints.a_or_an(config['kind'])}, not {checkpoints.a_or_an(self.kind)}."
            )
        try:
            architecture = self.architecture(config)  # imported here: some libraries make tensors on their way
        except CheckpointError as error:
            raise CheckpointError(f"{folder} cannot be opened. {error}") from error
        try:
            with init_empty_weights():
                model = architecture.from_config(config)
        except (KeyError, TypeError, ValueError, RuntimeError, ArithmeticError) as error:
            raise CheckpointError(
                f"The {CONFIG} in {folder} does not describe {checkpoints.a_or_an(self.kind)}."
            ) from error
        fill(model, state, folder)
        return model.eval(), config
