"""The standalone page: one HTML file with the stepper inside, which opens offline in any browser.

Nothing is fetched, and the page's own policy forbids it: the only script that may run is the one written here. What
comes from outside (names, words, the photo) is escaped text or JSON that the script sets as text.
"""

import base64
import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from core.captioning.gallery.drawings import mark
from core.captioning.settings import Settings
from core.trace import CaptionTrace
from core.views import figures, stepper
from core.views.stepper import View
from core.views.text import escape, plain, policy_hash

FOLDER = Path(__file__).parent
KINDS = {
    "none": "No attention: the model sees the photo's mean, the same at every word.",
    "soft": "Soft attention: the model sees all cells at once, each by its weight. The weights are the heat.",
    "hard": "Hard attention: the model sees one cell, framed. The heat is the distribution it was chosen from.",
}
NOT_AN_EXPLANATION = (
    "The heat shows where the model looked before each word. It is not an explanation: much of a sentence comes from "
    "the words before it, and quite different heat can lead to the same word."
)


def standalone_html(
    views: Sequence[View],
    title: str,
    *,
    credit: str = "",
    checkpoints: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    date: datetime.date | None = None,
    **how: Any,
) -> bytes:
    """A page to step through captions, with the arrow keys too.

    Args:
        views: one or more, as the stepper takes them.
        title: of the page.
        credit: whose photo it is, on what terms.
        checkpoints: model's name -> sha256 of its weights.
        settings: what the captions were decoded with.
        date: of the captions; today by default.
        how: as :func:`core.views.stepper.lockstep` takes it: ``start``, ``per_row``, ``together``, ``between``.
    """
    data = json.dumps(stepper.lockstep(views, "page", **how), ensure_ascii=False, allow_nan=False)
    component = stepper.assets()
    script = _as_constant(component["js"]) + (FOLDER / "page.js").read_text(encoding="utf-8")
    icon = base64.b64encode(figures.png(mark())).decode("ascii")
    traces = [view.trace for view in views]
    page = Template((FOLDER / "page.html").read_text(encoding="utf-8")).substitute(
        title=escape(title),
        icon=f"data:image/png;base64,{icon}",
        style=(FOLDER / "page.css").read_text(encoding="utf-8"),
        captions=_paragraphs(f"{view.title or view.trace.model}: {view.trace.caption}" for view in views),
        kinds=_paragraphs(KINDS[kind] for kind in dict.fromkeys(trace.attention for trace in traces)),
        notes=_paragraphs(_notes(traces, credit, checkpoints or {}, settings, date or datetime.date.today())),
        component=component["html"],
        component_style=component["css"],
        data=plain(data).replace("<", "\\u003c"),  # the one character by which text could leave a script element
        script=script,
        script_hash=policy_hash(script),
    )
    return page.encode("utf-8")


def _as_constant(module: str) -> str:
    """The component's module, which exports one function, as a script that names it ``mount``."""
    export = "export default function"
    if module.count(export) != 1:
        raise AssertionError("The stepper's script no longer exports one function.")
    return module.replace(export, "const mount = function")


def _paragraphs(texts: Iterable[str]) -> str:
    return "\n".join(f"<p>{escape(text)}</p>" for text in texts)


def _notes(
    traces: Sequence[CaptionTrace],
    credit: str,
    checkpoints: Mapping[str, str],
    settings: Settings | None,
    date: datetime.date,
) -> list[str]:
    """What stands at the foot of the page, a paragraph each."""
    models = dict.fromkeys(trace.model for trace in traces)
    named = [f"{model} (weights {checkpoints[model][:12]}…)" if model in checkpoints else model for model in models]
    written = f"Written by {', '.join(named)} on {date.day} {date:%B %Y}{_manner(settings)}. Made with Glimpse."
    return [NOT_AN_EXPLANATION, *([f"Photo: {credit.rstrip('.')}."] if credit else []), written]


def _manner(settings: Settings | None) -> str:
    if settings is None:
        return ""
    words = {
        "beam": f", the likeliest sentence of a beam {settings.beam} wide",
        "greedy": ", always with the likeliest next word",
        "sample": f", each word drawn at temperature {settings.temperature:g}, seed {settings.seed}",
    }
    return words[settings.method]
