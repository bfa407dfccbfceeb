"""The way in: which pages there are, and what makes a link to any of them work.

Until ``st.navigation`` has run once in a server's life, Streamlit takes a folder named ``pages`` for a menu of its own
and runs a page that a link names without ``app.py``. So every page enters here first.
"""

import streamlit as st

from pages.parts.state import Visit, arrive, state

PAGES = {
    "pages/explore.py": ("Explore a caption", ":material/visibility:"),
    "pages/learn.py": ("Learn", ":material/tour:"),
    "pages/compare.py": ("Compare", ":material/compare:"),
    "pages/stories.py": ("Ask a story", ":material/forum:"),
    "pages/learn_live.py": ("Watch it learn", ":material/school:"),
    "pages/results.py": ("Results", ":material/monitoring:"),
    "pages/teach.py": ("Teach", ":material/menu_book:"),
}


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
    return arrive(page)
