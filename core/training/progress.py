"""What every training does after an epoch: keep its state, and say its figures."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from lightning_fabric import Fabric

Stage = Callable[[str, int], Callable[[], None]]  # (what begins, its steps) -> what to call after each step


def save_state(fabric: Fabric, path: Path, state: dict) -> None:
    """Write a run's state in one piece, or a run cut off here could not go on."""
    draft = path.with_suffix(".part")
    fabric.save(draft, state)
    if fabric.is_global_zero:
        draft.replace(path)


def report(fabric: Fabric, **figures) -> None:
    """Figures as a line of JSON on standard error, from the first process alone."""
    fabric.print(json.dumps(figures), file=sys.stderr, flush=True)
