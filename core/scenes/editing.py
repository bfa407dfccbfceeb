"""What if a scene were another one: things moved, painted, hidden and added, and the one sentence that is right then.

The world's own rules hold: one thing or two, all of each within the picture, and of two only what has one right
sentence. What breaks them is refused with a sentence that says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from PIL import Image, ImageChops

from core.data.scenes import COLOURS, HELD_OUT, NAMES, SIDE, SIZES, TEXTURES, Meaning, Scene, Thing
from core.data.scenes.things import ROOMY, draw_thing
from core.data.scenes.world import GAP, HIDDEN

MOST = 2  # things: the grammar has no sentence for more
MAX_STATES = 100  # that can be undone
MAX_TEXT = 200  # characters of an arrangement in a link
JUTS = 0.1  # share of a thing that may jut out of the one that it is inside of: a heart is narrow below
IN_LINE = 14  # pixels by which the middles of two things that stand apart differ across, at most, in training

_UNREADABLE = "What was changed about this scene cannot be read."
_PLACED = re.compile(r"([a-z-]{1,60})@([0-9]{1,2})\.([0-9]{1,2})")
PARTS = ("size", "texture", "colour", "name")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "size": tuple(SIZES), "texture": TEXTURES, "colour": tuple(COLOURS), "name": NAMES,
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A thing and the upper left corner of its square, in pixels."""

    thing: Thing
    left: int
    top: int

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.thing.side / 2, self.top + self.thing.side / 2

    def within(self) -> Placed:
        """The same thing, pushed back into the picture."""
        free = SIDE - self.thing.side
        return replace(self, left=min(max(self.left, 0), free), top=min(max(self.top, 0), free))

    def become(self, thing: Thing) -> Placed:
        """Another thing in its place, about the same middle."""
        shift = (self.thing.side - thing.side) // 2
        return Placed(thing, self.left + shift, self.top + shift).within()

    def opacity(self) -> Image.Image:
        """Where it covers what is behind it, 0..255 a pixel of the picture."""
        mask = Image.new("L", (SIDE, SIDE))
        mask.paste(draw_thing(self.thing).getchannel("A"), (self.left, self.top))
        return mask


