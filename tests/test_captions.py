"""Captions from outside: the same data in every form, and what is wrong with a file said in a sentence."""

import csv
import io
import json
from pathlib import Path

import pytest

from core.data import caption_entries, captions
from core.data.captions import make_split, parse_captions, read_captions
from core.data.errors import DataError

# photo -> split, captions as written. Commas and quotes are what tables stumble over.
DATA = {
    "a.jpg": ("train", ["A man's T-shirt, red.", 'A "big" man']),
    "b.jpg": ("val", ["Two dogs run."]),
    "c.jpg": ("test", ["A cat, asleep", "It's a cat ."]),
}
WORDS = {
    "a.jpg": ("train", ("a man 's t-shirt red", "a big man")),
    "b.jpg": ("val", ("two dogs run",)),
    "c.jpg": ("test", ("a cat asleep", "it 's a cat")),
}
ROWS = [(photo, split, caption) for photo, (split, own) in DATA.items() for caption in own]


def karpathy(sentence=lambda raw: {"raw": raw}, **more) -> bytes:
    images = [
        {"filename": photo, "split": split, "sentences": [sentence(raw) for raw in own], **more}
        for photo, (split, own) in DATA.items()
    ]
    return json.dumps({"images": images, "dataset": "mine"}).encode()


def coco() -> bytes:
    numbers = {photo: n for n, photo in enumerate(DATA, start=7)}
    images = [{"id": n, "file_name": photo} for photo, n in numbers.items()]
    annotations = [{"id": n, "image_id": numbers[photo], "caption": c} for n, (photo, _, c) in enumerate(ROWS)]
    return json.dumps({"info": {}, "annotations": annotations, "images": images}).encode()


def table(columns: dict[str, list], delimiter=",", header=True, quoting=csv.QUOTE_MINIMAL) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting)
    if header:
        writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue().encode()


PHOTO, SPLIT, CAPTION = ([row[n] for row in ROWS] for n in range(3))
NUMBERS = [str(n) for n in range(len(ROWS))]


def parquet(**columns) -> bytes:
    pyarrow, files = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    out = io.BytesIO()
    files.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def json_lines(**columns) -> bytes:
    rows = zip(*columns.values(), strict=True)
    return "\n".join(json.dumps(dict(zip(columns, row, strict=True))) for row in rows).encode()


WITH_SPLIT = {
    "Karpathy, raw alone": karpathy(),
    "Karpathy, words that are no words": karpathy(lambda raw: {"raw": raw, "tokens": raw.split()}),
    "CSV": table({"image": PHOTO, "caption": CAPTION, "split": SPLIT}),
    "CSV, another order, all quoted": table(
        {"caption": CAPTION, "comment_number": NUMBERS, "split": SPLIT, "image": PHOTO}, quoting=csv.QUOTE_ALL
    ),
    "CSV, not quoted": "\n".join(["image,caption,split", *(f"{p},{c},{s}" for p, s, c in ROWS)]).encode(),
    "CSV, not quoted, the caption first": "\n".join(f"{c},{s},{p}" for p, s, c in ROWS).encode(),
    "CSV, no heading": table({"image": PHOTO, "n": NUMBERS, "caption": CAPTION, "split": SPLIT}, header=False),
    "CSV, bars": "\n".join(
        ["image_name| comment_number| comment| split", *(f"{p}| 1| {c}| {s}" for p, s, c in ROWS)]
    ).encode(),
    "TSV": table({"Image Name": PHOTO, "Text": CAPTION, "Split": SPLIT}, delimiter="\t"),
    "JSON Lines": json_lines(file_name=PHOTO, text=CAPTION, split=SPLIT, score=[0.5] * len(ROWS)),
    "JSON list": json.dumps([dict(image=p, caption=c, split=s, id=7) for p, s, c in ROWS]).encode(),
}
WITHOUT_SPLIT = {
    "Flickr8k's token file": "".join(f"{p}#{n}\t{c}\n" for n, (p, _, c) in enumerate(ROWS)).encode(),
    "COCO": coco(),
    "CSV": table({"caption": CAPTION, "image": PHOTO}),
    "CSV, no heading": table({"image": PHOTO, "caption": CAPTION}, header=False),
    "JSON Lines, lists": json_lines(file_name=list(DATA), captions=[own for _, own in DATA.values()]),
}


def as_read(data: captions.CaptionData) -> dict:
    return {photo.filename: (photo.split, tuple(" ".join(words) for words in photo.captions)) for photo in data.photos}


@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("form", WITH_SPLIT)
def test_the_same_data_are_read_from_every_form(form, mark):
    found = parse_captions("data", WITH_SPLIT[form].decode().encode(mark))
    assert as_read(found) == WORDS
    assert (
        found.found.startswith("3 photos with 5 captions, ")
        and "split as it says: 1 train, 1 val, 1 test" in found.found
    )
    assert not found.notes


@pytest.mark.parametrize("form", WITHOUT_SPLIT)
def test_where_there_is_no_split_the_same_is_made_whatever_the_form(form):
    found = parse_captions("data", WITHOUT_SPLIT[form])
    split = make_split(reversed(DATA))
    assert as_read(found) == {photo: (split[photo], words) for photo, (_, words) in WORDS.items()}
    assert "split made here by photo (seed 0): 1 train, 1 val, 1 test" in found.found


