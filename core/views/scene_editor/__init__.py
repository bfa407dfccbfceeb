"""A drawn scene whose things can be taken hold of: dragged with mouse or finger, or moved with the arrow keys.

What the browser asks for comes back as the trigger ``wish``, a request of
:meth:`core.scenes.editing.SceneSession.asked` with the payload's id.
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from core.data.scenes import SIDE
from core.data.scenes.backgrounds import draw_background
from core.data.scenes.things import draw_thing
from core.views import bundle
from core.views.player.heat import Photo, as_photo, as_text

if TYPE_CHECKING:
    from core.scenes.editing import SceneSession

SCALE = 5  # times the size that models see


class ThingPayload(TypedDict):
    """``png``: base64; ``left``, ``top`` and ``side`` of its square in pixels of the scene; ``front``: before all."""

    png: str
    name: str
    left: int
    top: int
    side: int
    front: bool


class ScenePayload(TypedDict):
    """``behind``: the background; ``side``: pixels along each side of the scene; ``refused``: why the last change was
    none, else empty; ``turn``: another one has the things go back to where they are."""

    id: str
    turn: int
    behind: Photo
    side: int
    things: list[ThingPayload]
    refused: str


def assets() -> bundle.Assets:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    return bundle.assets(Path(__file__).parent)


def payload(session: "SceneSession", turn: int, refused: str = "") -> ScenePayload:
    """What the component needs, as JSON can hold it."""
    arrangement, drawn = session.current, session.drawn
    kind, seed = drawn.background
    things: list[ThingPayload] = []
    for number, placed in enumerate(arrangement.things):
        file = io.BytesIO()
        draw_thing(placed.thing, SCALE).save(file, "PNG")
        things.append(
            {
                "png": as_text(file.getvalue()),
                "name": " ".join(placed.thing.words),
                "left": placed.left,
                "top": placed.top,
                "side": placed.thing.side,
                "front": number == arrangement.front,
            }
        )
    return {
        "id": f"{drawn.split} {drawn.number} {arrangement.to_text()}",
        "turn": turn,
        "behind": as_photo(draw_background(kind, SIDE * SCALE, seed), "", SIDE * SCALE),
        "side": SIDE,
        "things": things,
        "refused": refused,
    }
