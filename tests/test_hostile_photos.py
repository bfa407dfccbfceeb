"""Pictures that are damaged, or made to do harm: opened, or refused in a sentence; never more than their bounds."""

import io
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable

import numpy as np
import pytest
import tifffile
from hostile import damaged
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.captioning.album import open_album
from core.captioning.photo import PhotoError, encode_jpeg, open_photo, squash
from core.captioning.photo.limits import MAX_ASPECT

MANY = settings(max_examples=150, deadline=10_000)
HEADER = 400  # bytes in which a picture says what it is
MOST = 1_300_000_000  # bytes that a bomb of ours unpacks to


def noise(width: int = 24, height: int = 18, mode: str = "RGB") -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 4), dtype=np.uint8)
    return Image.fromarray(pixels, "RGBA").convert(mode)


def written(kind: str, picture: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def tiff(array: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def exif() -> bytes:
    about = Image.Exif()
    about[0x0112] = 6
    about[0x010E] = "x" * 500
    return about.tobytes()


GREY16 = np.random.default_rng(1).integers(0, 65536, (18, 24), dtype=np.uint16)
COLOURS = np.random.default_rng(2).integers(0, 256, (18, 24, 3), dtype=np.uint8)
FILES = {
    "jpeg": written("JPEG", noise(), exif=exif()),
    "progressive jpeg": written("JPEG", noise(), progressive=True),
    "cmyk jpeg": written("JPEG", noise(mode="CMYK")),
    "png": written("PNG", noise(mode="RGBA")),
    "palette png": written("PNG", noise(mode="P"), transparency=3),
    "grey png of 16 bits": written("PNG", Image.fromarray(GREY16)),
    "apng": written("PNG", noise(), save_all=True, append_images=[noise(20, 18)], default_image=True),
    "gif": written("GIF", noise(mode="P"), save_all=True, append_images=[noise(mode="P")]),
    "webp": written("WEBP", noise()),
    "webp that moves": written("WEBP", noise(), save_all=True, append_images=[noise()]),
    "bmp": written("BMP", noise()),
    "jpeg 2000": written("JPEG2000", noise()),
    "mpo": written("MPO", noise(), save_all=True, append_images=[noise()]),
    "avif": written("AVIF", noise()),
    "tiff": tiff(COLOURS),
    "planar tiff": tiff(np.stack([GREY16] * 3), photometric="rgb", planarconfig="separate"),
    "float tiff": tiff(GREY16.astype(np.float32)),
    "packed tiff": tiff(COLOURS, compression="zlib", predictor=True, tile=(16, 16)),
    "tiff of pages": tiff(np.stack([GREY16, GREY16]), photometric="minisblack"),
}


def open_or_refuse(data: bytes) -> Image.Image | None:
    try:
        photo = open_photo(data)
    except PhotoError as error:
        assert str(error).endswith((".", ".)")) and len(str(error)) < 600
        assert str(error).isprintable()
        return None
    assert photo.mode == "RGB" and min(photo.size) >= 1
    assert max(photo.size) <= MAX_ASPECT * min(photo.size)
    assert squash(photo, 32).shape == (32, 32, 3)
    return photo


@pytest.mark.parametrize("kind", FILES)
def test_the_sound_ones_open(kind):
    assert open_or_refuse(FILES[kind]) is not None


@pytest.mark.parametrize("kind", FILES)
@MANY
@given(data=st.data())
def test_damaged_pictures(kind, data):
    whole = FILES[kind]
    if data.draw(st.booleans()):  # where most of what says anything stands
        open_or_refuse(data.draw(damaged(whole[:HEADER])) + whole[HEADER:])
    else:
        open_or_refuse(data.draw(damaged(whole)))


@MANY
@given(st.sampled_from(sorted(FILES)), st.sampled_from(sorted(FILES)), st.integers(0, 200), st.binary(max_size=100))
def test_two_kinds_in_one_file(first, second, at, between):
    open_or_refuse(FILES[first][:at] + between + FILES[second])
    open_or_refuse(FILES[first] + between + FILES[second])


@settings(max_examples=400, deadline=10_000)
@given(st.binary(max_size=300), st.sampled_from([data[:12] for data in FILES.values()]))
def test_what_only_begins_like_a_picture(rest, beginning):
    open_or_refuse(beginning + rest)
    open_or_refuse(rest)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_that_says(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG of zeros, packed to next to nothing."""
    line = 1 + (width * depth * {0: 1, 2: 3, 6: 4}[colour] + 7) // 8
    packing, zeros = zlib.compressobj(1), bytes(1 << 20)
    blocks = min(line * height, MOST) >> 20  # what is cut short is a bomb all the same
    rows = b"".join(packing.compress(zeros) for _ in range(blocks)) + packing.flush()
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def of_many_frames(kind: str, frames: int) -> bytes:
    return written(kind, noise(8, 8, "P"), save_all=True, append_images=[noise(8, 8, "P")] * frames)


def png_with(name: bytes) -> bytes:
    """A PNG of one pixel with 300 MB of something else in a packed chunk."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    something = chunk(name, b"a\0\0" + zlib.compress(bytes(300_000_000), 1))
    return b"\x89PNG\r\n\x1a\n" + head + something + chunk(b"IDAT", zlib.compress(bytes(4))) + chunk(b"IEND", b"")


BOMBS = {
    "pixels": lambda: png_that_says(20_000, 20_000),
    "pixels of 16 bits": lambda: png_that_says(12_000, 12_000, 16, 6),
    "sides": lambda: png_that_says(2**31 - 1, 1),
    "a tiff's sides": lambda: tiff(np.zeros((2, 2), "u1")).replace(struct.pack("<I", 2), struct.pack("<I", 1 << 30)),
    "a comment": lambda: png_with(b"zTXt"),
    "a profile": lambda: png_with(b"iCCP"),
    "frames": lambda: of_many_frames("GIF", 3_000),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise")
@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_does_not_go_off(kind):
    data = BOMBS[kind]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    open_or_refuse(data)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 1200  # MiB


# --- zips ---------------------------------------------------------------------------------------------------


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def read_all(data: bytes) -> None:
    """Every photo of a zip, as the page opens them."""
    try:
        album = open_album([("photos.zip", data)])
    except (PhotoError, ValueError) as error:
        assert str(error).endswith(".")
        return
    for _name, read in album.sources:
        try:
            open_or_refuse(read())
        except (PhotoError, ValueError) as error:
            assert str(error).endswith(".")


@MANY
@given(damaged(zipped([("a.png", FILES["png"]), ("b/c.jpg", FILES["jpeg"]), ("note.txt", b"no photo")])))
def test_damaged_zips(data):
    read_all(data)


@MANY
@given(st.dictionaries(st.text(min_size=1, max_size=20), st.sampled_from(list(FILES.values())), max_size=4))
def test_zips_of_any_names(members):
    try:
        data = zipped(members.items())
    except (ValueError, UnicodeError, IndexError):  # no zip holds such a name
        return
    read_all(data)


def test_names_in_a_zip_lead_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    read_all(zipped((name, FILES["png"]) for name in ("../../out.png", "/etc/out.png", "..\\out.png", "C:\\out.png")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_zip_bomb_does_not_go_off():
    bomb = FILES["png"][:33] + bytes(150_000_000)
    data = zipped((f"{n}.png", bomb) for n in range(4))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read_all(data)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 600


def test_what_was_opened_can_be_shown():
    for data in FILES.values():
        assert open_photo(encode_jpeg(open_photo(data))).size
