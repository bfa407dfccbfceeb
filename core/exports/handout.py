"""Handouts: a tour or a set of exercises as one page that opens offline in any browser and prints well on A4.

As with the other pages to take away nothing is fetched and no script runs. LaTeX becomes MathML, which browsers draw.
Where the address of the app is known, the page says it, and shows it to the cameras of phones.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from core.exports.addresses import qr_code
from core.exports.templates import render
from core.tour import Tour
from core.views.text import plain

_MATH = re.compile(r"\$\$?([^$]+)\$\$?")
_OPEN = re.compile(r"^Open: `([^`]+)`[ \t]*$", re.MULTILINE)
_STYLES = re.compile(r' style="[^"]*"')  # the page's policy allows its own style sheet alone
_EXPECT = re.compile(r"^\*\*Expect:\*\*.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Picture:
    """A picture for a step: the bytes of a file, its type such as "image/jpeg", and what is on it."""

    data: bytes
    mime: str
    alt: str


def tour_handout(
    tour: Tour,
    answers: bool = False,
    pictures: Mapping[int, Picture] | None = None,
    date: datetime.date | None = None,
    address: str = "",
) -> bytes:
    """A tour to write on: text, equation and question of every step.

    Args:
        answers: mark the right choices and say why: the teacher's copy.
        pictures: place of a step, from 0 -> its picture.
        date: at the foot; today by default.
        address: where the class opens the app, "http://192.168.1.20:8501" say; empty where that is not known.
    """
    begin = f"{address}/learn?tour={tour.name}" if address else ""
    return _handout("tour", tour.title, tour.about, answers, date, begin, steps=tour.steps, pictures=pictures or {})


def exercises_handout(
    document: str, answers: bool = False, date: datetime.date | None = None, address: str = ""
) -> bytes:
    """The exercises of ``docs/teaching.md``, each with room to write; what to expect only with ``answers``.

    Args:
        date, address: as for :func:`tour_handout`.
    """
    about = "What did you expect, and what did you see?"
    told = []
    for title, text in exercises(document):
        link = _OPEN.search(text)
        begin = f"{address}/{link[1]}" if address and link else ""
        text = _OPEN.sub("" if begin else r"Begin at: `\1`", text)
        told.append((title, begin, text if answers else _EXPECT.sub("", text)))
    return _handout("exercises", "Exercises", about, answers, date, address, exercises=told)


def sections(document: str, level: int = 2) -> list[tuple[str, str]]:
    """The sections of a Markdown text under headings of a level: titles and texts."""
    parts = re.split(rf"^{'#' * level} (.+)$", document, flags=re.MULTILINE)
    return [(title.strip(), text.strip()) for title, text in zip(parts[1::2], parts[2::2], strict=True)]


def exercises(document: str) -> list[tuple[str, str]]:
    """The exercises of ``docs/teaching.md``: titles with their numbers, and texts."""
    return sections(dict(sections(document)).get("Exercises", ""), level=3)


def markdown(text: str, inline: bool = False) -> Markup:
    """Markdown as HTML, its formulas as MathML; HTML in it stays text. ``inline``: without the paragraph around it."""
    from markdown_it import MarkdownIt

    formulas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        formulas.append(mathml(match[1]))
        return f"\ue000{len(formulas) - 1}\ue001"  # from the private area, which no text of ours uses

    kept = _MATH.sub(keep, re.sub("[\ue000\ue001]", "", plain(text)))
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(kept)
    if inline:
        html = html.strip().removeprefix("<p>").removesuffix("</p>")
    return Markup(re.sub("\ue000(\\d+)\ue001", lambda match: formulas[int(match[1])], html))


def mathml(latex: str, block: bool = False) -> Markup:
    """LaTeX as MathML; as the text that it is where it cannot be read."""
    from math_core import LatexError, LatexToMathML

    try:
        converted = LatexToMathML().convert_with_local_state(latex, displaystyle=block)
    except LatexError:  # a handout with a formula as text is better than none
        return Markup("<code>{}</code>").format(plain(latex))
    return Markup(_STYLES.sub("", converted))


def _handout(
    kind: str, title: str, about: str, answers: bool, date: datetime.date | None, begin: str, **shown: object
) -> bytes:
    return render(
        f"handout_{kind}.html",
        "handout.css",
        title=title + (", with answers" if answers else ""),
        about=about,
        answers=answers,
        date=date or datetime.date.today(),
        begin=begin,
        qr_code=qr_code,
        markdown=markdown,
        mathml=mathml,
        **shown,
    )
