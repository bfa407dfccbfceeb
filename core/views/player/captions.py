"""Captions over photos -> what the player is fed with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypedDict, Unpack

from PIL import Image

from core.captioning.interventions import matching
from core.captioning.naming import first_word
from core.trace import CaptionTrace, WordStep
from core.views import figures
from core.views.player.heat import Heat, Photo, as_photo, heat

PHOTO_SIDE = 1000  # pixels; the page shows the photo at most this large


class Marked(NamedTuple):
    """A box around a thing whose place is known, in shares of the photo; ``name``: of the thing, for a sentence."""

    name: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class View:
    """One photo with one caption.

    Attributes:
        photo: upright RGB.
        trace: the caption to step through.
        alt: what is on the photo.
        title: what is written over it; nothing where it is the only view.
        about: a few words under the title.
        key: comes back with a what-if.
        original: the caption that this one's words and their probabilities are compared with.
        chosen: the places of the viewer's own words.
        confined: step -> the cells to which a gaze was confined.
        boxes: around things whose places are known.
        points: for each word which of the boxes it names, and the share of the look's hottest cells that lie in it,
            None where the model looks nowhere; None for words that name nothing. Empty where there are no boxes.
    """

    photo: Image.Image
    trace: CaptionTrace
    alt: str
    title: str = ""
    about: str = ""
    key: str = ""
    original: CaptionTrace | None = None
    chosen: Collection[int] = ()
    confined: Mapping[int, Sequence[int]] = field(default_factory=dict)
    boxes: Sequence[Marked] = ()
    points: Sequence[tuple[int, float | None] | None] = ()


class HeadPayload(TypedDict):
    """One of several heads' look: ``alpha``, ``full`` and ``look`` as in :class:`StepPayload`."""

    alpha: list[float]
    full: float
    look: str


class StepPayload(TypedDict):
    """A word and the look before it.

    ``mark``: "chosen" by the viewer, "changed", or nothing. ``alpha``: the weights row by row, (rows * columns,).
    ``full``: the weight of one cell that gets the brightest heat. ``glimpse``: row and column. ``facts``: names and
    values. ``candidates``: words with their probabilities, as numbers and as text. ``heads``: where several looked, a
    list a layer; empty where there is one, or where views stand side by side. ``box``: the number of the one that the
    word names; ``inside``: whether the look lies in it, None where there is no look.
    """

    word: str
    mark: str
    alpha: list[float]
    full: float
    full_text: str
    glimpse: tuple[int, int] | None
    confined: list[int] | None
    look: str
    facts: list[tuple[str, str]]
    candidates: list[tuple[str, float, str]]
    heads: list[list[HeadPayload]]
    box: int | None
    inside: bool | None


class ViewPayload(TypedDict):
    """``photo``: an index of the payload's photos; ``grid``: rows and columns; ``looks``: the model chooses where to
    look, so that one can have it look elsewhere; ``boxes``: left, top, width and height in shares of the photo.
    """

    title: str
    about: str
    key: str
    photo: int
    grid: tuple[int, int]
    looks: bool
    boxes: list[tuple[float, float, float, float]]
    steps: list[StepPayload]


class CaptionOptions(TypedDict, total=False):
    """How captions are stepped through.

    Attributes:
        scene: while it is the same, and not empty, the chosen word stays when the views change.
        start: the word to begin with; None for the one before which the looks were narrowest.
        per_row: how many views stand side by side where there is room; None for all.
        together: all views have the same words, which then are shown once.
        between: for each word, what there is to say of the views' looks together.
        tool: the kind of what-if that is offered at first.
        changeable: what-ifs may be asked for.
        link: the address bar is to name the chosen word.
        report: the server wants to hear of the word on which the viewer has settled.
    """

    scene: str
    start: int | None
    per_row: int | None
    together: bool
    between: Sequence[Sequence[str]]
    tool: Literal["word", "gaze", "blank"] | None
    changeable: bool
    link: bool
    report: bool


class CaptionPayload(CaptionOptions):
    """All that the player needs; of the options none is missing, and start and per_row are numbers."""

    id: str
    photos: list[Photo]
    heat: Heat
    views: list[ViewPayload]


DEFAULTS: CaptionOptions = {
    "scene": "", "start": None, "per_row": None, "together": False, "between": (), "tool": None,
    "changeable": False, "link": False, "report": False,
}  # fmt: skip


