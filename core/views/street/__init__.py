"""The tour's opening: a drawn street that is sharp only where one looks; the browser's part and its data."""

import base64
from pathlib import Path

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


def assets() -> dict[str, str]:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    return {kind: (FOLDER / f"component.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}


def drawing() -> bytes:
    """The street as an SVG file."""
    return (FOLDER / "street.svg").read_bytes()


def payload() -> dict:
    """What the component needs, as JSON can hold it."""
    return {
        "svg": base64.b64encode(drawing()).decode("ascii"),
        "ratio": WIDTH / HEIGHT,
        "alt": ALT,
        "places": [[name, *place] for name, place in PLACES.items()],
    }
