"""The way in: which pages there are, and what makes a link to any of them work.

Until ``st.navigation`` has run once in a server's life, Streamlit takes a folder named ``pages`` for a menu of its own
and runs a page that a link names without ``app.py``. So every page enters here first.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from core.views import address
from core.views.address import AddressPayload
from core.views.text import escape
from pages.parts.address import arrive
from pages.parts.state import Visit, key, state

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

PAGES = {
    "pages/explore.py": ("Explore a caption", ":material/visibility:"),
    "pages/learn.py": ("Learn", ":material/tour:"),
    "pages/compare.py": ("Compare", ":material/compare:"),
    "pages/stories.py": ("Ask a story", ":material/forum:"),
    "pages/learn_live.py": ("Watch it learn", ":material/school:"),
    "pages/results.py": ("Results", ":material/monitoring:"),
    "pages/teach.py": ("Teach", ":material/menu_book:"),
}


@st.cache_resource(show_spinner=False)
def register_address() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_address", js=address.script(), isolate_styles=False)


def navigate() -> st.Page:
    """The navigation over all pages; returns the one to run."""
    state(Visit).entered = True
    pages = [st.Page(path, title=title, icon=icon) for path, (title, icon) in PAGES.items()]
    return st.navigation(pages, position="top")


def enter(page: str) -> bool:
    """Begin a page, by its file's name; where ``app.py`` was passed over, begin again with it.

    Returns whether the visitor has just come to it.
    """
    if not state(Visit).entered:
        # Without icons: until app.py has set the app's own, Streamlit fetches a page's from the internet.
        st.navigation([st.Page(path, title=title) for path, (title, _) in PAGES.items()], position="hidden")
        st.rerun()
    new = arrive(page)
    with st.container(key="address"):
        query = urlencode(state(Visit).restored, doseq=True)
        register_address()(key=key("address bar"), data=AddressPayload(query=query))
    return new


def leads_to(button: str, **parameters: str) -> None:
    """Have a button of the open page, by its key, lie under a link to that page's address with these parameters."""
    over = f".st-key-{key(button).replace('.', '-').replace(' ', '-')}"
    st.html(f'<i hidden data-over="{over}" data-leads="{escape("?" + urlencode(parameters))}"></i>')