def caption_payload(views: Sequence[View], id: str, **options: Unpack[CaptionOptions]) -> CaptionPayload:
    """All that the player needs to step through captions together, as JSON can hold it.

    Args:
        views: one or more; those with one and the same photo object share it.
        id: changes whenever anything of a view does; comes back with the chosen word.
        options: see :class:`CaptionOptions`.
    """
    shown: list[View] = []
    places: list[int] = []  # of each view's photo
    for view in views:
        same = [n for n, other in enumerate(shown) if other.photo is view.photo]
        places.append(same[0] if same else len(shown))
        shown += [] if same else [view]
    start = options.get("start")
    return {
        **DEFAULTS,
        **options,
        "id": id,
        "photos": [as_photo(view.photo, view.alt, PHOTO_SIDE) for view in shown],
        "heat": heat(),
        "start": first_word([view.trace for view in views], ()) if start is None else start,
        "per_row": options.get("per_row") or len(views),
        "views": [
            {
                "title": view.title,
                "about": view.about,
                "key": view.key,
                "photo": place,
                "grid": view.trace.grid,
                "looks": view.trace.attention != "none",
                "boxes": [(box.left, box.top, box.width, box.height) for box in view.boxes],
                "steps": _steps(view, brief=len(views) > 1),
            }
            for view, place in zip(views, places, strict=True)
        ],
    }


def _steps(view: View, brief: bool) -> list[StepPayload]:
    trace, original = view.trace, view.original
    same = matching(trace.words, original.words) if original else {}
    steps: list[StepPayload] = []
    for n, step in enumerate(trace.steps):
        full = figures.full_weight(step)
        look = figures.describe_look(step, trace.attention)
        before = original.steps[same[n]].prob if original and n in same and original is not trace else None
        mark = "chosen" if n in view.chosen else "changed" if original and n not in same else ""
        box, inside = (view.points[n] if view.points else None) or (None, None)
        points = [] if box is None or inside is None else [("Points", _where(view.boxes[box], inside))]
        steps.append(
            {
                "word": step.word,
                "mark": mark,
                "alpha": _flat(step.alpha),
                "full": full,
                "full_text": figures.percent(full),
                "glimpse": step.glimpse,
                "confined": list(view.confined[n]) if n in view.confined else None,
                "look": f"Before “{step.word}” the model looks at {look}.",
                "facts": [*_facts(step, trace.attention, look, before, brief), *points],
                "candidates": [(word, prob, figures.percent(prob)) for word, prob in step.candidates],
                "heads": [] if brief else _heads(step),
                "box": box,
                "inside": None if inside is None else inside >= 0.5,
            }
        )
    return steps


def _heads(step: WordStep) -> list[list[HeadPayload]]:
    """Each head's look by itself, drawn as the look of a word is."""
    layers: list[list[HeadPayload]] = []
    for layer in step.heads:
        alone = [replace(step, alpha=alpha, glimpse=None) for alpha in layer]
        layers.append(
            [
                {
                    "alpha": _flat(one.alpha),
                    "full": figures.full_weight(one),
                    "look": figures.describe_look(one, "soft"),
                }
                for one in alone
            ]
        )
    return layers


def _flat(alpha: tuple[tuple[float, ...], ...]) -> list[float]:
    return [round(weight, 6) for row in alpha for weight in row]


def _facts(step: WordStep, attention: str, look: str, before: float | None, brief: bool) -> list[tuple[str, str]]:
    """Names and values; ``before`` is the word's probability in the caption that this one is compared with."""
    now, then = figures.percent(step.prob), None if before is None else figures.percent(before)
    facts = [("Probability", now if then in (None, now) else f"{now}, was {then}"), ("Looks at", look)]
    if attention == "none":
        return facts
    if brief:
        return [*facts, ("Entropy", f"{max(0.0, step.entropy):.1f} bits")]
    facts.append(("Entropy", figures.describe_entropy(step)))
    if step.on_nothing:
        facts.append(("Sentinel", f"takes {figures.percent(step.on_nothing)} of the look, which needs no cell"))
    if not step.heads:  # heads have no gate: what each brings back is added to what is known
        facts.append(("Gate", f"lets {figures.percent(step.gate)} of the glimpse through"))
    return facts


def _where(box: Marked, inside: float) -> str:
    """Whether the hottest cell lies in the box; of several alike, how many."""
    return f"{'into' if inside >= 0.5 else 'beside'} the box of the {box.name}"
