"""Does the gaze matter? A button, a chart, and one sentence for every model of a view."""

from collections.abc import Sequence

import streamlit as st
from PIL import Image

from core.captioning import occlusion
from core.captioning.interventions import Edits
from core.captioning.occlusion import OcclusionEffect
from core.captioning.session import CaptionRequest, CaptionSession
from core.captioning.settings import Settings
from core.trace import CaptionTrace
from core.views import charts
from pages.parts.loaders import caption_turns, encode, load_caption_service, seen
from pages.parts.state import PhotoView, key
from pages.parts.waiting import working


@st.cache_data(max_entries=64, show_spinner=False)
def _measure(
    photo_id: str, settings: Settings, trace_json: str, _photo: Image.Image, _trace: CaptionTrace, _edits: Edits
) -> Sequence[OcclusionEffect]:
    seen = encode(photo_id, _photo, _trace.model)
    return occlusion.measure(load_caption_service(), seen, _trace, settings, _edits.cells())


def show_gaze_matters(view: PhotoView, request: CaptionRequest, session: CaptionSession) -> None:
    """Measures only when asked, and again by itself only what was asked for: this branch of this view."""
    st.subheader("Does the gaze matter?", anchor=False)
    st.caption(
        "Each word is written once more while the model may not look at the region that it looked at most, and, as a "
        "control, while it may not look at equally large regions that it looked at least."
    )
    branch = session.current
    asked = (request, branch.changes.to_text())

    def hide() -> None:
        view.hidden = asked

    if view.hidden != asked:
        st.button("Hide where it looked", icon=":material/visibility_off:", key=key("hide"), on_click=hide)
        return
    photo_id, photo = seen(request, branch.changes, session.grid)
    count = len(request.models)
    per_row = count if count < 4 else 2  # a chart has words under it
    rows = [st.columns(per_row, gap="large") if count > 1 else [st.container()] for _ in range(0, count, per_row)]
    columns = [column for row in rows for column in row]
    for column, model in zip(columns, request.models, strict=True):
        with column:
            trace = branch.traces[model]
            if len(request.models) > 1:
                st.markdown(f"**{trace.model}**")
            if trace.attention == "none":
                st.markdown("It looks everywhere alike, so there is no region that it looked at most.")
                continue
            try:
                with working("Hiding …", caption_turns):
                    edits = branch.changes.of(model)
                    falls = _measure(photo_id, request.settings, trace.to_json(), photo, trace, edits)
            except ValueError as error:  # the finished example is shown where its model is missing, or another one
                st.error(str(error), icon=":material/error:")
                continue
            if falls:
                st.plotly_chart(
                    charts.falls_chart(falls), key=key(f"falls {model}"), alt=charts.falls_alt(falls),
                    config={"displayModeBar": False},
                )  # fmt: skip
            st.markdown(occlusion.explain(falls))
