"""Training: the losses' invariants, and small runs that must learn."""

import contextlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from core.captioning.captioner import Captioner, Sizes
from core.captioning.training.captions import Judge, Phase, references, train_captioner
from core.captioning.training.grids import CaptionedGrids, cache
from core.captioning.training.reward import CiderD
from core.captioning.training.selfcritical import SelfCritical, sample
from core.captioning.training.teacher import LossWeights, Teacher, by_caption, collate, look_advantage, read
from core.captioning.vocabulary import Vocabulary
from core.data.karpathy import CaptionedPhoto, DataError

fabric = pytest.importorskip("lightning_fabric")
WORDS = Vocabulary(["a", "red", "blue", "ball", "cup", "left", "right", "of", "the"])


def tiny(kind: str) -> Captioner:
    torch.manual_seed(0)
    sizes = Sizes(kind, len(WORDS), channels=8, value=16, key=8, embedding=16, hidden=24, dropout=0.0)
    return Captioner(sizes)


def toy_photos() -> tuple[list[CaptionedPhoto], dict[str, np.ndarray]]:
    """Photos whose caption can be read off one cell's channel: red or blue, ball or cup."""
    rng = np.random.default_rng(0)
    photos, views = [], {name: rng.normal(0, 0.3, (16, 14, 14, 8)).astype(np.float16) for name in ("plain", "mirror")}
    for i in range(16):
        colour, thing = i % 2, (i // 2) % 2
        for view in views.values():
            view[i, 4:8, 6:10, colour] += 4
            view[i, 4:8, 6:10, 2 + thing] += 4
        caption = ("a", ("red", "blue")[colour], ("ball", "cup")[thing])
        photos.append(CaptionedPhoto(f"{i}.jpg", "train" if i < 12 else "val", (caption,) * 2))
    return photos, views


@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_reading_equals_stepping_one_caption_at_a_time(kind):
    model = tiny(kind).eval()
    grids = torch.randn(2, 9, 8)
    captions = collate([(0, [3, 4]), (1, [5, 6, 7, 8]), (0, [9])])
    noises = torch.randn(3, 5, 9)
    reading = read(model, grids, captions, noises)
    table = by_caption(reading, reading.logits.log_softmax(1).gather(1, reading.targets[:, None])[:, 0])
    for row, (photo, length) in enumerate(zip(captions.photo.tolist(), captions.lengths.tolist(), strict=True)):
        scene, state = model.view(grids[photo : photo + 1])
        before = torch.tensor([1])
        for t in range(length):
            step = model.step(before, state, scene, noise=noises[row : row + 1, t])
            expected = model.read_out(step.deep).log_softmax(1)[0, captions.tokens[row, t]]
            torch.testing.assert_close(table[row, t], expected)
            state, before = step.state, captions.tokens[row : row + 1, t]
        assert (table[row, length:] == 0).all()
    torch.testing.assert_close(reading.attended.sum(1), captions.lengths.float())


def test_a_looks_reward_is_compared_with_the_other_reading_and_nothing_else():
    model = tiny("hard").eval()
    captions = collate([(0, [3, 4, 5])] * 2)
    reading = read(model, torch.randn(1, 9, 8), captions)
    advantage = by_caption(reading, look_advantage(reading))
    log_prob = by_caption(reading, reading.logits.log_softmax(1).gather(1, reading.targets[:, None])[:, 0])
    to_go = log_prob.flip(1).cumsum(1).flip(1)
    torch.testing.assert_close(advantage[0], (to_go[0] - to_go[1]).detach())
    torch.testing.assert_close(advantage.sum(0), torch.zeros(4), atol=1e-5, rtol=0)


def test_no_gradient_reaches_hards_score_but_through_the_reward():
    teacher = Teacher(tiny("hard"), LossWeights(reward=0.0, entropy=0.0))
    teacher(torch.randn(2, 9, 8), collate([(0, [3, 4]), (1, [5])])).backward()
    assert teacher.captioner.score.weight.weight.grad.abs().sum() == 0
    teacher = Teacher(tiny("hard"), LossWeights(reward=1.0, entropy=0.0))
    teacher(torch.randn(2, 9, 8), collate([(0, [3, 4]), (1, [5])])).backward()
    assert teacher.captioner.score.weight.weight.grad.abs().sum() > 0


def test_reward_is_the_librarys_cider():
    from pycocoevalcap.cider.cider import Cider

    texts = {
        0: ["a red ball", "the red ball of a cup"],
        1: ["a blue cup", "a cup left of the ball"],
        2: ["a ball", "red"],
    }
    guesses = {0: "a red red ball", 1: "a blue cup left of a cup", 2: "the ball of the ball"}
    ours = CiderD({i: [WORDS.encode(t.split()) for t in captions] for i, captions in texts.items()}, mark_end=False)
    _, theirs = Cider().compute_score(texts, {i: [guess] for i, guess in guesses.items()})
    for i, guess in guesses.items():
        assert ours(i, WORDS.encode(guess.split())) == pytest.approx(theirs[i], rel=1e-4)


@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_a_sample_reads_back_as_it_was_drawn(kind):
    model = tiny(kind).eval()
    grids = torch.randn(3, 9, 8)
    torch.manual_seed(5)
    captions, noise, order = sample(model, grids, draws=4, max_words=6)
    assert sorted(order.tolist()) == list(range(12))
    assert captions.photo.tolist() == [o // 4 for o in order.tolist()]
    loss = SelfCritical(model, CiderD({i: [[3, 4]] for i in range(3)}), draws=4)(grids, [0, 1, 2])
    loss.backward()
    assert torch.isfinite(loss)
    if kind == "hard":
        first = read(model, grids, captions, noise)
        again = read(model, grids, captions, noise)
        assert torch.equal(first.look_log_prob, again.look_log_prob)


@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_training_learns_to_name_what_is_there_and_resumes(kind, tmp_path: Path, capsys):
    photos, views = toy_photos()
    rows = list(range(12))
    data = CaptionedGrids([photos[i] for i in rows], rows, views, WORDS)
    judge = Judge(photos, list(range(12, 16)), views["plain"], WORDS)
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train(epochs: int) -> tuple[Captioner, float]:
        torch.manual_seed(1)
        phases = [Phase("teacher", epochs, 1e-2, average=0.9), Phase("self-critical", 2, 1e-4, average=0.5)]
        return train_captioner(
            tiny(kind), data, judge, phases, LossWeights(), references([photos[i] for i in rows], WORDS), run,
            tmp_path / "state.pt", 4, lambda what, steps: lambda: None,
        )  # fmt: skip

    captioner, score = train(40)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert len(lines) == 42
    assert lines[39]["loss"] < lines[0]["loss"]
    perfect = np.mean([100 * judge.cider(i, WORDS.encode(photos[i].captions[0])) for i in judge.rows])
    assert score > 0.75 * perfect
    again, same = train(40)  # all epochs are done: nothing is trained, the same weights come back
    assert same == score
    assert all(
        torch.equal(a, b) for a, b in zip(captioner.state_dict().values(), again.state_dict().values(), strict=True)
    )


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(tmp_path: Path):
    photos, views = toy_photos()
    rows = list(range(12))
    judge = Judge(photos, list(range(12, 16)), views["plain"], WORDS)
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    class Interrupted(Exception):
        pass

    def train(path: Path, stop_at: int | None = None) -> tuple[Captioner, float]:
        seen = []

        def stage(what: str, steps: int):
            # Each epoch begins with its own seed here, so that two runs draw alike wherever they begin.
            torch.manual_seed(int(what.split("epoch ")[1].split()[0]))
            seen.append(what)
            if len(seen) == stop_at:
                raise Interrupted
            return lambda: None

        data = CaptionedGrids([photos[i] for i in rows], rows, views, WORDS)
        reward = references([photos[i] for i in rows], WORDS)
        phases = [Phase("teacher", 6, 1e-2, average=0.9)]
        return train_captioner(tiny("soft"), data, judge, phases, LossWeights(), reward, run, path, 4, stage)

    whole, score = train(tmp_path / "whole.pt")
    with pytest.raises(Interrupted):
        train(tmp_path / "broken.pt", stop_at=3)
    with pytest.raises(Interrupted):
        train(tmp_path / "broken.pt", stop_at=3)
    mended, same = train(tmp_path / "broken.pt")
    assert same == pytest.approx(score)
    for a, b in zip(whole.state_dict().values(), mended.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("photos", [1, 16, 17, 40, 100])
def test_a_cache_holds_every_row_and_goes_on_where_it_stopped(tmp_path: Path, photos: int):
    path, shape = tmp_path / "c.npy", (photos, 2, 2, 3)
    rows = torch.arange(photos).view(-1, 1, 1, 1).expand(shape).float()

    def broken(where: slice) -> torch.Tensor:
        if where.start >= 32:
            raise KeyboardInterrupt
        return rows[where]

    with contextlib.suppress(KeyboardInterrupt):
        cache(path, shape, 16, broken, lambda: None)
    computed = []
    array = cache(path, shape, 16, lambda where: (computed.append(where.start), rows[where])[1], lambda: None)
    assert np.array_equal(array, rows.numpy())
    assert computed == list(range(32, photos, 16))
    with pytest.raises(DataError, match="other photos"):
        cache(path, (photos + 1, 2, 2, 3), 16, broken, lambda: None)
