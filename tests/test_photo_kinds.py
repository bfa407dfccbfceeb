"""Kinds of picture files, told by content: what comes out of each, and the sentence where nothing does."""

import builtins
import io
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageCms

from core.captioning.photo import PhotoError, kind_of, open_photo, why_no_photo

ROWS, COLUMNS = 48, 64
GREY = np.linspace(0, 255, ROWS * COLUMNS).reshape(ROWS, COLUMNS).round().astype(np.uint8)
DEEP = np.linspace(0, 65535, ROWS * COLUMNS).reshape(ROWS, COLUMNS).round().astype(np.uint16)
COLOUR = np.stack([GREY, GREY[::-1], np.roll(GREY, 20, axis=1)], axis=-1)
SMOOTH = np.stack([GREY // 2 + 40, GREY[::-1] // 3 + 60, GREY // 4 + 90], axis=-1)


def saved(pixels: np.ndarray | Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(out, kind, **options)
    return out.getvalue()


def heic(pixels: np.ndarray, **options) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(out, quality=95, **options)
    return out.getvalue()


def shown(data: bytes) -> np.ndarray:
    return np.asarray(open_photo(data), dtype=int)


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoError) as caught:
        open_photo(data)
    assert str(caught.value).endswith(".")
    return str(caught.value)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(levels: np.ndarray, depth: int, *chunks: bytes) -> bytes:
    """A PNG of grey or RGB and any depth; Pillow does not write them all."""
    rows, columns = levels.shape[:2]
    bits = (levels.reshape(rows, -1)[..., None] >> np.arange(depth - 1, -1, -1)) & 1
    packed = np.packbits(bits.reshape(rows, -1).astype(np.uint8), axis=1)
    header = struct.pack(">IIBBBBB", columns, rows, depth, 2 if levels.ndim == 3 else 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row.tobytes() for row in packed))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    )


# Kind -> a file of it, and how far its pixels may be off.
FILES = {
    "JPEG": (saved(SMOOTH, "JPEG", quality=97, subsampling=0), 6),
    "PNG": (saved(SMOOTH, "PNG"), 0),
    "WebP": (saved(SMOOTH, "WEBP", lossless=True), 0),
    "BMP": (saved(SMOOTH, "BMP"), 0),
    "JPEG 2000": (saved(SMOOTH, "JPEG2000"), 0),
    "TIFF": (saved(SMOOTH, "TIFF"), 0),
    "AVIF": (saved(SMOOTH, "AVIF", quality=97), 8),
}


@pytest.mark.parametrize("kind", FILES)
def test_kinds_are_told_by_content(kind):
    data, tolerance = FILES[kind]
    assert kind_of(data) == kind_of(data[:4096]) == kind and why_no_photo(data) is None
    assert np.abs(shown(data) - SMOOTH).max() <= tolerance


def test_heic():
    data = heic(SMOOTH)
    assert kind_of(data) == "HEIC"
    assert np.abs(shown(data) - SMOOTH).mean() < 2


def test_heic_is_named_where_it_cannot_be_read(monkeypatch):
    data, real = heic(SMOOTH), builtins.__import__

    def without(name, *args, **kwargs):
        if name == "pillow_heif":
            raise ImportError
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "HEIC" in refusal(data) and "pillow-heif" in refusal(data)


def test_codestreams_and_lossless_jpegs():
    assert np.array_equal(shown(imagecodecs.jpeg2k_encode(COLOUR, codecformat="j2k")), COLOUR)
    assert np.array_equal(shown(imagecodecs.jpeg8_encode(GREY, lossless=True))[..., 0], GREY)
    assert np.abs(shown(saved(DEEP, "JPEG2000"))[..., 0] - GREY).max() <= 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (imagecodecs.jpegxl_encode(COLOUR), "JPEG XL"),
        (imagecodecs.jpegxr_encode(COLOUR), "JPEG XR"),
        (imagecodecs.jpegls_encode(GREY), "JPEG-LS"),
        (imagecodecs.jpeg8_encode(DEEP >> 4, bitspersample=12), "12 bits"),
        (b"8BPS\0\1" + bytes(30), "Photoshop"),
        (saved(SMOOTH, "ICO"), "icon"),
        (saved(SMOOTH, "PPM"), "Netpbm"),
        (saved(SMOOTH, "EPS"), "PostScript"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(30), "video"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"PK\3\4" + bytes(30), "zip"),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(30), "raw file"),
        (saved(SMOOTH, "PCX"), "kind that is not read"),
        (b"some text", "kind that is not read"),
    ],
)
def test_what_is_not_read_is_called_what_it_is(data, said):
    assert said in refusal(data)
    assert "damaged" not in refusal(data)


