"""The numbers drawn are those that the weights say, recomputed in numpy: every shipped network, and some untrained."""

from dataclasses import replace

import pytest
from tiny_networks import ASKED, tiny

from benchmarks.recomputed import RECOMPUTE, differences, dmn, story_transformer
from benchmarks.recomputed.__main__ import compare
from core.memory.examples import read_stories
from core.memory.reading import read
from core.memory.registry import NETWORKS, HopDecisions, StoryQuery
from core.memory.service import StoryService
from core.memory.story import split_questions, split_story

A_TASK = 3  # questions of each kind
SERVICE = StoryService()
SHIPPED = [*SERVICE.networks(), *SERVICE.networks(blind=True)]
UNTRAINED = ["memn2n", "memn2n-none", "memnn", "dmn", "dmn-softmax", "story-transformer", "story-only", "question-only"]


def asked() -> list[StoryQuery]:
    """Of each of the twenty kinds some questions, as the networks are asked them."""
    queries = []
    for example in read_stories().values():
        told, questions = split_story(example.document.story), split_questions(example.document.questions)
        for question in questions[:A_TASK]:
            story = read(told, question)
            queries.append(StoryQuery(story.statements, story.question))
    return queries


def recomputed_of(network, query: StoryQuery, looks=None):
    """The same of a network in memory; looks at sentences that it remembers."""
    config = {**network.config(), "temperature": network.temperature}
    weights = {name: value.double().numpy() for name, value in network.state_dict().items()}
    if looks:
        forced = {"dmn": dmn.forced, "story-transformer": story_transformer.forced}[network.network]
        return forced(config, weights, query.sentences, query.question, looks)
    return RECOMPUTE[network.network](config, weights, query.sentences, query.question)


def test_every_architecture_is_recomputed():
    assert set(RECOMPUTE) == set(NETWORKS)


@pytest.mark.parametrize("model", SHIPPED)
def test_what_shipped_networks_draw_is_what_their_weights_say(model):
    queries = asked()
    assert len(queries) >= 20
    largest = compare(SERVICE, model, queries)
    assert {"probabilities", "weights", "gates"} <= set(largest)
    assert max(largest.values()) < 1e-4


@pytest.mark.parametrize("name", UNTRAINED)
def test_untrained_networks_draw_what_their_weights_say(name):
    network = tiny(name)
    for query, trace in zip(ASKED, network.answer(ASKED, candidates=99), strict=True):
        found = recomputed_of(network, query)
        assert len(found.answers) == len(trace.candidates)
        assert max(differences(trace, found).values()) < 1e-5


@pytest.mark.parametrize("name", ["dmn", "dmn-softmax", "story-transformer"])
def test_looks_that_are_decided_are_recomputed_too(name):
    network = tiny(name)
    (trace,) = network.answer(ASKED[:1], HopDecisions({1: 2}))
    assert max(differences(trace, recomputed_of(network, ASKED[0], {1: 2})).values()) < 1e-5


def test_another_weight_another_hop_and_another_answer_are_noticed():
    network = tiny("story-transformer")
    (trace,) = network.answer(ASKED[:1])
    network.layers[1].look.nothing.data += 0.05
    changed = differences(trace, recomputed_of(network, ASKED[0]))
    assert changed["gates"] > 1e-4 and changed["heads"] > 1e-4 and changed["weights"] > 1e-4
    with pytest.raises(ValueError, match="hops"):
        differences(replace(trace, hops=trace.hops[:1]), recomputed_of(network, ASKED[0]))
    with pytest.raises(ValueError, match="answers"):
        differences(replace(trace, answer="apple,milk"), recomputed_of(network, ASKED[0]))
