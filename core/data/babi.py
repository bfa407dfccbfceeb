"""bAbI's stories (Weston et al. 2015): numbered statements, and questions about the statements before them.

A folder or a zip holds one file a task, ``qaN_name_train.txt``, or of any name if none is called so; a line is
``ID statement``, or ``ID question``, answer and the IDs of the supporting facts with tabs between. An ID of 1 begins a
new story.
"""

import random
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.data.errors import DataError
from core.files import write_whole

MAX_BYTES = 20_000_000  # of one file
MAX_LINES = 2_000  # of one story
MAX_SENTENCES = 20_000_000  # over all questions, each with the statements before it

_FILE = re.compile(r"qa(\d{1,3})_[^/\\]*\.txt")
_PART = re.compile(r"_(train|valid|test)\.txt$")
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*1 \S")  # a story's first line


@dataclass(frozen=True)
class Question:
    """One question about a story.

    Attributes:
        sentences: the statements before it, as written, without their numbers.
        answer: a list of several is joined by commas, "apple,milk".
        facts: indices into ``sentences``: the supporting facts in the order of their labels.
        task: bAbI's number of the task.
        story: the number of its story within the task, from 0.
    """

    sentences: tuple[str, ...]
    question: str
    answer: str
    facts: tuple[int, ...]
    task: int
    story: int


def read_babi(source: Path, tasks: Collection[int] | None = None, part: str | None = None) -> dict[int, list[Question]]:
    """Read the questions of every task, in the files' order.

    Args:
        source: a folder, or a zip with such a folder in it; other files in it are passed over.
        tasks: the numbers of the tasks to read; None reads all.
        part: "train" or "test" reads the files whose names end so; None reads all.

    Raises:
        DataError: there is no such file, or one cannot be read, is too large or is not in bAbI's format.
    """
    found: dict[int, list[Question]] = {}
    sentences = 0
    for name, task, data in _files(Path(source), tasks, part):
        questions = found.setdefault(task, [])
        first_story = questions[-1].story + 1 if questions else 0
        for question in _parse(data, name, task, first_story):
            sentences += len(question.sentences)
            if sentences > MAX_SENTENCES:
                raise DataError(
                    f"{source} holds too much: up to {MAX_SENTENCES:,} sentences are read, over all questions."
                )
            questions.append(question)
        if not questions:
            raise DataError(f"{name} holds no questions.")
    if not found:
        wanted = f"qaN_*_{part}.txt" if part else "qaN_*.txt"
        more = " of these tasks." if tasks is not None else ", nor another .txt that begins as those do."
        raise DataError(f"{source} holds no file {wanted}{more}")
    return dict(sorted(found.items()))


def write_babi(questions: Iterable[Question], folder: Path, name: str) -> list[Path]:
    """Write questions as :func:`read_babi` reads them, a file ``qaN_NAME.txt`` for each task; the files written.

    A story's questions stand together, in the order of how much was told before them.
    """
    tasks: dict[int, dict[int, list[Question]]] = {}
    for question in questions:
        tasks.setdefault(question.task, {}).setdefault(question.story, []).append(question)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for task, stories in sorted(tasks.items()):
        path = folder / f"qa{task}_{name}.txt"
        lines: list[str] = []
        for asked in stories.values():
            ids: list[int] = []  # the numbers of the sentences so far
            line = 0
            for question in sorted(asked, key=lambda question: len(question.sentences)):
                for sentence in question.sentences[len(ids) :]:
                    line += 1
                    ids.append(line)
                    lines.append(f"{line} {sentence}\n")
                line += 1
                facts = " ".join(str(ids[fact]) for fact in question.facts)
                lines.append(f"{line} {question.question}\t{question.answer}\t{facts}\n")
        write_whole(path, "".join(lines))
        paths.append(path)
    return paths


def hold_out(questions: Iterable[Question], share: float = 0.1, seed: int = 0) -> tuple[list[Question], list[Question]]:
    """Split into those to learn from and those held out, by whole stories; the order stays.

    Of each task, stories are drawn until they hold ``share`` of its questions. Which are drawn depends on the seed
    and on the task's own questions only. A share of 0 holds out none.
    """
    questions = list(questions)
    sizes: dict[int, dict[int, int]] = {}  # task -> story -> its number of questions
    for question in questions:
        stories = sizes.setdefault(question.task, {})
        stories[question.story] = stories.get(question.story, 0) + 1
    held: set[tuple[int, int]] = set()
    for task, stories in sizes.items():
        order = sorted(stories)
        random.Random(f"{seed}-{task}").shuffle(order)
        wanted, drawn = share * sum(stories.values()), 0
        for story in order:
            if drawn >= wanted:
                break
            drawn += stories[story]
            held.add((task, story))
    split: tuple[list[Question], list[Question]] = ([], [])
    for question in questions:
        split[(question.task, question.story) in held].append(question)
    return split


