"""JPEG 2000: the colour profile, which Pillow does not hand over."""

from collections.abc import Iterator

_RESTRICTED, _ANY = 2, 3  # methods of a colour box that hold an ICC profile


def profile_in(data: bytes) -> bytes | None:
    """The ICC profile in a JP2 or JPX file; None where there is none, as in a bare codestream."""
    for name, header in _boxes(data):
        if name == b"jp2h":
            for inner, body in _boxes(header):
                if inner == b"colr" and body[:1] and body[0] in (_RESTRICTED, _ANY):
                    return body[3:]
    return None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each box's name, and what is in it; those of 64 bits in length, which hold pixels, end the search."""
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big") or len(data) - at
        if length < 8:
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length
