"""Training: the losses' invariants, and small runs that must learn."""

import contextlib
import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.encoders.inception_v3 import FROZEN, InceptionV3
from core.captioning.training import cards
from core.captioning.training.captions import Validator, train_captioner
from core.captioning.training.encoder import EncoderSettings, fine_tune
from core.captioning.training.grids import CaptionedGrids, TrainingPhotos, cache, vary
from core.captioning.training.reward import CiderD
from core.captioning.training.scst import SCSTSettings, train_scst
from core.captioning.training.teacher_forcing import (
    LossWeights,
    TeacherForcing,
    by_caption,
    collate,
    look_advantage,
    teacher_forced,
)
from core.captioning.vocabulary import END, Vocabulary
from core.data.errors import DataError
from core.data.karpathy import CaptionedPhoto

fabric = pytest.importorskip("lightning_fabric")
WORDS = Vocabulary(["a", "red", "blue", "ball", "cup", "left", "right", "of", "the"])
NO_PIXELS = np.zeros((0, 3, 1, 1), np.uint8)  # captioners learn from grids


def tiny(kind: str) -> LSTMCaptioner:
    torch.manual_seed(0)
    sizes = LSTMSizes(kind, len(WORDS), channels=8, value=16, key=8, embedding=16, hidden=24, dropout=0.0)
    return LSTMCaptioner(sizes)


