"""A scene whose things can be moved, painted, hidden and added: on the picture, and in a form.

What a change means, and which are refused, is decided in ``core.scenes.editing``.
"""

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.data.scenes import COLOURS, NAMES, SIDE, SIZES, TEXTURES, Scene
from core.scenes.editing import MOST, Placed, SceneSession, unlike_training
from core.views import scene_editor
from pages.parts.address import went_back, write
from pages.parts.state import LearnLiveState, key, state

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

MAX_SCENES = 8  # whose changes are remembered
PARTS: dict[str, tuple[str, dict[str, str]]] = {  # part -> what it is called, and its values with their names
    "name": ("Thing", {name: name for name in NAMES}),
    "colour": ("Colour", {name: name for name in COLOURS}),
    "texture": ("Texture", {name: name or "plain" for name in TEXTURES}),
    "size": ("Size", {name: name or "middle" for name in SIZES}),
}
SIDES = {"left": "From the left", "top": "From the top"}  # in pixels of the scene


@st.cache_resource(show_spinner=False)
def register_scene_editor() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_scene_editor", **scene_editor.assets())


def settle_scene(drawn: Scene) -> SceneSession:
    """What was made of a scene, after what the link says and what the viewer has just asked for."""
    page, place = state(LearnLiveState), (drawn.split, drawn.number)
    session = page.scenes.pop(place, None) or SceneSession.begin(drawn)
    text = st.query_params.get("things", "")
    if text != page.things and (page.things is None or went_back()):
        try:
            session = session.follow(text)
        except ValueError as error:
            st.toast(str(error), icon=":material/link_off:")
    if page.wish is not None:
        wish, page.wish, page.refused = page.wish, None, ""
        page.turn += 1
        try:
            session = session.asked(wish)
        except ValueError as error:
            page.refused = str(error)
    page.scenes[place] = session
    for old in list(page.scenes)[:-MAX_SCENES]:
        del page.scenes[old]
    page.things = session.link()
    write("things", [page.things] if page.things else [])
    return session


def show_things(session: SceneSession) -> None:
    """The picture, the one right sentence, and what can be changed."""
    page, place = state(LearnLiveState), key("scene")

    def wish() -> None:
        asked = st.session_state[place].get("wish")
        page.wish = asked if isinstance(asked, dict) else None

    with st.container(key="sentence"):
        st.markdown(f"The one right sentence: **{session.scene.caption}**")
    register_scene_editor()(key=place, data=scene_editor.payload(session, page.turn, page.refused), on_wish_change=wish)
    if note := unlike_training(session.scene):
        st.caption(f":material/question_mark: {note}")
    _show_form(session)


def _ask(**what: Any) -> None:
    state(LearnLiveState).wish = what


def _show_form(session: SceneSession) -> None:
    """Everything that can be done on the picture, and the rest, without a mouse."""
    at, last = session.at, len(session.states) - 1
    with st.container(horizontal=True, gap="small", key="things"):
        for number, placed in enumerate(session.current.things):
            _show_thing(number, placed, alone=len(session.current.things) == 1)
        _button("Add a thing", "add", "add", len(session.current.things) >= MOST)
        _button("Undo", "undo", "undo", at == 0)
        _button("Redo", "redo", "redo", at == last)
        _button("As drawn", "restart_alt", "drawn", not session.link())


def _button(label: str, icon: str, kind: str, disabled: bool) -> None:
    st.button(
        label, icon=f":material/{icon}:", key=key(f"scene {kind}"), on_click=_ask, kwargs={"kind": kind},
        disabled=disabled,
    )  # fmt: skip


def _show_thing(number: int, placed: Placed, alone: bool) -> None:
    """What one thing is and where it stands."""

    def change(part: str) -> None:
        _ask(kind="change", thing=number, **{part: st.session_state[key(f"thing {number} {part}")]})

    def move() -> None:
        left, top = (st.session_state[key(f"thing {number} {side}")] for side in SIDES)
        _ask(kind="move", thing=number, left=left, top=top)

    with st.popover(" ".join(placed.thing.words), icon=":material/edit:", key=f"thing {number}"):
        for part, (label, names) in PARTS.items():
            place = key(f"thing {number} {part}")
            st.session_state[place] = getattr(placed.thing, part)
            st.selectbox(
                label, tuple(names), key=place, format_func=names.__getitem__, on_change=change, args=(part,)
            )  # fmt: skip
        for side, label in SIDES.items():
            place = key(f"thing {number} {side}")
            st.session_state[place] = getattr(placed, side)
            st.slider(label, 0, SIDE - placed.thing.side, key=place, on_change=move)
        st.button(
            "Hide it", icon=":material/visibility_off:", key=key(f"thing {number} hide"), on_click=_ask,
            kwargs={"kind": "hide", "thing": number}, disabled=alone,
        )  # fmt: skip
