"""Captions files of every form, and photos beside them, from anybody: read, or refused in a sentence."""

import csv
import io
import json
import zipfile

import pytest
from hostile import VALUES, changed, damaged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.captions import CaptionData, CaptionedPhoto, parse_captions, read_captions
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles, bad_name
from core.data.phrases import read_phrases

MANY = settings(
    max_examples=250, deadline=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
NAMES = ["a.jpg", "b/a.jpg", "c d.png", "é.jpeg"]
SAID = ["A dog runs on the grass.", 'A man, who says "no".', "Two cats."]


def rows_of(delimiter: str) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=delimiter)
    rows.writerow(["image", "caption", "split", "comment_number"])
    rows.writerows([name, said, "train", n] for name in NAMES for n, said in enumerate(SAID))
    return text.getvalue().encode()


def parquet() -> bytes:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet, table

    file = io.BytesIO()
    parquet.write_table(
        table({"file_name": NAMES, "captions": [SAID] * 4, "split": ["train", "train", "val", "test"]}), file
    )
    return file.getvalue()


ROWS = [{"file_name": name, "text": said} for name in NAMES for said in SAID]
SENTENCES = [{"raw": said, "tokens": said.lower().rstrip(".").split()} for said in SAID]
KARPATHY = {
    "images": [{"filename": n, "filepath": "x", "split": "train", "sentences": SENTENCES, "imgid": 1} for n in NAMES]
}
COCO = {
    "images": [{"id": n, "file_name": name, "width": 3, "height": 2} for n, name in enumerate(NAMES)],
    "annotations": [{"image_id": n, "id": n, "caption": said} for n in range(4) for said in SAID],
}
FORMS = {
    "karpathy": json.dumps(KARPATHY).encode(),
    "coco": json.dumps(COCO).encode(),
    "list": json.dumps(ROWS).encode(),
    "lines": "\n".join(map(json.dumps, ROWS)).encode(),
    "lines in utf-16": "\n".join(map(json.dumps, ROWS)).encode("utf-16"),
    "csv": rows_of(","),
    "tsv": rows_of("\t"),
    "token": "\n".join(f"{name}#{n}\t{said}" for name in NAMES for n, said in enumerate(SAID)).encode(),
    "parquet": None,
}
JSON = ("karpathy", "coco", "list")


def whole(form: str) -> bytes:
    return FORMS[form] or parquet()


def read(data: bytes) -> CaptionData | None:
    """What was read, or None where a sentence refused it."""
    try:
        found = parse_captions("a file", data)
    except DataError as error:
        assert str(error).endswith(".") and len(str(error)) < 2000
        return None
    sound(found)
    return found


def sound(found: CaptionData) -> None:
    """What every data set that was read keeps to, so that nothing wrong is learnt from it in silence."""
    assert found.photos and found.found.endswith(".") and all(note.endswith(".") for note in found.notes)
    for photo in found.photos:
        assert not bad_name(photo.filename) and photo.split and photo.captions
        assert all(words and all(isinstance(word, str) and word for word in words) for words in photo.captions)
    assert len({(photo.filename, photo.split) for photo in found.photos}) == len(found.photos)


@pytest.mark.parametrize("form", FORMS)
def test_the_sound_ones_are_read(form):
    found = read(whole(form))
    assert found is not None and len(found.photos) == 4
    assert {len(photo.captions) for photo in found.photos} == {3}


@pytest.mark.parametrize("form", FORMS)
@MANY
@given(data=st.data())
def test_damaged_captions(form, data):
    read(data.draw(damaged(whole(form))))


@pytest.mark.parametrize("form", JSON)
@MANY
@given(data=st.data())
def test_captions_that_are_not_what_they_say(form, data):
    read(json.dumps(data.draw(changed(whole(form).decode(), deepest=7))).encode())


KEYS = st.sampled_from([*ROWS[0], "split", "raw", "path", "x"])


@MANY
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=6))
def test_rows_of_anything(rows):
    read(json.dumps(rows).encode())
    read("\n".join(map(json.dumps, rows)).encode())


