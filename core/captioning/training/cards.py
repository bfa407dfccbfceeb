"""Model cards: what a folder under ``checkpoints/`` says of itself. Nothing that is not known of the data is said."""

from collections.abc import Sequence
from pathlib import Path

from core.data.karpathy import CaptionedPhoto

# By file name: what the data set is called, and what whoever uses a model trained on it should know.
_KNOWN = {
    "dataset_flickr8k.json": (
        "Flickr8k",
        "Flickr8k shows mostly people and dogs outdoors, in the words of five people a photo.\n"
        "  Its photos belong to their Flickr authors; it is for research and education only, and so are these weights.",
    ),
    "dataset_coco.json": (
        "COCO 2014",
        "COCO's captions are CC BY 4.0, the COCO Consortium; its photos belong to their Flickr authors.",
    ),
}
_KNOWN["dataset_coco_small.json"] = ("a small part of COCO 2014", _KNOWN["dataset_coco.json"][1])

_ALWAYS = (
    "Of what its photos seldom show, the model says something all the same.",
    "It repeats what people wrote of those photos, their guesses at gender and age included.",
    "Where a model looks is not an explanation of what it says.",
)


def data(datasets: Sequence[Path], photos: Sequence[CaptionedPhoto]) -> str:
    """What the data sets are, file names where we do not know them, and how much of ``photos`` was learnt from."""
    learnt = [photo for photo in photos if photo.split in ("train", "restval")]
    names = "; ".join(_KNOWN[path.name][0] if path.name in _KNOWN else path.name for path in datasets)
    return f"{names} ({len(learnt):,} photos with {sum(len(photo.captions) for photo in learnt):,} captions)"


def licence(datasets: Sequence[Path]) -> str:
    """What the weights may be used for, as far as we know the data."""
    if all(path.name in _KNOWN for path in datasets):
        return "code MIT; weights for research and education only (see LICENSE-WEIGHTS.md)"
    return "code MIT; weights on the terms of the data that they were made from"


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


def _limits(config: dict, *own: str) -> str:
    known = (_KNOWN.get(Path(path).name) for path in config["settings"]["dataset"])
    of_data = dict.fromkeys(entry[1] for entry in known if entry)
    return "## Limits\n\n" + "".join(f"- {limit}\n" for limit in (*of_data, *own, *_ALWAYS))


def captioner(config: dict) -> str:
    """The card of a captioner with this config; its scores are filled in by ``python -m core.results.report``."""
    look = {
        "none": "the mean of all cells at every word: no attention (the plain recurrent captioner)",
        "soft": "the weighted mean of the cells (Xu et al. 2015, deterministic soft attention)",
        "hard": "one cell, sampled in training, the likeliest or a sampled one in use (Xu et al. 2015, hard attention)",
    }[config["attention"]]
    limits = _limits(config, "It sees through the encoder with the sha256 in `config.json`, whose card has its limits.")
    return f"""\
# {config["attention"]}: a captioner

Writes an English sentence about a photo, word by word. Before each word it looks at the encoder's 14 x 14 grid:
{look}.

## Scores

<!-- scores -->
<!-- /scores -->

## Training

Data: {config["data"]}. What was kept was chosen by CIDEr-D of greedy captions on the first data set's val.
{_training(config)}
{limits}"""


def encoder(config: dict) -> str:
    """The card of an encoder with this config, fine-tuned from ImageNet's weights."""
    limits = _limits(
        config, "It began as Inception-v3's ImageNet weights; ImageNet is for non-commercial research and education."
    )
    return f"""\
# encoder: photo -> 14 x 14 grid

Inception-v3 (Szegedy et al. 2015) up to `Mixed_7a`, which runs with stride 1; see `core/captioning/encoder.py`.
Everything after `Mixed_5d` was fine-tuned: to find the words of a photo's captions somewhere on its grid, and to serve
two captioners that learnt beside it, one without attention and one with soft attention. No boxes were used.

## Training

Data: {config["data"]}.
{_training(config)}
{limits}"""
