"""Photos as they come: what people see is what comes out, and a bad file gets one sentence."""

import io
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.captioning.photo import LONG_SIDE, MAX_BYTES, PhotoError, encode_jpeg, open_photo, squash

ROOT = Path(__file__).resolve().parent.parent
RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 60), (40, 60, 200), (255, 255, 255)


def scene(width: int = 80, height: int = 60) -> Image.Image:
    """Four quarters: red and green above, blue and white below."""
    image = Image.new("RGB", (width, height), WHITE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=RED)
    draw.rectangle((width // 2, 0, width - 1, height // 2 - 1), fill=GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height - 1), fill=BLUE)
    return image


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def quarters(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middles of the four quarters, row by row."""
    width, height = image.size
    return [image.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3)]


def close(found, wanted, tolerance: int = 12) -> bool:
    return np.abs(np.asarray(found, int) - np.asarray(wanted, int)).max() <= tolerance


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of given header, its chunks as given."""
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in (header, *chunks)
    )


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"quality": 95, "subsampling": 0}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 95}),
        ("GIF", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
    ],
)
def test_formats(kind, options):
    photo = open_photo(encoded(scene(), kind, **options))
    assert (photo.mode, photo.size) == ("RGB", (80, 60))
    assert close(quarters(photo), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG", "MPO"])
def test_the_first_of_several_pictures(kind):
    rest = [Image.new("RGB", (80, 60), "black"), Image.new("RGB", (80, 60), "yellow")]
    photo = open_photo(encoded(scene(), kind, save_all=True, append_images=rest))
    assert close(quarters(photo), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation(kind, orientation):
    # how the sensor's picture has to be turned so that the scene is upright, undone before saving
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    exif = Image.Exif()
    exif[0x0112] = orientation
    sensor = scene() if undo is None else scene().transpose(undo)
    photo = open_photo(encoded(sensor, kind, exif=exif))
    assert photo.size == (80, 60)
    assert close(quarters(photo), [RED, GREEN, BLUE, WHITE], 40)


def test_exif_rotation_of_pictures_that_are_made_anew_on_their_way_to_rgb():
    exif = Image.Exif()
    exif[0x0112] = 6  # the sensor's top is the scene's right
    deep = np.repeat(np.array([[0], [65535]], dtype=np.uint16), 60, axis=0).repeat(80, axis=1)
    for image in (Image.fromarray(deep), Image.fromarray((deep >> 8).astype(np.uint8)).convert("LA")):
        pixels = np.asarray(open_photo(encoded(image, "PNG", exif=exif)))
        assert pixels.shape == (80, 120, 3) and (pixels[:, 60:] == 0).all() and (pixels[:, :60] == 255).all()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_costs_only_the_rotation():
    data = encoded(scene(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xee" * 40)
    assert open_photo(data).size == (80, 60)


def test_transparency_lies_over_white():
    image = scene().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 40, 30))  # black where it is not seen
    for kind in ("PNG", "WEBP", "TIFF"):
        assert close(quarters(open_photo(encoded(image, kind))), [WHITE, GREEN, BLUE, WHITE])


def test_half_transparency():
    photo = open_photo(encoded(Image.new("RGBA", (8, 8), (200, 0, 0, 128)), "PNG"))
    assert close(photo.getpixel((3, 3)), (227, 127, 127), 2)


def test_transparency_of_a_large_photo_does_not_bleed():
    image = Image.new("RGBA", (2400, 40), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 1200, 40))
    pixels = np.asarray(open_photo(encoded(image, "PNG")))
    assert pixels[..., 0].min() >= 250  # red to white, never through the hidden black


@pytest.mark.parametrize("mode", ["P", "L", "1", "RGB"])
def test_a_colour_declared_transparent(mode):
    image = Image.new(mode, (8, 8), 0)
    data = encoded(image, "PNG", transparency=(0, 0, 0) if mode == "RGB" else 0)
    assert open_photo(data).getpixel((3, 3)) == WHITE


def test_grey_with_alpha():
    image = Image.new("LA", (8, 8), (90, 255))
    image.paste((90, 0), (0, 0, 4, 8))
    photo = open_photo(encoded(image, "PNG"))
    assert (photo.getpixel((1, 1)), photo.getpixel((6, 6))) == (WHITE, (90, 90, 90))


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_and_palette(mode):
    image = scene().convert(mode)
    photo = open_photo(encoded(image, "PNG"))
    assert close(quarters(photo), quarters(image.convert("RGB")), 0)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(kind):
    assert close(quarters(open_photo(encoded(scene().convert("CMYK"), kind))), [RED, GREEN, BLUE, WHITE], 16)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(kind):
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16)
    photo = open_photo(encoded(Image.fromarray(np.tile(ramp, (4, 1))), kind))
    assert np.array_equal(np.asarray(photo)[2, :, 0], np.arange(256))


def test_16_bit_colour():
    rows = np.array([[[0, 257 * 100, 65535]] * 4] * 4, dtype=">u2")
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    data = png(4, 4, (b"IDAT", body), (b"IEND", b""))
    header = b"IHDR" + struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0)
    data = data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]
    assert open_photo(data).getpixel((1, 1)) == (0, 100, 255)


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_32_bit_is_stretched(dtype):
    values = np.array([[-1000, 0, 1000]], dtype=dtype)
    photo = open_photo(encoded(Image.fromarray(values), "TIFF"))
    assert np.asarray(photo)[0, :, 0].tolist() == [0, 128, 255]


def test_floats_that_are_no_numbers():
    values = np.array([[np.nan, np.inf, 0.0, 1.0]], dtype=np.float32)
    assert open_photo(encoded(Image.fromarray(values), "TIFF")).size == (4, 1)


