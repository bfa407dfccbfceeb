"""Model cards of what was trained on scenes."""

from core.results.report import END, START

DATA = "generated scenes (core/data/scenes), drawn by this project"
LICENCE = "MIT"

_LOOKS = {
    "none": "the mean of all cells at every word: no attention",
    "soft": "the weighted mean of the cells (soft attention)",
    "hard": "one cell, sampled in training, the likeliest or a sampled one in use (hard attention)",
}
_LIMITS = """\
## Limits

- It knows twelve things in eight colours, three sizes and three textures, at most two of them in a picture. Of
  anything else it says something all the same.
- Where a model looks is not an explanation of what it says, even where it points at the right thing.
"""


def _training(config: dict) -> str:
    settings = "\n".join(f"- {key}: {value}" for key, value in config["settings"].items() if key not in ("out", "eyes"))
    history = config.get("history", "Trained by `python -m core train scenes`.")
    return f"Seed {config['seed']}. {history} Settings:\n\n{settings}\n"


def captioner(config: dict) -> str:
    """The card of a captioner of scenes with this config."""
    return f"""\
# A captioner of scenes, attention {config["attention"]}

Writes one sentence about a small generated picture, word by word. Before each word it looks at a 12 x 12 grid:
{_LOOKS[config["attention"]]}.

## Scores

{START}
Not measured yet.
{END}

Captions that are right word for word, and how often the most-attended cell before a naming word lies on the thing that
it names. `test`: other sentences about the same things; `unseen`: a colour on a thing that never had it in training.

## Training

Data: {config["data"]}. All captioners of a run look through one pair of eyes (`scenes-eyes`).
{_training(config)}
{_LIMITS}"""


def eyes(config: dict) -> str:
    """The card of eyes for scenes with this config."""
    return f"""\
# Eyes for scenes: picture -> 12 x 12 grid

Five convolutions; each cell says what it sees and where it is (`core/scenes/encoder.py`). They learnt
together with captioners ({", ".join(config["settings"]["attention"])}; from all but `none`), and with a linear head
that is to find the words of a scene's sentence somewhere on the grid. No boxes were used.

## Training

Data: {config["data"]}.
{_training(config)}
{_LIMITS}"""
