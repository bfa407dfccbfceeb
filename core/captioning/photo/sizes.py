"""How large a picture is: what is opened, what an encoder sees, what a page shows."""

import io

import numpy as np
from PIL import Image

LONG_SIDE = 1600  # pixels of an opened photo's long side, at most


def squash(photo: Image.Image, side: int) -> np.ndarray:
    """The whole RGB photo squashed, not cropped, to uint8 (side, side, 3), as in training.

    A photo of that size comes back bit by bit.
    """
    return np.array(photo.resize((side, side), Image.Resampling.BICUBIC, reducing_gap=3.0))


def encode_jpeg(photo: Image.Image, side: int = 1200) -> bytes:
    """The RGB photo as a JPEG for a page, its long side at most ``side`` pixels."""
    out = io.BytesIO()
    shrink(photo, side).save(out, "JPEG", quality=88)
    return out.getvalue()


def within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """``size`` made smaller, where it must be, so that no side is longer than ``side``; at least one pixel."""
    scale = min(1.0, side / max(size))
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def shrink(image: Image.Image, side: int = LONG_SIDE) -> Image.Image:
    """The picture made smaller where it must be; of a transparent one nothing hidden bleeds into what is seen."""
    size = within(image.size, side)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
