"""Telling the unfamiliar from the familiar: the distance itself, what is kept of it, and who says it to whom."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models

from benchmarks import out_of_distribution as benchmark
from benchmarks.non_photos import KINDS, make_oddity
from core import checkpoints
from core.__main__ import main
from core.captioning import gallery, out_of_distribution
from core.captioning.encoders.efficientnet_b4 import EfficientNetB4
from core.captioning.out_of_distribution import OODScore, fit, read
from core.captioning.service import CaptionService
from core.data.errors import DataError
from core.views import figures

pytestmark = pytest.mark.slow

APP = Path(__file__).resolve().parent.parent / "app.py"


def draw(count: int, seed: int, channels: int = 12) -> torch.Tensor:
    """Features that vary much along a few directions and a little along all."""
    generator = torch.Generator().manual_seed(seed)
    mix = torch.randn(3, channels, generator=torch.Generator().manual_seed(99))
    broad = torch.randn(count, 3, generator=generator) @ mix * 3
    return 5 + broad + 0.2 * torch.randn(count, channels, generator=generator)


@pytest.fixture
def fitted() -> OODScore:
    return fit(draw(400, 0), draw(200, 1), {"encoder": "abc"}, directions=3)


def test_the_distance_is_that_of_the_whole_covariance(fitted):
    """Sigma = V diag(l) V' + s (1 - V V'), and d^2 = x' Sigma^-1 x."""
    v, s = fitted.directions.double(), fitted.rest
    sigma = v.T @ torch.diag(fitted.variances.double()) @ v + s * (torch.eye(12) - v.T @ v)
    x = (draw(20, 2) - fitted.mean).double()
    expected = (x * torch.linalg.solve(sigma, x.T).T).sum(dim=1).sqrt() / fitted.bound
    grids = draw(20, 2)[:, None, :].repeat(1, 5, 1)  # five cells alike
    assert torch.allclose(fitted.distance(grids).double(), expected, rtol=1e-3)


def test_one_in_twenty_of_the_others_lies_beyond_the_bound_and_what_is_strange_far_beyond(fitted):
    beyond = (fitted.distance(draw(200, 1)[:, None]) > 1).float().mean()
    assert beyond == pytest.approx(0.05, abs=0.006)
    assert (fitted.distance(draw(200, 3)[:, None]) > 1).float().mean() < 0.15
    along = fitted.mean + 20 * fitted.variances[0].sqrt() * fitted.directions[:1]
    aside = fitted.mean + torch.randn(1, 12, generator=torch.Generator().manual_seed(4)) * 5
    assert fitted.distance(torch.stack([along, aside])).min() > 2


