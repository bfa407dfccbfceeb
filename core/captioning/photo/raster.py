"""What Pillow decodes: JPEG, PNG, WebP, GIF, BMP, JPEG 2000 and AVIF."""

import io
from importlib import import_module

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile

from core.captioning.photo.boxes import profile_in_heif, profile_in_jp2
from core.captioning.photo.decoded import Decoded, decoded_by_pillow
from core.captioning.photo.jpegs import decodes_row_by_row, rare_variety
from core.captioning.photo.limits import BROKEN, TOO_MANY_PIXELS, PhotoError, check_size, take_room
from core.captioning.photo.png import read_png
from core.captioning.photo.sizes import LONG_SIDE, within

# Kind -> Pillow's name of its format, and the module that registers it.
_FORMATS = {
    "JPEG": ("JPEG", "JpegImagePlugin"),  # MPO too: a JPEG that has others behind it
    "PNG": ("PNG", "PngImagePlugin"),
    "WebP": ("WEBP", "WebPImagePlugin"),
    "GIF": ("GIF", "GifImagePlugin"),
    "BMP": ("BMP", "BmpImagePlugin"),
    "JPEG 2000": ("JPEG2000", "Jpeg2KImagePlugin"),
    "AVIF": ("AVIF", "AvifImagePlugin"),
}
_SEQUENTIAL_PIXELS = 178_000_000  # of a JPEG that shrinks while it is decoded; Pillow itself refuses those beyond


def read_raster(data: bytes, kind: str) -> Decoded:
    """
    Raises:
        PhotoError: too many pixels, or a variety that is not read.
        Exception: whatever Pillow answers to a damaged file.
    """
    name, module = _FORMATS[kind]
    import_module(f"PIL.{module}")
    try:
        image = Image.open(io.BytesIO(data), formats=(name,))
    except Image.DecompressionBombError as error:
        raise PhotoError(TOO_MANY_PIXELS) from error
    except Exception as error:
        raise PhotoError(_why(data, kind, error)) from error
    if kind == "JPEG" and decodes_row_by_row(data):
        check_size(*image.size, _SEQUENTIAL_PIXELS)
        image.draft(None, within(image.size, LONG_SIDE))  # the decoder itself halves, once to three times
    check_size(*image.size)
    take_room(*image.size)
    try:
        if kind in ("GIF", "WebP"):
            frame = _first_frame(data) if kind == "WebP" else image.tile[0][1] if image.tile else None
            image.load()
            return decoded_by_pillow(_on_its_canvas(image, frame))
        if kind == "PNG":
            return read_png(image, data)
        image.load()
        decoded = decoded_by_pillow(image)
        if kind == "JPEG 2000":
            return decoded._replace(profile=profile_in_jp2(data))
        return decoded._replace(profile=decoded.profile or profile_in_heif(data)) if kind == "AVIF" else decoded
    except Exception as error:
        raise PhotoError(_why(data, kind, error)) from error


def _on_its_canvas(image: ImageFile, frame: tuple[int, int, int, int] | None) -> Image.Image:
    """The first frame, which takes left, top, right, bottom of its canvas; one sees through the rest."""
    if frame is None or tuple(frame) == (0, 0, *image.size):
        return image
    left, top, right, bottom = frame
    pixels = np.array(image.convert("RGBA"))
    inside = np.zeros(pixels.shape[:2], bool)
    inside[top:bottom, left:right] = True
    pixels[~inside] = 0
    canvas = Image.fromarray(pixels)
    canvas.info = image.info
    return canvas


def _first_frame(data: bytes) -> tuple[int, int, int, int] | None:
    """Where on its canvas a moving WebP begins; None for one that does not move (RIFF container specification)."""
    at = 12
    while at + 24 <= len(data):
        if data[at : at + 4] == b"ANMF":
            left, top, width, height = (int.from_bytes(data[n : n + 3], "little") for n in range(at + 8, at + 20, 3))
            return 2 * left, 2 * top, 2 * left + width + 1, 2 * top + height + 1
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return None


def _why(data: bytes, kind: str, error: Exception) -> str:
    """Damaged, or sound and unusual?"""
    said = str(error).lower()
    variety = rare_variety(data) if kind == "JPEG" else None
    if variety:
        return f"This is a JPEG of a rare kind ({variety}), which is not read: save it as an ordinary JPEG or PNG."
    if any(word in said for word in ("unsupported", "not supported", "cannot handle", "not installed")):
        return f"This {kind} is of a rare kind, which is not read: save it as an ordinary JPEG or PNG."
    if "too large for" in said:
        return f"This {kind} carries more text, or a larger colour profile, than is read: save its picture alone."
    return BROKEN
