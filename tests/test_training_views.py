"""The photos of a training as they are seen: windows, mirrored and moved with what is named in them, and the cache."""

import contextlib
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from toy_training import BALL, DOG, WORDS, toy_photos

from core.captioning.training.examples import TrainingPhotos, cover, every_other, through
from core.captioning.training.views import Window, cache, crop, draw_window, vary, window_of
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.phrases import PhotoPhrases, Phrase


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
