"""Things with names: how each is drawn in a colour, a texture and a size.

A thing is drawn in a square of its own, on nothing, at four times its size and shrunk, which softens its edges.
Shapes are given in parts of that square, (0, 0) being its upper left corner.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

COLOURS = {  # the colour, and its own dark: of outlines, roofs and lids
    "red": ((214, 40, 40), (132, 20, 28)),
    "orange": ((247, 132, 20), (166, 76, 8)),
    "yellow": ((252, 212, 44), (186, 136, 16)),
    "green": ((52, 158, 70), (24, 98, 48)),
    "blue": ((34, 104, 214), (18, 58, 136)),
    "purple": ((126, 58, 178), (74, 30, 112)),
    "pink": ((250, 134, 184), (182, 70, 124)),
    "white": ((250, 250, 246), (150, 148, 146)),
}
TEXTURES = ("", "striped", "dotted")  # plain goes without saying
SIZES = {"small": 26, "": 36, "large": 46}  # side of the square in pixels; the middle one goes without saying
DETAIL = 4  # times its size that a thing is drawn at

Colour = tuple[int, int, int]
_BLACK, _WHITE, _BROWN, _LEAF = (38, 34, 36), (255, 255, 255), (126, 84, 52), (64, 140, 62)


@dataclass(frozen=True)
class Thing:
    """What a caption says of a thing. ``size`` and ``texture`` are "" where they go without saying."""

    size: str
    texture: str
    colour: str
    name: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words that name it, in their order."""
        return tuple(word for word in (self.size, self.texture, self.colour, self.name) if word)

    @property
    def side(self) -> int:
        """Pixels along each side of the square that it is drawn in."""
        return SIZES[self.size]


class _Sketch:
    """A square canvas that knows one colour: ``body`` takes colour and texture, ``part`` a colour of its own."""

    def __init__(self, colour: str, side: int, coarse: bool) -> None:
        self.side, self.coarse = side, coarse
        self.line = max(3, side // 26)
        self.colour, self.dark = COLOURS[colour]
        self.mark = self.dark if colour == "white" else tuple(int(c + 0.62 * (255 - c)) for c in self.colour)
        self.picture = Image.new("RGBA", (side, side))
        self.mask = Image.new("L", (side, side))
        self._outlines: list[Callable[[], None]] = []

    def _points(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x * (self.side - 1), y * (self.side - 1)) for x, y in points]

    def body(self, shape: str, points: Sequence[tuple[float, float]], outline: bool = True) -> None:
        """A shape (``polygon``, ``ellipse``, ``rectangle``) that takes the thing's colour and texture."""
        points = self._points(points)
        getattr(ImageDraw.Draw(self.mask), shape)(points, fill=255)
        if outline:
            pen = ImageDraw.Draw(self.picture)
            self._outlines.append(lambda: getattr(pen, shape)(points, outline=(*self.dark, 255), width=self.line))

    def paint(self, texture: str) -> None:
        """Fill the body: colour, texture, light from above, and its outline."""
        fill = Image.new("RGB", self.mask.size, self.colour)
        if texture:
            fill.paste(self.mark, mask=_pattern(texture, self.side, self.coarse))
        fill.paste(_BLACK, mask=_shade(self.side))
        self.picture.paste(fill, mask=self.mask)
        for draw in self._outlines:
            draw()

    def part(self, shape: str, points: Sequence[tuple[float, float]], colour: Colour, outline: bool = False) -> None:
        """A shape in a colour of its own, over what is there."""
        pen = {"outline": (*self.dark, 255), "width": self.line} if outline else {}
        getattr(ImageDraw.Draw(self.picture), shape)(self._points(points), fill=(*colour, 255), **pen)

    def stroke(self, points: Sequence[tuple[float, float]], colour: Colour, width: float) -> None:
        """A line; ``width`` in parts of the square."""
        ImageDraw.Draw(self.picture).line(
            self._points(points), fill=(*colour, 255), width=round(width * self.side), joint="curve"
        )


