"""Memory networks: weights are a distribution, a hop that is moved moves, one by one is as in a batch, hard is hard."""

import json
import math
from dataclasses import replace

import pytest
import torch
from tiny_networks import ANSWERS, ASKED, STORY, WORDS, save_tiny, tiny

from core import checkpoints
from core.checkpoints import CheckpointError
from core.memory.bags import encode
from core.memory.memnn import NEVER, Match
from core.memory.registry import HopDecisions, StoryQuery
from core.memory.service import StoryService
from core.memory.story import StoryError
from core.trace import Hop, StoryTrace

SEEING = ["memn2n", "memn2n-none", "dmn", "dmn-softmax", "story-transformer", "memnn"]
NAMES = [*SEEING, "story-only", "question-only"]


@pytest.fixture(params=NAMES)
def network(request):
    return tiny(request.param)


def test_every_look_is_a_distribution_over_all_sentences(network):
    for asked, trace in zip(ASKED, network.answer(ASKED), strict=True):
        assert (trace.sentences, trace.question) == (asked.sentences, asked.question)
        assert 1 <= len(trace.hops) <= network.hops
        for hop in trace.hops:
            assert len(hop.alpha) == len(asked.sentences)
            assert min(hop.alpha) >= 0 and max(hop.alpha) <= 1 + 1e-5
            assert sum(hop.alpha) == pytest.approx(1, abs=1e-5) or not hop.normalised
        probs = [prob for _, prob in trace.candidates]
        assert probs == sorted(probs, reverse=True) and 0 < sum(probs) <= 1 + 1e-5
        assert trace.candidates[0] == (trace.answer, trace.prob)
        assert not any(hop.forced for hop in trace.hops)


def test_one_by_one_is_as_in_a_batch(network):
    together = network.answer(ASKED)
    for asked, trace in zip(ASKED, together, strict=True):
        (alone,) = network.answer([asked])
        assert (alone.answer, len(alone.hops)) == (trace.answer, len(trace.hops))
        for one, other in zip(alone.hops, trace.hops, strict=True):
            assert one.glimpse == other.glimpse
            assert one.alpha == pytest.approx(other.alpha, abs=1e-5)
        assert dict(alone.candidates) == pytest.approx(dict(trace.candidates), abs=1e-5)


@pytest.mark.parametrize("name", SEEING)
def test_a_hop_that_is_made_to_look_looks_there(name):
    network = tiny(name)
    for hop in range(network.hops):
        for look in range(len(STORY)):
            (trace,) = network.answer(ASKED[:1], HopDecisions({hop: look}))
            assert len(trace.hops) > hop
            assert trace.hops[hop].forced and trace.hops[hop].alpha[look] == pytest.approx(1)
            assert trace.hops[hop].most == look and trace.hops[hop].gate == 1
            assert [h.forced for h in trace.hops] == [n == hop for n in range(len(trace.hops))]
    probs = {network.answer(ASKED[:1], HopDecisions({0: look}))[0].prob for look in range(len(STORY))}
    assert len(probs) > 1  # what is looked at matters


@pytest.mark.parametrize("looks", [{0: 4}, {0: -1}, {9: 0}, {-1: 0}])
@pytest.mark.parametrize("name", ["memn2n", "dmn", "story-transformer", "memnn"])
def test_a_look_at_what_is_not_there_is_refused(name, looks):
    with pytest.raises(StoryError, match=r"^[^\n]+\.$"):
        tiny(name).answer(ASKED[:1], HopDecisions(looks))


@pytest.mark.parametrize("name", ["memn2n", "dmn", "story-transformer"])
def test_the_last_sentences_only_are_remembered(name):
    network = tiny(name)  # remembers five
    (trace,) = network.answer(ASKED[2:])
    for hop in trace.hops:
        assert hop.alpha[:7] == (0,) * 7 and min(hop.alpha[7:]) > 0
    assert any("first 7" in note for note in trace.notes)
    last = StoryQuery(ASKED[2].sentences[-5:], ASKED[2].question)
    assert network.answer([last])[0].prob == pytest.approx(trace.prob, abs=1e-6)
    with pytest.raises(StoryError, match="remembers only the last 5"):
        network.answer(ASKED[2:], HopDecisions({0: 6}))


def test_unknown_words_are_named_and_change_nothing(network):
    asked = StoryQuery((STORY[0], "Mary took the zorblax."), "Where is Mary")
    trace, known = network.answer([asked, StoryQuery(STORY[:2], "Where is Mary")])
    assert trace.unknown == ("zorblax",) and any("zorblax" in note for note in trace.notes)
    assert known.unknown == () and known.notes == ()


def test_without_attention_the_look_is_even():
    for trace in tiny("memn2n-none").answer(ASKED[:2]):
        for hop in trace.hops:
            assert hop.alpha == pytest.approx([1 / len(trace.sentences)] * len(trace.sentences))


