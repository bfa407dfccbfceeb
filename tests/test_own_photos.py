"""A visitor's own photos: what is kept of a file, under which name, and how many."""

import io

import numpy as np
import pytest
from PIL import Image

from core.captioning import own_photos
from core.captioning.photo import LONG_SIDE, PhotoError, open_photo


def file(size=(60, 40), kind="PNG", seed=0) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


def test_a_small_file_is_kept_as_it_is_and_a_large_one_smaller():
    small, large = own_photos.take(file()), own_photos.take(file((1800, 900)))
    assert small.data == file()
    assert len(large.data) <= own_photos.MOST_BYTES < len(file((1800, 900)))
    assert max(open_photo(large.data).size) == LONG_SIDE


def test_the_same_file_has_the_same_name_also_when_it_comes_back():
    photo = own_photos.take(file())
    assert photo == own_photos.take(file()) == own_photos.take_back(photo.data)
    assert own_photos.is_name(photo.name) and photo.name != own_photos.take(file(seed=1)).name


@pytest.mark.parametrize("text", ["", "yours", "yours-", "yours-0123", "0123456789ab", "yours-0123456789aB", "cat"])
def test_other_texts_are_no_names(text):
    assert not own_photos.is_name(text)


@pytest.mark.parametrize("data", [b"", b"<script>", file()[:200]])
def test_what_is_no_photo_is_refused(data):
    for take in (own_photos.take, own_photos.take_back):
        with pytest.raises(PhotoError):
            take(data)


def test_a_browser_cannot_hand_back_more_than_is_ever_kept():
    with pytest.raises(ValueError, match="smaller"):
        own_photos.take_back(file() + bytes(own_photos.MOST_BYTES))


def test_of_many_the_oldest_go_and_one_that_is_given_again_is_the_newest():
    taken = [own_photos.take(file(seed=n)) for n in range(own_photos.MOST + 2)]
    photos = {}
    for photo in [*taken, taken[3]]:
        photos = own_photos.with_photo(photos, photo)
    assert list(photos) == [photo.name for photo in [*taken[2:3], *taken[4:], taken[3]]]
