"""How a training tells how far it is."""

from collections.abc import Callable

Stage = Callable[[str, int], Callable[[], None]]  # (what begins, its steps) -> what to call after each step
