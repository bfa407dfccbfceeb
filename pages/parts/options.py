"""What whoever started the app has said: ``streamlit run app.py -- --checkpoints DIR --no-uploads --training DIR``."""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st


@dataclass(frozen=True)
class Options:
    """
    Attributes:
        checkpoints: further folders of models, or single models' folders.
        uploads: whether visitors may give models of their own.
        training: where visitors' trainings live; None where they may not train.
        data: the folders and files of this machine that they may train on, by their names; of names that come twice,
            the later ones with a number.
    """

    checkpoints: tuple[Path, ...] = ()
    uploads: bool = True
    training: Path | None = None
    data: dict[str, Path] = field(default_factory=dict)


@st.cache_resource(show_spinner=False)
def options() -> Options:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--checkpoints", action="append", type=Path, default=[])
    parser.add_argument("--no-uploads", action="store_true")
    parser.add_argument("--training", type=Path)
    parser.add_argument("--data", action="append", type=Path, default=[])
    said, _ = parser.parse_known_args(sys.argv[1:])
    data: dict[str, Path] = {}
    for path in map(Path.resolve, said.data):
        name, turn = path.name, 1
        while name in data:
            turn += 1
            name = f"{path.name} ({turn})"
        data[name] = path
    further = tuple(map(Path.resolve, said.checkpoints))
    return Options(further, not said.no_uploads, said.training and said.training.resolve(), data)
