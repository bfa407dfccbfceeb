"""The model zoo: what is read from results files, what is refused, and that charts show it all."""

import json

import pytest
from tiny_networks import save_tiny

from core.checkpoints import ROOT, list_checkpoints
from core.memory.failures import story_failures
from core.memory.service import StoryService
from core.results import files, zoo
from core.scenes import failures
from core.views import results_charts

PHOTOS = {
    "model": "soft", "split": "val", "n": 1000, "beam": 4, "BLEU-1": 60.0, "BLEU-4": 20.0, "METEOR": None,
    "CIDEr": 50.0, "dataset": "dataset_flickr8k.json", "command": "python -m core evaluate photos",
    "checkpoint": "f" * 64,
}  # fmt: skip
STORIES = {
    "model": "memn2n", "tasks": {"1": {"n": 9, "error": 3.0}, "2": {"n": 9, "error": 50.0}}, "mean_error": 26.5,
    "failed": 1, "split": "held-out", "dataset": "en", "n": 18, "command": "python -m core evaluate stories",
    "checkpoint": "e" * 64,
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "photos-a.json").write_text(json.dumps(PHOTOS))
    (tmp_path / "stories-a.json").write_text(json.dumps(STORIES))
    return tmp_path


def test_what_is_here_can_all_be_read():
    weights = zoo.by_weights(ROOT)
    assert len(weights) == len(list_checkpoints(ROOT))
    for kind in files.KINDS:
        found = files.read_results(kind, weights=weights)
        assert all(one.command and one.here for one in found)
        assert len(found) == len(list(files.RESULTS.glob(f"{kind}-*.json")))


def test_a_result_is_read_with_its_origin(folder):
    (one,) = files.read_results("photos", folder)
    assert (one.model, one.data, one.n) == ("soft", "flickr8k, val, beam 4", 1000)
    assert one.scores["CIDEr"] == 50 and one.scores["METEOR"] is None and one.ours and not one.here
    assert one.command == "python -m core evaluate photos" and one.about["weights"] == "sha256 ffffffffffff…"
    (story,) = files.read_results("stories", folder)
    assert story.tasks == {1: 3.0, 2: 50.0} and story.scores["failed"] == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "3", "[" * 10_000, '{"model": 3}', json.dumps({**PHOTOS, "CIDEr": "high"}),
             json.dumps({**PHOTOS, "n": None}), json.dumps({**PHOTOS, "CIDEr": float("nan")})],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_a_file_that_is_no_result_is_named_and_left_out(folder, text):
    (folder / "photos-b.json").write_text(text)
    complaints: list[str] = []
    found = files.read_results("photos", folder, complain=lambda error: complaints.append(str(error)))
    assert len(found) == 1 and len(complaints) == 1
    assert complaints[0].startswith("photos-b.json ") and complaints[0].endswith(".") and "\n" not in complaints[0]
    with pytest.raises(files.ResultError, match="photos-b.json"):
        files.read_results("photos", folder)


def test_papers_are_cited():
    for kind in ("photos", "gaze", "stories"):
        papers = zoo.read_papers(kind)
        assert papers and all(not one.ours and one.file.startswith("https://arxiv.org/") for one in papers)
        assert all(any(value is not None for value in one.scores.values()) for one in papers)
    assert zoo.read_papers("scenes") == []


def test_speeds(tmp_path):
    figures = {"answer_ms": {"what": "an answer, ms", "measured": 3.5, "target": "at most 10", "met": True}}
    about = {"command": "python -m benchmarks.stories", "date": "2026-11-25", "machine": {"processor": "x"}}
    (tmp_path / "benchmark-stories.json").write_text(json.dumps({"figures": figures, **about}))
    (tmp_path / "benchmark-broken.json").write_text("{")
    (speed,) = zoo.read_speeds(tmp_path)
    assert (speed.what, speed.measured, speed.met) == ("an answer, ms", 3.5, True)


def test_the_chart_shows_every_model_best_first(folder):
    results = [*files.read_results("stories", folder), *zoo.read_papers("stories")]
    figure = results_charts.dots(results, "mean_error", least=True)
    values = sorted(value for trace in figure.data for value in trace.x)
    assert values == sorted(one.scores["mean_error"] for one in results)
    assert {trace.name for trace in figure.data} == {"ours", "paper"}
    assert len({trace.marker.symbol for trace in figure.data}) == 2
    best = results_charts.ranked(results, "mean_error", least=True)[0]
    highest = max(figure.layout.annotations, key=lambda one: one.y)
    assert highest.text == results_charts.label(best) and len(figure.layout.annotations) == len(results)
    assert results_charts.dots_alt(results, "mean_error", True).startswith(
        f"mean error %, best first: {results_charts.label(best)}"
    )
    most = results_charts.ranked(results, "mean_error", least=False)[0]
    assert most.scores["mean_error"] == values[-1]


def test_failures_are_the_wrong_answers(tmp_path):
    save_tiny(tmp_path, "memn2n")
    service = StoryService(tmp_path)
    wrong, asked = story_failures(service, "memn2n", [1])
    assert 0 < len(wrong) <= asked and all(one.trace.answer != one.question.answer for one in wrong)
    again, _ = story_failures(service, "memn2n", [1])
    assert [one.question for one in again] == [one.question for one in wrong]
    assert all(0 <= i < len(one.question.sentences) for one in wrong for i in one.most_attended)


def test_failures_of_scenes(tmp_path, monkeypatch):
    from core.scenes.service import SceneService

    service = SceneService(ROOT)
    monkeypatch.setattr(failures, "SCENES", 12)
    wrong, shown = failures.scene_failures(service, service.captioners()[0])
    assert shown == 12 and all(tuple(one.trace.words) != one.scene.words for one in wrong)
