"""Scenes: what is in them, where it stands, and which split they belong to.

Scene ``number`` of a split is the same for everybody: it is drawn from (seed, split, number) alone.

Splits are told apart by what is said. The sentence of a scene is all that is in it, and its hash decides between
``train``, ``val`` and ``test``, so no sentence is in two of them. Some pairs of colour and name (``HELD_OUT``, one a
name) are in none of the three; every scene of ``unseen`` shows at least one of them. Each of their words alone is
common in ``train``.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random

from PIL import Image, ImageChops

from core.data.scenes.backgrounds import BACKGROUNDS, draw_background
from core.data.scenes.grammar import RELATIONS, Meaning
from core.data.scenes.things import COLOURS, NAMES, ROOMY, SIZES, TEXTURES, Thing, draw_thing

SIDE = 96  # pixels along each side of a scene
SPLITS = ("train", "val", "test", "unseen")
HELD_OUT = frozenset((tuple(COLOURS)[(5 * n + 3) % len(COLOURS)], name) for n, name in enumerate(NAMES))
SHARES = {"train": 80, "val": 10, "test": 10}  # of all sentences without a held-out pair, in percent
ALONE = 0.2  # share of the scenes with one thing
GAP = 3  # pixels between two things that stand apart
HIDDEN = (0.1, 0.33)  # the least and the most of a thing that another one in front of it hides


@dataclass(frozen=True)
class Box:
    """Pixels [left, right) x [top, bottom)."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x < self.right and self.top <= y < self.bottom


@dataclass(frozen=True)
class Scene:
    """A picture that is known down to the pixel.

    Attributes:
        split, number: its name.
        meaning: what is in it.
        corners: the upper left corner of each thing's square, (left, top) in pixels.
        background: which kind, and the seed of its details.
    """

    split: str
    number: int
    meaning: Meaning
    corners: tuple[tuple[int, int], ...]
    background: tuple[str, int]

    @property
    def words(self) -> tuple[str, ...]:
        """The one sentence that is right."""
        return self.meaning.words

    @property
    def caption(self) -> str:
        return " ".join(self.words)

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """Around the visible pixels of each thing, in the order of the sentence."""
        return tuple(_around(self._visible(n)) for n in range(len(self.corners)))

    @property
    def hidden(self) -> float:
        """The share of the farthest thing that cannot be seen."""
        farthest = self._far_to_near()[0]
        visible, whole = (sum(mask.histogram()[1:]) for mask in (self._visible(farthest), self._opacity(farthest)))
        return 1 - visible / whole

    @property
    def word_boxes(self) -> tuple[Box | None, ...]:
        """For every word of the sentence the box it refers to; None for words that name nothing."""
        return tuple(None if thing is None else self.boxes[thing] for _, thing in self.meaning.sentence())

    def picture(self, scale: int = 1, without: int | None = None) -> Image.Image:
        """The scene as an RGB picture, ``scale * SIDE`` pixels along each side.

        Args:
            scale: 1 is what models see; larger ones are the same scene drawn finer, for people.
            without: a thing to leave out, as its place in the sentence.
        """
        kind, seed = self.background
        picture = draw_background(kind, SIDE * scale, seed)
        for n in self._far_to_near():
            if n != without:
                drawn, (left, top) = draw_thing(self.meaning.things[n], scale), self.corners[n]
                picture.paste(drawn, (scale * left, scale * top), drawn)
        return picture

    def _nearness(self, thing: int) -> int:
        """What is inside something is before it; what is behind something is behind it."""
        return thing if self.meaning.relation == "behind" else -thing

    def _far_to_near(self) -> list[int]:
        return sorted(range(len(self.corners)), key=self._nearness)

    def _visible(self, thing: int) -> Image.Image:
        """A mask of what is seen of a thing."""
        seen = self._opacity(thing)
        for other in range(len(self.corners)):
            if self._nearness(other) > self._nearness(thing):
                seen = ImageChops.subtract(seen, self._opacity(other).point(lambda level: 255 * (level == 255)))
        return seen

    def _opacity(self, thing: int) -> Image.Image:
        opacity = Image.new("L", (SIDE, SIDE))
        opacity.paste(draw_thing(self.meaning.things[thing]).getchannel("A"), self.corners[thing])
        return opacity


def _around(mask: Image.Image) -> Box:
    bounds = mask.getbbox()
    assert bounds, "Something is to be seen of every thing."
    return Box(*bounds)


