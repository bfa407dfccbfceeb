"""What the services share: the models of some folders of checkpoints, each loaded once for all who ask."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar

from core.checkpoints import ROOT, CheckpointError
from core.checkpoints.catalog import Catalog
from core.turns import Turns

M = TypeVar("M")


class Service(ABC, Generic[M]):
    """Weights are read when they are first needed. Any number of threads may call; they take turns.

    Attributes:
        task: what each model can do, for a sentence on one that cannot.
        catalog: where the models are.
        turns: whose turn it is.
    """

    task: ClassVar[str]

    def __init__(self, root: Path = ROOT, more: Sequence[Path] = ()) -> None:
        self.catalog = Catalog(Path(root), tuple(more))
        self.turns = Turns()
        self._own: dict[Path, M] = {}  # what the catalog has by name, and nobody else knows
        self._shared = self._own

    def beside(self, named: Mapping[str, Path]) -> Self:
        """A service that also knows these checkpoints by these names, and forgets them when it is forgotten; all else
        it shares with this one."""
        other = type(self)(self.root, self.catalog.more)
        other.catalog = replace(self.catalog, named={**self.catalog.named, **named})
        other.turns, other._shared = self.turns, self._shared
        return other

    @property
    def root(self) -> Path:
        return self.catalog.root

    def try_out(self, model: str) -> None:
        """Load a model, a name or a path, and have it do something small.

        Raises:
            CheckpointError: it is missing or damaged, or fails at that.
        """
        try:
            self._try(model)
        except CheckpointError:
            raise
        except (ValueError, RuntimeError, ArithmeticError, LookupError, TypeError) as error:
            raise CheckpointError(f"{model} was loaded and cannot {self.task}: {error}") from error

    def _load(self, model: str) -> tuple[str, M]:
        """The name that a model goes by, and the model.

        Raises:
            CheckpointError: it is missing or damaged.
        """
        name, folder = self.catalog.find(model)
        loaded = self._own if name in self.catalog.named else self._shared
        with self.turns:
            if (path := folder.resolve()) not in loaded:
                loaded[path] = self._open(path, name)
            return name, loaded[path]

    @abstractmethod
    def _open(self, folder: Path, name: str) -> M:
        """The model in a folder, under the name that it goes by."""

    @abstractmethod
    def _try(self, model: str) -> None:
        """Have a model do something small; whatever it raises then says that it cannot."""
