"""The state of a story page: a story with its questions, the current one, what was changed; and the link to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from core.memory.document import Document, is_name
from core.memory.examples import FIRST, read_stories
from core.memory.interventions import Changes
from core.memory.story import StoryError, split_story

YOURS, NEW = "yours", "new"  # a story that a viewer typed, and one that was made to order
LINKED = ("example", "story", "question", "what")  # the names of a link's parts
MAX_PAST = 50

ELSEWHERE = "The story of this link is too long for one, and is not kept in this browser, so an example is shown."
_NOTHING: Mapping[str, Document] = MappingProxyType({})
_UNREADABLE = "This what-if cannot be read."


@dataclass(frozen=True)
class StorySession:
    """Never changed: every step gives a new one.

    Attributes:
        document: the story and its questions.
        name: the example's id, :data:`YOURS` or :data:`NEW`.
        question: the number of the one that is looked at, from 0.
        changes: what was changed about the story and the looks.
        past: the changes before, for undo; the last one last.
    """

    document: Document
    name: str
    question: int = 0
    changes: Changes = Changes()
    past: tuple[Changes, ...] = ()

    @classmethod
    def example(cls, id: str = FIRST) -> StorySession:
        return cls(read_stories()[id].document, id)

    def retyped(self, story: str, questions: str) -> StorySession:
        """What the viewer has typed now. Changes hold only for the story that they were made to."""
        document = self.document.retyped(story, questions)
        if document == self.document:
            return self
        changes = Changes() if story != self.document.story else replace(self.changes, looks={})
        return StorySession(document, YOURS, self.question, changes)

    def mended(self, old: str, new: str) -> StorySession:
        """A sentence or a question in other words, as if the viewer had typed it so.

        Raises:
            StoryError: there is nothing left of it, or it does not stand in the story as it was read.
        """
        new = new.strip()
        if not new:
            raise StoryError("Type the sentence in other words first.")
        for part in ("questions", "story"):
            text = getattr(self.document, part)
            if old in text:
                changed = {"story": self.document.story, "questions": self.document.questions}
                changed[part] = text.replace(old, new, 1)
                return self.retyped(**changed)
        raise StoryError("The sentence does not stand there as it was read; change it in the editor above.")

    def asked(self, what: Mapping[str, Any], sentences: Sequence[str]) -> StorySession:
        """What the browser's part asks for; ``sentences`` are those of the story as told.

        Raises:
            StoryError: it cannot be.
        """
        try:
            kind = what["kind"]
            if kind == "question":
                return replace(self, question=max(0, int(what["question"])))
            if kind == "undo":
                *past, changes = self.past or (self.changes,)
                return replace(self, changes=changes, past=tuple(past))
            changes = self._changed(kind, what, sentences)
        except (KeyError, TypeError, ValueError) as error:
            raise error if isinstance(error, StoryError) else StoryError(_UNREADABLE) from error
        if changes == self.changes:
            return self
        return replace(self, changes=changes, past=(*self.past, self.changes)[-MAX_PAST:])

    def _changed(self, kind: str, what: Mapping[str, Any], sentences: Sequence[str]) -> Changes:
        if kind == "reset":
            return Changes()
        if kind == "remove":
            return self.changes.without(sentences, what["row"])
        if kind == "again":
            return self.changes.with_again(what["row"])
        if kind == "edit":
            return self.changes.with_sentence(sentences, what["row"], str(what["text"]))
        if kind == "look":
            return self.changes.with_look(sentences, self.question, str(what["model"]), int(what["hop"]), what["row"])
        raise StoryError(_UNREADABLE)

    def link(self) -> dict[str, str]:
        """The parts of a link that lead here; of a story that is too long for one it has the name alone."""
        parts = {}
        if self.name in read_stories():
            if self.name != FIRST:
                parts["example"] = self.name
        else:
            parts["story"] = self.document.to_text() or self.document.name
        if self.question:
            parts["question"] = str(self.question + 1)
        if self.changes:
            parts["what"] = self.changes.to_text()
        return parts


def follow(link: Mapping[str, str], kept: Mapping[str, Document] = _NOTHING) -> tuple[StorySession, list[str]]:
    """Where a link leads, and a sentence for each of its parts that leads nowhere.

    ``kept``: by their names, the stories that are known though they are too long for a link.
    """
    complaints = []
    session = StorySession.example(link["example"] if link.get("example") in read_stories() else FIRST)
    if link.get("story"):
        try:
            session = StorySession(kept.get(link["story"]) or Document.from_text(link["story"]), YOURS)
        except StoryError as error:
            return session, [ELSEWHERE if is_name(link["story"]) else str(error)]  # the rest is about that story
    number = link.get("question", "")
    if number.isdecimal() and len(number) < 5:
        session = replace(session, question=max(0, int(number) - 1))
    if link.get("what"):
        try:
            session = replace(session, changes=Changes.from_text(link["what"], split_story(session.document.story)))
        except StoryError as error:
            complaints.append(str(error))
    return session, complaints