def test_what_was_saved_is_read_for_its_own_encoder_only(fitted, tmp_path):
    path = fitted.save(tmp_path)
    grids = draw(10, 5)[:, None]
    again = read(tmp_path, "abc")
    assert torch.allclose(again.distance(grids), fitted.distance(grids), rtol=1e-4) and again.about == fitted.about
    assert read(tmp_path, "another") is None
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"\x00" * 100):
        path.write_bytes(damaged)
        assert read(tmp_path, "abc") is None
    path.unlink()
    assert read(tmp_path, "abc") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"rest": 0.0},
        {"bound": float("nan")},
        {"variances": torch.tensor([1.0, -1.0, 1.0])},
        {"mean": torch.zeros(4)},
        {"directions": torch.full((3, 12), torch.inf)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_statistics_that_cannot_be_are_not_used(fitted, tmp_path, wrong):
    replace(fitted, **wrong).save(tmp_path)
    assert read(tmp_path, "abc") is None


def test_too_few_photos_are_refused():
    with pytest.raises(ValueError, match="More than 65"):
        fit(draw(50, 0), draw(5, 1), {})


@pytest.mark.parametrize("kind", KINDS)
def test_oddities_are_the_same_every_time_and_differ(kind):
    one, again, other = (np.asarray(make_oddity(kind, seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again) and not np.array_equal(one, other) and one.shape == (480, 640, 3)


# --- those who say it ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Tiny models, and statistics after which the gallery's ball is familiar and its boat is not."""
    root = save_tiny_models(tmp_path_factory.mktemp("familiar") / "checkpoints", ending=-8)
    service = CaptionService(root)
    ball, boat = service.encode([gallery.load("ball"), gallery.load("boat")]).mean(dim=1)
    sha256 = checkpoints.read(root / "encoder").config["sha256"]
    directions = torch.zeros(1, EfficientNetB4.channels)
    directions[0, 0] = 1.0
    apart = float((ball - boat).norm()) / 2  # with the variance 1 everywhere
    OODScore(ball, directions, torch.ones(1), 1.0, apart, {"encoder": sha256}).save(root / "encoder")
    return root


def test_a_studio_knows_distances_where_they_were_measured(root, tmp_path):
    service = CaptionService(root)
    grids = service.encode([gallery.load("ball"), gallery.load("boat")])
    ball, boat = service.distances(grids)
    assert ball < 0.1 and boat == pytest.approx(2, rel=0.01)
    bare = CaptionService(save_tiny_models(tmp_path / "bare"))
    assert bare.distances(grids) == [None, None]


def test_the_command_line_says_it_and_is_done(root, tmp_path, capsys):
    for name in ("ball", "boat"):
        gallery.load(name).save(tmp_path / f"{name}.png")
    assert main(["caption", str(tmp_path), "--checkpoints", str(root)]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    (line,) = err.splitlines()
    assert "boat.png" in line and "out of its depth" in line
    assert main(["caption", str(tmp_path), "--checkpoints", str(root), "--json"]) == 0
    out, err = capsys.readouterr()
    ball, boat = map(json.loads, out.splitlines())
    assert ball["familiar"] is True and boat["familiar"] is False and boat["distance"] > 1 > ball["distance"] >= 0
    assert err == ""


@pytest.mark.parametrize("link", [{}, {"compare": "Own words"}], ids=["explore", "compare"])
def test_the_page_says_it(root, monkeypatch, link):
    st.cache_data.clear()
    st.cache_resource.clear()
    monkeypatch.setattr("core.checkpoints.ROOT", root)
    page = AppTest.from_file(APP, default_timeout=300)
    page.query_params.update({"photo": "boat"})
    page.run()
    if link:
        page.switch_page("pages/compare.py").run()
        page.pills(key="compare.photo").set_value("boat").run()
    assert not page.exception and [warning.value for warning in page.warning] == [figures.describe_distance(2.0)]
    page.pills(key="compare.photo" if link else "explore.photo").set_value("ball").run()
    assert not page.exception and not page.warning


@pytest.mark.slow
def test_the_statistics_are_measured_and_judged_by_two_commands(tmp_path, capsys, monkeypatch):
    root, photos = save_tiny_models(tmp_path / "checkpoints"), tmp_path / "photos"
    photos.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (8, 6, 6, 3), dtype=np.uint8)
    names = [f"{n}.png" for n in range(8)]
    for name, photo in zip(names, pixels, strict=True):
        Image.fromarray(photo).resize((60, 40), Image.Resampling.BICUBIC).save(photos / name)
    images = [
        {"filename": name, "split": "val" if n > 5 else "train", "sentences": [{"raw": "a dog"}]}
        for n, name in enumerate(names)
    ]
    dataset = tmp_path / "dataset_mine.json"
    dataset.write_text(json.dumps({"images": images}))
    where = ["--dataset", str(dataset), "--images", str(photos), "--checkpoints", str(root)]
    assert main(["train", "out-of-distribution", *where]) == 2
    assert "More than 65 photos" in capsys.readouterr().err
    monkeypatch.setattr(out_of_distribution.fit, "__defaults__", (3,))
    monkeypatch.setattr(benchmark, "DRAWN", [7])
    with pytest.raises(DataError, match="train out-of-distribution"):
        benchmark.evaluate([dataset], [photos], checkpoints=root)
    assert main(["train", "out-of-distribution", *where]) == 0
    assert read(root / "encoder", checkpoints.read(root / "encoder").config["sha256"]).about["photos"] == 6
    capsys.readouterr()
    benchmark.evaluate(
        [dataset], [photos], others=[photos], results=tmp_path / "results", checkpoints=root, as_json=True
    )
    rows = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert [row["group"] for row in rows] == ["mine val", "photos", *KINDS, "scene"]
    assert [row["n"] for row in rows] == [1, 8, *[1] * 7]
    record = json.loads((tmp_path / "results" / benchmark.RESULT).read_text())
    assert record["groups"]["page"]["n"] == 1 and record["command"].startswith(
        "python -m benchmarks.out_of_distribution"
    )
