"""Does the gaze matter? A button, a chart, and one sentence for every model of a view."""

from collections.abc import Sequence

import streamlit as st
from PIL import Image

from core.captioning import occlusion
from core.captioning.interventions import Branch, Edits
from core.captioning.occlusion import OcclusionEffect
from core.trace import CaptionTrace
from core.views import charts
from pages.parts.loaders import encode, load_caption_service
from pages.parts.what_if import Scene


@st.cache_data(max_entries=64, show_spinner=False)
def _measure(
    photo_id: str, settings: tuple, trace_json: str, _photo: Image.Image, _trace: CaptionTrace, _edits: Edits
) -> Sequence[OcclusionEffect]:
    from core.captioning.decoding import Settings

    grid = encode(photo_id, _photo)
    return occlusion.measure(load_caption_service(), grid, _trace, Settings(**dict(settings)), _edits.cells())


def show_gaze_matters(scene: Scene, branch: Branch) -> None:
    """Measures only when asked, and again by itself only what was asked for: this branch of this view."""
    st.subheader("Does the gaze matter?", anchor=False)
    st.caption(
        "Each word is written once more while the model may not look at the region that it looked at most, and, as a "
        "control, while it may not look at equally large regions that it looked at least."
    )
    asked = (scene.id, branch.changes.to_text())
    if st.session_state.get("gaze asked") != asked:
        st.button(
            "Hide where it looked", icon=":material/visibility_off:", key="hide",
            on_click=lambda: st.session_state.update({"gaze asked": asked}),
        )  # fmt: skip
        return
    photo_id, photo = scene.seen(branch.changes)
    columns = st.columns(len(scene.models), gap="large") if len(scene.models) > 1 else [st.container()]
    for column, model in zip(columns, scene.models, strict=True):
        with column:
            trace = branch.traces[model]
            if len(scene.models) > 1:
                st.markdown(f"**{trace.model}**")
            if trace.attention == "none":
                st.markdown("It looks everywhere alike, so there is no region that it looked at most.")
                continue
            with st.spinner("Hiding …"):
                settings = tuple(sorted(scene.settings.items()))
                falls = _measure(photo_id, settings, trace.to_json(), photo, trace, branch.changes.of(model))
            if falls:
                st.plotly_chart(
                    charts.falls_chart(falls), key=f"falls {model}", alt=charts.falls_alt(falls),
                    config={"displayModeBar": False},
                )  # fmt: skip
            st.markdown(occlusion.explain(falls))
