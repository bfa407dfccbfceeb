"""TIFFs of luma and chroma that are not packed as JPEG (TIFF 6.0, section 21)."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.captioning.photo.limits import PhotoError
from core.captioning.photo.tiff_lzw import unpack_lzw

if TYPE_CHECKING:
    from tifffile import TiffPage

_FULL = (0, 255, 128, 255, 128, 255)  # black and white of each channel, where a file names none


def ycbcr_to_rgb(picture: np.ndarray, reference: object) -> np.ndarray:
    """uint8 (rows, columns, 3), by ITU-R 601.

    Args:
        reference: the file's six numbers, each a fraction of two, for black and white of each channel; None for all
            of 8 bits.
    """
    low_high = _fractions(reference)
    rgb = np.empty_like(picture)
    for row in range(0, len(picture), 256):  # floats of a whole large photo would take too much
        block = picture[row : row + 256].astype(np.float32)
        y = (block[..., 0] - low_high[0]) * (255 / max(low_high[1] - low_high[0], 1))
        cb, cr = (
            (block[..., n] - low_high[2 * n]) * (127 / max(low_high[2 * n + 1] - low_high[2 * n], 1)) for n in (1, 2)
        )
        r, b = y + 1.402 * cr, y + 1.772 * cb
        g = (y - 0.299 * r - 0.114 * b) / 0.587
        rgb[row : row + 256] = np.stack([r, g, b], axis=-1).clip(0, 255).round()
    return rgb


def subsampled(page: "TiffPage", data: bytes) -> np.ndarray:
    """Pixels whose chroma is coarser: units of some luma, one Cb, one Cr -> uint8 (rows, columns, 3).

    Raises:
        PhotoError: not 8 bits, in planes, or predicted.
        Exception: whatever the unpacking answers to a damaged file.
    """
    if page.bitspersample != 8 or page.planarconfig != 1 or page.predictor != 1 or page.fillorder != 1:
        raise PhotoError("This is a TIFF of a rare kind (coarse chroma), which is not read: save it as PNG.")
    across, down = (int(n) for n in page.tags.valueof(530, (2, 2)))
    width, height = page.imagewidth, page.imagelength
    columns, rows = (page.tilewidth, page.tilelength) if page.is_tiled else (width, page.rowsperstrip)
    unit = across * down + 2
    wide, high = math.ceil(columns / across), math.ceil(rows / down)
    picture = np.zeros((height, width, 3), np.uint8)
    unpack = _unpacker(page)
    places = [(y, x) for y in range(0, height, rows) for x in range(0, width, columns)]
    for (y, x), offset, length in zip(places, page.dataoffsets, page.databytecounts, strict=False):
        lines = high if page.is_tiled else math.ceil(min(rows, height - y) / down)
        packed = data[offset : offset + length]
        size = lines * wide * unit
        plain = unpack(packed, size) if unpack else packed
        units = np.frombuffer(plain, np.uint8, size).reshape(lines, wide, unit)
        luma = units[..., :-2].reshape(lines, wide, down, across).swapaxes(1, 2).reshape(lines * down, wide * across)
        chroma = units[..., -2:].repeat(down, axis=0).repeat(across, axis=1)
        piece = np.dstack([luma, chroma])[: min(rows, height - y), : min(columns, width - x)]
        picture[y : y + len(piece), x : x + piece.shape[1]] = piece
    return picture


def _unpacker(page: "TiffPage") -> Callable[[bytes, int], bytes] | None:
    """What makes so many bytes of a segment."""
    import tifffile

    if page.compression in (1, 5):
        return unpack_lzw if page.compression == 5 else None
    unpack = tifffile.TIFF.DECOMPRESSORS[page.compression]
    return lambda packed, size: unpack(packed, out=size)


def _fractions(reference: object) -> Sequence[float]:
    """Six numbers from six pairs; the usual ones where they make no sense."""
    if not isinstance(reference, tuple) or len(reference) != 12 or not all(reference[1::2]):
        return _FULL
    return [a / b for a, b in zip(reference[::2], reference[1::2], strict=True)]
