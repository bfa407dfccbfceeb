"""Watch it learn: which captioners of scenes there are, and what is kept of scenes between reruns."""

import hashlib
import tempfile
from pathlib import Path

import streamlit as st

from core import checkpoints
from core.captioning.roster import list_captioners
from core.data.scenes import Scene, make_scene
from core.learning.bundle import unpack
from core.scenes.kinds import CAPTIONER
from core.trace import CaptionTrace

SCALE = 5  # times the size that the models see
OWN = "own models"  # where the visitor's own checkpoints lie, and a number that changes whenever they do


@st.cache_resource(max_entries=8, show_spinner=False)
def load_scene_studio(root: str, version: int | None = None):
    """The studio of a folder of checkpoints; ``version`` tells apart what has lain in it."""
    from core.scenes.studio import SceneStudio

    return SceneStudio(Path(root))


def roster() -> dict[str, tuple[str, int | None, str]]:
    """Model -> (folder of checkpoints, its version, attention): the committed ones, then the visitor's own."""
    found = {}
    for root, version in [(str(checkpoints.ROOT), None), *([st.session_state[OWN]] if OWN in st.session_state else [])]:
        for checkpoint in list_captioners(Path(root), CAPTIONER):
            found[checkpoint.name] = (root, version, checkpoint.config["attention"])
    return dict(
        sorted(found.items(), key=lambda item: (item[1][0] != str(checkpoints.ROOT), "nsh".find(item[1][2][0])))
    )


def choose_scene(splits: tuple[str, ...]) -> Scene:
    """Which split and which of its scenes; the link carries both."""
    split = st.segmented_control(
        "Scenes", splits, default=splits[0], required=True, key="split", bind="query-params",
        help="- **train**: learnt from\n- **val**, **test**: other sentences of the same things\n"
        "- **unseen**: a colour on a thing that never had it in training",
    )  # fmt: skip
    number = st.number_input("Number", 0, 9999, 12, key="scene", bind="query-params", width=140)
    return make_scene(split, int(number))


@st.cache_data(max_entries=64, show_spinner=False)
def grid(root: str, version: int | None, split: str, number: int):
    """The grid (1, 144, channels) of one scene."""
    return load_scene_studio(root, version).encode([make_scene(split, number).picture()])


@st.cache_data(max_entries=256, show_spinner=False)
def trace(model: str, root: str, version: int | None, split: str, number: int) -> CaptionTrace:
    return load_scene_studio(root, version).caption(grid(root, version, split, number), model)[0]


def open_zip(data: bytes) -> list[str]:
    """Put a saved run's captioners beside the committed ones; CheckpointError where it is none."""
    folder = Path(tempfile.mkdtemp(prefix="glimpse-opened-"))
    names = unpack(data, folder)
    st.session_state[OWN] = (str(folder), int(hashlib.sha256(data).hexdigest()[:8], 16))
    return names
