"""The player in the browser: captions over photos, or the hops of memory networks over a story, stepped and played.

A page registers it once for each of the two (:func:`assets`) and feeds it with :func:`caption_payload` or
:func:`story_payload`. Everything in a payload is data: the scripts set it as text, never as markup. What comes back:
the trigger ``change`` of a caption, or ``wish`` of a story, a what-if or a question (``requests.js``) with the
payload's id; and the state ``chosen``, the word on which the viewer has settled.
"""

from pathlib import Path
from string import Template
from typing import Literal

from core.views import bundle
from core.views.player.captions import PHOTO_SIDE, CaptionOptions, CaptionPayload, Marked, View, caption_payload
from core.views.player.stories import Answer, StoryPayload, story_payload

__all__ = [
    "PHOTO_SIDE", "Answer", "CaptionOptions", "CaptionPayload", "Marked", "StoryPayload", "View", "assets",
    "caption_payload", "story_payload",
]  # fmt: skip

FOLDER = Path(__file__).parent
_LABELS = {
    "photo": {"step": "word", "play": "Play"},
    "story": {"step": "hop", "play": "Play the hops"},
}  # of the buttons


def assets(kind: Literal["photo", "story"]) -> bundle.Assets:
    """The keyword arguments of ``st.components.v2.component`` for a player of captions or of a story."""
    parts = bundle.assets(FOLDER, kind)
    transport = _template("transport").substitute(_LABELS[kind])
    view = Template(parts["html"]).substitute(transport=transport)
    return {**parts, "html": _template("player").substitute(view=view)}


def _template(name: str) -> Template:
    return Template((FOLDER / f"{name}.html").read_text(encoding="utf-8"))
