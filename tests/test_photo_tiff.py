"""TIFFs of every kind, written by tifffile and Pillow, against what arithmetic says must come out."""

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from core.captioning.photo import PhotoError, open_photo

ROWS, COLUMNS = 48, 64
# A photo, as it were: smooth, of all levels, another in every channel, no symmetry.
GREY = np.linspace(0, 255, ROWS * COLUMNS).reshape(ROWS, COLUMNS).round().astype(np.uint8)
COLOUR = np.stack([GREY, GREY[::-1], np.roll(GREY, 20, axis=1)], axis=-1)
DEEP = np.linspace(0, 65535, ROWS * COLUMNS).reshape(ROWS, COLUMNS).round().astype(np.uint16)


def tiff(values: np.ndarray, **options) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, values, **{"photometric": "rgb" if values.ndim == 3 else "minisblack", **options})
    return out.getvalue()


def shown(data: bytes) -> np.ndarray:
    return np.asarray(open_photo(data), dtype=int)


def assert_shows(data: bytes, wanted: np.ndarray, tolerance: int = 1) -> None:
    wanted = np.repeat(wanted[..., None], 3, axis=-1) if wanted.ndim == 2 else wanted
    found = shown(data)
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() <= tolerance


NUMBERS = {
    "uint8": GREY,
    "uint16": DEEP,
    "int8": (GREY.astype(int) - 128).astype(np.int8),
    "int16": (DEEP.astype(int) - 32768).astype(np.int16),
    "uint32": DEEP.astype(np.uint32) * 65537,
    "int32": DEEP.astype(np.int32) - 32768,
    "float16": (GREY / 255).astype(np.float16),
    "float32": (GREY / 255).astype(np.float32),
    "float64, of 255": GREY.astype(np.float64),
}


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("values", NUMBERS.values(), ids=NUMBERS)
def test_grey_of_any_numbers(values, byteorder):
    assert_shows(tiff(values, byteorder=byteorder), GREY)
    assert_shows(tiff(values, byteorder=byteorder, photometric="miniswhite"), 255 - GREY)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize(
    "values",
    [COLOUR, COLOUR * np.uint16(257), (COLOUR.astype(int) - 128).astype(np.int8), (COLOUR / 255).astype(np.float32)],
    ids=["uint8", "uint16", "int8", "float32"],
)
def test_colours_of_any_numbers_in_pixels_and_in_planes(values, planar):
    for layout in ({}, {"tile": (16, 32)}, {"rowsperstrip": 5}, {"compression": "zlib", "predictor": True}):
        if layout.get("predictor") and values.dtype.kind == "f":
            layout = {"compression": "lzw"}
        given = np.moveaxis(values, -1, 0) if planar == "separate" else values
        assert_shows(tiff(given, planarconfig=planar, **layout), COLOUR)


@pytest.mark.parametrize("packing", ["lzw", "zlib", "packbits", "lzma", "zstd", "jpeg2000"])
def test_packings(packing):
    assert_shows(tiff(COLOUR, compression=packing), COLOUR)


