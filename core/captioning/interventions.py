"""What if: a viewer's choices about captions of one photo, as plain data to name, undo and put into a link.

A choice about a word keeps the words before it and has the rest decoded again, so choices about later words fall
away. A region blanked out of the photo is a choice about all words, and about every model that sees the photo.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from PIL import Image, ImageDraw

from core.captioning.settings import MAX_WORDS, Decisions
from core.trace import CaptionTrace

Grid = tuple[int, int]  # rows and columns, as a trace names them; cell = row * columns + column

MAX_TEXT = 4000  # characters of choices in a link
MAX_FORBIDDEN = 40  # words in one caption
GREY = (127, 127, 127)  # what is blanked: the middle of the range, which the encoder sees as zero

_REGIONS = (
    "upper left", "upper centre", "upper right",
    "left", "centre", "right",
    "lower left", "lower centre", "lower right",
)  # fmt: skip
_UNREADABLE = "The what-if in this link cannot be read, so it was left out."


@dataclass(frozen=True)
class Gaze:
    """Where the model is made to look before word ``step``, or before that word and all after it (``onward``)."""

    step: int
    cells: tuple[int, ...]
    onward: bool = False


@dataclass(frozen=True)
class Edits:
    """What is decided about one model's caption.

    Attributes:
        words: the first words as they must stand: those that the viewer chose, and the model's own before the last
            choice.
        chosen: the places in ``words`` of the viewer's own.
        gazes: at most one a step, by step.
        forbidden: (step, a word that may not be written there; the end among them), in order.
    """

    words: tuple[str, ...] = ()
    chosen: frozenset[int] = frozenset()
    gazes: tuple[Gaze, ...] = ()
    forbidden: tuple[tuple[int, str], ...] = ()

    @property
    def free(self) -> bool:
        """Nothing is decided."""
        return not (self.words or self.gazes or self.forbidden)

    def with_word(self, trace: CaptionTrace, step: int, word: str) -> Edits:
        """Also have ``word`` at a step of ``trace``, the caption that these edits led to.

        Raises:
            ValueError: the caption has no such step.
        """
        _check_step(trace, step)
        return Edits(
            words=(*trace.words[:step], word),
            chosen=frozenset(n for n in self.chosen if n < step) | {step},
            gazes=tuple(gaze for gaze in self.gazes if gaze.step <= step),
        )

    def with_gaze(self, trace: CaptionTrace, step: int, cells: Iterable[int], onward: bool = False) -> Edits:
        """Also look at ``cells`` before a step of ``trace``, the caption that these edits led to.

        Raises:
            ValueError: the caption has no such step, or the cells are none of the grid.
        """
        _check_step(trace, step)
        gaze = Gaze(step, _checked_cells(cells, trace.grid), onward)
        if not gaze.cells:
            raise ValueError("A gaze is on one or more cells.")
        length = step + 1 if step in self.chosen else step
        return Edits(
            words=tuple(trace.words[:length]),
            chosen=frozenset(n for n in self.chosen if n <= step),
            gazes=(*(other for other in self.gazes if other.step < step), gaze),
            forbidden=tuple((n, word) for n, word in self.forbidden if length <= n <= step),
        )

    def without_word(self, step: int, word: str) -> Edits:
        """Also have any other word than ``word`` at a step, or go on there where it is the end.

        Unlike a word that is chosen it leaves the words before it free: another beginning may be likelier now.

        Raises:
            ValueError: no caption has so many words, or so many words are forbidden already.
        """
        if not (isinstance(step, int) and 0 <= step <= MAX_WORDS):
            raise ValueError("The caption has no such word.")
        forbidden = {one for one in self.forbidden if one[0] <= step} | {(step, word)}
        if len(forbidden) > MAX_FORBIDDEN:
            raise ValueError(f"Up to {MAX_FORBIDDEN} words can be forbidden in one caption.")
        return Edits(
            words=self.words[:step],
            chosen=frozenset(n for n in self.chosen if n < step),
            gazes=tuple(gaze for gaze in self.gazes if gaze.step <= step),
            forbidden=tuple(sorted(forbidden)),
        )

    def cells(self) -> dict[int, tuple[int, ...]]:
        """Step -> the cells that may be looked at there, for every step at which a gaze holds."""
        held: dict[int, tuple[int, ...]] = {}
        for gaze in self.gazes:
            if gaze.onward:
                held |= dict.fromkeys(range(gaze.step, MAX_WORDS + 1), gaze.cells)
        return held | {gaze.step: gaze.cells for gaze in self.gazes}

    def decisions(self) -> Decisions:
        """What decoding is told."""
        forbidden: dict[int, list[str]] = {}
        for step, word in self.forbidden:
            forbidden.setdefault(step, []).append(word)
        return Decisions(dict(enumerate(self.words)), self.cells(), forbidden)


@dataclass(frozen=True)
class Changes:
    """All that was changed about one photo and its captions.

    Attributes:
        blank: the cells blanked out of the photo, in order.
        edits: model -> what is decided about its caption; a model without an entry is free.
    """

    blank: tuple[int, ...] = ()
    edits: Mapping[str, Edits] = field(default_factory=dict)

    def of(self, model: str) -> Edits:
        return self.edits.get(model, Edits())

    def with_edits(self, model: str, edits: Edits) -> Changes:
        return replace(self, edits={**self.edits, model: edits})

    def with_blank(self, cells: Iterable[int], grid: Grid) -> Changes:
        """Also blank out these cells of a grid.

        Raises:
            ValueError: they are none of the grid.
        """
        return replace(self, blank=_checked_cells((*self.blank, *cells), grid))

    def to_text(self) -> str:
        """For a link: ``soft(a dog runs* @2=17-19 @4+=5 !6=cat) (30-33)``; see :meth:`from_text`.

        A section a model, then the blanked cells. ``*`` marks the viewer's own words, ``@`` a gaze, ``+`` "and from
        there on", ``!`` a word that is forbidden there. Names and words are percent-encoded, so that they hold none of
        these signs.
        """
        sections = []
        for model, edits in self.edits.items():
            words = [quote(w, safe="") + "*" * (n in edits.chosen) for n, w in enumerate(edits.words)]
            gazes = [f"@{gaze.step}{'+' * gaze.onward}={_runs(gaze.cells)}" for gaze in edits.gazes]
            without = [f"!{step}={quote(word, safe='')}" for step, word in edits.forbidden]
            sections.append(f"{quote(model, safe='')}({' '.join(words + gazes + without)})")
        return " ".join([*sections, *([f"({_runs(self.blank)})"] if self.blank else [])])

    @classmethod
    def from_text(cls, text: str, grid: Grid) -> Changes:
        """Read what :meth:`to_text` wrote, or what somebody made of it, about captions with looks over this grid.

        Raises:
            ValueError: it cannot be read, or speaks of cells or steps that do not exist.
        """
        if len(text) > MAX_TEXT or not re.fullmatch(r"(?:[^() ]*\([^()]*\) ?)*", text):
            raise ValueError(_UNREADABLE)
        changes = cls()
        for model, content in re.findall(r"([^() ]*)\(([^()]*)\)", text):
            if model:
                changes = changes.with_edits(unquote(model), _read_edits(content.split(), grid))
            else:
                changes = changes.with_blank(_read_runs(content, grid), grid)
        return changes


def blank_out(photo: Image.Image, cells: Sequence[int], grid: Grid) -> Image.Image:
    """The photo with cells of its grid painted grey; without any, the photo itself."""
    if not cells:
        return photo
    rows, columns = grid
    painted = photo.copy()
    pen = ImageDraw.Draw(painted)
    for cell in cells:
        row, column = divmod(cell, columns)
        left, right = (round(c * photo.width / columns) for c in (column, column + 1))
        top, bottom = (round(r * photo.height / rows) for r in (row, row + 1))
        pen.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=GREY)
    return painted


def region(row: float, column: float, rows: int, columns: int) -> str:
    """The ninth of the photo in which a cell lies, in words."""
    return _REGIONS[3 * int(3 * (row + 0.5) / rows) + int(3 * (column + 0.5) / columns)]


def matching(words: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Which words of one sentence stand in the other, in the same order: place -> place."""
    blocks = difflib.SequenceMatcher(None, words, other, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}


