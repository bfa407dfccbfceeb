"""Trainings in the background: checked, stopped, gone on with, found again by who knows the name, one at a time."""

import io
import json
import time
import zipfile
from dataclasses import replace

import pytest

from core import checkpoints
from core.data.errors import DataError
from core.data.unpacking import unpack
from core.memory.service import StoryService
from core.training.background import BusyError, Trainings
from core.training.commands import PhotoWish, StoryWish
from core.training.progress import Progress, ProgressFile, Stopwatch, in_words, read_progress, seconds_left

STORY = "1 The lamp is in the {0}.\n2 The lamp is in the {1}.\n3 Where is the lamp?\t{1}\t2\n"
PLACES = ("attic", "cellar", "porch", "shed")


def until(true, seconds=600):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def write_stories(folder):
    lines = [STORY.format(one, other) for one in PLACES for other in PLACES if one != other]
    (folder / "lamps.txt").write_text("".join(lines))


def begin(trainings, wish, write=write_stories, about="lamps.zip"):
    folder = trainings.new_folder()
    write(folder / "data")
    return trainings.check(folder, wish.arguments(folder / "data"), folder / "data", about)


@pytest.mark.slow
def test_stories_are_checked_trained_and_answer(home):
    trainings = Trainings(home)
    training = begin(trainings, StoryWish(("memnn",), epochs=3))
    assert training.state.status == "checking" and trainings.busy() is training
    with pytest.raises(BusyError, match="one model at a time"):
        begin(trainings, StoryWish(("memn2n",)))
    until(lambda: not training.under_way)
    assert training.state.status == "checked", training.state.why
    assert "12 questions about 12 stories of up to 2 sentences, in 1 task" in training.state.findings[0]
    assert list(training.state.plan) == [f"memnn, epoch {n} of 3" for n in (1, 2, 3)]
    trainings.train(training)
    until(lambda: not training.under_way)
    assert training.state.status == "done", training.state.why
    assert [figures["epoch"] for figures in training.figures()["memnn"]] == [1, 2, 3]
    assert training.progress.stage == "memnn, epoch 3 of 3"
    (trace,) = StoryService(training.out).answer(["The lamp is in the shed."], ["Where is the lamp?"], "memnn")
    assert trace.answer in PLACES
    config = checkpoints.read(training.out / "memnn").config
    assert "bAbI" not in config["data"] + config["licence"] + (training.out / "memnn" / "README.md").read_text()
    # Another server finds it by its name, and nobody else.
    again = Trainings(home).find(training.name)
    assert again.state == replace(training.state) and not again.under_way
    assert all(trainings.find(name) is None for name in ("", "..", "../home", "training-" + "x" * 16))
    trainings.remove(training)
    assert not training.folder.exists() and Trainings(home).find(training.name) is None


@pytest.mark.slow
def test_a_training_is_stopped_and_goes_on(home):
    trainings = Trainings(home)
    training = begin(trainings, StoryWish(("memn2n",), epochs=2000))
    until(lambda: not training.under_way)
    trainings.train(training)
    until(lambda: any(len(figures) > 3 for figures in training.figures().values()))
    training.stop()
    until(lambda: not training.under_way)
    assert training.state.status == "stopped" and training.state.why == "It was stopped."
    seen = len(training.figures()["memn2n, run-1"])
    trainings.train(training)
    until(lambda: len(training.figures()["memn2n, run-1"]) > seen + 3)
    trainings.close()
    until(lambda: not training.under_way)
    assert training.state.why == "The server was stopped meanwhile."
    figures = training.figures()["memn2n, run-1"]
    assert [each["epoch"] for each in figures] == list(range(1, len(figures) + 1))  # none is missing, none anew


def test_old_runs_go(home):
    trainings = Trainings(home, keep=0.0)
    folder = trainings.new_folder()
    (folder / "state.json").write_text("{}")
    other = home / "notes of the owner"
    other.mkdir()
    time.sleep(0.01)
    trainings.new_folder()
    assert not folder.exists() and other.exists()


def test_no_more_are_kept_than_there_is_room_for(home):
    trainings = Trainings(home, most=2)
    folders = [trainings.new_folder() for _ in range(2)]
    assert len(set(folders)) == 2 and all((folder / "data").is_dir() for folder in folders)
    with pytest.raises(BusyError, match="keeps 2 trainings"):
        trainings.new_folder()


def test_a_damaged_state_is_no_run(home):
    trainings = Trainings(home)
    folder = trainings.new_folder()
    for text in ("", "[]", "{}", json.dumps({"arguments": 1, "findings": []})):
        (folder / "state.json").write_text(text)
        assert trainings.find(folder.name) is None