def toy_photos() -> tuple[list[CaptionedPhoto], dict[str, np.ndarray]]:
    """Photos whose caption can be read off a patch's channels, before a plain background: red or blue, ball or cup."""
    rng = np.random.default_rng(0)
    background = np.eye(8)[7]  # without it, cells are noise that tells one photo from another
    photos, views = [], {}
    for name in ("plain", "mirror"):
        views[name] = (background + rng.normal(0, 0.3, (16, 14, 14, 8))).astype(np.float16)
    for i in range(16):
        colour, thing = i % 2, (i // 2) % 2
        for view in views.values():
            view[i, 4:10, 4:10, colour] += 4
            view[i, 4:10, 4:10, 2 + thing] += 4
        caption = ("a", ("red", "blue")[colour], ("ball", "cup")[thing])
        photos.append(CaptionedPhoto(f"{i}.jpg", "train" if i < 12 else "val", (caption,) * 2))
    return photos, views


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


def test_reward_is_the_librarys_cider():
    from pycocoevalcap.cider.cider import Cider

    texts = {
        0: ["a red ball", "the red ball of a cup"],
        1: ["a blue cup", "a cup left of the ball"],
        2: ["a ball", "red"],
    }
    guesses = {0: "a red red ball", 1: "a blue cup left of a cup", 2: "the ball of the ball"}
    ours = CiderD({i: [WORDS.encode(t.split()) for t in captions] for i, captions in texts.items()})
    _, theirs = Cider().compute_score(texts, {i: [guess] for i, guess in guesses.items()})
    for i, guess in guesses.items():
        assert ours(i, WORDS.encode(guess.split())) == pytest.approx(theirs[i], rel=1e-4)


def test_a_mirrored_view_is_the_view_mirrored():
    photo = torch.randint(0, 256, (3, 224, 224), dtype=torch.uint8)
    for seed in range(20):
        plain, mirrored = (vary(photo, random.Random(seed), flip) for flip in (False, True))
        assert torch.equal(plain.flip(2), mirrored)
        assert plain.shape == photo.shape and float(plain.min()) >= 0 and float(plain.max()) <= 255


@pytest.mark.slow
def test_the_encoder_learns_with_captioners_but_for_what_is_frozen_and_goes_on(tmp_path: Path, capsys):
    photos = [CaptionedPhoto(f"{i}.jpg", "train" if i < 4 else "val", (("a", "red", "ball"),) * 2) for i in range(5)]
    array = np.random.default_rng(0).integers(0, 256, (5, 3, 224, 224), dtype=np.uint8)
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train() -> tuple[dict, dict, dict]:
        torch.manual_seed(0)
        encoder = InceptionV3()
        captioners = {
            kind: LSTMCaptioner(LSTMSizes(kind, len(WORDS), InceptionV3.channels, value=8, key=4, hidden=8))
            for kind in ("none", "soft")
        }
        before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
        fine_tune(
            encoder, captioners, TrainingPhotos(photos, [0, 1, 2, 3], array, WORDS), tmp_path, run,
            EncoderSettings(1, 2), LossWeights(),
            lambda what, steps: lambda: None,
        )  # fmt: skip
        return before, encoder.state_dict(), captioners["soft"].state_dict()

    before, after, soft = train()
    frozen = [name for name, _ in InceptionV3().early[:FROZEN].named_parameters()]
    for name, tensor in before.items():
        assert torch.equal(tensor, after[name]) == (name.removeprefix("early.") in frozen), name
    _, same, soft_again = train()  # its epoch is done: the weights are read back
    assert all(torch.equal(after[name], same[name]) for name in after)
    assert all(torch.equal(soft[name], soft_again[name]) for name in soft)
    assert capsys.readouterr().err.count("val_loss_soft") == 1


@pytest.mark.slow
def test_captioners_learn_from_what_they_say_of_fresh_views_and_go_on(tmp_path: Path, capsys):
    """The encoder stays as it is, no captioner ends worse than it began, and a run that is over is read back."""
    captions = [("a", ("red", "blue")[i % 2], ("ball", "cup")[i % 2]) for i in range(5)]
    photos = [CaptionedPhoto(f"{i}.jpg", "train" if i < 4 else "val", (words,)) for i, words in enumerate(captions)]
    array = np.random.default_rng(0).integers(0, 256, (5, 3, 224, 224), dtype=np.uint8)
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()
    torch.manual_seed(0)
    encoder = InceptionV3()
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    with torch.inference_mode():
        grid = encoder(torch.from_numpy(array[4:])).view(1, 14, 14, -1).half().numpy()
    validator = Validator(photos[4:], grid, WORDS)

    def train() -> tuple[dict[str, LSTMCaptioner], dict[str, float]]:
        torch.manual_seed(0)
        captioners = {
            kind: LSTMCaptioner(LSTMSizes(kind, len(WORDS), InceptionV3.channels, value=8, key=4, hidden=8))
            for kind in ("none", "hard")
        }
        for captioner in captioners.values():
            torch.nn.init.constant_(captioner.bias[END:][:1], 2.0)  # or none would end
        begun = {kind: validator(captioner) for kind, captioner in captioners.items()}
        scores = train_scst(
            captioners, begun, encoder, TrainingPhotos(photos, [0, 1, 2, 3], array, WORDS), validator, run,
            SCSTSettings(epochs=4, rate=0.02, average=0.1, share=0.9), tmp_path / "state.pt", 2,
            lambda what, steps: lambda: None,
        )  # fmt: skip
        return captioners, scores

    captioners, scores = train()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["epoch"] for line in lines] == [0, 1, 2, 3, 4]
    for kind, captioner in captioners.items():
        assert scores[kind] == validator(captioner) >= lines[0][f"val_cider_{kind}"] - 0.01
        assert lines[4][f"reward_{kind}"] > lines[1][f"reward_{kind}"]
    assert all(torch.equal(tensor, before[name]) for name, tensor in encoder.state_dict().items())
    again, same = train()
    assert same == scores and not capsys.readouterr().err
    for kind, captioner in captioners.items():
        weights = again[kind].state_dict()
        assert all(torch.equal(tensor, weights[name]) for name, tensor in captioner.state_dict().items())


def test_the_captions_of_a_mirrored_view_are_mirrored():
    captions = (("left", "of", "a", "cup"), ("a", "cup"))
    views = {name: np.zeros((1, 14, 14, 8), np.float16) for name in ("plain", "mirror")}
    views["mirror"][:] = 1
    data = CaptionedGrids(TrainingPhotos([CaptionedPhoto("0.jpg", "train", captions)], [0], NO_PIXELS, WORDS), views)
    examples = [data[0] for _ in range(20)]
    assert {bool(example.cells.any()) for example in examples} == {True, False}
    for example in examples:
        first = "right" if example.cells.any() else "left"
        assert example.captions == [WORDS.encode(words) for words in ([first, "of", "a", "cup"], ["a", "cup"])]


