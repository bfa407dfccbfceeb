"""What is said of a scene: one sentence, which the scene decides completely, and what each word refers to.

    sentence = thing | thing relation thing
    thing    = "a" | "an" [size] [texture] colour name

With two things the one on the left, above, inside or behind comes first, so no scene has two right sentences.
"""

from dataclasses import dataclass

from core.data.scenes.things import COLOURS, NAMES, SIZES, TEXTURES, Thing

RELATIONS = ("left of", "above", "inside", "behind")
WORDS = (
    "a",
    "an",
    *(size for size in SIZES if size),
    *(texture for texture in TEXTURES if texture),
    *COLOURS,
    *NAMES,
    *(word for relation in RELATIONS for word in relation.split()),
)


@dataclass(frozen=True)
class Meaning:
    """What there is to say: one thing, or two, the first left of, above, inside or behind the second."""

    things: tuple[Thing, ...]
    relation: str = ""

    def sentence(self) -> list[tuple[str, int | None]]:
        """The words, each with the number of the thing that it helps to name; None for those that name none."""
        said: list[tuple[str, int | None]] = []
        for number, thing in enumerate(self.things):
            if number:
                said += [(word, None) for word in self.relation.split()]
            article = "an" if thing.words[0][0] in "aeiou" else "a"
            said += [(article, None), *((word, number) for word in thing.words)]
        return said

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for word, _ in self.sentence())