@pytest.mark.parametrize("size", [(1, 1), (1, 100), (5000, 50), (200, 20000)])
def test_thin_photos(size):
    for kind in ("PNG", "JPEG"):
        photo = open_photo(encoded(Image.new("RGB", size, RED), kind))
        assert min(photo.size) >= 1 and max(photo.size) <= LONG_SIDE
        pixels = squash(photo, 224)
        assert pixels.shape == (224, 224, 3) and close(pixels[100, 100], RED, 4)


def test_long_side_is_bounded_and_the_aspect_kept():
    assert open_photo(encoded(scene(4000, 3000), "JPEG")).size == (1600, 1200)
    assert open_photo(encoded(scene(1000, 3000), "PNG")).size == (533, 1600)
    assert open_photo(encoded(scene(1600, 900), "PNG")).size == (1600, 900)


def test_squash_takes_the_whole_photo():
    pixels = squash(open_photo(encoded(scene(640, 200), "PNG")), 224)
    assert (pixels.shape, pixels.dtype) == ((224, 224, 3), np.uint8)
    assert close([pixels[56, 56], pixels[56, 168], pixels[168, 56], pixels[168, 168]], [RED, GREEN, BLUE, WHITE])


def test_squash_averages_fine_patterns():
    lines = np.zeros((900, 900, 3), np.uint8)
    lines[:, ::2] = 255
    pixels = squash(Image.fromarray(lines), 224)
    assert close(pixels[112], np.full((224, 3), 127), 12)  # even grey: no stripes that are not in the photo


def test_a_photo_of_the_encoders_size_stays_bit_by_bit():
    noise = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    assert np.array_equal(squash(open_photo(encoded(Image.fromarray(noise), "PNG")), 224), noise)
    jpeg = encoded(Image.fromarray(noise), "JPEG")
    assert np.array_equal(squash(open_photo(jpeg), 224), np.asarray(Image.open(io.BytesIO(jpeg))))


def test_encode_jpeg():
    shown = Image.open(io.BytesIO(encode_jpeg(scene(1600, 1200))))
    assert (shown.format, shown.size) == ("JPEG", (1200, 900))
    assert close(quarters(shown), [RED, GREEN, BLUE, WHITE])
    assert Image.open(io.BytesIO(encode_jpeg(scene(), side=40))).size == (40, 30)
    assert Image.open(io.BytesIO(encode_jpeg(scene()))).size == (80, 60)


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoError) as caught:
        open_photo(data)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def test_no_photo_at_all():
    assert "empty" in refusal(b"")
    assert "too large" in refusal(bytes(MAX_BYTES + 1))
    for data in (b"x", b"%PDF-1.7 ...", b"<svg xmlns='http://www.w3.org/2000/svg'/>", bytes(1000), "käse".encode()):
        assert "not a photo" in refusal(data)


@pytest.mark.parametrize("size", [(1, 5000), (1000, 9), (20000, 3)])
def test_pictures_of_which_nothing_could_be_seen(size):
    for kind in ("PNG", "JPEG", "TIFF"):
        assert "too narrow" in refusal(encoded(Image.new("RGB", size, RED), kind))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_truncated_files(kind):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    for share in (0.02, 0.3, 0.5, 0.9):
        assert "damaged" in refusal(data[: max(16, int(share * len(data)))])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_damage_anywhere_is_a_photo_or_a_sentence(kind):
    data, random = encoded(scene(), kind), np.random.default_rng(1)
    for _ in range(150):
        damaged = bytearray(data)
        for at in random.integers(0, len(data), 3):
            damaged[at] = random.integers(0, 256)
        try:
            photo = open_photo(bytes(damaged))
        except PhotoError:
            continue
        assert photo.mode == "RGB" and max(photo.size) <= LONG_SIDE


def memory_to_open(path) -> int:
    """How far one ``open_photo`` raises a fresh process's peak of memory, in bytes; its sentence goes unread."""
    script = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from core.captioning.photo import PhotoError, open_photo\n"
        "def peak(): return int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "data = Path(sys.argv[1]).read_bytes()\n"
        "before = peak()\n"
        "try: open_photo(data)\n"
        "except PhotoError: pass\n"
        "print(peak() - before)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not run.stderr
    return int(run.stdout) * 1024


linux = pytest.mark.skipif(sys.platform != "linux", reason="the memory's peak is read as Linux tells it")


@linux
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_100_megapixels_are_reduced_without_filling_memory(tmp_path):
    path = tmp_path / "large.jpg"
    Image.new("L", (12000, 9000), 77).save(path)
    assert close(open_photo(path.read_bytes()).getpixel((800, 600)), (77, 77, 77), 2)
    assert memory_to_open(path) < 60e6


@linux
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_bombs_are_refused_by_their_header(tmp_path):
    large = encoded(Image.new("L", (9000, 5000)), "JPEG", progressive=True)
    assert "too many pixels" in refusal(large)  # progressive: decoded whole, however small one wants it
    pixels = zlib.compress(bytes(1000))
    for side in (8000, 12000, 60000):
        bomb = png(side, side, (b"IDAT", pixels), (b"IEND", b""))
        assert "too many pixels" in refusal(bomb)
        (tmp_path / "bomb.png").write_bytes(bomb)
        assert memory_to_open(tmp_path / "bomb.png") < 20e6


def test_threads_get_the_same_photos():
    files = [encoded(scene(200 + 40 * i, 300), kind) for i, kind in enumerate(["JPEG", "PNG", "WEBP", "GIF", "TIFF"])]
    wanted, found = [open_photo(data).tobytes() for data in files], {}

    def work(thread: int):
        found[thread] = [open_photo(data).tobytes() for data in files]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[i] == wanted for i in range(4))
