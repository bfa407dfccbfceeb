"""An encoder and a captioner registered from outside: everything that can be done with a photo can be done with them.

The encoder's grid is 7 x 9, the captioner has two heads; neither is known to the project.
"""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from models_from_outside import CELLS, COLUMNS, GRID, ROWS, WORDS, TwoHeaded, TwoHeadedSizes
from PIL import Image
from tiny_models import CLOSE
from torch import Tensor

from core import checkpoints
from core.__main__ import main
from core.captioning.comparison import centre, compare
from core.captioning.evaluation import corpus_evaluate
from core.captioning.gaze_evaluation import gaze_evaluate
from core.captioning.occlusion import measure, pick_regions
from core.captioning.sampled_paths import draw_paths
from core.captioning.service import CaptionService
from core.captioning.settings import Decisions, Settings
from core.captioning.vocabulary import SPECIAL
from core.checkpoints import CheckpointError
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles
from core.data.phrases import PhotoPhrases, Phrase
from core.exports import (
    Photo,
    SavedTraceError,
    animation_gif,
    film_strip_png,
    film_strip_svg,
    read_trace_json,
    standalone_html,
    trace_json,
)
from core.results.caption_metrics import METRICS
from core.results.files import read_results
from core.results.gaze import read_details
from core.scenes.estimator import draw, try_all
from core.tour import captions as inside
from core.tour.chance import score_function
from core.trace import CaptionTrace
from core.views import figures, gradients, lab, player
from core.views.player import View

SETTINGS = Settings(max_words=6)


@pytest.fixture(scope="module")
def service(outside) -> CaptionService:
    return CaptionService(outside)


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((160, 120), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def grid(service, photo) -> Tensor:
    return service.encode([photo])


@pytest.fixture(scope="module")
def trace(service, grid) -> CaptionTrace:
    return service.caption(grid, "twins", SETTINGS)[0]


MODELS = ["twins", "soft", "hard"]


# --- explore --------------------------------------------------------------------------------------------------


def test_a_photo_is_squashed_to_the_encoders_side_and_seen_by_its_grid(service, photo, grid):
    assert service.captioners() == ["soft", "hard", "twins"]
    assert service.encoder.squash([photo]).shape == (1, 3, 63, 63)
    assert grid.shape == (1, CELLS, 5) and service.distances(grid) == [None]
    # Row by row: the second cell is the photo's part of 9 x 7 pixels right of the first.
    part = service.encoder.squash([photo])[..., :9, 7:14].float().mean((2, 3)) / 255
    with torch.inference_mode():
        assert torch.allclose(grid[:, 1], service.encoder.mix(part[..., None, None]).flatten(1), atol=0.02)


@pytest.mark.parametrize("model", MODELS)
def test_a_caption_has_a_trace_of_rows_and_columns(service, grid, model):
    (trace,) = service.caption(grid, model, SETTINGS)
    assert trace.grid == GRID and len(trace.steps) == 6
    for step in trace.steps:
        assert np.shape(step.alpha) == GRID and np.sum(step.alpha) == pytest.approx(1, abs=10 * CLOSE)
        assert (step.glimpse is not None) == (model == "hard")
        if step.glimpse:
            assert step.glimpse == np.unravel_index(np.argmax(step.alpha), GRID)


def test_each_head_has_its_weights_and_what_is_drawn_is_their_mean(service, grid, trace):
    for step in trace.steps:
        (heads,) = np.array(step.heads)  # of the one layer
        assert heads.shape == (2, *GRID) and heads.sum((1, 2)) == pytest.approx(1, abs=10 * CLOSE)
        assert heads.mean(0) == pytest.approx(np.array(step.alpha), abs=CLOSE)
    assert (
        max(np.abs(np.subtract(*step.heads[0])).max() for step in trace.steps) > 0.01
    )  # they look at different things
    assert all(step.heads == () for step in service.caption(grid, "soft", SETTINGS)[0].steps)


@pytest.mark.parametrize("model", MODELS)
def test_photos_in_a_batch_are_captioned_as_alone(service, grid, photo, model):
    grids = torch.cat([grid, service.encode([photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)])])
    together = service.caption(grids, model, SETTINGS)
    for n, trace in enumerate(together):
        (alone,) = service.caption(grids[n : n + 1], model, SETTINGS)
        assert trace.words == alone.words and trace.log_prob == pytest.approx(alone.log_prob, abs=1e-4)


def test_the_player_is_sent_the_grid(photo, trace):
    (view,) = player.caption_payload([View(photo, trace, "A photo")], "id")["views"]
    assert view["grid"] == GRID and all(len(step["alpha"]) == CELLS for step in view["steps"])
    assert view["steps"][0]["alpha"][COLUMNS] == pytest.approx(trace.steps[0].alpha[1][0], abs=1e-6)


