"""What a TIFF's numbers mean: its photometric interpretations -> pictures of grey, RGB or CMYK."""

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.captioning.photo.colours import lab_to_srgb
from core.captioning.photo.decoded import picture_of
from core.captioning.photo.limits import BROKEN, PhotoError
from core.captioning.photo.tiff_ycbcr import ycbcr_to_rgb
from core.captioning.photo.tones import eight_bits

if TYPE_CHECKING:
    from tifffile import TiffPage

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, CIE_LAB, ICC_LAB = 0, 1, 2, 3, 5, 6, 8, 9
RAW = (32803, 34892, 52527)  # a sensor's mosaic, linear, its depths
_CHANNELS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4, YCBCR: 3, CIE_LAB: 3, ICC_LAB: 3}
_ASSOCIATED, _UNASSOCIATED = 1, 2  # kinds of alpha: colours multiplied by it, or not


def colours_of(page: "TiffPage") -> int:
    """The photometric interpretation; where a file names none, what libtiff takes it for."""
    if 262 in page.tags:
        return int(page.photometric)
    if int(page.compression) in (2, 3, 4):
        return WHITE_IS_ZERO
    return int(page.photometric) if int(page.compression) == 6 else RGB if page.samplesperpixel >= 3 else BLACK_IS_ZERO


def colour_picture(page: "TiffPage", values: np.ndarray) -> Image.Image:
    """
    Args:
        values: (rows, columns, channels) as unpacked.

    Returns:
        A picture of mode L, LA, RGB, RGBA or CMYK.

    Raises:
        PhotoError: colours that are not read.
    """
    colours, bits = colours_of(page), page.bitspersample
    if not isinstance(bits, int):  # 5, 6, 5 say: unpacked to the full width
        bits = 8 * values.dtype.itemsize
    if colours not in _CHANNELS or (colours == CMYK and page.tags.valueof(332, 1) != 1):
        name = getattr(page.photometric, "name", colours)
        raise PhotoError(f"This is a TIFF whose colours ({name}) are not read: save it as an ordinary TIFF or PNG.")
    channels = _CHANNELS[colours]
    if values.shape[-1] < channels:
        raise PhotoError(BROKEN)
    if colours in (CIE_LAB, ICC_LAB):
        return lab_to_srgb(_lab(values[..., :3], icc=colours == ICC_LAB))
    if colours == PALETTE:
        picture = _through(page.colormap, values[..., :1])
        levels = values
    else:
        levels = eight_bits(values[..., : channels + 1], bits)
        picture = levels[..., :channels]
    if colours == WHITE_IS_ZERO:
        picture = 255 - picture
    if colours == YCBCR and int(page.compression) not in (6, 7):  # JPEG's decoder has done it
        picture = ycbcr_to_rgb(picture, page.tags.valueof(532))
    if colours == CMYK:
        return Image.fromarray(np.ascontiguousarray(picture), "CMYK")
    kind = int(page.extrasamples[0]) if page.extrasamples else 0
    if kind not in (_ASSOCIATED, _UNASSOCIATED) or values.shape[-1] <= channels:
        return picture_of(picture)
    alpha = levels[..., channels : channels + 1]
    if colours == PALETTE:
        alpha = eight_bits(alpha, bits)
    image = picture_of(np.concatenate([picture, alpha], axis=-1))
    if kind == _UNASSOCIATED:
        return image
    return Image.frombytes(image.mode.replace("A", "a"), image.size, image.tobytes()).convert(image.mode)


def _through(colormap: np.ndarray | None, numbers: np.ndarray) -> np.ndarray:
    """Numbers of a palette's colours -> uint8 (rows, columns, 3)."""
    if colormap is None:
        raise PhotoError(BROKEN)
    palette = np.asarray(colormap)  # (3, colours), of 16 bits; some programs write 8
    palette = (palette >> 8 if palette.max() > 255 else palette).astype(np.uint8).T
    coloured: np.ndarray = palette[np.minimum(numbers[..., 0], len(palette) - 1)]
    return coloured


def _lab(values: np.ndarray, icc: bool) -> np.ndarray:
    """L*a*b* of 8 or 16 bits -> uint8 with a* and b* shifted by 128. TIFF 6.0, section 23, and its supplement 2."""
    if values.dtype.itemsize > 2 or values.dtype.kind == "f":
        raise PhotoError(
            "This is a TIFF whose colours (Lab of 32 bits) are not read: save it as an ordinary TIFF or PNG."
        )
    lab = values.view(f"u{values.dtype.itemsize}").astype(np.int32)
    if not icc:
        lab[..., 1:] ^= 0x80 if values.dtype.itemsize == 1 else 0x8000  # a* and b* have a sign
    if values.dtype.itemsize == 2:
        lab[..., 0] = lab[..., 0] * 256 // (257 if not icc else 256)  # 100 is 0xFFFF, or 0xFF00
        lab = lab + 128 >> 8
    return lab.clip(0, 255).astype(np.uint8)