def test_parquet_is_read_with_and_without_pictures_in_it():
    pictures = [{"bytes": b"x", "path": photo} for photo in PHOTO]
    for columns in (
        dict(file_name=PHOTO, n=range(5), caption=CAPTION, split=SPLIT),
        dict(n=range(5), split=SPLIT, image=pictures, text=CAPTION),
    ):
        assert as_read(parse_captions("data", parquet(**columns))) == WORDS
    lists = parquet(caption=[own for _, own in DATA.values()], image=list(DATA), split=[s for s, _ in DATA.values()])
    assert as_read(parse_captions("data", lists)) == WORDS


def test_karpathys_words_stay_as_they_are():
    found = parse_captions("d.json", karpathy(lambda raw: {"raw": raw, "tokens": ["tri", "colored", "it's"]}))
    assert {words for photo in found.photos for words in photo.captions} == {("tri", "colored", "it's")}
    assert "tokeniser" not in found.found
    mere = parse_captions("d.json", WITH_SPLIT["Karpathy, words that are no words"])
    assert "made by the PTB rules" in mere.found and "only what stands between spaces" in mere.found


def test_folders_tell_photos_of_one_name_apart():
    image = {"filename": "1.jpg", "split": "train"}
    images = [{**image, "filepath": name, "sentences": [{"raw": f"a {name}"}]} for name in ("cats", "dogs\\big")]
    found = parse_captions("d.json", json.dumps({"images": images}).encode())
    assert as_read(found) == {"cats/1.jpg": ("train", ("a cats",)), "dogs/big/1.jpg": ("train", ("a dogs \\ big",))}


def test_a_split_is_made_of_names_alone():
    names = [f"{n}.jpg" for n in range(100)]
    split = make_split(names)
    assert split == make_split(reversed(names))
    assert [list(split.values()).count(part) for part in ("train", "val", "test")] == [80, 10, 10]
    assert sorted(make_split(names[:2]).values()) == ["train", "val"] and make_split(["a"]) == {"a": "train"}


