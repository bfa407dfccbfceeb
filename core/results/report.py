"""The scores in ``results/`` as tables in the README and the model cards: ``python -m core report`` writes them.

No score is typed by hand: each stands between two markers, and a test compares what stands there with the files.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from core.checkpoints import CARD, list_checkpoints
from core.results.caption_metrics import METRICS
from core.results.files import CAPTIONS, KINDS, read_record, read_results
from core.results.provenance import REPOSITORY
from core.results.tables import frame, gaze_frame, markdown, written
from core.training.cards import END, START

STORIES = ("<!-- stories -->", "<!-- /stories -->")  # where the README has the scores on stories
SCENES = ("<!-- scenes -->", "<!-- /scenes -->")
GAZE = ("<!-- gaze -->", "<!-- /gaze -->")  # where the page on captions has how well the looks are on what is named
CLUSTER = ("<!-- cluster -->", "<!-- /cluster -->")  # where the page on clusters has what a million photos cost
BEAM = 4  # that the README quotes
_OF_CHECKPOINTS = {"memory": "stories", "scene-captioner": "scenes"}  # what is measured on them; else photos
# The heads of each kind's table: what it was measured on, how many of what, and the scores by their names in the file.
_HEADS: dict[str, tuple[str, str, dict[str, str]]] = {
    "photos": ("data", "photos", {metric: metric for metric in METRICS}),
    "gaze": (
        "data",
        "photos",
        {
            "pointing": "pointing %",
            "centre": "the middle %",
            "off_centre": "off centre %",
            "off_centre_chance": "chance %",
            "inside": "weight inside %",
            "chance": "even look %",
            "spread": "spread %",
            "divergence": "moves, bits",
        },
    ),
    "stories": (
        "data",
        "questions",
        {
            "mean_error": "mean error %",
            "failed": "failed",
            "mean_facts": "facts %",
            "mean_sequence": "exact sequence %",
            "calibration_error": "calibration error %",
        },
    ),
    "scenes": (
        "scenes",
        "captions",
        {
            "exact": "exact %",
            "exact_alone": "of one thing %",
            "exact_relational": "of two things %",
            "mixed_up_relational": "two things, mixed up %",
            "pointing": "pointing %",
        },
    ),
}
_HOW = {"photos": "beam", "gaze": "captions"}  # a column more
CORE_HOUR = 0.05  # dollars, to have an example
_DIGITS = {"failed": 0, "divergence": 2}


class ReportError(ValueError):
    """A page that cannot be written into; the message is a sentence."""


def table(kind: str, results: pd.DataFrame, folder: str) -> str:
    """The results of a kind, rows of :func:`core.results.tables.frame`, in Markdown.

    Args:
        folder: leads from the page to the files of the results.
    """
    if results.empty:
        return "Not measured yet.\n"
    data, count, scores = _HEADS[kind]
    shown = pd.DataFrame({
        "model": "[" + results["model"] + f"]({folder}/" + results["file"] + ")",
        data: (results["dataset"] + " " + results["split"]).str.strip(),
        count: results["n"].map("{:,}".format),
    })  # fmt: skip
    if kind in _HOW:
        shown[_HOW[kind]] = results[_HOW[kind]].map(str)
    for name, head in scores.items():
        digits = _DIGITS.get(name, 1)
        shown[head] = [written(score, digits) if score == score else "-" for score in results[name].astype(float)]
    return markdown(shown)


def fill(text: str, block: str, start_mark: str = START, end_mark: str = END) -> str:
    """``text`` with ``block`` between two markers.

    Raises:
        ReportError: the markers do not stand there once each, in order.
    """
    before, start, rest = text.partition(start_mark)
    _, end, after = rest.partition(end_mark)
    if not (start and end) or start_mark in rest or end_mark in before + after:
        raise ReportError(f"There must be one {start_mark} and after it one {end_mark}.")
    return f"{before}{start_mark}\n{block}{end_mark}{after}"


def cost(path: Path) -> str:
    """What it costs to caption a million photos, in Markdown, from what ``benchmarks/cluster.py`` measured."""
    if not path.is_file():
        return "Not measured yet.\n"
    record = read_record(path)
    one, two = (float(record["photos_a_second"][name]) for name in ("one_worker", "two_workers"))
    hours = 1e6 / (one * 3600)
    return (
        f"One worker captions {written(one)} photos a second, two {written(two)}, which is"
        f" {written(two / one, 2)} times as many ([`{path.name}`](../results/{path.name})). A million photos take\n\n"
        f"    1,000,000 / ({written(one)} photos a second x 3,600) = {written(hours)} hours of one core\n\n"
        "on such a machine, divided by as many workers as there are, and cost those hours times the price of a core for"
        f" an hour. If that were {CORE_HOUR:.2f} dollars, an assumption and no offer, a million photos would cost"
        f" {written(hours * CORE_HOUR, 2)} dollars.\n"
    )


def pages(order: Sequence[str], root: Path = REPOSITORY) -> dict[Path, str]:
    """What the README, the pages on captions and clusters, and each model card with markers should hold.

    The README shows what the usual beam found, a card the scores of its own weights.

    Args:
        order: names of models in the order in which a table has them, of scenes without their prefix; others follow by
            name.

    Raises:
        ReportError: a page has no place for its scores.
        ResultError: a file is no result.
    """
    ranks = {name: rank for rank, name in enumerate(order)}
    results = {}
    for kind in KINDS:
        measured = read_results(kind, root / "results")
        found = pd.concat([gaze_frame(measured, own) for own in CAPTIONS]) if kind == "gaze" else frame(measured)
        found["rank"] = found["model"].str.removeprefix("scenes-").map(ranks).fillna(len(ranks))
        results[kind] = found.sort_values(["dataset", "split", "rank", "model", "beam"])
    readme, captions = root / "README.md", root / "docs" / "captions.md"
    photos = results["photos"]
    usual = table("photos", photos[photos["beam"] == BEAM], "results")
    filled = {readme: fill(readme.read_text(encoding="utf-8"), usual)}
    if captions.is_file():
        gaze = table("gaze", results["gaze"], "../results")
        filled[captions] = fill(captions.read_text(encoding="utf-8"), gaze, *GAZE)
    clusters, speed = root / "docs" / "clusters.md", root / "results" / "benchmark-cluster.json"
    if clusters.is_file():
        filled[clusters] = fill(clusters.read_text(encoding="utf-8"), cost(speed), *CLUSTER)
    for kind, marks in (("stories", STORIES), ("scenes", SCENES)):
        if marks[0] in filled[readme]:
            filled[readme] = fill(filled[readme], table(kind, results[kind], "results"), *marks)
    for checkpoint in list_checkpoints(root / "checkpoints"):
        card = checkpoint.path / CARD
        text = card.read_text(encoding="utf-8") if card.is_file() else ""
        if START in text:
            kind = _OF_CHECKPOINTS.get(checkpoint.config["kind"], "photos")
            own = results[kind]["checkpoint"] == checkpoint.config["sha256"]
            filled[card] = fill(text, table(kind, results[kind][own], "../../results"))
    return filled