@pytest.mark.parametrize("packing", ["jpeg", "webp"])
def test_lossy_packings(packing):
    smooth = np.stack([GREY, GREY // 2, 255 - GREY], axis=-1)
    assert_shows(tiff(smooth, compression=packing, compressionargs={"level": 98}), smooth, 12)


@pytest.mark.parametrize("bits", [1, 2, 4, 6, 10, 12, 14])
def test_odd_depths(bits):
    levels = (DEEP >> (16 - bits)).astype(np.uint8 if bits <= 8 else np.uint16)
    data = tiff(levels.astype(bool) if bits == 1 else levels, bitspersample=bits)
    assert_shows(data, (levels * (255 / (2**bits - 1))).round().astype(int))


@pytest.mark.parametrize("packing", ["group3", "group4", "raw"])
def test_bilevel_as_scanners_write_it(packing):
    black_and_white = Image.fromarray(GREY > 100)
    out = io.BytesIO()
    black_and_white.save(out, "TIFF", compression=packing)
    assert_shows(out.getvalue(), np.where(GREY > 100, 255, 0))


def test_palettes_of_16_and_of_8_bits():
    random = np.random.default_rng(0)
    colours = random.integers(0, 256, (3, 256)).astype(np.uint16)
    for colormap in (colours * np.uint16(257), colours):
        assert_shows(tiff(GREY, photometric="palette", colormap=colormap), colours.T[GREY])


def test_cmyk_as_pillow_turns_it_into_rgb():
    inks = Image.fromarray(COLOUR).convert("CMYK")
    wanted = np.asarray(inks.convert("RGB"))
    for values in (np.asarray(inks), np.asarray(inks) * np.uint16(257)):
        assert_shows(tiff(values, photometric="separated"), wanted)
        assert_shows(tiff(np.moveaxis(values, -1, 0), photometric="separated", planarconfig="separate"), wanted)


def lab_of(colour: np.ndarray) -> np.ndarray:
    """L*a*b* (D50) by the textbook, floats."""
    c = colour / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
    xyz = linear @ np.array(to_xyz).T / [0.96422, 1, 0.82521]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def test_lab_of_both_kinds_and_depths():
    smooth = np.stack([GREY // 2 + 60, GREY[::-1] // 3 + 80, GREY // 4 + 100], axis=-1)
    lab = lab_of(smooth)
    cie8 = np.dstack([lab[..., :1] * 2.55, lab[..., 1:] % 256]).round().astype(int).astype(np.uint8)
    icc8 = np.dstack([lab[..., :1] * 2.55, lab[..., 1:] + 128]).round().astype(np.uint8)
    cie16 = np.dstack([lab[..., :1] * 655.35, lab[..., 1:] * 256 % 65536]).round().astype(int).astype(np.uint16)
    icc16 = np.dstack([lab[..., :1] * 652.8, (lab[..., 1:] + 128) * 256]).round().astype(np.uint16)
    for values, kind in ((cie8, "cielab"), (cie16, "cielab"), (icc8, "icclab"), (icc16, "icclab")):
        assert_shows(tiff(values, photometric=kind), smooth, 5)


def subsampled(rgb: np.ndarray, across: int, down: int, packing: int = 1) -> bytes:
    """A TIFF of YCbCr in units, written by hand: one strip."""
    import imagecodecs

    ycc = np.asarray(Image.fromarray(rgb).convert("YCbCr"))
    rows, columns = rgb.shape[:2]
    units = b"".join(
        unit[..., 0].tobytes() + unit[..., 1:].mean((0, 1)).round().astype(np.uint8).tobytes()
        for y in range(0, rows, down)
        for x in range(0, columns, across)
        for unit in [ycc[y : y + down, x : x + across]]
    )
    pixels = imagecodecs.lzw_encode(units) if packing == 5 else units
    entries = [
        *((256, 4, columns), (257, 4, rows), (259, 3, packing), (262, 3, 6), (273, 4, 8), (277, 3, 3), (278, 4, rows)),
        *((279, 4, len(pixels)), (530, 3, across | down << 16)),
    ]
    at = 8 + len(pixels) + len(pixels) % 2
    bits = struct.pack("<HHII", 258, 3, 3, at)
    table = [struct.pack("<HHII", tag, kind, 2 if tag == 530 else 1, value) for tag, kind, value in entries]
    table = sorted([*table, bits], key=lambda entry: struct.unpack("<H", entry[:2]))
    body = b"II*\0" + struct.pack("<I", at + 6) + pixels + bytes(len(pixels) % 2) + struct.pack("<HHH", 8, 8, 8)
    return body + struct.pack("<H", len(table)) + b"".join(table) + bytes(4)


@pytest.mark.parametrize("packing", [1, 5])
@pytest.mark.parametrize(("across", "down"), [(1, 1), (2, 1), (2, 2), (4, 4)])
def test_luma_and_coarser_chroma(across, down, packing):
    rgb = np.repeat(np.repeat(COLOUR[::4, ::4], 4, axis=0), 4, axis=1)  # chroma is even in every unit
    assert_shows(subsampled(rgb, across, down, packing), rgb, 3)


def test_alpha_of_both_kinds_lies_over_white():
    alpha = np.roll(GREY, 30, axis=0)
    wanted = (COLOUR * (alpha[..., None] / 255.0) + 255.0 - alpha[..., None]).round()
    assert_shows(tiff(np.dstack([COLOUR, alpha]), extrasamples="unassalpha"), wanted)
    multiplied = (COLOUR * (alpha[..., None] / 255.0)).round().astype(np.uint8)
    assert_shows(tiff(np.dstack([multiplied, alpha]), extrasamples="assocalpha"), wanted, 2)
    deep = np.dstack([COLOUR, alpha]) * np.uint16(257)
    assert_shows(tiff(np.moveaxis(deep, -1, 0), planarconfig="separate", extrasamples="unassalpha"), wanted)


def test_channels_that_are_no_colours_are_left_out():
    assert_shows(tiff(np.dstack([COLOUR, GREY]), extrasamples="unspecified"), COLOUR)


def test_the_first_full_page():
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as file:
        file.write(COLOUR[::4, ::4], photometric="rgb", subfiletype=1)  # a thumbnail
        file.write(GREY > 9, photometric="minisblack", subfiletype=4)  # a mask
        file.write(COLOUR, photometric="rgb")
        file.write(COLOUR[::-1], photometric="rgb")
    assert_shows(out.getvalue(), COLOUR)


def test_a_page_that_is_small_in_name_only():
    assert_shows(tiff(COLOUR, subfiletype=1), COLOUR)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(orientation):
    undone = {1: COLOUR, 2: COLOUR[:, ::-1], 3: COLOUR[::-1, ::-1], 4: COLOUR[::-1], 5: COLOUR.swapaxes(0, 1),
              6: np.rot90(COLOUR), 7: np.rot90(COLOUR, 2).swapaxes(0, 1), 8: np.rot90(COLOUR, -1)}  # fmt: skip
    tag = (274, "H", 1, orientation, True)
    assert_shows(tiff(np.ascontiguousarray(undone[orientation]), extratags=[tag]), COLOUR, 0)


def test_bigtiff():
    assert_shows(tiff(COLOUR, bigtiff=True), COLOUR, 0)


@pytest.mark.parametrize("odd", [np.inf, -np.inf, np.nan, 1e30, -1e30])
def test_one_odd_number_does_not_blank_a_picture(odd):
    for scale in (1 / 255, 1.0, 40.0):
        values = (GREY * scale).astype(np.float32)
        values[20, 30] = odd
        found = shown(tiff(values))
        found[20, 30] = GREY[20, 30]
        assert np.abs(found - GREY[..., None]).max() <= 4


def test_a_dark_photo_of_16_bits_stays_dark_and_a_faint_one_of_floats_too():
    assert shown(tiff(DEEP // 8)).max() == 32
    assert shown(tiff((GREY / 510).astype(np.float32))).max() == 128


def test_signed_numbers_of_a_few_levels_are_seen():
    values = GREY.astype(np.int16)  # a photo of 8 bits that numpy held in 16
    assert_shows(tiff(values), GREY)


@pytest.mark.parametrize("value", [0, 7, np.nan, np.inf])
def test_flat_pictures(value):
    assert shown(tiff(np.full((9, 9), value, np.float32))).shape == (9, 9, 3)


def test_agrees_with_pillow_where_pillow_is_right():
    for image in (Image.fromarray(COLOUR), Image.fromarray(GREY), Image.fromarray(COLOUR).quantize(50)):
        for packing in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits"):
            out = io.BytesIO()
            image.save(out, "TIFF", compression=packing)
            assert_shows(out.getvalue(), np.asarray(image.convert("RGB")), 0)


def test_a_profile_is_applied_and_a_broken_one_is_not():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert_shows(tiff(COLOUR, iccprofile=profile), COLOUR, 0)
    assert_shows(tiff(COLOUR, iccprofile=b"no profile" * 20), COLOUR, 0)


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoError) as caught:
        open_photo(data)
    return str(caught.value)


def test_sound_but_unusual_files_are_not_called_damaged():
    complex_numbers = tiff(GREY.astype(np.complex64))
    assert "rare kind" in refusal(complex_numbers) and "COMPLEX" in refusal(complex_numbers)
    assert "JETRAW" in refusal(patched(tiff(GREY), 259, 48124))
    assert "LOGLUV" in refusal(patched(tiff(COLOUR), 262, 32845))
    assert "raw file" in refusal(patched(tiff(GREY), 262, 32803))


def patched(data: bytes, tag: int, value: int) -> bytes:
    """The TIFF with another short in its first directory."""
    changed = bytearray(data)
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        at = file.pages[0].tags[tag].valueoffset
    changed[at : at + 2] = struct.pack("<H", value)
    return bytes(changed)


def test_bombs_are_refused_before_they_are_unpacked():
    wide = patched(patched(tiff(COLOUR, compression="zlib"), 256, 60000), 257, 60000)
    assert "too many pixels" in refusal(wide)
    tiles = patched(patched(tiff(COLOUR, tile=(16, 16), compression="zlib"), 322, 65520), 323, 65520)
    assert "too much memory" in refusal(tiles)
    assert "too many pixels" in refusal(with_a_large_jpeg_inside())


def with_a_large_jpeg_inside() -> bytes:
    """A TIFF of 48 rows whose JPEG says that it has 60000 x 60000 pixels."""
    data = bytearray(tiff(COLOUR, compression="jpeg"))
    frame = data.index(b"\xff\xc0\x00\x11\x08")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 60000, 60000)
    return bytes(data)


def test_pixels_beyond_the_files_end_are_damage():
    for packing in (None, "lzw", "zlib"):
        data = tiff(COLOUR, compression=packing)
        assert "damaged" in refusal(data[:-40])


def test_damage_anywhere_is_a_photo_or_a_sentence_and_nothing_on_standard_error(capfd):
    random = np.random.default_rng(1)
    files = [
        tiff(COLOUR, compression=packing, **more)
        for packing in (None, "lzw", "zlib", "packbits", "jpeg", "webp", "jpeg2000", "zstd", "lzma")
        for more in ({}, {"tile": (16, 16)})
    ]
    out = io.BytesIO()
    Image.fromarray(GREY > 9).save(out, "TIFF", compression="group4")
    for data in (*files, out.getvalue()):
        for _ in range(40):
            damaged = bytearray(data)
            for at in random.integers(0, min(len(data), 600), 3):
                damaged[at] = random.integers(0, 256)
            try:
                assert open_photo(bytes(damaged)).mode == "RGB"
            except PhotoError as error:
                assert str(error).endswith(".")
    assert capfd.readouterr().err == ""
