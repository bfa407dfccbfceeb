"""Training: the losses' invariants, and small runs that must learn."""

import contextlib
import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import lively_encoder

from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.encoder import Encoder
from core.captioning.encoders.efficientnet_b4 import EfficientNetB4
from core.captioning.training import cards
from core.captioning.training.captions import Validator, encode, train_captioner
from core.captioning.training.encoder import EncoderSettings, fine_tune
from core.captioning.training.examples import TrainingPhotos, cover, every_other, through
from core.captioning.training.language import begin_as, learnable, train_language
from core.captioning.training.reward import CiderD
from core.captioning.training.scst import SCSTSettings, train_scst
from core.captioning.training.teacher_forcing import (
    LossWeights,
    TeacherForcing,
    by_caption,
    collate,
    look_advantage,
    looks_loss,
    teacher_forced,
)
from core.captioning.training.views import Window, cache, crop, draw_window, vary, window_of
from core.captioning.training.words import found_loss
from core.captioning.vocabulary import END, Vocabulary
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.phrases import PhotoPhrases, Phrase

fabric = pytest.importorskip("lightning_fabric")
WORDS = Vocabulary(["a", "red", "blue", "ball", "cup", "left", "right", "of", "the"])
DOG, BALL = (0.0, 0.0, 0.5, 0.5), (0.75, 0.75, 1.0, 1.0)


class Passing(Encoder):
    """An encoder to which features are grids already."""

    architecture, side, grid, channels = "passing", 224, (14, 14), 8

    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(()))

    def learnt(self, features: torch.Tensor) -> torch.Tensor:
        return self.flatten(features) * self.scale


def tiny(kind: str) -> LSTMCaptioner:
    torch.manual_seed(0)
    sizes = LSTMSizes(kind, len(WORDS), channels=8, value=16, key=8, embedding=16, hidden=24, dropout=0.0)
    return LSTMCaptioner(sizes)


