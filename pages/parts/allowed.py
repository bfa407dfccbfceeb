"""What the owner of a server has allowed its visitors, by the environment in which it was started.

``GLIMPSE_TRAINING``: a folder, in which visitors may train models on data of their own. ``GLIMPSE_DATA``: files of
captions, and folders of photos or stories on this machine, that they may choose; separated as in ``PATH``.
"""

import os
from pathlib import Path

TRAINING, DATA = "GLIMPSE_TRAINING", "GLIMPSE_DATA"


def training_home() -> Path | None:
    """Where visitors' trainings live; None where they may not train."""
    return Path(os.environ[TRAINING]).resolve() if os.environ.get(TRAINING) else None


def data_places() -> dict[str, Path]:
    """What visitors may choose on this machine, by its name; of names that come twice, the later ones with a number."""
    found: dict[str, Path] = {}
    for text in filter(None, os.environ.get(DATA, "").split(os.pathsep)):
        path = Path(text).resolve()
        name, turn = path.name, 1
        while name in found:
            turn += 1
            name = f"{path.name} ({turn})"
        found[name] = path
    return found
