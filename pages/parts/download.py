"""A button that gives a file to take away."""

from collections.abc import Callable

import streamlit as st

from pages.parts.state import key

_KINDS = {  # ending -> MIME type, icon
    "csv": ("text/csv", "table"),
    "gif": ("image/gif", "gif_box"),
    "html": ("text/html", "description"),
    "json": ("application/json", "data_object"),
    "parquet": ("application/vnd.apache.parquet", "table"),
    "png": ("image/png", "image"),
    "svg": ("image/svg+xml", "polyline"),
    "zip": ("application/zip", "download"),
}


def download(
    label: str,
    make: Callable[[], bytes | str],
    file: str,
    what: str | None = None,
    *,
    name: str = "",
    icon: str = "",
    disabled: bool = False,
) -> None:
    """A button for a file that is made when it is asked for, outside of the visit: ``make`` can ask for nothing of it.

    Args:
        file: its name, whose ending says what it is.
        what: shown while the pointer rests on the button.
        name: of the button on its page; by the ending, if empty.
        icon: if empty, the one of such files.
    """
    ending = file.rpartition(".")[2]
    mime, usual = _KINDS[ending]
    st.download_button(
        label, make, file, mime, icon=f":material/{icon or usual}:", on_click="ignore",
        key=key(name or f"take_{ending}"), help=what, disabled=disabled,
    )  # fmt: skip