def test_a_grid_of_another_size_is_refused(service, grid):
    with pytest.raises(ValueError, match="7 x 9 has no 62 cells"):
        service.caption(grid[:, :62], "twins", SETTINGS)


def test_a_captioner_for_other_channels_is_not_for_this_encoder(outside, tmp_path):
    config, _ = checkpoints.load(outside / "twins")
    other = TwoHeaded(TwoHeadedSizes("soft", len(SPECIAL) + len(WORDS), 6))
    checkpoints.save(tmp_path / "other", {**config, **other.to_config()}, other.state_dict(), "# Other\n")
    with pytest.raises(CheckpointError, match="another encoder"):
        CaptionService(outside).caption(torch.zeros(1, CELLS, 6), str(tmp_path / "other"))


# --- what if --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_words_and_gazes_are_forced_on_the_odd_grid(service, grid, model):
    cells = (10, 11, CELLS - 1)
    (trace,) = service.caption(grid, model, SETTINGS, Decisions({1: "grass"}, {2: cells}))
    assert trace.words[1] == "grass" and trace.steps[1].word_forced and trace.steps[2].gaze_forced
    for weights in (trace.steps[2].alpha, *sum(trace.steps[2].heads, ())):
        looked = np.flatnonzero(np.array(weights).ravel())
        assert set(looked) <= set(cells) and np.sum(weights) == pytest.approx(1, abs=1e-4)
    if model == "hard":
        assert np.ravel_multi_index(trace.steps[2].glimpse, GRID) in cells


def test_a_cell_beyond_the_grid_is_refused(service, grid):
    with pytest.raises(ValueError, match="cells from 0 to 62"):
        service.caption(grid, "twins", SETTINGS, Decisions(gazes={0: (CELLS,)}))


def test_hidden_regions_fit_the_grid(service, grid, trace):
    regions = pick_regions(trace.steps[0].alpha)
    assert len(regions) > 1 and all(len(region) == 9 for region in regions)
    for region in regions:
        rows, columns = np.unravel_index(region, GRID)
        assert np.ptp(rows) == np.ptp(columns) == 2
    effects = measure(service, grid, trace, SETTINGS)
    assert [effect.free for effect in effects] == pytest.approx([step.prob for step in trace.steps], abs=1e-5)


@pytest.mark.parametrize(
    ("rows", "columns", "size"), [(1, 8, 1), (2, 2, 1), (2, 9, 4), (3, 20, 9), (12, 12, 16), (14, 14, 25)]
)
def test_a_region_is_within_any_grid_and_leaves_something_to_compare(rows, columns, size):
    regions = pick_regions(np.random.default_rng(0).dirichlet(np.ones(rows * columns)).reshape(rows, columns))
    assert len(regions) > 1 and all(len(region) == size for region in regions)
    cells = [cell for region in regions for cell in region]
    assert len(set(cells)) == len(cells) and set(cells) <= set(range(rows * columns))


def test_gazes_are_compared_and_paths_drawn(service, grid, trace):
    words = Decisions.caption(trace.words)
    (other,) = service.caption(grid, "soft", SETTINGS, words)
    assert len(compare(trace, other, ratio=4 / 3)) == len(trace.steps)
    corner = np.zeros(GRID)
    corner[6, 8] = 1
    assert centre(corner) == pytest.approx((8.5 / 9, 6.5 / 7))
    drawn = draw_paths(service, grid, "hard", 5)
    assert drawn.cloud.shape == GRID and drawn.cloud.sum() == pytest.approx(1)
    assert figures.paths_over(Image.new("RGB", (90, 70)), drawn.paths, [0]).size == (90, 70)


# --- take away ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_every_export_draws_the_odd_grid(service, grid, photo, model):
    (trace,) = service.caption(grid, model, SETTINGS)
    strip, gif = film_strip_png(photo, trace), animation_gif(photo, trace)
    assert Image.open(io.BytesIO(strip)).width > photo.width and Image.open(io.BytesIO(gif)).n_frames > 1
    assert film_strip_svg(photo, trace).count(b"<image") == 1 + len(trace.steps)
    page = standalone_html([View(photo, trace, "A photo")], "A page").decode()
    assert '"grid": [7, 9]' in page


@pytest.mark.parametrize(("row", "column"), [(0, 0), (6, 8), (2, 7)])
def test_heat_lies_on_its_own_cell_of_the_odd_grid(trace, row, column):
    alpha = np.zeros(GRID)
    alpha[row, column] = 1
    step = replace(trace.steps[0], alpha=tuple(map(tuple, alpha.tolist())))
    opacity = np.asarray(figures.heat_picture(step, (90, 70), smooth=False))[..., 3]
    rows, columns = np.nonzero(opacity)
    assert (rows.min(), rows.max() + 1) == (10 * row, 10 * row + 10)
    assert (columns.min(), columns.max() + 1) == (10 * column, 10 * column + 10)


