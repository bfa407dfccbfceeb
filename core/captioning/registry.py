"""Which captioners there are, without loading any: what is read is their configs, and torch is not needed."""

from pathlib import Path

from core import checkpoints
from core.checkpoints import Checkpoint

FIRST = ("none", "soft", "hard")  # the three that differ in their attention alone


def list_captioners(root: Path, kind: str = "captioner") -> list[Checkpoint]:
    """The captioners in a folder of checkpoints: none, soft, hard, then any others by name.

    ``kind`` is that of their configs; captioners of scenes have one of their own.
    """
    found = [checkpoint for checkpoint in checkpoints.list_checkpoints(root) if checkpoint.config["kind"] == kind]
    return sorted(found, key=lambda c: (FIRST.index(c.name) if c.name in FIRST else len(FIRST), c.name))