ODD_CELLS = ["train", "caption", "image", '"', '""', "../x.jpg", "/x.jpg", "#0"]
CELLS = st.one_of(st.sampled_from([*NAMES, *SAID, *ODD_CELLS]), st.text(max_size=12))


@MANY
@given(st.lists(st.lists(CELLS, max_size=5), max_size=6), st.sampled_from([",", "\t", ";", "|"]), st.booleans())
def test_tables_of_anything(rows, delimiter, quoted):
    text = io.StringIO()
    if quoted:
        csv.writer(text, delimiter=delimiter, escapechar="\\").writerows(rows)
    else:
        text.write("\n".join(delimiter.join(row) for row in rows))
    read(text.getvalue().encode("utf-8", "replace"))


@MANY
@given(st.one_of(st.binary(max_size=200), st.binary(max_size=100).map(lambda rest: b"PAR1" + rest + b"PAR1")))
def test_what_is_no_captions_file(data):
    read(data)


INSIDE = ["metadata.jsonl", "metadata.csv", "a.json", "b.txt", "train/metadata.jsonl"]


@MANY
@given(data=st.data())
def test_imagefolders(tmp_path_factory, data):
    """A folder with any mix of metadata, other files, and folders with the names of files."""
    folder = tmp_path_factory.mktemp("folder")
    for name in data.draw(st.lists(st.sampled_from(INSIDE), unique=True)):
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        if data.draw(st.integers(0, 5)) == 0:
            place.mkdir()
        else:
            form = data.draw(st.sampled_from(["lines", "csv", "token", "karpathy"]))
            place.write_bytes(data.draw(st.one_of(st.just(whole(form)), damaged(whole(form)))))
    before = sorted(folder.rglob("*"))
    try:
        sound(read_captions(folder))
    except DataError as error:
        assert str(error).endswith(".")
    assert sorted(folder.rglob("*")) == before


def zipped(names: list[str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"\xff\xd8\xff" + name.encode("utf-8", "replace"))
    return file.getvalue()


@MANY
@given(data=st.data())
def test_photos_in_zips_that_are_damaged_or_named_to_do_harm(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("zips")
    place = folder / "photos.zip"
    names = [*NAMES, "../out.jpg", "/etc/out.jpg", "x\\y.jpg", "a.jpg/b.jpg"]
    inside = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    place.write_bytes(data.draw(st.one_of(st.just(zipped(inside)), damaged(zipped(inside)))))
    try:
        files = PhotoFiles([place], NAMES)
    except DataError as error:
        assert str(error).endswith(".")
        return
    for name in data.draw(st.lists(st.one_of(st.sampled_from(names), st.text(min_size=1, max_size=9)), max_size=5)):
        try:
            files.read(name)
        except DataError as error:
            assert str(error).endswith(".")
    assert [path.name for path in folder.iterdir()] == ["photos.zip"]


def test_names_that_lead_out_are_refused():
    for name in ("../x.jpg", "/etc/x.jpg", "C:\\x.jpg", "a/../../x.jpg", "a\0.jpg"):
        with pytest.raises(DataError, match=r"\.$"):
            parse_captions("a file", json.dumps([{"file_name": name, "text": "A dog runs."}]).encode())


PHRASES = {
    "a.jpg": {
        "boxes": {"1": [[0.1, 0.2, 0.5, 0.9]], "2": []},
        "phrases": [[[0, 2, "1", "animals"]], [], [[0, 1, "2", "scene"]]],
    }
}


@MANY
@given(data=st.data())
def test_phrases_and_boxes(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("phrases") / "phrases.json"
    text = json.dumps(PHRASES)
    lying = changed(text, deepest=8).map(json.dumps).map(str.encode)
    path.write_bytes(data.draw(st.one_of(damaged(text.encode()), lying)))
    photo = CaptionedPhoto("a.jpg", "train", (("a", "dog", "runs"), ("it", "runs"), ("grass",)))
    try:
        read_phrases(path, [photo])
    except DataError as error:
        assert str(error).endswith(".")
