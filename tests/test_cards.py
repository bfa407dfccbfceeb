"""Model cards: one maker, the same parts in the same order, and the shipped networks' cards are what it makes."""

import re
from pathlib import Path

import pytest

from core.captioning.encoders.efficientnet_b4 import EfficientNetB4
from core.captioning.training import cards
from core.checkpoints import CARD, list_checkpoints
from core.data.captions import CaptionedPhoto
from core.memory.training.run import memory_card
from core.training.cards import END, START, model_card

CONFIG = {"data": "some photos", "seed": 3, "settings": {"rate": 0.1, "kinds": ["a", "b"], "out": "/home/me"}}


def words(card: str) -> list[str]:
    """Without the scores, which the report fills in, and however its lines are broken."""
    return re.sub(f"{START}.*{END}", "", card, flags=re.DOTALL).split()


@pytest.mark.parametrize(
    "checkpoint", [one for one in list_checkpoints() if one.config["kind"] == "memory"], ids=lambda one: one.name
)
def test_the_cards_of_the_shipped_networks_are_what_is_made_of_their_configs(checkpoint):
    shipped = (checkpoint.path / CARD).read_text(encoding="utf-8")
    assert words(memory_card(checkpoint.name, checkpoint.config)) == words(shipped)


def test_the_parts_of_a_card_and_their_order():
    card = model_card("soft: a captioner", "It looks.", CONFIG, ["It errs."], command="train", hidden=["out"])
    assert re.findall(r"^#+ .*$", card, re.MULTILINE) == [
        "# soft: a captioner",
        "## Scores",
        "## Training",
        "## Limits",
    ]
    assert f"{START}\n{END}\n" in card and "Seed 3; `train`. Settings:\n\n- rate: 0.1\n- kinds: a; b\n\n" in card
    assert "/home/me" not in card and card.endswith("- It errs.\n")


def test_a_model_without_scores_has_no_place_for_them():
    assert START not in model_card("encoder", "It sees.", CONFIG, [], scores=None)


def test_what_a_config_tells_of_its_making_is_told_instead_of_the_usual_command():
    told = model_card("x", "y", {**CONFIG, "history": "By hand, in two sittings.\n"}, [], command="train")
    assert "Seed 3. By hand, in two sittings. Settings:" in told and "`train`" not in told
    both = model_card("x", "y", {**CONFIG, "history": "Twice.", "command": "mine"}, [], command="train")
    assert "Seed 3; `mine`. Twice. Settings:" in both and "`train`" not in both


def test_a_card_states_only_what_is_known_of_the_data():
    def card(*datasets: str) -> str:
        paths = [Path(name) for name in datasets]
        photos = [CaptionedPhoto("0.jpg", "train", (("a",),) * 3), CaptionedPhoto("1.jpg", "val", (("a",),))]
        config = {
            "attention": "soft",
            "seed": 1,
            "settings": {"dataset": list(datasets)},
            "data": cards.data(paths, photos),
        }
        return (
            cards.captioner("soft", config, (14, 14)) + cards.encoder(config, EfficientNetB4()) + cards.licence(paths)
        )

    birds, flickr, both = card("x/birds.json"), card("dataset_flickr8k.json"), card("dataset_flickr8k.json", "b.json")
    assert "birds.json (1 photos with 3 captions)" in birds
    for name in ("Flickr", "COCO", "dogs", "five", "LICENSE-WEIGHTS"):
        assert name not in birds
    assert "Flickr8k" in flickr and "COCO" not in flickr and "LICENSE-WEIGHTS" in flickr
    assert "Flickr8k; b.json" in both and "LICENSE-WEIGHTS" not in both
