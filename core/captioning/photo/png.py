"""PNG: what Pillow leaves to others, hidden pictures, colours that count as transparent, and what colours mean."""

import struct
from collections.abc import Iterator

import numpy as np
from PIL.ImageFile import ImageFile

from core.captioning.photo.decoded import Decoded, decoded_by_pillow, picture_of
from core.captioning.photo.primaries import SRGB, power, profile_of, profile_of_code_points, srgb_curve
from core.captioning.photo.tones import eight_bits

_GREY, _RGB = 0, 2  # colour types


def read_png(image: ImageFile, data: bytes) -> Decoded:
    """An opened PNG; of an animation the first frame, which need not be the picture that other programs show."""
    decoded = _decoded(image, data)
    profile = _profile(data, decoded.profile)
    if profile == decoded.profile:
        return decoded
    mode = decoded.image.mode
    rgb = {"L": "RGB", "LA": "RGBA"}.get(mode, mode)  # grey too is told as RGB
    return decoded._replace(image=decoded.image.convert(rgb), profile=profile)


def _profile(data: bytes, icc: bytes | None) -> bytes | None:
    """What its colours mean, by the first that says it: cICP, iCCP, sRGB, gAMA with cHRM. None for sRGB.

    PNG specification, third edition, 4.3. Where of the last two one is missing, it is as in sRGB, as browsers have it.
    """
    said: dict[bytes, bytes] = {}
    for name, chunk in _chunks(data):
        if name == b"IDAT":
            break
        said.setdefault(name, chunk[8:-4])
    points = said.get(b"cICP", b"")
    if len(points) == 4 and points[2:] == b"\0\1":  # RGB, of the whole range
        return profile_of_code_points(points[0], points[1])
    if icc or b"sRGB" in said:
        return icc
    exponent, corners = (said.get(name, b"") for name in (b"gAMA", b"cHRM"))
    gamma = int.from_bytes(exponent, "big") / 100_000 if len(exponent) == 4 else 0.0
    usable = 0.01 < gamma < 10
    if not usable and len(corners) != 32:
        return None
    primaries = [n / 100_000 for n in struct.unpack(">8I", corners)] if len(corners) == 32 else SRGB
    return profile_of(primaries, power(1 / gamma) if usable else srgb_curve)


def _decoded(image: ImageFile, data: bytes) -> Decoded:
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
