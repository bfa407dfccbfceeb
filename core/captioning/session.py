"""The state of a photo's what-ifs: a tree of changed captions, undo and redo, names, and the link to all of it.

Nothing is decoded here. A what-if comes as a request and leaves as a :class:`Growth`, which says what to decode; with
the captions that come of it the branch grows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from PIL import Image

from core.captioning.interventions import Changes, Grid, region
from core.captioning.settings import END_WORD, Settings
from core.trace import CaptionTrace

MAX_BRANCHES = 40
MAX_NAME = 60  # characters

_UNREADABLE = "This what-if cannot be read."


@dataclass(frozen=True)
class CaptionRequest:
    """What is looked at: one photo, some models, and how they decode.

    Attributes:
        photo_id: tells photos apart; the photo itself takes no part in comparing requests.
        photo: upright RGB.
        alt: what is on it.
    """

    photo_id: str
    photo: Image.Image = field(repr=False, compare=False)
    alt: str = field(repr=False, compare=False)
    models: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True)
class Branch:
    """One way that things went: the changes, and the captions that they led to.

    Attributes:
        id: its number in the session; 0 is the original.
        name: what the viewer calls it.
        parent: the branch that it grew from; None for the original.
        changes: from the original.
        traces: model -> caption.
    """

    id: int
    name: str
    parent: int | None
    changes: Changes
    traces: Mapping[str, CaptionTrace]


@dataclass(frozen=True)
class Growth:
    """A branch to be: what to decode, and what it then is called.

    Attributes:
        changes: from the original; what to decode.
        name: of the branch, before it is told apart from others of that name.
        step: the word that was changed; None where the whole caption was.
    """

    changes: Changes
    name: str
    step: int | None = None


@dataclass(frozen=True)
class CaptionSession:
    """The branches of one view and the one that is looked at. Never changed: every step gives a new session."""

    branches: tuple[Branch, ...]
    current_id: int = 0

    @classmethod
    def begin(cls, traces: Mapping[str, CaptionTrace]) -> CaptionSession:
        return cls((Branch(0, "Original", None, Changes(), traces),))

    @property
    def current(self) -> Branch:
        return self.branch(self.current_id)

    @property
    def original(self) -> Branch:
        return self.branches[0]

    @property
    def grid(self) -> Grid:
        """Of the captions' looks; the models of one view see one grid."""
        return next(iter(self.original.traces.values())).grid

    def branch(self, id: int | None) -> Branch:
        """The branch of a number; the original if it is no longer there."""
        return next((branch for branch in self.branches if branch.id == id), self.branches[0])

    # --- what a viewer asks for ---------------------------------------------------------------------------------

    def asked(self, what: Mapping[str, object]) -> tuple[CaptionSession, Growth]:
        """What the browser's part asks for: the session at the branch that was meant, and what to decode for it.

        Raises:
            ValueError: it cannot be read, or not be.
        """
        try:
            branch_id, _, model = str(what["view"]).partition(":")
            if not (branch_id.isdecimal() and len(branch_id) < 6):
                raise KeyError(branch_id)
            session = self.go(int(branch_id))
            return session, session._growth(model, what)
        except (KeyError, TypeError) as error:
            raise ValueError(_UNREADABLE) from error

    def _growth(self, model: str, what: Mapping[str, object]) -> Growth:
        branch, step, kind = self.current, what["step"], what["kind"]
        trace, edits = branch.traces[model], branch.changes.of(model)
        prefix = f"{model}: " if len(branch.traces) > 1 else ""
        if not isinstance(step, int):
            raise TypeError(step)
        if kind == "forbid":
            word = str(what["word"])
            changes = branch.changes.with_edits(model, edits.without_word(step, word))
            return Growth(changes, f"{prefix}{'not ending there' if word == END_WORD else f'without “{word}”'}", step)
        if kind == "word":
            word = str(what["word"])
            changes = branch.changes.with_edits(model, edits.with_word(trace, step, word))
            return Growth(changes, f"{prefix}“{word}” for “{trace.words[step]}”", step)
        cells = what["cells"]
        if not (isinstance(cells, list) and cells):
            raise TypeError(cells)
        if kind == "gaze":
            onward = bool(what["onward"])
            changes = branch.changes.with_edits(model, edits.with_gaze(trace, step, cells, onward))
            reach = "from" if onward else "before"
            return Growth(changes, f"{prefix}{self._region(cells)} {reach} “{trace.words[step]}”{' on' * onward}", step)
        if kind == "blank":
            return Growth(branch.changes.with_blank(cells, self.grid), f"without the {self._region(cells)}", step)
        raise KeyError(kind)

    def _region(self, cells: Sequence[int]) -> str:
        """Where the middle of some cells lies, in words."""
        rows, columns = self.grid
        row = sum(cell // columns for cell in cells) / len(cells)
        return region(row, sum(cell % columns for cell in cells) / len(cells), rows, columns)

    def grow(self, growth: Growth, traces: Mapping[str, CaptionTrace]) -> CaptionSession:
        """A new branch on the current one, which then is the current one; of many the oldest goes.

        Where a branch has these changes already it becomes the current one.
        """
        for branch in self.branches:
            if branch.changes == growth.changes:
                return self.go(branch.id)
        id = max(branch.id for branch in self.branches) + 1
        branch = Branch(id, self._free(growth.name), self.current_id, growth.changes, traces)
        kept = self.branches[1:][-(MAX_BRANCHES - 2) :]
        return CaptionSession((self.branches[0], *kept, branch), id)

    def rename(self, name: str) -> CaptionSession:
        """The current branch by another name; an empty one changes nothing."""
        name = " ".join(name.split())[:MAX_NAME]
        if not name or name == self.current.name:
            return self
        renamed = replace(self.current, name=self._free(name))
        branches = tuple(renamed if branch.id == self.current_id else branch for branch in self.branches)
        return CaptionSession(branches, self.current_id)

    def go(self, id: int) -> CaptionSession:
        """Look at another branch."""
        return replace(self, current_id=self.branch(id).id)

    def undo(self) -> CaptionSession:
        """Look at the branch that the current one grew from. No branch is lost by it."""
        return self.go(self.current.parent or 0)

    @property
    def redone(self) -> Branch | None:
        """The latest branch that grew from the current one; None where none did."""
        return next((one for one in reversed(self.branches) if one.parent == self.current_id), None)

    def redo(self) -> CaptionSession:
        """Look at :attr:`redone`; nothing happens where there is none."""
        return self.go(self.redone.id) if self.redone else self

    def remove(self) -> CaptionSession:
        """Without the current branch, unless it is the original; what grew from it then grew from where it did."""
        gone = self.current
        if gone is self.original:
            return self
        branches = tuple(
            replace(branch, parent=gone.parent) if branch.parent == gone.id else branch
            for branch in self.branches
            if branch is not gone
        )
        return CaptionSession(branches).go(gone.parent or 0)

    def _free(self, name: str) -> str:
        """The name, numbered where another branch has it."""
        taken, n, free = {branch.name for branch in self.branches}, 1, name
        while free in taken:
            n += 1
            free = f"{name} ({n})"
        return free

    # --- the link -----------------------------------------------------------------------------------------------

    def link(self) -> str:
        """The part of a link that leads here; empty for the original."""
        return self.current.changes.to_text()

    def follow(self, text: str) -> tuple[CaptionSession, Growth | None]:
        """Where that part of a link leads: to a branch that there is, or to one that has yet to be decoded.

        Raises:
            ValueError: it cannot be read.
        """
        for branch in self.branches:
            if branch.changes.to_text() == text:
                return self.go(branch.id), None
        changes = Changes.from_text(text, self.grid)
        known = {model: edits for model, edits in changes.edits.items() if model in self.original.traces}
        return self, Growth(replace(changes, edits=known), "From the link")


def first_step(trace: CaptionTrace, kept: int | None, link: str, otherwise: int) -> int:
    """The word to begin with: the one that stays, as far as the caption goes; else the link's, counted from 1; else
    the given one.
    """
    if kept is None:
        kept = int(link) - 1 if link.isdecimal() and len(link) < 4 else -1
        return kept if 0 <= kept < len(trace.steps) else otherwise
    return min(kept, len(trace.steps) - 1) if trace.steps else otherwise
