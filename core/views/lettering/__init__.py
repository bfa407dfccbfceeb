"""Text in pictures, in every script that a story, a question or a caption is likely to be written in.

Pillow's own font has Latin only, and draws a box for the rest. Here a text is drawn in the first font of a chain that
has all of it; where none has, it is cut into runs of which each has one. Letters are joined and put in the order of
reading by Pillow's Raqm; where that is missing (its wheels look for libfribidi on the machine, which Windows and macOS
lack), Arabic and Hebrew stand letter by letter from left to right.

What no font here has is a box: Gujarati, Gurmukhi, Tibetan, scripts of fewer readers, and rare Chinese characters.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

from core.views.text import plain

FONTS = Path(__file__).parent / "fonts"  # what each has, and its licence, is in LICENCES.md there
NOTO = (
    "Devanagari", "Thai", "Bengali", "Tamil", "Telugu", "Kannada", "Malayalam", "Oriya", "Sinhala", "Lao", "Khmer",
    "Myanmar", "Ethiopic",
)  # fmt: skip
CHAIN = ("", "DejaVuSans", *(f"NotoSans{script}-Regular" for script in NOTO), "DroidSansFallback", "NotoEmoji-Regular")
_JOINER = "\u200d"
_NOBODYS = "\u0378"  # no character: what a font draws for it is what it draws for all that it has not
_BREAKS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]")
_PROBE = 24  # pixels at which it is looked whether a font has a letter

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = str | tuple[int, int, int]


@lru_cache(maxsize=128)
def _font(name: str, size: int) -> Font:
    """A font of the chain; the first is Pillow's own."""
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), size) if name else ImageFont.load_default(size)


def _drawn(name: str, letter: str) -> tuple[tuple[int, int], bytes]:
    """How large a font draws a letter, and its pixels."""
    mask = _font(name, _PROBE).getmask(letter)
    return mask.size, bytes(mask)


@lru_cache(maxsize=len(CHAIN))
def _missing(name: str) -> tuple[tuple[int, int], bytes]:
    return _drawn(name, _NOBODYS)


@lru_cache(maxsize=8192)
def _has(name: str, letter: str) -> bool:
    """Whether a font has a letter: it draws something else than for what it has not."""
    if letter.isspace() or unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f":
        return True  # nothing to be seen: spaces, joiners, choosers of a variant
    drawn = _drawn(name, letter)
    return any(drawn[1]) and drawn != _missing(name)


def _clusters(text: str) -> list[str]:
    """The text in pieces that only one font can draw: a letter with its marks, an emoji with what is joined to it."""
    pieces: list[str] = []
    for letter in text:
        joins = unicodedata.category(letter) in ("Mn", "Mc", "Me", "Cf") or "\U0001f3fb" <= letter <= "\U0001f3ff"
        if pieces and (joins or pieces[-1].endswith(_JOINER)):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _first(text: str) -> str | None:
    """The first font of the chain that has every letter of a text."""
    return next((name for name in CHAIN if all(_has(name, letter) for letter in text)), None)


@lru_cache(maxsize=1024)
def runs(text: str) -> tuple[tuple[str, str], ...]:
    """The text in pieces from left to right, each with the name of the font that it is drawn in."""
    text = _BREAKS.sub(" ", unicodedata.normalize("NFC", plain(text)))
    whole = _first(text)
    if whole is not None:
        return ((whole, text),)
    found: list[tuple[str, str]] = []
    for piece in _clusters(text):
        name = _first(piece) or _first(piece[0]) or CHAIN[0]
        # A space, a digit or a comma stays with what stands before it, so that words are not torn apart.
        if found and not piece[0].isalpha() and all(_has(found[-1][0], letter) for letter in piece):
            name = found[-1][0]
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + piece)
        else:
            found.append((name, piece))
    strong = next((way for letter in text if (way := unicodedata.bidirectional(letter)) in ("L", "R", "AL")), "L")
    return tuple(found if strong == "L" else reversed(found))


def length(text: str, size: int) -> float:
    """How wide a text is, in pixels."""
    return sum(_font(name, size).getlength(piece) for name, piece in runs(text))


def write(pen: ImageDraw.ImageDraw, place: Sequence[float], text: str, size: int, colour: Colour) -> None:
    """Draw a text, its upper left corner at a place; all of it on one line, in whatever fonts."""
    own = _font(CHAIN[0], size)
    rise = own.getmetrics()[0] if isinstance(own, ImageFont.FreeTypeFont) else size
    x, baseline = place[0], place[1] + rise
    for name, piece in runs(text):
        pen.text((x, baseline), piece, fill=colour, font=_font(name, size), anchor="ls")
        x += _font(name, size).getlength(piece)
