"""Phrases tied to boxes: read as they are, or refused in a sentence; and how much of each cell the boxes cover."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.data import phrases
from core.data.captions import CaptionedPhoto, read_captions
from core.data.errors import DataError
from core.data.phrases import Phrase, cell_shares, covers, read_phrases

PHOTO = CaptionedPhoto("a.jpg", "val", (("a", "big", "dog", "runs"), ("another", "of", "the", "dogs")))
ENTRY = {"boxes": {"7": [[0, 0.25, 0.5, 1]]}, "phrases": [[[0, 3, 7, "animals"]], []]}
SHARED = Path("/work/shared/data")
FLICKR = SHARED / "flickr30k_entities" / "phrases_flickr8k.json"


def write(path: Path, entry: object) -> Path:
    path.write_text(json.dumps({"a.jpg": entry, "unknown.jpg": 3}))
    return path


def test_phrases_are_read_beside_their_captions(tmp_path):
    photos = [PHOTO, CaptionedPhoto("without.jpg", "val", ())]
    found = read_phrases(write(tmp_path / "p.json", ENTRY), photos)
    assert list(found) == ["a.jpg"]
    assert found["a.jpg"].boxes == {"7": ((0.0, 0.25, 0.5, 1.0),)}
    ((phrase,), nothing) = found["a.jpg"].captions
    assert phrase == Phrase(0, 3, "7", "animals") and nothing == ()
    assert phrase.noun == 2 and list(phrase.content(PHOTO.captions[0])) == [1, 2]


def test_a_phrase_keeps_its_last_word_whatever_it_is():
    assert list(Phrase(0, 1, "7", "other").content(("another", "one"))) == [0]
    assert list(Phrase(0, 4, "7", "other").content(PHOTO.captions[1])) == [1, 2, 3]


def test_a_box_that_sticks_out_a_little_is_clipped(tmp_path):
    entry = {**ENTRY, "boxes": {"7": [[-0.001, 0, 1.01, 1]]}}
    assert read_phrases(write(tmp_path / "p.json", entry), [PHOTO])["a.jpg"].boxes["7"] == ((0.0, 0.0, 1.0, 1.0),)


@pytest.mark.parametrize(
    "entry, why",
    [
        (3, "boxes by entity"),
        ({}, "boxes by entity"),
        ({**ENTRY, "boxes": []}, "boxes by entity"),
        ({**ENTRY, "boxes": {"7": 3}}, "boxes by entity"),
        ({**ENTRY, "boxes": {"7": []}}, "an entity has no box"),
        ({**ENTRY, "boxes": {"7": [[0, 0, 1]]}}, "x0, y0, x1, y1"),
        ({**ENTRY, "boxes": {"7": [{"x0": 0}]}}, "x0, y0, x1, y1"),
        ({**ENTRY, "boxes": {"7": [[0, 0, 200, 100]]}}, "outside its photo"),
        ({**ENTRY, "boxes": {"7": [[0, 0, float("nan"), 1]]}}, "outside its photo"),
        ({**ENTRY, "boxes": {"7": [[0, 0, "1", 1]]}}, "outside its photo"),
        ({**ENTRY, "boxes": {"7": [[0, 0, True, 1]]}}, "outside its photo"),
        ({**ENTRY, "boxes": {"7": [[0, 0, 10**400, 1]]}}, "outside its photo"),
        ({**ENTRY, "boxes": {"7": [[0.5, 0, 0.5, 1]]}}, "no area"),
        ({**ENTRY, "boxes": {"7": [[1.005, 0, 1.01, 1]]}}, "no area"),
        ({**ENTRY, "phrases": 3}, "boxes by entity"),
        ({**ENTRY, "phrases": [[]]}, "phrases of 1 captions, and the data set has 2"),
        ({**ENTRY, "phrases": [3, []]}, "boxes by entity"),
        ({**ENTRY, "phrases": [[[0, 3, 7]], []]}, "a phrase is its first"),
        ({**ENTRY, "phrases": [["abcd"], []]}, "a phrase is its first"),
        ({**ENTRY, "phrases": [[[0, 5, 7, "animals"]], []]}, "outside its caption"),
        ({**ENTRY, "phrases": [[[-1, 3, 7, "animals"]], []]}, "outside its caption"),
        ({**ENTRY, "phrases": [[[2, 2, 7, "animals"]], []]}, "outside its caption"),
        ({**ENTRY, "phrases": [[[False, 2, 7, "animals"]], []]}, "outside its caption"),
        ({**ENTRY, "phrases": [[[0.0, 2, 7, "animals"]], []]}, "outside its caption"),
        ({**ENTRY, "phrases": [[[0, 3, 8, "animals"]], []]}, "no box"),
        ({**ENTRY, "phrases": [[[0, 3, 7, "ideas"]], []]}, "one of the types"),
        ({**ENTRY, "phrases": [[[0, 3, 7, ["animals"]]], []]}, "one of the types"),
    ],
    ids=range(27),
)
def test_what_is_no_entry_is_refused_with_the_reason(tmp_path, entry, why):
    with pytest.raises(DataError, match=f"p.json says of a.jpg .*{why}"):
        read_phrases(write(tmp_path / "p.json", entry), [PHOTO])


@pytest.mark.parametrize("text", ["", "{", "\xff", "[" * 100_000])
def test_what_is_no_json_is_refused(tmp_path, text):
    (tmp_path / "p.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match="is not JSON"):
        read_phrases(tmp_path / "p.json", [PHOTO])


def test_what_is_no_file_of_phrases_is_refused(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="cannot be read"):
        read_phrases(tmp_path / "absent.json", [PHOTO])
    (tmp_path / "p.json").write_text("[]")
    with pytest.raises(DataError, match="holds no phrases"):
        read_phrases(tmp_path / "p.json", [PHOTO])
    monkeypatch.setattr(phrases, "MAX_BYTES", 1)
    with pytest.raises(DataError, match="too large"):
        read_phrases(tmp_path / "p.json", [PHOTO])


def test_how_much_of_each_cell_boxes_cover():
    # the left half and a quarter of the upper right cell, which both boxes hold in part
    boxes = [(0.0, 0.0, 0.5, 1.0), (0.25, 0.0, 0.75, 0.25)]
    assert cell_shares(boxes, (2, 2)) == pytest.approx([1, 0.25, 1, 0])
    assert cell_shares(boxes, (1, 1)) == pytest.approx([0.5 + 0.25 * 0.25])
    assert cell_shares([(0, 0, 1, 1)], (3, 5)) == pytest.approx(np.ones(15))
    assert cell_shares([], (3, 5)) == pytest.approx(np.zeros(15))
    # row after row: the second row's third cell
    assert cell_shares([(0.5, 0.5, 0.75, 1)], (2, 4)).nonzero()[0].tolist() == [6]


def test_the_covered_area_is_that_of_fine_squares():
    random = np.random.default_rng(0)
    corners = np.sort(random.integers(0, 43, (6, 2, 2)), axis=1)
    boxes = [tuple(box / 42) for box in corners.reshape(6, 4) if box[0] < box[2] and box[1] < box[3]]
    fine = np.zeros((42, 42))
    for x0, y0, x1, y1 in (np.round(np.multiply(box, 42)).astype(int) for box in boxes):
        fine[y0:y1, x0:x1] = 1
    for rows, columns in ((14, 14), (7, 21), (6, 3)):
        expected = fine.reshape(rows, 42 // rows, columns, 42 // columns).mean(axis=(1, 3))
        assert cell_shares(boxes, (rows, columns)) == pytest.approx(expected.ravel(), abs=1e-12)


def test_which_points_boxes_cover():
    boxes = [(0.0, 0.0, 0.5, 0.5), (0.75, 0.75, 1.0, 1.0)]
    points = [(0.5, 0.5), (0.9, 0.8), (0.6, 0.4)]
    assert [covers(boxes, x, y) for x, y in points] == [True, True, False]


@pytest.mark.skipif(not FLICKR.is_file(), reason="the phrases of Flickr8k are not here")
def test_the_phrases_of_flickr8k():
    photos = list(read_captions(SHARED / "flickr8k" / "dataset_flickr8k.json").photos)
    found = read_phrases(FLICKR, photos)
    assert len(found) == len(photos) == 7091
    assert sum(len(own) for photo in found.values() for own in photo.captions) == 91_844
    assert sum(len(boxes) for photo in found.values() for boxes in photo.boxes.values()) == 50_788
