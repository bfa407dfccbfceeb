"""Drawn paths of hard attention to take away: every path with its seed, its sentence and its cells."""

import csv
import datetime
import io
import json
from collections.abc import Mapping, Sequence

from core.captioning.sampled_paths import SampledPaths
from core.exports.templates import render
from core.views.text import cell

FORMAT = "glimpse paths 1"


def paths_csv(drawn: SampledPaths, seed: int) -> bytes:
    """A line a path: its number, its seed, its sentence, and the cells that it looked at, row:column from 1, by word.

    Args:
        seed: of the first path; see :func:`core.captioning.sampled_paths.draw_paths`.
    """
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["path", "seed", "sentence", "glimpses (row:column)"])
    for n, path in enumerate(drawn.paths):
        cells = [f"{step.glimpse[0] + 1}:{step.glimpse[1] + 1}" for step in path.steps if step.glimpse]
        lines.writerow([n + 1, seed + n, cell(path.caption), " ".join(cells)])
    return out.getvalue().encode("utf-8-sig")


def paths_json(drawn: SampledPaths, seed: int, photo: str, checkpoint: str) -> bytes:
    """Every path word by word, with what makes it again; cells are [row, column] from 0.

    Args:
        seed: of the first path.
        photo: which photo it is, in words.
        checkpoint: sha256 of the model's weights.
    """
    data = {
        "format": FORMAT,
        "photo": photo,
        "model": drawn.paths[0].model,
        "checkpoint": checkpoint,
        "grid": list(drawn.paths[0].grid),
        "paths": [
            {
                "seed": seed + n,
                "caption": path.caption,
                "log_prob": path.log_prob,
                "words": [{"word": step.word, "prob": step.prob, "glimpse": step.glimpse} for step in path.steps],
            }
            for n, path in enumerate(drawn.paths)
        ],
        "cloud": [[round(share, 6) for share in row] for row in drawn.cloud.tolist()],
    }
    return (json.dumps(data, allow_nan=False) + "\n").encode("ascii")


def paths_html(
    drawn: SampledPaths,
    title: str,
    pictures: Mapping[str, bytes],
    notes: Sequence[str] = (),
    date: datetime.date | None = None,
) -> bytes:
    """The same as a page, which opens offline in any browser: how often each sentence came, and pictures.

    Args:
        pictures: what each shows -> JPEG.
        notes: what there is to say of it, a paragraph each.
        date: of the draw; today by default.
    """
    return render(
        "gamble.html",
        "report.css",
        title=title,
        captions=[(len(numbers), caption or "(no words)") for caption, numbers in drawn.captions.items()],
        count=len(drawn.paths),
        model=drawn.paths[0].model,
        pictures=pictures,
        notes=notes,
        date=date or datetime.date.today(),
    )
