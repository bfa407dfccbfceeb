"""Attention: weights are a distribution, and each kind brings back what it says it does."""

import pytest
import torch

from core.attention import KINDS, AdditiveScore, attend, gumbel


def setup(batch=3, slots=7, size=5):
    torch.manual_seed(0)
    return torch.randn(batch, slots) * 3, torch.randn(batch, slots, size)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_sum_to_one_and_respect_the_mask(kind):
    scores, values = setup()
    mask = torch.zeros(3, 7, dtype=torch.bool)
    mask[:, [2, 5]] = True
    for allowed in (None, mask):
        look = attend(kind, scores, values, allowed)
        torch.testing.assert_close(look.alpha.sum(1), torch.ones(3))
        if allowed is not None:
            assert (look.alpha[~allowed] == 0).all()
            if look.choice is not None:
                assert allowed[torch.arange(3), look.choice].all()


def test_none_is_the_mean_whatever_the_scores():
    scores, values = setup()
    torch.testing.assert_close(attend("none", scores, values).glimpse, values.mean(1))


def test_soft_is_the_expectation_under_the_softmax():
    scores, values = setup()
    expected = sum(scores[0].exp()[i] * values[0, i] for i in range(7)) / scores[0].exp().sum()
    torch.testing.assert_close(attend("soft", scores, values).glimpse[0], expected)


def test_hard_is_exactly_one_slot_the_likeliest():
    scores, values = setup()
    look = attend("hard", scores, values)
    for row in range(3):
        assert look.choice[row] == scores[row].argmax()
        assert torch.equal(look.glimpse[row], values[row, look.choice[row]])


def test_no_other_slot_influences_a_hard_glimpse():
    scores, values = setup()
    before = attend("hard", scores, values)
    others = torch.ones(3, 7, dtype=torch.bool)
    others[torch.arange(3), before.choice] = False
    values[others] = torch.randn(int(others.sum()), 5)
    assert torch.equal(attend("hard", scores, values).glimpse, before.glimpse)


def test_straight_through_is_the_same_slot_to_the_last_bit():
    scores, values = setup()
    noise = gumbel((3, 7))
    for dtype in (torch.float32, torch.bfloat16):
        plain = attend("hard", scores, values.to(dtype), noise=noise)
        straight = attend("hard", scores.requires_grad_(), values.to(dtype), noise=noise, straight=True)
        assert torch.equal(plain.choice, straight.choice) and torch.equal(plain.alpha, straight.alpha)
        assert plain.glimpse.dtype == straight.glimpse.dtype and torch.equal(plain.glimpse, straight.glimpse)


def test_straight_through_gives_the_scores_softs_gradient_and_the_values_hards():
    scores, values = setup()
    upstream = torch.randn(3, 5)
    gradients = {}
    for kind in ("soft", "hard"):
        inputs = scores.clone().requires_grad_(), values.clone().requires_grad_()
        look = attend(kind, *inputs, straight=True)
        gradients[kind] = torch.autograd.grad(look.glimpse, inputs, upstream)
    torch.testing.assert_close(gradients["hard"][0], gradients["soft"][0])
    expected = torch.zeros_like(values)
    expected[torch.arange(3), scores.argmax(1)] = upstream
    assert torch.equal(gradients["hard"][1], expected)


def test_sampled_glimpses_come_as_often_as_their_weight_says():
    torch.manual_seed(1)
    scores = torch.tensor([[0.0, 1.0, 2.0, -1.0]])
    n = 20_000
    look = attend("hard", scores.expand(n, -1), torch.zeros(n, 4, 1), noise=gumbel((n, 4)))
    share = torch.bincount(look.choice, minlength=4) / n
    weight = scores.softmax(1)[0]
    assert ((share - weight).abs() < 4 * (weight * (1 - weight) / n).sqrt()).all()


def test_no_gradient_passes_through_a_choice_unless_it_is_asked_to():
    scores, values = setup()
    scores.requires_grad_(), values.requires_grad_()
    (gradient,) = torch.autograd.grad(attend("hard", scores, values).glimpse.sum(), scores, allow_unused=True)
    assert gradient is None


def test_gumbel_noise_comes_from_its_generator_and_is_finite_at_both_ends_of_chance(monkeypatch):
    one, again = (gumbel((50,), torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, again) and not torch.equal(one, gumbel((50,), torch.Generator().manual_seed(4)))
    monkeypatch.setattr(torch, "rand", lambda *_, **__: torch.tensor([0.0, 0.5, 1.0]))  # what chance may bring at worst
    low, middle, high = gumbel((3,)).tolist()
    assert -4 < low < middle < high < 17


def test_additive_score_is_bahdanaus():
    torch.manual_seed(0)
    score = AdditiveScore(query_size=4, key_size=6)
    query, keys = torch.randn(2, 4), torch.randn(2, 3, 6)
    for b in range(2):
        for s in range(3):
            inside = torch.tanh(keys[b, s] + score.query.weight @ query[b] + score.query.bias)
            torch.testing.assert_close(score(query, keys)[b, s], score.weight.weight[0] @ inside)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="none, soft, hard"):
        attend("firm", *setup())
