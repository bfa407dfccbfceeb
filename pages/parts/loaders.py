"""What is kept between reruns: models and pictures. Torch comes with the first caption asked for, not before."""

import base64
import sys
import threading

import streamlit as st
from PIL import Image

from core import checkpoints
from core.captioning import examples, gallery
from core.captioning.interventions import Edits
from core.captioning.photo import encode_jpeg
from core.captioning.registry import list_captioners
from core.trace import CaptionTrace
from core.views import player

ABOUT_MODELS = {
    "none": "No attention: the photo's mean, the same at every word, so there is nowhere to look.",
    "soft": "Soft attention: all cells at once, each by its weight. The weights are the heat.",
    "hard": "Hard attention: one cell, framed. The heat behind it is the distribution it was chosen from.",
}


@st.cache_resource(show_spinner=False)
def load_caption_service():
    from core.captioning.service import CaptionService

    return CaptionService(checkpoints.ROOT)


def is_warm() -> bool:
    """Whether torch is here already, so that a caption takes no longer than the models themselves."""
    return "core.captioning.service" in sys.modules


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Fetch torch in the background, while the viewer looks at the finished example: called when that is shown."""
    threading.Thread(target=_fetch_torch, daemon=True).start()


def _fetch_torch() -> None:
    import torch  # noqa: F401 (to be there when the first caption is asked for)


@st.cache_resource(show_spinner=False)
def load_example() -> examples.Example:
    return examples.read_example()


@st.cache_resource(show_spinner=False)
def register_stepper():
    return st.components.v2.component("glimpse_stepper", **player.assets("photo"))


@st.cache_data(ttl=60, max_entries=1, show_spinner=False)
def load_registry(root: str) -> dict[str, dict]:
    """Captioner -> its config, looked up again every minute: a folder that is put beside the others is offered soon."""
    return {checkpoint.name: checkpoint.config for checkpoint in list_captioners(checkpoints.ROOT)}


def attention_kinds() -> dict[str, str]:
    """Captioner -> none, soft or hard; those of the finished example even where there are no checkpoints."""
    kinds = {name: trace.attention for name, trace in load_example().traces.items()}
    found = {name: config.get("attention", "") for name, config in load_registry(str(checkpoints.ROOT)).items()}
    return kinds | found


def checkpoint_of(model: str) -> str:
    """The sha256 of a model's weights; empty where it is not among the checkpoints."""
    return load_registry(str(checkpoints.ROOT)).get(model, {}).get("sha256", "")


def weights_of(model: str) -> str:
    """The sha256 of any model's weights, as its config names it now.

    Raises:
        CheckpointError: it is missing or damaged.
    """
    return checkpoints.read(checkpoints.resolve(model, checkpoints.ROOT)).config["sha256"]


def vocabulary(model: str) -> list[str]:
    return load_registry(str(checkpoints.ROOT)).get(model, {}).get("vocabulary", [])


@st.cache_data(max_entries=16, show_spinner=False)
def encode(photo_id: str, _photo: Image.Image):
    """The grid (1, 196, 1280) of one photo: one encoder pass, whatever models and settings follow."""
    return load_caption_service().encode([_photo])


@st.cache_data(max_entries=256, show_spinner=False)
def distance(photo_id: str, _photo: Image.Image) -> float | None:
    """How far a photo lies from those that the models learnt from, beyond 1 too far; None where nobody knows."""
    return load_caption_service().distances(encode(photo_id, _photo))[0]


@st.cache_data(max_entries=256, show_spinner=False)
def caption(
    photo_id: str, model: str, settings: tuple, edits_text: str, _photo: Image.Image, _edits: Edits
) -> CaptionTrace:
    from core.captioning.decoding import Settings

    grid = encode(photo_id, _photo)
    return load_caption_service().caption(grid, model, Settings(**dict(settings)), _edits.decisions())[0]


@st.cache_data(max_entries=64, show_spinner=False)
def thumbnail(photo_id: str, _photo: Image.Image) -> str:
    """A small JPEG as a data URL."""
    return f"data:image/jpeg;base64,{base64.b64encode(encode_jpeg(gallery.thumbnail(_photo))).decode('ascii')}"


@st.cache_data(max_entries=8, show_spinner=False)
def picture(photo_id: str, _photo: Image.Image) -> bytes:
    """The photo by itself as a JPEG."""
    return encode_jpeg(_photo, 1000)
