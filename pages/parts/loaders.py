"""What is kept between reruns: models and pictures. Torch comes with the first caption asked for, not before.

What shows a photo, which may be a visitor's own, is kept for that visit only (``scope="session"``); visits that give
the same photo at the same time share it (:data:`once`).
"""

import base64
import os
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st
from PIL import Image

from core import checkpoints
from core.captioning import examples, gallery
from core.captioning.interventions import Changes, Grid, blank_out
from core.captioning.naming import first_word
from core.captioning.photo import encode_jpeg
from core.captioning.registry import CAPTIONERS, eyes_of, list_captioners
from core.captioning.session import CaptionRequest
from core.captioning.settings import Decisions, Settings
from core.checkpoints.catalog import Catalog
from core.checkpoints.labels import attention_label, heads_of, looks_label, several
from core.once import Kept, Once
from core.trace import CaptionTrace
from core.turns import Turns
from core.views import player
from pages.parts.models import CAPTIONER, NETWORK, load_caption_service, own_configs, own_folders
from pages.parts.options import options

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer
    from torch import Tensor

ABOUT_ATTENTION = {
    "none": "No attention: the photo's mean, the same at every word, so there is nowhere to look.",
    "soft": "Soft attention: all cells at once, each by its weight. The weights are the heat.",
    "hard": "Hard attention: one cell, framed. The heat behind it is the distribution it was chosen from.",
}
ABOUT_HEADS = (
    "Attention of {layers} x {heads} heads: in each of {layers} layers, {heads} heads look at all cells, each with "
    "weights of its own. The heat is their mean."
)
ABOUT_LOOKS = {
    "taught": "Its looks were taught in training, by boxes that people had drawn around what a caption names.",
    "free": "Its looks were never taught: it learnt from captions alone.",
}
MANY_DISTANCES = 256  # photos, of which it is remembered how far they lie off

once = Once()


def is_warm() -> bool:
    """Whether torch is here already, so that a caption takes no longer than the models themselves."""
    return "core.captioning.service" in sys.modules


def caption_turns() -> Turns | None:
    """The queue for the captioners, as soon as they can be asked."""
    return load_caption_service().turns if is_warm() else None


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
def register_player() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_player", **player.assets("photo"))


class Offered(NamedTuple):
    """What lies among the checkpoints.

    Attributes:
        configs: captioner -> its config.
        unusable: a sentence for each folder that is left out.
    """

    configs: dict[str, dict[str, Any]]
    unusable: list[str]


@st.cache_resource(ttl=60, max_entries=1, show_spinner=False)
def load_registry(root: str) -> Offered:
    """The captioners whose files are sound, looked up again every minute: a folder put beside the others is offered
    soon, and one that breaks is left out."""
    unusable: list[str] = []

    def complain(error: checkpoints.CheckpointError) -> None:
        """Without where on this machine it lies."""
        sentence = str(error)
        for folder in (checkpoints.ROOT, *options().checkpoints):
            sentence = sentence.replace(f"{folder}{os.sep}", "").replace(str(folder), folder.name)
        unusable.append(sentence)

    found = list_captioners(checkpoints.ROOT, look=_sound, complain=complain, more=options().checkpoints)
    return Offered({checkpoint.name: checkpoint.config for checkpoint in found}, unusable)


def _sound(folder: Path) -> checkpoints.Checkpoint:
    """A checkpoint as listed; a captioner's weights are verified, once as long as the file stays as it is."""
    checkpoint = checkpoints.read(folder)
    if checkpoint.config["kind"] == CAPTIONERS.kind:
        file = (folder / checkpoints.WEIGHTS).stat()
        _verify(folder, checkpoint.config["sha256"], file.st_mtime_ns, file.st_size)
    return checkpoint


@lru_cache(maxsize=32)
def _verify(folder: Path, *as_it_is: object) -> None:
    checkpoints.verify(folder)


def load_captioners() -> dict[str, dict[str, Any]]:
    """Captioner -> its config; of those of the finished example their attention, where there are no checkpoints."""
    ours = load_registry(str(checkpoints.ROOT)).configs or {
        name: {"attention": trace.attention} for name, trace in load_example().traces.items()
    }
    return ours | own_configs(CAPTIONER)


def attention_kinds() -> dict[str, str]:
    """Captioner -> none, soft or hard."""
    return {name: config.get("attention", "") for name, config in load_captioners().items()}


def label_of(model: str) -> str:
    """How a captioner attends, in a few words."""
    return attention_label(load_captioners().get(model, {}))


def describe_looks(model: str) -> str:
    """How a captioner looks, and how it came to, in sentences."""
    config = load_captioners().get(model, {})
    look = ABOUT_ATTENTION.get(config.get("attention", ""), "")
    taught = ABOUT_LOOKS[config["looks"]] if looks_label(config) else ""
    if several(config):
        layers, heads = heads_of(config)
        look = ABOUT_HEADS.format(layers=layers, heads=heads)
        taught = taught.replace("Its looks were", "The looks of one head in each layer were")
    return " ".join(filter(None, (look, taught)))


def checkpoint_of(model: str) -> str:
    """The sha256 of a model's weights; empty where it is not among the checkpoints."""
    sha256: str = load_captioners().get(model, {}).get("sha256", "")
    return sha256


def weights_of(model: str) -> str:
    """The sha256 of any model's weights, as its config names it now.

    Raises:
        CheckpointError: it is missing or damaged.
    """
    found = Catalog(checkpoints.ROOT, options().checkpoints, own_folders(NETWORK) | own_folders(CAPTIONER)).find(model)
    sha256: str = checkpoints.read(found[1]).config["sha256"]
    return sha256


