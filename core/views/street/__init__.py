"""The tour's opening: a drawn street that is sharp only where one looks; the browser's part and its data."""

from pathlib import Path
from typing import TypedDict

from core.views import bundle
from core.views.player.heat import as_text

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 1200, 640  # of street.svg, which was drawn for this project
ALT = (
    "Drawing of a street: two people with a dog and a balloon come towards us; around them walkers, a cyclist, a café, "
    "houses, trees and pigeons."
)

# What one can look at: name -> (x, y, radius) in shares of the width, the height and the width.
PLACES = {
    "the people coming towards us": (0.475, 0.66, 0.15),
    "the cyclist": (0.715, 0.53, 0.075),
    "the café": (0.135, 0.55, 0.12),
    "the end of the street": (0.51, 0.43, 0.06),
}


class StreetPayload(TypedDict):
    """``svg``: base64; ``ratio``: width / height; ``places``: names with x, y and radius as in :data:`PLACES`."""

    svg: str
    ratio: float
    alt: str
    places: list[tuple[str, float, float, float]]


def assets() -> bundle.Assets:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    return bundle.assets(FOLDER)


def drawing() -> bytes:
    """The street as an SVG file."""
    return (FOLDER / "street.svg").read_bytes()


def payload() -> StreetPayload:
    """What the component needs, as JSON can hold it."""
    return {
        "svg": as_text(drawing()),
        "ratio": WIDTH / HEIGHT,
        "alt": ALT,
        "places": [(name, *place) for name, place in PLACES.items()],
    }
