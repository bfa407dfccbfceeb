"""Parquet files that anybody may have written, read a few rows at a time: a small one can stand for terabytes.

A text that many rows share is stored once, and would be unpacked once for each of them.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import accumulate
from typing import Any

from core.data.caption_entries import FormError

MAX_BATCH = 500_000_000  # bytes that a batch's rows take at most, whatever they share
MAX_BATCH_ROWS = 10_000
MAX_VALUES = 20  # of one row, on average, where a column holds lists


class ParquetRows:
    """A file whose columns' names and sizes are known, and none of whose rows has been read yet.

    Raises:
        FormError: it is damaged or has more than ``most_rows`` rows.
    """

    def __init__(self, data: bytes, most_rows: int) -> None:
        with _sentences():
            import pyarrow.parquet

            self._file = pyarrow.parquet.ParquetFile(BytesIO(data))
            about = self._file.metadata
            self.rows: int = about.num_rows
            self.columns: list[str] = [field.name for field in self._file.schema_arrow]
            self._bytes = dict.fromkeys(self.columns, 0)  # as they are stored, unpacked
            values = dict.fromkeys(self.columns, 0)
            for group in map(about.row_group, range(about.num_row_groups)):
                for part in map(group.column, range(group.num_columns)):
                    name = part.path_in_schema.split(".")[0]
                    self._bytes[name] = self._bytes.get(name, 0) + part.total_uncompressed_size
                    values[name] = values.get(name, 0) + part.num_values
        if self.rows > most_rows:
            raise FormError(f"it has more than {most_rows:,} rows")
        self._crowded = {name for name, count in values.items() if count > MAX_VALUES * max(self.rows, 1_000)}

    def read(self, wanted: Collection[str], most_bytes: int, rows: int | None = None) -> Iterator[dict[str, Any]]:
        """Some columns of the rows, or of the first so many, an object a row.

        Raises:
            FormError: the file is damaged, or the columns take more than ``most_bytes``.
        """
        names = [name for name in self.columns if name in wanted]
        size = sum(self._bytes[name] for name in names)
        if size > most_bytes or self._crowded.intersection(names):
            raise FormError(f"its columns take more than {most_bytes // 1_000_000:,} MB")
        # No value is longer than all that is stored of its column.
        at_once = max(1, min(MAX_BATCH_ROWS, MAX_BATCH // max(1, size), rows or MAX_BATCH_ROWS))
        left = self.rows if rows is None else rows
        with _sentences():
            for batch in self._file.iter_batches(at_once, columns=names):
                yield from batch.slice(0, left).to_pylist()
                left -= batch.num_rows
                if left <= 0:
                    return

    def within(self, most_bytes: int) -> list[str]:
        """The smallest columns, as many as take no more together."""
        sizes = sorted((self._bytes[name], name) for name in set(self.columns) - self._crowded)
        together = accumulate(size for size, _ in sizes)
        return [name for (_, name), total in zip(sizes, together, strict=True) if total <= most_bytes]


@contextmanager
def _sentences() -> Iterator[None]:
    """What is wrong with a file, said as such."""
    import pyarrow

    try:
        yield
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError) as error:
        if isinstance(error, FormError):
            raise
        raise FormError("it is a Parquet file that is damaged") from error
