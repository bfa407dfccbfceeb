"""What if: a viewer's changes to a story and to the looks of networks, as plain data to undo and to put into a link.

Rows are the sentences of the story as told. A sentence that is removed or edited makes another story, which has its
own indices; looks are kept by row, so that they stay where they are while others go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from core.memory.story import StoryError, split_story

MAX_TEXT = 4_000  # characters of changes in a link
MAX_SENTENCE = 300  # characters of an edited sentence
MAX_LOOKS = 100  # that are moved
MAX_HOPS = 50

_UNREADABLE = "The what-if in this link cannot be read, so it was left out."
_TOKEN = re.compile(
    r"-(?P<removed>\d{1,4})|~(?P<edited>\d{1,4})=(?P<text>\S+)|@(?P<look>\d{1,4}:[^\s:]+:\d{1,2}=\d{1,4})", re.ASCII
)


@dataclass(frozen=True)
class Changes:
    """All that was changed about one story.

    Attributes:
        removed: rows that are left out.
        edited: row -> what it says instead.
        looks: (number of the question, name of the network) -> hop -> the row that it is made to look at.
    """

    removed: frozenset[int] = frozenset()
    edited: Mapping[int, str] = field(default_factory=dict)
    looks: Mapping[tuple[int, str], Mapping[int, int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.removed or self.edited or self.looks)

    @property
    def other_story(self) -> bool:
        """The sentences differ from those told, not only the looks."""
        return bool(self.removed or self.edited)

    def rows(self, sentences: Sequence[str]) -> list[int]:
        """The row of each sentence of the changed story."""
        return [row for row in range(len(sentences)) if row not in self.removed]

    def story(self, sentences: Sequence[str]) -> tuple[str, ...]:
        """The changed story."""
        return tuple(self.edited.get(row, sentences[row]) for row in self.rows(sentences))

    def decided(self, sentences: Sequence[str], question: int, model: str) -> dict[int, int]:
        """Hop -> index into the changed story, for the looks that were moved to a sentence that it still has."""
        index = {row: n for n, row in enumerate(self.rows(sentences))}
        looks = self.looks.get((question, model), {})
        return {hop: index[row] for hop, row in sorted(looks.items()) if row in index}

    def without(self, sentences: Sequence[str], row: int) -> Changes:
        """Also leave a sentence out.

        Raises:
            StoryError: there is no such sentence, or no other.
        """
        _check_row(sentences, row)
        changes = replace(self.with_again(row), removed=self.removed | {row})
        if not changes.rows(sentences):
            raise StoryError("A story keeps at least one sentence.")
        return changes

    def with_again(self, row: int) -> Changes:
        """The sentence of a row as it was told."""
        edited = {other: text for other, text in self.edited.items() if other != row}
        return replace(self, removed=self.removed - {row}, edited=edited)

    def with_sentence(self, sentences: Sequence[str], row: int, text: str) -> Changes:
        """Have a row say something else; to say nothing is to leave it out.

        Raises:
            StoryError: there is no such sentence, or the text is none, or several.
        """
        _check_row(sentences, row)
        text = " ".join(text.split())
        if not text:
            return self.without(sentences, row)
        if len(text) > MAX_SENTENCE:
            raise StoryError(f"A sentence has at most {MAX_SENTENCE} characters here; this has {len(text):,}.")
        if len(typed := split_story(text)) > 1:
            raise StoryError("That is more than one sentence: type it into the story above.")
        changes = self.with_again(row)
        return changes if typed[0] == sentences[row] else replace(changes, edited={**changes.edited, row: typed[0]})

    def with_look(self, sentences: Sequence[str], question: int, model: str, hop: int, row: int) -> Changes:
        """Also have a hop look at a row; where that is decided already, let it look where it wants again.

        Raises:
            StoryError: there is no such hop or sentence, or too much is decided.
        """
        _check_row(sentences, row)
        if not 0 <= hop < MAX_HOPS:
            raise StoryError("There is no such hop.")
        key = (question, model)
        looks = dict(self.looks.get(key, {}))
        if looks.get(hop) == row:
            del looks[hop]
        else:
            looks[hop] = row
        every = {other: moved for other, moved in self.looks.items() if other != key}
        changes = replace(self, looks={**every, key: looks} if looks else every)
        if sum(map(len, changes.looks.values())) > MAX_LOOKS:
            raise StoryError(f"At most {MAX_LOOKS} looks can be moved.")
        return changes

    def to_text(self) -> str:
        """For a link: ``-2 ~3=Mary%20left @0:slots:1=4``, all counted from 0; see :meth:`from_text`."""
        tokens = [f"-{row}" for row in sorted(self.removed)]
        tokens += [f"~{row}={quote(text, safe='')}" for row, text in sorted(self.edited.items())]
        for (question, model), looks in self.looks.items():
            tokens += [f"@{question}:{quote(model, safe='')}:{hop}={row}" for hop, row in sorted(looks.items())]
        return " ".join(tokens)

    @classmethod
    def from_text(cls, text: str, sentences: Sequence[str]) -> Changes:
        """Read what :meth:`to_text` wrote about this story, or what somebody made of it.

        Raises:
            StoryError: it cannot be read, or speaks of what this story has not.
        """
        if len(text) > MAX_TEXT:
            raise StoryError(_UNREADABLE)
        changes = cls()
        for token in text.split():
            match = _TOKEN.fullmatch(token)
            if not match:
                raise StoryError(_UNREADABLE)
            try:
                if match["removed"]:
                    changes = changes.without(sentences, int(match["removed"]))
                elif match["edited"]:
                    changes = changes.with_sentence(sentences, int(match["edited"]), unquote(match["text"]))
                else:
                    place, row = match["look"].rsplit("=", 1)
                    question, model, hop = place.split(":")
                    changes = changes.with_look(sentences, int(question), unquote(model), int(hop), int(row))
            except StoryError as error:
                raise StoryError(_UNREADABLE) from error
        return changes


def _check_row(sentences: Sequence[str], row: int) -> None:
    if isinstance(row, bool) or not isinstance(row, int) or not 0 <= row < len(sentences):
        raise StoryError("The story has no such sentence.")
