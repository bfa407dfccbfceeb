"""Model cards: what a folder under ``checkpoints/`` says of itself."""

from collections.abc import Sequence
from pathlib import Path

_KNOWN = {
    "dataset_flickr8k.json": "Flickr8k train + restval (6,091 photos, five captions each)",
    "dataset_coco_small.json": "875 COCO 2014 photos (76 with five captions, the others with one)",
}
LICENCE = "code MIT; weights for research and education only (see LICENSE-WEIGHTS.md)"

_LIMITS = """\
## Limits

- Flickr8k shows mostly people and dogs outdoors. Of other things the model has seen little, and it says
  something all the same.
- The captions repeat what five people wrote of each photo in 2010, their guesses at gender and age included.
- The photos belong to their Flickr authors; Flickr8k is for research and education only, and so are these
  weights. COCO's captions are CC BY 4.0. The encoder began as ImageNet weights of Inception-v3.
- Where a model looks is not an explanation of what it says.
"""


def data(datasets: Sequence[Path]) -> str:
    """What the data sets are: the names of those we know, the file names of others."""
    return "; ".join(_KNOWN.get(path.name, path.name) for path in datasets)


def _training(config: dict) -> str:
    settings = config["settings"]
    chosen = {
        key: value for key, value in settings.items() if key not in ("dataset", "images", "out", "encoder_weights")
    }
    lines = "\n".join(
        f"- {key}: {'; '.join(value) if isinstance(value, list) else value}" for key, value in chosen.items()
    )
    history = config.get("history", "Trained by `python -m core train photos`.")
    return f"Seed {config['seed']}. {history} Settings:\n\n{lines}\n"


def captioner(config: dict) -> str:
    """The card of a captioner with this config; its scores are filled in by ``python -m core.report``."""
    look = {
        "none": "the mean of all cells at every word: no attention (the plain recurrent captioner)",
        "soft": "the weighted mean of the cells (Xu et al. 2015, deterministic soft attention)",
        "hard": "one cell, sampled in training, the likeliest or a sampled one in use (Xu et al. 2015, hard attention)",
    }[config["attention"]]
    return f"""\
# {config["attention"]}: a captioner

Writes an English sentence about a photo, word by word. Before each word it looks at the encoder's 14 x 14 grid:
{look}.

## Scores

<!-- scores -->
<!-- /scores -->

## Training

Data: {config["data"]}. The epoch was chosen by CIDEr-D of greedy captions on the first data set's val.
{_training(config)}
{_LIMITS}"""


def encoder(config: dict) -> str:
    """The card of an encoder with this config."""
    return f"""\
# encoder: photo -> 14 x 14 grid

Inception-v3 (Szegedy et al. 2015) up to `Mixed_7a`, which runs with stride 1; see `core/captioning/encoder.py`.
Everything after `Mixed_6a` was fine-tuned to find the words of a photo's captions somewhere on its grid; no boxes
were used, and no captioner, so that the three captioners start from neutral eyes.

## Training

Data: {config["data"]}.
{_training(config)}
{_LIMITS}"""
