"""Photos as they come: the bytes of any file -> an upright RGB picture of bounded size, or a clear sentence.

What a file is, its content says and never its name. What it claims about itself is read before it is decoded, so
neither a picture of a hundred megapixels nor one that was made to burst a decoder fills the memory.
"""

from core.captioning.photo.kinds import HEAD, READ, kind_of, why_no_photo
from core.captioning.photo.limits import MAX_BYTES, PhotoError
from core.captioning.photo.opening import open_photo
from core.captioning.photo.sizes import LONG_SIDE, encode_jpeg, squash

__all__ = [
    "HEAD",
    "LONG_SIDE",
    "MAX_BYTES",
    "READ",
    "PhotoError",
    "encode_jpeg",
    "kind_of",
    "open_photo",
    "squash",
    "why_no_photo",
]
