"""TIFF, the format in which everything is possible: pages, strips and tiles, packings, numbers of any kind."""

import io
import logging
import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.captioning.photo.decoded import Decoded
from core.captioning.photo.limits import (
    BROKEN,
    MAX_DECODED,
    MAX_PAGES,
    MAX_PIXELS,
    TOO_MANY_PIXELS,
    TOO_MUCH_IN_PIXELS,
    PhotoError,
    check_size,
    take_room,
)
from core.captioning.photo.tiff_colours import RAW, colour_picture, colours_of
from core.captioning.photo.tiff_lzw import lzw_values
from core.captioning.photo.tiff_ycbcr import subsampled

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

# How pixels are packed: those that unpack to a size known beforehand, and pictures within the picture.
_PACKINGS = {
    1: "none", 2: "CCITT", 3: "CCITT", 4: "CCITT", 5: "LZW", 8: "Deflate", 32773: "PackBits", 32946: "Deflate",
    34925: "LZMA", 50000: "Zstandard",
}  # fmt: skip
_PICTURES = {6: "old JPEG", 7: "JPEG", 33005: "JPEG 2000", 34712: "JPEG 2000", 50001: "WebP"}
_INNER_FORMATS = ("JPEG", "JPEG2000", "WEBP")
_REDUCED, _MASK = 1, 4  # bits of NewSubfileType


def read_tiff(data: bytes) -> Decoded:
    """The first full picture of a TIFF.

    Raises:
        PhotoError: too many pixels, or a variety that is not read.
        Exception: whatever tifffile answers to a damaged file.
    """
    import tifffile

    # What it finds odd about a file it would write to standard error.
    logging.getLogger("tifffile").propagate = False
    logging.getLogger("tifffile").addHandler(logging.NullHandler())
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = _full_page(file)
        _check(page, data)
        take_room(page.imagewidth, page.imagelength * page.samplesperpixel)
        if page.is_subsampled and page.compression not in (6, 7):
            values = subsampled(page, data)
        else:
            values = _rows_columns_channels(page, data)
        profile = page.tags.valueof(34675)
        return Decoded(
            colour_picture(page, values),
            profile if isinstance(profile, bytes) else None,
            _whole_number(page.tags.valueof(274), 1),
        )


def _full_page(file: "TiffFile") -> "TiffPage":
    """The first page that is no thumbnail and no mask, cameras' hidden ones included; else the first."""
    first: TiffPage | None = None
    for n in range(MAX_PAGES):
        try:
            page = file.pages[n].aspage()
        except IndexError:
            break
        if not _is_part(page):
            return page
        first = first or page
    if first is None:
        raise PhotoError(BROKEN)
    for hidden in list(first.pages or ())[:MAX_PAGES]:
        if not _is_part(hidden.aspage()):
            return hidden.aspage()
    return first


def _is_part(page: "TiffPage") -> bool:
    kind = _whole_number(page.tags.valueof(254), 0)
    return bool(kind & (_REDUCED | _MASK)) or page.tags.valueof(255) == 2


def _check(page: "TiffPage", data: bytes) -> None:
    """What the page says of itself, before anything of it is unpacked.

    Raises:
        PhotoError: it cannot be read, costs too much, or lies beyond the file's end.
    """
    import imagecodecs

    if 50706 in page.tags or colours_of(page) in RAW:
        raise PhotoError("This is a camera's raw file, which has to be developed first: save it as JPEG or PNG.")
    check_size(page.imagewidth, page.imagelength)
    packing = int(page.compression)
    if packing not in _PACKINGS and packing not in _PICTURES:
        raise _rare(f"packed as {_name(page.compression)}")
    if page.dtype is None or page.dtype.kind not in "biuf":
        raise _rare(f"numbers of {page.bitspersample} bits, sample format {_name(page.sampleformat)}")
    size = page.dtype.itemsize
    tile = (page.tilewidth, page.tilelength, page.tiledepth, page.samplesperpixel) if page.is_tiled else (0,)
    if max(math.prod(page.shaped), math.prod(tile)) * size > MAX_DECODED:
        raise PhotoError(TOO_MUCH_IN_PIXELS)
    if not page.dataoffsets:
        raise PhotoError(BROKEN)
    for offset, length in zip(page.dataoffsets, page.databytecounts, strict=False):
        if offset and offset + (1 if packing == 1 else length) > len(data):
            raise PhotoError(BROKEN)
        if packing in _PICTURES and length:
            _check_inner(data[offset : offset + length])
        if packing in (6, 7) and length:
            # What libjpeg refuses, the package hands to a decoder of lossless JPEGs, which damage can bring down.
            imagecodecs.jpeg8_decode(data[offset : offset + length], tables=page.jpegtables)


def _check_inner(segment: bytes) -> None:
    """A picture within the picture unpacks to the size that it names itself."""
    try:
        width, height = Image.open(io.BytesIO(segment), formats=_INNER_FORMATS).size
    except Image.DecompressionBombError as error:
        raise PhotoError(TOO_MANY_PIXELS) from error
    if width * height > MAX_PIXELS:
        raise PhotoError(TOO_MANY_PIXELS)


def _rows_columns_channels(page: "TiffPage", data: bytes) -> np.ndarray:
    all_values = lzw_values(page, data) if page.compression == 5 else page.asarray(squeeze=False, maxworkers=1)
    values = all_values[:, 0]  # of a picture with depth the first layer
    return values[0] if page.planarconfig == 1 or len(values) == 1 else np.moveaxis(values[..., 0], 0, -1)


def _rare(what: str) -> PhotoError:
    return PhotoError(f"This is a TIFF of a rare kind ({what}), which is not read: save it as an ordinary TIFF or PNG.")


def _name(value: object) -> str:
    return str(getattr(value, "name", value))


def _whole_number(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, int) else otherwise