def test_a_saved_trace_comes_back_with_its_heads(trace):
    assert CaptionTrace.from_json(trace.to_json()) == trace
    data = trace_json(trace, Photo("a.png", 160, 120), "sha256", SETTINGS, Decisions(gazes={0: (CELLS - 1,)}), (62,))
    saved = read_trace_json(data)
    assert saved.trace == trace and saved.blank == (62,)
    even, twice = ([[weight / CELLS] * COLUMNS] * ROWS for weight in (1, 2))
    for heads in ([[[[1.0]]]], [[twice]], [even], [[even] * 99], [[even]] * 99, [[even], [even] * 2]):
        broken = json.loads(data)
        broken["trace"]["steps"][0]["heads"] = heads
        with pytest.raises(SavedTraceError):
            read_trace_json(json.dumps(broken).encode())


def test_with_one_head_a_trace_is_written_and_read_as_ever(service, grid):
    (trace,) = service.caption(grid, "soft", SETTINGS)
    assert "heads" not in trace.to_json() and "on_nothing" not in trace.to_json()
    assert CaptionTrace.from_json(trace.to_json()) == trace


# --- look inside ----------------------------------------------------------------------------------------------


def test_the_tour_looks_into_an_lstm_on_the_odd_grid_and_into_nothing_else(service, grid, photo):
    said = ["a", "dog"]
    with service.opened("soft") as (captioner, vocabulary):
        query = inside.query(captioner, vocabulary, grid, said)
    data = lab.payload("temperature", photo, "A photo", query, said, GRID, "id")
    most = int(query.scores.argmax())
    assert data["grid"] == GRID and data["stops"][0]["glimpse"] == divmod(most, COLUMNS)
    with service.opened("hard") as (captioner, vocabulary):
        assert len(score_function(captioner, vocabulary, grid[0], GRID, said, 1, 5, 0).alpha) == CELLS
    with service.opened("twins") as (captioner, vocabulary):
        assert len(inside.after_last_word(captioner, vocabulary, grid, ["a"])[0]) == 1
        for looking in (inside.query, inside.recurrence):
            with pytest.raises(ValueError, match="'two-headed'"):
                looking(captioner, vocabulary, grid, said)


def test_chance_is_drawn_on_the_odd_grid(service, grid, photo):
    with service.opened("hard") as (captioner, _):
        chance = try_all(captioner, grid[0], GRID, [4, 5], 1)
    draws = draw(chance, 30, "none", torch.Generator().manual_seed(0))
    assert gradients.drawn_over(photo, chance, draws).size == photo.size
    assert np.shape(gradients.gradient_map(chance.exact, chance.grid).data[0].z) == GRID


# --- evaluate, and the command line ---------------------------------------------------------------------------


