"""Take it away: what is on the page as files. Each is made when it is asked for."""

import streamlit as st

from core import exports
from core.captioning import gallery
from core.captioning.interventions import Branch
from core.views import player
from pages.parts.loaders import checkpoint_of
from pages.parts.what_if import Scene, make_views


def show_take_away(scene: Scene, branch: Branch, beside: Branch | None, title: str, credit: str) -> None:
    """Downloads of the current branch; the page holds what lies beside it, too."""
    views = make_views(scene, branch, beside)

    def page() -> bytes:
        from core.captioning.decoding import Settings

        shas = {model: checkpoint_of(model) for model in scene.models if checkpoint_of(model)}
        settings = Settings(**scene.settings)
        per_row = max(2, len(scene.models))
        return exports.standalone_html(
            views, title, credit=credit, checkpoints=shas, settings=settings, per_row=per_row,
            start=st.session_state.get("step"),
        )  # fmt: skip

    with st.container(horizontal=True, key="take_away"):
        if len(scene.models) == 1:
            _show_single(scene, branch, views[-1], title, credit)
        st.download_button(
            "Page", page, "glimpse.html", "text/html", icon=":material/description:", on_click="ignore",
            key="take_page", help="With the stepper inside; opens in any browser, without the network.",
        )  # fmt: skip


def _show_single(scene: Scene, branch: Branch, view: player.View, title: str, credit: str) -> None:
    photo, trace, (model,) = view.photo, view.trace, scene.models

    def saved() -> bytes:
        from core.captioning.decoding import Settings

        own = scene.photo_id not in gallery.GALLERY  # then the id is the sha256 of the upload
        about = exports.Photo(
            title, *scene.photo.size, sha256=scene.photo_id if own else None, gallery=None if own else scene.photo_id,
            credit=credit,
        )  # fmt: skip
        decisions, settings = branch.changes.of(model).decisions(), Settings(**scene.settings)
        return exports.trace_json(trace, about, checkpoint_of(model), settings, decisions, branch.changes.blank)

    files = {
        "Film strip": (lambda: exports.film_strip_png(photo, trace), "glimpse.png", "image/png", "image"),
        "As SVG": (lambda: exports.film_strip_svg(photo, trace), "glimpse.svg", "image/svg+xml", "polyline"),
        "Animation": (lambda: exports.animation_gif(photo, trace), "glimpse.gif", "image/gif", "gif_box"),
        "Trace": (saved, "glimpse.json", "application/json", "data_object"),
    }
    for label, (make, name, kind, icon) in files.items():
        st.download_button(label, make, name, kind, icon=f":material/{icon}:", on_click="ignore", key=f"take_{name}")
