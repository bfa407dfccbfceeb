"""Compare, first tab: what each model writes by itself, stepped together, with what-ifs."""

import streamlit as st

from pages.parts.gaze_matters import show_gaze_matters
from pages.parts.take_away import show_take_away
from pages.parts.what_if import Scene, settle, show_branches, show_doubt, show_stepper


def show_own_words(scene: Scene, credit: str) -> None:
    history = settle(scene)
    place = st.container()
    beside = show_branches(scene, history)
    with place:
        show_stepper(scene, history, beside)
    show_doubt(scene, history.current.changes)
    st.caption(f"Same eyes, same words: only the attention differs. Heat is each photo's own.  \n{credit}")
    show_gaze_matters(scene, history.current)
    show_take_away(scene, history.current, beside, "Compared", credit)
