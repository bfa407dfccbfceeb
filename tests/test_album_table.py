"""Rows of many photos in order: by what people wrote, by what the models say apart, by how strange the photo is."""

import pytest
from made_traces import caption

from core.captioning.album_table import ORDERS, AlbumRow, arrange, choices, disagreement, orders


def row(name: str, *captions: str, cider: float | None = None, distance: float | None = None, **more) -> AlbumRow:
    traces = {f"m{n}": caption(text.split()) for n, text in enumerate(captions)}
    scores = {} if cider is None else {model: {"BLEU-4": 1.0, "CIDEr": cider} for model in traces}
    return AlbumRow(name, b"", traces, distance=distance, scores=scores, **more)


ROWS = [
    row("a", "a dog runs", "a dog runs", cider=50.0, distance=0.4),
    row("b", "a cat", "two men", cider=9.0, distance=1.7),
    row("c", "a dog", "a cat"),
    AlbumRow("d", b"", {}, problem="No photo."),
    row("e", "a dog", "the dog", cider=9.0, distance=0.2, references=("Zebras at night",)),
]


def names(*how: str) -> str:
    return "".join(one.name for one in arrange(ROWS, *how))


def test_disagreement_counts_words_and_not_their_order():
    assert disagreement(["a dog runs", "runs a dog"]) == 0
    assert disagreement(["a dog", "two cats"]) == 1
    assert disagreement(["a dog", "a cat"]) == pytest.approx(2 / 3)  # one of three words in common
    assert disagreement(["a a dog", "a dog"]) == pytest.approx(1 / 3)
    assert disagreement(["a", "a", "b"]) == pytest.approx(2 / 3)
    assert disagreement(["", ""]) == 0 and disagreement(["a"]) is disagreement([]) is None


def test_every_order_and_equal_ones_stay_as_they_were():
    assert names("as given") == "abcde"
    assert names("worst first") == "beacd"
    assert names("most disagreement first") == "bcead"
    assert names("most doubtful first") == "baecd"
    assert AlbumRow("x", b"", {}, scores={"soft": {"BLEU-4": 1.0}}).quality is None
    assert orders(ROWS) == list(ORDERS) and orders(ROWS[3:4]) == ["as given"]


def test_only_some():
    assert choices(ROWS) == ["all", "doubtful", "models disagree", "not captioned"]
    assert choices(ROWS[:1]) == ["all"]
    assert names("as given", "doubtful") == "b" and names("worst first", "models disagree") == "bec"
    assert names("as given", "not captioned") == "d"


def test_a_word_is_found_in_captions_of_models_and_people_and_in_names():
    assert names("as given", "all", "do") == "ace" and names("as given", "all", " MEN ") == "b"
    assert names("as given", "all", "og") == "" and names("as given", "all", "night") == "e"
    assert names("as given", "all", "d") == "acde"
