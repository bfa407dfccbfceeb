"""The standalone page: one HTML file with the player inside, which opens offline in any browser.

Nothing is fetched, and the page's own policy forbids it: the only script that may run is the one written here. What
comes from outside (names, words, the photo) is escaped text or JSON that the script sets as text.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Unpack

from markupsafe import Markup

from core.captioning.gallery.drawings import mark
from core.captioning.settings import Settings
from core.exports.templates import read, render
from core.trace import CaptionTrace
from core.views import figures, player
from core.views.player import CaptionOptions, View
from core.views.text import plain

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
    doubt: str = "",
    credit: str = "",
    checkpoints: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    date: datetime.date | None = None,
    **how: Unpack[CaptionOptions],
) -> bytes:
    """A page to step through captions, with the arrow keys too.

    Args:
        views: one or more, as the player takes them.
        title: of the page.
        doubt: why the captions may be a guess; stands over them.
        credit: whose photo it is, on what terms.
        checkpoints: model's name -> sha256 of its weights.
        settings: what the captions were decoded with.
        date: of the captions; today by default.
        how: the captions are stepped through; there is no server to ask.
    """
    data = json.dumps(player.caption_payload(views, "page", **how), ensure_ascii=False, allow_nan=False)
    component = player.assets("photo")
    traces = [view.trace for view in views]
    kinds = [KINDS[kind] for kind in dict.fromkeys(trace.attention for trace in traces)]
    return render(
        "page.html",
        "page.css",
        title=title,
        icon=figures.png(mark()),
        doubt=doubt,
        views=views,
        notes=[*kinds, *_notes(traces, credit, checkpoints or {}, settings, date or datetime.date.today())],
        component=Markup(component["html"]),
        component_style=Markup(component["css"]),
        # "<" is the one character by which text could leave a script element.
        data=Markup(plain(data).replace("<", "\\u003c")),
        script=Markup(_as_constant(component["js"]) + read("page.js")),
    )


def _as_constant(module: str) -> str:
    """The player's module, which exports one function, as a script that names it ``mount``."""
    export = "\nexport default "
    if module.count(export) != 1:
        raise AssertionError("The player's script no longer exports one function.")
    return module.replace(export, "\nconst mount = ")


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
