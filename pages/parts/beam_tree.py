"""Explore, third tab below: how the beam came to its sentence, as a tree to step through and to prune."""

from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from core.captioning.beam import BeamTrace
from core.captioning.session import CaptionRequest, CaptionSession
from core.captioning.settings import Decisions, Settings
from core.views import beam
from pages.parts.loaders import caption_turns, checkpoint_of, encode, load_caption_service, seen
from pages.parts.state import PhotoView, key
from pages.parts.waiting import working

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

ABOUT = """
At every step each sentence that is kept is continued by every word that the model knows. The likeliest are kept, as
many as the beam is wide; the rest is dropped for good. Choose a word to see its numbers, or to forbid it there: then
the model looks for the best sentence without it.
"""


@st.cache_resource(show_spinner=False)
def _register() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_beam", **beam.assets())


@st.cache_data(max_entries=32, show_spinner=False)
def _search(
    photo_id: str, model: str, weights: str, settings: Settings, decisions: Decisions, _photo: Image.Image
) -> BeamTrace:
    return load_caption_service().beam(encode(photo_id, _photo, model), model, settings, decisions)[0]


def show_beam(view: PhotoView, request: CaptionRequest, session: CaptionSession) -> None:
    """The beam of the branch that is looked at; pruning it grows another branch."""
    if request.settings.method == "sample":
        st.info("Sampled words are drawn one by one, so there is no beam.", icon=":material/casino:")
        return
    (model,), changes = request.models, session.current.changes
    photo_id, photo = seen(request, changes, session.grid)
    decisions = changes.of(model).decisions()
    try:
        with working("Searching …", caption_turns):
            found = _search(photo_id, model, checkpoint_of(model), request.settings, decisions, photo)
    except ValueError as error:  # the finished example is shown where its model is missing
        st.error(str(error), icon=":material/error:")
        return
    st.caption(ABOUT)
    place = key("beam tree")

    def remember() -> None:
        change = st.session_state[place].get("change")
        view.change = change if isinstance(change, dict) else None

    _register()(
        key=place,
        data=beam.payload(found, view.mounted, f"{session.current_id}:{model}"),
        on_change_change=remember,
    )
