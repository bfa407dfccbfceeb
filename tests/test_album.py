"""Many photos as people hand them over: zips, names, tables of captions, and what is wrong with them."""

import io
import json
import tracemalloc
import zipfile
from contextlib import suppress

import pytest
from PIL import Image

from core.captioning.album import MAX_MEMBERS, MAX_PHOTOS, found_in, open_album, read_references, score_album
from core.data.errors import DataError


def jpeg(color: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), color).save(out, "JPEG")
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def test_files_and_zips_become_one_list_with_names_of_their_own():
    archive = zipped(one__a_dot_jpg=jpeg("red"), two__a_dot_jpg=jpeg("green"), two__notes_dot_txt=b"x")
    opened = open_album([("a.jpg", jpeg("blue")), ("more.ZIP", archive)])
    assert [name for name, _ in opened.sources] == ["a.jpg", "a (2).jpg", "a (3).jpg"]
    assert [read() for _, read in opened.sources] == [jpeg("blue"), jpeg("red"), jpeg("green")]
    assert [name for name, _ in opened.left_out] == ["notes.txt"] and "not a photo" in opened.left_out[0][1]
    assert opened.notes == ("Left out: notes.txt. The table says why.",)


def test_photos_of_one_name_are_not_taken_for_each_other():
    archive = zipped(one__a_dot_jpg=jpeg("red"), two__a_dot_jpg=jpeg("green"), one__b_dot_jpg=jpeg("blue"))
    opened = open_album([("more.zip", archive), ("c.jpg", jpeg())])
    assert opened.alike == {"a.jpg", "a (2).jpg"}
    table = ["one/a.jpg", "a (2).jpg", "one/b.jpg", "one/c.jpg", "two/c.jpg", "one/d.jpg"]
    assert found_in(opened, table) == {"b.jpg": "one/b.jpg"}
    assert found_in(open_album([("c.jpg", jpeg())]), ["x/c.jpg", "x/c.jpg"]) == {"c.jpg": "x/c.jpg"}


def test_captions_of_photos_that_differ_in_their_folders_alone_are_of_none():
    said = "image,caption\none/a.jpg,a red dog\ntwo/a.jpg,a green cat\nb.jpg,a blue bird\n"
    references, notes = read_references("c.csv", said.encode())
    assert references == {"b.jpg": ["a blue bird"]}
    assert notes[-1] == "Photos of one name in several folders cannot be told apart here: a.jpg."


def test_what_is_beyond_the_limit_is_said():
    opened = open_album([(f"{n}.jpg", b"x") for n in range(MAX_PHOTOS + 3)])
    assert len(opened.sources) == MAX_PHOTOS and "3 more" in opened.notes[0]


def test_a_broken_zip_costs_itself_alone():
    opened = open_album([("bad.zip", b"PK no"), ("a.jpg", jpeg())])
    assert len(opened.sources) == 1 and "bad.zip" in opened.notes[0]
    with pytest.raises(DataError, match="damaged"):
        open_album([("bad.zip", b"PK no")])
    with pytest.raises(DataError, match="no photos"):
        open_album([("empty.zip", zipped(a_dot_txt=b"x"))])
    with pytest.raises(DataError, match="no photos"):
        open_album([])


def opened_zip(*members: tuple[str | zipfile.ZipInfo, bytes], packed: int = zipfile.ZIP_DEFLATED):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", packed) as z:
        for name, data in members:
            z.writestr(name, data)
    return open_album([("some.zip", archive.getvalue())])


def test_photos_in_a_zip_are_told_by_content():
    picture = io.BytesIO()
    Image.new("RGB", (30, 20)).save(picture, "BMP")
    opened = opened_zip(
        ("a", jpeg()), ("b.txt", picture.getvalue()), ("c.jpg", b"%PDF-1.7"), ("d.png", b""), ("e/", b"")
    )
    assert [name for name, _ in opened.sources] == ["a", "b.txt"]
    assert [name for name, _ in opened.left_out] == ["c.jpg", "d.png"]
    assert "PDF" in opened.left_out[0][1]


def test_a_zip_is_one_by_content_too():
    assert [name for name, _ in open_album([("photos", zipped(a_dot_jpg=jpeg()))]).sources] == ["a.jpg"]