def test_wishes_are_arguments(tmp_path):
    anew = PhotoWish(("none", "soft"), anew=True, epochs=2).arguments(tmp_path, tmp_path / "models")
    assert anew[3:5] == ["--encoder-weights", str(tmp_path / "models" / "encoder")]
    assert {"--captioner=none", "--captioner=soft", "--epochs=2", "--hard-epochs=2"} <= set(anew)
    assert "--start" in PhotoWish(("soft",)).arguments(tmp_path, tmp_path)
    assert StoryWish(("memn2n",)).arguments(tmp_path) == ["stories", "--dir", str(tmp_path), "--network=memn2n"]


# --- progress -----------------------------------------------------------------------------------------------------


def test_progress_is_kept_and_read(tmp_path):
    path = tmp_path / "progress.json"
    assert read_progress(path) is None
    stage = ProgressFile(path)
    tick = stage("one", 2)
    tick()
    tick()
    stage("two", 5)
    stands = read_progress(path)
    assert (stands.stage, stands.done, stands.steps, list(stands.passed)) == ("two", 0, 5, ["one"])
    for text in ("", "[1]", "{}", '{"stage": 1}'):
        path.write_text(text)
        assert read_progress(path) is None
    ProgressFile(tmp_path / "missing" / "x.json")("one", 1)()  # nobody is harmed


def test_time_left_follows_the_plan_and_how_it_has_fared():
    plan = {"a": 10.0, "b": 20.0, "c": 20.0}
    assert seconds_left(plan, None) == 50
    assert seconds_left(plan, Progress("b", 5, 10, 20.0, {"a": 10.0})) == pytest.approx(30)
    slow = seconds_left(plan, Progress("b", 5, 10, 40.0, {"a": 20.0}))
    assert 50 < slow < 60  # twice as slow as planned
    assert seconds_left(plan, Progress("c", 20, 20, 50.0, {"a": 10.0, "b": 20.0})) == 0
    assert seconds_left(plan, Progress("other", 0, 1, 10.0, {"a": 10.0})) == 40


def test_a_stopwatch_tells_steps_from_what_follows():
    watch = Stopwatch()
    tick = watch("one", 1)
    time.sleep(0.02)
    tick()
    watch("two", 1)
    watch.stop()
    assert list(watch.laps) == ["one", "two"] and watch.laps["one"][0] >= 0.02 > watch.laps["two"][0]


def test_times_are_said_as_people_say_them():
    said = [in_words(seconds) for seconds in (0, 80, 100, 5000, 6000, 200_000)]
    assert said == ["a minute", "a minute", "2 minutes", "83 minutes", "2 hours", "2 days"]


# --- a zip of data ------------------------------------------------------------------------------------------------


def zipped(*members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file


def test_a_zip_is_unpacked_and_its_one_folder_found(tmp_path):
    file = zipped(("pets/a/1.jpg", b"1"), ("pets/captions.csv", b"2"), ("__MACOSX/pets/._1.jpg", b"3"))
    (tmp_path / "data").mkdir()
    assert unpack(file, tmp_path / "data") == tmp_path / "data" / "pets"
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert found == ["data/pets/a/1.jpg", "data/pets/captions.csv"]


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "C:/x", "a\\..\\..\\x"])
def test_nothing_leads_out_of_the_folder(tmp_path, name):
    (tmp_path / "data").mkdir()
    with pytest.raises(DataError, match="The zip holds a file"):
        unpack(zipped((name, b"1")), tmp_path / "data")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_zip_is_bounded(tmp_path):
    with pytest.raises(DataError, match="holds too much: up to 2 files"):
        unpack(zipped(*((f"{n}", b"") for n in range(3))), tmp_path, most_files=2)
    with pytest.raises(DataError, match="too much"):
        unpack(zipped(("a", b"0" * 100)), tmp_path, most_bytes=99)
    with pytest.raises(DataError, match="is empty"):
        unpack(zipped(), tmp_path)
    for data in (b"", b"no zip", zipped(("a", b"0" * 100)).getvalue()[:-30]):
        with pytest.raises(DataError, match="cannot be unpacked"):
            unpack(io.BytesIO(data), tmp_path)


def test_links_and_lies_are_refused(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DataError, match="a link, which is not followed"):
        unpack(file, tmp_path)
    lying = bytearray(zipped(("a", b"0" * 1000)).getvalue())
    place = lying.rfind(b"PK\1\2")
    lying[place + 24 : place + 28] = (10).to_bytes(4, "little")  # the size in the zip's list
    with pytest.raises(DataError):
        unpack(io.BytesIO(bytes(lying)), tmp_path, most_bytes=100)
