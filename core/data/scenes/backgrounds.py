"""What scenes stand in front of: plain or busy, never named, and paler than the things."""

from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

from core.data.scenes.things import Colour

DETAIL = 2  # times its size that a background is drawn at

_PALE = ((232, 238, 242), (246, 236, 222), (226, 238, 226), (240, 228, 236), (222, 226, 238), (214, 220, 222))
Draw = ImageDraw.ImageDraw


def draw_background(kind: str, side: int, seed: int) -> Image.Image:
    """An RGB picture, ``side`` pixels along each side; the same arguments, the same pixels."""
    random, full = Random(seed), side * DETAIL
    picture = Image.new("RGB", (full, full))
    _DRAWERS[kind](picture, ImageDraw.Draw(picture), full, random)
    return picture.resize((side, side), Image.Resampling.BOX)


def _fade(picture: Image.Image, top: Colour, bottom: Colour, upper: int = 0, lower: int | None = None) -> None:
    """From one colour at the row ``upper`` to another at the row ``lower``."""
    size = (picture.width, (picture.height if lower is None else lower) - upper)
    mix = Image.linear_gradient("L").resize(size)
    picture.paste(Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), mix), (0, upper))


def _plain(picture: Image.Image, draw: Draw, full: int, random: Random) -> None:
    r, g, b = random.choice(_PALE)
    _fade(picture, (r + 8, g + 8, b + 8), (r - 14, g - 14, b - 14))


def _meadow(picture: Image.Image, draw: Draw, full: int, random: Random) -> None:
    horizon = int(random.uniform(0.4, 0.6) * full)
    _fade(picture, (170, 208, 236), (226, 238, 240), 0, horizon)
    for _ in range(3):
        x, y, r = random.uniform(0, full), random.uniform(0.06, 0.3) * full, random.uniform(0.05, 0.09) * full
        for dx in (-1.2, 0, 1.2):
            draw.ellipse((x + dx * r - r, y - 0.6 * r, x + dx * r + r, y + 0.6 * r), fill=(240, 246, 248))
    hill = random.uniform(-0.2, 0.6) * full
    draw.ellipse((hill, horizon - 0.12 * full, hill + 0.9 * full, horizon + 0.5 * full), fill=(164, 194, 146))
    _fade(picture, (172, 204, 140), (134, 178, 112), horizon)
    for _ in range(90):
        x, depth = random.uniform(0, full), random.random()
        y, height = horizon + depth * (full - horizon), (0.01 + 0.035 * depth) * full
        lean = random.uniform(-0.4, 0.4) * height
        draw.line((x, y, x + lean, y - height), fill=random.choice([(112, 158, 92), (190, 214, 156)]), width=full // 96)


def _sea(picture: Image.Image, draw: Draw, full: int, random: Random) -> None:
    horizon = int(random.uniform(0.3, 0.55) * full)
    _fade(picture, (238, 222, 204), (250, 238, 214), 0, horizon)
    _fade(picture, (146, 190, 206), (104, 154, 182), horizon)
    for _ in range(60):
        x, depth = random.uniform(-0.1, 1) * full, random.random()
        y, length = horizon + 2 + depth * (full - horizon), (0.02 + 0.1 * depth) * full
        draw.line((x, y, x + length, y), fill=random.choice([(180, 212, 222), (90, 138, 166)]), width=full // 96)


def _night(picture: Image.Image, draw: Draw, full: int, random: Random) -> None:
    _fade(picture, (30, 36, 66), (72, 76, 112))
    for _ in range(70):
        x, y, r = random.uniform(0, full), random.uniform(0, full), random.choice((0.002, 0.004, 0.007)) * full
        draw.ellipse((x - r, y - r, x + r, y + r), fill=random.choice([(150, 156, 190), (206, 206, 214)]))


def _wallpaper(picture: Image.Image, draw: Draw, full: int, random: Random) -> None:
    base, other = random.sample(_PALE, 2)
    picture.paste(base, (0, 0, full, full))
    step, ink = full / random.randint(6, 10), tuple(int(0.87 * c) for c in other)
    for row in range(-1, int(full / step) + 2):
        for column in range(-1, int(full / step) + 2):
            x, y, r = (column + 0.5 * (row % 2)) * step, row * step, 0.3 * step
            draw.polygon([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], fill=ink)


def _confetti(picture: Image.Image, draw: Draw, full: int, random: Random) -> None:
    picture.paste(random.choice(_PALE), (0, 0, full, full))
    for _ in range(120):
        x, y, r = random.uniform(0, full), random.uniform(0, full), random.uniform(0.007, 0.026) * full
        hue = tuple(int(165 + 80 * random.random()) for _ in range(3))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=hue)


_DRAWERS: dict[str, Callable[[Image.Image, Draw, int, Random], None]] = {
    "plain": _plain,
    "meadow": _meadow,
    "sea": _sea,
    "night": _night,
    "wallpaper": _wallpaper,
    "confetti": _confetti,
}
BACKGROUNDS = tuple(_DRAWERS)
