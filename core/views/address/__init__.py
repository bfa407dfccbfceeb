"""The browser's part of the address: what a page was left with takes the place of its bare address when the visitor
comes back to it; so one press of Back leads to the page before.
"""

from pathlib import Path
from typing import TypedDict

from core.views.bundle import bundle


class AddressPayload(TypedDict):
    """``query``: the parameters that the address is to have, as a query string; empty where it is to stay."""

    query: str


def script() -> str:
    """The argument ``js`` of ``st.components.v2.component``; there is nothing to see."""
    return bundle(Path(__file__).parent / "component.js")
