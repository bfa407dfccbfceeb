"""What the commands share: how a wrong input is said, the options they have in common, and the progress bar."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, Self, TextIO

import typer

from core.data.printable import printable
from core.files import check_writable, write_whole

if TYPE_CHECKING:
    from core.captioning.service import CaptionService
    from core.memory.service import StoryService

Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="A folder under checkpoints/, a path to one, or hub:OWNER/NAME. May be repeated.",
    ),
]
Beam = Annotated[int, typer.Option("--beam", min=1, max=50, help="How many unfinished captions the search keeps.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line and nothing else.")]
Checkpoints = Annotated[
    Path | None,
    typer.Option("--checkpoints", metavar="DIR", help="The folder that holds the models.", show_default=False),
]
MorePhotos = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[DIR_OR_ZIP...]", help="More places with photos: --images takes several in a row."),
]


class InputError(typer.TyperException):
    """The input or the arguments are wrong; the message is the sentence to print."""

    exit_code = 2


def written_here(path: Path | None) -> Path | None:
    """The callback of every option that names what is written: that is on this machine.

    Raises:
        InputError: an address, such as s3://bucket/file, of which a path would make folders of this machine.
    """
    if path and re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", path.as_posix()):  # a path has made one slash of two
        raise InputError(f"{path} is an address; what is written is written on this machine: give a path of it.")
    return path


Results = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Write each model's scores into a file here, and how they came.", callback=written_here
    ),
]
Predictions = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write each caption or answer here, one JSON object a line.", callback=written_here
    ),
]


def input_errors() -> tuple[type[ValueError], ...]:
    """What core raises about things from outside; imported late: only a command that fails needs them."""
    from core.captioning.photo import PhotoError
    from core.checkpoints import CheckpointError
    from core.data.errors import DataError
    from core.memory.story import StoryError

    return PhotoError, CheckpointError, DataError, StoryError


def complain(sentence: str) -> None:
    """Say what is wrong with one input of several; the rest goes on."""
    print(printable(sentence), file=sys.stderr)


def open_caption_service(
    checkpoints: Path | None, names: list[str] | None, default: list[str] | None = None
) -> tuple["CaptionService", list[str]]:
    """A folder's models (the project's own if None), and those asked for: ``names``, else ``default``, else all.

    They are loaded already, so that what is wrong with one of them is said before any work is done.

    Raises:
        CheckpointError: a name is none of a checkpoint's, or the checkpoint is damaged or does not fit the encoder.
        InputError: there is no captioner at all.
    """
    with ProgressBar("Loading the models"):
        from core.captioning.service import CaptionService
        from core.checkpoints import ROOT

        service = CaptionService(checkpoints or ROOT)
        names = [_fetched(name) for name in names or ()]
        chosen = _loaded(names or default or service.captioners(), service.config, f"captioners in {service.root}")
    return service, chosen


def open_story_service(
    checkpoints: Path | None, names: list[str] | None, default: list[str] | None = None
) -> tuple["StoryService", list[str]]:
    """A folder's networks (the project's own if None), and those asked for: ``names``, else ``default``, else all.

    They are loaded already, so that what is wrong with one of them is said before any work is done. Of ``default`` the
    first that there is counts.

    Raises:
        CheckpointError: a name is none of a checkpoint's, or the checkpoint is damaged or no memory network.
        InputError: there is no memory network at all.
    """
    with ProgressBar("Loading the models"):
        from core.checkpoints import ROOT
        from core.memory.service import StoryService

        service = StoryService(checkpoints or ROOT)
        networks = service.networks()
        preferred = [name for name in default or [] if name in networks][:1]
        chosen = _loaded(names or preferred or networks, service.network, f"memory networks in {service.root}")
    return service, chosen


def _fetched(name: str) -> str:
    """A model's name; of ``hub:owner/name`` the folder in which it is kept once it was fetched."""
    if not name.startswith("hub:"):
        return name
    from core.captioning.hub import fetch
    from core.checkpoints.hub import kept

    folder = kept(name)
    return str(folder if (folder / "config.json").exists() else fetch(name, folder))


