"""What a captioner's words mean in a scene, and whether it looked there: the truth is known, so both can be said."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.data.scenes import RELATIONS, Box, Scene
from core.results.scene_metrics import on_thing
from core.trace import CaptionTrace

_BETWEEN = {word for relation in RELATIONS for word in relation.split()}


@dataclass(frozen=True)
class Pointing:
    """A word that names something that is there.

    Attributes:
        thing: its place in the right sentence.
        box: around what is seen of it.
        inside: the share of the most-attended cells whose centre lies in the box, 1 or 0 unless several are attended
            most; None for a model without attention, which points nowhere.
    """

    thing: int
    box: Box
    inside: float | None


def named_things(words: Sequence[str], scene: Scene) -> list[int | None]:
    """For every word of a sentence, right or wrong, the thing that it names: its place in the right sentence.

    A word that says something of one thing names that one; of two, as in "a red ball left of a red box", the one of
    its own side of the relation. None for words that say nothing of what is there.
    """
    between = next((n for n, word in enumerate(words) if word in _BETWEEN), len(words))
    found: list[int | None] = []
    for n, word in enumerate(words):
        about = [k for k, thing in enumerate(scene.meaning.things) if word in thing.words]
        side = int(n > between)
        found.append(side if side in about and len(about) > 1 else about[0] if about else None)
    return found


def pointing(trace: CaptionTrace, scene: Scene) -> list[Pointing | None]:
    """For every word of a caption what it names and whether the look before it was there; None where it names nothing
    that is there.
    """
    looks = trace.attention != "none"
    return [
        None
        if thing is None
        else Pointing(thing, scene.boxes[thing], on_thing(step, scene.boxes[thing]) if looks else None)
        for step, thing in zip(trace.steps, named_things(trace.words, scene), strict=True)
    ]
