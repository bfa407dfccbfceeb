"""A folder into a table: killed and gone on with, nothing is lost and nothing done twice."""

import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fsspec.implementations.zip import ZipFileSystem
from PIL import Image
from tiny_models import save_tiny_models

from core.__main__ import main
from core.captioning.photo import PhotoError
from core.captioning.streaming.log import Caption, Found, Outcome, RunLog
from core.captioning.streaming.places import LocalFolder, Unreachable, open_place
from core.data.errors import DataError
from core.exports.table_page import MAX_PHOTOS

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return save_tiny_models(tmp_path_factory.mktemp("models") / "checkpoints")


def paint(folder: Path, count: int) -> list[str]:
    """Photos in a folder and in one below."""
    pixels = np.random.default_rng(0).integers(0, 256, (count, 20, 30, 3), dtype=np.uint8)
    names = [f"{'more/' * (n % 2)}{n:03}.png" for n in range(count)]
    (folder / "more").mkdir(parents=True)
    for name, photo in zip(names, pixels, strict=True):
        Image.fromarray(photo).save(folder / name)
    return sorted(names)


def read(path: Path) -> list[dict]:
    if path.suffix == ".parquet":
        rows: list[dict] = pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
        return rows
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    with open(path, newline="") as file:
        return [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]


def done_in(log: Path) -> int:
    """How many photos another process, which is at work with a log, has done."""
    with tempfile.TemporaryDirectory() as folder:  # a copy, for the log is the other process's alone
        for path in (log, Path(f"{log}-wal")):
            if path.exists():
                shutil.copy(path, folder)
        try:
            with closing(sqlite3.connect(Path(folder) / log.name)) as db:
                return db.execute("SELECT count(*) FROM photos WHERE done").fetchone()[0]
        except sqlite3.DatabaseError:  # not begun
            return 0


def test_a_folder_becomes_the_same_table_in_three_forms(root, tmp_path, capsys):
    folder = tmp_path / "photos"
    names = paint(folder, 5)
    (folder / "note.txt").write_text("no photo")
    (folder / "broken.png").write_bytes((folder / names[0]).read_bytes()[:60])
    (folder / ".hidden.png").write_bytes(b"")
    (folder / "loop").symlink_to(folder)
    tables = []
    for ending in ("parquet", "csv", "jsonl"):
        out = folder / f"captions.{ending}"  # among the photos, and not one of them
        models = ["--model", "soft", "--model", "none", "--beam", "2", "--checkpoints", str(root)]
        assert main(["caption", str(folder), "--out", str(out), *models]) == 0
        tables.append([(row["photo"], row["model"], row["caption"], row["problem"]) for row in read(out)])
        said = capsys.readouterr().err
        assert "3 files could not be captioned; the column problem says why." in said
        assert sorted(path.name for path in folder.iterdir() if "captions" in path.name) == [out.name]
        assert main(["caption", str(folder), "--out", str(out), *models]) == 2
        assert "is there already; add --overwrite" in capsys.readouterr().err
        out.unlink()
    assert tables[0] == tables[1] == tables[2]
    rows = {photo: problem for photo, _, _, problem in tables[0]}
    assert list(rows) == sorted([*names, "broken.png", "loop", "note.txt"])
    assert [photo for photo, problem in rows.items() if problem] == ["broken.png", "loop", "note.txt"]
    assert [model for photo, model, _, _ in tables[0] if photo == names[0]] == ["soft", "none"]
    assert main(["caption", str(folder / names[0]), "--checkpoints", str(root), "--model", "soft", "--beam", "2"]) == 0
    (alone,) = [row for row in tables[0] if row[:2] == (names[0], "soft")]
    assert capsys.readouterr().out.strip().endswith(f": {alone[2]}")


@pytest.mark.slow
def test_killed_again_and_again_nothing_is_lost_and_nothing_done_twice(root, tmp_path):
    folder, out = tmp_path / "photos", tmp_path / "captions.jsonl"
    names = paint(folder, 96)
    command = [sys.executable, "-m", "core", "caption", str(folder), "--out", str(out), "--checkpoints", str(root)]
    log = tmp_path / "captions.jsonl.log"

    kills, before = 0, 0
    while kills < 2:
        running = subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL)
        while running.poll() is None and done_in(log) <= before:
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert not out.exists()
        kills, before = kills + 1, done_in(log)
    assert before >= 2
    finished = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert finished.returncode == 0 and f"96 files in {folder}, {before} of them done before." in finished.stderr
    rows = read(out)
    assert [row["photo"] for row in rows] == names and all(row["caption"] is not None for row in rows)
    whole = tmp_path / "whole.jsonl"
    assert main([*command[3:5], "--out", str(whole), *command[7:]]) == 0
    assert [(row["photo"], row["caption"]) for row in read(whole)] == [(row["photo"], row["caption"]) for row in rows]
    assert not log.exists()


