"""The losses of teacher forcing, each against one worked out here word by word from the captioner's own steps."""

import math

import pytest
import torch
from torch import Tensor

from core.captioning.captioner import Step
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.training.teacher_forcing import (
    SAMPLES,
    LossWeights,
    TeacherForcing,
    collate,
    looks_loss,
    teacher_forced,
)
from core.captioning.vocabulary import END, START

WORDS, CELLS, CHANNELS = 9, 6, 8
CAPTIONS = [(0, [3, 4, 5]), (1, [6, 3]), (1, [7, 8, 4, 5])]  # of two photos, in no order of length
PLAIN = LossWeights(smoothing=0.0, doubly=0.0, entropy=0.0)


def captioner(kind: str, seed: int = 0) -> LSTMCaptioner:
    torch.manual_seed(seed)
    made = LSTMCaptioner(LSTMSizes(kind, WORDS, CHANNELS, value=8, key=6, embedding=8, hidden=8)).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(2.0)
    return made


def grids(count: int = 2) -> Tensor:
    return torch.randn(count, CELLS, CHANNELS, generator=torch.Generator().manual_seed(1))


def by_hand(model: LSTMCaptioner, seen: Tensor) -> tuple[list[Tensor], list[int], list[Tensor]]:
    """Per word of all captions its log-probabilities (V,) and its number; per caption its looks added up (S,)."""
    log_probs, targets, attended = [], [], []
    for photo, words in CAPTIONS:
        slots, state = model.view(seen[photo : photo + 1])
        before, looks = START, torch.zeros(CELLS)
        for word in [*words, END]:
            step = model.step(torch.tensor([before]), state, slots)
            log_probs.append(model.read_out(step.deep)[0].log_softmax(0))
            looks = looks + step.look.alpha[0]
            targets.append(word)
            before, state = word, step.state
        attended.append(looks)
    return log_probs, targets, attended


class TwoHeaded(LSTMCaptioner):
    """Sees what the LSTM sees, and also looks evenly at all cells."""

    def step(self, *arguments, **named) -> Step:
        step = super().step(*arguments, **named)
        heads = torch.stack([step.look.alpha, torch.full_like(step.look.alpha, 1 / CELLS)], dim=1)
        return step._replace(look=step.look._replace(alpha=heads.unsqueeze(1)))  # in one layer


def test_several_heads_count_as_their_mean():
    model, seen = captioner("soft"), grids()
    two = TwoHeaded(model.sizes).eval()
    two.load_state_dict(model.state_dict())
    one, forced = (teacher_forced(each, seen, collate(CAPTIONS)) for each in (model, two))
    lengths = collate(CAPTIONS).lengths.unsqueeze(1)
    torch.testing.assert_close(forced.attended, (one.attended + lengths / CELLS) / 2)
    slots, state = model.view(seen[1:])  # of the longest caption, the first look
    mean = (model.step(torch.tensor([START]), state, slots).look.alpha[0] + 1 / CELLS) / 2
    torch.testing.assert_close(forced.entropy[0], -(mean * mean.log()).sum())


def test_of_several_heads_the_first_is_taught_as_one_alone():
    model, seen = captioner("soft"), grids()
    two = TwoHeaded(model.sizes).eval()
    two.load_state_dict(model.state_dict())
    captions = collate(CAPTIONS, [{1: 0}, {0: 1}, {}])
    covers = torch.rand(2, CELLS, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        one, other = (looks_loss(teacher_forced(each, seen, captions), captions.named, covers) for each in (model, two))
    assert float(one) == pytest.approx(float(other)) and float(one) > 0


def test_a_hard_look_lets_no_gradient_through_unless_it_is_asked_to():
    model, seen, captions = captioner("hard"), grids(), collate(CAPTIONS)
    weight = model.score.weight.weight
    for named, passes in (({}, False), ({"straight": True}, True)):
        logits = teacher_forced(model, seen, captions, **named).logits
        (gradient,) = torch.autograd.grad(logits.square().sum(), weight, allow_unused=True)
        assert (gradient is not None and bool(gradient.any())) == passes


def test_captions_move_to_a_device_whole():
    assert {x.device.type for x in collate(CAPTIONS).to(torch.device("meta"))} == {"meta"}


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.4])
def test_label_smoothing_shares_a_part_of_the_target_among_all_words(smoothing):
    model, seen = captioner("soft"), grids()
    log_probs, targets, _ = by_hand(model, seen)
    wanted = torch.full((len(targets), WORDS), smoothing / WORDS)
    wanted[range(len(targets)), targets] += 1 - smoothing
    expected = -(wanted * torch.stack(log_probs)).sum(1).mean()
    weights = LossWeights(smoothing=smoothing, doubly=0.0)
    torch.testing.assert_close(TeacherForcing(model, weights).eval()(seen, collate(CAPTIONS)), expected)