def test_more_text_than_is_read_is_no_damage():
    assert "text" in refusal(png(GREY, 8, chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(3_000_000)))))


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_grey_with_a_transparent_colour(depth):
    levels = DEEP.astype(int) >> (16 - depth)
    key = levels[20, 30]
    wanted = np.where(levels == key, 255, (levels * (255 / (2**depth - 1))).round())
    found = shown(png(levels, depth, chunk(b"tRNS", struct.pack(">H", key))))
    assert np.array_equal(found[..., 0], wanted)


@pytest.mark.parametrize("depth", [8, 16])
def test_colour_with_a_transparent_one(depth, capfd):
    levels = COLOUR.astype(int) * (2**depth - 1) // 255
    key = levels[20, 30].copy()
    levels[3, 3], levels[4, 4] = key, key - 1  # the second is nearly it, in 16 bits by less than can be seen
    noisy = chunk(b"tIME", b"123"), chunk(b"iCCP", b"x\0\0" + zlib.compress(b"junk" * 50))
    found = shown(png(levels, depth, *noisy, chunk(b"tRNS", struct.pack(">HHH", *key))))
    hidden = (levels == key).all(axis=-1)
    assert hidden[3, 3] and not hidden[4, 4]
    assert np.abs(found - np.where(hidden[..., None], 255, levels * 255 / (2**depth - 1))).max() < 1
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("hidden", [True, False])
def test_an_animated_png_shows_its_animations_first_frame(hidden):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime", "blue")]
    data = saved(frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=hidden)
    assert open_photo(data).getpixel((9, 9)) == ((0, 255, 0) if hidden else (255, 0, 0))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF"])
def test_the_first_frame(kind):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime")]
    red, green, blue = open_photo(saved(frames[0], kind, save_all=True, append_images=frames[1:])).getpixel((9, 9))
    assert red > 245 and green < 10 and blue < 10


def gif(canvas: tuple[int, int], place: tuple[int, int], background: int, transparent: int | None = None) -> bytes:
    """A red frame of 20 x 10 pixels somewhere on a canvas whose background is declared to be blue."""
    red = Image.new("P", (20, 10), 1)
    red.putpalette(bytes(12))
    frame = saved(red, "GIF", optimize=False)
    pixels = frame[frame.index(b",", 25) + 10 :]  # behind the frame's own head
    palette = bytes((0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 255, 0))
    control = b"" if transparent is None else b"!\xf9\4\1\0\0" + bytes([transparent]) + b"\0"
    head = b"GIF89a" + struct.pack("<HHBBB", *canvas, 0b10000001, background, 0) + palette
    return head + control + b"," + struct.pack("<HHHHB", *place, 20, 10, 0) + pixels


@pytest.mark.parametrize("transparent", [None, 0, 2, 3])
def test_a_gifs_frame_that_is_smaller_than_its_canvas(transparent):
    found = shown(gif((50, 40), (7, 5), 2, transparent))
    wanted = np.full((40, 50, 3), 255)
    wanted[5:15, 7:27] = 255, 0, 0
    assert np.array_equal(found, wanted)


def profile(gamma: float, primaries: tuple[tuple[float, float, float], ...]) -> bytes:
    """An ICC profile (version 2) of RGB: one gamma, three columns of XYZ under D50."""

    def fixed(*numbers: float) -> bytes:
        return b"".join(struct.pack(">i", round(n * 65536)) for n in numbers)

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    tags = {
        name: b"XYZ " + bytes(4) + fixed(*xyz) for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)
    }
    tags |= {name: curve for name in (b"rTRC", b"gTRC", b"bTRC")} | {
        b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249)
    }
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", at + len(body), len(value))
        body += value
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ") + bytes(12)
    head += b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return head.ljust(128, b"\0") + table + body


SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
SWAPPED = profile(2.2, (SRGB[2], SRGB[0], SRGB[1]))  # what it calls red is blue


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_colours_are_those_of_the_profile(kind):
    wanted = SMOOTH[..., [1, 2, 0]]
    found = shown(saved(SMOOTH, kind, icc_profile=SWAPPED, quality=97, lossless=True))
    assert np.abs(found - wanted).mean() < 3
    assert np.abs(found - SMOOTH).mean() > 20


def test_the_profile_of_jpeg_2000():
    data = saved(SMOOTH, "JPEG2000")
    start = data.index(b"colr") - 4
    length = int.from_bytes(data[start : start + 4], "big")
    box = struct.pack(">I4sBBB", 11 + len(SWAPPED), b"colr", 2, 0, 0) + SWAPPED
    header = data.index(b"jp2h") - 4
    longer = int.from_bytes(data[header : header + 4], "big") + len(box) - length
    data = data[:header] + struct.pack(">I", longer) + data[header + 4 : start] + box + data[start + length :]
    assert np.abs(shown(data) - SMOOTH[..., [1, 2, 0]]).mean() < 2


def test_a_profiles_gamma_by_arithmetic():
    found = shown(saved(GREY, "PNG", icc_profile=b"")), shown(saved(COLOUR, "PNG", icc_profile=profile(1.0, SRGB)))
    light = COLOUR / 255
    wanted = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    assert np.array_equal(found[0][..., 0], GREY)
    assert np.abs(found[1] - wanted).max() <= 3


def test_a_profile_holds_for_what_is_seen_through_too():
    half = np.dstack([SMOOTH, np.full_like(GREY, 128)])
    found = shown(saved(half, "PNG", icc_profile=SWAPPED))
    assert np.abs(found - (SMOOTH[..., [1, 2, 0]] * (128 / 255) + 127)).mean() < 2


def test_profiles_that_change_nothing_are_broken_or_of_other_colours():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for given in (
        srgb,
        profile(2.2, SRGB)[:200],
        b"junk" * 99,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ):
        assert np.array_equal(shown(saved(COLOUR, "PNG", icc_profile=given)), COLOUR)
    assert np.array_equal(shown(saved(GREY, "PNG", icc_profile=SWAPPED))[..., 0], GREY)  # of colour, on grey


@pytest.mark.parametrize("kind", ["JPEG2000", "AVIF", "WEBP"])
def test_transparency_lies_over_white(kind):
    alpha = np.where(GREY > 100, 255, 0).astype(np.uint8)
    found = shown(saved(np.dstack([SMOOTH, alpha]), kind, **({} if kind == "JPEG2000" else {"quality": 95})))
    assert np.abs(found - np.where(alpha[..., None] > 0, SMOOTH, 255)).mean() < 2


def test_rotation_in_kinds_that_turn_by_themselves():
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(SMOOTH).transpose(Image.Transpose.ROTATE_90)
    for kind in ("AVIF", "WEBP"):
        assert np.abs(shown(saved(turned, kind, exif=exif.tobytes(), quality=95)) - SMOOTH).mean() < 3
    # HEIC says it twice, and it counts once.
    assert np.abs(shown(heic(np.asarray(turned), exif=exif.tobytes())) - SMOOTH).mean() < 3


@pytest.mark.parametrize("data", [heic(SMOOTH), *(data for data, _ in FILES.values())], ids=["HEIC", *FILES])
def test_damage_is_a_photo_or_a_sentence_and_nothing_on_standard_error(data, capfd):
    random = np.random.default_rng(2)
    for cut in (0.1, 0.4, 0.8):
        assert refusal(data[: max(40, int(cut * len(data)))])
    for _ in range(60):
        damaged = bytearray(data)
        for at in random.integers(0, len(data), 4):
            damaged[at] = random.integers(0, 256)
        try:
            assert open_photo(bytes(damaged)).mode == "RGB"
        except PhotoError as error:
            assert str(error).endswith(".")
    assert capfd.readouterr().err == ""
