"""Pieces of HTML that exhibits of the tour share: bars, strips of numbers, tables. All text is escaped."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.results.tables import written
from core.views import strips
from core.views.figures import percent
from core.views.text import escape

Settings = Mapping[str, Any]  # of an exhibit, as its reader in ``core.tour.exhibits`` has checked them
Link = dict[str, str | list[str]]  # the part of a page's address that leads to what an exhibit shows
Exhibits = Mapping[str, Callable[[Settings], Link]]

STYLE = Path(__file__).with_name("tour.css")  # given to st.html


def bars(words: Iterable[tuple[str, float]], label: str) -> str:
    """Names with their shares of 1, as bars."""
    rows = "".join(
        f'<li><span>{escape(word)}</span><i><b style="width:{100 * share:.2f}%"></b></i>'
        f"<span>{percent(share)}</span></li>"
        for word, share in words
    )
    return f'<ol class="tour-bars" aria-label="{escape(label)}">{rows}</ol>'


def strip(name: str, shown: str, numbers: np.ndarray, most: float = strips.MOST) -> str:
    """A row: what the numbers are (HTML of our own), and the numbers as a strip."""
    png = base64.b64encode(strips.strip(numbers, most)).decode("ascii")
    alt = escape(strips.strip_alt(name, numbers))
    return f'<div class="tour-strip"><span>{shown}</span><img alt="{alt}" src="data:image/png;base64,{png}"></div>'


def table(heads: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], caption: str) -> str:
    """A table of escaped cells; with each row its class: "most", "rest" or none."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr class="{kind}">{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>' for kind, cells in rows
    )
    return (
        f'<div class="tour-scroll"><table class="tour-table" aria-label="{escape(caption)}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def heat_table(
    corner: str, heads: Sequence[str], rows: Iterable[tuple[str, Sequence[float | None]]], caption: str
) -> str:
    """Shares of 1 in percent, None for no cell: each on a colour that is the stronger the larger it is."""
    head = "".join(f'<th scope="col" style="text-align:center">{escape(name)}</th>' for name in heads)
    body = []
    for name, shares in rows:
        cells = "".join(
            "<td></td>"
            if share is None
            else f'<td class="heat" style="background-color:{shade(share)}">{written(round(100 * share, 6), 0)}</td>'
            for share in shares
        )
        body.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    return (
        f'<div class="tour-scroll"><table class="tour-table" aria-label="{escape(caption)}"><thead><tr>'
        f'<th scope="col">{escape(corner)}</th>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'
    )


def shade(share: float) -> str:
    """The colour behind a share of 1, pale enough for text of either theme to be read on it."""
    return f"rgba(232,89,12,{0.5 * share:.3f})"


def signed(number: float) -> str:
    """A factor with two digits, in brackets where it has a minus."""
    shown = f"{number:.2f}"
    return f"({shown})" if shown.startswith("-") else shown


def html(*parts: str) -> None:
    st.html("".join(parts))
