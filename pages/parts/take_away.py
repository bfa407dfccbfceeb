"""Take it away: what is on the page as files. Each is made when it is asked for."""

import streamlit as st

from core import exports
from core.captioning import gallery
from core.captioning.session import Branch, CaptionRequest, CaptionSession
from core.exports.names import stem
from core.views import player
from pages.parts.download import download
from pages.parts.loaders import checkpoint_of, distance, seen
from pages.parts.photo_view import doubt, make_views
from pages.parts.state import PhotoView

PAGE = "With the stepper inside; opens in any browser, without the network."
STRIP = "Every word with its heat, as one picture."
VECTORS = "The same, sharp at any size: for a poster or a paper."
ANIMATION = "Word after word, as a moving picture for slides."
TRACE = (
    "Every number of this sentence (probabilities, looks, gates), with the settings that make it again. Compare opens "
    "it under “Saved traces”."
)


def show_take_away(
    view: PhotoView, request: CaptionRequest, session: CaptionSession, beside: Branch | None, title: str, credit: str
) -> None:
    """Downloads of the current branch; the page holds what lies beside it, too."""
    views, start = make_views(request, session, beside), view.step
    photo = request.photo_id if request.photo_id in gallery.GALLERY else "photo"
    branch = session.current.name if session.current is not session.original else ""
    name = stem([photo, *request.models, branch])
    said = doubt(request, session)  # here, for a download is made outside of the visit and cannot ask for its pictures
    shas = {model: checkpoint_of(model) for model in request.models if checkpoint_of(model)}

    def page() -> bytes:
        per_row = max(2, len(request.models))
        return exports.standalone_html(
            views, title, doubt=said, credit=credit, checkpoints=shas, settings=request.settings,
            per_row=per_row, start=start,
        )  # fmt: skip

    with st.container(horizontal=True, key="take_away"):
        if len(request.models) == 1:
            _show_single(request, session, views[-1], name, title, credit)
        download("Page", page, f"{name}.html", PAGE)


def _show_single(
    request: CaptionRequest, session: CaptionSession, shown: player.View, name: str, title: str, credit: str
) -> None:
    branch, (model,), photo_id = session.current, request.models, request.photo_id
    photo, trace = shown.photo, shown.trace
    far = distance(*seen(request, branch.changes, session.grid), request.models)
    weights = checkpoint_of(model)  # here: a download is made outside of the visit

    def saved() -> bytes:
        own = photo_id not in gallery.GALLERY  # then the id is the sha256 of the upload
        about = exports.Photo(
            title, *request.photo.size, sha256=photo_id if own else None, gallery=None if own else photo_id,
            credit=credit, distance=far,
        )  # fmt: skip
        decisions = branch.changes.of(model).decisions()
        return exports.trace_json(trace, about, weights, request.settings, decisions, branch.changes.blank)

    download("Film strip", lambda: exports.film_strip_png(photo, trace), f"{name}.png", STRIP)
    download("As SVG", lambda: exports.film_strip_svg(photo, trace), f"{name}.svg", VECTORS)
    download("Animation", lambda: exports.animation_gif(photo, trace), f"{name}.gif", ANIMATION)
    download("Trace", saved, f"{name}.json", TRACE)
