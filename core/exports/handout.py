"""Handouts: a tour or a set of exercises as one page that opens offline in any browser and prints well on A4.

As with the other pages to take away nothing is fetched and no script runs. LaTeX becomes MathML, which browsers draw.
"""

import base64
import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from core.tour import Step, Tour
from core.views.text import escape, plain, policy_hash

FOLDER = Path(__file__).parent
_MATH = re.compile(r"\$\$?([^$]+)\$\$?")
_OPEN = re.compile(r"^Open: `([^`]+)`[ \t]*$", re.MULTILINE)
_EXPECT = re.compile(r"^\*\*Expect:\*\*.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Picture:
    """A picture for a step: the bytes of a file, its type such as "image/jpeg", and what is on it."""

    data: bytes
    mime: str
    alt: str


def tour_handout(
    tour: Tour, answers: bool = False, pictures: Mapping[int, Picture] | None = None, date: datetime.date | None = None
) -> bytes:
    """A tour to write on: text, equation and question of every step.

    Args:
        answers: mark the right choices and say why: the teacher's copy.
        pictures: place of a step, from 0 -> its picture.
        date: at the foot; today by default.
    """
    pictures = pictures or {}
    parts = [_step(n, step, answers, pictures.get(n)) for n, step in enumerate(tour.steps)]
    return _page(tour.title, tour.about, parts, answers, date)


def exercises_handout(document: str, answers: bool = False, date: datetime.date | None = None) -> bytes:
    """The exercises of ``docs/teaching.md``, each with room to write; what to expect only with ``answers``."""
    parts = []
    for title, text in exercises(document):
        text = _OPEN.sub(r"Begin at: `\1`", text)
        if not answers:
            text = _EXPECT.sub("", text)
        room = "" if answers else '<div class="lines"></div>'
        parts.append(f"<section><h2>{escape(title)}</h2>{markdown(text)}{room}</section>")
    return _page("Exercises", "What did you expect, and what did you see?", parts, answers, date)


def sections(document: str, level: int = 2) -> list[tuple[str, str]]:
    """The sections of a Markdown text under headings of a level: titles and texts."""
    parts = re.split(rf"^{'#' * level} (.+)$", document, flags=re.MULTILINE)
    return [(title.strip(), text.strip()) for title, text in zip(parts[1::2], parts[2::2], strict=True)]


def exercises(document: str) -> list[tuple[str, str]]:
    """The exercises of ``docs/teaching.md``: titles with their numbers, and texts."""
    return sections(dict(sections(document)).get("Exercises", ""), level=3)


def _step(n: int, step: Step, answers: bool, picture: Picture | None) -> str:
    parts = [f"<h2>{n + 1}. {escape(step.title)}</h2>"]
    if picture:
        data = base64.b64encode(picture.data).decode("ascii")
        parts.append(f'<img src="data:{picture.mime};base64,{data}" alt="{escape(picture.alt)}">')
    parts.append(markdown(step.text))
    if step.equation:
        symbols = ", ".join(f"{mathml(symbol)}: {_inline(what)}" for symbol, what in step.symbols.items())
        parts.append(f'<div class="equation">{mathml(step.equation, block=True)}<p>{symbols}</p></div>')
    if story := step.settings.get("story"):
        rows = "".join(f"<tr><td>{escape(sentence)}</td><td></td><td></td><td></td></tr>" for sentence in story)
        heads = "".join(f'<th scope="col">{name}</th>' for name in ("sentence", "score", "exp", "weight"))
        asked = escape(str(step.settings.get("question", "")))
        parts.append(f"<table><caption>{asked}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
    if question := step.question:
        choices = []
        for k, choice in enumerate(question.choices):
            right = answers and k == question.right
            mark = "☑" if right else "☐"
            text = f"<b>{escape(choice)}</b>" if right else escape(choice)
            choices.append(f"<li>{mark} {text}</li>")
        why = f"<p><em>{escape(question.why)}</em></p>" if answers else ""
        parts.append(f'<p class="ask">{escape(question.ask)}</p><ul class="choices">{"".join(choices)}</ul>{why}')
    return f"<section>{''.join(parts)}</section>"


def markdown(text: str) -> str:
    """Markdown as HTML, its formulas as MathML; HTML in it stays text."""
    from markdown_it import MarkdownIt

    formulas: list[str] = []

    def keep(match: re.Match) -> str:
        formulas.append(mathml(match[1]))
        return f"\ue000{len(formulas) - 1}\ue001"  # from the private area, which no text of ours uses

    kept = _MATH.sub(keep, re.sub("[\ue000\ue001]", "", plain(text)))
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(kept)
    return re.sub("\ue000(\\d+)\ue001", lambda match: formulas[int(match[1])], html)


def _inline(text: str) -> str:
    return markdown(text).strip().removeprefix("<p>").removesuffix("</p>")


def mathml(latex: str, block: bool = False) -> str:
    """LaTeX as MathML; as the text that it is where it cannot be read."""
    from latex2mathml.converter import convert

    try:
        return convert(latex, display="block" if block else "inline")
    except Exception:  # whatever its parser trips over: a handout with a formula as text is better than none
        return f"<code>{escape(latex)}</code>"


def _page(title: str, about: str, parts: Sequence[str], answers: bool, date: datetime.date | None) -> bytes:
    date = date or datetime.date.today()
    style = (FOLDER / "handout.css").read_text(encoding="utf-8")
    page = Template((FOLDER / "handout.html").read_text(encoding="utf-8")).substitute(
        title=escape(title) + (", with answers" if answers else ""),
        about=escape(about),
        style=style,
        style_hash=policy_hash(style),
        name="" if answers else '<p class="name">Name <span></span> Date <span></span></p>',
        parts="\n".join(parts),
        made=f"Made with Glimpse, {date.day} {date:%B %Y}.",
    )
    return page.encode("utf-8")