def _loaded(names: Iterable[str], load: Callable[[str], object], what: str) -> list[str]:
    """The names, each once, of models that are loaded now."""
    chosen = list(dict.fromkeys(names))
    if not chosen:
        raise InputError(f"There are no {what}.")
    for name in chosen:
        load(name)
    return chosen


def cells(values: Iterable[object]) -> list[str]:
    """How a table for people shows values: numbers to one decimal."""
    return [
        "-" if value is None else f"{value:.1f}" if isinstance(value, float) else printable(str(value))
        for value in values
    ]


def check_names(names: Iterable[str]) -> None:
    """Results are told apart by the models' names.

    Raises:
        InputError: two of them have the same.
    """
    names = list(names)
    if len(set(names)) < len(names):
        raise InputError("Two of the models have the same name; score them one at a time.")


def measured_on(dataset: Path, split: str) -> str:
    """The part of a results file's name that says on which photos: data set and split."""
    part = re.sub(r"[^\w.-]", "_", split)
    return f"{dataset.resolve().stem.removeprefix('dataset_')}-{part}"


def prepare_outputs(predictions: Path | None, results: Path | None) -> None:
    """Find out before the work, not after it, whether its outcome can be written.

    Raises:
        InputError: the file of predictions or the folder of results cannot be written.
    """
    try:
        if results:
            results.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{results} cannot be written: {error.strerror}.") from error
    try:
        if predictions:
            check_writable(predictions)
    except OSError as error:
        raise InputError(f"{predictions} cannot be written: {error.strerror}.") from error


def write_predictions(path: Path, rows: Iterable[Mapping[str, object]]) -> bool:
    """Write one JSON object a line, all or none; where that fails, say so: the scores are still to come."""
    try:
        write_whole(path, "".join(f"{json.dumps(row)}\n" for row in rows))
    except OSError as error:
        complain(f"{path} cannot be written: {error.strerror or error}.")
        return False
    return True


class ProgressBar:
    """Rich's progress bar on standard error: only on a terminal, and gone when the work is done.

    Without a ``total``, how far the work has come is not known, and the bar says only that it goes on.
    """

    def __init__(self, label: str, total: int | None = None):
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            # Rich would otherwise send what is printed meanwhile to standard error, results too.
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task(label, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def advance(self) -> None:
        """One more is done."""
        self._bar.advance(self._task)

    def print(self, lines: str) -> None:
        """Print lines of results without tearing the bar, which may be on the same terminal."""
        self._between(lines, sys.stdout)

    def complain(self, sentence: str) -> None:
        """As :func:`complain`, without tearing the bar."""
        self._between(printable(sentence), sys.stderr)

    def _between(self, lines: str, stream: TextIO) -> None:
        self._bar.stop()
        print(lines, file=stream, flush=True)
        self._bar.start()


class Outcome(Protocol):
    """A photo that a stream is done with, and a sentence what was wrong with it, if it could not be used."""

    @property
    def name(self) -> str: ...

    @property
    def problem(self) -> str | None: ...


class PhotoBar(ProgressBar):
    """The progress of photos that are evaluated, and how many of them could not be used."""

    problems = 0

    def photo(self, outcome: Outcome) -> None:
        """One more photo is done; complain if it could not be used."""
        self.advance()
        if outcome.problem:
            self.problems += 1
            self.complain(f"{outcome.name}: {outcome.problem}")

    def finish(self, what: str) -> None:
        """Say, when all results are out, how many photos are left out of ``what``.

        Raises:
            typer.Exit: with code 2, if there are any.
        """
        if self.problems:
            complain(f"{self.problems} of the photos could not be used and are left out of the {what}.")
            raise typer.Exit(2)
