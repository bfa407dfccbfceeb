"""Pictures that are sound and unusual, against values computed here: turned, packed, masked, or partly drawn."""

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from core.captioning.photo import open_photo

COLOURS = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)
SLOPE = np.add.outer(2 * np.arange(48), 2 * np.arange(64)).astype(np.uint8)
SMOOTH = np.dstack([SLOPE, 255 - SLOPE, np.full_like(SLOPE, 100)])


def shown(data: bytes) -> np.ndarray:
    return np.asarray(open_photo(data)).astype(int)


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def tiff(values: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, values, photometric="rgb", **options)
    return file.getvalue()


@pytest.mark.parametrize("numbers", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("packing", [{}, *({"compression": name, "predictor": 3} for name in ("zlib", "lzw", "lzma"))])
def test_floats_of_any_width_packed_by_their_differences(numbers, packing):
    assert np.abs(shown(tiff((COLOURS / 255).astype(numbers), **packing)) - COLOURS).max() <= 1


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_large_tiff_in_planes_and_strips_of_either_byte_order(order):
    planes = np.moveaxis(COLOURS.astype(np.uint16) * 257, -1, 0)
    data = tiff(planes, planarconfig="separate", bigtiff=True, byteorder=order, rowsperstrip=3)
    np.testing.assert_array_equal(shown(data), COLOURS)


@pytest.mark.parametrize("parts", [{"rowsperstrip": 3}, {"tile": (16, 16), "compression": "zlib", "predictor": 2}])
def test_a_tiff_in_strips_or_tiles_that_was_turned(parts):
    turned = {5: COLOURS.transpose(1, 0, 2), 6: np.rot90(COLOURS, -1), 8: np.rot90(COLOURS)}
    for orientation, expected in turned.items():
        data = tiff(COLOURS, extratags=[(274, "H", 1, orientation, True)], **parts)
        np.testing.assert_array_equal(shown(data), expected)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIC"])
def test_whatever_turns_a_photo(kind, orientation):
    """EXIF's number, which AVIF and HEIC keep as a rotation and a mirroring of their own: turned once, not twice."""
    photo, exif = Image.fromarray(SMOOTH), Image.Exif()
    photo.getexif()[0x0112] = exif[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(photo)).astype(int)
    if kind == "HEIC":
        file = io.BytesIO()
        heif = pytest.importorskip("pillow_heif").from_pillow(Image.fromarray(SMOOTH))
        heif.save(file, quality=100, chroma=444, exif=exif.tobytes())
        data = file.getvalue()
    else:
        data = written(Image.fromarray(SMOOTH), kind, exif=exif.tobytes(), quality=100, lossless=True)
    found = shown(data)
    assert found.shape == expected.shape
    assert np.abs(found - expected).mean() < 2 and np.abs(found - expected).max() < 12


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 100}])
def test_a_moving_webp_whose_first_frame_is_smaller_than_its_canvas(options):
    first = Image.new("RGBA", (40, 30))
    first.paste("red", (20, 10, 30, 20))
    found = shown(written(first, "WEBP", save_all=True, append_images=[Image.new("RGBA", (40, 30), "blue")], **options))
    expected = np.full((30, 40, 3), 255)
    expected[10:20, 20:30] = 255, 0, 0
    assert np.abs(found - expected).max() <= 2


# --- BMP ----------------------------------------------------------------------------------------------------

RED, GREEN, BLUE, DARK, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (10, 20, 30), (255, 255, 255)
PALETTE = struct.pack("<8B", 0, 0, 255, 0, 0, 255, 0, 0)  # red and green
BGRA = bytes([0, 0, 255, 255, 0, 255, 0, 0, 255, 0, 0, 255, 30, 20, 10, 255])  # red, green that one sees through, blue
MASKS = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"BGRs" + bytes(48)


def bmp(
    bits: int, packing: int, pixels: bytes, more: bytes = b"", size: tuple[int, int] = (2, 2), head: int = 40
) -> bytes:
    """Rows from the lowest up; ``more``: masks, or a palette."""
    colours = len(more) // 4 if bits <= 8 else 0
    header = struct.pack("<IiiHHIIiiII", head, *size, 1, bits, packing, len(pixels), 2835, 2835, colours, 0) + more
    return b"BM" + struct.pack("<IHHI", 14 + len(header) + len(pixels), 0, 0, 14 + len(header)) + header + pixels


BMPS = {
    "32 bits": (bmp(32, 0, BGRA), [[BLUE, DARK], [RED, GREEN]]),
    "from the top down": (bmp(32, 0, BGRA, size=(2, -2)), [[RED, GREEN], [BLUE, DARK]]),
    "masks with alpha": (bmp(32, 3, BGRA, MASKS, head=108), [[BLUE, DARK], [RED, WHITE]]),
    "5, 5, 5": (bmp(16, 0, struct.pack("<4H", 0x7C00, 0x3E0, 0x1F, 0x7FFF)), [[BLUE, WHITE], [RED, GREEN]]),
    "5, 6, 5": (
        bmp(16, 3, struct.pack("<4H", 0xF800, 0x7E0, 0x1F, 0xFFFF), struct.pack("<3I", 0xF800, 0x7E0, 0x1F)),
        [[BLUE, WHITE], [RED, GREEN]],
    ),
    "runs of bytes": (
        bmp(8, 1, bytes([4, 0, 0, 0, 2, 1, 2, 0, 0, 1]), PALETTE, (4, 2)), [[GREEN, GREEN, RED, RED], [RED] * 4]
    ),
    "runs of half bytes": (
        bmp(4, 2, bytes([4, 0x01, 0, 0, 4, 0x10, 0, 1]), PALETTE, (4, 2)), [[GREEN, RED] * 2, [RED, GREEN] * 2]
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BMPS)
def test_bmps_of_every_packing(kind):
    data, expected = BMPS[kind]
    np.testing.assert_array_equal(shown(data), expected)
