"""What a run over a folder has found and done so far, in an SQLite file beside the table that it will become.

Every photo is one transaction, so that whatever kills the process, a photo is either done, with all of its captions, or
still to be done. Nothing of the folder is held in memory.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

from core.data.errors import DataError

PAGE = 256  # photos that are asked for at a time
_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS photos (
    id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, size INTEGER, changed INTEGER,
    done INTEGER NOT NULL DEFAULT 0, distance REAL, problem TEXT);
CREATE INDEX IF NOT EXISTS pending ON photos (id) WHERE done = 0;
CREATE TABLE IF NOT EXISTS captions (
    photo INTEGER NOT NULL, number INTEGER NOT NULL, model TEXT NOT NULL, caption TEXT NOT NULL, log_prob REAL NOT NULL,
    PRIMARY KEY (photo, number)) WITHOUT ROWID;
"""


class Found(NamedTuple):
    """A file of the folder: its path in there, and its size and time of change, by which another is told from it.

    ``problem`` says why it will not be opened; "" where it will.
    """

    name: str
    size: int
    changed: int
    problem: str = ""


class Caption(NamedTuple):
    """What a model said of a photo."""

    model: str
    caption: str
    log_prob: float


class Outcome(NamedTuple):
    """What came of a photo.

    Attributes:
        number: the photo's, in the log.
        distance: as in :class:`Row`; None, too, where it could not be captioned.
        problem: a sentence why it could not.
    """

    number: int
    captions: list[Caption]
    distance: float | None
    problem: str | None


class Row(NamedTuple):
    """A row of the table: one model's caption of a photo, or why a file has none.

    Attributes:
        distance: how far the photo lies from those that the models learnt from; beyond 1 it is not ``familiar``.
    """

    photo: str
    model: str | None
    caption: str | None
    log_prob: float | None
    distance: float | None
    familiar: bool | None
    problem: str | None


class RunLog:
    """The log of one run, which no other process can open meanwhile.

    Raises:
        DataError: on opening: it is damaged, in use, or of a run with other settings; later: the disk is full.
    """

    def __init__(self, path: Path, settings: Mapping[str, str]) -> None:
        self.path = path
        with self._sentences():
            self._db = sqlite3.connect(path, timeout=0.2, isolation_level=None)
        try:
            with self._sentences():
                self._claim(settings)
        except DataError:
            self._db.close()
            raise

    def _claim(self, settings: Mapping[str, str]) -> None:
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(_SCHEMA)
        begun = dict(self._db.execute("SELECT name, value FROM settings"))
        if begun and begun != settings:
            names = sorted(begun.keys() | settings)
            changed = ", ".join(name for name in names if begun.get(name) != settings.get(name))
            raise DataError(
                f"{self.path} holds what a run of other settings ({changed}) did. Go on with that, or delete it."
            )
        with self._transaction():
            self._db.executemany("INSERT OR IGNORE INTO settings VALUES (?, ?)", settings.items())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, files: Iterable[Found]) -> None:
        """Take note of files; one that is known stays as it is, unless it has changed since."""
        with self._sentences(), self._transaction():
            for file in files:
                name = os.fsencode(file.name)
                known = self._db.execute("SELECT id, size, changed FROM photos WHERE name = ?", [name]).fetchone()
                if known and known[1:] == (file.size, file.changed):
                    continue
                if known:
                    self._db.execute("DELETE FROM captions WHERE photo = ?", known[:1])
                self._db.execute(
                    "INSERT OR REPLACE INTO photos (id, name, size, changed, done, problem) VALUES (?, ?, ?, ?, ?, ?)",
                    [known and known[0], name, file.size, file.changed, bool(file.problem), file.problem or None],
                )

    def pending(self) -> Iterator[tuple[int, str]]:
        """The number and the name of each photo that is still to be done, in the order in which they were found."""
        last = 0
        while True:
            with self._sentences():
                query = "SELECT id, name FROM photos WHERE done = 0 AND id > ? ORDER BY id LIMIT ?"
                page = self._db.execute(query, [last, PAGE]).fetchall()
            if not page:
                return
            for last, name in page:
                yield last, os.fsdecode(name)

    def done(self, outcome: Outcome) -> None:
        """Write down what came of a photo, all at once."""
        number, captions, distance, problem = outcome
        with self._sentences(), self._transaction():
            rows = [(number, n, *caption) for n, caption in enumerate(captions)]
            self._db.executemany("INSERT OR REPLACE INTO captions VALUES (?, ?, ?, ?, ?)", rows)
            update = "UPDATE photos SET done = 1, distance = ?, problem = ? WHERE id = ?"
            self._db.execute(update, [distance, problem, number])

    def counts(self) -> tuple[int, int, int]:
        """How many files there are, how many of them are done, and how many of those could not be captioned."""
        with self._sentences():
            query = "SELECT count(*), coalesce(sum(done), 0), count(problem) FROM photos"
            found, done, problems = self._db.execute(query).fetchone()
        return int(found), int(done), int(problems)

    def rows(self) -> Iterator[Row]:
        """The table: photos by their names, models in the order in which they were given."""
        query = (
            "SELECT name, model, caption, log_prob, distance, problem FROM photos LEFT JOIN captions ON photo = id"
            " WHERE done ORDER BY name, number"
        )
        with self._sentences():
            for name, model, caption, log_prob, distance, problem in self._db.execute(query):
                photo = name.decode("utf-8", "backslashreplace")
                familiar = None if distance is None else distance <= 1
                yield Row(photo, model, caption, log_prob, distance, familiar, problem)

    def remove_unused(self) -> None:
        """As :meth:`remove`, where no photo has been captioned so far."""
        with self._sentences():
            used = self._db.execute("SELECT 1 FROM photos WHERE done AND problem IS NULL LIMIT 1").fetchone()
        if not used:
            self.remove()

    def remove(self) -> None:
        """Close the log and delete it."""
        self._db.close()
        for file in log_files(self.path):
            file.unlink(missing_ok=True)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            why = "another process is at work with it" if "locked" in str(error) else str(error)
            raise DataError(f"{self.path} cannot be used: {why}.") from error
        except (sqlite3.DatabaseError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"{self.path} is damaged, or no log of a run; delete it to begin anew.") from error


def log_files(path: Path) -> list[Path]:
    """The files that a log may consist of."""
    return [path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal"))]


def settings_of(**values: Any) -> dict[str, str]:
    """Settings as a log holds them."""
    return {name: str(value) for name, value in values.items()}