def test_the_log_does_a_photo_once_and_one_that_has_changed_again(tmp_path):
    path = tmp_path / "log"
    with RunLog(path, {"models": "a"}) as log:
        log.add([Found("a.png", 1, 1), Found("b.png", 1, 1), Found("c/", 0, 0, "The folder cannot be read.")])
        log.done(Outcome(1, [Caption("soft", "a dog", -1.0)], 0.5, None))
        assert log.counts() == (3, 2, 1)
    with RunLog(path, {"models": "a"}) as log:
        log.add([Found("a.png", 1, 1), Found("b.png", 1, 1)])
        assert list(log.pending()) == [(2, "b.png")]
        log.add([Found("a.png", 1, 2)])
        assert [name for _, name in log.pending()] == ["a.png", "b.png"]
        with pytest.raises(DataError, match="another process is at work"):
            RunLog(path, {"models": "a"})
    with pytest.raises(DataError, match=r"other settings \(models\)"):
        RunLog(path, {"models": "b"})
    path.write_bytes(b"no log" * 1000)
    with pytest.raises(DataError, match="damaged"):
        RunLog(path, {"models": "a"})


def test_names_that_are_no_text_and_hostile_ones_are_kept(tmp_path):
    names = [b"ph\xffto.png", b"=cmd|' C calc'!A0.png", b"a\nb.png"]
    (tmp_path / "in").mkdir()
    for name in names:
        (tmp_path / "in" / os.fsdecode(name)).write_bytes(b"x")
    with RunLog(tmp_path / "log", {}) as log:
        log.add(LocalFolder(tmp_path / "in").find())
        assert sorted(os.fsencode(name) for _, name in log.pending()) == sorted(names)
        for number, _ in list(log.pending()):
            log.done(Outcome(number, [], None, "no photo"))
        assert "ph\\xffto.png" in {row.photo for row in log.rows()}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["{folder}", "--out", "captions.xlsx"], "must end in .parquet, .csv, .jsonl"),
        (["{folder}", "--out", "/no/such/folder/x.csv"], "cannot be written"),
        (["{folder}", "{folder}", "--out", "x.csv"], "one folder"),
        (["nowhere", "--out", "x.csv"], "nowhere is no folder."),
        (["nowhere://photos", "--out", "x.csv"], "nowhere://photos cannot be opened: Protocol not known: nowhere."),
        (["zip://::{folder}/none.zip", "--out", "x.csv"], "none.zip cannot be opened"),
        (["{folder}", "--engine", "ray"], "go with --out"),
        (["{folder}", "--out", "x.csv", "--workers", "2"], "those of --engine ray"),
        (["{folder}", "--out", "x.csv", "--json"], "do not go with it"),
        (["memory://photos", "--out", "x.html"], "made of a folder of this machine; of an address, make a table."),
        (["memory://photos", "--out", "x.html", "--engine", "ray"], "made of a folder of this machine"),
        (["zip://::{zip}", "--out", "x.HTML"], "made of a folder of this machine"),
        (["{folder}", "--out", "s3://bucket/x.csv"], "s3:/bucket/x.csv is an address; what is written"),
        (["memory://photos"], "memory://photos is an address: what lies there is captioned into a table, with --out."),
        (["s3://photos", "--export", "x"], "is an address: what lies there is captioned into a table"),
    ],
)
def test_what_is_wrong_is_said_before_the_work(tmp_path, capsys, monkeypatch, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a.png", b"")
    if os.geteuid() == 0 and "/no/such" in str(arguments):
        arguments = ["{folder}", "--out", str(tmp_path / "photos" / "file" / "x.csv")]
        (tmp_path / "photos" / "file").write_text("")
    places = {"folder": tmp_path / "photos", "zip": tmp_path / "photos.zip"}
    assert main(["caption", *(argument.format(**places) for argument in arguments)]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert complaint in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos", "photos.zip"]


def test_a_folder_that_makes_no_table_or_page_is_refused_before_a_photo_is_captioned(root, tmp_path, capsys):
    folder, out = tmp_path / "photos", tmp_path / "captions.html"
    folder.mkdir()
    command = ["caption", str(folder), "--out", str(out), "--checkpoints", str(root)]
    assert main(command) == 2 and capsys.readouterr().err == f"{folder} holds no files.\n"
    for n in range(MAX_PHOTOS + 1):
        (folder / f"{n}.jpg").touch()
    assert main(command) == 2 and "holds 2,001 files, and a page shows 2,000 photos" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_what_lies_at_an_address_is_found_read_and_told_from_another_version(tmp_path):
    folder, path = tmp_path / "photos", tmp_path / "photos.zip"
    names = paint(folder, 3)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "a.png").write_bytes(b"")
    local = LocalFolder(folder)
    versions = set()
    for version in (b"", b"x"):
        with zipfile.ZipFile(path, "w") as archive:
            for name in (*names, ".hidden/a.png"):
                archive.writestr(name, (folder / name).read_bytes() + version)
        ZipFileSystem.clear_instance_cache()  # which another process would not have
        place = open_place(f"zip://::{path}")
        found = list(place.find())
        assert sorted(file.name for file in found) == names
        assert all(place.read(name) == local.read(name) + version for name in names)
        versions |= {(file.name, file.changed) for file in found}
        with pytest.raises(PhotoError, match="cannot be read"):
            place.read("none.png")
    assert len(versions) == 2 * len(names)
    assert open_place(f"file://{folder}").address == local.address == str(folder)
    ZipFileSystem.clear_instance_cache()
    path.write_bytes(b"no zip")
    with pytest.raises(Unreachable, match="cannot be reached"):
        place.read(names[0])