@pytest.mark.slow
def test_a_worse_epoch_does_not_replace_the_weights_given(tmp_path: Path):
    photos, views = toy_photos()
    rows = list(range(12))
    data = CaptionedGrids(TrainingPhotos(photos, rows, NO_PIXELS, WORDS), views)
    validator = Validator(photos[12:16], views["plain"][12:16], WORDS)
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train(captioner: LSTMCaptioner, epochs: int, rate: float, name: str) -> tuple[LSTMCaptioner, float]:
        path = tmp_path / name
        score = train_captioner(
            captioner, data, validator, epochs, rate, 0.5, LossWeights(), run, path, 4, lambda what, steps: lambda: None
        )
        return captioner, score

    good, score = train(tiny("none"), 15, 1e-2, "good.pt")
    assert score == validator(good) > 100
    weights = {name: tensor.clone() for name, tensor in good.state_dict().items()}
    same, kept = train(good, 1, 10.0, "ruined.pt")
    assert kept == score
    assert all(torch.equal(tensor, weights[name]) for name, tensor in same.state_dict().items())


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_training_learns_to_name_what_is_there_and_resumes(kind, tmp_path: Path, capsys):
    photos, views = toy_photos()
    rows = list(range(12))
    data = CaptionedGrids(TrainingPhotos(photos, rows, NO_PIXELS, WORDS), views)
    validator = Validator(photos[12:16], views["plain"][12:16], WORDS)
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train(epochs: int) -> tuple[LSTMCaptioner, float]:
        torch.manual_seed(1)
        captioner = tiny(kind)
        score = train_captioner(
            captioner, data, validator, epochs, 1e-2, 0.9, LossWeights(), run, tmp_path / "state.pt", 4,
            lambda what, steps: lambda: None,
        )  # fmt: skip
        return captioner, score

    captioner, score = train(40)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    start, *epochs = lines
    assert start["epoch"] == 0 and start["val_cider_greedy"] <= round(score, 2)
    assert len(epochs) == 40 and epochs[39]["loss"] < epochs[0]["loss"]
    perfect = np.mean([100 * validator.cider(i, WORDS.encode(photos[12 + i].captions[0])) for i in range(4)])
    assert score > 0.75 * perfect
    again, same = train(40)  # all epochs are done: nothing is trained, the same weights come back
    assert same == score
    assert all(
        torch.equal(a, b) for a, b in zip(captioner.state_dict().values(), again.state_dict().values(), strict=True)
    )


def test_a_card_states_only_what_is_known_of_the_data():
    def card(*datasets: str) -> str:
        paths = [Path(name) for name in datasets]
        photos = [CaptionedPhoto("0.jpg", "train", (("a",),) * 3), CaptionedPhoto("1.jpg", "val", (("a",),))]
        config = {
            "attention": "soft",
            "seed": 1,
            "settings": {"dataset": list(datasets)},
            "data": cards.data(paths, photos),
        }
        return cards.captioner(config, (14, 14)) + cards.encoder(config, InceptionV3()) + cards.licence(paths)

    birds, flickr, both = card("x/birds.json"), card("dataset_flickr8k.json"), card("dataset_flickr8k.json", "b.json")
    assert "birds.json (1 photos with 3 captions)" in birds
    for name in ("Flickr", "COCO", "dogs", "five", "LICENSE-WEIGHTS"):
        assert name not in birds
    assert "Flickr8k" in flickr and "COCO" not in flickr and "LICENSE-WEIGHTS" in flickr
    assert "Flickr8k; b.json" in both and "LICENSE-WEIGHTS" not in both


@pytest.mark.parametrize("photos", [1, 16, 17, 40, 100])
def test_a_cache_holds_every_row_and_goes_on_where_it_stopped(tmp_path: Path, photos: int):
    path, shape = tmp_path / "c.npy", (photos, 2, 2, 3)
    rows = torch.arange(photos).view(-1, 1, 1, 1).expand(shape).float()

    def broken(where: slice) -> torch.Tensor:
        if where.start >= 32:
            raise KeyboardInterrupt
        return rows[where]

    with contextlib.suppress(KeyboardInterrupt):
        cache(path, shape, 16, broken, lambda: None, np.float16)
    computed = []
    array = cache(
        path, shape, 16, lambda where: (computed.append(where.start), rows[where])[1], lambda: None, np.float16
    )
    assert np.array_equal(array, rows.numpy())
    assert computed == list(range(32, photos, 16))
    with pytest.raises(DataError, match="other photos"):
        cache(path, (photos + 1, 2, 2, 3), 16, broken, lambda: None, np.float16)
