"""Many photos and what the models say about them: a table for a spreadsheet, and a page to look through."""

import base64
import csv
import datetime
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from core.views.text import cell, escape, policy_hash

FOLDER = Path(__file__).parent

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
    """

    name: str
    jpeg: bytes
    captions: Mapping[str, str]
    scores: Mapping[str, Scores] = field(default_factory=dict)
    problem: str = ""


def report_csv(rows: Sequence[Row]) -> bytes:
    """A line a photo: its name, each model's caption, then each score that any caption has, then the problem.

    UTF-8 with the mark by which spreadsheets know it. Text that a spreadsheet would take for a formula begins with
    an apostrophe.
    """
    models, scored = _models(rows), [(model, metric) for model in _models(rows) for metric in _metrics(rows, model)]
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(map(cell, ["photo", *models, *(f"{model} {metric}" for model, metric in scored), "problem"]))
    for row in rows:
        scores = [row.scores.get(model, {}).get(metric) for model, metric in scored]
        texts = [row.name, *(row.captions.get(model, "") for model in models)]
        numbers = ["" if score is None else round(score, 2) for score in scores]
        lines.writerow([*map(cell, texts), *numbers, cell(row.problem)])
    return out.getvalue().encode("utf-8-sig")


def report_html(
    rows: Sequence[Row],
    title: str = "Captions",
    totals: Mapping[str, Scores] | None = None,
    date: datetime.date | None = None,
) -> bytes:
    """The same as one page, which opens offline in any browser: a thumbnail a photo, a column a model.

    Args:
        rows: in the order shown.
        title: of the page.
        totals: model -> its scores over all photos, shown above them.
        date: of the captions; today by default.
    """
    date = date or datetime.date.today()
    models = _models(rows)
    style = (FOLDER / "report.css").read_text(encoding="utf-8")
    page = Template((FOLDER / "report.html").read_text(encoding="utf-8")).substitute(
        title=escape(title),
        style=style,
        style_hash=policy_hash(style),
        totals=_totals(totals) if totals else "",
        head="".join(f'<th scope="col">{escape(model)}</th>' for model in models),
        rows="\n".join(_row(row, models) for row in rows),
        count=f"{len(rows)} photo{'s' * (len(rows) != 1)}, {date.day} {date:%B %Y}.",
    )
    return page.encode("utf-8")


def _models(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(model for row in rows for model in row.captions))


def _metrics(rows: Sequence[Row], model: str) -> list[str]:
    return list(dict.fromkeys(metric for row in rows for metric in row.scores.get(model, {})))


def _row(row: Row, models: Sequence[str]) -> str:
    picture = (
        f'<img src="data:image/jpeg;base64,{base64.b64encode(row.jpeg).decode("ascii")}" alt="">' if row.jpeg else ""
    )
    head = f'<th scope="row">{picture}<span>{escape(row.name)}</span></th>'
    if row.problem:
        return f'<tr>{head}<td colspan="{max(1, len(models))}" class="problem">{escape(row.problem)}</td></tr>'
    cells = (f"<td>{escape(row.captions.get(model, ''))}{_scores(row.scores.get(model))}</td>" for model in models)
    return f"<tr>{head}{''.join(cells)}</tr>"


def _scores(scores: Scores | None) -> str:
    if not scores:
        return ""
    return f"<small>{', '.join(f'{escape(metric)} {_score(score)}' for metric, score in scores.items())}</small>"


def _totals(totals: Mapping[str, Scores]) -> str:
    metrics = list(dict.fromkeys(metric for scores in totals.values() for metric in scores))
    head = "".join(f'<th scope="col">{escape(metric)}</th>' for metric in metrics)
    lines = "\n".join(
        f'<tr><th scope="row">{escape(model)}</th>'
        f"{''.join(f'<td>{_score(scores.get(metric))}</td>' for metric in metrics)}</tr>"
        for model, scores in totals.items()
    )
    return (
        '<table class="totals"><caption>Over all photos, times 100</caption>\n'
        f"<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>"
    )


def _score(score: float | None) -> str:
    return "-" if score is None else f"{score:.1f}"
