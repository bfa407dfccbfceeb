"""What many visitors ask for is made once, and kept only as long as one of them keeps it."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class Kept(Generic[T]):
    """A value that others may keep, too; it lives as long as anybody has this object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: list[T] = []  # one, as soon as it was made

    @property
    def value(self) -> T:
        return self._values[0]

    def fill(self, make: Callable[[], T]) -> None:
        """Make the value, unless somebody has; who comes meanwhile waits for it, and tries in turn where that fails."""
        with self._lock:
            if not self._values:
                self._values.append(make())


class Once:
    """Values by keys that say all that they depend on, the hash of a photo's bytes say."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: WeakValueDictionary[Hashable, Kept[Any]] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, make: Callable[[], T]) -> Kept[T]:
        """What is kept under a key; where nobody keeps it, what ``make`` returns, or raises."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                kept = self._kept[key] = Kept()
        kept.fill(make)
        return kept
