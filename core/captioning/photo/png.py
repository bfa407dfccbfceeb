"""PNG: what Pillow leaves to those who ask, hidden pictures and colours that count as transparent."""

import struct
from collections.abc import Iterator

import numpy as np
from PIL.ImageFile import ImageFile

from core.captioning.photo.decoded import Decoded, decoded_by_pillow, picture_of
from core.captioning.photo.tones import eight_bits

_GREY, _RGB = 0, 2  # colour types


def read_png(image: ImageFile, data: bytes) -> Decoded:
    """An opened PNG; of an animation the first frame, which need not be the picture that other programs show."""
    animated = bool(image.info.get("default_image"))
    if animated:
        image.seek(1)
    image.load()
    decoded = decoded_by_pillow(image)
    key = image.info.get("transparency")
    if key is None or animated or data[12:16] != b"IHDR":
        return decoded
    # Pillow compares pixels of 8 bits with a colour that the file gives in its own depth.
    depth, colours = data[24], data[25]
    if colours == _GREY and isinstance(key, int):
        levels = np.asarray(image.convert("L") if depth < 16 else image)
        hidden = levels == (key if depth >= 8 else key * 255 // (2**depth - 1))
        alpha = np.where(hidden, 0, 255).astype(np.uint8)
        return decoded._replace(image=picture_of(np.dstack([eight_bits(levels, max(depth, 8)), alpha])))
    if colours == _RGB and depth == 16:
        import imagecodecs

        return decoded._replace(image=picture_of(eight_bits(imagecodecs.png_decode(_bare(data)), 16)))
    return decoded


def _bare(data: bytes) -> bytes:
    """The PNG without the chunks of which libpng might complain on standard error."""
    kept = (b"IHDR", b"tRNS", b"IDAT", b"IEND")
    return data[:8] + b"".join(chunk for name, chunk in _chunks(data) if name in kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk's name, and all of it."""
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at : at + 12 + length]
        at += 12 + length
