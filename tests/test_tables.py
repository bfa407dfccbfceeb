"""Tables of captions travel: written, read again, whoever made them; and a page of one, bounded in size."""

import io
import json
import re

import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

from core.__main__ import main
from core.captioning.album_table import AlbumRow
from core.captioning.streaming.log import Row
from core.data.errors import DataError
from core.exports import read_tables
from core.exports.read_tables import by_photo, read_table
from core.exports.table_page import write_page
from core.exports.tables import table_bytes, table_rows

ROWS = [
    Row("a/one.jpg", "none", "=1+1 dogs", -2.5, 0.5, True, None),
    Row("a/one.jpg", "soft", 'a "dog", and\nmore', -1.25, 0.5, True, None),
    Row("<b>two.jpg", "none", "'a cat", -3.0, 1.5, False, None),
    Row("note.txt", None, None, None, None, None, "This is not a photo."),
]
READ = [ROWS[0], ROWS[1]._replace(caption='a "dog", and\\nmore'), *ROWS[2:]]  # no text breaks a line


def jpeg(colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_what_is_written_is_read_again(ending):
    assert read_table(f"x{ending}", table_bytes(ROWS, ending)) == READ


def test_rows_of_a_photo_come_together():
    one, two, note = by_photo("x", READ)
    assert one.name == "a/one.jpg" and list(one.captions) == ["none", "soft"] and one.distance == 0.5
    assert two.captions == {"none": "'a cat"} and note.problem == "This is not a photo." and not note.captions
    again = list(table_rows([AlbumRow("a/one.jpg", b"", {}, distance=0.5, said=one.captions)]))
    assert [row._replace(log_prob=None) for row in READ[:2]] == again
    with pytest.raises(DataError, match="too many models"):
        by_photo("x", [Row("a", f"model {n}", "x", None, None, None, None) for n in range(99)])


def parquet(**columns) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no column photo and no column model and no column caption"),
        (b"name,text\na,b\n", "no column photo"),
        (b"photo,model\na,b\n", "no column caption"),
        (b"\xff\xfe\xff", "no text in UTF-8"),
        (b"photo,model,caption\n", "without rows"),
        (b"photo,model,caption\n,soft,a dog\n", "row 1 names no photo"),
        (b"photo,model,caption\na,soft," + b"x" * 2001 + b"\n", "caption in row 1 is no text"),
        (b'{"photo": "a"}\n', "no column model"),
        (b'{"photo": 1, "model": "soft", "caption": "x"}\n', "photo in row 1 is no text"),
        (b'{"photo": NaN}\n', "NaN"),
        (b"PAR1" + b"x" * 50, "a Parquet file that is damaged"),
        (parquet(photo=["a"], model=["b"]), "no column caption"),
        (parquet(photo=[1], model=["b"], caption=["c"]), "photo in row 1 is no text"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(data, why):
    with pytest.raises(DataError, match="x is .*" + re.escape(why)):
        read_table("x", data)


def test_tables_are_bounded(monkeypatch):
    monkeypatch.setattr(read_tables, "MAX_ROWS", 2)
    for ending in (".csv", ".jsonl", ".parquet"):
        with pytest.raises(DataError, match="more than 2 rows|up to 2 are opened"):
            read_table("x", table_bytes(ROWS, ending))
    monkeypatch.setattr(read_tables, "MAX_BYTES", 10)
    with pytest.raises(DataError, match="too large"):
        read_table("x", table_bytes(ROWS))


def test_numbers_that_are_none_are_left_out():
    line = {"photo": "a", "model": "m", "caption": "c", "log_prob": "x", "distance": 1e999}
    (row,) = read_table("x", json.dumps(line, allow_nan=True).replace("Infinity", '"inf"').encode())
    assert row == Row("a", "m", "c", None, None, None, None)


def test_a_page_has_pictures_and_its_texts_are_texts(tmp_path):
    photos = {"a/one.jpg": jpeg(), "<b>two.jpg": jpeg("teal")}

    def read(name):
        if name not in photos:
            raise DataError("There is none.")
        return photos[name]

    assert write_page(tmp_path / "page.html", ROWS, read) == []
    page = (tmp_path / "page.html").read_text()
    assert page.count("<img") == 2 and "&lt;b&gt;two.jpg" in page and "<b>two" not in page
    assert "This is not a photo." in page and "out of its depth" in page and "=1+1 dogs" in page
    notes = write_page(tmp_path / "page.html", ROWS, read, most_photos=1)
    assert notes == ["The first 1 photos are shown; 2 more are left out, so that a browser opens it."]
    assert notes[0] in (tmp_path / "page.html").read_text()
    del photos["a/one.jpg"]
    (note,) = write_page(tmp_path / "page.html", ROWS, read)
    assert note.startswith("1 of them are shown without their pictures")
    notes = write_page(tmp_path / "page.html", ROWS, lambda name: jpeg(), most_bytes=10)
    assert (tmp_path / "page.html").read_text().count("<img") == 1 and notes[0].startswith("1 of them")


def test_the_command_line_turns_one_into_another(tmp_path, capsys):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.jpg").write_bytes(jpeg())
    source = tmp_path / "captions.parquet"
    source.write_bytes(table_bytes(ROWS))
    assert main(["table", str(source), "--out", str(tmp_path / "page.html")]) == 0
    assert "1 of them are shown without their pictures" in capsys.readouterr().err
    assert (tmp_path / "page.html").read_text().count("<img") == 1
    assert main(["table", str(source), "--out", str(tmp_path / "page.html")]) == 2
    assert "is there already; add --overwrite" in capsys.readouterr().err
    assert main(["table", str(source), "--out", str(tmp_path / "x.csv")]) == 0
    assert read_table("x", (tmp_path / "x.csv").read_bytes()) == READ
    for wrong, why in ((tmp_path / "page.html", "is no table of captions"), (tmp_path / "no", "cannot be read")):
        assert main(["table", str(wrong), "--out", str(tmp_path / "y.csv")]) == 2
        assert why in capsys.readouterr().err
    assert main(["table", str(source), "--out", str(tmp_path / "y.txt")]) == 2
    assert "must end in .parquet, .csv, .jsonl or .html" in capsys.readouterr().err
