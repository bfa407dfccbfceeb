"""TIFFs packed with LZW, unpacked by libtiff: the decoder of imagecodecs can be brought down by damage."""

import io
import math
import struct
from typing import TYPE_CHECKING

import numpy as np
from PIL import TiffImagePlugin

from core.captioning.photo.limits import BROKEN, PhotoError

if TYPE_CHECKING:
    from tifffile import TiffPage

_CLEAR, _FIRST = 256, 258
_MAX_PIECE = 178_000_000  # bytes: Pillow opens no larger row
# How wide the codes after a clear are, in bits, and where they begin; libtiff's table has room for some too many.
_WIDTHS = np.repeat([9, 10, 11, 12], [254, 512, 1024, 3000])
_STARTS = np.cumsum(_WIDTHS) - _WIDTHS


def unpack_lzw(packed: bytes, size: int, fillorder: int = 1) -> bytes:
    """The first ``size`` bytes, by way of a TIFF of one row of grey around them.

    Raises:
        PhotoError: damage, or less than ``size``.
    """
    if fillorder == 2:
        packed = np.packbits(np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")).tobytes()
    if packed[:1] == b"\0" and packed[1:2] and packed[1] & 1:
        raise PhotoError("This is a TIFF of a rare kind (old LZW), which is not read: save it as PNG.")
    if size > _MAX_PIECE:
        large = f"LZW in pieces of more than {_MAX_PIECE // 1_000_000} MB"
        raise PhotoError(f"This is a TIFF of a rare kind ({large}), which is not read: save it as PNG.")
    if not _gives(packed, size):
        raise PhotoError(BROKEN)
    at = 8 + len(packed) + len(packed) % 2
    entries = [
        *((256, 4, size), (257, 4, 1), (258, 3, 8), (259, 3, 5), (262, 3, 1), (273, 4, 8)),
        *((277, 3, 1), (278, 4, 1), (279, 4, len(packed))),
    ]
    table = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    head = b"II*\0" + struct.pack("<I", at)
    whole = head + packed + bytes(len(packed) % 2) + struct.pack("<H", len(entries)) + table + bytes(4)
    # Opened as what it is: Image.open would look at the number of pixels, which here is one of bytes.
    return TiffImagePlugin.TiffImageFile(io.BytesIO(whole)).tobytes()


def _gives(packed: bytes, size: int) -> bool:
    """Whether sound codes for ``size`` bytes are there: on others libtiff would write to standard error."""
    padded = np.frombuffer(packed + bytes(4), np.uint8)
    bit, bits, first = 0, 8 * len(packed), True
    clears = 64 + size // 2000  # a table lasts for 3800 bytes and more; endless clears would cost endless time
    while size > 0:
        clears -= 1
        if not clears:
            return False
        starts = bit + _STARTS
        starts = starts[starts + _WIDTHS <= bits]
        at = starts >> 3
        words = padded[at].astype(np.int64) << 16 | padded[at + 1].astype(np.int64) << 8 | padded[at + 2]
        widths = _WIDTHS[: len(starts)]
        codes = words >> (24 - (starts & 7) - widths) & (1 << widths) - 1
        if first:  # a clear begins all
            if not len(codes) or codes[0] != _CLEAR:
                return False
            first, bit = False, 9
            continue
        # Code n may be a byte, or name what came up to code n - 1, and one byte more.
        order = np.arange(len(codes))
        odd = np.flatnonzero((codes >= 256) & ((codes < _FIRST) | (codes - _FIRST >= order)))
        n = int(odd[0]) if len(odd) else len(codes)
        before = np.append(np.where(codes[:n] < 256, n, codes[:n] - _FIRST), n)
        lengths = np.append(np.ones(n, np.int64), 0)
        while (before < n).any():
            lengths, before = lengths + lengths[before], before[before]
        size -= int(lengths.sum())
        if size > 0:
            if n == len(codes) or codes[n] != _CLEAR:
                return False
            bit = int(starts[n] + widths[n])
    return True


def lzw_values(page: "TiffPage", data: bytes) -> np.ndarray:
    """What ``page.asarray`` would give, (planes, depth, rows, columns, channels).

    Raises:
        Exception: whatever tifffile, or ``unpack_lzw``, answers to a damaged file.
    """
    fillorder = page.fillorder
    page.compression, page.fillorder = 1, 1  # all that tifffile still has to do
    values = np.zeros(page.shaped, page.dtype)
    bits = page.bitspersample
    for index, (offset, length) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=False)):
        _, (plane, z, y, x, _), shape = page.decode(None, index)
        if plane >= len(values) or not length:
            continue
        row = sum(bits) * shape[2] if isinstance(bits, tuple) else bits * shape[2] * shape[3]
        size = shape[0] * shape[1] * math.ceil(row / 8)
        plain = unpack_lzw(data[offset : offset + length], size, fillorder)
        segment = np.asarray(page.decode(plain, index)[0])
        place = values[plane, z : z + shape[0], y : y + shape[1], x : x + shape[2]]
        place[:] = segment[: place.shape[0], : place.shape[1], : place.shape[2]]
    return values
