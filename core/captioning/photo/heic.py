"""HEIC, as phones save it, through pillow-heif where that is installed."""

import io

from core.captioning.photo.boxes import profile_in_heif
from core.captioning.photo.decoded import Decoded, decoded_by_pillow
from core.captioning.photo.limits import PhotoError, check_size, take_room


def read_heic(data: bytes) -> Decoded:
    """
    Raises:
        PhotoError: too many pixels, or pillow-heif is not there.
        Exception: whatever libheif answers to a damaged file.
    """
    try:
        import pillow_heif
    except ImportError as error:
        raise PhotoError(
            "This is a HEIC photo, which needs the package pillow-heif; it is not installed here. Save it as JPEG."
        ) from error
    picture = pillow_heif.open_heif(io.BytesIO(data))
    check_size(*picture.size)
    take_room(*picture.size)
    decoded = decoded_by_pillow(picture.to_pillow())
    return decoded._replace(profile=decoded.profile or profile_in_heif(data))
