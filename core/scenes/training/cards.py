"""What the cards of captioners of scenes and of their encoder say."""

from collections.abc import Mapping
from typing import Any

from core.scenes.encoder import SceneEncoder
from core.training.cards import model_card

ROWS, COLUMNS = SceneEncoder.grid

DATA = "generated scenes (core/data/scenes), drawn by this project"
LICENCE = "MIT"

_COMMAND = "python -m core train scenes"
_HIDDEN = ("out", "eyes", "encoder")  # paths of one machine
_LOOKS = {
    "none": "the mean of all cells at every word: no attention",
    "soft": "the weighted mean of the cells (soft attention)",
    "hard": "one cell, sampled in training, the likeliest or a sampled one in use (hard attention)",
}
_LIMITS = (
    "It knows twelve things in eight colours, three sizes and three textures, at most two of them in a picture. Of\n"
    "  anything else it says something all the same.",
    "Where a model looks is not an explanation of what it says, even where it points at the right thing.",
)


def captioner(config: Mapping[str, Any]) -> str:
    """The card of a captioner of scenes with this config."""
    return model_card(
        f"A captioner of scenes, attention {config['attention']}",
        "Writes one sentence about a small generated picture, word by word. Before each word it looks at a "
        f"{ROWS} x {COLUMNS} grid:\n{_LOOKS[config['attention']]}.",
        config,
        _LIMITS,
        training="All captioners of a run look through one encoder (`scenes-eyes`).",
        command=_COMMAND,
        scores="Captions that are right word for word, and how often the most-attended cell before a naming word lies "
        "on the thing that\nit names. `test`: other sentences about the same things; `unseen`: a colour on a thing "
        "that never had it in training.",
        hidden=_HIDDEN,
    )


def encoder(config: Mapping[str, Any]) -> str:
    """The card of an encoder for scenes with this config."""
    return model_card(
        f"Encoder for scenes: picture -> {ROWS} x {COLUMNS} grid",
        "Five convolutions; each cell says what it sees and where it is (`core/scenes/encoder.py`). They learnt\n"
        f"together with captioners ({', '.join(config['settings']['attention'])}; from all but `none`), and with a "
        "linear head\nthat is to find the words of a scene's sentence somewhere on the grid. No boxes were used.",
        config,
        _LIMITS,
        command=_COMMAND,
        scores=None,
        hidden=_HIDDEN,
    )
