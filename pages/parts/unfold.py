"""Explore, a tab below: the look before the chosen word unfolded, from the picture to the word."""

from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from core.captioning.session import CaptionRequest, CaptionSession
from core.trace import CaptionTrace
from core.views import unfolding
from pages.parts.loaders import caption_turns, checkpoint_of, encode, load_caption_service, seen
from pages.parts.photo_view import chosen_word
from pages.parts.state import PhotoView, fingerprint, key
from pages.parts.waiting import working

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

    from core.tour.captions import LookInside

FRAGMENT = "unfolding"


@st.cache_resource(show_spinner=False)
def _register() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_unfolding", **unfolding.assets())


@st.cache_data(max_entries=32, show_spinner=False)
def _inside(
    photo_id: str, model: str, weights: str, mounted: str, n: int, _trace: CaptionTrace, _photo: Image.Image
) -> "LookInside | None":
    """What the trace does not keep of a look; None for a model that cannot be looked into."""
    from core.captioning.captioners.lstm import LSTMCaptioner
    from core.tour.captions import look_inside

    grid = encode(photo_id, _photo, model)
    with load_caption_service().opened(model) as (captioner, vocabulary):
        if type(captioner) is not LSTMCaptioner:
            return None
        return look_inside(captioner, vocabulary, grid, _trace, n)


@st.fragment(key=FRAGMENT)
def show_unfolding(view: PhotoView, request: CaptionRequest, session: CaptionSession, mounted: str) -> None:
    """Runs again by itself when the viewer settles on another word."""
    (model,) = request.models
    trace = session.current.traces[model]
    n = min(chosen_word(view, mounted), len(trace.steps) - 1)
    photo_id, photo = seen(request, session.current.changes, session.grid)
    inside = None
    try:
        with working("Looking inside …", caption_turns):
            inside = _inside(photo_id, model, checkpoint_of(model), mounted, n, trace, photo)
    except ValueError:  # the finished example is shown where its model is missing: the trace has the rest
        pass
    st.markdown(f"The look before **{trace.words[n]}**, word {n + 1}. Choose another word above to unfold that one.")
    _register()(
        key=key("unfolded"),
        data=unfolding.payload(photo, request.alt, trace, n, inside, fingerprint(mounted, n, inside is None)),
    )