def test_the_blind_baselines_are_blind():
    story_only, question_only = tiny("story-only"), tiny("question-only")
    other_question = replace(ASKED[0], question="Where is the milk?")
    other_story = replace(ASKED[0], sentences=STORY[:2])
    probs = [trace.prob for trace in story_only.answer([ASKED[0], other_question, other_story])]
    assert probs[0] == pytest.approx(probs[1], abs=1e-6) and probs[0] != pytest.approx(probs[2], abs=1e-6)
    probs = [trace.prob for trace in question_only.answer([ASKED[0], other_question, other_story])]
    assert probs[0] == pytest.approx(probs[2], abs=1e-6) and probs[0] != pytest.approx(probs[1], abs=1e-6)


def test_temperature_changes_how_sure_not_what():
    sharp, flat = tiny("memn2n"), tiny("memn2n")
    flat.temperature = 50.0
    for one, other in zip(sharp.answer(ASKED), flat.answer(ASKED), strict=True):
        assert [a for a, _ in one.candidates] == [a for a, _ in other.candidates]
        assert one.prob > other.prob


def test_memnn_uses_exactly_one_sentence_a_hop_and_none_twice():
    network = tiny("memnn")
    for trace in network.answer(ASKED):
        glimpses = [hop.glimpse for hop in trace.hops]
        assert all(hop.alpha.index(max(hop.alpha)) == hop.glimpse for hop in trace.hops)
        assert len(set(glimpses)) == len(glimpses)


def test_what_memnn_did_not_look_at_does_not_reach_the_answer():
    """R sees the sentences that were found and no other."""
    network = tiny("memnn")
    looks = HopDecisions({0: 0, 1: 1, 2: 2})
    other = replace(ASKED[0], sentences=(*STORY[:3], "John took the office."))
    trace, changed = network.answer([ASKED[0], other], looks)
    assert trace.prob == pytest.approx(changed.prob, abs=1e-6)
    changed = network.answer([replace(ASKED[0], sentences=("John took the office.", *STORY[1:]))], looks)[0]
    assert trace.prob != pytest.approx(changed.prob, abs=1e-6)


def test_memnn_compares_sentences_as_the_paper_does():
    """The winner of all comparisons in turn has the highest of the closest comparisons, the only positive one."""
    torch.manual_seed(1)
    fit, later = torch.randn(6, 1, 9), torch.randn(6, 1)
    match = Match(fit, later, torch.zeros(6, 1))
    closest = match.closest()[:, 0]
    for row in range(6):
        wins = torch.stack([match.against(torch.full((6, 1), slot))[row, 0] for slot in range(9)])  # (chosen, other)
        assert torch.allclose(wins, -wins.T)
        wins.fill_diagonal_(math.inf)
        assert closest[row] == pytest.approx(wins.min(dim=1).values, abs=1e-5)
    recent = Match(torch.zeros(1, 1, 4), torch.ones(1, 1), torch.zeros(1, 1)).closest()
    assert recent.argmax() == 3  # all alike: the last one told, or the first one
    assert Match(torch.zeros(1, 1, 4), -torch.ones(1, 1), torch.zeros(1, 1)).closest().argmax() == 0


def test_memnn_never_finds_what_it_has_found_or_what_is_not_there():
    network = tiny("memnn")
    asked, memory = network.remember(encode(ASKED[:2], network.lexicon))
    match = network.O(asked, memory, torch.tensor([[1, 2], [0, -1]]))
    assert match.fit.shape == (2, 3, 4)
    never = match.fit == NEVER
    assert never[0].tolist() == [[False] * 4, [False, True, False, False], [False, True, True, False]]
    assert never[1].tolist() == [[False, True, True, True], [True] * 4, [True] * 4]


def test_saved_and_loaded_it_answers_with_the_same_bits(tmp_path, network):
    name = next(name for name in NAMES if _same(tiny(name), network))
    before = save_tiny(tmp_path, name)
    for parameter in before.parameters():  # as stored, in float16
        parameter.data = parameter.data.half().float()
    service = StoryService(tmp_path)
    assert service.answer_all(ASKED, name) == [replace(trace, model=name) for trace in before.answer(ASKED)]
    assert service.networks(blind=name.endswith("-only")) == [name]


def _same(one, other) -> bool:
    states = one.state_dict(), other.state_dict()
    same = states[0].keys() == states[1].keys() and one.config() == other.config()
    return same and all(torch.equal(states[0][key], states[1][key]) for key in states[0])


