"""Pictures that are no photos, drawn from a seed: pages of text, windows, charts, sketches, patterns, noise.

What somebody may well show to a captioner that has only ever seen photos; used to measure whether it notices.
"""

import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (640, 480)
Colour = tuple[int, int, int]
_LETTERS = "etaoinshrdlucmfwypvbgk"


def make_oddity(kind: str, seed: int) -> Image.Image:
    """One picture of a kind of :data:`KINDS`, 640 x 480; the same seed, the same picture."""
    return KINDS[kind](random.Random(f"{kind} {seed}"))


def _colour(rng: random.Random, least: int = 0, most: int = 255) -> Colour:
    return rng.randint(least, most), rng.randint(least, most), rng.randint(least, most)


def _words(rng: random.Random, count: int) -> str:
    return " ".join("".join(rng.choices(_LETTERS, k=rng.randint(2, 9))) for _ in range(count))


def _lines(
    draw: ImageDraw.ImageDraw, rng: random.Random, box: tuple[int, int, int, int], ink: tuple[int, int, int]
) -> None:
    """Lines of text within a box: left, top, right, bottom."""
    size = rng.randint(11, 20)
    font = ImageFont.load_default(size)
    for y in range(box[1], box[3] - 20, round(size * 1.5)):
        text = _words(rng, rng.randint(2, 14))
        while draw.textlength(text, font) > box[2] - box[0]:
            text = text[:-4]
        draw.text((box[0], y), text, ink, font)


def _page(rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", SIZE, _colour(rng, 225))
    _lines(ImageDraw.Draw(picture), rng, (rng.randint(10, 90), rng.randint(10, 60), 620, 470), _colour(rng, 0, 70))
    return picture


def _window(rng: random.Random) -> Image.Image:
    """A program's window: a bar, a list, buttons, text."""
    dark = rng.random() < 0.4
    paper, ink = (_colour(rng, 20, 50), (220, 220, 220)) if dark else (_colour(rng, 235), (40, 40, 40))
    picture = Image.new("RGB", SIZE, paper)
    draw = ImageDraw.Draw(picture)
    accent, side, top = _colour(rng, 40, 220), rng.randint(90, 200), rng.randint(30, 60)
    draw.rectangle((0, 0, SIZE[0], top), fill=accent)
    draw.rectangle((0, top, side, SIZE[1]), fill=tuple((a + b) // 2 for a, b in zip(paper, accent, strict=True)))
    font = ImageFont.load_default(14)
    for y in range(top + 12, SIZE[1] - 20, 28):
        draw.text((12, y), _words(rng, 1), ink, font)
    for n in range(rng.randint(1, 4)):
        left = side + 20 + 110 * n
        draw.rounded_rectangle((left, top + 14, left + 96, top + 44), 6, fill=accent, outline=ink)
        draw.text((left + 12, top + 21), _words(rng, 1)[:9], ink, font)
    _lines(draw, rng, (side + 20, top + 60, 620, rng.randint(250, 470)), ink)
    return picture


def _chart(rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    draw.line((60, 30, 60, 430, 610, 430), "black", 2)
    count, colour = rng.randint(4, 14), _colour(rng, 0, 200)
    heights = [rng.randint(20, 380) for _ in range(count)]
    width = 540 / count
    if rng.random() < 0.5:
        for n, height in enumerate(heights):
            draw.rectangle((66 + n * width, 430 - height, 60 + (n + 0.8) * width, 428), fill=colour)
    else:
        draw.line([(66 + n * width, 430 - height) for n, height in enumerate(heights)], colour, 4)
    draw.text((200, 6), _words(rng, 4), "black", ImageFont.load_default(18))
    return picture


def _sketch(rng: random.Random) -> Image.Image:
    """A line drawing: a figure and a house, as a child draws them."""
    picture = Image.new("RGB", SIZE, _colour(rng, 238))
    draw = ImageDraw.Draw(picture)
    ink, width = _colour(rng, 0, 120), rng.randint(2, 6)
    x, y, r = rng.randint(80, 260), rng.randint(120, 220), rng.randint(25, 50)
    draw.ellipse((x - r, y - r, x + r, y + r), outline=ink, width=width)
    draw.line((x, y + r, x, y + 4 * r), ink, width)
    for way in (-1, 1):
        draw.line((x, y + 2 * r, x + way * 2 * r, y + rng.randint(1, 3) * r), ink, width)
        draw.line((x, y + 4 * r, x + way * r, y + 6 * r), ink, width)
    left, top, side = rng.randint(330, 420), rng.randint(180, 260), rng.randint(120, 190)
    draw.rectangle((left, top, left + side, top + side), outline=ink, width=width)
    draw.line((left, top, left + side // 2, top - side // 2, left + side, top), ink, width)
    draw.rectangle((left + side // 3, top + side // 2, left + 2 * side // 3, top + side), outline=ink, width=width)
    return picture


def _pattern(rng: random.Random) -> Image.Image:
    """Stripes or squares of two colours."""
    one, other, step = _colour(rng), _colour(rng), rng.choice((8, 16, 32, 64))
    rows, columns = np.indices(SIZE[::-1]) // step
    which = (columns + rng.choice((0, 1)) * rows) % 2
    return Image.fromarray(np.where(which[..., None] == 1, one, other).astype(np.uint8))


def _noise(rng: random.Random) -> Image.Image:
    """Noise, from grains to clouds."""
    scale = rng.choice((1, 2, 8, 40))
    shape = (SIZE[1] // scale, SIZE[0] // scale, 3)
    grains = np.random.default_rng(rng.getrandbits(32)).integers(0, 256, shape, dtype=np.uint8)
    return Image.fromarray(grains).resize(SIZE, Image.Resampling.BICUBIC)


KINDS: dict[str, Callable[[random.Random], Image.Image]] = {
    "page": _page,
    "window": _window,
    "chart": _chart,
    "sketch": _sketch,
    "pattern": _pattern,
    "noise": _noise,
}
