"""Watch it learn, second tab: any scene, several captioners, word by word; saved runs are opened here."""

import streamlit as st

from core.checkpoints import CheckpointError
from core.data.scenes import SIDE, Scene
from core.results.scene_metrics import Outcome
from core.trace import CaptionTrace
from core.views import player
from pages.parts.live_models import SCALE, choose_scene, list_models, open_zip, trace
from pages.parts.loaders import register_player
from pages.parts.state import LearnLiveState, key, state

MAX_UPLOAD = 5  # MB


def _open() -> None:
    page, file = state(LearnLiveState), st.session_state[key("zip")]
    page.problem = ""
    if file is None:
        return
    try:
        page.captioners = open_zip(file.getvalue())
    except CheckpointError as error:
        page.problem = str(error)


def _choose() -> None:
    state(LearnLiveState).captioners = st.session_state[key("captioners")]


def show_closer() -> None:
    models = list_models()
    page = state(LearnLiveState)
    kept = list(models)[:3] if page.captioners is None else page.captioners
    st.session_state[key("captioners")] = [name for name in kept if name in models]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="closer"):
        scene = choose_scene(("test", "unseen", "val", "train"))
        chosen = st.pills("Captioners", list(models), selection_mode="multi", key=key("captioners"), on_change=_choose)
        with st.popover("Open a saved run", icon=":material/folder_open:"):
            st.file_uploader("The zip of a run", ["zip"], key=key("zip"), max_upload_size=MAX_UPLOAD, on_change=_open)
            st.caption("What you saved on the tab Live, today or another day.")
    if page.problem:
        st.error(page.problem, icon=":material/folder_off:")
    if not chosen:
        st.info("Choose a captioner." if models else "There are no captioners of scenes in checkpoints/.")
        return
    try:
        traces = {model: trace(models[model], scene.split, scene.number) for model in chosen}
    except CheckpointError as error:
        st.error(str(error), icon=":material/error:")
        return
    picture = scene.picture(SCALE)
    st.markdown(f"The one right sentence: **{scene.caption}**")
    views = [
        player.View(picture, caption, scene.caption, f"{model}: {_verdict(caption, scene)}", key=model)
        for model, caption in traces.items()
    ]
    id = f"{scene.split} {scene.number} {[(model, models[model]) for model in traces]}"
    register_player()(key=key("player"), data=player.caption_payload(views, id, per_row=3))
    rows, columns = views[0].trace.grid
    st.caption(
        f"The picture is drawn finer here than the models see it: they get {SIDE} × {SIDE} pixels and look at "
        f"{rows} × {columns} cells."
    )


def _verdict(caption: CaptionTrace, scene: Scene) -> str:
    """Whether the caption is right, and where it is, how often the look was on the thing named."""
    if tuple(caption.words) != scene.words:
        return "not right"
    if caption.attention == "none":
        return "exactly right"
    outcome = Outcome(scene, caption, caption)
    return f"exactly right, points {sum(outcome.points):.0f} of {len(outcome.points)} times"