@cache
def _pattern(texture: str, side: int, coarse: bool) -> Image.Image:
    """The texture's marks, as a mask. A small thing's are ``coarse``, fewer, or they would be too fine to see."""
    mask = Image.new("L", (side, side))
    draw = ImageDraw.Draw(mask)
    step = side / ((3.5 if coarse else 4.5) if texture == "striped" else (3 if coarse else 3.6))
    for row in range(-1, 1 + math.ceil(side / step)):
        top = (row + 0.25) * step
        if texture == "striped":
            draw.rectangle((0, top, side, top + 0.46 * step), fill=255)
            continue
        for column in range(-1, 1 + math.ceil(side / step)):
            left, radius = (column + 0.25 + 0.5 * (row % 2)) * step, 0.29 * step
            draw.ellipse((left - radius, top - radius, left + radius, top + radius), fill=255)
    return mask


@cache
def _shade(side: int) -> Image.Image:
    """A mask of shadow that grows towards the foot."""
    return Image.linear_gradient("L").point(lambda level: 52 * level // 255).resize((side, side))


# --- the things -----------------------------------------------------------------------------------------------


def _ball(s: _Sketch, texture: str) -> None:
    s.body("ellipse", [(0.03, 0.03), (0.97, 0.97)])
    s.paint(texture)
    s.part("ellipse", [(0.24, 0.16), (0.42, 0.3)], _WHITE)


def _boat(s: _Sketch, texture: str) -> None:
    s.body("polygon", [(0.0, 0.66), (1.0, 0.66), (0.84, 0.94), (0.16, 0.94)])
    s.body("polygon", [(0.54, 0.04), (0.54, 0.58), (0.94, 0.58)])
    s.body("polygon", [(0.44, 0.16), (0.44, 0.58), (0.12, 0.58)])
    s.paint(texture)
    s.stroke([(0.49, 0.0), (0.49, 0.66)], _BROWN, 0.05)


def _box(s: _Sketch, texture: str) -> None:
    s.body("rectangle", [(0.06, 0.2), (0.94, 0.96)])
    s.paint(texture)
    s.part("rectangle", [(0.0, 0.06), (1.0, 0.26)], s.dark)


def _car(s: _Sketch, texture: str) -> None:
    s.body("polygon", [(0.2, 0.46), (0.32, 0.2), (0.68, 0.2), (0.84, 0.46)])
    s.body("polygon", [(0.0, 0.5), (0.08, 0.44), (0.9, 0.44), (1.0, 0.54), (1.0, 0.78), (0.0, 0.78)])
    s.paint(texture)
    s.part("polygon", [(0.29, 0.44), (0.37, 0.27), (0.48, 0.27), (0.48, 0.44)], (206, 230, 242))
    s.part("polygon", [(0.53, 0.44), (0.53, 0.27), (0.64, 0.27), (0.74, 0.44)], (206, 230, 242))
    for x in (0.24, 0.76):
        s.part("ellipse", [(x - 0.15, 0.64), (x + 0.15, 0.94)], _BLACK)
        s.part("ellipse", [(x - 0.06, 0.73), (x + 0.06, 0.85)], (190, 190, 190))


def _cup(s: _Sketch, texture: str) -> None:
    s.part("ellipse", [(0.58, 0.28), (1.0, 0.72)], s.dark)
    left, top, right, bottom = (round(v * s.side) for v in (0.72, 0.38, 0.9, 0.62))
    s.picture.paste((0, 0, 0, 0), (left, top, right, bottom))
    s.body("polygon", [(0.02, 0.14), (0.8, 0.14), (0.7, 0.95), (0.12, 0.95)])
    s.paint(texture)
    s.part("ellipse", [(0.02, 0.04), (0.8, 0.24)], s.dark)
    s.part("ellipse", [(0.09, 0.08), (0.73, 0.21)], _BROWN)


def _fish(s: _Sketch, texture: str) -> None:
    s.body("polygon", [(0.66, 0.5), (1.0, 0.2), (1.0, 0.8)])
    s.body("polygon", [(0.3, 0.26), (0.46, 0.06), (0.6, 0.28)])
    s.body("ellipse", [(0.0, 0.2), (0.78, 0.8)])
    s.paint(texture)
    s.part("ellipse", [(0.12, 0.36), (0.26, 0.5)], _WHITE)
    s.part("ellipse", [(0.15, 0.39), (0.23, 0.47)], _BLACK)


def _flower(s: _Sketch, texture: str) -> None:
    s.stroke([(0.5, 0.5), (0.5, 1.0)], _LEAF, 0.07)
    s.part("ellipse", [(0.5, 0.8), (0.82, 0.92)], _LEAF)
    s.part("ellipse", [(0.18, 0.72), (0.5, 0.84)], _LEAF)
    for n in range(6):
        x, y = 0.5 + 0.23 * math.sin(n * math.pi / 3), 0.4 - 0.23 * math.cos(n * math.pi / 3)
        s.body("ellipse", [(x - 0.155, y - 0.155), (x + 0.155, y + 0.155)])
    s.paint(texture)
    s.part("ellipse", [(0.36, 0.26), (0.64, 0.54)], (250, 206, 60), outline=True)


def _heart(s: _Sketch, texture: str) -> None:
    turns = [n * math.tau / 60 for n in range(60)]
    s.body("polygon", [(0.5 + 0.485 * math.sin(t) ** 3, 0.47 - _heart_height(t) / 34) for t in turns])
    s.paint(texture)


def _heart_height(t: float) -> float:
    return 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)