def _check_step(trace: CaptionTrace, step: int) -> None:
    if not (isinstance(step, int) and 0 <= step < len(trace.steps)):
        raise ValueError("The caption has no such word.")


def _checked_cells(cells: Iterable[int], grid: Grid) -> tuple[int, ...]:
    found, count = sorted(set(cells)), grid[0] * grid[1]
    if not all(isinstance(cell, int) and 0 <= cell < count for cell in found):
        raise ValueError(f"Cells are numbered from 0 to {count - 1}.")
    return tuple(found)


def _runs(cells: Sequence[int]) -> str:
    """(3, 4, 5, 9) -> "3-5.9": short for the rectangles that people draw."""
    runs: list[list[int]] = []
    for cell in cells:
        if runs and cell == runs[-1][1] + 1:
            runs[-1][1] = cell
        else:
            runs.append([cell, cell])
    return ".".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _read_runs(text: str, grid: Grid) -> tuple[int, ...]:
    cells: set[int] = set()
    for run in text.split("."):
        if not re.fullmatch(r"[0-9]{1,4}(-[0-9]{1,4})?", run):
            raise ValueError(_UNREADABLE)
        first, _, last = run.partition("-")
        cells.update(range(int(first), int(last or first) + 1))
    return _checked_cells(cells, grid)


def _read_edits(tokens: Sequence[str], grid: Grid) -> Edits:
    words: list[str] = []
    gazes: dict[int, Gaze] = {}
    forbidden: set[tuple[int, str]] = set()
    for token in tokens:
        if without := re.fullmatch(r"!([0-9]{1,2})=([\w.~%'-]+)", token):
            forbidden.add((int(without[1]), unquote(without[2])))
        elif gaze := re.fullmatch(r"@([0-9]{1,2})(\+?)=([0-9.-]+)", token):
            step = int(gaze[1])
            gazes[step] = Gaze(step, _read_runs(gaze[3], grid), bool(gaze[2]))
        elif re.fullmatch(r"[\w.~%'-]+\*?", token):
            words.append(token)
        else:
            raise ValueError(_UNREADABLE)
    late = max((step for step, _ in forbidden), default=0) > MAX_WORDS or max(gazes, default=0) >= MAX_WORDS
    if late or len(words) > MAX_WORDS or len(forbidden) > MAX_FORBIDDEN:
        raise ValueError(_UNREADABLE)
    return Edits(
        words=tuple(unquote(word.removesuffix("*")) for word in words),
        chosen=frozenset(n for n, word in enumerate(words) if word.endswith("*")),
        gazes=tuple(gazes[step] for step in sorted(gazes)),
        forbidden=tuple(sorted(forbidden)),
    )
