"""Watch it learn: which captioners of scenes there are, and what is kept of scenes between reruns."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from core import checkpoints
from core.checkpoints import CheckpointError
from core.data.scenes import Scene, make_scene
from core.scenes.live.bundle import unpack
from core.scenes.registry import list_scene_captioners
from core.trace import CaptionTrace
from pages.parts.state import LearnLiveState, linked, number_in, one_of, required, state

if TYPE_CHECKING:
    from torch import Tensor

    from core.scenes.service import SceneService

SCALE = 5  # times the size that the models see
MAX_OPENED = 6  # saved runs that a visitor may open


class Model(NamedTuple):
    """A captioner of scenes: in which folder of checkpoints, at which version of it, under what name, and its kind."""

    root: str
    version: int | None
    name: str
    attention: str


@st.cache_resource(max_entries=8, show_spinner=False)
def load_scene_service(root: str, version: int | None = None) -> "SceneService":
    """The service of a folder of checkpoints; ``version`` tells apart what has lain in it."""
    from core.scenes.service import SceneService

    return SceneService(Path(root))


def keep(folder: Path, version: int) -> None:
    """Offer what lies in a folder beside the committed captioners, to this visitor."""
    state(LearnLiveState).own[str(folder)] = version


def list_models() -> dict[str, Model]:
    """The committed captioners, then the visitor's own; of names that come twice, the later ones with a number."""
    found: dict[str, Model] = {}
    for root, version in [(str(checkpoints.ROOT), None), *state(LearnLiveState).own.items()]:
        models = [
            Model(root, version, checkpoint.name, checkpoint.config["attention"])
            for checkpoint in list_scene_captioners(Path(root))
        ]
        for model in models:
            turn = 1 + sum(model.name == other.name for other in found.values())
            found[model.name if turn == 1 else f"{model.name} ({turn})"] = model
    return found


def choose_scene(splits: tuple[str, ...]) -> Scene:
    """Which split and which of its scenes; the link carries both."""
    with linked("split", one_of(splits), splits[0]) as place:
        chosen = st.segmented_control(
            "Scenes", splits, required=True, key=place,
            help="- **train**: learnt from\n- **val**, **test**: other sentences of the same things\n"
            "- **unseen**: a colour on a thing that never had it in training",
        )  # fmt: skip
    with linked("scene_number", number_in(0, 9999), 16) as place:
        number = st.number_input("Number", 0, 9999, key=place, width=140)
    return make_scene(required(chosen), number)


@st.cache_data(max_entries=64, show_spinner=False)
def grid(root: str, version: int | None, split: str, number: int) -> "Tensor":
    """The grid (1, rows * columns, channels) of one scene."""
    return load_scene_service(root, version).encode([make_scene(split, number).picture()])


@st.cache_data(max_entries=256, show_spinner=False)
def trace(model: Model, split: str, number: int) -> CaptionTrace:
    """What a captioner says of one scene."""
    seen = grid(model.root, model.version, split, number)
    return load_scene_service(model.root, model.version).caption(seen, model.name)[0]


def open_zip(data: bytes) -> list[str]:
    """Offer a saved run's captioners beside the committed ones; returns what they are called.

    Raises:
        CheckpointError: it is no saved run, or too many are open.
    """
    opened = state(LearnLiveState).opened
    if len(opened) == MAX_OPENED:
        raise CheckpointError("No more runs can be opened in one visit; reload the page to begin again.")
    folder = tempfile.TemporaryDirectory(prefix="glimpse-opened-")
    unpack(data, Path(folder.name))
    opened.append(folder)
    keep(Path(folder.name), 0)
    return [name for name, model in list_models().items() if model.root == folder.name]
