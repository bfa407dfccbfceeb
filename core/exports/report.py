"""Many photos and what the models say about them: a table for a spreadsheet, and a page to look through."""

import csv
import datetime
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.exports.templates import render
from core.views.text import cell

Scores = Mapping[str, float | None]  # a metric -> times 100, None where it could not be measured


@dataclass(frozen=True)
class Row:
    """One photo of a report.

    Attributes:
        name: of the photo.
        jpeg: the photo, small, as a JPEG; empty where it could not be read.
        captions: model -> caption.
        scores: model -> its caption's scores.
        problem: a sentence why the photo has no captions, else empty.
        references: captions of people, if there are any.
        doubt: a sentence why the captions may be a guess, else empty.
    """

    name: str
    jpeg: bytes
    captions: Mapping[str, str]
    scores: Mapping[str, Scores] = field(default_factory=dict)
    problem: str = ""
    references: Sequence[str] = ()
    doubt: str = ""


def report_csv(rows: Sequence[Row]) -> bytes:
    """A line a photo: its name, each model's caption, then each score that any caption has, then what people wrote and
    what doubt there is, where there is any, then the problem.

    UTF-8 with the mark by which spreadsheets know it. Text that a spreadsheet would take for a formula begins with
    an apostrophe.
    """
    models, scored = _models(rows), [(model, metric) for model in _models(rows) for metric in _metrics(rows, model)]
    out = io.StringIO()
    lines = csv.writer(out)
    more: dict[str, Callable[[Row], str]] = {}
    if any(row.references for row in rows):
        more["captions by people"] = lambda row: " | ".join(row.references)
    if any(row.doubt for row in rows):
        more["doubt"] = lambda row: row.doubt
    named = ["photo", *models, *(f"{model} {metric}" for model, metric in scored), *more, "problem"]
    lines.writerow(map(cell, named))
    for row in rows:
        scores = [row.scores.get(model, {}).get(metric) for model, metric in scored]
        texts = [row.name, *(row.captions.get(model, "") for model in models)]
        numbers = ["" if score is None else round(score, 2) for score in scores]
        lines.writerow([*map(cell, texts), *numbers, *(cell(tell(row)) for tell in more.values()), cell(row.problem)])
    return out.getvalue().encode("utf-8-sig")


def report_html(
    rows: Sequence[Row],
    title: str = "Captions",
    totals: Mapping[str, Scores] | None = None,
    date: datetime.date | None = None,
    basis: str = "",
    about: Sequence[str] = (),
) -> bytes:
    """The same as one page, which opens offline in any browser: a thumbnail a photo, a column a model.

    Args:
        rows: in the order shown.
        title: of the page.
        totals: model -> its scores over all photos, shown above them.
        date: of the captions; today by default.
        basis: which photos the totals rest on: "12 of 50 photos"; all rows where nothing is said.
        about: what else there is to say of the captions, a sentence each.
    """
    return render(
        "report.html",
        "report.css",
        rows=rows,
        models=_models(rows),
        referenced=any(row.references for row in rows),
        title=title,
        totals=totals,
        basis=basis or ("one photo" if len(rows) == 1 else f"all {len(rows)} photos"),
        about=about,
        metrics=_unique(metric for scores in (totals or {}).values() for metric in scores),
        date=date or datetime.date.today(),
    )


def _models(rows: Sequence[Row]) -> list[str]:
    return _unique(model for row in rows for model in row.captions)


def _metrics(rows: Sequence[Row], model: str) -> list[str]:
    return _unique(metric for row in rows for metric in row.scores.get(model, {}))


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
