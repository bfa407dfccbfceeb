"""What is drawn of a hop is what was used: computed again from the shipped weights, another way, it is the same."""

import csv
import io
import json

import numpy as np
import pytest

from core.cli.answer import answer_record
from core.exports.stories import AnsweredQuestion, story_csv, story_json
from core.memory.examples import read_stories
from core.memory.interventions import Changes
from core.memory.registry import HopDecisions
from core.memory.service import StoryService
from core.memory.story import split_questions, split_story
from core.tour.stories import by_hand, hard_hops
from core.trace import Hop, StoryTrace
from core.views import player, story_figures
from core.views.player import Answer

STORIES = list(read_stories().values())


@pytest.fixture(scope="module")
def service() -> StoryService:
    return StoryService()


def every(service, model):
    """Each example's questions with the network's own trace."""
    for example in STORIES:
        sentences, questions = split_story(example.document.story), split_questions(example.document.questions)
        for trace in service.answer(sentences, questions, model):
            yield sentences, trace


def test_the_weights_and_gates_of_memn2n_are_those_computed_by_hand(service):
    gates = []
    for sentences, trace in every(service, "memn2n"):
        soft = by_hand(service.network("memn2n"), sentences, trace.question)
        for drawn, hop in zip(trace.hops, soft.hops, strict=True):
            assert drawn.alpha == pytest.approx(
                [0.0] * (len(sentences) - len(hop.weights)) + list(hop.weights), abs=1e-4
            )
            assert drawn.gate == pytest.approx(hop.gate, abs=1e-4)
            assert drawn.through == pytest.approx([hop.gate * weight for weight in drawn.alpha], abs=1e-4)
        gates += [hop.gate for hop in trace.hops]
    assert len(gates) > 60 and min(gates) < 0.5 < max(gates)  # there is something to see


def test_the_weights_of_memnn_are_a_softmax_over_margins(service):
    hops = 0
    for sentences, trace in every(service, "memnn"):
        for drawn, hop in zip(trace.hops, hard_hops(service.network("memnn"), sentences, trace.question), strict=False):
            margins = np.array([-np.inf if margin is None else margin for margin in hop.closest])
            weights = np.exp(margins - margins.max())
            assert drawn.glimpse == hop.choice == int(margins.argmax())
            assert drawn.alpha == pytest.approx(weights / weights.sum(), abs=1e-4)
            hops += 1
    assert hops > 20


def test_slots_tells_what_rested_on_nothing_and_when_it_has_enough(service):
    hops = 0
    for _, trace in every(service, "slots"):
        assert all(hop.enough is not None and 0 <= hop.on_nothing <= 1 for hop in trace.hops)
        assert all(hop.enough <= 0.5 for hop in trace.hops[:-1]) and trace.hops[-1].enough > 0.5
        hops += len(trace.hops)
    assert hops > 20
    sentences, question = ("Mary went to the kitchen.", "John took the milk."), "Where is Mary?"
    (forced,) = service.answer(sentences, [question], "slots", HopDecisions({0: 1}))
    assert forced.hops[0].on_nothing == 0 and forced.hops[0].forced


def test_every_way_out_tells_the_gate(service):
    story = ("Mary went to the kitchen.", "John took the milk.")
    (trace,) = service.answer(story, ["Is Mary in the office?"], "memn2n")
    asked = [AnsweredQuestion(trace.question, {"memn2n": trace}, {})]
    rows = list(csv.DictReader(io.StringIO(story_csv(asked).decode("utf-8-sig"))))
    assert [float(row["through"]) for row in rows] == pytest.approx(
        [hop.gate * weight for hop in trace.hops for weight in hop.alpha], rel=1e-4
    )
    (answer,) = json.loads(story_json(story, Changes(), asked))["questions"][0]["answers"]
    assert [hop["gate"] for hop in answer["hops"]] == [hop.gate for hop in trace.hops]
    assert answer_record(trace)["gates"] == [hop.gate for hop in trace.hops]
    payload = player.story_payload(
        "1", story, Changes(), [(trace.question, {})], 0, [Answer("memn2n", "", trace, trace)]
    )
    (network,) = payload["networks"]
    for drawn, hop in zip(network["hops"], trace.hops, strict=True):
        assert drawn["gate"] == pytest.approx(hop.gate, abs=1e-4)
        assert drawn["through"] == pytest.approx(hop.through, abs=1e-4)
    assert network["looked"] == pytest.approx(
        [max(one) for one in zip(*(hop.through for hop in trace.hops), strict=True)], abs=1e-4
    )
    assert "softmax" in network["weights"]


def hopping(hop: Hop) -> StoryTrace:
    return StoryTrace("memn2n", "memn2n", "soft", "Where?", ("One.", "Two."), "here", 0.9, (("here", 0.9),), (hop,))


def test_the_picture_is_coloured_by_what_came_through():
    tints = []
    for gate in (0.01, 1.0):
        picture = story_figures.story_table([hopping(Hop((0.9, 0.1), None, gate=gate))], [0, 1])
        cells = picture.crop((0, 246, picture.width, picture.height - 110))
        tints.append(len({pixel for pixel in cells.get_flattened_data() if pixel[0] - pixel[2] > 60}))  # orange
    assert tints[0] == 0 < tints[1]


def test_a_hop_says_in_words_what_came_through():
    said = story_figures.describe_hop(hopping(Hop((0.9, 0.1), None, gate=0.01)), 0, [0, 1])
    assert said == "looks most at sentence 1, 90 %; 1.0 % came through"
    said = story_figures.describe_hop(hopping(Hop((0.9, 0.1), None, on_nothing=0.25, enough=0.5)), 0, [0, 1])
    assert said.endswith("25 % rested on nothing; 50 % sure to have enough")
    labels = story_figures.hop_labels(Hop((0.9, 0.1), None, gate=0.5, on_nothing=0.25, enough=0.0001))
    assert labels == ["gate 50 %", "nothing 25 %", "enough 0 %"]
    assert story_figures.hop_labels(Hop((0.9, 0.1), None)) == []


def test_a_trace_from_before_reads_with_nothing_said():
    old = json.loads(hopping(Hop((0.9, 0.1), None)).to_json())
    for name in ("on_nothing", "enough", "moved"):
        del old["hops"][0][name]
    assert StoryTrace.from_json(json.dumps(old)) == hopping(Hop((0.9, 0.1), None))
    old["hops"][0]["moved"] = [0.1]  # of two sentences
    with pytest.raises(ValueError):
        StoryTrace.from_json(json.dumps(old))
