"""What every decoder hands over."""

import contextlib
from typing import NamedTuple

import numpy as np
from PIL import ExifTags, Image

from core.captioning.photo.tones import eight_bits


class Decoded(NamedTuple):
    """A picture at its own size.

    Attributes:
        image: of mode L, LA, RGB, RGBA or CMYK.
        profile: the ICC profile of its colours, if it has one.
        orientation: EXIF's number, 1 for upright.
    """

    image: Image.Image
    profile: bytes | None = None
    orientation: int = 1


def decoded_by_pillow(image: Image.Image) -> Decoded:
    """A loaded picture of any of Pillow's modes."""
    profile = image.info.get("icc_profile")
    return Decoded(_plain(image), profile if isinstance(profile, bytes) else None, _orientation(image))


def picture_of(values: np.ndarray) -> Image.Image:
    """uint8 (rows, columns, channels), of grey or RGB, alone or with alpha."""
    return Image.fromarray(np.ascontiguousarray(values[..., 0] if values.shape[-1] == 1 else values))


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return Image.fromarray(eight_bits(np.asarray(image), 16))
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and not (image.mode in ("L", "RGB") and _keyed(image)):
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _keyed(image: Image.Image) -> bool:
    """Whether one of its colours counts as transparent."""
    return "transparency" in image.info


def _orientation(image: Image.Image) -> int:
    with contextlib.suppress(Exception):  # broken EXIF costs the rotation, not the photo
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    return 1