@dataclass(frozen=True)
class Arrangement:
    """What stands where.

    Attributes:
        things: by numbers that stay theirs, whichever of them the sentence names first.
        front: the number of the one that covers the other.
    """

    things: tuple[Placed, ...]
    front: int = 0

    @classmethod
    def of(cls, scene: Scene) -> Arrangement:
        things = tuple(
            Placed(thing, *corner) for thing, corner in zip(scene.meaning.things, scene.corners, strict=True)
        )
        return cls(things, len(things) - 1 if scene.meaning.relation == "behind" else 0)

    def scene(self, drawn: Scene) -> Scene:
        """The scene with these things instead of those drawn, and the sentence that is right of it.

        Raises:
            ValueError: there is no one right sentence of it; says why.
        """
        order, relation = self._said()
        things = [self.things[n] for n in order]
        meaning = Meaning(tuple(placed.thing for placed in things), relation)
        return replace(drawn, meaning=meaning, corners=tuple((placed.left, placed.top) for placed in things))

    def _said(self) -> tuple[tuple[int, ...], str]:
        """The numbers of the things in the order of the sentence, and the relation."""
        if any(placed != placed.within() for placed in self.things):
            raise ValueError("A thing has to be within the picture, all of it.")
        if len(self.things) == 1:
            return (0,), ""
        far, near = 1 - self.front, self.front
        back, front = self.things[far], self.things[near]
        if back.thing.name == front.thing.name:
            raise ValueError(f"Two of a kind have no one right sentence: {_article(back.thing.name)} is there already.")
        behind, before = back.opacity(), front.opacity()
        if not ImageChops.multiply(_some(behind), _some(before)).getbbox():
            (x, y), (other_x, other_y) = back.middle, front.middle
            across, down = x - other_x, y - other_y
            relation = "left of" if abs(across) >= abs(down) else "above"
            return ((far, near) if (across if relation == "left of" else down) < 0 else (near, far)), relation
        if back.thing.colour == front.thing.colour or (back.thing.texture and front.thing.texture):
            raise ValueError(
                "Where one thing covers another their colours have to differ, and one of the two has to be plain, or "
                "nobody could tell them apart."
            )
        roomy = front.thing.size == "small" and back.thing.size == "large" and back.thing.name in ROOMY
        if roomy and _count(ImageChops.subtract(_some(before), _full(behind))) <= JUTS * _count(before):
            return (near, far), "inside"
        whole, seen = (_count(mask) for mask in (behind, ImageChops.subtract(behind, _full(before))))
        hidden = 1 - seen / whole
        if hidden < HIDDEN[0]:
            raise ValueError("They hardly touch, so neither is behind the other: move them apart, or closer together.")
        if hidden > HIDDEN[1]:
            raise ValueError(
                f"Too little of the {' '.join(back.thing.words)} would be seen: {round(100 * hidden)} % of it are "
                f"hidden, and {round(100 * HIDDEN[1])} % may be."
            )
        return (far, near), "behind"

    # --- what can be done to it -------------------------------------------------------------------------------

    def moved(self, number: int, left: int, top: int) -> Arrangement:
        """One thing elsewhere, as far as the picture reaches. It comes to the front: whoever moves it holds it."""
        return self._with(number, replace(self.things[number], left=left, top=top).within(), number)

    def changed(self, number: int, **parts: str) -> Arrangement:
        """One thing of another size, texture, colour or name.

        Raises:
            ValueError: there is no such.
        """
        if any(value not in _CHOICES[part] for part, value in parts.items()):
            raise ValueError(_UNREADABLE)
        return self._with(number, self.things[number].become(replace(self.things[number].thing, **parts)), self.front)

    def without(self, number: int) -> Arrangement:
        """One thing less.

        Raises:
            ValueError: it is the only one.
        """
        if len(self.things) == 1:
            raise ValueError("Something has to be in the picture: there would be nothing to say.")
        return Arrangement(tuple(placed for n, placed in enumerate(self.things) if n != number))

    def added(self) -> Arrangement:
        """One small thing more, of another colour and kind, where it stands apart and in line with the other.

        Raises:
            ValueError: there are two already, or there is no place.
        """
        if len(self.things) >= MOST:
            raise ValueError(f"A sentence tells of up to {MOST} things.")
        (there,) = self.things
        thing = next(
            Thing("small", "", colour, name)
            for name in NAMES
            for colour in COLOURS
            if name != there.thing.name and colour != there.thing.colour and (colour, name) not in HELD_OUT
        )
        places, enough = range(SIDE - thing.side + 1), (thing.side + there.thing.side) / 2 + GAP
        alone = (Placed(thing, left, top) for top in places for left in places)
        apart = [placed for placed in alone if max(map(abs, _apart(placed, there))) >= enough]
        if not apart:
            raise ValueError("There is no room for another thing: move this one to a side, or make it smaller.")
        return Arrangement((there, min(apart, key=lambda placed: min(map(abs, _apart(placed, there))))), 1)

    def _with(self, number: int, placed: Placed, front: int) -> Arrangement:
        things = tuple(placed if n == number else other for n, other in enumerate(self.things))
        return Arrangement(things, front)

    # --- the link ---------------------------------------------------------------------------------------------

    def to_text(self) -> str:
        """For a link: ``blue-box@50.41 small-striped-red-ball@12.30``, the one in front last."""
        ordered = sorted(enumerate(self.things), key=lambda pair: pair[0] == self.front)
        return " ".join(f"{'-'.join(placed.thing.words)}@{placed.left}.{placed.top}" for _, placed in ordered)

    @classmethod
    def from_text(cls, text: str) -> Arrangement:
        """Read what :meth:`to_text` wrote, or what somebody made of it.

        Raises:
            ValueError: it cannot be read.
        """
        found = [_PLACED.fullmatch(part) for part in text[: MAX_TEXT + 1].split(" ")]
        if len(text) > MAX_TEXT or not 1 <= len(found) <= MOST:
            raise ValueError(_UNREADABLE)
        things = []
        for match in found:
            if match is None:
                raise ValueError(_UNREADABLE)
            things.append(Placed(_thing(match[1].split("-")), int(match[2]), int(match[3])))
        return cls(tuple(things), len(things) - 1)


def _thing(words: list[str]) -> Thing:
    """The thing that some words name, in their order."""
    parts = {part: next((word for word in words if word and word in _CHOICES[part]), "") for part in PARTS}
    thing = Thing(**parts)
    if list(thing.words) != words or not (thing.colour and thing.name):
        raise ValueError(_UNREADABLE)
    return thing


