"""The gallery needs no download, its drawings never change, and the finished example is a caption of one of them."""

import re
import socket

import numpy as np
import pytest
from tiny_models import save_tiny_models

from core.captioning import examples, gallery
from core.captioning.service import CaptionService
from core.captioning.settings import Settings


@pytest.fixture
def offline(monkeypatch):
    def refuse(*_):
        raise AssertionError("the gallery went to the network")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.mark.parametrize("id", gallery.GALLERY)
def test_every_picture_is_there_without_a_download(id, offline):
    gallery.load.cache_clear()
    picture = gallery.load(id)
    assert picture.mode == "RGB" and min(picture.size) >= 280 and max(picture.size) <= 1600
    assert np.asarray(picture).std() > 20  # it shows something
    assert gallery.thumbnail(picture).size == gallery.THUMBNAIL


@pytest.mark.parametrize("id", gallery.GALLERY)
def test_every_picture_says_what_and_whose_it_is(id):
    picture = gallery.GALLERY[id]
    assert picture.id == id and re.fullmatch(r"[a-z]+", id)  # it stands in links
    assert picture.title and len(picture.alt) > 20
    assert "," in picture.credit or "scikit-image" in picture.credit


def test_the_credits_name_every_photo_that_is_shipped_and_no_other():
    credited = re.findall(r"^\| `(\S+)` \|", (gallery.PHOTOS / "CREDITS.md").read_text(encoding="utf-8"), re.MULTILINE)
    shown = {picture.source for picture in gallery.GALLERY.values() if isinstance(picture.source, str)}
    assert set(credited) == shown == {path.name for path in gallery.PHOTOS.iterdir()} - {"CREDITS.md"}


def test_most_pictures_are_real_photos_and_light():
    files = [gallery.PHOTOS / picture.source for picture in gallery.GALLERY.values() if isinstance(picture.source, str)]
    assert len(files) >= 12
    assert sum(path.stat().st_size for path in files) < 3.5 * 2**20


@pytest.mark.parametrize("id", [id for id, picture in gallery.GALLERY.items() if callable(picture.source)])
def test_drawings_are_the_same_every_time(id):
    draw = gallery.GALLERY[id].source
    assert draw().tobytes() == draw().tobytes()


def test_the_drawn_ball_is_red_and_where_we_say():
    pixels = np.asarray(gallery.load("ball"), dtype=int)
    red = (pixels[..., 0] > 120) & (pixels[..., 1] < 90) & (pixels[..., 2] < 90)
    assert np.argwhere(red).mean(axis=0) / red.shape == pytest.approx([0.65, 0.47], abs=0.04)


def test_the_example_is_a_finished_caption_of_a_gallery_photo():
    example = examples.read_example()
    assert example.photo in gallery.GALLERY
    assert example.settings == Settings()
    assert list(example.traces)[:3] == ["none", "soft", "hard"]
    for name, trace in example.traces.items():
        assert trace.model == name and trace.steps
        assert all(np.sum(step.alpha) == pytest.approx(1, abs=1e-3) for step in trace.steps)
        assert all((step.glimpse is not None) == (trace.attention == "hard") for step in trace.steps)


def test_examples_can_be_written_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(examples, "FOLDER", tmp_path)
    service = CaptionService(save_tiny_models(tmp_path / "checkpoints"))
    path = examples.write_examples(service)
    example = examples.read_example()
    assert path.parent == tmp_path and example.photo == examples.PHOTO
    grids = service.encode([gallery.load(example.photo)])
    assert example.traces == {name: service.caption(grids, name)[0] for name in service.captioners()}
