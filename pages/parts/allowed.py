"""What the owner of a server has said: ``streamlit run app.py -- --checkpoints DIR --no-uploads --training DIR``.

``--checkpoints``, which may be repeated: a further folder of models, or one model's folder, offered beside ours.
``--no-uploads``: visitors give no models of their own.
``--training``: a folder, in which visitors may train models on data of their own. ``--data``, which may be repeated: a
folder or file of this machine that they may choose; they can name no other.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Allowed:
    """What was said when the app was started.

    Attributes:
        training: where visitors' trainings live; None where they may not train.
        checkpoints: where further models are; visitors learn their names and not where they lie.
        uploads: whether visitors may give models of their own.
        data: what they may choose on this machine, by its name; of names that come twice, the later ones with a number.
    """

    training: Path | None
    data: dict[str, Path]
    checkpoints: tuple[Path, ...] = ()
    uploads: bool = True


def allowed() -> Allowed:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--training", type=Path)
    parser.add_argument("--data", action="append", type=Path, default=[])
    parser.add_argument("--checkpoints", action="append", type=Path, default=[])
    parser.add_argument("--no-uploads", action="store_true")
    said, _ = parser.parse_known_args(sys.argv[1:])
    data: dict[str, Path] = {}
    for path in map(Path.resolve, said.data):
        name, turn = path.name, 1
        while name in data:
            turn += 1
            name = f"{path.name} ({turn})"
        data[name] = path
    further = tuple(map(Path.resolve, said.checkpoints))
    return Allowed(said.training and said.training.resolve(), data, further, not said.no_uploads)
