"""The browser's part: photos, sentences, and the heat of the chosen word, stepped through without the server.

``component.html``, ``.css`` and the scripts are a Streamlit component of the second kind, which a page registers; it
is fed once with :func:`payload` or :func:`lockstep`. Everything in there is data: the scripts set it as text, never
as markup. What comes back: the state ``chosen``, the word on which the viewer has settled, and the trigger ``change``,
a what-if that the viewer asks for (see ``Stepper.change`` in ``component.js``).
"""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from PIL import Image

from core.captioning.interventions import matching
from core.captioning.photo import encode_jpeg
from core.trace import CaptionTrace, WordStep
from core.views import figures

PHOTO_SIDE = 1000  # pixels; the page shows the photo at most this large
SCRIPTS = ("heat.js", "picker.js", "view.js", "component.js")  # one module: what a script uses stands before it


@dataclass(frozen=True)
class View:
    """One photo with one caption.

    Attributes:
        photo: upright RGB.
        trace: the caption to step through.
        alt: what is on the photo.
        title: what is written over it; nothing where it is the only view.
        key: comes back with a what-if.
        original: the caption that this one's words and their probabilities are compared with.
        chosen: the places of the viewer's own words.
        confined: step -> the cells to which a gaze was confined.
    """

    photo: Image.Image
    trace: CaptionTrace
    alt: str
    title: str = ""
    key: str = ""
    original: CaptionTrace | None = None
    chosen: Collection[int] = ()
    confined: Mapping[int, Sequence[int]] = field(default_factory=dict)


def assets() -> dict[str, str]:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    folder = Path(__file__).parent
    read = {kind: (folder / f"component.{kind}").read_text(encoding="utf-8") for kind in ("html", "css")}
    return {**read, "js": "\n".join((folder / name).read_text(encoding="utf-8") for name in SCRIPTS)}


def payload(photo: Image.Image, trace: CaptionTrace, alt: str, id: str) -> dict:
    """What the component needs to step through one caption; see :func:`lockstep`."""
    return lockstep([View(photo, trace, alt)], id)


def lockstep(
    views: Sequence[View],
    id: str,
    *,
    scene: str = "",
    start: int | None = None,
    per_row: int | None = None,
    together: bool = False,
    between: Sequence[Sequence[str]] = (),
    tool: Literal["word", "gaze", "blank"] | None = None,
    changeable: bool = False,
    link: bool = False,
    report: bool = False,
) -> dict:
    """All that the component needs to step through several captions at once, as JSON can hold it.

    Args:
        views: one or more.
        id: changes whenever anything of a view does; comes back with the chosen word.
        scene: while it is the same, and not empty, the chosen word stays when the views change.
        start: the word to begin with; None for the one before which the first view's look was narrowest.
        per_row: how many views stand side by side where there is room; None for all.
        together: all views have the same words, which then are shown once.
        between: for each word, what there is to say of the views' looks together.
        tool: the kind of what-if that is offered at first.
        changeable: what-ifs may be asked for.
        link: the address bar is to name the chosen word.
        report: the server wants to hear of the word on which the viewer has settled.
    """
    photos = list({_same(view.photo): view for view in views}.values())
    places = {_same(view.photo): n for n, view in enumerate(photos)}
    return {
        "id": id,
        "scene": scene,
        "photos": [
            {
                "jpeg": base64.b64encode(encode_jpeg(view.photo, PHOTO_SIDE)).decode("ascii"),
                "alt": view.alt,
                "ratio": view.photo.width / view.photo.height,
            }
            for view in photos
        ],
        "ramp": figures.heat_ramp().ravel().tolist(),
        "opacity": figures.OPACITY,
        "fade": figures.FADE,
        "start": figures.sharpest(views[0].trace) if start is None else start,
        "perRow": per_row or len(views),
        "together": together,
        "between": [list(lines) for lines in between],
        "tool": tool,
        "changeable": changeable,
        "link": link,
        "report": report,
        "views": [
            {
                "title": view.title,
                "key": view.key,
                "photo": places[_same(view.photo)],
                "grid": list(view.trace.grid),
                "steps": _steps(view, brief=len(views) > 1),
            }
            for view in views
        ],
    }


def _same(photo: Image.Image) -> int:
    """One number for one object: views may share a photo, which then is sent once."""
    return id(photo)


def _steps(view: View, brief: bool) -> list[dict]:
    trace, original = view.trace, view.original
    same = matching(trace.words, original.words) if original else {}
    steps = []
    for n, step in enumerate(trace.steps):
        full = figures.full_weight(step)
        look = figures.describe_look(step, trace.attention)
        before = original.steps[same[n]].prob if n in same and original is not trace else None
        mark = "chosen" if n in view.chosen else "changed" if original and n not in same else ""
        steps.append(
            {
                "word": step.word,
                "mark": mark,
                "alpha": [round(weight, 6) for row in step.alpha for weight in row],
                "full": full,
                "fullText": figures.percent(full),
                "glimpse": step.glimpse,
                "confined": list(view.confined[n]) if n in view.confined else None,
                "look": f"Before “{step.word}” the model looks at {look}.",
                "facts": _facts(step, trace.attention, look, before, brief),
                "candidates": [[word, prob, figures.percent(prob)] for word, prob in step.candidates],
            }
        )
    return steps


def _facts(step: WordStep, attention: str, look: str, before: float | None, brief: bool) -> list[tuple[str, str]]:
    """Names and values; ``before`` is the word's probability in the caption that this one is compared with."""
    now, then = figures.percent(step.prob), None if before is None else figures.percent(before)
    facts = [("Probability", now if then in (None, now) else f"{now}, was {then}"), ("Looks at", look)]
    if attention == "none":
        return facts
    if brief:
        return [*facts, ("Entropy", f"{max(0.0, step.entropy):.1f} bits")]
    gate = f"lets {figures.percent(step.gate)} of the glimpse through"
    return [*facts, ("Entropy", figures.describe_entropy(step)), ("Gate", gate)]
