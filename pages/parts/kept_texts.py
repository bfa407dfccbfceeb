"""What a visitor's browser keeps for them beside their photos: stories too long for a link, keys of their trainings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from core.views import keeping
from pages.parts.state import KeptTexts, key, state

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

MAX_TEXT = 500_000  # characters of one text


@st.cache_resource(show_spinner=False)
def _register() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_keeping", js=keeping.script(), isolate_styles=False)


def keep_text(name: str, text: str) -> None:
    """Have the browser keep a text."""
    texts = state(KeptTexts)
    if texts.known.get(name) != text:
        texts.kept.discard(name)
    texts.known[name] = text
    for old in list(texts.known)[: -keeping.MOST]:
        del texts.known[old]


def kept_text(name: str) -> str | None:
    """What the browser keeps under a name, None where it keeps nothing or has not said yet; it will be asked."""
    texts = state(KeptTexts)
    if name not in texts.known and name not in texts.answered:
        texts.asked.add(name)
    return texts.known.get(name)


def is_asked(name: str) -> bool:
    """Whether the browser has yet to say."""
    return name in state(KeptTexts).asked


def show_keeper() -> None:
    """The browser's part, which is not seen; after all that may ask for something.

    It runs by itself: only what the browser hands back needs the page once more.
    """
    texts, place = state(KeptTexts), key("kept texts")

    def take() -> None:
        found = st.session_state[place].get("found")
        if not isinstance(found, Mapping):
            return
        for name in texts.asked:
            if isinstance(text := found.get(name), str) and len(text) <= MAX_TEXT:  # it comes from outside
                texts.known[name] = text
                texts.kept.add(name)
        texts.answered |= texts.asked
        texts.asked.clear()
        st.session_state[key("read kept texts")] = True

    def note_kept() -> None:
        if isinstance(kept := st.session_state[place].get("kept"), list):
            texts.kept |= set(kept) & set(texts.known)

    @st.fragment(key="kept texts")
    def show() -> None:
        if st.session_state.pop(key("read kept texts"), False):
            st.rerun()
        keep = {name: text for name, text in texts.known.items() if name not in texts.kept}
        _register()(key=place, data=keeping.payload(keep, texts.asked), on_found_change=take, on_kept_change=note_kept)

    if texts.known or texts.asked:
        with st.container(key="kept_texts"):
            show()
