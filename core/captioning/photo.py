"""Photos as they come: the bytes of any file -> an upright RGB picture of bounded size, or a clear sentence.

What a file claims about itself is read before it is decoded, so neither a picture of a hundred megapixels nor one
that was made to burst a decoder fills the memory.
"""

import contextlib
import io
import math
import warnings

import numpy as np
from PIL import ExifTags, Image, ImageOps, TiffImagePlugin, WebPImagePlugin  # noqa: F401 (two register themselves)

LONG_SIDE = 1600  # pixels of an opened photo's long side, at most
MAX_BYTES = 100_000_000
MAX_PIXELS = 40_000_000  # of a photo that has to be decoded whole: 160 MB, for a moment two to four times that
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF")

_NOT_A_PHOTO = "This is not a photo: JPEG, PNG, WebP, GIF and TIFF are read."
_BROKEN = "The photo cannot be decoded: the file is damaged or was cut short."
_TOO_MANY_PIXELS = (
    f"The photo has too many pixels: up to {MAX_PIXELS // 1_000_000} million are read, "
    "in a JPEG that is not progressive up to 178 million."
)

# Between one and two times Pillow's bound it warns; the bounds here are our own.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class PhotoError(ValueError):
    """A file that is no usable photo; the message is a sentence for the person who gave it."""


def open_photo(data: bytes) -> Image.Image:
    """Decode a JPEG, PNG, WebP, GIF or TIFF (the first picture of several) as people see it.

    The camera's rotation is applied, transparency laid over white, grey, palette, CMYK and 16 bit turned into RGB.

    Returns:
        An upright RGB picture, its long side at most ``LONG_SIDE`` pixels.

    Raises:
        PhotoError: the file is empty, too large, not a photo, damaged, or has too many pixels.
    """
    if not data:
        raise PhotoError("The file is empty.")
    if len(data) > MAX_BYTES:
        raise PhotoError(f"The file is too large: photos of up to {MAX_BYTES // 1_000_000} MB are read.")
    # Decoders answer bytes from outside with a dozen kinds of exceptions; all of them mean a broken file.
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PhotoError(_TOO_MANY_PIXELS) from error
    except Exception as error:
        raise PhotoError(_BROKEN if _claims_to_be_a_photo(data) else _NOT_A_PHOTO) from error
    if image.format in ("JPEG", "MPO") and _decodes_row_by_row(data):
        image.draft(None, _within(image.size, LONG_SIDE))  # the decoder itself halves, once to three times
    if math.prod(image.size) > MAX_PIXELS:
        raise PhotoError(_TOO_MANY_PIXELS)
    try:
        image.load()
        return _upright(_rgb(image), image)
    except Exception as error:
        raise PhotoError(_BROKEN) from error


def squash(photo: Image.Image, side: int) -> np.ndarray:
    """The whole RGB photo squashed, not cropped, to uint8 (side, side, 3), as in training.

    A photo of that size comes back bit by bit.
    """
    return np.array(photo.resize((side, side), Image.Resampling.BICUBIC, reducing_gap=3.0))


def encode_jpeg(photo: Image.Image, side: int = 1200) -> bytes:
    """The RGB photo as a JPEG for a page, its long side at most ``side`` pixels."""
    out = io.BytesIO()
    _shrink(photo, side).save(out, "JPEG", quality=88)
    return out.getvalue()


def _claims_to_be_a_photo(data: bytes) -> bool:
    signatures = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
    return data.startswith(signatures) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _decodes_row_by_row(data: bytes) -> bool:
    """Whether a JPEG is sequential with all its colours in one scan.

    Of any other the decoder holds the whole picture, at up to six bytes a pixel, however small it is asked to make it.
    """
    at, colours = 2, None
    while at + 10 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in (0xC0, 0xC1):  # the frame: its length, precision, height, width, number of colours
            colours = data[at + 9]
        elif marker == 0xDA:  # the first scan: its length, number of colours
            return data[at + 4] == colours
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """``size`` made smaller, where it must be, so that no side is longer than ``side``; at least one pixel."""
    scale = min(1.0, side / max(size))
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _shrink(image: Image.Image, side: int) -> Image.Image:
    size = _within(image.size, side)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _rgb(image: Image.Image) -> Image.Image:
    """Any mode -> RGB within ``LONG_SIDE``; shrunk as early as the mode allows, to save memory."""
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.has_transparency_data:
        image = _over_white(image if image.mode == "RGBA" else image.convert("RGBA"))
    elif image.mode not in ("L", "RGB", "CMYK", "I", "F"):
        image = image.convert("RGB")
    image = _shrink(image, LONG_SIDE)
    if image.mode in ("I", "F"):
        image = _stretched(image)
    return image.convert("RGB")


def _over_white(image: Image.Image) -> Image.Image:
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image)
    return paper


def _stretched(image: Image.Image) -> Image.Image:
    """32-bit numbers, which say nothing about what is white -> grey from their lowest to their highest."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float64))
    low, high = values.min(), values.max()
    return Image.fromarray(((values - low) * (255 / max(high - low, 1e-12))).round().astype(np.uint8))


def _upright(photo: Image.Image, source: Image.Image) -> Image.Image:
    """``photo`` turned as ``source``, the file's picture from which it was made, says in its EXIF.

    Turned last: it is small by then, and resampling before or after would not give the same pixels.
    """
    with contextlib.suppress(Exception):  # broken EXIF costs the rotation, not the photo
        photo.getexif()[ExifTags.Base.Orientation] = source.getexif().get(ExifTags.Base.Orientation, 1)
        ImageOps.exif_transpose(photo, in_place=True)
    return photo
