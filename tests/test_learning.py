"""Learning live: the worker's process, the queue, the heartbeat, changes on the way, and what is taken away."""

import io
import json
import queue
import shutil
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core import checkpoints
from core.checkpoints import CheckpointError
from core.checkpoints.bundle import pack
from core.data.scenes import make_scenes
from core.scenes.encoder import SceneEncoder
from core.scenes.live.bundle import unpack
from core.scenes.live.job import TrainingJob
from core.scenes.live.learner import Learner, Pool
from core.scenes.live.recorded import read_recorded
from core.scenes.live.runs import BusyError, Run, Runs
from core.scenes.live.settings import LearnSettings
from core.scenes.live.snapshots import Point, Snapshot, TrainingHistory
from core.scenes.live.worker import Worker
from core.scenes.registry import ENCODER, list_scene_captioners
from core.scenes.service import SceneService

PATIENCE = 600  # seconds; generous, for a busy machine


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A folder with an encoder that nobody trained."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("learning") / "checkpoints"
    about = {"kind": ENCODER, "data": "nothing", "licence": "MIT", "seed": 0, "settings": {}}
    checkpoints.save(folder / "scenes-eyes", about, SceneEncoder().state_dict(), "# Eyes\n")
    return folder


@pytest.fixture
def runs():
    runs = Runs(at_once=1, waiting=2, patience=PATIENCE)
    yield runs
    runs.close()


def start(runs: Runs, root: Path, *learners: LearnSettings, steps: int = 4000) -> Run:
    return runs.start(learners or [LearnSettings()], (0, 1), steps=steps, pause=0.0, checkpoints=str(root))


def wait(condition, *watched: Run) -> None:
    """Until something is so; the runs are watched meanwhile."""
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, [(run.status, run.why) for run in watched]
        for run in watched:
            run.touch()
        time.sleep(0.05)


def learn_here(root: Path, folder: Path, *learners: LearnSettings, steps: int) -> list[Snapshot]:
    """The snapshots of a training job, without a process of its own and with all its times 0."""
    sent: list[dict] = []
    Worker(TrainingJob(learners, (0, 1), str(folder), steps=steps, checkpoints=str(root)), sent.append).run(
        queue.Queue()
    )
    assert [message["event"] for message in sent[-2:]] == ["saved", "done"]
    return [
        replace(Snapshot.from_dict(message["snapshot"]), seconds=0.0)
        for message in sent
        if message["event"] == "snapshot"
    ]


# --- one run --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_learns_pauses_changes_and_leaves_checkpoints_that_open(runs, root):
    run = start(runs, root, LearnSettings("soft"), LearnSettings("hard"))
    wait(lambda: len(run.histories[1].points) >= 3, run)
    assert run.status == "running" and runs.place(run) == 0
    run.pause()
    wait(lambda: run.status == "paused", run)
    time.sleep(1.0)  # the step under way when the pause was asked for is done by then, or shortly after
    seen = len(run.histories[0].points)
    time.sleep(0.5)
    assert len(run.histories[0].points) <= seen + 1
    run.change(1, LearnSettings("none", rate=1e-2))
    run.resume()
    wait(lambda: bool(run.histories[1].changes), run)
    assert run.histories[1].snapshots[-1].traces[0].attention == "none"
    assert "attention hard → none" in run.histories[1].changes[0][1] and not run.histories[0].changes
    run.stop()
    wait(lambda: run.over, run)
    assert run.status == "done" and run.saved and not run.why
    steps = [point.step for point in run.histories[0].points]
    assert steps == sorted(set(steps)) and steps[0] == 0

    service = SceneService(run.folder)
    assert service.captioners() == ["mine-2-none", "mine-1-soft"]
    scenes = list(make_scenes("val", 2))
    grids = service.encode([scene.picture() for scene in scenes])
    traces = service.caption(grids, "mine-1-soft")
    assert [trace.attention for trace in traces] == ["soft", "soft"]


@pytest.mark.slow
def test_a_run_ends_by_itself_and_the_same_seed_makes_the_same_run(root, tmp_path):
    ended = [learn_here(root, tmp_path / name, LearnSettings("soft"), steps=2) for name in ("one", "two")]
    assert ended[0] == ended[1] and [each.step for each in ended[0]][-1] == 2


@pytest.mark.slow
def test_nobody_watching_ends_a_run_and_the_next_one_begins(runs, root):
    runs.patience = 1.0
    left, stays = start(runs, root), start(runs, root)
    assert (runs.place(left), runs.place(stays)) == (0, 1)
    wait(lambda: left.over, stays)
    assert "nobody was watching" in left.why
    wait(lambda: stays.status == "running", stays)


