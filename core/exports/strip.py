"""The film strip: photo and panels in rows, each word under its panel, as pixels and as a drawing."""

import base64
import math

from PIL import Image

from core.captioning.photo import encode_jpeg
from core.trace import CaptionTrace
from core.views import figures, lettering
from core.views.text import escape, line

COLUMNS, SIDE = 6, 280  # as figures.film_strip lays it out; units of the drawing
SHARPNESS = 2  # pixels of a panel's JPEG in a unit of the drawing
FONTS = "Aileron, Helvetica, Arial, sans-serif"


def film_strip_png(photo: Image.Image, trace: CaptionTrace) -> bytes:
    """The film strip as a PNG.

    Args:
        photo: upright RGB.
        trace: one of its captions.
    """
    return figures.png(figures.film_strip(photo, trace, COLUMNS, SIDE))


def film_strip_svg(photo: Image.Image, trace: CaptionTrace) -> bytes:
    """The film strip as an SVG, one file: the panels are JPEGs inside it, the words are text.

    Each panel says where the model looked to those who point at it or have it read out.

    Args:
        photo: upright RGB.
        trace: one of its captions.
    """
    small = photo.convert("RGB")
    small.thumbnail((SHARPNESS * SIDE, SHARPNESS * SIDE), Image.Resampling.LANCZOS)
    pictures = [small, *figures.panels(photo, trace, SHARPNESS * SIDE)]
    looks = [f"Before “{step.word}”: {figures.describe_look(step, trace.attention)}" for step in trace.steps]
    wide, tall = small.width / SHARPNESS, small.height / SHARPNESS
    gap, text = SIDE // 20, SIDE // 9
    said = [line(word) for word in trace.words]
    size = min((_fitting(word, wide, text) for word in said), default=text)
    columns = min(COLUMNS, len(pictures))
    width = columns * (wide + gap) + gap
    height = math.ceil(len(pictures) / columns) * (tall + text + 2 * gap) + gap
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONTS}" fill="#1c1917">',
        f"<title>{escape(trace.caption)}</title>",
        f'<rect width="{width:g}" height="{height:g}" fill="white"/>',
    ]
    words, titles = ["", *said], ["The photo", *looks]
    for n, (picture, word, title) in enumerate(zip(pictures, words, titles, strict=True)):
        x, y = gap + n % columns * (wide + gap), gap + n // columns * (tall + text + 2 * gap)
        jpeg = base64.b64encode(encode_jpeg(picture)).decode("ascii")
        parts.append(
            f'<g transform="translate({x:g} {y:g})"><title>{escape(title)}</title>'
            f'<image width="{wide:g}" height="{tall:g}" href="data:image/jpeg;base64,{jpeg}"/>'
        )
        if word:
            parts.append(f'<text y="{tall + gap / 2 + text:g}" font-size="{size:.3g}">{escape(word)}</text>')
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""]).encode("utf-8")


def _fitting(word: str, width: float, size: int) -> float:
    """The font size, ``size`` at most, at which ``word`` is no wider than its panel."""
    # The reader's font may be wider than ours (DejaVu is by a sixth): some room is kept in reserve.
    return size * min(1.0, width / (1.25 * max(1.0, lettering.length(word, size))))
