"""What the cards of captioners and of their encoder say. Nothing that is not known of the data is said."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.captioning.encoder import Encoder
from core.checkpoints.labels import heads_of, several
from core.data.captions import CaptionedPhoto
from core.training.cards import model_card

_COMMAND = "python -m core train photos"
_HIDDEN = ("dataset", "images", "phrases", "texts", "out", "encoder_weights")  # paths of one machine

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
_KNOWN["dataset_coco_more.json"] = ("a larger part of COCO 2014", _KNOWN["dataset_coco.json"][1])
_KNOWN["dataset_pascal_sentences.json"] = (
    "Pascal sentences",
    "The captions of Pascal sentences (Rashtchian et al. 2010) were published by the University of Illinois without a\n"
    "  licence; the photos, of Pascal VOC 2008, belong to their Flickr authors.",
)

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


# What a student should know of a captioner's looks.
_LOOKS = {
    "taught": "Where people had drawn boxes around what a phrase of a caption names, its looks were taught in\n"
    "training to lie in there (Flickr30k Entities, Plummer et al. 2015); at other words they are its own.",
    "free": "Its looks were never taught: they are what learning to write captions made of them.",
}


def captioner(name: str, config: Mapping[str, Any], grid: tuple[int, int]) -> str:
    """The card of a captioner with this config, which looks at grids of so many rows and columns."""
    look = {
        "none": "the mean of all cells at every word: no attention (the plain recurrent captioner)",
        "soft": "the weighted mean of the cells (Xu et al. 2015, deterministic soft attention)",
        "hard": "one cell, sampled in training, the likeliest or a sampled one in use (Xu et al. 2015, hard attention)",
    }[config["attention"]]
    layers, heads = heads_of(config)
    if several(config):
        look = (
            f"{look.partition(' (')[0]} by each of the {heads} heads of each of its {layers} layers, which also look\n"
            "back at the words so far (Vaswani et al. 2017); what is drawn is the mean of their weights"
        )
    taught = "" if config["attention"] == "none" else "\n" + _LOOKS[config.get("looks", "free")]
    if several(config) and config.get("looks") == "taught":
        taught += "\nThe first head of each layer was taught so; the others are free."
    return model_card(
        f"{name}: a captioner",
        "Writes an English sentence about a photo, word by word. Before each word it looks at the encoder's "
        f"{grid[0]} x {grid[1]} grid:\n{look}.{taught}",
        config,
        _limits(config, "It sees through the encoder with the sha256 in `config.json`, whose card has its limits."),
        training="What was kept was chosen by CIDEr-D of greedy captions on the first data set's val.",
        command=_COMMAND,
        hidden=_HIDDEN,
    )


def encoder(config: Mapping[str, Any], model: Encoder) -> str:
    """The card of an encoder with this config, fine-tuned from ImageNet's weights."""
    boxes = (
        "Where people had drawn boxes\naround what a phrase names, its words were to be found in there."
        if config["settings"].get("phrases")
        else "No boxes were used."
    )
    about = model.about or f"Its architecture is {model.architecture}."
    return model_card(
        f"encoder: photo -> {model.grid[0]} x {model.grid[1]} grid",
        f"{about}\nIt was fine-tuned to find the words of a photo's captions somewhere on its grid, and to serve the "
        f"captioners that learnt\nbeside it. {boxes}",
        config,
        _limits(
            config,
            f"It began with ImageNet's weights of {model.architecture}; ImageNet is for non-commercial research and "
            "education.",
        ),
        command=_COMMAND,
        scores=None,
        hidden=_HIDDEN,
    )


def _limits(config: Mapping[str, Any], *own: str) -> list[str]:
    known = (_KNOWN.get(Path(path).name) for path in config["settings"]["dataset"])
    return [*dict.fromkeys(entry[1] for entry in known if entry), *own, *_ALWAYS]
