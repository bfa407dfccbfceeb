"""Pictures that we draw, so that a viewer knows exactly what is on them. The same pixels every time.

Each is drawn at twice its size and shrunk, which softens the edges.
"""

from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 900, 600
_W, _H = 2 * WIDTH, 2 * HEIGHT


def ball() -> Image.Image:
    """A red ball on grass under a blue sky."""
    canvas = _gradient((104, 170, 226), (206, 230, 246))
    _clouds(canvas, [(360, 240, 1.0), (1330, 180, 1.3)])
    _meadow(canvas, horizon=700, seed=1)
    _shadow(canvas, (610, 950, 1090, 1050))
    canvas.paste(_sphere(400, (206, 32, 38)), (640, 610), _disc(400))
    _blades(canvas, top=985, bottom=1060, left=600, right=1100, seed=2)
    return _finish(canvas)


def house() -> Image.Image:
    """A little white house with a red roof, and a tree."""
    canvas = _gradient((122, 182, 230), (224, 238, 246))
    _clouds(canvas, [(420, 190, 1.2), (1120, 130, 0.8)])
    _meadow(canvas, horizon=790, seed=3)
    draw = ImageDraw.Draw(canvas)
    _shadow(canvas, (1120, 960, 1640, 1040))
    draw.polygon([(1330, 1000), (1345, 640), (1405, 640), (1425, 1000)], fill=(104, 74, 52))
    _foliage(canvas, (1375, 470), radius=270, seed=4)
    draw.polygon([(520, 1190), (760, 1190), (700, 960), (628, 960)], fill=(206, 188, 152))  # the path
    draw.rectangle((360, 560, 960, 965), fill=(246, 242, 232))
    draw.rectangle((900, 560, 960, 965), fill=(226, 220, 208))
    draw.rectangle((800, 330, 870, 480), fill=(150, 84, 66))  # the chimney
    draw.polygon([(300, 575), (660, 300), (1020, 575)], fill=(176, 58, 46))
    draw.polygon([(660, 300), (1020, 575), (960, 575), (660, 346)], fill=(150, 46, 38))
    draw.rectangle((612, 730, 716, 965), fill=(98, 62, 40))
    draw.ellipse((692, 842, 706, 856), fill=(232, 196, 92))
    for left in (420, 776):
        draw.rectangle((left, 670, left + 130, 800), fill=(112, 156, 190), outline=(255, 255, 255), width=12)
        draw.line((left + 65, 670, left + 65, 800), fill="white", width=8)
        draw.line((left, 735, left + 130, 735), fill="white", width=8)
    return _finish(canvas)


def boat() -> Image.Image:
    """A boat with white sails on the sea at sunset."""
    canvas = _gradient((74, 108, 168), (250, 190, 128), bottom=720)
    glow = Image.new("L", canvas.size)
    ImageDraw.Draw(glow).ellipse((1180, 420, 1580, 820), fill=190)
    canvas.paste((255, 226, 160), mask=glow.filter(ImageFilter.GaussianBlur(90)))
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((1290, 530, 1470, 710), fill=(255, 240, 200))
    canvas.paste(_gradient((58, 110, 146), (20, 54, 92)).crop((0, 0, _W, _H - 700)), (0, 700))
    random = Random(5)
    for _ in range(520):  # wavelets, broader and farther apart towards the viewer; golden under the sun
        depth = random.random() ** 1.6
        x, y, length = random.uniform(-80, _W), 706 + depth * (_H - 716), 24 + 150 * depth
        golden = abs(x + length / 2 - 1380) < 90 + 160 * depth
        colour = (250, 204, 146) if golden else (96, 148, 178) if random.random() < 0.5 else (34, 78, 118)
        draw.line((x, y, x + length, y), fill=colour, width=3 + int(5 * depth))
    draw.line((690, 190, 690, 850), fill=(70, 48, 36), width=16)
    draw.polygon([(712, 210), (712, 800), (1080, 800)], fill=(250, 246, 238))
    draw.polygon([(668, 280), (668, 800), (420, 800)], fill=(232, 226, 218))
    draw.polygon([(380, 835), (1130, 835), (1010, 965), (500, 965)], fill=(140, 42, 40))
    draw.polygon([(380, 835), (1130, 835), (1112, 857), (398, 857)], fill=(240, 232, 220))
    draw.line((470, 975, 1050, 975), fill=(214, 226, 234), width=10)
    return _finish(canvas)


def mark() -> Image.Image:
    """The app's mark: a grid of cells, one of them looked at. Square, RGBA, legible on light and on dark."""
    side, cell = 256, 72
    picture = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(picture)
    for row in range(3):
        for column in range(3):
            left, top = 8 + column * (cell + 12), 8 + row * (cell + 12)
            looked_at = (row, column) == (1, 1)
            colour = (232, 89, 12, 255) if looked_at else (150, 140, 132, 120)
            draw.rounded_rectangle((left, top, left + cell, top + cell), 18, fill=colour)
    return picture


