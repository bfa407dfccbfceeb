"""What a photo from outside may cost, and how it is said that one cannot be read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MAX_BYTES = 100_000_000
MAX_PIXELS = 40_000_000  # of a photo that has to be decoded whole: 160 MB, for a moment two to four times that
MAX_DECODED = 12 * MAX_PIXELS  # bytes: a photo of that size, three floats a pixel
LARGE = 4_000_000  # pixels, beyond which pictures are decoded one at a time: each may take a gigabyte for a moment
MAX_ASPECT = 100  # beyond it nothing can be seen of a picture, and thumbnails have no row left
MAX_PAGES = 64  # of a TIFF, looked at for the first full picture

TOO_MANY_PIXELS = (
    f"The photo has too many pixels: up to {MAX_PIXELS // 1_000_000} million are read, "
    "in a JPEG that is not progressive up to 178 million."
)
TOO_MUCH_IN_PIXELS = (
    f"The photo needs too much memory: decoded, it may take up to {MAX_DECODED // 1_000_000} MB, with all its channels."
)
TOO_NARROW = f"The picture is too narrow: up to {MAX_ASPECT} times as long as it is wide are read."
BROKEN = "The photo cannot be decoded: the file is damaged or was cut short."


class PhotoError(ValueError):
    """A file that is no usable photo; the message is a sentence for the person who gave it."""


_room = threading.Lock()
_mine = threading.local()  # whether this thread has it


@contextmanager
def room() -> Iterator[None]:
    """Around the decoding of a picture: at its end the room that it took (:func:`take_room`) is free for the next."""
    _mine.taken = False
    try:
        yield
    finally:
        if _mine.taken:
            _mine.taken = False
            _room.release()


def take_room(width: int, height: int) -> None:
    """Before a picture of this size is decoded: a large one waits for those of other threads."""
    if width * height > LARGE and not _mine.taken:
        _room.acquire()
        _mine.taken = True


def check_size(width: int, height: int, pixels: int = MAX_PIXELS) -> None:
    """Before anything is decoded.

    Raises:
        PhotoError: no pixels, too many, or a picture too narrow to be looked at.
    """
    if width < 1 or height < 1:
        raise PhotoError(BROKEN)
    if width * height > pixels:
        raise PhotoError(TOO_MANY_PIXELS)
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PhotoError(TOO_NARROW)
