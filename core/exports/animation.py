"""The animation: the sentence appears word by word under the photo, each word with the heat of its look.

A GIF has 256 colours. All frames share one palette, and a fixed pattern decides which pixels are rounded up and which
down: what does not change from frame to frame is the same to the bit, so it neither flickers nor takes room.
"""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from core.trace import CaptionTrace
from core.views import figures, lettering
from core.views.text import line

MAX_BYTES = 2_900_000
AREA = 480 * 320  # pixels of the photo: what makes the file large
LONGEST, NARROWEST = 720, 280  # pixels: the photo's long side, and the frame's width, for words need room
FIRST, WORD, LAST = 1100, 850, 2600  # milliseconds
PAPER, INK, ACCENT = (252, 251, 249), (33, 29, 26), (194, 65, 12)
TINTS = 10  # colours between the paper and the ink, and the paper and the accent, for the letters' soft edges
SPREAD = 12  # how far apart the palette's colours lie about, of 255: what the pattern has to bridge
CLEAR = 255  # the palette's index of "as in the frame before"
SAMPLE = 20_000  # pixels from which the palette is made


def animation_gif(photo: Image.Image, trace: CaptionTrace, max_bytes: int = MAX_BYTES) -> bytes:
    """The caption as a GIF that begins again: the photo, then a frame a word, then the whole sentence.

    Args:
        photo: upright RGB.
        trace: one of its captions; without words, the GIF is the photo alone.
        max_bytes: the photo is drawn smaller, as often as need be, until the file is no larger.
    """
    area = AREA
    while True:
        gif = _draw(photo, trace, area)
        if len(gif) <= max_bytes or area < 1000:
            return gif
        area = int(0.9 * area * max_bytes / len(gif))


def _draw(photo: Image.Image, trace: CaptionTrace, area: int) -> bytes:
    scale = min((area / (photo.width * photo.height)) ** 0.5, LONGEST / max(photo.size))
    size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
    small = photo.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    caption = _Caption(trace.words, max(size[0], NARROWEST))
    pictures, times = [small, *figures.panels(small, trace, max(size))], [FIRST, *[WORD] * len(trace.steps)]
    texts = [caption.draw(n) for n in range(len(pictures))]
    if trace.steps:
        pictures, times, texts = [*pictures, small], [*times, LAST], [*texts, caption.draw(len(trace.steps), False)]
    colours = _colours(pictures)
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours)
    frames = [_frame(picture, text, palette) for picture, text in zip(pictures, texts, strict=True)]
    out = io.BytesIO()
    frames[0].save(
        out, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, disposal=1,
        optimize=True, transparency=CLEAR, palette=colours,
    )  # fmt: skip
    return out.getvalue()


class _Caption:
    """A sentence set in lines, of which the first words can be drawn: each has its place from the beginning."""

    def __init__(self, words: Sequence[str], width: int):
        words = [line(word) for word in words]
        self.width = width
        size = round(min(26, max(18, width / 19)))
        margin = round(0.7 * size)
        room = width - 2 * margin
        longest = max((lettering.length(word, size) for word in words), default=0)
        self.size = size = max(6, int(size * min(1, room / longest))) if longest else size
        space, step = lettering.length(" ", size), round(1.4 * size)
        x, y, self.places = 0.0, 0, []
        for word in words:
            length = lettering.length(word, size)
            if x and x + length > room:
                x, y = 0.0, y + step
            self.places.append((margin + x, margin + y, word))
            x += length + space
        self.height = y + step + round(1.6 * margin)

    def draw(self, count: int, mark: bool = True) -> Image.Image:
        """The first ``count`` words on paper; ``mark`` puts the last of them in the accent."""
        picture = Image.new("RGB", (self.width, self.height), PAPER)
        pen = ImageDraw.Draw(picture)
        for n, (x, y, word) in enumerate(self.places[:count], start=1):
            lettering.write(pen, (x, y), word, self.size, ACCENT if mark and n == count else INK)
        return picture


def _colours(pictures: Sequence[Image.Image]) -> bytes:
    """256 colours for all frames: the tints of the text, the colours of the pictures, and one left for ``CLEAR``."""
    ramps = [np.linspace(PAPER, colour, TINTS + 2)[n:] for n, colour in enumerate((INK, ACCENT))]
    tints = np.concatenate([*ramps, np.zeros((1, 3))]).round().astype(np.uint8)  # black: around a hard model's cell
    pixels = np.concatenate([np.asarray(picture).reshape(-1, 3) for picture in pictures])
    pixels = pixels[np.random.default_rng(0).integers(len(pixels), size=SAMPLE)]
    found = Image.fromarray(pixels[None]).quantize(CLEAR - len(tints), Image.Quantize.MEDIANCUT, kmeans=1).getpalette()
    assert found is not None  # the picture has a palette now
    # What is left over is paper again, CLEAR too: of equal colours the first is taken, so no pixel becomes CLEAR.
    entries = tints.tobytes() + bytes(found) + 256 * bytes(PAPER)
    return entries[: 3 * CLEAR] + bytes(PAPER)


def _frame(picture: Image.Image, text: Image.Image, palette: Image.Image) -> Image.Image:
    """A picture, in the middle of the frame, and the text under it, as indices into the palette."""
    y, x = np.mgrid[: picture.height, : picture.width]
    pattern = SPREAD * (_BAYER[y % 8, x % 8] - 0.5)[..., None]
    pixels = np.asarray(picture)
    # The frame around a hard model's cell is black and white, and no pattern breaks it.
    edge = (pixels == 0).all(axis=2, keepdims=True) | (pixels == 255).all(axis=2, keepdims=True)
    pixels = np.where(edge, pixels, np.clip(pixels + pattern, 0, 255).round())
    picture = Image.fromarray(pixels.astype(np.uint8))
    frame = Image.new("RGB", (text.width, picture.height + text.height), PAPER)
    frame.paste(picture, ((text.width - picture.width) // 2, 0))
    frame.paste(text, (0, picture.height))
    return frame.quantize(palette=palette, dither=Image.Dither.NONE)


def _bayer(times: int) -> np.ndarray:
    """Thresholds 0..1 of a square of side 2 ** times, near ones far apart (Bayer 1973)."""
    square = np.zeros((1, 1))
    for _ in range(times):
        square = np.block([[4 * square, 4 * square + 2], [4 * square + 3, 4 * square + 1]])
    return (square + 0.5) / square.size


_BAYER = _bayer(3)