def test_a_data_set_is_scored(service, photo, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # METEOR, which needs Java and some seconds, is left out
    photo.save(tmp_path / "a.png")
    photos = [CaptionedPhoto("a.png", "val", (("a", "dog", "runs"),))]
    (scored,) = corpus_evaluate(service, photos, PhotoFiles([tmp_path]), ["twins"], SETTINGS)
    assert scored.captions["a.png"] and set(METRICS) <= set(scored.scores)


@pytest.fixture
def named(photo, tmp_path) -> tuple[list[CaptionedPhoto], dict[str, PhotoPhrases]]:
    """A photo in a folder, with two captions, the second of which has a word that no model knows."""
    photo.save(tmp_path / "a.png")
    photos = [CaptionedPhoto("a.png", "val", (("a", "dog", "on", "the", "grass"), ("the", "zebra", "sits")))]
    boxes = {"1": ((0.0, 0.0, 0.5, 1.0),), "2": ((0.0, 0.5, 1.0, 1.0),)}
    first = (Phrase(0, 2, "1", "animals"), Phrase(3, 5, "2", "scene"))
    return photos, {"a.png": PhotoPhrases(boxes, (first, (Phrase(0, 2, "1", "animals"),)))}


@pytest.mark.parametrize("model", MODELS)
def test_looks_at_what_people_named_are_those_of_forced_decoding(service, grid, named, model, tmp_path):
    photos, phrases = named
    (found,) = gaze_evaluate(service, photos, phrases, PhotoFiles([tmp_path]), [model], SETTINGS)
    (dog, grass), (zebra,) = found.forced
    assert [(one.step, one.noun, one.kind) for one in (dog, grass, zebra)] == [
        (1, "dog", "animals"), (4, "grass", "scene"), (1, "zebra", "animals"),
    ]  # fmt: skip
    (trace,) = service.caption(grid, model, SETTINGS, Decisions.caption(photos[0].captions[0]))
    (begun,) = service.caption(grid, model, SETTINGS, Decisions({0: "the"}))
    for look, step in ((dog, trace.steps[1]), (grass, trace.steps[4]), (zebra, begun.steps[1])):
        assert look.alpha == pytest.approx(np.array(step.alpha), abs=CLOSE)
    assert found.scores()["forced"]["words"] == 3 and found.grid == GRID


@pytest.mark.parametrize("model", MODELS)
def test_looks_of_its_own_captions_are_those_of_the_trace(service, grid, named, model, tmp_path):
    photos, phrases = named
    (found,) = gaze_evaluate(service, photos, phrases, PhotoFiles([tmp_path]), [model], SETTINGS)
    (trace,) = service.caption(grid, model, SETTINGS)
    (own,) = found.own
    assert own.words == trace.words
    names = {n: word for n, word in enumerate(trace.words) if word in ("dog", "grass")}
    names = {n: word for n, word in names.items() if n + 1 not in names}
    assert {one.step: one.noun for one in own.looks} == names
    for one in own.looks:
        assert one.alpha == pytest.approx(np.array(trace.steps[one.step].alpha), abs=1e-5)
        assert one.glimpse == trace.steps[one.step].glimpse


def test_looks_are_measured_on_photos_that_can_be_read(service, named, tmp_path):
    photos, phrases = named
    (tmp_path / "broken.png").write_bytes(b"no photo")
    photos = [CaptionedPhoto("broken.png", "val", ()), *photos, *photos, CaptionedPhoto("unnamed.png", "val", ())]
    told = phrases | {"broken.png": PhotoPhrases({}, ())}
    seen = []
    files = PhotoFiles([tmp_path])
    evaluations = gaze_evaluate(service, photos, told, files, ["soft", "hard"], SETTINGS, seen.append)
    assert [(photo.name, bool(photo.problem)) for photo in seen] == [("broken.png", True), ("a.png", False)]
    assert [[own.photo for own in evaluation.own] for evaluation in evaluations] == [["a.png"]] * 2
    with pytest.raises(DataError, match="None of the photos"):
        gaze_evaluate(service, photos[:1], told, files, ["soft"], SETTINGS)


def test_the_command_line_measures_where_they_look(outside, named, tmp_path, capsys):
    photos, phrases = named
    sentences = [{"tokens": caption} for caption in photos[0].captions]
    images = [{"filename": "a.png", "split": "val", "sentences": sentences}]
    told = [[[one.first, one.end, one.entity, one.kind] for one in own] for own in phrases["a.png"].captions]
    (tmp_path / "dataset_small.json").write_text(json.dumps({"images": images}))
    (tmp_path / "phrases.json").write_text(json.dumps({"a.png": {"boxes": phrases["a.png"].boxes, "phrases": told}}))
    command = ["evaluate", "gaze", "--dataset", tmp_path / "dataset_small.json", "--images", tmp_path]
    command += ["--phrases", tmp_path / "phrases.json", "--checkpoints", outside, "--limit", 5]
    assert main([*map(str, command), "--json", "--results", str(tmp_path / "results")]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["model"] for record in records] == ["soft", "hard", "twins"]
    for record in records:
        assert (record["n"], record["grid"], record["forced"]["words"]) == (1, list(GRID), 3)
        (one,) = (one for one in read_results("gaze", tmp_path / "results") if one.model == record["model"])
        assert one.file == f"gaze-small-val-{one.model}.json" and one.data == "small, val"
        assert one.scores["forced.pointing"] == record["forced"]["pointing"]
        assert one.command.startswith("python -m core evaluate gaze --dataset ") and one.date
        details = read_details(one, tmp_path / "results")
        assert set(details.kinds["forced"]) == {"animals", "scene"}
        assert all(wrong.grid == GRID for wrong in details.wrong)
    assert main([*map(str, command), "--model", "twins"]) == 0
    head, own, forced = (line.split() for line in capsys.readouterr().out.splitlines())
    assert head[:4] == ["model", "captions", "words", "pointing"]
    assert own[:2] == ["twins", "own"] and forced[:3] == ["twins", "forced", "3"]


def test_the_command_line_captions_with_them(outside, photo, tmp_path, capsys):
    photo.save(tmp_path / "a.png")
    assert main(["caption", str(tmp_path / "a.png"), "--model", "twins", "--checkpoints", str(outside), "--json"]) == 0
    (told,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert told["words"] and all(np.shape(word["attention"]) == GRID for word in told["words"])
