"""A tour is a folder: ``tour.toml`` names it and its steps, a Markdown file each with settings in front (TOML).

Anybody may write one and put it beside the others, so sizes are bounded, only plain data is read, and every mistake is
told in a sentence that names the file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.tour.exhibits import EXHIBITS, SettingError

ROOT = Path(__file__).parent / "tours"
ABOUT = "tour.toml"
MAX_TOURS = 40
MAX_STEPS = 30
MAX_BYTES = 30_000  # of one file
MAX_TEXT = 2_000  # characters of a step's text: one idea a screen
PAGES = ("explore", "compare", "stories", "learn_live", "results", "teach")

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_STEP_FILE = re.compile(r"(?:([a-z0-9][a-z0-9-]{0,39})/)?([a-z0-9][a-z0-9-]{0,59}\.md)")
_FRONT = re.compile(r"\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n(.*))?", re.DOTALL)


class TourError(ValueError):
    """A tour that cannot be read; the message is a sentence that names the file and the mistake."""


@dataclass(frozen=True)
class Choice:
    """An answer to choose.

    Attributes:
        reply: what is said to whoever chose it: why it is right, or what speaks against it.
    """

    says: str
    reply: str


@dataclass(frozen=True)
class Question:
    """What a viewer can check at the end of a step.

    Attributes:
        right: the place of the right choice, from 0.
    """

    ask: str
    choices: tuple[Choice, ...]
    right: int


@dataclass(frozen=True)
class Step:
    """One screen of a tour.

    Attributes:
        text: Markdown.
        equation: LaTeX; empty where there is none.
        symbols: symbol in LaTeX -> what it stands for.
        code: where the equation is in the code, ``file.py: name``; empty where nowhere.
        exhibit, settings: what is shown, and how (see :mod:`core.tour.exhibits`).
        page: where the link leads, one of :data:`PAGES`; empty for no link.
        link: what is put into its address beside the state of the exhibit.
        file: where the step was read from.
    """

    title: str
    text: str
    equation: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    exhibit: str = "none"
    settings: Mapping[str, object] = field(default_factory=dict)
    question: Question | None = None
    page: str = ""
    link: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    file: str = ""


@dataclass(frozen=True)
class Tour:
    """Steps in order."""

    name: str
    title: str
    minutes: int
    about: str
    steps: tuple[Step, ...]


def read_tours(root: Path = ROOT, complain: Callable[[TourError], object] | None = None) -> dict[str, Tour]:
    """The tours in a folder by name, the longest first.

    Args:
        complain: is given the error of every tour that cannot be read, which is left out; None raises.

    Raises:
        TourError: a tour cannot be read, and there is no ``complain``.
    """
    tours = []
    for folder in sorted(root.glob(f"*/{ABOUT}"))[:MAX_TOURS]:
        try:
            tours.append(read_tour(folder.parent))
        except TourError as error:
            if complain is None:
                raise
            complain(error)
    return {tour.name: tour for tour in sorted(tours, key=lambda tour: -tour.minutes)}


def read_tour(folder: Path) -> Tour:
    """One tour.

    Raises:
        TourError: a file is missing or too large, or something in it cannot be used.
    """
    path = folder / ABOUT
    if not _NAME.fullmatch(folder.name):
        raise TourError(f"{folder.name}: a tour's folder is named with small letters, digits and hyphens.")
    about = _Table(path, _toml(path, _text(path)))
    title, text = about.text("title", 80), about.text("about", 400)
    minutes = about.whole("minutes", 1, 600)
    files = about.texts("steps", MAX_STEPS, 100)
    about.end()
    steps = []
    for name in files:
        place = _STEP_FILE.fullmatch(name)
        if not place:
            raise TourError(f'{path}: "{name}" is no step; a step is "file.md", or "tour/file.md" of another tour.')
        steps.append(read_step(folder.parent / (place[1] or folder.name) / place[2]))
    return Tour(folder.name, title, minutes, text, tuple(steps))


def read_step(path: Path) -> Step:
    """One step: settings in TOML between two lines ``+++``, then the text in Markdown.

    Raises:
        TourError: the file is missing or too large, or something in it cannot be used.
    """
    parts = _FRONT.fullmatch(_text(path))
    if not parts:
        raise TourError(f"{path}: a step begins with a line +++, settings, a line +++, and then its text.")
    text = (parts[2] or "").strip()
    if len(text) > MAX_TEXT:
        raise TourError(f"{path}: the text has {len(text):,} characters; at most {MAX_TEXT:,} fit on one screen.")
    front = _Table(path, _toml(path, parts[1]))
    title = front.text("title", 80)
    equation, code = front.text("equation", 600, ""), front.text("code", 120, "")
    symbols = front.table("symbols").words()
    show = front.table("show")
    exhibit = show.text("exhibit", 30, "none")
    if exhibit not in EXHIBITS:
        raise TourError(f'{path}: there is no exhibit "{exhibit}"; there are {", ".join(EXHIBITS)}.')
    try:
        settings = EXHIBITS[exhibit].read(show.rest())
    except SettingError as error:
        raise TourError(f"{path}: {error}") from error
    question = _question(path, front.table("question"))
    link = front.table("link")
    page, label = link.text("page", 30, ""), link.text("label", 60, "")
    if page and page not in PAGES:
        raise TourError(f'{path}: a link leads to one of {", ".join(PAGES)}, not to "{page}".')
    words = link.words()
    front.end()
    return Step(title, text, equation, symbols, code, exhibit, settings, question, page, words, label, path.name)


def _question(path: Path, table: _Table) -> Question | None:
    if not table.data:
        return None
    ask, choices = table.text("ask", 300), []
    for choice in table.tables("choices"):
        choices.append(Choice(choice.text("says", 160), choice.text("reply", 500)))
        choice.end()
    if not 2 <= len(choices) <= 5:
        raise TourError(f"{path}: a question has two to five choices.")
    right = table.whole("right", 1, len(choices))
    table.end()
    return Question(ask, tuple(choices), right - 1)


class _Table:
    """What was written in one table of a TOML file; whatever is asked for is taken out of it."""

    def __init__(self, path: Path, data: Mapping[str, Any], name: str = "") -> None:
        self.path, self.data, self.name = path, dict(data), name

    def _where(self, key: str) -> str:
        return f'{self.path}: "{self.name}{key}"'

    def text(self, key: str, most: int, otherwise: str | None = None) -> str:
        value = self.data.pop(key, otherwise)
        if value is None:
            raise TourError(f"{self._where(key)} is missing.")
        if not isinstance(value, str) or len(value) > most or (otherwise is None and not value.strip()):
            raise TourError(f"{self._where(key)} must be a text of at most {most} characters.")
        return value.strip()

    def texts(self, key: str, most: int, longest: int) -> list[str]:
        value = self.data.pop(key, None)
        texts: list[str] = value if isinstance(value, list) else []
        if not 0 < len(texts) <= most or not all(isinstance(one, str) and 0 < len(one) <= longest for one in texts):
            raise TourError(f"{self._where(key)} must be a list of 1 to {most} texts.")
        return texts

    def whole(self, key: str, least: int, most: int) -> int:
        value = self.data.pop(key, None)
        if type(value) is not int or not least <= value <= most:
            raise TourError(f"{self._where(key)} must be a whole number from {least} to {most}.")
        return value

    def table(self, key: str) -> _Table:
        value = self.data.pop(key, {})
        if not isinstance(value, dict):
            raise TourError(f"{self._where(key)} must be a table, [{key}].")
        return _Table(self.path, value, f"{key}.")

    def tables(self, key: str) -> list[_Table]:
        value = self.data.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise TourError(f"{self._where(key)} must be tables, [[{self.name}{key}]].")
        return [_Table(self.path, one, f"{self.name}{key}.") for one in value]

    def rest(self) -> dict[str, Any]:
        rest, self.data = self.data, {}
        return rest

    def words(self) -> dict[str, str]:
        """All that is left, as texts."""
        for key, value in self.data.items():
            if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 400:
                raise TourError(f"{self._where(key)} must be a text or a number.")
        return {key: str(value) for key, value in self.rest().items()}

    def end(self) -> None:
        for key in self.data:
            raise TourError(f"{self._where(key)} is not known here.")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TourError(f"{path} is too large; at most {MAX_BYTES:,} bytes are read.")
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise TourError(f"{path} is not UTF-8 text.") from error
    except OSError as error:
        raise TourError(f"{path} cannot be read: {error.strerror or error}.") from error


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TourError(f"{path}: the settings are not TOML: {error}.") from error