def _finish(canvas: Image.Image) -> Image.Image:
    """Shrink, and add a little grain as a camera would."""
    small = np.asarray(canvas.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), dtype=np.float32)
    grain = np.random.default_rng(0).normal(0, 2.5, size=(HEIGHT, WIDTH, 1))
    return Image.fromarray(np.clip(small + grain, 0, 255).astype(np.uint8))


def _gradient(top: tuple[int, int, int], bottom_colour: tuple[int, int, int], bottom: int = _H) -> Image.Image:
    """From one colour at the top to another at the row ``bottom``."""
    t = np.clip(np.arange(_H) / bottom, 0, 1)[:, None, None]
    rows = (1 - t) * np.array(top) + t * np.array(bottom_colour)
    return Image.fromarray(np.broadcast_to(rows, (_H, _W, 3)).astype(np.uint8))


def _clouds(canvas: Image.Image, places: list[tuple[int, int, float]]) -> None:
    mask = Image.new("L", canvas.size)
    draw = ImageDraw.Draw(mask)
    for x, y, size in places:
        for dx, dy, radius in ((-130, 18, 62), (-50, -18, 88), (50, -6, 78), (130, 22, 56)):
            cx, cy, r = x + dx * size, y + dy * size, radius * size
            draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=225)
    canvas.paste((255, 255, 255), mask=mask.filter(ImageFilter.GaussianBlur(16)))


def _meadow(canvas: Image.Image, horizon: int, seed: int) -> None:
    hills = Image.new("L", canvas.size)
    ImageDraw.Draw(hills).ellipse((-500, horizon - 110, 1300, horizon + 700), fill=255)
    canvas.paste((128, 170, 112), mask=hills.filter(ImageFilter.GaussianBlur(6)))
    canvas.paste(_gradient((122, 176, 82), (58, 118, 44)).crop((0, 0, _W, _H - horizon)), (0, horizon))
    _blades(canvas, horizon + 10, _H + 40, 0, _W, seed, count=5200)


def _blades(canvas: Image.Image, top: int, bottom: int, left: int, right: int, seed: int, count: int = 420) -> None:
    """Blades of grass, rooted between ``top`` and ``bottom``; nearer ones are drawn later and taller."""
    draw, random = ImageDraw.Draw(canvas), Random(seed)
    for y in sorted(random.uniform(top, bottom) for _ in range(count)):
        depth = (y - 650) / (_H - 650)
        x, height = random.uniform(left, right), 10 + 44 * max(depth, 0)
        green = random.choice([(70, 134, 48), (96, 156, 62), (134, 182, 84), (52, 106, 42)])
        draw.line((x, y, x + random.uniform(-9, 9), y - height), fill=green, width=3 if depth < 0.5 else 5)


def _shadow(canvas: Image.Image, box: tuple[int, int, int, int]) -> None:
    mask = Image.new("L", canvas.size)
    ImageDraw.Draw(mask).ellipse(box, fill=120)
    canvas.paste((22, 44, 20), mask=mask.filter(ImageFilter.GaussianBlur(22)))


def _disc(side: int) -> Image.Image:
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).ellipse((0, 0, side - 1, side - 1), fill=255)
    return mask


def _sphere(side: int, colour: tuple[int, int, int]) -> Image.Image:
    """A square whose inscribed disc is a matt ball with a highlight, lit from the upper left."""
    y, x = (np.mgrid[0:side, 0:side] - side / 2) / (side / 2)
    z = np.sqrt(np.clip(1 - x**2 - y**2, 0, None))
    towards_light = np.clip(-0.45 * x - 0.6 * y + 0.66 * z, 0, 1)[..., None]
    shaded = np.array(colour) * (0.38 + 0.72 * towards_light) + 170 * towards_light**24
    return Image.fromarray(np.clip(shaded, 0, 255).astype(np.uint8))


def _foliage(canvas: Image.Image, centre: tuple[int, int], radius: int, seed: int) -> None:
    """A tree's crown: many overlapping tufts, brighter towards the upper left."""
    draw, random = ImageDraw.Draw(canvas), Random(seed)
    for n in range(420):
        angle, distance = random.uniform(0, 6.2832), radius * random.random() ** 0.5
        x, y = centre[0] + distance * np.cos(angle) * 0.95, centre[1] + distance * np.sin(angle) * 0.85
        light = (centre[0] - x + centre[1] - y) / (2 * radius) + random.uniform(-0.25, 0.25) + 0.25 * n / 420
        tuft = random.uniform(26, 62)
        green = tuple(int(c) for c in np.clip(np.array([62, 118, 50]) * (1 + 0.42 * light), 20, 220))
        draw.ellipse((x - tuft, y - tuft, x + tuft, y + tuft * 0.85), fill=green)
