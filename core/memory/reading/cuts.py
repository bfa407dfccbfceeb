"""Questions that ask for an earlier time of a story: "Who had it first?", "Where did Tom go after the den?".

The networks are asked about the story as it was then: it is told to them up to there.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.reading.asked import Asked
from core.memory.reading.names import Word, lower
from core.memory.reading.scene import Scene
from core.memory.reading.subjects import Told
from core.memory.reading.verbs import form_of
from core.memory.reading.words import PRONOUNS

FIRST, AFTER, UNTIL = "first", "after", "until"
_FIRST = (
    ["at", "first"],
    ["first"],
    ["originally"],
    ["initially"],
    ["to", "begin", "with"],
    ["in", "the", "beginning"],
)


def without_first(words: list[Word]) -> tuple[list[Word], bool]:
    """A question without the word that asks for the beginning, and whether there was one."""
    low = lower(words)
    for said in _FIRST:
        if low[-len(said) :] == said and len(low) > len(said) + 2:
            return words[: -len(said)], True
    return words, False


class Cut:
    """Whether the story has been told as far as a question asks for."""

    def __init__(self, asked: Asked | None) -> None:
        self.asked = asked if asked and asked.slot in (FIRST, AFTER, UNTIL) else None
        self._been = False
        self.done = False

    def read(self, told: Told, scene: Scene, words: Sequence[Word] = ()) -> list[str] | None:
        """What a clause is to be told as, if something else; the story ends behind the one that tells the answer."""
        if self.asked is None or self.done:
            return None
        name = self.asked.names[0]
        if self.asked.slot == UNTIL:
            self.done = any((form := form_of(word)) and form.base == self.asked.detail for word in lower(words))
            at = f"{scene.names.say(name)} is in ".casefold()  # "was stolen from the temple"
            kept = told.statements[:1] if told.statements[1:] else []
            return [one for one in kept if one.casefold().startswith(at)] if self.done else None
        if name.key in PRONOUNS:
            name = (scene.who(name.key) or [name])[-1]
        if self.asked.text.startswith("Who"):
            giver = scene.giver.get(name.key)
            self.done = giver is not None or name.key in scene.held
            say = scene.names.say
            return [f"{say(giver)} got {say(name)}."] if giver else None
        for one, place, there in told.placed:
            if one.key == name.key and there:
                if self.asked.slot == FIRST or self._been:
                    self.done = True
                    return None
                self._been = place.key == self.asked.of[0].key
        return None


def after(low: Sequence[str]) -> int:
    """Where the place begins of "after the den", "after that"; 0 where nothing of that sort is asked."""
    at = next((n for n in range(3, len(low) - 1) if low[n] == "after"), 0)
    return at + 1 if at and low[at + 1] not in ("that", "this") else 0