@pytest.mark.parametrize("name", captions.METADATA)
def test_an_imagefolder_is_read_from_its_folder(tmp_path: Path, name):
    columns = dict(file_name=PHOTO, text=CAPTION)
    make = {"jsonl": json_lines, "parquet": parquet, "csv": lambda **columns: table(columns)}[name.rsplit(".")[-1]]
    for folder in ("train", "validation"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(make(**columns))
    found = as_read(read_captions(tmp_path))
    assert {photo: split for photo, (split, _) in found.items()} == {
        f"{folder}/{photo}": split for folder, split in (("train", "train"), ("validation", "val")) for photo in DATA
    }
    assert "split as its folders say" in read_captions(tmp_path).found
    for folder in ("train", "validation"):
        (tmp_path / folder / name).unlink()
    with pytest.raises(DataError, match="one file of captions, and holds none"):
        read_captions(tmp_path)
    (tmp_path / "whatever.txt").write_bytes(WITHOUT_SPLIT["Flickr8k's token file"])
    assert len(read_captions(tmp_path).photos) == 3


@pytest.mark.parametrize("empty", [None, [], [None], [""], [{"raw": "", "tokens": []}], [{"tokens": None}]])
def test_a_photo_without_captions_is_named_and_left_out(empty):
    images = json.loads(karpathy())["images"]
    data = {"images": [*images, {"filename": "mute.jpg", "split": "train", "sentences": empty}]}
    found = parse_captions("d.json", json.dumps(data).encode())
    assert as_read(found) == WORDS and "1 photo without a caption left out: mute.jpg" in found.notes[0]
    with pytest.raises(DataError, match="holds no captions: none of its 1 photos has one"):
        parse_captions("d.json", json.dumps({"images": data["images"][-1:]}).encode())


def test_a_row_without_a_split_or_a_caption_is_left_out():
    rows = b"image,caption,split\na.jpg,A dog,train\nb.jpg,,train\nc.jpg,A cat,\n"
    found = parse_captions("d.csv", rows)
    assert list(as_read(found)) == ["a.jpg"]
    assert ["c.jpg" in found.notes[0], "b.jpg" in found.notes[1]] == [True, True]


def test_a_quote_that_is_never_closed_swallows_no_rows():
    text = 'image,caption\na.jpg,"A dog\nb.jpg,A cat\nc.jpg,A "fish"\nd.jpg,"Two cats, one dog"\n'
    found = parse_captions("d.csv", text.encode())
    assert {photo: words for photo, (_, (words,)) in as_read(found).items()} == {
        "a.jpg": "a dog", "b.jpg": "a cat", "c.jpg": "a fish", "d.jpg": "two cats one dog",
    }  # fmt: skip


def test_several_columns_of_captions_count_and_others_do_not():
    found = parse_captions("d.csv", b"image,caption_1,caption_2,place\na.jpg,A dog,A cat,in the park\n")
    assert as_read(found)["a.jpg"][1] == ("a dog", "a cat")
    assert "captions in caption_1, caption_2" in found.found
    found = parse_captions("d.csv", b"photo;one;two;votes\na.jpg;A dog runs;Two dogs;3\n")
    assert as_read(found)["a.jpg"][1] == ("a dog runs", "two dogs")


IMAGE = '{"filename": "a.jpg", "split": "train", "sentences": [{"raw": "a dog"}]}'
REFUSED = {
    "": "it is empty|no table",
    "{": "no whole JSON",
    "[]": "no column of it names photos",
    "3": "no table",
    '{"images": 3}': "no column of it",
    '{"images": []}': "there are no photos in it",
    '{"images": [7]}': "entry 1 of its images is no object",
    '{"images": [{}]}': "has no filename",
    '{"images": [{"filename": 7, "split": "train", "sentences": []}]}': "the filename of entry 1 .* is no text",
    '{"images": [{"filename": NaN}]}': "holds NaN",
    '{"images": [{"filename": "a", "split": ["train"], "sentences": []}]}': "split of entry 1",
    '{"images": [{"filename": "a", "split": "train", "sentences": 3}]}': "sentences of a are no list",
    '{"images": [{"filename": "a", "split": "train", "sentences": [{}]}]}': "neither raw nor tokens",
    '{"images": [{"filename": "a", "split": "train", "sentences": [{"tokens": "a dog"}]}]}': "no list of words",
    '{"images": [{"filename": "a", "split": "train", "sentences": [{"tokens": ["a", 1]}]}]}': "no list of words",
    '{"images": [{"filename": "a", "x": %s}]}' % ("[" * 100_000 + "]" * 100_000): "nested too deeply",
    '{"images": [{"id": 1, "file_name": "a"}], "annotations": [{"image_id": 1, "bbox": []}]}': "captions_",
    '{"images": [{"id": 1, "file_name": "a"}], "annotations": [{"image_id": 2, "caption": "a"}]}': "1 images that",
    '{"images": [{"id": NaN, "file_name": "a"}], "annotations": []}': "holds NaN",
    '{"file_name": 7, "text": "a dog"}\n{"file_name": 8, "text": "a dog"}': "row 1 has no name that is text",
    '{"file_name": "a", "text": 7}\n{"file_name": "b", "text": "x"}': "a caption in its row 1 is no text",
    '{"file_name": "a.jpg", "text": "x"}\n{"file_name": ': "of its line 2",
    "image,caption\n": "there are no photos in it",
    "image,size\na.jpg,7\n": "no column of it holds captions",
    "just some text\nof two lines": "no table",
    "a.jpg#0\tA dog\nnothing": "its line 2 is not of the form",
    IMAGE.replace("a.jpg", "../../etc/passwd").join(['{"images": [', "]}"]): "leads out of the folder",
    IMAGE.replace("a.jpg", "/etc/passwd").join(['{"images": [', "]}"]): "somebody's disk",
    IMAGE.replace("a.jpg", "C:\\\\photos\\\\1.jpg").join(['{"images": [', "]}"]): "somebody's disk",
    IMAGE.replace("a.jpg", "a\\u0000.jpg").join(['{"images": [', "]}"]): "no name of a file",
    IMAGE.replace("a.jpg", "\\u001b[31ma.jpg").join(['{"images": [', "]}"]): "no name of a file",
}


@pytest.mark.parametrize(("text", "why"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_cannot_be_used_is_refused_in_a_sentence(text, why):
    with pytest.raises(DataError, match=why) as told:
        parse_captions("x", text.encode())
    assert str(told.value).startswith("x ") and str(told.value).endswith(".") and "\n" not in str(told.value)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"image,caption\na.jpg,caf\xe9", b"PAR1 no", b"PAR1" + bytes(100)])
def test_what_is_no_text_is_refused_in_a_sentence(data):
    with pytest.raises(DataError, match=r"^x cannot be read as captions: .*\.$"):
        parse_captions("x", data)


def test_bounds_are_said(tmp_path: Path, monkeypatch):
    long = table({"image": ["a.jpg", "b.jpg"], "caption": ["dog " * 600, "A cat"]})
    found = parse_captions("d.csv", long)
    assert list(as_read(found)) == ["b.jpg"] and any("more than 2,000 letters" in note for note in found.notes)
    monkeypatch.setattr(caption_entries, "MAX_ROWS", 4)
    with pytest.raises(DataError, match="up to 4 captions"):
        parse_captions("d.json", karpathy())
    monkeypatch.setattr(captions, "MAX_BYTES", 100)
    (tmp_path / "d.json").write_bytes(karpathy())
    with pytest.raises(DataError, match="too large"):
        read_captions(tmp_path / "d.json")
    with pytest.raises(DataError, match="cannot be read"):
        read_captions(tmp_path / "absent.json")


def test_a_split_that_is_not_there_is_said_with_those_that_are():
    found = parse_captions("d.json", karpathy())
    assert [photo.filename for photo in found.of("val")] == ["b.jpg"] and len(found.of("all")) == 3
    with pytest.raises(DataError, match="no photos in the split 'x'; it has test, train, val"):
        found.of("x")
