"""Parquet files whose few bytes stand for far more, as a text does that many rows share."""

import io
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from core.data.caption_entries import FormError
from core.data.parquet import ParquetRows

pyarrow = pytest.importorskip("pyarrow")
REPOSITORY = Path(__file__).resolve().parent.parent
LETTERS, ROWS = 900_000, 20_000  # 18 GB, in less than a megabyte


def packed(**columns: object) -> bytes:
    import pyarrow.parquet

    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def bomb() -> bytes:
    shared = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * ROWS, pyarrow.int32()), ["x" * LETTERS])
    return packed(photo=[f"{n}.jpg" for n in range(ROWS)], model=["soft"] * ROWS, caption=shared)


def test_columns_are_read_by_name_and_no_more_rows_than_asked_for():
    file = ParquetRows(packed(a=[1, 2, 3], b=["x", None, "z"], c=[[1, 2], [], [3]]), 3)
    assert file.columns == ["a", "b", "c"] and file.rows == 3
    assert list(file.read(["c", "a"], 1_000)) == [{"a": 1, "c": [1, 2]}, {"a": 2, "c": []}, {"a": 3, "c": [3]}]
    assert list(file.read(["b"], 1_000, 2)) == [{"b": "x"}, {"b": None}]
    with pytest.raises(FormError, match="take more than 0 MB"):
        list(file.read(["b"], 10))
    with pytest.raises(FormError, match="more than 2 rows"):
        ParquetRows(packed(a=[1, 2, 3]), 2)
    with pytest.raises(FormError, match="damaged"):
        ParquetRows(b"PAR1 and no more", 2)
    assert set(file.within(10**6)) == {"a", "b", "c"} and file.within(0) == []


def test_lists_without_end_are_not_read():
    file = ParquetRows(packed(a=[[0] * 1_000_000], b=[1]), 10)
    assert file.within(10**9) == ["b"]
    with pytest.raises(FormError):
        list(file.read(["a"], 10**9))


@pytest.mark.parametrize("read", ["captions", "table"])
def test_a_bomb_does_not_go_off(tmp_path, read):
    (tmp_path / "bomb.parquet").write_bytes(bomb())
    assert (tmp_path / "bomb.parquet").stat().st_size < 2_000_000
    script = (
        "import sys, resource; from pathlib import Path\n"
        "from core.exports.read_tables import read_table\n"
        "from core.data.captions import parse_captions\n"
        "data = Path(sys.argv[1]).read_bytes()\n"
        "try: parse_captions('a', data) if sys.argv[2] == 'captions' else read_table('a', data)\n"
        "except ValueError as error: print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "bomb.parquet"), read]
    limit = 8_000_000_000  # that nobody's machine is brought down by a failure
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip
    *_, peak = done.stdout.splitlines()
    assert int(peak) < 3_000_000  # kB
