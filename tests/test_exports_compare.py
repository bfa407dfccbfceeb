"""What Compare lets one take away: a sentence that several models say, and drawn paths of hard attention."""

import csv
import datetime
import io
import json
import math
from dataclasses import replace

import pytest
from made_traces import caption
from test_exports_pages import Page

from core import exports
from core.captioning.comparison import GazeDistance
from core.captioning.sampled_paths import SampledPaths
from core.exports.sentence import WHOLE
from core.trace import CaptionTrace, WordStep


def said(model: str, probs: list[float], end: float) -> CaptionTrace:
    """ "a dog ...", each word as likely as given, and the end."""
    flat = ((0.25, 0.25), (0.25, 0.25))
    steps = tuple(WordStep(word, prob, (), flat, None, 1.0) for word, prob in zip(["=a", "dog"], probs, strict=True))
    return CaptionTrace(model, "soft", steps, math.log(math.prod(probs) * end), True, (2, 2))


TRACES = {"one": said("one", [0.5, 0.2], 0.5), "other": said("other", [0.1, 0.3], 0.9)}
PAIRS = {"one and other": [GazeDistance(0.25, 10.04), GazeDistance(0.5, 0.0)]}


def test_the_whole_sentence_is_the_product_of_its_words_and_its_end():
    rows = exports.sentence_rows(TRACES, PAIRS)
    assert [row["word"] for row in rows] == ["=a", "dog", "<end>", WHOLE]
    assert [row["one: probability, %"] for row in rows] == pytest.approx([50, 20, 50, 5])
    assert [row["other: probability, %"] for row in rows] == pytest.approx([10, 30, 90, 2.7])
    assert [row.get("one: entropy, bits") for row in rows] == [2, 2, None, None]
    assert [row.get("one and other: centres, % of width") for row in rows] == [10.0, 0.0, None, None]


def test_the_table_reads_back_without_formulas():
    head, *lines = csv.reader(io.StringIO(exports.sentence_csv(TRACES, PAIRS).decode("utf-8-sig")))
    assert head[:3] == ["word", "one: probability, %", "one: entropy, bits"] and len(head) == 7
    assert lines[0][0] == "'=a" and float(lines[0][1]) == 50 and lines[3][2] == ""


def test_a_sentence_that_is_next_to_impossible_is_still_a_number():
    steps = tuple(replace(step, prob=1e-200) for step in TRACES["one"].steps)
    trace = replace(TRACES["one"], steps=steps, log_prob=-941.0)
    rows = exports.sentence_rows({"one": trace}, {})
    assert rows[-1]["one: probability, %"] == 0 and all(math.isfinite(row["one: probability, %"]) for row in rows)


def drawn() -> SampledPaths:
    paths = tuple(caption(words, "hard") for words in (["a", "<b>"], ["=x"], ["a", "<b>"]))
    return SampledPaths(paths, {"a <b>": (0, 2), "=x": (1,)})


def test_every_path_with_its_seed_and_its_cells():
    head, *lines = csv.reader(io.StringIO(exports.paths_csv(drawn(), 7).decode("utf-8-sig")))
    assert head[:3] == ["path", "seed", "sentence"]
    assert lines == [["1", "7", "a <b>", "1:1 2:4"], ["2", "8", "'=x", "1:1"], ["3", "9", "a <b>", "1:1 2:4"]]
    data = json.loads(exports.paths_json(drawn(), 7, "ball", "ab" * 32))
    assert [path["seed"] for path in data["paths"]] == [7, 8, 9] and data["checkpoint"] == "ab" * 32
    assert data["paths"][0]["words"][1] == {"word": "<b>", "prob": 0.5, "glimpse": [1, 3]}
    assert sum(map(sum, data["cloud"])) == pytest.approx(1, abs=1e-4)


def test_the_page_of_paths_shows_text_as_text_and_stays_within_its_policy():
    date = datetime.date(2026, 11, 26)
    page = Page(exports.paths_html(drawn(), "A <gamble>", {"Where <i>": b"jpeg"}, ["Seed 7."], date))
    assert page.texts["title"] == ["A <gamble>"] and page.texts["th"] == ["a <b>", "=x"]
    assert page.texts["td"] == ["2 ×", "1 ×"] and "3 drawn paths of hard" in page.texts["caption"][0]
    assert not {"b", "i", "script"} & {tag for tag, _ in page.tags} and "default-src 'none'" in page.policy
    (image,) = (attributes for tag, attributes in page.tags if tag == "img")
    assert image["src"].startswith("data:image/jpeg;base64,") and image["alt"] == "Where <i>"
