"""The browser's part: a photo, a sentence, and the heat of the chosen word, stepped through without the server.

``component.html``, ``.css`` and ``.js`` are a Streamlit component of the second kind, which a page registers; it is
fed once with :func:`payload`. Everything in the payload is data: the script sets it as text, never as markup.
"""

import base64
from pathlib import Path

from PIL import Image

from core import figures
from core.captioning.photo import encode_jpeg
from core.trace import CaptionTrace, WordStep

PHOTO_SIDE = 1000  # pixels; the page shows the photo at most this large


def assets() -> dict[str, str]:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    folder = Path(__file__).parent
    return {kind: (folder / f"component.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}


def payload(photo: Image.Image, trace: CaptionTrace, alt: str, id: str) -> dict:
    """All that the component needs, as JSON can hold it.

    Args:
        photo: upright RGB.
        trace: the caption to step through.
        alt: what is on the photo.
        id: changes whenever the photo or the trace does; comes back with the chosen word.
    """
    return {
        "id": id,
        "photo": base64.b64encode(encode_jpeg(photo, PHOTO_SIDE)).decode("ascii"),
        "alt": alt,
        "ratio": photo.width / photo.height,
        "grid": list(trace.grid),
        "ramp": figures.heat_ramp().ravel().tolist(),
        "opacity": figures.OPACITY,
        "fade": figures.FADE,
        "start": figures.sharpest(trace),
        "steps": [_step(step, trace.attention) for step in trace.steps],
    }


def _step(step: WordStep, attention: str) -> dict:
    full = figures.full_weight(step)
    look = figures.describe_look(step, attention)
    facts = [("Probability", figures.percent(step.prob)), ("Looks at", look)]
    if attention != "none":
        facts += [
            ("Entropy", figures.describe_entropy(step)),
            ("Gate", f"lets {figures.percent(step.gate)} of the glimpse through"),
        ]
    return {
        "word": step.word,
        "alpha": [round(weight, 6) for row in step.alpha for weight in row],
        "full": full,
        "fullText": figures.percent(full),
        "glimpse": step.glimpse,
        "look": f"Before “{step.word}” the model looks at {look}.",
        "facts": facts,
    }
