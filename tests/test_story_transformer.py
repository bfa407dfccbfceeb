"""The transformer over stories: its heads, its places, what reaches the answer, and how its looks are taught.

That its numbers are the papers' equations is tested in ``test_recomputed.py``.
"""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric
from test_memory_training import write_tasks
from tiny_networks import ASKED, STORY, save_tiny, tiny

from core import checkpoints
from core.checkpoints import CheckpointError
from core.data.babi import read_babi
from core.exports.stories import AnsweredQuestion, story_csv
from core.memory.interventions import Changes
from core.memory.registry import HopDecisions, StoryQuery, TrainingRun
from core.memory.service import StoryService, ask
from core.memory.story_transformer import distances
from core.memory.training import layers
from core.memory.training.layers import LayersSettings, look_loss, look_targets
from core.results.story_metrics import score
from core.trace import StoryTrace
from core.views import player
from core.views.player import Answer


@pytest.fixture
def network():
    return tiny("story-transformer")


def test_what_is_drawn_is_the_mean_over_the_heads(network):
    for trace in network.answer(ASKED):
        for hop in trace.hops:
            assert len(hop.heads) == network.sizes.heads and hop.heads[0] != pytest.approx(hop.heads[1], abs=1e-3)
            mean = [sum(weights) / len(hop.heads) for weights in zip(*hop.heads, strict=True)]
            assert hop.through == pytest.approx(mean, abs=1e-6)
            assert 0 < hop.gate < 1 + 1e-6 and all(sum(head) <= 1 + 1e-6 for head in hop.heads)


def test_each_head_by_itself_is_a_look_of_which_the_mean_is_drawn(network):
    trace = network.answer(ASKED)[0]
    heads = trace.by_head
    assert len(heads) == network.sizes.heads
    for n, hop in enumerate(trace.hops):
        looks = [head.hops[n] for head in heads]
        assert all(sum(look.alpha) == pytest.approx(1) and not look.heads for look in looks)
        assert [look.through for look in looks] == [pytest.approx(weights) for weights in hop.heads]
        assert np.mean([look.through for look in looks], axis=0) == pytest.approx(hop.through, abs=1e-6)
    nothing = replace(trace.hops[0], heads=((0.0,) * len(trace.sentences), trace.hops[0].heads[1]))
    assert sum(nothing.head(0).alpha) == pytest.approx(1) and nothing.head(0).gate == 0
    assert replace(trace, hops=(nothing, replace(nothing, heads=()))).by_head == ()


def test_each_head_is_shown_and_taken_away(network):
    trace = network.answer(ASKED)[0]
    (shown,) = player.story_payload(
        "id", trace.sentences, Changes(), [(trace.question, {})], 0, [Answer("x", "", trace)]
    )["networks"]
    for n, hop in enumerate(trace.hops):
        drawn = np.array([head[n]["through"] for head in shown["heads"]])
        assert drawn == pytest.approx(np.array(hop.heads), abs=1e-4)
        assert drawn.mean(0) == pytest.approx(np.array(shown["hops"][n]["through"]), abs=1e-4)
    rows = list(csv.DictReader(io.StringIO(story_csv([AnsweredQuestion("q", {"x": trace}, {})]).decode("utf-8-sig"))))
    for row in rows:
        used = [float(weight) for weight in row["heads"].split()]
        hop = trace.hops[int(row["hop"]) - 1]
        assert used == pytest.approx([head[int(row["sentence_number"]) - 1] for head in hop.heads], rel=1e-5)


def test_a_decided_look_is_every_heads(network):
    (trace,) = network.answer(ASKED[:1], HopDecisions({1: 2}))
    assert trace.hops[1].heads == ((0.0, 0.0, 1.0, 0.0),) * network.sizes.heads and trace.hops[1].gate == 1


def test_only_what_the_question_looks_at_reaches_the_answer(network):
    """The others may say anything, though the sentence looked at has looked at them."""
    decided = HopDecisions(dict.fromkeys(range(network.hops), 1))
    told = ("John is in the office.", STORY[1], "The milk is there.", "Mary took the milk.")
    (trace,), (changed,) = (network.answer([StoryQuery(s, "Where is Mary?")], decided) for s in (STORY, told))
    assert trace.prob == pytest.approx(changed.prob, abs=1e-6)
    (trace,), (changed,) = (network.answer([StoryQuery(s, "Where is Mary?")]) for s in (STORY, told))
    assert trace.hops[0].alpha != pytest.approx(changed.hops[0].alpha, abs=1e-3)


