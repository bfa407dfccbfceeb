"""A story as it was typed, with its questions and what is known about their answers; and the same in a link."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from core.memory.story import MAX_CHARACTERS, StoryError, split_story

MAX_LINK = 6_000  # characters of a story in a link, packed; browsers and mail programs pass on longer ones badly
MAX_LABELS = 100
_MAX_BYTES = 4 * MAX_CHARACTERS  # unpacked

_KEPT = "kept."  # a point: no packed story has one
_UNREADABLE = "The story in this link cannot be read, so an example is shown."


@dataclass(frozen=True)
class Label:
    """What is known about a question.

    Attributes:
        question: as asked.
        answer: the right one, in bAbI's form.
        facts: indices of the sentences that one needs for it, in their order.
    """

    question: str
    answer: str
    facts: tuple[int, ...]


@dataclass(frozen=True)
class Document:
    """What is in the editor.

    Attributes:
        story: as typed.
        questions: as typed.
        labels: what is known about questions; nothing about those that a viewer types.
    """

    story: str
    questions: str
    labels: tuple[Label, ...] = ()

    @classmethod
    def of(cls, sentences: Sequence[str], labels: Sequence[Label]) -> Document:
        """A story whose answers are known, one sentence and one question a line."""
        return cls("\n".join(sentences), "\n".join(label.question for label in labels), tuple(labels))

    def label(self, question: str) -> Label | None:
        """What is known about a question as :func:`~core.memory.story.split_questions` gives it."""
        return next((label for label in self.labels if label.question == question), None)

    def retyped(self, story: str, questions: str) -> Document:
        """What a viewer made of it. What was known is known still where the story is the same."""
        return Document(story, questions, self.labels if story == self.story else ())

    def to_json(self) -> str:
        """All of it."""
        content: list[object] = [self.story, self.questions]
        if self.labels:
            content.append([[label.question, label.answer, label.facts] for label in self.labels])
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Document:
        """Read what :meth:`to_json` wrote, or what somebody made of it.

        Raises:
            StoryError: it cannot be read.
        """
        try:
            content = json.loads(text)
            story, questions, *labels = content
            texts = isinstance(content, list) and isinstance(story, str) and isinstance(questions, str)
            if not texts or len(labels) > 1:
                raise ValueError("not a story with questions")
            return cls(story, questions, _read_labels(story, labels[0] if labels else []))
        except (ValueError, TypeError, RecursionError) as error:
            raise StoryError(_UNREADABLE) from error

    @property
    def name(self) -> str:
        """What stands for it in a link that it is too long for: the same for the same."""
        return f"{_KEPT}{hashlib.sha256(self.to_json().encode('utf-8', 'replace')).hexdigest()[:16]}"

    def to_text(self) -> str | None:
        """For a link, letters and digits only; None where it would be too long for one."""
        if len(self.story) + len(self.questions) > MAX_CHARACTERS:
            return None
        # What is no character of its own, half of an emoji say, is replaced.
        packed = zlib.compress(self.to_json().encode("utf-8", "replace"), level=9)
        link = base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")
        return link if len(link) <= MAX_LINK else None

    @classmethod
    def from_text(cls, text: str) -> Document:
        """Read what :meth:`to_text` wrote, or what somebody made of it.

        Raises:
            StoryError: it cannot be read, or is too much.
        """
        try:
            if len(text) > MAX_LINK:
                raise ValueError("too long")
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", True), _MAX_BYTES)
            if not unpacking.eof:
                raise ValueError("cut short, or too large when unpacked")
            return cls.from_json(data.decode("utf-8"))
        except (ValueError, TypeError, zlib.error) as error:
            raise StoryError(_UNREADABLE) from error


def is_name(text: str) -> bool:
    """Whether a link's story is the name of one that it does not carry; see :attr:`Document.name`."""
    return re.fullmatch(f"{re.escape(_KEPT)}[0-9a-f]{{16}}", text) is not None


def _read_labels(story: str, read: object) -> tuple[Label, ...]:
    """Raises ValueError or TypeError where these are no labels of this story."""
    if not read:
        return ()
    if not isinstance(read, list) or len(read) > MAX_LABELS:
        raise ValueError("too many labels, or none")
    length = len(split_story(story))
    labels = []
    for question, answer, facts in read:
        texts = isinstance(question, str) and isinstance(answer, str)
        if not texts or not isinstance(facts, list) or len(facts) > length:
            raise ValueError("not a label")
        if not all(type(fact) is int and 0 <= fact < length for fact in facts):
            raise ValueError("a label names a sentence that there is not")
        labels.append(Label(question, answer, tuple(facts)))
    return tuple(labels)
