"""TIFFs packed with LZW: sound ones of every layout, and damage that must not bring the process down."""

import io
import subprocess
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image
from test_photo_tiff import COLOUR, DEEP, GREY, assert_shows, tiff

from core.captioning.photo import PhotoError, open_photo
from core.captioning.photo.tiff_lzw import unpack_lzw


@pytest.mark.parametrize("predictor", [False, True])
@pytest.mark.parametrize("layout", [{}, {"rowsperstrip": 5}, {"tile": (16, 32)}, {"tile": (32, 48)}], ids=str)
@pytest.mark.parametrize("values", [COLOUR, COLOUR * np.uint16(257), GREY, DEEP], ids=["rgb8", "rgb16", "8", "16"])
def test_sound_files(values, layout, predictor):
    wanted = GREY if values.ndim == 2 else COLOUR
    assert_shows(tiff(values, compression="lzw", predictor=predictor, **layout), wanted)


def test_odd_depths_and_turned_bits():
    for bits in (1, 4, 12):
        levels = (DEEP >> (16 - bits)).astype(np.uint8 if bits <= 8 else np.uint16)
        packed = tiff(levels.astype(bool) if bits == 1 else levels, bitspersample=bits)
        with tifffile.TiffFile(io.BytesIO(packed)) as file:
            page = file.pages[0]
            plain = packed[page.dataoffsets[0] : page.dataoffsets[0] + page.databytecounts[0]]
        lzw = imagecodecs.lzw_encode(plain)
        assert unpack_lzw(lzw, len(plain)) == plain
        assert unpack_lzw(imagecodecs.bitorder_encode(lzw), len(plain), fillorder=2) == plain


def test_bilevel_as_pillow_writes_it():
    out = io.BytesIO()
    Image.fromarray(GREY > 100).save(out, "TIFF", compression="tiff_lzw")
    assert_shows(out.getvalue(), np.where(GREY > 100, 255, 0))


@pytest.mark.parametrize("size", [1, 300, 10_000, 3_000_000])
def test_long_segments_of_noise_and_of_nothing(size):
    noise = np.random.default_rng(size).integers(0, 256, size, np.uint8).tobytes()
    for plain in (noise, bytes(size)):
        assert unpack_lzw(imagecodecs.lzw_encode(plain), size) == plain


def damage() -> None:
    random = np.random.default_rng(3)
    files = [
        tiff(COLOUR, compression="lzw", **more)
        for more in ({}, {"tile": (16, 16)}, {"predictor": True, "rowsperstrip": 7})
    ]
    for n in range(300):
        damaged = bytearray(files[n % len(files)])
        for at in random.integers(0, len(damaged) if n % 2 else 600, 4):
            damaged[at] = random.integers(0, 256)
        try:
            open_photo(bytes(damaged))
        except PhotoError as error:
            assert str(error).endswith(".")


def test_damage_brings_nothing_down_and_writes_nothing():
    code = "import sys; sys.path.insert(0, 'tests'); import test_photo_tiff_lzw; test_photo_tiff_lzw.damage()"
    root = Path(__file__).parent.parent
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