def test_what_stands_around_a_sentence_says_how_well_it_fits(network):
    """Self-attention: another sentence changes what the heads think of this one, beside what falls to that one."""
    other = StoryQuery((*STORY[:3], "John is in the kitchen."), "Where is Mary?")
    (one,), (changed,) = network.answer(ASKED[:1]), network.answer([other])
    odds = [hop.alpha[0] / hop.alpha[1] for hop in (one.hops[0], changed.hops[0])]
    assert odds[0] != pytest.approx(odds[1], rel=1e-3)
    alone = tiny("memn2n")
    (one,), (changed,) = alone.answer(ASKED[:1]), alone.answer([other])
    odds = [hop.alpha[0] / hop.alpha[1] for hop in (one.hops[0], changed.hops[0])]
    assert odds[0] == pytest.approx(odds[1], rel=1e-4)


def test_before_here_and_after_are_told_apart_at_any_distance():
    steps = torch.tensor([-60, -2, -1, 0, 1, 2, 60])
    found = distances(steps)
    assert found[3].tolist() == [0, 0, 0, 1, 0, 0, 0]
    assert found[2].tolist() == pytest.approx([1, 0.1, 0.5, 0, 0, 0, 0])
    assert torch.equal(found[:3, :3].flip(0), found[4:, 4:])
    assert not found[:3, 3:].any() and len({tuple(one) for one in found.tolist()}) == len(steps)


def test_each_layer_is_taught_a_fact_and_the_last_one_those_left():
    facts = torch.tensor([[2, 0, -1, -1], [3, 2, 1, 0], [-1, -1, -1, -1]])
    targets = look_targets(facts, 3, 4)
    assert targets[0].tolist() == [[0, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]]
    assert targets[1].tolist() == [[0, 0, 0, 1, 0], [0, 0, 1, 0, 0], [0.5, 0.5, 0, 0, 0]]
    assert torch.equal(targets.sum(2), torch.ones(3, 3))


def test_right_looks_cost_nothing_and_unlabelled_questions_neither():
    facts = torch.tensor([[1, -1]])
    right = torch.tensor([[[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]])
    assert float(look_loss(right, facts)) == pytest.approx(0, abs=1e-5)
    assert float(look_loss(right.flip(1), facts)) > 10
    assert float(look_loss(right.flip(1), torch.tensor([[-1, -1]]))) == 0


@pytest.mark.slow
def test_it_learns_to_look_and_to_answer(tmp_path):
    write_tasks(tmp_path)
    questions = [question for task in read_babi(tmp_path).values() for question in task]
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    settings = LayersSettings(
        layers=2, heads=2, width=16, hidden=32, runs=1, epochs=40, taught=30, batch=8, dropout=0.0, rate=0.01
    )
    network = layers.train(settings, TrainingRun(questions, [], fabric, tmp_path, 0, lambda *_: lambda: None))
    evaluation = score(questions, ask(network.eval().answer, questions))
    assert evaluation.mean_error < 10 and evaluation.mean("facts") == 100


@pytest.mark.parametrize(
    "change", [{"heads": 3}, {"layers": 0}, {"layers": True}, {"hidden": 10**9}, {"answers": 2}, {"attention": "hard"}]
)
def test_a_config_that_contradicts_itself_is_refused(tmp_path, change):
    save_tiny(tmp_path, "story-transformer")
    path = tmp_path / "story-transformer" / checkpoints.CONFIG
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "model": {**config["model"], **change}}))
    with pytest.raises(CheckpointError, match=r"^[^\n]+\.$"):
        StoryService(tmp_path).network("story-transformer")


@pytest.mark.parametrize("heads", [[[0.5] * 3], [[2.0] * 4], [["half"] * 4], [0.5] * 4])
def test_heads_of_a_trace_have_a_weight_a_sentence(network, heads):
    whole = json.loads(network.answer(ASKED[:1])[0].to_json())
    whole["hops"][0]["heads"] = heads
    with pytest.raises(ValueError, match="not the trace of an answer"):
        StoryTrace.from_json(json.dumps(whole))


@pytest.mark.parametrize("name", ["dmn", "story-transformer"])
def test_several_statements_in_one_sentence_are_one_row_of_everything_drawn(tmp_path, name):
    """What moved a running state, and what each head saw, is told of the sentences as typed."""
    save_tiny(tmp_path, name)
    told = ("Mary took the milk to the garden.", "John went to the office.")
    (trace,) = StoryService(tmp_path).answer(told, ["Where is the milk?"], name)
    for hop in trace.hops:
        assert {len(row) for row in (hop.alpha, *hop.heads, *[hop.moved] * bool(hop.moved))} == {2}
        assert not hop.heads or hop.through == pytest.approx(
            [sum(weights) / len(hop.heads) for weights in zip(*hop.heads, strict=True)], abs=1e-6
        )
    assert StoryTrace.from_json(trace.to_json()) == trace
