"""The browser's part of three exhibits: one query over a photo's cells, at any temperature, three ways, or by draws.

Scores, values and next words are the model's; weights and glimpses are computed from them in the browser, so moving
the temperature and drawing cells ask nothing of the server. As in ``core.views.player`` everything sent is data.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.trace import WordStep
from core.views import bundle, figures
from core.views.player.heat import Heat, Photo, as_photo, as_text, heat

if TYPE_CHECKING:  # the model's numbers bring torch along, the assets do not need it
    from core.tour.captions import Query

PHOTO_SIDE = 800  # pixels
Mode = Literal["temperature", "glimpses", "draws"]


class StopPayload(TypedDict):
    """A stop of the slider.

    ``t``: the temperature, None for infinity, and its ``text``; ``kind``: "hard", "soft", "none" or nothing;
    ``glimpse``: row and column; ``words``: the next words with their probabilities, as numbers and as text.
    """

    t: float | None
    text: str
    kind: str
    look: str
    entropy: str
    most: str
    glimpse: tuple[int, int] | None
    words: list[tuple[str, float, str]]


class LabPayload(TypedDict):
    """All that the component needs.

    ``floor``: the brightest heat stands for at least this weight. ``scores``: (rows * columns,). ``values``: (rows *
    columns, ``width``) 16-bit whole numbers in base64, the largest of which stands for ``largest``.
    """

    id: str
    mode: Mode
    photo: Photo
    grid: tuple[int, int]
    heat: Heat
    floor: float
    scores: list[float]
    values: str
    width: int
    largest: float
    before: str
    stops: list[StopPayload]


def assets() -> bundle.Assets:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    return bundle.assets(Path(__file__).parent)


def payload(
    mode: Mode, photo: Image.Image, alt: str, query: "Query", words: Sequence[str], grid: tuple[int, int], id: str
) -> LabPayload:
    """What the component needs, as JSON can hold it.

    Args:
        mode: which exhibit.
        photo: upright RGB.
        alt: what is on it.
        query: with the stops of the slider, or those of the three glimpses, as its temperatures.
        words: those written before.
        grid: rows and columns of the query's cells.
        id: changes whenever anything else does.
    """
    largest = float(np.abs(query.values).max()) or 1.0
    whole = (query.values / largest * 32767).round().astype("<i2")
    return {
        "id": id,
        "mode": mode,
        "photo": as_photo(photo, alt, PHOTO_SIDE),
        "grid": grid,
        "heat": heat(),
        "floor": figures.FLOOR / len(query.scores),
        "scores": [round(float(score), 5) for score in query.scores],
        "values": as_text(whole.tobytes()),
        "width": query.values.shape[1],
        "largest": largest,
        "before": " ".join(words),
        "stops": [_stop(query, t, follow, grid) for t, follow in zip(query.temperatures, query.words, strict=True)],
    }


def weights(scores: npt.NDArray[Any], temperature: float) -> npt.NDArray[np.float64]:
    """softmax(scores / T), with its limits: one cell at 0, the same for all at infinity."""
    if temperature == 0:
        best: npt.NDArray[np.bool_] = np.arange(len(scores)) == scores.argmax()
        return best.astype(np.float64)
    heated = np.zeros(len(scores)) if math.isinf(temperature) else scores.astype(np.float64) / temperature
    exps: npt.NDArray[np.float64] = np.exp(heated - heated.max())
    return exps / np.sum(exps)


def _stop(query: "Query", temperature: float, follow: list[tuple[str, float]], grid: tuple[int, int]) -> StopPayload:
    alpha = weights(query.scores, temperature)
    rows = tuple(map(tuple, alpha.reshape(grid).tolist()))
    step = WordStep("", 1.0, (), rows, divmod(int(alpha.argmax()), grid[1]) if temperature == 0 else None, 1.0)
    kind = {0.0: "hard", 1.0: "soft"}.get(temperature, "none" if math.isinf(temperature) else "")
    look = "everywhere alike" if kind == "none" else figures.describe_look(step, "soft")
    return {
        "t": None if math.isinf(temperature) else temperature,
        "text": "∞" if math.isinf(temperature) else f"{temperature:g}",
        "kind": kind,
        "look": look,
        "entropy": f"{max(0.0, step.entropy):.1f} bits",
        "most": figures.percent(float(alpha.max())),
        "glimpse": step.glimpse,
        "words": [(word, p, figures.percent(p)) for word, p in follow],
    }
