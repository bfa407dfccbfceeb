"""Colours told by primaries and curves, against the formulas of the standards, computed here by themselves."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from core.captioning.photo import open_photo

COLOURS = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)
ROUNDED = 0.75  # levels of 255: rounding, and a profile's fixed point numbers
# Linear sRGB from linear Display P3, Adobe RGB (1998) and Rec. 2020, as CSS Color 4 has them (section 18).
P3 = [[1.2249401763, -0.2249401763, 0], [-0.0420569547, 1.0420569547, 0], [-0.0196375546, -0.0786360456, 1.0982736001]]
ADOBE = [[1.3982832, -0.3982831, 0], [0, 1, 0], [0, -0.0429382, 1.0429382]]
REC2020 = [
    [1.6604910, -0.5876411, -0.0728499],
    [-0.1245505, 1.1328999, -0.0083494],
    [-0.0181508, -0.1005789, 1.1187297],
]
ADOBE_CORNERS = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
SRGB_CORNERS = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)


def chunk(name: bytes, content: bytes) -> tuple[bytes, bytes]:
    return name, struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def gamma(value: float) -> tuple[bytes, bytes]:
    return chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def corners(values: tuple[float, ...]) -> tuple[bytes, bytes]:
    return chunk(b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in values)))


def points(primaries: int, curve: int, matrix: int = 0, full: int = 1) -> tuple[bytes, bytes]:
    return chunk(b"cICP", bytes([primaries, curve, matrix, full]))


SRGB = chunk(b"sRGB", b"\0")


def png(pixels: np.ndarray, *chunks: tuple[bytes, bytes], **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **options)
    data = file.getvalue()
    return data[:33] + b"".join(whole for _, whole in chunks) + data[33:]


def opened(data: bytes) -> np.ndarray:
    return np.asarray(open_photo(data)).astype(float)


def from_srgb(stored: np.ndarray) -> np.ndarray:
    return np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)


def to_srgb(light: np.ndarray) -> np.ndarray:
    light = light.clip(0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("exponent", [1.0, 0.45455, 0.55556, 0.3])
def test_a_png_of_another_gamma(exponent):
    light = (COLOURS / 255) ** (1 / exponent)
    for chunks in ([gamma(exponent)], [gamma(exponent), corners(SRGB_CORNERS)]):
        assert np.abs(opened(png(COLOURS, *chunks)) - to_srgb(light)).max() < ROUNDED


def test_a_grey_png_of_another_gamma():
    grey = COLOURS[..., 0]
    expected = to_srgb(grey / 255)[..., None]
    assert np.abs(opened(png(grey, gamma(1.0))) - expected).max() < ROUNDED
    seen = np.dstack([grey, np.full_like(grey, 255)])
    assert np.abs(opened(png(seen, gamma(1.0))) - expected).max() < ROUNDED


def test_a_png_of_other_primaries():
    expected = to_srgb((COLOURS / 255) ** 2.2 @ np.array(ADOBE).T)
    assert np.abs(opened(png(COLOURS, gamma(1 / 2.2), corners(ADOBE_CORNERS))) - expected).max() < ROUNDED
    expected = to_srgb(from_srgb(COLOURS / 255) @ np.array(ADOBE).T)  # without gAMA the curve is sRGB's
    assert np.abs(opened(png(COLOURS, corners(ADOBE_CORNERS))) - expected).max() < ROUNDED


@pytest.mark.parametrize(("primaries", "matrix"), [(12, P3), (9, REC2020)])
def test_a_png_that_names_its_colours_by_number(primaries, matrix):
    expected = to_srgb(from_srgb(COLOURS / 255) @ np.array(matrix).T)
    assert np.abs(opened(png(COLOURS, points(primaries, 13))) - expected).max() < ROUNDED


def test_light_of_10000_nits_is_cut_off_at_white():
    levels = np.arange(256, dtype=np.uint8)[None].repeat(3, axis=0)
    shown = opened(png(np.dstack([levels] * 3), points(1, 16)))[0, :, 0]
    assert (np.diff(shown) >= 0).all() and shown[0] == 0
    assert shown[147] < 255 == shown[150]  # 203 nits are stored as 0.5807


def test_the_first_that_says_it_counts():
    """cICP before iCCP before sRGB before gAMA and cHRM."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    linear, p3 = gamma(1.0), to_srgb(from_srgb(COLOURS / 255) @ np.array(P3).T)
    for chunks, options in (([SRGB, linear, corners(ADOBE_CORNERS)], {}), ([linear], {"icc_profile": profile})):
        np.testing.assert_array_equal(opened(png(COLOURS, *chunks, **options)), COLOURS)
    assert np.abs(opened(png(COLOURS, SRGB, linear, points(12, 13), icc_profile=profile)) - p3).max() < ROUNDED


@pytest.mark.parametrize(
    "said",
    [
        points(1, 13), points(2, 2), points(1, 1), points(77, 200), points(9, 16, matrix=1), points(12, 13, full=0),
        gamma(0), gamma(40_000), corners((0.0,) * 8), corners((1 / 3,) * 8), corners((0.3, 0, *SRGB_CORNERS[2:])),
        chunk(b"gAMA", b"\0"), chunk(b"cICP", b"\1"), chunk(b"cHRM", bytes(31)), chunk(b"cHRM", b"\xff" * 32),
    ],
)  # fmt: skip
def test_what_says_srgb_or_makes_no_sense_changes_nothing(said):
    try:
        shown = opened(png(COLOURS, said))
    except ValueError as error:  # Pillow takes a chunk that is too short for damage
        assert len(said[1]) < 12 + 4 + 32 and str(error).endswith(".")
        return
    np.testing.assert_array_equal(shown, COLOURS)


def test_hidden_colours_stay_hidden():
    hidden = np.dstack([COLOURS, np.zeros_like(COLOURS[..., 0])])
    assert (opened(png(hidden, gamma(1.0))) == 255).all()


@pytest.mark.parametrize("kind", ["AVIF", "HEIC"])
def test_avif_and_heic_name_their_colours_by_number(kind):
    file = io.BytesIO()
    flat = Image.new("RGB", (64, 64), (200, 60, 90))
    if kind == "HEIC":
        pytest.importorskip("pillow_heif").from_pillow(flat).save(file, quality=100)
    else:
        flat.save(file, kind, quality=100)
    data = file.getvalue()
    at = data.find(b"colrnclx")
    assert at > 0
    before = opened(data)
    after = opened(data[: at + 8] + struct.pack(">HH", 12, 13) + data[at + 12 :])
    expected = to_srgb(from_srgb(before[32, 32] / 255) @ np.array(P3).T)
    assert np.abs(after[32, 32] - expected).max() < ROUNDED