def vocabulary(model: str) -> list[str]:
    words: list[str] = load_captioners().get(model, {}).get("vocabulary", [])
    return words


def word_to_show(traces: Sequence[CaptionTrace]) -> int:
    """The position of the word that captions side by side are shown at first; see :func:`first_word`."""
    nouns = {noun for trace in traces for noun in load_captioners().get(trace.model, {}).get("nouns", ())}
    return first_word(traces, nouns)


@st.cache_data(max_entries=16, show_spinner=False)
def _encode(photo_id: str, eyes: str, _photo: Image.Image, _model: str) -> "Tensor":
    return load_caption_service().encode([_photo], _model)


def encode(photo_id: str, photo: Image.Image, model: str) -> "Tensor":
    """What a model sees in one photo: one encoder pass, whatever models of that encoder and settings follow.

    Everybody takes their turn before they wait for the same photo, never after, or two could wait for each other.

    Raises:
        ValueError: the model cannot be loaded.
    """
    service, by = load_caption_service(), eyes(model)
    with service.turns:
        grid = _encode(photo_id, by, photo, model)
        if (photo_id, by) not in (known := _distances()):  # now, while the grid is here
            known[photo_id, by] = service.distances(grid, model)[0]
            for old in list(known)[:-MANY_DISTANCES]:
                del known[old]
        return grid


def eyes(model: str) -> str:
    """What a model sees with: the same for all models of one encoder."""
    return eyes_of(load_captioners().get(model, {}))


@st.cache_resource(show_spinner=False)
def _distances() -> dict[tuple[str, str], float | None]:
    """Photo and what it was seen with -> how far it lies off; of those that were encoded last."""
    return {}


def distance(photo_id: str, photo: Image.Image, models: Sequence[str]) -> float | None:
    """How far a photo lies from those that models learnt from, beyond 1 too far; None where nobody knows."""
    example = load_example()
    if photo_id == example.photo and any(model in example.traces for model in models):
        return example.distance
    told = (_distance(photo_id, photo, model) for model in {eyes(model): model for model in models}.values())
    return max((one for one in told if one is not None), default=None)


def _distance(photo_id: str, photo: Image.Image, model: str) -> float | None:
    if (photo_id, eyes(model)) not in _distances():
        encode(photo_id, photo, model)
    return _distances().get((photo_id, eyes(model)))


@st.cache_data(max_entries=256, show_spinner=False)
def _caption(
    photo_id: str, model: str, weights: str, settings: Settings, decisions: Decisions, _photo: Image.Image
) -> CaptionTrace:
    service = load_caption_service()
    with service.turns:  # one turn for all of it: whoever asked first is done first
        return service.caption(encode(photo_id, _photo, model), model, settings, decisions)[0]


def caption(
    photo_id: str, photo: Image.Image, model: str, settings: Settings, decisions: Decisions | None = None
) -> CaptionTrace:
    """What a model writes; the finished example where that is what is asked for.

    Raises:
        ValueError: the model cannot be loaded, or the decisions are none that it could follow.
    """
    example, decisions = load_example(), decisions or Decisions()
    if (photo_id, settings, decisions) == (example.photo, example.settings, Decisions()) and model in example.traces:
        return example.traces[model]
    return _caption(photo_id, model, checkpoint_of(model), settings, decisions, photo)


@st.cache_resource(max_entries=4, show_spinner=False, scope="session")
def _blank_out(photo_id: str, cells: tuple[int, ...], grid: Grid, _photo: Image.Image) -> Image.Image:
    """One object for one picture, so that views know that they share it."""
    return blank_out(_photo, cells, grid)


def seen(request: CaptionRequest, changes: Changes, grid: Grid) -> tuple[str, Image.Image]:
    """The photo as the models see it after changes, and its id for the caches."""
    if not changes.blank:
        return request.photo_id, request.photo
    blanked = _blank_out(request.photo_id, changes.blank, grid, request.photo)
    return f"{request.photo_id} without {changes.blank} of {grid}", blanked


def captions(request: CaptionRequest, changes: Changes | None = None, grid: Grid = (1, 1)) -> dict[str, CaptionTrace]:
    """What every model of a request writes after changes, if any; of what grid the blanked cells are.

    Raises:
        ValueError: as :func:`caption`.
    """
    changes = changes or Changes()
    photo_id, photo = seen(request, changes, grid)
    return {
        model: caption(photo_id, photo, model, request.settings, changes.of(model).decisions())
        for model in request.models
    }


@st.cache_data(max_entries=64, show_spinner=False)
def thumbnail(photo_id: str, _photo: Image.Image) -> str:
    """Of a photo of the gallery, a small JPEG as a data URL."""
    return f"data:image/jpeg;base64,{base64.b64encode(encode_jpeg(gallery.thumbnail(_photo))).decode('ascii')}"


@st.cache_resource(max_entries=8, show_spinner=False, scope="session")
def _picture(photo_id: str, _photo: Image.Image, side: int) -> Kept[bytes]:
    return once.get(("picture", photo_id, side), lambda: encode_jpeg(_photo, side))


def picture(photo_id: str, photo: Image.Image, side: int = player.PHOTO_SIDE) -> bytes:
    """The photo by itself as a JPEG, its longer side at most so many pixels."""
    return _picture(photo_id, photo, side).value