def toy_photos(own: slice = slice(None)) -> tuple[TrainingPhotos, Validator]:
    """Photos whose caption can be read off a patch's channels, before a plain background: red or blue, ball or cup."""
    rng = np.random.default_rng(0)
    background = np.eye(8)[7].reshape(8, 1, 1)  # without it, cells are noise that tells one photo from another
    photos, views = [], {}
    for name in ("plain", "mirror"):
        views[name] = (background + rng.normal(0, 0.3, (16, 8, 14, 14))).astype(np.float16)
    for i in range(16):
        colour, thing = i % 2, (i // 2) % 2
        for view in views.values():
            view[i, colour, 4:10, 4:10] += 4
            view[i, 2 + thing, 4:10, 4:10] += 4
        caption = ("a", ("red", "blue")[colour], ("ball", "cup")[thing])
        photos.append(CaptionedPhoto(f"{i}.jpg", "train" if i < 12 else "val", (caption,) * 2))
    data = TrainingPhotos(photos, range(12), views, (14, 14), WORDS, own=own)
    return data, Validator(photos[12:], encode(Passing(), views["plain"][12:]), WORDS)


def few_photos(*kinds: str) -> tuple[TrainingPhotos, EfficientNetB4, dict[str, LSTMCaptioner]]:
    """Five photos of noise through a real encoder, one of them to validate with; of the first, boxes are known."""
    captions = [("a", ("red", "blue")[i % 2], ("ball", "cup")[i % 2]) for i in range(5)]
    photos = [CaptionedPhoto(f"{i}.jpg", "train" if i < 4 else "val", (words,)) for i, words in enumerate(captions)]
    pixels = np.random.default_rng(0).integers(0, 256, (5, 3, 224, 224), dtype=np.uint8)
    torch.manual_seed(0)
    encoder = lively_encoder()
    with torch.inference_mode():
        features = encoder.frozen(torch.from_numpy(pixels)).half().numpy()
    phrases = {"0.jpg": PhotoPhrases({"1": (DOG,)}, ((Phrase(0, 3, "1", "other"),),))}
    data = TrainingPhotos(photos, range(4), dict(plain=features), encoder.grid, WORDS, phrases)
    sizes = dict(vocabulary=len(WORDS), channels=encoder.channels, value=8, key=4, hidden=8)
    return data, encoder, {kind: LSTMCaptioner(LSTMSizes(kind, **sizes)) for kind in kinds or ("none", "soft")}


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
    photo = torch.randint(0, 256, (3, 64, 64), dtype=torch.uint8)
    for seed in range(20):
        window = draw_window(random.Random(seed), 0.5)
        plain, mirrored = (vary(photo, window._replace(mirrored=flip), random.Random(seed)) for flip in (False, True))
        torch.testing.assert_close(plain.flip(2), mirrored, atol=1e-2, rtol=0)
        assert plain.shape == photo.shape and float(plain.min()) >= 0 and float(plain.max()) <= 255


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_box_moves_with_what_it_surrounds(mirrored):
    """A bright rectangle is cropped, as pixels; its box, seen through the same windows, surrounds it still."""
    box, side = (0.25, 0.375, 0.625, 0.75), 64
    picture = torch.zeros(1, 1, side, side)
    picture[..., int(0.375 * side) : int(0.75 * side), int(0.25 * side) : int(0.625 * side)] = 1
    for seed in range(20):
        rng = random.Random(seed)
        windows = [draw_window(rng, 0.6, mirrored), draw_window(rng, 0.6)]
        seen = picture
        for window in windows:
            seen = crop(seen, [window])
        moved = through(windows, box)
        bright = (seen[0, 0] > 0.5).nonzero().float()
        if moved is None:
            assert len(bright) < 0.4 * (0.375 * 0.375) / (0.6 * 0.6) * side * side * 2
            continue
        (top, left), (bottom, right) = bright.amin(0) / side, (bright.amax(0) + 1) / side
        assert moved == pytest.approx((float(left), float(top), float(right), float(bottom)), abs=2.5 / side)


def test_a_thing_that_is_hardly_in_a_view_is_not_in_it():
    window = Window(0, 0.5, 1, 0.5)
    assert window.box((0.0, 0.0, 0.6, 1.0)) is None  # a sixth of it is
    assert window.box((0.25, 0.0, 0.75, 1.0)) == (0.0, 0.0, 0.5, 1.0)
    assert through([window, Window(0.5, 0, 0.5, 1)], (0.5, 0, 1, 0.5)) is None


def test_what_a_cached_view_shows_is_known_without_it():
    assert window_of("plain", 3, 1)[0] == Window()
    first, again, other = (window_of("mirror", row, 1)[0] for row in (3, 3, 4))
    assert first == again != other and first.mirrored


def test_a_small_thing_is_in_the_cell_of_its_middle():
    share = cover([(0.51, 0.26, 0.52, 0.27)], (4, 4))
    assert share[1 * 4 + 2] == 0.5 and share.sum() == 0.5
    assert cover([(0.0, 0.0, 1.0, 0.5)], (4, 4)).tolist() == [1.0] * 8 + [0.0] * 8


@pytest.mark.parametrize("grid", [(4, 6), (3, 5), (1, 1)])
def test_quarters_are_every_other_row_and_column(grid):
    cells = torch.arange(grid[0] * grid[1]).view(grid)
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        chosen = every_other(grid, corner).tolist()
        assert len(chosen) == -(-grid[0] // 2) * -(-grid[1] // 2)
        rolled = cells.roll((-corner[0], -corner[1]), (0, 1))[::2, ::2]
        assert sorted(chosen) == sorted(rolled.flatten().tolist())


def test_words_of_phrases_point_to_where_their_things_are_but_for_articles():
    captions = (("the", "red", "ball", "left", "of", "a", "cup"), ("a", "cup"))
    phrases = PhotoPhrases(
        {"1": (BALL,), "2": (DOG,)},
        ((Phrase(0, 3, "1", "other"), Phrase(5, 7, "2", "other")), (Phrase(0, 2, "2", "other"),)),
    )
    features = {"mirror": np.zeros((1, 8, 4, 4), np.float16)}
    photo = CaptionedPhoto("0.jpg", "train", captions)
    data = TrainingPhotos([photo], [0], features, (4, 4), WORDS, {"0.jpg": phrases})
    sides = set()
    for seed in range(30):
        batch = data.draw([0], random.Random(seed), least_area=0.9)
        long = batch.captions
        assert long.tokens[0].tolist()[:4] == WORDS.encode(["the", "red", "ball", "right"])  # mirrored, sides too
        named = [int(n) for n in long.named[0]]
        assert named[0] == named[3] == named[4] == named[5] == named[7] == -1
        assert named[1] == named[2] and (named[6] < 0) == (long.named[1, 1] < 0)
        for thing in batch.things:
            where = batch.covers[thing.cover].view(4, 4)
            right = thing.word == "cup"  # it was on the left, and the view is mirrored
            assert (where[:, 2:].sum() > where[:, :2].sum()) == right
            assert thing.noun == (thing.word != "red")
            sides.add(thing.word)
    assert sides == {"red", "ball", "cup"}


def test_a_draw_of_views_that_are_not_mirrored_leaves_captions_as_they_are():
    data, _ = toy_photos()
    batch = data.draw([0, 1, 2], random.Random(0), captions=1)
    assert len(batch.captions.photo) == 3 and batch.features.shape == (3, 8, 14, 14)
    assert data.whole([0]).mirrored == [False] and len(data.whole([0]).captions.photo) == 2
    assert len(data.draw([0], random.Random(0), captions=0).captions.photo) == 0


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


@pytest.mark.slow
def test_the_encoder_learns_with_captioners_but_for_what_is_frozen_and_goes_on(tmp_path: Path, capsys):
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train() -> tuple[dict, dict, dict]:
        data, encoder, captioners = few_photos()
        before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
        fine_tune(
            encoder, captioners, data, tmp_path, run, EncoderSettings(1, 2, least=1), LossWeights(),
            lambda what, steps: lambda: None,
        )  # fmt: skip
        return before, encoder.state_dict(), captioners["soft"].state_dict()

    before, after, soft = train()
    frozen = {f"features.{name}" for name, _ in EfficientNetB4().features[:6].named_parameters()}
    for name, tensor in before.items():
        assert torch.equal(tensor, after[name]) == (name in frozen), name
    _, same, soft_again = train()  # its epoch is done: the weights are read back
    assert all(torch.equal(after[name], same[name]) for name in after)
    assert all(torch.equal(soft[name], soft_again[name]) for name in soft)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert len(lines) == 1 and {"val_loss_soft", "loss_found", "loss_words"} <= lines[0].keys()
    assert lines[0]["loss_found"] > 0


def test_a_language_model_learns_sentences_and_the_captioners_begin_as_it_stands(tmp_path: Path):
    sentences = [["the", "red", "ball", "of", "the", "cup"], ["a", "blue", "cup", "squirrel"], ["a", "red"]]
    known = learnable(sentences, WORDS)
    assert known == [WORDS.encode(sentences[0])]  # one has a word that is not known, one is too short
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()
    language, soft = tiny("none"), tiny("soft")
    score = soft.score.weight.weight.clone()
    path = tmp_path / "language.state.pt"
    train_language(language, known * 8, 40, run, path, lambda what, steps: lambda: None, rate=2e-2)
    forced = teacher_forced(language.eval(), torch.zeros(1, 1, 8), collate([(0, known[0])]))
    assert (forced.logits.argmax(1) == forced.targets).all()
    begin_as(soft, language)
    assert torch.equal(soft.embed.weight, language.embed.weight) and torch.equal(soft.score.weight.weight, score)


@pytest.mark.slow
def test_captioners_learn_from_what_they_say_of_fresh_views_and_go_on(tmp_path: Path, capsys):
    """The encoder stays as it is, no captioner ends worse than it began, and a run that is over is read back."""
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()
    data, encoder, _ = few_photos()
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    validator = Validator(data.photos[4:], encode(encoder, data.views["plain"][4:]), WORDS)

    def train() -> tuple[dict[str, LSTMCaptioner], dict[str, float]]:
        _, _, captioners = few_photos("none", "hard")
        for captioner in captioners.values():
            torch.nn.init.constant_(captioner.bias[END:][:1], 2.0)  # or none would end
        begun = {kind: validator(captioner) for kind, captioner in captioners.items()}
        torch.manual_seed(0)
        scores = train_scst(
            captioners, begun, {"none": False, "hard": True}, encoder, data, validator, run,
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


@pytest.mark.slow
def test_a_worse_epoch_does_not_replace_the_weights_given(tmp_path: Path):
    data, validator = toy_photos()
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train(captioner: LSTMCaptioner, epochs: int, rate: float, name: str) -> tuple[LSTMCaptioner, float]:
        path = tmp_path / name
        score = train_captioner(
            captioner, Passing(), data, validator, epochs, rate, 0.5, LossWeights(), run, path, 4,
            lambda what, steps: lambda: None,
        )  # fmt: skip
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
    data, validator = toy_photos()
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train(epochs: int) -> tuple[LSTMCaptioner, float]:
        torch.manual_seed(1)
        captioner = tiny(kind)
        score = train_captioner(
            captioner, Passing(), data, validator, epochs, 1e-2, 0.9, LossWeights(), run, tmp_path / "state.pt", 4,
            lambda what, steps: lambda: None,
        )  # fmt: skip
        return captioner, score

    captioner, score = train(40)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    start, *epochs = lines
    assert start["epoch"] == 0 and start["val_cider_greedy"] <= round(score, 2)
    assert len(epochs) == 40 and epochs[39]["loss"] < epochs[0]["loss"]
    perfect = np.mean([100 * validator.cider(i, WORDS.encode(data.photos[12 + i].captions[0])) for i in range(4)])
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
        return (
            cards.captioner("soft", config, (14, 14)) + cards.encoder(config, EfficientNetB4()) + cards.licence(paths)
        )

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