def _house(s: _Sketch, texture: str) -> None:
    s.part("rectangle", [(0.7, 0.08), (0.82, 0.4)], _BROWN)
    s.body("rectangle", [(0.1, 0.42), (0.9, 0.98)])
    s.paint(texture)
    s.part("polygon", [(0.0, 0.46), (0.5, 0.02), (1.0, 0.46)], s.dark)
    s.part("rectangle", [(0.56, 0.62), (0.76, 0.98)], _BROWN)
    s.part("rectangle", [(0.22, 0.58), (0.44, 0.78)], (255, 244, 190), outline=True)


def _kite(s: _Sketch, texture: str) -> None:
    s.stroke([(0.46, 0.66), (0.56, 0.78), (0.42, 0.88), (0.54, 1.0)], s.dark, 0.045)
    s.body("polygon", [(0.46, 0.0), (0.88, 0.3), (0.46, 0.74), (0.04, 0.3)])
    s.paint(texture)
    s.stroke([(0.46, 0.0), (0.46, 0.74)], s.dark, 0.03)
    s.stroke([(0.04, 0.3), (0.88, 0.3)], s.dark, 0.03)


def _star(s: _Sketch, texture: str) -> None:
    radius = (0.53, 0.24)
    turns = [(n * math.pi / 5, radius[n % 2]) for n in range(10)]
    s.body("polygon", [(0.5 + r * math.sin(t), 0.54 - r * math.cos(t)) for t, r in turns])
    s.paint(texture)


def _tree(s: _Sketch, texture: str) -> None:
    s.part("polygon", [(0.42, 0.6), (0.58, 0.6), (0.62, 1.0), (0.38, 1.0)], _BROWN)
    for x, y, r in ((0.27, 0.44, 0.26), (0.73, 0.44, 0.26), (0.5, 0.27, 0.26), (0.5, 0.5, 0.2)):  # one crown of four
        s.part("ellipse", [(x - r, y - r), (x + r, y + r)], s.dark)
        r -= s.line / s.side
        s.body("ellipse", [(x - r, y - r), (x + r, y + r)], outline=False)
    s.paint(texture)


_DRAWERS: dict[str, Callable[[_Sketch, str], None]] = {
    "ball": _ball, "boat": _boat, "box": _box, "car": _car, "cup": _cup, "fish": _fish,
    "flower": _flower, "heart": _heart, "house": _house, "kite": _kite, "star": _star, "tree": _tree,
}  # fmt: skip
NAMES = tuple(_DRAWERS)
ROOMY = ("ball", "box", "heart", "house")  # a small thing fits inside a large one of these


@cache
def draw_thing(thing: Thing, scale: int = 1) -> Image.Image:
    """The thing on nothing, RGBA, ``scale * thing.side`` pixels along each side. Shared: do not draw on it."""
    side = scale * thing.side
    sketch = _Sketch(thing.colour, side * DETAIL, coarse=thing.size == "small")
    _DRAWERS[thing.name](sketch, thing.texture)
    return sketch.picture.resize((side, side), Image.Resampling.BOX)
