"""``caption --export``: captions as files to take away, a set of files a photo."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.common import InputError
from core.files import write_whole

if TYPE_CHECKING:
    from core.captioning.service import CaptionService
    from core.captioning.settings import Settings
    from core.captioning.stream import Captioned

FORMATS = ("png", "svg", "gif", "json", "html")


def parse_formats(text: str) -> list[str]:
    """The formats in a list with commas, each once.

    Raises:
        InputError: one of them there is not.
    """
    formats = list(dict.fromkeys(part.strip().lower().removeprefix(".") for part in text.split(",") if part.strip()))
    for format in formats:
        if format not in FORMATS:
            raise InputError(f"There is no format {format!r} to export to; there are {', '.join(FORMATS)}.")
    if not formats:
        raise InputError(f"--formats takes one or more of {', '.join(FORMATS)}.")
    return formats


class Export:
    """A folder that the captions of some photos are written to, and the names of the files.

    A photo ``cat.jpg`` becomes ``cat-soft.png`` and so on, a file a model; ``cat.html`` holds all of the models.

    Raises:
        InputError: the folder cannot be made, or a file is there already and may not be replaced.
    """

    def __init__(
        self, folder: Path, formats: Sequence[str], photos: Sequence[Path], models: Sequence[str], overwrite: bool
    ):
        self._folder, self._formats, self._photos, self._overwrite = folder, formats, photos, overwrite
        self._written = self._replaced = 0
        self._models = dict(zip(models, _distinct([Path(model).resolve().name for model in models]), strict=True))
        self._stems = _distinct([photo.stem for photo in photos])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            present = [path for n in range(len(photos)) for path in self._targets(n) if path.exists()]
        except (OSError, ValueError) as error:  # no folder, not permitted; a zero byte in the name
            raise InputError(f"{folder} cannot be written to: {_reason(error)}.") from error
        if present and not overwrite:
            more = f", and so are {len(present) - 1} others" if len(present) > 1 else ""
            raise InputError(f"{present[0]} is already there{more}; --overwrite replaces what is there.")

    def write(
        self, n: int, data: bytes, outcome: "Captioned", settings: "Settings", service: "CaptionService"
    ) -> str | None:
        """Write the files of the n-th photo, whose bytes are ``data``; a sentence where that is not possible."""
        for path, content in self._contents(n, data, outcome, settings, service):
            try:
                there = path.exists()
                write_whole(path, content, replace=self._overwrite)
            except OSError as error:
                return f"{path} cannot be written: {_reason(error)}."
            self._written += 1
            self._replaced += there
        return None

    def summary(self) -> str:
        """How many files were written where, and how many of them replaced another."""
        replaced = f"; {self._replaced} replaced another" if self._replaced else ""
        return f"{self._written} file{'s' * (self._written != 1)} written to {self._folder}{replaced}."

    def _contents(
        self, n: int, data: bytes, outcome: "Captioned", settings: "Settings", service: "CaptionService"
    ) -> Iterator[tuple[Path, bytes]]:
        """The files of a photo, one after the other: path, bytes."""
        from core import exports
        from core.captioning.photo import open_photo
        from core.checkpoints.labels import attention_label
        from core.views.figures import describe_distance
        from core.views.player import View

        name, photo = self._photos[n].name, open_photo(data)
        about = exports.Photo.of_file(name, photo.size, data, outcome.distance)
        weights = {trace.model: service.config(model)["sha256"] for model, trace in outcome.traces.items()}
        for model, trace in outcome.traces.items():
            make = {
                "png": partial(exports.film_strip_png, photo, trace),
                "svg": partial(exports.film_strip_svg, photo, trace),
                "gif": partial(exports.animation_gif, photo, trace),
                "json": partial(exports.trace_json, trace, about, weights[trace.model], settings),
            }
            for format in self._formats:
                if format in make:
                    yield self._target(n, format, model), make[format]()
        if "html" in self._formats:
            titles = self._models if len(outcome.traces) > 1 else dict.fromkeys(outcome.traces, "")
            alt = f"The photo {name}"
            views = [
                View(photo, trace, alt, titles[model], attention_label(service.config(model)))
                for model, trace in outcome.traces.items()
            ]
            page = exports.standalone_html(
                views, self._photos[n].stem, doubt=describe_distance(outcome.distance), checkpoints=weights,
                settings=settings,
            )  # fmt: skip
            yield self._target(n, "html"), page

    def _targets(self, n: int) -> list[Path]:
        own = [self._target(n, format, model) for format in self._formats if format != "html" for model in self._models]
        return own + ([self._target(n, "html")] if "html" in self._formats else [])

    def _target(self, n: int, format: str, model: str | None = None) -> Path:
        return self._folder / f"{self._stems[n]}{'' if model is None else '-' + self._models[model]}.{format}"


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, numbered where a file system might take one for another."""
    distinct: list[str] = []
    taken: set[str] = set()
    for name in names:
        free, n = name, 1
        while free.casefold() in taken:
            n += 1
            free = f"{name}-{n}"
        taken.add(free.casefold())
        distinct.append(free)
    return distinct
