"""The browser's part of watching: a few scenes, what is said of them, and the heat of every word, moment by moment.

A Streamlit component of the second kind, as ``core.views.stepper`` is one, with whose script it paints its heat.
It is fed with :func:`payload` again and again while a run goes on; a slider goes back in time without the server.
"""

import base64
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from core.captioning.photo import encode_jpeg
from core.data.scenes import SIDE, Box, Scene, make_scene
from core.scenes.live.snapshots import Snapshot
from core.trace import CaptionTrace
from core.views import figures
from core.views.curves import COLOURS

SCALE = 3  # times the size that the models see


def assets() -> dict[str, str]:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    folder = Path(__file__).parent
    read = {kind: (folder / f"component.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}
    heat = (folder.parent / "stepper" / "heat.js").read_text(encoding="utf-8")
    return {**read, "js": f"{heat}\n{read['js']}"}


def payload(id: str, shown: Sequence[int], names: Sequence[str], films: Sequence[Sequence[Snapshot]]) -> dict:
    """All that the component needs, as JSON can hold it.

    Args:
        id: of the run; the component begins anew where it changes.
        shown: the numbers of the scenes of ``val``.
        names: what each learner is called; nothing is written over a single one.
        films: the moments of each learner, in order. They are paired by their steps; the shortest film decides.
    """
    scenes = [make_scene("val", number) for number in shown]
    steps = [{moment.step: moment for moment in film} for film in films]
    common = sorted(set.intersection(*(set(film) for film in steps))) if steps else []
    return {
        "id": id,
        "names": list(names) if len(names) > 1 else [""],
        "colours": COLOURS,
        "scenes": [
            {"jpeg": _jpeg(number), "truth": scene.caption} for number, scene in zip(shown, scenes, strict=True)
        ],
        "moments": [
            {
                "step": step,
                "label": f"after {step:,} steps" if step else "before the first step",
                "learners": [
                    [_told(trace, scene) for trace, scene in zip(film[step].traces, scenes, strict=True)]
                    for film in steps
                ],
            }
            for step in common
        ],
        "ramp": figures.heat_ramp().ravel().tolist(),
        "opacity": figures.OPACITY,
        "fade": figures.FADE,
    }


@cache
def _jpeg(number: int) -> str:
    return base64.b64encode(encode_jpeg(make_scene("val", number).picture(SCALE))).decode("ascii")


def _told(trace: CaptionTrace, scene: Scene) -> dict:
    """One caption: its words, which of them are right, and where each looked."""
    places = {}  # of a word in the caption -> of the same word in the right sentence
    for block in SequenceMatcher(None, trace.words, scene.words, autojunk=False).get_matching_blocks():
        places |= {block.a + n: block.b + n for n in range(block.size)}
    words = []
    for n, step in enumerate(trace.steps):
        box = scene.word_boxes[places[n]] if n in places else None
        full = figures.full_weight(step)
        shares = bytes(min(255, round(255 * weight / full)) for row in step.alpha for weight in row)
        look = figures.describe_look(step, trace.attention)
        words.append(
            {
                "word": step.word,
                "right": n in places,
                "shares": base64.b64encode(shares).decode("ascii"),
                "glimpse": step.glimpse,
                "box": _part(box) if box else None,
                "look": f"Before “{step.word}” it looks at {look}.",
            }
        )
    return {"grid": list(trace.grid), "exact": tuple(trace.words) == scene.words, "words": words}


def _part(box: Box) -> list[float]:
    """left, top, width, height in parts of the picture."""
    return [round(v / SIDE, 4) for v in (box.left, box.top, box.right - box.left, box.bottom - box.top)]