@dataclass(frozen=True)
class SceneSession:
    """A drawn scene and what a viewer has made of it, to undo and redo. Never changed: every step gives a new one.

    Attributes:
        drawn: the scene as it was drawn.
        states: one after the other; the first is as drawn.
        at: the one that is looked at.
    """

    drawn: Scene
    states: tuple[Arrangement, ...]
    at: int = 0

    @classmethod
    def begin(cls, drawn: Scene) -> SceneSession:
        return cls(drawn, (Arrangement.of(drawn),))

    @property
    def current(self) -> Arrangement:
        return self.states[self.at]

    @cached_property
    def scene(self) -> Scene:
        """What is looked at, with the one sentence that is right."""
        return self.drawn if self.current == self.states[0] else self.current.scene(self.drawn)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the things in the order of the sentence."""
        return tuple(range(len(self.scene.corners))) if self.scene is self.drawn else self.current._said()[0]

    def asked(self, what: Mapping[str, object]) -> SceneSession:
        """After what a viewer asks for: ``kind`` is move, change, hide, add, undo, redo or drawn (all as drawn).

        ``thing`` is its number; a move has ``left`` and ``top``, a change any of size, texture, colour and name.

        Raises:
            ValueError: it cannot be read, or not be; says why.
        """
        try:
            match what["kind"]:
                case "undo":
                    return replace(self, at=max(0, self.at - 1))
                case "redo":
                    return replace(self, at=min(len(self.states) - 1, self.at + 1))
                case "drawn":
                    return self._then(self.states[0])
                case "add":
                    return self._then(self.current.added())
            number = what["thing"]
            if type(number) is not int or not 0 <= number < len(self.current.things):
                raise KeyError(number)
            match what["kind"]:
                case "move":
                    left, top = what["left"], what["top"]
                    if type(left) is not int or type(top) is not int:
                        raise TypeError(left)
                    return self._then(self.current.moved(number, left, top))
                case "change":
                    parts = {part: str(what[part]) for part in PARTS if part in what}
                    return self._then(self.current.changed(number, **parts))
                case "hide":
                    return self._then(self.current.without(number))
            raise KeyError(what["kind"])
        except (KeyError, TypeError) as error:
            raise ValueError(_UNREADABLE) from error

    def _then(self, arrangement: Arrangement) -> SceneSession:
        """That arrangement next, in place of what was undone; the oldest is forgotten where there are many."""
        if arrangement == self.current:
            return self
        if arrangement != self.states[0]:
            arrangement.scene(self.drawn)  # raises where it has no right sentence
        kept = self.states[1 : self.at + 1][-(MAX_STATES - 2) :]
        states = (self.states[0], *kept, arrangement)
        return SceneSession(self.drawn, states, len(states) - 1)

    def link(self) -> str:
        """The part of a link that leads here; empty as drawn."""
        return "" if self.current == self.states[0] else self.current.to_text()

    def follow(self, text: str) -> SceneSession:
        """Where that part of a link leads.

        Raises:
            ValueError: it cannot be read, or has no right sentence.
        """
        if text == self.link():
            return self
        return self._then(Arrangement.from_text(text) if text else self.states[0])


def unlike_training(scene: Scene) -> str:
    """A sentence where training shows nothing of the kind, else empty."""
    for thing in scene.meaning.things:
        if (thing.colour, thing.name) in HELD_OUT:
            return f"No picture of training shows {_article(f'{thing.colour} {thing.name}')}."
    if scene.meaning.relation in ("left of", "above"):
        first, second = (Placed(t, *corner) for t, corner in zip(scene.meaning.things, scene.corners, strict=True))
        if min(map(abs, _apart(first, second))) > IN_LINE:
            return (
                "They stand askew: right is the direction in which they are farther apart. Training shows things in "
                "line."
            )
    return ""


def _apart(first: Placed, second: Placed) -> tuple[float, float]:
    """From the second thing's middle to the first's."""
    (x, y), (other_x, other_y) = first.middle, second.middle
    return x - other_x, y - other_y


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _some(mask: Image.Image) -> Image.Image:
    """Where there is anything of it."""
    return mask.point(lambda level: 255 * (level > 0))


def _full(mask: Image.Image) -> Image.Image:
    """Where it hides what is behind it."""
    return mask.point(lambda level: 255 * (level == 255))


def _count(mask: Image.Image) -> int:
    """Pixels of which something is seen."""
    return sum(mask.histogram()[1:])