@pytest.mark.slow
def test_a_visitor_who_leaves_ends_a_run_though_it_was_just_watched(runs, root, monkeypatch):
    monkeypatch.setattr("core.scenes.live.runs.ABSENT", 0.5)
    runs.at_once = 0  # it waits for its turn
    run = runs.start([LearnSettings()], (0,), present=lambda: False, checkpoints=str(root))
    wait(lambda: run.over, run)
    assert "nobody was watching" in run.why


@pytest.mark.slow
def test_the_queue_is_bounded_and_gives_place_numbers(runs, root):
    first, second, third = (start(runs, root) for _ in range(3))
    assert [runs.place(run) for run in (first, second, third)] == [0, 1, 2]
    assert [run.status for run in (second, third)] == ["waiting", "waiting"]
    with pytest.raises(BusyError, match="waiting"):
        start(runs, root)
    second.stop()
    assert second.over and runs.place(third) == 1
    start(runs, root)


@pytest.mark.slow
def test_a_run_may_not_take_for_ever(runs, root):
    runs.longest = 0.0
    run = start(runs, root)
    wait(lambda: run.over, run)
    assert "longer" in run.why


@pytest.mark.slow
def test_a_missing_encoder_is_said_in_a_sentence(runs, tmp_path):
    run = start(runs, tmp_path)
    wait(lambda: run.over, run)
    assert run.status == "failed" and "scenes-eyes" in run.why and "Traceback" not in run.why


@pytest.mark.slow
def test_closing_ends_the_processes_and_removes_the_files(root):
    runs = Runs(at_once=1)
    run = start(runs, root)
    process = run._process
    runs.close()
    assert process.wait(timeout=PATIENCE) != 0 and not run.folder.exists()


# --- a learner ------------------------------------------------------------------------------------------------


def test_the_temperature_is_folded_into_the_finished_captioner(root):
    torch.manual_seed(1)
    encoder = SceneEncoder().eval()
    pool = Pool(encoder, most=8, seed=0)
    pool.grow(8)
    learner = Learner(LearnSettings("soft", temperature=4.0), seed=0)
    learner.step(*pool.batch(4))
    (own,) = learner.caption(pool.grids[:1], "own")
    finished = learner.finished()
    from core.captioning.decoding import decode
    from core.captioning.settings import Settings
    from core.scenes.training.joint import VOCABULARY

    settings = Settings("greedy", max_words=14, candidates=5)
    (trace,) = decode(finished, VOCABULARY, pool.grids[:1], SceneEncoder.grid, settings, model="own")
    assert trace.words == own.words
    for ours, theirs in zip(own.steps, trace.steps, strict=True):
        assert ours.alpha[3] == pytest.approx(theirs.alpha[3], abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_a_learner_learns_a_handful_of_scenes_by_heart(kind):
    torch.manual_seed(0)
    pool = Pool(SceneEncoder().eval(), most=6, seed=0)
    pool.grow(6)
    learner = Learner(LearnSettings(kind, rate=1e-2), seed=0)
    before = learner.examine(pool.grids, pool.scenes)["loss"]
    for _ in range(40):
        learner.step(*pool.batch(6))
    assert learner.examine(pool.grids, pool.scenes)["loss"] < 0.5 * before


def test_another_attention_keeps_what_both_have():
    learner = Learner(LearnSettings("soft"), seed=0)
    words = learner.captioner.embed.weight.clone()
    learner.change(LearnSettings("hard"))
    assert learner.captioner.sizes.attention == "hard" and torch.equal(learner.captioner.embed.weight, words)
    learner.change(LearnSettings("none"))
    learner.change(LearnSettings("soft"))
    assert torch.equal(learner.captioner.embed.weight, words)


@pytest.mark.parametrize(
    "wrong",
    [{"rate": 1.0}, {"attention": "all"}, {"temperature": 0.0}, {"entropy": float("nan")}, {"estimator": "guess"}],
    ids=str,
)
def test_settings_out_of_bounds_are_refused(wrong):
    with pytest.raises(ValueError, match=f"(?i){next(iter(wrong))[:4]}"):
        LearnSettings(**wrong)


# --- what is kept and taken away ------------------------------------------------------------------------------


def snapshot(step: int, **more) -> Snapshot:
    return Snapshot(0, step, float(step), 1.0, 0.0, 0.0, LearnSettings(**more), ())


def test_a_history_keeps_the_first_and_the_last_and_early_ones_closer_together():
    history = TrainingHistory(most=8)
    for step in range(0, 2000, 20):
        history.add(snapshot(step))
    steps = [m.step for m in history.snapshots]
    assert len(steps) == 8 and steps[0] == 0 and steps[-1] == 1980 and len(history.points) == 100
    gaps = [b - a for a, b in zip(steps, steps[1:], strict=False)]
    assert gaps[0] < gaps[-2]


def test_changes_are_told_in_words():
    history = TrainingHistory()
    history.add(snapshot(0))
    history.add(snapshot(5, rate=1e-2, attention="hard"))
    assert history.changes == [(0, "attention soft → hard, rate 0.003 → 0.01")]


def test_snapshots_and_jobs_survive_json():
    recorded = read_recorded()
    for each in recorded.histories[0].snapshots[:3]:
        assert Snapshot.from_dict(json.loads(json.dumps(each.to_dict()))) == each
    job = TrainingJob((LearnSettings("hard"),), (1, 2), "here", steps=5)
    assert TrainingJob.from_json(job.to_json()) == job


def test_the_recorded_run_goes_from_noise_to_sense():
    recorded = read_recorded()
    for history in recorded.histories:
        first, last = history.points[0], history.points[-1]
        assert first.step == 0 and first.exact < 5 and last.exact > 60 and last.pointing > 80
        assert last.loss < 0.3 * first.loss
        for trace in history.snapshots[-1].traces:
            for step in trace.steps:
                assert sum(map(sum, step.alpha)) == pytest.approx(1, abs=0.01)


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


@pytest.mark.slow
def test_a_saved_run_is_packed_and_opened_again(root, tmp_path):
    learn_here(root, tmp_path / "run", LearnSettings("hard"), steps=1)
    data = pack(tmp_path / "run")
    assert unpack(data, tmp_path / "opened") == ["mine-1-hard"]
    assert SceneService(tmp_path / "opened").captioners() == ["mine-1-hard"]
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 0xFF
    with pytest.raises(CheckpointError):
        unpack(bytes(damaged), tmp_path / "damaged")
    assert not (tmp_path / "damaged").exists()


def test_a_run_without_a_kind_of_attention_is_refused_and_listed_nowhere(tmp_path):
    for name in ("scenes-eyes", "scenes-soft"):
        shutil.copytree(checkpoints.ROOT / name, tmp_path / "run" / name)
    path = tmp_path / "run" / "scenes-soft" / checkpoints.CONFIG
    path.write_text(path.read_text().replace('"attention": "soft"', '"attention": "foo"'))
    with pytest.raises(CheckpointError, match="attention"):
        unpack(pack(tmp_path / "run"), tmp_path / "opened")
    assert list_scene_captioners(tmp_path / "run") == [] and SceneService(tmp_path / "run").captioners() == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a zip",
        zipped(),
        zipped(**{"config.json": b"{}"}),
        zipped(**{"..__config.json": b"{}"}),
        zipped(**{"model__weights.pkl": b"x"}),
        zipped(**{"model__config.json": b"{}"}),
        zipped(**{"model__model.safetensors": bytes(20_000_000)}),
        zipped(**{f"m{n}__config.json": b"{}" for n in range(200)}),
    ],
    ids=["empty", "text", "no files", "no folder", "parent folder", "pickle", "no weights", "too large", "too many"],
)
def test_any_other_zip_is_refused_in_a_sentence(data, tmp_path):
    with pytest.raises(CheckpointError) as error:
        unpack(data, tmp_path / "opened")
    assert str(error.value).endswith(".") and not (tmp_path / "opened").exists()


