"""The sentinel: one look that it shares with the cells, against the paper's softmax over both."""

import dataclasses
import math

import pytest
import torch

from core.captioning.captioners.adaptive import AdaptiveCaptioner
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.decoding import decode
from core.captioning.settings import Decisions, Settings
from core.captioning.training.language import begin_as
from core.captioning.training.teacher_forcing import LossWeights, TeacherForcing, collate, teacher_forced
from core.captioning.vocabulary import START, Vocabulary
from core.trace import CaptionTrace

WORDS = Vocabulary(["a", "dog", "cat", "runs", "red", "on", "grass", "jumps"])
SIZES = LSTMSizes("soft", len(WORDS), channels=8, value=10, key=6, embedding=12, hidden=14)
CELLS = 6


def captioner(bias: float = 0.0) -> AdaptiveCaptioner:
    torch.manual_seed(0)
    made = AdaptiveCaptioner(SIZES).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(2)
        made.sentinel_bias.fill_(bias)
    return made


def grids(count: int = 2) -> torch.Tensor:
    return torch.randn(count, CELLS, 8, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_sentinel_and_cells_share_one_softmax():
    model, token = captioner(), torch.tensor([4])
    slots, state = model.view(grids(1))
    state = model.step(torch.tensor([START]), state, slots).state
    look = model.step(token, state, slots).look
    y, h, c = model.embed(token)[0], state.h[0], state.c[0]
    sentinel = torch.sigmoid(model.sentinel_gate(torch.cat([y, h]))) * torch.tanh(c)
    keys = torch.stack([model.sentinel_key(sentinel), *slots.keys[0]])
    scores = model.score.weight(torch.tanh(keys + model.score.query(h)))[:, 0]
    shared = (scores + torch.tensor([float(model.sentinel_bias) + math.log(CELLS), *[0.0] * CELLS])).softmax(0)
    torch.testing.assert_close(look.on_nothing[0], shared[0])
    torch.testing.assert_close(look.alpha[0] * (1 - look.on_nothing[0]), shared[1:])
    glimpse = shared[0] * model.sentinel_value(sentinel) + shared[1:] @ slots.values[0]
    torch.testing.assert_close(look.glimpse[0], glimpse)


@torch.no_grad()
@torch.no_grad()
def test_how_many_cells_there_are_says_nothing_of_its_share():
    model = captioner()
    shares = []
    for grid in (grids(1), torch.cat([grids(1)] * 4, dim=1)):
        slots, state = model.view(grid)
        shares.append(model.step(torch.tensor([START]), state, slots).look.on_nothing)
    torch.testing.assert_close(*shares)


def test_with_a_sentinel_that_never_wins_it_is_soft():
    soft = LSTMCaptioner(SIZES).eval()
    model = captioner(bias=-1e4)
    begin_as(model, soft)
    settings = Settings(beam=3, max_words=6)
    for one, other in zip(*(decode(each, WORDS, grids(), (2, 3), settings) for each in (soft, model)), strict=True):
        assert one.words == other.words and one.log_prob == pytest.approx(other.log_prob, abs=1e-5)
        assert all(step.on_nothing == 0 for step in other.steps)


@torch.no_grad()
def test_a_trace_has_the_share_beside_weights_that_sum_to_1_and_a_gaze_leaves_it():
    model = captioner()
    free, confined = (
        decode(model, WORDS, grids(1), (2, 3), Settings("greedy"), Decisions(gazes=gazes))[0]
        for gazes in ({}, {0: (1, 2)})
    )
    for step in free.steps:
        assert 0 < step.on_nothing < 1 and sum(map(sum, step.alpha)) == pytest.approx(1, abs=1e-5)
    assert confined.steps[0].on_nothing == pytest.approx(free.steps[0].on_nothing)
    assert sum(confined.steps[0].alpha[0][1:]) == pytest.approx(1, abs=1e-5)
    assert CaptionTrace.from_json(free.to_json()) == free


def test_boxes_teach_it_to_look_where_a_word_names_something():
    """What is taught is the weight inside of the whole look: the sentinel has to give way."""
    model = captioner(bias=3.0).train()
    captions, covers = collate([(0, [3, 4, 5])], [{1: 0}]), torch.eye(CELLS)[:1]
    learning = TeacherForcing(model, LossWeights(doubly=0.0, looks=1.0))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

    def share() -> float:
        with torch.no_grad():
            return float(teacher_forced(model.eval(), grids(1), captions).look.on_nothing[1])

    assert share() > 0.5
    for _ in range(60):
        loss = learning(grids(1), captions, covers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert share() < 0.2


@pytest.mark.parametrize("kind", ["none", "hard"])
def test_only_a_soft_look_can_be_shared(kind):
    with pytest.raises(ValueError, match="soft"):
        AdaptiveCaptioner(dataclasses.replace(SIZES, attention=kind))
