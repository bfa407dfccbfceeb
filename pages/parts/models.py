"""Where the app's models come from: our own folder, those that whoever started the app has named, a visitor's own.

A visitor names no path: what else lies on the machine's disk is not to be found out from a page.
"""

from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from core import checkpoints
from core.captioning.registry import CAPTIONERS
from core.checkpoints.service import Service
from core.memory.registry import KIND
from pages.parts.options import options
from pages.parts.state import OwnState, state

if TYPE_CHECKING:
    from core.captioning.service import CaptionService
    from core.memory.service import StoryService

CAPTIONER, NETWORK = CAPTIONERS.kind, KIND


@st.cache_resource(show_spinner=False)
def _shared(kind: str) -> Service[Any]:
    """The models of the app of a kind, the same for all visitors."""
    where = "core.captioning.service:CaptionService" if kind == CAPTIONER else "core.memory.service:StoryService"
    found: Service[Any] = resolve_name(where)(checkpoints.ROOT, options().checkpoints)
    return found


def _service(kind: str) -> Service[Any]:
    """The same, and beside them this visitor's own."""
    if not (named := own_folders(kind)):
        return _shared(kind)
    held = state(OwnState).services
    if kind not in held:
        held[kind] = _shared(kind).beside(named)
    return held[kind]


def load_caption_service() -> "CaptionService":
    """The captioners of the app, and beside them this visitor's own."""
    return cast("CaptionService", _service(CAPTIONER))


def load_story_service() -> "StoryService":
    """The networks of the app, and beside them this visitor's own."""
    return cast("StoryService", _service(NETWORK))


def own_folders(kind: str) -> dict[str, Path]:
    """The visitor's own models of a kind: name -> folder."""
    return {name: path for upload in state(OwnState).uploads for name, path in upload.folders(kind).items()}


def own_configs(kind: str) -> dict[str, dict[str, Any]]:
    """The same with what their configs say."""
    return {
        name: one.config
        for upload in state(OwnState).uploads
        for name, one in upload.models.items()
        if one.config["kind"] == kind
    }


def try_out(kind: str, named: Mapping[str, Path]) -> None:
    """Raises CheckpointError where one of them cannot do what those of its kind do."""
    service = _shared(kind).beside(named)
    for name in named:
        service.try_out(name)
