"""A visitor's own photos as they are kept while the visit lasts, in the session and in the visitor's own browser.

What is kept are a file's bytes, so that a photo looks alike to the models before and after a reload; of a large file a
smaller JPEG made from it. Its name is the hash of these bytes: whoever gives the same file gets the same name, and a
link that names one photo never opens another.
"""

import hashlib
from dataclasses import dataclass

from core.captioning import gallery
from core.captioning.photo import LONG_SIDE, encode_jpeg, open_photo

AS_IT_IS = 1_500_000  # bytes up to which a file is kept unchanged
MOST_BYTES = 4_000_000  # of one photo as it is kept
MOST = 8  # photos; of more the oldest goes
PREFIX = "yours-"
DIGITS = 12  # of the hash, in a name


@dataclass(frozen=True)
class OwnPhoto:
    """One photo.

    Attributes:
        data: the bytes of a picture file, as they are kept.
        sha256: of these bytes; tells photos apart in caches.
        face: a thumbnail, JPEG.
    """

    data: bytes
    sha256: str
    face: bytes

    @property
    def name(self) -> str:
        """Its name in links."""
        return PREFIX + self.sha256[:DIGITS]


def take(file: bytes) -> OwnPhoto:
    """A file that the visitor gives.

    Raises:
        PhotoError: it is no usable photo.
    """
    photo = open_photo(file)
    return _own(file if len(file) <= AS_IT_IS else encode_jpeg(photo, LONG_SIDE), encode_jpeg(gallery.thumbnail(photo)))


def take_back(data: bytes) -> OwnPhoto:
    """What a browser had kept.

    Raises:
        PhotoError: it is no usable photo.
        ValueError: it is more than is ever kept.
    """
    if len(data) > MOST_BYTES:
        raise ValueError("A photo that was kept is smaller.")
    return _own(data, encode_jpeg(gallery.thumbnail(open_photo(data))))


def _own(data: bytes, face: bytes) -> OwnPhoto:
    return OwnPhoto(data, hashlib.sha256(data).hexdigest(), face)


def is_name(text: str) -> bool:
    """Whether this could be the name of somebody's own photo."""
    digits = text.removeprefix(PREFIX)
    return digits != text and len(digits) == DIGITS and set(digits) <= set("0123456789abcdef")


def with_photo(photos: dict[str, OwnPhoto], photo: OwnPhoto) -> dict[str, OwnPhoto]:
    """Photos by their names with one more, the newest last."""
    kept = {name: other for name, other in photos.items() if name != photo.name} | {photo.name: photo}
    return dict(list(kept.items())[-MOST:])