def _files(source: Path, tasks: Collection[int] | None, part: str | None) -> Iterator[tuple[str, int, bytes]]:
    """(what to call it, task, content) of each file that is asked for, by task and name."""
    try:
        if source.is_dir():
            names = [path.name for path in source.iterdir() if path.is_file()]
            for task, name in _chosen(names, lambda name: _head((source / name).open("rb")), tasks, part):
                with open(source / name, "rb") as file:
                    yield str(source / name), task, file.read(MAX_BYTES + 1)
        elif zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                for task, name in _chosen(archive.namelist(), lambda name: _head(archive.open(name)), tasks, part):
                    with archive.open(name) as member:
                        yield f"{name} in {source}", task, member.read(MAX_BYTES + 1)
        else:
            raise DataError(f"{source} is neither a folder of bAbI's files (qaN_*.txt) nor a zip with them.")
    # RuntimeError: the member is encrypted; NotImplementedError: packed in a way that Python does not know.
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{source} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _chosen(
    names: Sequence[str], head: Callable[[str], bytes], tasks: Collection[int] | None, part: str | None
) -> list[tuple[int, str]]:
    """Task and name of each file that is asked for.

    Where no name says a task, each file whose content begins as bAbI's is a task of its own, by the names' order; its
    train, valid and test parts are one.
    """
    matches = [(_FILE.fullmatch(name.rsplit("/", 1)[-1]), name) for name in names]
    numbered = [(int(match[1]), name) for match, name in matches if match]
    if not numbered:
        found = [name for name in sorted(names) if name.endswith(".txt") and _BEGINS.match(head(name))]
        stems = sorted({_PART.sub("", name) for name in found})
        numbered = [(stems.index(_PART.sub("", name)) + 1, name) for name in found]
    parts = {name: match[1] if (match := _PART.search(name)) else None for _, name in numbered}
    # What is no part by its name is learnt from where no file says that it is for that.
    wanted = {part} if part in parts.values() or part != "train" else {None}
    return sorted(
        (task, name)
        for task, name in numbered
        if (tasks is None or task in tasks) and (part is None or parts[name] in wanted)
    )


def _head(file: IO[bytes]) -> bytes:
    with file:
        return file.read(200)


def _parse(data: bytes, name: str, task: int, story: int) -> Iterator[Question]:
    """The questions of one file; its stories are numbered from ``story``."""
    if len(data) > MAX_BYTES:
        raise DataError(f"{name} is too large: up to {MAX_BYTES // 1_000_000} MB are read.")
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not text in UTF-8.") from error
    story -= 1
    sentences: list[str] = []
    places: dict[int, int] = {}  # ID -> index into sentences
    last = 0
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        number, _, text = line.strip().partition(" ")
        # The first characters are enough to tell a number of a line from anything else.
        current = int(number) if number.isdecimal() and len(number) < 9 else 0
        if current == 1:
            story, sentences, places, last = story + 1, [], {}, 0
        if current <= last or not text.strip() or story < 0:
            raise DataError(f"Line {row} of {name} is not in bAbI's format: a number that counts up from 1, then text.")
        if current > MAX_LINES:
            raise DataError(f"Line {row} of {name}: a story has at most {MAX_LINES:,} lines.")
        last = current
        if "\t" not in text:
            places[current] = len(sentences)
            sentences.append(text.strip())
            continue
        question, answer, *labels = (column.strip() for column in text.split("\t"))
        facts = " ".join(labels).split()
        if not (question and answer and sentences):
            raise DataError(f"Line {row} of {name} is not a question with an answer and a story before it.")
        if not all(fact.isdecimal() and len(fact) < 9 and int(fact) in places for fact in facts):
            raise DataError(f"Line {row} of {name}: its supporting facts are not numbers of statements before it.")
        yield Question(tuple(sentences), question, answer, tuple(places[int(f)] for f in facts), task, story)