def test_what_a_zip_may_not_do():
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    up = "../../../tmp/up.jpg"
    opened = opened_zip(
        (link, b"/etc/passwd"), (up, jpeg()), ("C:\\x\\back.jpg", jpeg()), ("two\nlines\x1b[31m.jpg", jpeg())
    )
    assert [name for name, _ in opened.sources] == ["up.jpg", "back.jpg", "two\\nlines\\x1b[31m.jpg"]
    assert opened.left_out == (("link.jpg", "This is a link to another file, which is not followed."),)


def test_a_member_that_lies_about_its_size_unpacks_to_no_more_than_that():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("bomb.jpg", jpeg() + bytes(50_000_000))
    size = (50_000_000 + len(jpeg())).to_bytes(4, "little")
    data = archive.getvalue().replace(size, (5000).to_bytes(4, "little"))
    ((_, read),) = open_album([("x.zip", data)]).sources
    tracemalloc.start()
    try:
        with suppress(DataError):  # its sum is wrong
            assert len(read()) <= 5000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_without_a_bound_are_left_out(packed):
    with pytest.raises(DataError, match="packed in a rare way"):
        opened_zip(("a.jpg", jpeg()), packed=packed)


def test_many_files_in_a_zip():
    opened = opened_zip(("a.jpg", jpeg()), *((f"{n}.txt", b"x") for n in range(MAX_MEMBERS)))
    assert "1990 more" in opened.notes[0] and len(opened.left_out) == MAX_PHOTOS
    with pytest.raises(DataError, match="too many files"):
        opened_zip(*((f"{n:0200}.txt", b"") for n in range(17_000)))


def test_hidden_files_of_archivers_are_no_photos():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        for name in ("__MACOSX/._a.jpg", ".hidden/b.jpg", "c.jpg"):
            z.writestr(name, jpeg())
    assert [name for name, _ in open_album([("x.zip", archive.getvalue())]).sources] == ["c.jpg"]


CSVS = {
    "a row a caption": 'image,caption\na.jpg,A dog runs.\na.jpg,Two dogs\nb.jpg,"A cat, asleep"\n',
    "a column a caption": "photo;one;two\na.jpg;A dog runs.;Two dogs\nb.jpg;A cat, asleep;\n",
    "columns the other way round": 'caption,filename\nA dog runs.,x/a.jpg\nTwo dogs,a.jpg\n"A cat, asleep",b.jpg\n',
    "no heading": "a.jpg\tA dog runs.\na.jpg\tTwo dogs\nb.jpg\tA cat, asleep\n",
}


@pytest.mark.parametrize("text", CSVS.values(), ids=CSVS)
def test_captions_in_a_table(text):
    found = read_references("captions.csv", text.encode("utf-8-sig"))
    assert found.captions == {"a.jpg": ["a dog runs", "two dogs"], "b.jpg": ["a cat asleep"]}
    assert "photos with 3 captions, a " in found.notes[0]


def test_captions_in_karpathys_format():
    data = {"images": [{"filename": "a.jpg", "split": "test", "sentences": [{"tokens": ["a", "dog"]}]}]}
    assert read_references("d.json", json.dumps(data).encode()).captions == {"a.jpg": ["a dog"]}


def test_captions_of_two_photos_of_one_name_are_not_taken_for_one_another():
    found = read_references("a.csv", b"image,caption\na/1.jpg,A dog\nb/1.jpg,A cat\nb/2.jpg,A fish\n")
    assert found.captions == {"2.jpg": ["a fish"]} and "cannot be told apart here: 1.jpg" in found.notes[-1]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b""),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", b"image,caption\n"),
        ("a.json", b"[]"),
        ("a.json", b"{}"),
        ("a.json", b'{"images": [{"filename": "a.jpg"}]}'),
        ("a.json", b"[" * 100_000),
    ],
)
def test_what_holds_no_captions_is_refused_in_a_sentence(name, data):
    with pytest.raises(DataError, match=r"^a\..*\.$"):
        read_references(name, data)


def test_only_photos_with_captions_by_people_are_scored():
    captions = {"a.jpg": {"soft": "a dog runs"}, "b.jpg": {"soft": "a cat"}, "c.jpg": {}}
    scores, each = score_album("soft", captions, {"a.jpg": ["a dog runs"]})
    assert scores["BLEU-1"] == pytest.approx(100) and scores["METEOR"] is None
    assert scores["CIDEr"] is None  # not 0: of one photo it says nothing
    assert list(each) == ["a.jpg"]
    assert score_album("soft", captions, {"x.jpg": ["a dog"]}) == ({}, {})