def test_the_library_lists_and_answers(tmp_path):
    for name in ("memnn", "memn2n", "question-only", "memn2n-none"):
        save_tiny(tmp_path, name)
    service = StoryService(tmp_path)
    assert service.networks() == ["memn2n-none", "memn2n", "memnn"]
    assert service.networks(blind=True) == ["question-only"]
    traces = service.answer(STORY, ["Where is Mary?", "where is john"], "memnn")
    assert [(trace.model, trace.question) for trace in traces] == [
        ("memnn", "Where is Mary?"),
        ("memnn", "where is john"),
    ]
    with pytest.raises(StoryError, match="empty"):
        service.answer([], ["Where is Mary?"], "memnn")


@pytest.mark.parametrize("name", ["memn2n", "dmn", "story-transformer", "memnn"])
def test_leave_one_out_is_what_leaving_one_out_does(tmp_path, name):
    save_tiny(tmp_path, name)
    service = StoryService(tmp_path)
    falls = service.leave_one_out(STORY, "Where is Mary?", name)
    (whole,) = service.answer(STORY, ["Where is Mary?"], name)
    for i, fall in enumerate(falls):
        (without,) = service.answer(STORY[:i] + STORY[i + 1 :], ["Where is Mary?"], name, candidates=99)
        assert fall == pytest.approx(whole.prob - dict(without.candidates)[whole.answer], abs=1e-5)
    assert len(service.leave_one_out(STORY[:1], "Where is Mary?", name)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"network": "unheard-of"},
        {"network": ["memn2n"]},
        {"model": {}},
        {"model": {"attention": "soft", "words": 10**12, "hops": 10**12}},
        {"model": {"attention": "soft", "words": len(WORDS) + 1, "hops": 2, "width": 9, "memory": 5}},
        {"model": {"attention": "soft", "words": len(WORDS) + 1, "hops": True, "width": 8, "memory": 5}},
        {"attention": "hard"},
        {"vocabulary": WORDS},
        {"vocabulary": [*WORDS, WORDS[0]]},
        {"temperature": 0},
        {"temperature": "hot"},
    ],
)
def test_a_config_that_contradicts_itself_is_refused(tmp_path, change):
    save_tiny(tmp_path, "memn2n")
    path = tmp_path / "memn2n" / checkpoints.CONFIG
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(CheckpointError, match=r"^[^\n]+\.$"):
        StoryService(tmp_path).network("memn2n")


@pytest.mark.parametrize(
    "change", [{"answers": "abcd"}, {"answers": ANSWERS[:2]}, {"answers": None}, {"attention": "soft"}]
)
def test_a_config_of_memnn_that_contradicts_itself_is_refused(tmp_path, change):
    save_tiny(tmp_path, "memnn")
    path = tmp_path / "memnn" / checkpoints.CONFIG
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(CheckpointError, match=r"^[^\n]+\.$"):
        StoryService(tmp_path).network("memnn")


def test_other_checkpoints_are_no_memory_networks(tmp_path):
    state = {"weight": torch.zeros(2)}
    checkpoints.save(tmp_path / "soft", {"kind": "captioner", "attention": "soft"}, state, "# soft\n")
    assert StoryService(tmp_path).networks() == []
    with pytest.raises(CheckpointError, match="captioner, not a memory network"):
        StoryService(tmp_path).network("soft")


def test_a_trace_reads_back_what_it_wrote():
    for name in ("memn2n", "dmn", "story-transformer", "memnn"):
        trace = tiny(name).answer(ASKED[:1], HopDecisions({0: 1}))[0]
        assert StoryTrace.from_json(trace.to_json()) == trace


def damaged() -> list[str]:
    whole = json.loads(tiny("memnn").answer(ASKED[:1])[0].to_json())
    alpha = whole["hops"][0]["alpha"]
    changes = [
        {"hops": 3},
        {"hops": [{"alpha": alpha}]},
        {"hops": [{"alpha": alpha[:-1], "glimpse": 0, "forced": False}]},
        {"hops": [{"alpha": alpha, "glimpse": 99, "forced": False}]},
        {"hops": [{"alpha": alpha, "glimpse": 1.0, "forced": False}]},
        {"hops": [{"alpha": [10**400] * 4, "glimpse": 0, "forced": False}]},
        {"hops": [{"alpha": [float("nan")] * 4, "glimpse": 0, "forced": False}]},
        {"prob": "high"},
        {"candidates": [["kitchen"]]},
        {"sentences": None},
        {"more": 1},
    ]
    return ["", "[]", "null", "[" * 100_000, *(json.dumps({**whole, **change}) for change in changes)]


@pytest.mark.parametrize("text", damaged())
def test_what_is_no_trace_is_refused(text):
    with pytest.raises(ValueError, match="not the trace of an answer"):
        StoryTrace.from_json(text)


def test_the_sentence_looked_at_most():
    assert Hop((0.2, 0.8), None).most == 1
    assert Hop((0.2, 0.8), 0).most == 0
    assert Hop((0.4, 0.4, 0.2), None).most is None
