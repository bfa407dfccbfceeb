"""A beam as the browser's part is fed with it, and what is said of why this sentence won."""

import json
from dataclasses import replace

import pytest
from made_traces import caption
from random_captioners import grids, model
from test_beam import BEAMS, beam

from core.captioning.beam import BeamCandidate, BeamTrace
from core.views.beam import explain, payload


def ended(*sentences: tuple[int, float], width: int = 2, penalty: float = 0.7) -> BeamTrace:
    """A beam whose sentences of so many words, "a a ...", ended with so much log-probability."""
    most = max(words for words, _ in sentences)
    steps = []
    for t in range(most + 1):
        going = [BeamCandidate("a", 0 if t else None, 0.5, -1.0, -1.0, "kept")]
        ends = [
            BeamCandidate("<end>", 0, 0.5, total, total / (words + 1) ** penalty, "ended")
            for words, total in sentences
            if words == t
        ]
        steps.append((*going, *ends))
    found = BeamTrace(caption(["a"]), width, penalty, tuple(steps), ())
    step, place = found.endings[0]
    return replace(found, winner=found.path(step, place), caption=caption(found.words(step, place)))


@pytest.mark.parametrize("settings", BEAMS)
def test_the_payload_is_json_and_leads_to_the_caption(settings):
    found = beam(model("soft", ending=1.0), grids(1), settings)
    sent = json.loads(json.dumps(payload(found, "shown", "0:soft"), allow_nan=False))
    assert (sent["id"], sent["view"]) == ("shown", "0:soft") and len(sent["steps"]) == len(sent["labels"])
    last = len(sent["winner"]) - 1
    assert sent["steps"][last][sent["winner"][last]]["sentence"] == found.caption.caption
    assert sent["endings"][0]["sentence"] == found.caption.caption
    step = sent["steps"][0]
    assert sent["labels"][0].startswith(f"Word 1: {len(step)} weighed")
    assert all(str(beam_word["prob"]) in beam_word["why"] for beam_word in step)


def test_how_a_score_comes_about():
    sent = payload(ended((2, -6.0), (3, -9.0)), "", "")
    assert [one["sum"] for one in sent["endings"]] == ["−6.00 / 3^0.7 = −2.78", "−9.00 / 4^0.7 = −3.41"]
    assert payload(ended((2, -6.0), penalty=0.0), "", "")["endings"][0]["sum"] == "−6.00"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ended((1, -6.0), (3, -7.0)), "likelier as a whole, but shorter"),
        (ended((2, -5.0), (2, -8.0)), "20 times likelier"),
        (ended((2, -5.0), (2, -5.1)), "11 % likelier"),
        (ended((2, -5.0), (2, -5.0)), "by a hair"),
        (ended((2, -5.0)), "only sentence"),
        (ended((2, -5.0), width=1), "beam of one"),
    ],
)
def test_why_this_sentence(found, said):
    assert said in explain(found)
    cut = replace(found, caption=replace(found.caption, ended=False))
    assert "cut" in explain(cut)