@pytest.mark.parametrize("doubly", [0.02, 1.0])
def test_the_doubly_stochastic_penalty_is_equation_14(doubly):
    model, seen = captioner("soft"), grids()
    _, targets, attended = by_hand(model, seen)
    penalty = sum(float((1 - looks).detach().square().sum()) for looks in attended) / len(targets)
    plain = TeacherForcing(model, PLAIN).eval()(seen, collate(CAPTIONS))
    with_it = TeacherForcing(model, LossWeights(smoothing=0.0, doubly=doubly)).eval()(seen, collate(CAPTIONS))
    assert penalty > 0.1
    assert float(with_it - plain) == pytest.approx(doubly * penalty, rel=1e-4)


@pytest.mark.parametrize("estimator", ["straight-through", "score"])
@pytest.mark.parametrize("bonus", [0.3, -0.3])
def test_the_entropy_bonus_rewards_wide_looks(estimator, bonus):
    """Captions of one word, the end: their only look is the first, which no draw has changed yet."""
    model, seen = captioner("hard"), grids(1)
    ends = collate([(0, [])] * 3)
    slots, state = model.view(seen)
    alpha = model.step(torch.tensor([START]), state, slots).look.alpha[0]
    entropy = -float((alpha * alpha.log()).sum())
    assert 0.2 < entropy < math.log(CELLS)

    def loss(weight: float) -> float:
        torch.manual_seed(5)  # the same draws
        weights = LossWeights(smoothing=0.0, doubly=0.0, estimator=estimator, entropy=weight)
        return float(TeacherForcing(model, weights).eval()(seen, ends).detach())

    assert loss(bonus) - loss(0.0) == pytest.approx(-bonus * entropy, rel=1e-3)


def test_the_score_function_makes_rewarded_looks_likelier():
    """On average its gradient is that of -J, J the expected log-probability of what follows, every cell tried."""
    model, seen = captioner("hard", seed=3), grids(1)
    slots, state = model.view(seen)
    scores = model.score(state.h, slots.keys)[0].detach().requires_grad_()
    rewards = []
    for cell in range(CELLS):
        only = (torch.arange(CELLS) == cell).unsqueeze(0)
        step = model.step(torch.tensor([START]), state, slots, mask=only)
        rewards.append(model.read_out(step.deep)[0].log_softmax(0)[END].detach())
    expected = (scores.softmax(0) * torch.stack(rewards)).sum()
    (exact,) = torch.autograd.grad(expected, scores)
    assert float(torch.stack(rewards).std()) > 0.1

    caught: list[Tensor] = []
    hook = model.score.register_forward_hook(lambda _module, _inputs, out: caught.append(out.requires_grad_()) or out)
    many = 20_000
    torch.manual_seed(0)
    weights = LossWeights(smoothing=0.0, doubly=0.0, estimator="score", reward=1.0, entropy=0.0)
    loss = TeacherForcing(model, weights).eval()(seen, collate([(0, [])] * many))
    (found,) = torch.autograd.grad(loss, caught[0])
    hook.remove()
    assert len(found) == many * SAMPLES
    torch.testing.assert_close(-found.sum(0), exact, atol=0.1 * float(exact.abs().max()), rtol=0)
