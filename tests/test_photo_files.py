"""The photos of a data set in folders and zips: which file is meant is never guessed."""

import os
import zipfile
from pathlib import Path

import pytest

from core.captioning import photo
from core.data import photo_files
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles


def test_photos_come_from_folders_and_zips_by_name_alone(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.jpg").write_bytes(b"folder")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("deep/inside/b.jpg", b"zip")
    files = PhotoFiles([tmp_path / "folder", tmp_path / "z.zip"])
    assert files.read("a.jpg") == b"folder"
    assert files.read("b.jpg") == files.read("val2014/b.jpg") == b"zip"
    for name in (
        "../secret.txt",
        "..\\secret.txt",
        "c.jpg",
        "",
        "..",
        "a.jpg\0",
        "/etc/hostname",
        str(tmp_path / "secret.txt"),
    ):
        with pytest.raises(DataError):
            files.read(name)


def test_files_larger_than_any_photo_are_not_read(tmp_path):
    assert photo_files.MAX_BYTES >= photo.MAX_BYTES
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


@pytest.mark.parametrize("packed", [False, True])
def test_of_two_photos_of_one_name_neither_is_taken_for_the_other(tmp_path: Path, packed):
    """However the places and the names say the folders, each is the right one or a sentence."""

    def place(name: str, *members: str) -> Path:
        if packed:
            with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
                for member in members:
                    archive.writestr(member, f"{name}/{member}")
            return tmp_path / f"{name}.zip"
        for member in members:
            (tmp_path / name / member).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / member).write_text(f"{name}/{member}")
        return tmp_path / name

    names = ["a/1.jpg", "b/1.jpg"]
    both = place("both", "set/a/1.jpg", "set/b/1.jpg")
    assert [PhotoFiles([both], names).read(name) for name in names] == [b"both/set/a/1.jpg", b"both/set/b/1.jpg"]
    with pytest.raises(DataError, match="cannot be told: there are both.*/set/a/1.jpg and both.*/set/b/1.jpg"):
        PhotoFiles([both]).read("1.jpg")
    flat = PhotoFiles([place("flat", "1.jpg", "2.jpg")], names)
    assert list(flat.missing([*names, "c/2.jpg"])) == names  # one photo cannot be both, and which it is nobody says
    assert flat.read("c/2.jpg") == b"flat/2.jpg"
    one = PhotoFiles([place("one", "a/1.jpg")], names)
    assert one.read("a/1.jpg") == b"one/a/1.jpg" and list(one.missing(names)) == ["b/1.jpg"]
    two = [place("here", "1.jpg"), place("there", "1.jpg")]
    with pytest.raises(DataError, match="cannot be told"):
        PhotoFiles(two).read("1.jpg")
    if not packed:
        assert [PhotoFiles(two, names).read(f"{name}/1.jpg") for name in ("here", "there")] == [
            b"here/1.jpg",
            b"there/1.jpg",
        ]
        (tmp_path / "there" / "1.jpg").write_text("here/1.jpg")
        assert PhotoFiles(two).read("1.jpg") == b"here/1.jpg"  # the same photo twice is that photo
