"""Traces -> pictures: heat over a photo, the film strip, paths, and the words that say what they show.

Knows no Streamlit. Cell (r, c) of an R x C grid covers the photo's fraction [c / C, (c + 1) / C) of the width and
[r / R, (r + 1) / R) of the height, because the encoder saw the whole photo squashed to a square.
"""

import io
import math
from collections.abc import Collection, Sequence
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from core.captioning.interventions import region
from core.trace import CaptionTrace, WordStep
from core.views import lettering

OPACITY = 0.75  # of the brightest heat over the photo
FADE = 0.7  # lesser heat is as opaque as its share to this power, so that the photo stays visible under it
GROUND, FRAME = "#44403c", "#7dd3fc"  # where no photo can be shown: what lies under the heat, and around boxes
FLOOR = 6  # the brightest heat stands for at least this many times an even share, so an even look stays pale


@cache
def heat_ramp() -> np.ndarray:
    """The colours of the heat from none to most, uint8 (256, 3): violet, red, orange, pale yellow.

    A path through OKLab (Ottosson 2020) whose lightness rises evenly: equal steps of weight look equally far
    apart, and the order can be told without seeing hue.
    """
    t = np.linspace(0, 1, 256)
    lightness, hue = 0.28 + 0.68 * t, np.radians(300 + 165 * t)
    chroma = 0.06 + 0.13 * np.sin(np.pi * (0.12 + 0.78 * t))
    a, b = chroma * np.cos(hue), chroma * np.sin(hue)
    cone = np.stack([lightness + 0.3963377774 * a + 0.2158037573 * b,
                     lightness - 0.1055613458 * a - 0.0638541728 * b,
                     lightness - 0.0894841775 * a - 1.2914855480 * b], axis=1) ** 3  # fmt: skip
    to_rgb = [[4.0767416621, -3.3077115913, 0.2309699292],
              [-1.2684380046, 2.6097574011, -0.3413193965],
              [-0.0041960863, -0.7034186147, 1.7076147010]]  # fmt: skip
    linear = np.clip(cone @ np.array(to_rgb).T, 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    ramp: np.ndarray = (255 * srgb).round().astype(np.uint8)
    return ramp


def full_weight(step: WordStep) -> float:
    """The weight of one cell that gets the brightest heat: the word's largest, but see ``FLOOR``."""
    cells = sum(len(row) for row in step.alpha)
    return max(max(map(max, step.alpha)), FLOOR / cells)


def heat_picture(step: WordStep, size: tuple[int, int], smooth: bool = True) -> Image.Image:
    """The heat of one word as an RGBA picture of ``size`` (width, height): hotter is brighter and less transparent.

    ``smooth`` interpolates between the cells' centres (bicubic); otherwise every cell is one flat rectangle.
    """
    return _heat(np.asarray(step.alpha, dtype=np.float32) / full_weight(step), size, smooth)


def _heat(share: np.ndarray, size: tuple[int, int], smooth: bool = True) -> Image.Image:
    """Shares of the brightest heat by row and column -> RGBA."""
    share = share.astype(np.float32)
    kernel = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    share = np.clip(np.asarray(Image.fromarray(share).resize(size, kernel)), 0, 1)
    opacity = (255 * OPACITY * share**FADE).round().astype(np.uint8)
    return Image.fromarray(np.dstack([heat_ramp()[(255 * share).astype(np.uint8)], opacity]), "RGBA")


def panel(photo: Image.Image, step: WordStep, grid: tuple[int, int]) -> Image.Image:
    """One photo with one word's heat over it; the cell that a hard model used is framed."""
    picture = photo.convert("RGBA")
    picture.alpha_composite(heat_picture(step, picture.size))
    if step.glimpse is not None:
        (width, height), (rows, columns), (row, column) = picture.size, grid, step.glimpse
        left, top = round(column * width / columns), round(row * height / rows)
        right, bottom = round((column + 1) * width / columns) - 1, round((row + 1) * height / rows) - 1
        line = max(1, round(min(width, height) / 150))
        draw = ImageDraw.Draw(picture)
        draw.rectangle((left - line, top - line, right + line, bottom + line), outline="black", width=line)
        draw.rectangle((left, top, max(left, right), max(top, bottom)), outline="white", width=line)
    return picture.convert("RGB")


def bare_look(step: WordStep, boxes: Sequence[tuple[float, float, float, float]], side: int) -> Image.Image:
    """A look whose photo is not there to be shown: its heat on an even ground, with boxes framed.

    Args:
        boxes: x0, y0, x1, y1 as fractions of the photo's width and height.
        side: of the square picture, pixels.
    """
    picture = panel(Image.new("RGB", (side, side), GROUND), step, (len(step.alpha), len(step.alpha[0])))
    draw, line = ImageDraw.Draw(picture), max(1, side // 150)
    for x0, y0, x1, y1 in boxes:
        corners = [round(corner * (side - 1)) for corner in (x0, y0, x1, y1)]
        draw.rectangle(corners, outline=FRAME, width=line)
    return picture


def map_over(photo: Image.Image, weights: np.ndarray, side: int = 480) -> Image.Image:
    """A photo, its longer side ``side`` pixels, under the heat of any weights by row and column that sum to 1."""
    picture = photo.convert("RGBA")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    full = max(float(weights.max()), FLOOR / weights.size)
    picture.alpha_composite(_heat(weights / full, picture.size))
    return picture.convert("RGB")


def paths_over(
    photo: Image.Image, paths: Sequence[CaptionTrace], marked: Collection[int], side: int = 900
) -> Image.Image:
    """The glimpses of several captions as lines from cell to cell; those of the ``marked`` ones stand out.

    A path begins at its large dot. Within its cells every path keeps to a place of its own, so that equal ones lie
    side by side.
    """
    scale = min(1.0, side / max(photo.size))
    size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
    fine = 2 * size[0], 2 * size[1]  # drawn at twice the size, for smooth lines
    picture = Image.blend(photo.convert("RGB").resize(fine), Image.new("RGB", fine, "black"), 0.45)
    line = max(2, round(max(fine) / 450))
    shift = np.random.default_rng(0).uniform(0.18, 0.82, (len(paths), 2))
    for n in sorted(range(len(paths)), key=lambda n: n in marked):
        cells = np.array([step.glimpse[::-1] for step in paths[n].steps if step.glimpse]).reshape(-1, 2)  # column, row
        points = [tuple(point) for point in (cells + shift[n]) / paths[n].grid[::-1] * fine]
        for colour, wide in [("#00000090", 4), ("#ff8a3d", 2)] if n in marked else [("#ffffff50", 1)]:
            layer = Image.new("RGBA", fine)
            pen = ImageDraw.Draw(layer)
            if points:
                pen.line(points, fill=colour, width=round(wide * line), joint="curve")
            for number, (x, y) in enumerate(points):
                radius = (wide + (2 if number == 0 else 0.5)) * line
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
            picture.paste(layer, mask=layer)
    return picture.resize(size, Image.Resampling.LANCZOS)


def panels(photo: Image.Image, trace: CaptionTrace, side: int = 280) -> list[Image.Image]:
    """One panel a word, the longer side ``side`` pixels."""
    small = photo.convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return [panel(small, step, trace.grid) for step in trace.steps]


def film_strip(photo: Image.Image, trace: CaptionTrace, columns: int = 6, side: int = 280) -> Image.Image:
    """Photo and panels in rows, each word under its panel, on white: the figure that papers print."""
    small = photo.convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    pictures = [small, *panels(photo, trace, side)]
    gap, text = side // 20, side // 9
    width, height = small.width + gap, small.height + text + 2 * gap
    columns = min(columns, len(pictures))
    strip = Image.new("RGB", (columns * width + gap, math.ceil(len(pictures) / columns) * height + gap), "white")
    pen = ImageDraw.Draw(strip)
    for n, (picture, word) in enumerate(zip(pictures, ["", *trace.words], strict=True)):
        left, top = gap + n % columns * width, gap + n // columns * height
        strip.paste(picture, (left, top))
        lettering.write(pen, (left, top + small.height + gap // 2), word, text, "#1c1917")
    return strip


def png(picture: Image.Image) -> bytes:
    """A picture as the bytes of a PNG."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def percent(share: float) -> str:
    """0.416 -> "42 %"; small shares keep a digit that says something."""
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.1f} %" if share >= 0.001 else "under 0.1 %"


def odds(log_prob: float) -> str:
    """A small probability, given as its natural logarithm: -9.42 -> "1 in 12,000"."""
    if log_prob > math.log(0.1):
        return percent(math.exp(min(0.0, log_prob)))
    digits = math.floor(-log_prob / math.log(10))
    if digits >= 15:
        return f"1 in 10^{-log_prob / math.log(10):.0f}"
    lead = round(math.exp(-log_prob), 1 - digits)  # two digits that say something
    for name, unit in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if lead >= unit:
            return f"1 in {lead / unit:,.{0 if lead >= 10 * unit else 1}f} {name}"
    return f"1 in {lead:,.0f}"


def describe_look(step: WordStep, attention: str) -> str:
    """Where the model looked before this word, for those who cannot see the heat: "the upper left, 62 % ..."."""
    if attention == "none":
        return "everywhere alike: this model has no attention"
    if step.glimpse is not None:
        row, column = step.glimpse
        share, ninth = step.alpha[row][column], region(row, column, len(step.alpha), len(step.alpha[0]))
        return f"one cell, {ninth} (row {row + 1}, column {column + 1}), {percent(share)} of the weight"
    if step.entropy > math.log2(len(step.alpha) * len(step.alpha[0])) - 0.35:
        return "the whole photo, almost evenly"
    totals: dict[str, float] = {}
    for r, weights in enumerate(step.alpha):
        for c, weight in enumerate(weights):
            ninth = region(r, c, len(step.alpha), len(weights))
            totals[ninth] = totals.get(ninth, 0.0) + weight
    ninth = max(totals, key=totals.__getitem__)
    return f"the {ninth}, {percent(totals[ninth])} of the weight"


def describe_entropy(step: WordStep) -> str:
    """The entropy in bits, and the number of cells that an even look of that entropy would cover."""
    cells, bits = sum(len(row) for row in step.alpha), max(0.0, step.entropy)
    return f"{bits:.1f} of {math.log2(cells):.1f} bits, as wide as an even look at {2**bits:.0f} of {cells} cells"


def describe_distance(distance: float | None) -> str:
    """What there is to say of how far a photo lies from those of training; nothing within the bound, or unmeasured."""
    if distance is None or distance <= 1:
        return ""
    return (
        "The model is out of its depth: this picture is unlike the photos that it learnt from, so the sentence is a "
        f"guess (its distance is {distance:.1f}, where 19 in 20 photos of that kind stay below 1)."
    )
