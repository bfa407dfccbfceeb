"""The browser's part of three exhibits: one query over a photo's cells, at any temperature, three ways, or by draws.

Scores, values and next words are the model's; weights and glimpses are computed from them in the browser, so moving
the temperature and drawing cells ask nothing of the server. As in ``core.views.stepper`` everything sent is data.
"""

import base64
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image

from core.captioning.photo import encode_jpeg
from core.trace import WordStep
from core.views import figures, stepper

if TYPE_CHECKING:  # the model's numbers bring torch along, the assets do not need it
    from core.tour.captions import Query

FOLDER = Path(__file__).parent
PHOTO_SIDE = 800  # pixels
Mode = Literal["temperature", "glimpses", "draws"]


def assets() -> dict[str, str]:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    read = {kind: (FOLDER / f"component.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}
    heat = (Path(stepper.__file__).parent / "heat.js").read_text(encoding="utf-8")  # drawn as everywhere
    return {**read, "js": f"{heat}\n{read['js']}"}


def payload(
    mode: Mode, photo: Image.Image, alt: str, query: "Query", grid: tuple[int, int], words: Sequence[str], id: str
) -> dict:
    """What the component needs, as JSON can hold it.

    Args:
        mode: which exhibit.
        photo: upright RGB.
        alt: what is on it.
        query: with the stops of the slider, or those of the three glimpses, as its temperatures.
        grid: rows and columns of the query's cells.
        words: those written before.
        id: changes whenever anything else does.
    """
    largest = float(np.abs(query.values).max()) or 1.0
    whole = (query.values / largest * 32767).round().astype("<i2")
    return {
        "id": id,
        "mode": mode,
        "photo": {
            "jpeg": base64.b64encode(encode_jpeg(photo, PHOTO_SIDE)).decode("ascii"),
            "alt": alt,
            "ratio": photo.width / photo.height,
        },
        "grid": list(grid),
        "ramp": figures.heat_ramp().ravel().tolist(),
        "opacity": figures.OPACITY,
        "fade": figures.FADE,
        "floor": figures.FLOOR / len(query.scores),
        "scores": [round(float(score), 5) for score in query.scores],
        "values": base64.b64encode(whole.tobytes()).decode("ascii"),
        "width": query.values.shape[1],
        "largest": largest,
        "before": " ".join(words),
        "stops": [
            _stop(query, t, follow, grid) for t, follow in zip(query.temperatures, query.words, strict=True)
        ],
    }  # fmt: skip


def weights(scores: np.ndarray, temperature: float) -> np.ndarray:
    """softmax(scores / T), with its limits: one cell at 0, the same for all at infinity."""
    if temperature == 0:
        return (np.arange(len(scores)) == scores.argmax()).astype(float)
    heated = np.zeros_like(scores, float) if math.isinf(temperature) else scores.astype(float) / temperature
    exps = np.exp(heated - heated.max())
    return exps / exps.sum()


def _stop(query: "Query", temperature: float, follow: list[tuple[str, float]], grid: tuple[int, int]) -> dict:
    alpha = weights(query.scores, temperature)
    rows = tuple(map(tuple, alpha.reshape(grid).tolist()))
    step = WordStep("", 1.0, (), rows, divmod(int(alpha.argmax()), grid[1]) if temperature == 0 else None, 1.0)
    kind = {0.0: "hard", 1.0: "soft"}.get(temperature, "none" if math.isinf(temperature) else "")
    look = "everywhere alike" if kind == "none" else figures.describe_look(step, "soft")
    return {
        "t": None if math.isinf(temperature) else temperature,
        "kind": kind,
        "look": look,
        "entropy": f"{max(0.0, step.entropy):.1f} bits",
        "most": figures.percent(float(alpha.max())),
        "glimpse": step.glimpse,
        "words": [[word, p, figures.percent(p)] for word, p in follow],
    }
