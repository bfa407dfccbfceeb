"""Watch it learn: which captioners of scenes there are, and what is kept of scenes between reruns."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st
from PIL import Image

from core import checkpoints
from core.captioning.interventions import Changes, Grid, blank_out
from core.captioning.naming import first_word
from core.captioning.session import CaptionRequest
from core.captioning.settings import Decisions, Settings
from core.checkpoints import CheckpointError
from core.data.scenes import NAMES, SIDE, Scene, make_scene
from core.scenes.live.bundle import unpack
from core.scenes.pointing import pointing
from core.scenes.registry import list_scene_captioners
from core.trace import CaptionTrace
from core.turns import Turns
from core.views import player
from pages.parts.address import linked, number_in, one_of, required
from pages.parts.loaders import is_warm
from pages.parts.photo_view import Captioning
from pages.parts.state import LearnLiveState, state

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
def _grid(root: str, version: int | None, seen: str, _picture: Image.Image) -> "Tensor":
    return load_scene_service(root, version).encode([_picture])


def grid(model: Model, scene: Scene, blank: tuple[int, ...] = (), of: Grid = (1, 1)) -> "Tensor":
    """The grid (1, rows * columns, channels) of a scene as a model sees it, without the cells that are blanked out."""
    seen = repr((scene.meaning, scene.corners, scene.background, blank, of))
    return _grid(model.root, model.version, seen, blank_out(scene.picture(), blank, of))


@st.cache_data(max_entries=256, show_spinner=False)
def _trace(model: Model, seen: str, decisions: Decisions, _grid: "Tensor") -> CaptionTrace:
    return load_scene_service(model.root, model.version).caption(_grid, model.name, Settings(), decisions)[0]


class SceneCaptioning(Captioning):
    """The captioners of one scene, whose truth is known."""

    def __init__(self, scene: Scene, models: Mapping[str, Model]) -> None:
        self.scene, self.models = scene, models

    def captions(self, request: CaptionRequest, changes: Changes, grid_of: Grid) -> dict[str, CaptionTrace]:
        return {
            name: _trace(
                self.models[name],
                f"{request.photo_id} without {changes.blank} of {grid_of}",
                changes.of(name).decisions(),
                grid(self.models[name], self.scene, changes.blank, grid_of),
            )
            for name in request.models
        }

    def turns(self, request: CaptionRequest) -> Turns | None:
        if not is_warm():
            return None
        model = self.models[request.models[0]]
        return load_scene_service(model.root, model.version).turns

    def about(self, request: CaptionRequest, model: str, trace: CaptionTrace) -> str:
        """Whether the caption is right, and how often the look was on what the word names."""
        right = "exactly right" if tuple(trace.words) == self.scene.words else "not right"
        found = [point.inside for point in pointing(trace, self.scene) if point and point.inside is not None]
        return f"{right}, points {sum(found):.0f} of {len(found)} times" if found else right

    def boxes(self) -> list[player.Marked]:
        return [
            player.Marked(" ".join(thing.words), *(side / SIDE for side in place))
            for thing, box in zip(self.scene.meaning.things, self.scene.boxes, strict=True)
            for place in [(box.left, box.top, box.right - box.left, box.bottom - box.top)]
        ]

    def points(self, trace: CaptionTrace) -> list[tuple[int, float | None] | None]:
        return [(point.thing, point.inside) if point else None for point in pointing(trace, self.scene)]

    def first(self, traces: Sequence[CaptionTrace]) -> int:
        return first_word(traces, set(NAMES))


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
