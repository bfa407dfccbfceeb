"""Watch it learn, second tab: any scene, several captioners, word by word, and what if the scene were another one.

Saved runs are opened here.
"""

import streamlit as st

from core.captioning.session import CaptionRequest
from core.captioning.settings import Settings
from core.checkpoints import CheckpointError
from core.data.scenes import SIDE
from core.scenes.editing import SceneSession
from pages.parts.live_models import SCALE, Model, SceneCaptioning, choose_scene, list_models, open_zip
from pages.parts.photo_view import settle, show_branches, show_player
from pages.parts.scene_things import settle_scene, show_things
from pages.parts.state import LearnLiveState, key, state

MAX_UPLOAD = 5  # MB
SHARES = [1, 2.4]  # of the width: the scene, what is said of it


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
        drawn = choose_scene(("test", "unseen", "val", "train"))
        chosen = st.pills("Captioners", list(models), selection_mode="multi", key=key("captioners"), on_change=_choose)
        with st.popover("Open a saved run", icon=":material/folder_open:"):
            st.file_uploader("The zip of a run", ["zip"], key=key("zip"), max_upload_size=MAX_UPLOAD, on_change=_open)
            st.caption("What you saved on the tab Live, today or another day.")
    if page.problem:
        st.error(page.problem, icon=":material/folder_off:")
    if not chosen:
        st.info("Choose a captioner." if models else "There are no captioners of scenes in checkpoints/.")
        return
    left, right = st.columns(SHARES, gap="medium")
    with left:
        things = settle_scene(drawn)
        show_things(things)
    with right:
        _show_captions(things, {name: models[name] for name in chosen})


def _show_captions(things: SceneSession, models: dict[str, Model]) -> None:
    """What the captioners say of the scene as it is now, word by word, against the boxes of its things."""
    view, scene = state(LearnLiveState).view, things.scene
    seen = f"{scene.split} {scene.number} {things.current.to_text()} {list(models.values())}"
    request = CaptionRequest(seen, scene.picture(SCALE), scene.caption, tuple(models), Settings())
    by = SceneCaptioning(scene, models)
    session = settle(view, request, by)
    place = st.container()  # the player stands above the row that says what is laid beside it
    beside = show_branches(view, request, session)
    with place:
        show_player(view, request, session, beside, by, per_row=min(3, len(models)))
    rows, columns = session.grid
    st.caption(
        f"The picture is drawn finer here than the models see it: they get {SIDE} × {SIDE} pixels and look at "
        f"{rows} × {columns} cells. A box is drawn around each thing; that of what the word names is green where the "
        "hottest cell lies inside, dashed orange where it lies beside."
    )
