"""The bytes of any picture file -> an upright RGB picture of bounded size."""

import contextlib
import warnings

from PIL import ExifTags, Image, ImageOps

from core.captioning.photo.colours import over_white, to_srgb
from core.captioning.photo.decoded import Decoded
from core.captioning.photo.kinds import kind_of, why_no_photo
from core.captioning.photo.limits import BROKEN, MAX_BYTES, PhotoError, room
from core.captioning.photo.sizes import shrink

# What decoders find odd about a file is no concern of whoever reads the terminal; the bounds are our own.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"(PIL|tifffile|imagecodecs|pillow_heif)\b")


def open_photo(data: bytes) -> Image.Image:
    """Decode a photo (of several pictures the first) as people see it; ``kinds.READ`` are the kinds that are read.

    The camera's rotation is applied, transparency laid over white, colours brought into sRGB; grey, palette, CMYK, Lab
    and any depth are turned into RGB of 8 bits.

    Returns:
        An upright RGB picture, its long side at most ``LONG_SIDE`` pixels.

    Raises:
        PhotoError: the file is empty, too large, not a photo, damaged, of a variety that is not read, or has too many
            pixels.
    """
    if not data:
        raise PhotoError("The file is empty.")
    if len(data) > MAX_BYTES:
        raise PhotoError(f"The file is too large: photos of up to {MAX_BYTES // 1_000_000} MB are read.")
    if reason := why_no_photo(data):
        raise PhotoError(reason)
    # Decoders answer bytes from outside with a dozen kinds of exceptions; all of them mean a broken file.
    try:
        with room():
            decoded = _decode(data)
            return _upright(_rgb(decoded), decoded.orientation)
    except PhotoError:
        raise
    except Exception as error:
        raise PhotoError(BROKEN) from error


def _decode(data: bytes) -> Decoded:
    kind = kind_of(data)
    if kind == "TIFF":
        from core.captioning.photo.tiff import read_tiff

        return read_tiff(data)
    if kind == "HEIC":
        from core.captioning.photo.heic import read_heic

        return read_heic(data)
    from core.captioning.photo.raster import read_raster

    return read_raster(data, kind or "")


def _rgb(decoded: Decoded) -> Image.Image:
    """Shrunk first, to save memory and time."""
    image = to_srgb(shrink(decoded.image), decoded.profile)
    if image.mode in ("LA", "RGBA"):
        return over_white(image.convert("RGBA"))
    return image.convert("RGB")


def _upright(photo: Image.Image, orientation: int) -> Image.Image:
    """``photo`` turned as EXIF's orientation says.

    Turned last: it is small by then, and resampling before or after would not give the same pixels.
    """
    with contextlib.suppress(Exception):  # a number that means nothing costs the rotation, not the photo
        photo.getexif()[ExifTags.Base.Orientation] = orientation
        ImageOps.exif_transpose(photo, in_place=True)
    return photo
