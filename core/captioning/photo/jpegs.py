"""What a JPEG says of itself before it is decoded."""

from collections.abc import Iterator

_LOSSLESS, _HIERARCHICAL = (0xC3, 0xC7, 0xCB, 0xCF), (0xC5, 0xC6, 0xCD, 0xCE)
_NO_FRAMES = (0xC4, 0xC8, 0xCC)  # between the frames' markers lie those of tables


def decodes_row_by_row(data: bytes) -> bool:
    """Whether a JPEG is sequential with all its colours in one scan.

    Of any other the decoder holds the whole picture, at up to six bytes a pixel, however small it is asked to make it.
    """
    colours = None
    for marker, at in _segments(data):
        if marker in (0xC0, 0xC1):  # the frame: its length, precision, height, width, number of colours
            colours = data[at + 9]
        elif marker == 0xDA:  # the first scan: its length, number of colours
            return data[at + 4] == colours
    return False


def rare_variety(data: bytes) -> str | None:
    """What is unusual about a JPEG, so that it is sound and still not read: None where nothing is."""
    for marker, at in _segments(data):
        if marker == 0xF7:
            return "JPEG-LS"
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAMES:
            precision, colours = data[at + 4], data[at + 9]
            if marker in _LOSSLESS:
                return "lossless"
            if marker in _HIERARCHICAL:
                return "hierarchical"
            if precision != 8:
                return f"with {precision} bits a colour"
            return None if colours in (1, 3, 4) else f"with {colours} channels"
    return None


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """The markers up to the first scan, and where they stand."""
    at = 2
    while at + 10 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        yield marker, at
        if marker == 0xDA:
            return
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
