"""Short texts that the visitor's browser keeps from one visit to the next: what a link cannot carry, or must not."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypedDict

from core.views.bundle import bundle

MOST = 6  # texts; of more the oldest go


class KeepingPayload(TypedDict):
    """``keep``: name -> text, to be kept from now on; ``asks``: the names of those that are asked for; ``most``: how
    many are kept. What is there comes back as the trigger ``found``, name -> text; the names of what is kept now as
    ``kept``.
    """

    keep: dict[str, str]
    asks: list[str]
    most: int


def script() -> str:
    """The argument ``js`` of ``st.components.v2.component``; there is nothing to see."""
    return bundle(Path(__file__).parent / "component.js")


def payload(keep: Mapping[str, str], asks: Collection[str]) -> KeepingPayload:
    """What the component needs."""
    return {"keep": dict(keep), "asks": sorted(asks), "most": MOST}
