"""How a training says where it stands to whoever started it. Knows no torch."""

from collections.abc import Callable

Stage = Callable[[str, int], Callable[[], None]]  # (what begins, its steps) -> what to call after each step
