"""Files in boxes, JPEG 2000, AVIF and HEIC: what they say of their colours, and Pillow does not hand over."""

from collections.abc import Iterator

from core.captioning.photo.primaries import profile_of_code_points

_RESTRICTED, _ANY = 2, 3  # methods of a colour box that hold an ICC profile


def profile_in_jp2(data: bytes) -> bytes | None:
    """The ICC profile in a JP2 or JPX file; None where there is none, as in a bare codestream."""
    for name, header in _boxes(data):
        if name == b"jp2h":
            for inner, body in _boxes(header):
                if inner == b"colr" and body[:1] and body[0] in (_RESTRICTED, _ANY):
                    return body[3:]
    return None


def profile_in_heif(data: bytes) -> bytes | None:
    """An ICC profile of the colours that an AVIF or HEIC names by numbers; None for sRGB, or where it names none."""
    properties = _inside(_inside(_inside(data, b"meta")[4:], b"iprp"), b"ipco")
    for name, body in _boxes(properties):
        if name == b"colr" and body[:4] == b"nclx" and len(body) >= 8:
            return profile_of_code_points(int.from_bytes(body[4:6], "big"), int.from_bytes(body[6:8], "big"))
    return None


def _inside(data: bytes, name: bytes) -> bytes:
    """What is in the first box of a name; nothing where there is none."""
    return next((body for found, body in _boxes(data) if found == name), b"")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each box's name, and what is in it; those of 64 bits in length, which hold pixels, end the search."""
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big") or len(data) - at
        if length < 8:
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length
