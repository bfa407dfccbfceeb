"""``caption``: photos and folders of photos in, sentences out."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from core.cli.caption_folder import caption_folder
from core.cli.common import (
    Beam,
    Checkpoints,
    InputError,
    Json,
    Models,
    ProgressBar,
    complain,
    open_caption_service,
    written_here,
)
from core.cli.export import FORMATS, Export, parse_formats
from core.data.printable import printable

if TYPE_CHECKING:
    from core.captioning.stream import Captioned
    from core.trace import CaptionTrace

NAMED = 20  # of what is left out of folders


def caption(
    photos: Annotated[
        list[str],  # a path would make one slash of an address's two
        typer.Argument(metavar="PHOTO", help="Photos, or folders of photos (not their subfolders)."),
    ],
    models: Models = None,
    beam: Beam = 4,
    method: Annotated[
        Literal["beam", "greedy", "sample"], typer.Option(help="How the words are chosen; a greedy beam is 1 wide.")
    ] = "beam",
    temperature: Annotated[
        float, typer.Option(min=0.01, max=100, help="For sampling: below 1 bolder, above 1 more varied.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="For sampling: the same seed, the same words.")] = 0,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Also write each caption there, as files to take away.",
            show_default=False,
            callback=written_here,
        ),
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option(metavar="LIST", help=f"What to export, with commas: {','.join(FORMATS)}; all by default."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="What is written may replace other files.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="Caption one folder of any size, with its subfolders, or an address that fsspec knows, into a"
            " .parquet, .csv or .jsonl, or a page with pictures, .html. Stopped at any time, the same command goes on.",
            show_default=False,
            callback=written_here,
        ),
    ] = None,
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="With --out: who does the work, this process or a Ray cluster.")
    ] = "local",
    workers: Annotated[
        int | None, typer.Option(min=1, help="With --engine ray: how many; one for each of its CPUs by default.")
    ] = None,
    checkpoints: Checkpoints = None,
    as_json: Json = False,
) -> None:
    """Caption photos. Without --model, soft attention does; several models share one look of the encoder."""
    if out is not None:
        if export is not None or as_json:
            raise InputError("A table is written with --out; --export and --json do not go with it.")
        if workers is not None and engine != "ray":
            raise InputError("--workers are those of --engine ray.")
        caption_folder(photos, out, models, checkpoints, method, beam, temperature, seed, overwrite, engine, workers)
        return
    if engine != "local" or workers is not None:
        raise InputError("--engine and --workers go with --out: they caption a folder into a table.")
    if export is None and (formats is not None or overwrite):
        raise InputError("Name the folder to write to: --export DIR.")
    chosen_formats = FORMATS if formats is None else parse_formats(formats)
    files, wrong, left_out = _expand(photos)
    for sentence in [*wrong, *left_out[:NAMED]]:
        complain(sentence)
    if len(left_out) > NAMED:
        complain(f"{len(left_out) - NAMED} others are left out, too.")
    if not files:
        raise typer.Exit(2)

    from core.captioning.registry import DEFAULT

    service, chosen = open_caption_service(checkpoints, models, default=[DEFAULT])

    from core.captioning.settings import Settings
    from core.captioning.stream import caption_stream
    from core.views.figures import describe_distance

    settings = Settings(method=method, beam=beam, temperature=temperature, seed=seed)
    exporting = Export(export, chosen_formats, files, chosen, overwrite) if export else None
    kept: deque[bytes] = deque()  # what was read and is still to be exported: a pipe can be read only once
    reads = [partial(_keep, kept, partial(_read, path)) if exporting else partial(_read, path) for path in files]
    sources = list(zip(map(str, files), reads, strict=True))
    with ProgressBar("Captioning", len(files)) as bar:
        for n, outcome in enumerate(caption_stream(service, sources, chosen, settings)):
            data = kept.popleft() if exporting else b""
            problem = outcome.problem
            if not problem:
                bar.print("\n".join(_json_lines(outcome) if as_json else _lines(outcome)))
                if not as_json and (remark := describe_distance(outcome.distance)):
                    bar.complain(f"{outcome.name}: {remark}")
                if exporting:
                    problem = exporting.write(n, data, outcome, settings, service)
            if problem:
                wrong.append(problem)
                bar.complain(f"{outcome.name}: {problem}")
            bar.advance()
    if exporting:
        complain(exporting.summary())
    if wrong:
        raise typer.Exit(2)


def _expand(photos: Sequence[str]) -> tuple[list[Path], list[str], list[str]]:
    """Folders become the photos in them, by name; a sentence for each thing that is wrong; and what is left out."""
    from core.captioning.streaming.places import is_address

    files: list[Path] = []
    wrong: list[str] = []
    left_out: list[str] = []
    for photo in photos:
        path = Path(photo)
        try:
            if path.is_dir():
                inside = 0
                for file in sorted(p for p in path.iterdir() if p.name[0] != "."):
                    reason = _why_left_out(file)
                    if reason:
                        left_out.append(f"{file} is left out: {reason}")
                    else:
                        files.append(file)
                        inside += 1
                if not inside:
                    wrong.append(f"The folder {path} holds no photos.")
            elif path.exists():
                files.append(path)
            elif is_address(photo):
                wrong.append(f"{photo} is an address: what lies there is captioned into a table, with --out.")
            else:
                wrong.append(f"There is no file {path}.")
        except (OSError, ValueError) as error:  # not permitted, too long a name, a zero byte in it
            wrong.append(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.")
    return files, wrong, left_out


def _why_left_out(path: Path) -> str | None:
    """Why something in a folder is not tried, None for a photo by content.

    So is what is only called one: opening it says what is wrong with it, and that counts.
    """
    from core.captioning.photo import HEAD, why_no_photo

    if path.is_dir():
        return "folders within a folder are not opened."
    if not path.exists():
        return "it is a link to nothing."
    if not path.is_file():
        return "it is no file."
    if (guess_type(path.name)[0] or "").startswith("image/"):
        return None
    try:
        with open(path, "rb") as file:
            return why_no_photo(file.read(HEAD))
    except OSError as error:
        return f"it cannot be read: {error.strerror or error}."


def _read(path: Path) -> bytes:
    """The bytes of one photo; no more than :func:`open_photo` takes are read, so a pipe without an end is refused."""
    from core.captioning.photo import MAX_BYTES, PhotoError

    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PhotoError(f"The file cannot be read: {error.strerror or error}.") from error


def _keep(kept: deque[bytes], read: Callable[[], bytes]) -> bytes:
    """What ``read`` gives, also put into ``kept``: nothing there where it fails."""
    data = b""
    try:
        data = read()
        return data
    finally:
        kept.append(data)


def _lines(outcome: "Captioned") -> Iterator[str]:
    """For people: one line a photo, or a heading and a line a model."""
    if len(outcome.traces) == 1:
        (trace,) = outcome.traces.values()
        yield printable(f"{outcome.name}: {trace.caption}")
    else:
        width = max(map(len, outcome.traces))
        yield printable(outcome.name)
        for model, trace in outcome.traces.items():
            yield printable(f"  {model:{width}}  {trace.caption}")


def _json_lines(outcome: "Captioned") -> Iterator[str]:
    for model, trace in outcome.traces.items():
        record = caption_record(outcome.name, model, trace, outcome.seconds[model], outcome.distance)
        yield json.dumps(record, allow_nan=False)


def caption_record(
    photo: str, model: str, trace: "CaptionTrace", seconds: float, distance: float | None
) -> dict[str, Any]:
    """The JSON object of one caption, field by field as the command line promises; at the end what else is known.

    ``distance`` is how far the photo lies from those that the models learnt from, null where that was not measured;
    beyond 1 it is not ``familiar``, and the caption is a guess.
    """
    return {
        "photo": photo,
        "model": model,
        "caption": trace.caption,
        "log_prob": trace.log_prob,
        "seconds": round(seconds, 4),
        "words": [
            {"word": step.word, "prob": step.prob, "attention": step.alpha, "glimpse": step.glimpse}
            for step in trace.steps
        ],
        "distance": None if distance is None else round(distance, 4),
        "familiar": None if distance is None else distance <= 1,
    }