def make_scene(split: str, number: int, seed: int = 0) -> Scene:
    """Scene ``number`` of a split.

    Raises:
        ValueError: there is no such split.
    """
    if split not in SPLITS:
        raise ValueError(f"A scene is of one of the splits {', '.join(SPLITS)}, not {split!r}.")
    random = Random(f"scene {seed} {split} {number}")
    kind = "plain" if random.random() < 0.4 else random.choice(BACKGROUNDS[1:])
    background = (kind, random.getrandbits(32))
    relation = "" if random.random() < ALONE else random.choice(RELATIONS)
    while True:
        meaning = _meaning(relation, random)
        if split_of(meaning) == split:
            scene = Scene(split, number, meaning, _place(meaning, random), background)
            if meaning.relation != "behind" or HIDDEN[0] <= scene.hidden <= HIDDEN[1]:
                return scene


def make_scenes(split: str, count: int, seed: int = 0) -> Iterator[Scene]:
    """The first ``count`` scenes of a split."""
    return (make_scene(split, number, seed) for number in range(count))


def split_of(meaning: Meaning) -> str:
    """The split that what is in a scene belongs to."""
    if any((thing.colour, thing.name) in HELD_OUT for thing in meaning.things):
        return "unseen"
    place = int.from_bytes(hashlib.sha256(" ".join(meaning.words).encode()).digest()[:4], "big") % 100
    for split, share in SHARES.items():
        if place < share:
            return split
        place -= share
    raise AssertionError("The shares add up to 100.")


# --- drawing lots ---------------------------------------------------------------------------------------------


def _meaning(relation: str, random: Random) -> Meaning:
    first, second = _thing(random), _thing(random)
    if not relation:
        return Meaning((first,))
    if relation == "inside":
        first = Thing("small", first.texture, first.colour, first.name)
        second = Thing("large", second.texture, second.colour, random.choice(ROOMY))
    if relation == "behind" and first.size == "small":
        first = Thing("", first.texture, first.colour, first.name)  # too little would be left of a small one
    # What overlaps differs in colour, and one of the two is plain, or nobody could tell them apart.
    alike = first.colour == second.colour or (first.texture and second.texture)
    if first.name == second.name or (relation in ("inside", "behind") and alike):
        return _meaning(relation, random)
    return Meaning((first, second), relation)


def _thing(random: Random) -> Thing:
    size, texture = random.choice(tuple(SIZES)), random.choice(("", *TEXTURES))  # half of the things are plain
    return Thing(size, texture, random.choice(tuple(COLOURS)), random.choice(NAMES))


def _place(meaning: Meaning, random: Random) -> tuple[tuple[int, int], ...]:
    """The upper left corners; everything is within the picture."""
    sides = [thing.side for thing in meaning.things]
    if not meaning.relation:
        free = SIDE - sides[0]
        return ((random.randint(0, free), random.randint(0, free)),)
    a, b = sides
    if meaning.relation in ("left of", "above"):
        near = random.randint(0, SIDE - a - b - GAP)  # along the relation's direction
        far = random.randint(near + a + GAP, SIDE - b)
        across = random.randint(0, SIDE - a)
        shift = (a - b) // 2 + random.randint(-12, 12)
        other = min(max(across + shift, 0), SIDE - b)
        places = ((near, across), (far, other))
        return places if meaning.relation == "left of" else tuple((y, x) for x, y in places)
    if meaning.relation == "inside":
        left, top = random.randint(0, SIDE - b), random.randint(0, SIDE - b)
        # a heart is narrow below, a house and a box have a roof above; and no side of the inner touches the outer's
        inset, down = (b - a) // 2, {"heart": -2, "ball": 0}.get(meaning.things[1].name, 4)
        return (left + inset + random.randint(-3, 3), top + inset + down + random.randint(-1, 1)), (left, top)
    return _half_hidden(a, b, random)


def _half_hidden(a: int, b: int, random: Random) -> tuple[tuple[int, int], ...]:
    """A thing of side ``a`` whose square juts out of the nearer one's by 50 to 75 % of itself, to either side."""
    out = round(random.uniform(0.5, 0.75) * a)
    lift = random.randint(-min(a, b) // 4, 2) + (b - a) // 2
    x = -out if random.random() < 0.5 else b - a + out
    left, right = min(0, x), max(b, x + a)
    top, bottom = min(0, lift), max(b, lift + a)
    dx, dy = random.randint(-left, SIDE - right), random.randint(-top, SIDE - bottom)
    return (x + dx, lift + dy), (dx, dy)
