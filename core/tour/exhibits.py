"""Which exhibits a step of a tour can show, and what may be set about each. No torch, no page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.memory.story import StoryError, split_questions, split_story

MAX_SENTENCES = 12  # of a story in a step: more would not fit on one screen
MAX_WORD = 50
MAX_UNIT = 4095


class SettingError(ValueError):
    """A setting of an exhibit that it does not know or cannot use; the message is a sentence."""


@dataclass(frozen=True)
class Exhibit:
    """One kind of thing to look at and to move.

    Attributes:
        about: what it shows, for those who write tours.
        settings: name -> (default, what makes a usable value of what was written).
    """

    about: str
    settings: Mapping[str, tuple[object, Callable[[object], object]]]

    def read(self, written: Mapping[str, object]) -> dict[str, object]:
        """The settings as written, checked, with defaults for the others.

        Raises:
            SettingError: there is no such setting, or it cannot have this value.
        """
        for name in written:
            if name not in self.settings:
                known = ", ".join(self.settings) or "nothing"
                raise SettingError(f"“{name}” cannot be set here; what can be set is: {known}.")
        read = {}
        for name, (default, check) in self.settings.items():
            try:
                read[name] = check(written[name]) if name in written else default
            except (TypeError, ValueError, KeyError) as error:
                raise SettingError(f"“{name}” cannot be {written[name]!r}: {error}") from error
        return read


def _photo(value: object) -> str:
    from core.captioning.gallery import GALLERY

    if value not in GALLERY:
        raise ValueError(f"a photo is one of {', '.join(GALLERY)}.")
    return str(value)


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 60 or "/" in value or "\\" in value or value[0] == ".":
        raise ValueError("it is the name of a folder under checkpoints/.")
    return value


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= 6:
        raise ValueError("it is a list of one to six names.")
    return tuple(_name(one) for one in value)


def _whole(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"it is a whole number from {least} to {most}.")
        return value

    return check


def _pair(value: object) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("it is a list of two numbers of sentences, from 1.")
    first, second = (_whole(1, MAX_SENTENCES)(one) for one in value)
    return first, second


def _word(value: object) -> str:
    if not isinstance(value, str) or not value.isalpha() or len(value) > 30:
        raise ValueError("it is one word.")
    return value.lower()


def _story(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("it is a list of sentences.")
    try:
        sentences = split_story("\n".join(value))
    except StoryError as error:
        raise ValueError(str(error)) from error
    if len(sentences) > MAX_SENTENCES:
        raise ValueError(f"it has at most {MAX_SENTENCES} sentences.")
    return tuple(sentences)


def _question(value: object) -> str:
    try:
        (question,) = split_questions(str(value))
    except ValueError as error:
        raise ValueError("it is one question.") from error
    return question


THREE = ("Mary went to the kitchen.", "John went to the garden.", "Mary moved to the office.")
_CAPTION = {
    "photo": ("climbers", _photo),
    "word": (0, _whole(0, MAX_WORD)),  # the n-th of the caption; 0: one that names something
}
_STORY = {"story": (THREE, _story), "question": ("Where is Mary?", _question)}

EXHIBITS: dict[str, Exhibit] = {
    "none": Exhibit("Nothing: the step is its text.", {}),
    "street": Exhibit("A drawn street, sharp only where one looks.", {}),
    "next-word": Exhibit(
        "The next word from the last word and the photo, nothing remembered; and the sentence that comes of it.",
        {"photo": ("climbers", _photo), "last": ("a", _word), "model": ("none", _name)},
    ),
    "recurrence": Exhibit(
        "One step of the LSTM with its numbers, and one unit of it by hand.",
        {**_CAPTION, "word": (2, _whole(0, MAX_WORD)), "unit": (0, _whole(0, MAX_UNIT)), "model": ("none", _name)},
    ),
    "caption": Exhibit("A caption to step through, with its heat.", {**_CAPTION, "model": ("soft", _name)}),
    "temperature": Exhibit(
        "The softmax over a photo's cells at any temperature, the glimpse it gives and the words that follow.",
        {**_CAPTION, "model": ("soft", _name)},
    ),
    "glimpses": Exhibit(
        "Mean, soft and hard glimpse of one query, side by side.", {**_CAPTION, "model": ("soft", _name)}
    ),
    "draws": Exhibit(
        "Cells drawn by their weights: the mean of many hard glimpses becomes the soft one.",
        {**_CAPTION, "model": ("soft", _name)},
    ),
    "chance": Exhibit(
        "One look left to chance, every outcome tried: reward, baseline, and what a draw does to the scores.",
        {**_CAPTION, "model": ("hard", _name)},
    ),
    "scores": Exhibit(
        "One query scored by adding, by multiplying the same numbers, and by multiplying with a query made for it.",
        {**_CAPTION, "model": ("soft", _name)},
    ),
    "heads": Exhibit(
        "A transformer's look: the mean of its heads, another model's before the same word, and the two heads that "
        "differ most.",
        {**_CAPTION, "model": ("transformer", _name), "beside": ("soft", _name)},
    ),
    "by-hand": Exhibit(
        "A memory network's look over a few sentences, number by number.",
        {**_STORY, "network": ("memn2n", _name), "hop": (1, _whole(1, 9))},
    ),
    "order": Exhibit(
        "A story and the same with two sentences exchanged; what is left of the difference without a sense of time.",
        {**_STORY, "networks": (("memn2n", "dmn", "story-transformer"), _names), "exchange": ((2, 4), _pair)},
    ),
    "hops": Exhibit(
        "Several networks' hops over a story as a table.",
        {**_STORY, "networks": (("memn2n-none", "memn2n", "memnn", "slots"), _names)},
    ),
}