@pytest.mark.slow
def test_who_waits_is_told_for_how_long_and_a_run_is_found_by_its_name(runs, root, monkeypatch):
    first, second, third = (start(runs, root) for _ in range(3))
    passed = time.monotonic() - first._born
    assert runs.seconds_to_wait(first) == 0.0
    assert runs.seconds_to_wait(second) == pytest.approx(runs.longest - passed, abs=5)  # nothing is known of its pace
    first.histories[0].points.append(Point(first.job.steps // 2, 1.0, 1.0, 0.0, 0.0))
    first._born = time.monotonic() - 60
    assert runs.seconds_to_wait(second) == pytest.approx(60, abs=5)
    assert runs.seconds_to_wait(third) == pytest.approx(180, abs=10)
    assert runs.find(second.name) is second and runs.find("run-nobody") is None


@pytest.mark.slow
def test_a_run_is_steered_by_its_key_alone(runs, root):
    first, second = start(runs, root, LearnSettings()), start(runs, root, LearnSettings())
    assert first.steered_by(first.key) and not first.steered_by(second.key)
    assert not any(first.steered_by(key) for key in ("", first.name, first.key[:-1], "é\ud800"))
    first.stop(), second.stop()


def test_a_run_whose_visitor_comes_back_goes_on(runs, root, monkeypatch):
    monkeypatch.setattr("core.scenes.live.runs.ABSENT", 1.0)
    runs.at_once = 0
    run = runs.start([LearnSettings()], (0,), present=lambda: False, checkpoints=str(root))
    there = [True]
    run.join(lambda: there[0])
    ends = time.monotonic() + 2.5
    while time.monotonic() < ends:
        run.touch()
        time.sleep(0.1)
    assert run.status == "waiting"
    there[0] = False
    wait(lambda: run.over, run)
