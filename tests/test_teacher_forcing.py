"""Teacher forcing: what is read at once is what is said step by step; what teaches a look, and what does not."""

import pytest
import torch
from toy_training import tiny

from core.captioning.training.teacher_forcing import (
    LossWeights,
    TeacherForcing,
    by_caption,
    collate,
    look_advantage,
    looks_loss,
    teacher_forced,
)
from core.captioning.training.words import found_loss


@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_reading_equals_stepping_one_caption_at_a_time(kind):
    model = tiny(kind).eval()
    grids = torch.randn(2, 9, 8)
    captions = collate([(0, [3, 4]), (1, [5, 6, 7, 8]), (0, [9])])
    noises = torch.randn(3, 5, 9)
    forced = teacher_forced(model, grids, captions, noises)
    table = by_caption(forced, forced.logits.log_softmax(1).gather(1, forced.targets[:, None])[:, 0])
    for row, (photo, length) in enumerate(zip(captions.photo.tolist(), captions.lengths.tolist(), strict=True)):
        scene, state = model.view(grids[photo : photo + 1])
        before = torch.tensor([1])
        for t in range(length):
            step = model.step(before, state, scene, noise=noises[row : row + 1, t])
            expected = model.read_out(step.deep).log_softmax(1)[0, captions.tokens[row, t]]
            torch.testing.assert_close(table[row, t], expected)
            state, before = step.state, captions.tokens[row : row + 1, t]
        assert (table[row, length:] == 0).all()
    torch.testing.assert_close(forced.attended.sum(1), captions.lengths.float())


def test_a_looks_reward_is_compared_with_the_other_reading_and_nothing_else():
    model = tiny("hard").eval()
    captions = collate([(0, [3, 4, 5])] * 2)
    forced = teacher_forced(model, torch.randn(1, 9, 8), captions)
    advantage = by_caption(forced, look_advantage(forced))
    log_prob = by_caption(forced, forced.logits.log_softmax(1).gather(1, forced.targets[:, None])[:, 0])
    to_go = log_prob.flip(1).cumsum(1).flip(1)
    torch.testing.assert_close(advantage[0], (to_go[0] - to_go[1]).detach())
    torch.testing.assert_close(advantage.sum(0), torch.zeros(4), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("estimator", "reward", "learns"), [("score", 0.0, False), ("score", 1.0, True), ("straight-through", 0.0, True)]
)
def test_a_gradient_reaches_hards_score_through_the_reward_or_straight_through(estimator, reward, learns):
    forcing = TeacherForcing(tiny("hard"), LossWeights(estimator=estimator, reward=reward, entropy=0.0))
    forcing(torch.randn(2, 9, 8), collate([(0, [3, 4]), (1, [5])])).backward()
    assert bool(forcing.captioner.score.weight.weight.grad.abs().sum() > 0) == learns


def test_straight_through_reads_the_same_words_with_the_same_cells():
    model, grids, noises = tiny("hard").eval(), torch.randn(2, 9, 8), torch.randn(2, 4, 9)
    captions = collate([(0, [3, 4, 5]), (1, [6])])
    plain, straight = (teacher_forced(model, grids, captions, noises, way) for way in (False, True))
    assert torch.equal(plain.logits, straight.logits) and torch.equal(plain.look_log_prob, straight.look_log_prob)


def test_the_looks_loss_is_minus_log_of_the_weight_inside_at_the_words_that_name():
    model, seen = tiny("soft").eval(), torch.randn(2, 9, 8)
    captions = collate([(0, [3, 4]), (1, [5, 6, 7])], [{1: 0}, {0: 1, 2: 2}])
    covers = torch.zeros(3, 9)
    covers[0, 2:5], covers[1, 7] = 0.5, 1.0  # the third covers nothing, and teaches nothing
    forced = teacher_forced(model, seen, captions)
    expected = 0.0
    for n, (row, t) in enumerate(zip(forced.row.tolist(), forced.time.tolist(), strict=True)):
        photo = int(captions.photo[row])
        if (photo, t) in {(0, 1), (1, 0)}:
            expected -= float((forced.alpha[n] * covers[photo]).sum().log().detach())
    assert float(looks_loss(forced, captions.named, covers).detach()) == pytest.approx(
        expected / len(forced.targets), rel=1e-5
    )
    plain, taught = (
        float(TeacherForcing(model, LossWeights(looks=weight)).eval()(seen, captions, covers).detach())
        for weight in (0.0, 2.0)
    )
    assert taught - plain == pytest.approx(2 * expected / len(forced.targets), rel=1e-4)
    assert not TeacherForcing(tiny("none"), LossWeights(looks=5.0)).eval()(seen, captions, covers).isnan()


@pytest.mark.parametrize("kind", ["soft", "hard"])
def test_looks_are_taught_where_the_boxes_are(kind):
    """At each word that names something the weight goes where that lies, and not where the other does."""
    model, seen = tiny(kind), torch.randn(1, 9, 8, generator=torch.Generator().manual_seed(1))
    captions, covers = collate([(0, [3, 4])], [{0: 0, 1: 1}]), torch.eye(9)[[2, 6]]
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    forcing = TeacherForcing(model, LossWeights(looks=1.0))
    for _ in range(60):
        optimizer.zero_grad()
        forcing(seen, captions, covers).backward()
        optimizer.step()
    alpha = teacher_forced(model.eval(), seen, captions).alpha.detach()
    assert alpha[0, 2] > 0.7 and alpha[1, 6] > 0.7


def test_the_found_loss_is_of_the_words_evidence_inside_the_boxes():
    scores = torch.randn(2, 4, 5)
    covers = torch.tensor([[1.0, 0, 0, 0], [0, 0.5, 0.5, 0]])
    inside = [scores[1, :, 3].softmax(0)[0], scores[0, :, 2].softmax(0)[1:3].sum() / 2]
    expected = -(inside[0].log() + inside[1].log()) / 2
    torch.testing.assert_close(found_loss(scores, [1, 0], [3, 2], covers), expected)
    assert float(found_loss(scores, [], [], covers[:0])) == 0
