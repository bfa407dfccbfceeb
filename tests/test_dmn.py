"""The Dynamic Memory Network: the papers' equations, the order of the story, and how its gates are taught."""

import json
from itertools import pairwise

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric
from test_memory_training import write_tasks
from tiny_networks import ANSWERS, ASKED, STORY, WORDS, save_tiny, tiny

from core import checkpoints
from core.checkpoints import CheckpointError
from core.data.babi import read_babi
from core.memory.bags import encode
from core.memory.dmn import SHUT, DMNSizes
from core.memory.registry import HopDecisions, StoryQuery, TrainingRun
from core.memory.service import StoryService, ask
from core.memory.training import episodes
from core.memory.training.episodes import EpisodesSettings, gate_loss, gate_targets
from core.results.story_metrics import score

GATES = ["dmn", "dmn-softmax"]  # tiny networks with either kind


def test_only_what_a_gate_lets_in_reaches_the_answer():
    """With every gate made to open on one sentence, the others may say anything."""
    network = tiny("dmn")
    decided = HopDecisions(dict.fromkeys(range(network.hops), 1))
    other = StoryQuery(
        ("John is in the office.", STORY[1], "The milk is there.", "Mary took the milk."), "Where is Mary?"
    )
    (told,), (changed,) = network.answer(ASKED[:1], decided), network.answer([other], decided)
    assert told.prob == pytest.approx(changed.prob, abs=1e-6)
    assert all(hop.moved[n] == 0 for hop in told.hops for n in (0, 2, 3)) and told.hops[0].moved[1] > 0.1


def test_two_sentences_exchanged_make_another_episode_where_in_memn2n_only_age_does():
    exchanged = (STORY[0], STORY[2], STORY[1], STORY[3])
    queries = [StoryQuery(story, "Where is Mary?") for story in (STORY, exchanged)]
    network = tiny("dmn")
    network.place.weight.data.zero_()  # no gate knows where its sentence stands
    stories = encode(queries, network.lexicon, network.memory)
    _, passes = network(stories)
    ends = passes[0].states[-1]
    assert (ends[0] - ends[1]).abs().max() > 0.05
    memn2n = tiny("memn2n")
    with_age = memn2n.answer(queries)
    memn2n.times.data.zero_()
    without_age = memn2n.answer(queries)
    assert with_age[0].prob != pytest.approx(with_age[1].prob, abs=1e-4)
    assert without_age[0].prob == pytest.approx(without_age[1].prob, abs=1e-6)


def test_gates_need_not_sum_to_one_unless_they_share_one_opening():
    doors, shared = (tiny(name).answer(ASKED) for name in GATES)
    assert any(abs(sum(hop.alpha) - 1) > 0.1 for trace in doors for hop in trace.hops)
    assert not any(hop.normalised for trace in doors for hop in trace.hops)
    assert all(hop.normalised for trace in shared for hop in trace.hops)


def test_each_pass_is_taught_a_fact_and_the_last_one_all():
    facts = torch.tensor([[2, 0, -1, -1], [1, -1, -1, -1], [3, 2, 1, 0], [-1, -1, -1, -1]])
    doors = gate_targets(DMNSizes(1, 1, passes=3, gates="sigmoid"), facts, 4)
    shared = gate_targets(DMNSizes(1, 1, passes=3, gates="softmax"), facts, 4)
    assert doors[0].tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [1, 0, 1, 0]]
    assert shared[0].tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0]]
    assert doors[1].tolist() == shared[1].tolist() == [[0, 1, 0, 0]] * 3
    assert doors[2].tolist() == [[0, 0, 0, 1], [0, 0, 1, 0], [1, 1, 1, 1]]
    assert shared[2].tolist() == [[0, 0, 0, 1], [0, 0, 1, 0], [1, 1, 0, 0]]
    assert not doors[3].any() and not shared[3].any()


@pytest.mark.parametrize("gates", ["sigmoid", "softmax"])
def test_right_gates_cost_nothing_and_unlabelled_questions_neither(gates):
    sizes = DMNSizes(1, 1, passes=2, gates=gates)
    facts = torch.tensor([[1]])
    right = torch.tensor([-30.0, 30.0, SHUT]).expand(1, 2, 3)
    assert float(gate_loss(sizes, right, facts)) == pytest.approx(0, abs=1e-6)
    assert float(gate_loss(sizes, -right.clamp(min=-30), facts)) > 10
    assert float(gate_loss(sizes, -right.clamp(min=-30), torch.tensor([[-1]]))) == 0


@pytest.mark.slow
@pytest.mark.parametrize("gates", ["sigmoid", "softmax"])
def test_it_learns_to_open_its_gates_and_to_answer(tmp_path, gates):
    write_tasks(tmp_path)
    questions = [question for task in read_babi(tmp_path).values() for question in task]
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    settings = EpisodesSettings(
        passes=2, width=24, gates=gates, runs=1, epochs=60, taught=50, batch=8, dropout=0.0, rate=0.01
    )
    network = episodes.train(settings, TrainingRun(questions, [], fabric, tmp_path, 0, lambda *_: lambda: None))
    evaluation = score(questions, ask(network.eval().answer, questions))
    assert evaluation.mean_error < 10 and evaluation.mean("facts") == 100


def test_of_several_runs_the_lowest_training_loss_is_kept(tmp_path):
    write_tasks(tmp_path)
    questions = [question for task in read_babi(tmp_path).values() for question in task]
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    settings = EpisodesSettings(passes=1, width=4, runs=3, epochs=2, taught=1, batch=16)
    kept = episodes.train(settings, TrainingRun(questions, questions, fabric, tmp_path, 0, lambda *_: lambda: None))
    last = [
        [json.loads(line) for line in (tmp_path / f"run-{n}.state.jsonl").read_text().splitlines()][-1]
        for n in (1, 2, 3)
    ]
    best = min(range(3), key=lambda n: last[n]["training_loss"])
    state = torch.load(tmp_path / f"run-{best + 1}.state.pt", weights_only=True)["model"]
    assert all(torch.equal(state[name], value) for name, value in kept.state_dict().items())
    assert all("held_out_error" in one for one in last)
    assert not any(np.isclose(one["training_loss"], other["training_loss"]) for one, other in pairwise(last))


@pytest.mark.parametrize(
    "change",
    [
        {
            "model": {
                "words": len(WORDS),
                "answers": len(ANSWERS),
                "passes": 3,
                "width": 8,
                "memory": 5,
                "gates": "ajar",
            }
        },
        {"model": {"words": 10**12, "answers": 4}},
        {"model": {"words": len(WORDS), "answers": len(ANSWERS), "passes": 0, "width": 8}},
        {"answers": ANSWERS[:2]},
        {"answers": "abcd"},
        {"attention": "hard"},
    ],
)
def test_a_config_that_contradicts_itself_is_refused(tmp_path, change):
    save_tiny(tmp_path, "dmn")
    path = tmp_path / "dmn" / checkpoints.CONFIG
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(CheckpointError, match=r"^[^\n]+\.$"):
        StoryService(tmp_path).network("dmn")
