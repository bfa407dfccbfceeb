"""The browser's part of watching: a few scenes, what is said of them, and the heat of every word, snapshot by snapshot.

It draws its heat and plays its history as ``core.views.player`` does. It is fed with :func:`payload` again and again
while a run goes on; a slider goes back in time without the server.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import TypedDict

from core.captioning.photo import encode_jpeg
from core.data.scenes import SIDE, Box, Scene, make_scene
from core.scenes.live.snapshots import Snapshot
from core.trace import CaptionTrace
from core.views import bundle, figures
from core.views.curves import COLOURS
from core.views.player.heat import Heat, as_text, heat

SCALE = 3  # times the size that the models see


class WordPayload(TypedDict):
    """A word, whether it is right, and where it looked.

    ``shares``: of the brightest heat, a byte a cell row by row, base64. ``glimpse``: row and column. ``box``: left,
    top, width and height of what the word names, in parts of the picture.
    """

    word: str
    right: bool
    shares: str
    glimpse: tuple[int, int] | None
    box: list[float] | None
    look: str


class CaptionPayload(TypedDict):
    """One caption; ``grid``: rows and columns."""

    grid: tuple[int, int]
    exact: bool
    words: list[WordPayload]


class SnapshotPayload(TypedDict):
    """The captions of one snapshot: learner -> scene -> caption."""

    step: int
    label: str
    learners: list[list[CaptionPayload]]


class ScenePayload(TypedDict):
    """``jpeg``: base64; ``truth``: the one right sentence."""

    jpeg: str
    truth: str


class FilmPayload(TypedDict):
    """All that the component needs; the arguments of :func:`payload` say what they are."""

    id: str
    names: list[str]
    colours: Sequence[str]
    scenes: list[ScenePayload]
    snapshots: list[SnapshotPayload]
    heat: Heat


def assets() -> bundle.Assets:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    return bundle.assets(Path(__file__).parent)


def payload(id: str, shown: Sequence[int], names: Sequence[str], films: Sequence[Sequence[Snapshot]]) -> FilmPayload:
    """All that the component needs, as JSON can hold it.

    Args:
        id: of the run; the component begins anew where it changes.
        shown: the numbers of the scenes of ``val``.
        names: what each learner is called; nothing is written over a single one.
        films: the snapshots of each learner, in order. They are paired by their steps; the shortest film decides.
    """
    scenes = [make_scene("val", number) for number in shown]
    steps = [{snapshot.step: snapshot for snapshot in film} for film in films]
    common = sorted(set.intersection(*(set(film) for film in steps))) if steps else []
    return {
        "id": id,
        "names": list(names) if len(names) > 1 else [""],
        "colours": COLOURS,
        "scenes": [
            {"jpeg": _jpeg(number), "truth": scene.caption} for number, scene in zip(shown, scenes, strict=True)
        ],
        "snapshots": [
            {
                "step": step,
                "label": f"after {step:,} steps" if step else "before the first step",
                "learners": [
                    [_caption(trace, scene) for trace, scene in zip(film[step].traces, scenes, strict=True)]
                    for film in steps
                ],
            }
            for step in common
        ],
        "heat": heat(),
    }


@cache
def _jpeg(number: int) -> str:
    return as_text(encode_jpeg(make_scene("val", number).picture(SCALE)))


def _caption(trace: CaptionTrace, scene: Scene) -> CaptionPayload:
    """One caption: its words, which of them are right, and where each looked."""
    places: dict[int, int] = {}  # of a word in the caption -> of the same word in the right sentence
    for block in SequenceMatcher(None, trace.words, scene.words, autojunk=False).get_matching_blocks():
        places |= {block.a + n: block.b + n for n in range(block.size)}
    words: list[WordPayload] = []
    for n, step in enumerate(trace.steps):
        box = scene.word_boxes[places[n]] if n in places else None
        full = figures.full_weight(step)
        shares = bytes(min(255, round(255 * weight / full)) for row in step.alpha for weight in row)
        look = figures.describe_look(step, trace.attention)
        words.append(
            {
                "word": step.word,
                "right": n in places,
                "shares": as_text(shares),
                "glimpse": step.glimpse,
                "box": _part(box) if box else None,
                "look": f"Before “{step.word}” it looks at {look}.",
            }
        )
    return {"grid": trace.grid, "exact": tuple(trace.words) == scene.words, "words": words}


def _part(box: Box) -> list[float]:
    """left, top, width, height in parts of the picture."""
    return [round(v / SIDE, 4) for v in (box.left, box.top, box.right - box.left, box.bottom - box.top)]
