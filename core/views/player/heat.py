"""How the browser is to draw heat and pictures: what several components send it."""

import base64
from functools import cache
from typing import TypedDict

from PIL import Image

from core.captioning.photo import encode_jpeg
from core.views import figures


class Heat(TypedDict):
    """``ramp``: RGB of the 256 colours, one after the other (768,); ``opacity`` and ``fade`` as in ``figures``."""

    ramp: list[int]
    opacity: float
    fade: float


class Photo(TypedDict):
    """``jpeg``: base64; ``ratio``: width / height."""

    jpeg: str
    alt: str
    ratio: float


@cache
def heat() -> Heat:
    """How heat is drawn everywhere."""
    return {"ramp": figures.heat_ramp().ravel().tolist(), "opacity": figures.OPACITY, "fade": figures.FADE}


def as_photo(photo: Image.Image, alt: str, side: int) -> Photo:
    """An upright RGB photo, its longer side at most ``side`` pixels."""
    return {"jpeg": as_text(encode_jpeg(photo, side)), "alt": alt, "ratio": photo.width / photo.height}


def as_text(data: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(data).decode("ascii")
