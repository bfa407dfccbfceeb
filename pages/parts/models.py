"""Where the app's models come from: our own folder, those that whoever started the app has named, a visitor's own.

A visitor names no path: what else lies on the machine's disk is not to be found out from a page.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from core import checkpoints
from core.captioning.registry import CAPTIONERS
from pages.parts.options import options
from pages.parts.state import OwnState, state

if TYPE_CHECKING:
    from core.captioning.service import CaptionService
    from core.memory.service import StoryService

CAPTIONER, NETWORK = CAPTIONERS.kind, "memory"


@st.cache_resource(show_spinner=False)
def _shared_captioners() -> "CaptionService":
    from core.captioning.service import CaptionService

    return CaptionService(checkpoints.ROOT, options().checkpoints)


@st.cache_resource(show_spinner=False)
def _shared_networks() -> "StoryService":
    from core.memory.service import StoryService

    return StoryService(checkpoints.ROOT, options().checkpoints)


def load_caption_service() -> "CaptionService":
    """The models of the app, and beside them this visitor's own."""
    if not (named := own_folders(CAPTIONER)):
        return _shared_captioners()
    held = state(OwnState).services
    if CAPTIONER not in held:
        held[CAPTIONER] = _shared_captioners().beside(named)
    return cast("CaptionService", held[CAPTIONER])


def load_story_service() -> "StoryService":
    """The networks of the app, and beside them this visitor's own."""
    if not (named := own_folders(NETWORK)):
        return _shared_networks()
    held = state(OwnState).services
    if NETWORK not in held:
        held[NETWORK] = _shared_networks().beside(named)
    return cast("StoryService", held[NETWORK])


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


def try_out_captioners(named: Mapping[str, Path]) -> None:
    """Raises CheckpointError where one of them cannot caption a photo."""
    service = _shared_captioners().beside(named)
    for name in named:
        service.try_out(name)


def try_out_networks(named: Mapping[str, Path]) -> None:
    """Raises CheckpointError where one of them cannot answer a question."""
    service = _shared_networks().beside(named)
    for name in named:
        service.try_out(name)
