"""Data sets from outside: read as they are, or refused in a sentence."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from core.captioning import photo
from core.data import karpathy
from core.data.errors import DataError
from core.data.karpathy import PhotoFiles, read_karpathy


def write(path: Path, images: object) -> Path:
    path.write_text(json.dumps({"images": images}))
    return path


def image(name="a.jpg", split="train"):
    return {"filename": name, "split": split, "sentences": [{"raw": "A dog .", "tokens": ["a", "dog"]}]}


def test_photos_are_read_in_order_and_by_split(tmp_path):
    path = write(tmp_path / "d.json", [image("b.jpg"), image("a.jpg", "val"), image("c.jpg", "restval")])
    assert [photo.filename for photo in read_karpathy(path)] == ["b.jpg", "a.jpg", "c.jpg"]
    assert [photo.split for photo in read_karpathy(path, ["val"])] == ["val"]
    assert read_karpathy(path)[0].captions == (("a", "dog"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"images": 3}',
        '{"images": [{}]}',
        '{"images": [{"filename": "a"}]}',
        '{"images": [{"filename": 7, "split": "train", "sentences": []}]}',
        '{"images": [{"filename": "a", "split": ["train"], "sentences": []}]}',
        '{"images": [{"filename": "a", "split": "train", "sentences": 3}]}',
        '{"images": [{"filename": "a", "split": "train", "sentences": [{"tokens": "a dog"}]}]}',
        '{"images": [{"filename": "a", "split": "train", "sentences": [{"tokens": {"a": 1}}]}]}',
        '{"images": [{"filename": "a", "split": "train", "sentences": [{"tokens": ["a", 1]}]}]}',
        '{"images": [{"filename": "a", "split": "train", "sentences": [{"tokens": ["a"], "raw": %s}]}]}'
        % ("[" * 100_000 + "]" * 100_000),
    ],
    ids=range(13),
)
def test_other_files_are_refused(tmp_path, text):
    path = tmp_path / "d.json"
    path.write_text(text)
    with pytest.raises(DataError, match="Karpathy's format"):
        read_karpathy(path)
    with pytest.raises(DataError, match="cannot be read"):
        read_karpathy(tmp_path / "absent.json")


def test_photos_come_from_folders_and_zips_by_name_alone(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.jpg").write_bytes(b"folder")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("deep/inside/b.jpg", b"zip")
    files = PhotoFiles([tmp_path / "folder", tmp_path / "z.zip"])
    assert files.read("a.jpg") == b"folder"
    assert files.read("b.jpg") == files.read("val2014/b.jpg") == b"zip"
    for name in ("../secret.txt", "..\\secret.txt", "c.jpg", "", "..", "a.jpg\0"):
        with pytest.raises(DataError):
            files.read(name)


def test_files_larger_than_any_photo_are_not_read(tmp_path):
    assert karpathy.MAX_BYTES >= photo.MAX_BYTES
    (tmp_path / "a.jpg").touch()
    os.truncate(tmp_path / "a.jpg", 10**12)  # a sparse file
    with pytest.raises(DataError, match="too large"):
        PhotoFiles([tmp_path]).read("a.jpg")


def test_places_that_hold_no_photos_are_refused(tmp_path):
    (tmp_path / "text").write_text("no zip")
    for place in ("text", "absent"):
        with pytest.raises(DataError, match="neither a folder"):
            PhotoFiles([tmp_path / place])


def test_a_damaged_member_is_a_sentence_of_its_own(tmp_path):
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", b"x" * 5000)
        archive.writestr("b.jpg", b"whole")
    data = bytearray(path.read_bytes())
    data[100:200] = bytes(100)
    path.write_bytes(data)
    files = PhotoFiles([path])
    with pytest.raises(DataError, match="a.jpg cannot be read"):
        files.read("a.jpg")
    assert files.read("b.jpg") == b"whole"


def test_two_photos_of_one_name_are_told_apart_by_their_folders(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("cats/1.jpg", b"cat")
        archive.writestr("dogs/1.jpg", b"dog")
    (tmp_path / "folder" / "birds").mkdir(parents=True)
    (tmp_path / "folder" / "birds" / "1.jpg").write_bytes(b"bird")
    files = PhotoFiles([tmp_path / "folder", tmp_path / "z.zip"])
    assert [files.read(f"{kind}/1.jpg") for kind in ("cats", "dogs", "birds")] == [b"cat", b"dog", b"bird"]
