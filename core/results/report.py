"""The scores in ``results/`` as tables in the README and the model cards: ``python -m core report`` writes them.

No score is typed by hand: each stands between two markers, and a test compares what stands there with the files.
"""

from collections.abc import Sequence
from pathlib import Path

from core.checkpoints import CARD, list_checkpoints
from core.results.caption_metrics import METRICS
from core.results.files import KINDS, Result, read_results
from core.results.provenance import REPOSITORY
from core.training.cards import END, START

STORIES = ("<!-- stories -->", "<!-- /stories -->")  # where the README has the scores on stories
SCENES = ("<!-- scenes -->", "<!-- /scenes -->")
BEAM = 4  # that the README quotes
_OF_CHECKPOINTS = {"memory": "stories", "scene-captioner": "scenes"}  # what is measured on them; else photos
# The heads of each kind's table: what it was measured on, how many of what, and the scores by their names in the file.
_HEADS: dict[str, tuple[str, str, dict[str, str]]] = {
    "photos": ("data", "photos", {metric: metric for metric in METRICS}),
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


class ReportError(ValueError):
    """A page that cannot be written into; the message is a sentence."""


def table(kind: str, results: Sequence[Result], folder: str) -> str:
    """The results of a kind as a Markdown table; ``folder`` leads from the page to their files."""
    if not results:
        return "Not measured yet.\n"
    data, count, scores = _HEADS[kind]
    beam = ["beam"] if kind == "photos" else []
    rows = [["model", data, count, *beam, *scores.values()]]
    rows += [["---", "---", *["---:"] * (len(rows[0]) - 2)]]
    for one in results:
        cells = [f"[{one.model}]({folder}/{one.file})", f"{one.dataset} {one.split}".strip(), f"{one.n:,}"]
        cells += [str(one.beam)] if beam else []
        rows.append([*cells, *(_cell(name, one.scores[name]) for name in scores)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cell(name: str, score: float | None) -> str:
    return "-" if score is None else f"{score:.0f}" if name == "failed" else f"{score:.1f}"


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


def pages(order: Sequence[str], root: Path = REPOSITORY) -> dict[Path, str]:
    """What the README, the page on captions and each model card with markers should hold.

    The README shows what the usual beam found, a card the scores of its own weights.

    Args:
        order: names of models in the order in which a table has them, of scenes without their prefix; others follow by
            name.

    Raises:
        ReportError: a page has no place for its scores.
        ResultError: a file is no result.
    """

    def place(one: Result) -> tuple[str, str, int, str, int]:
        name = one.model.removeprefix("scenes-")
        rank = order.index(name) if name in order else len(order)
        return one.dataset, one.split, rank, one.model, one.beam or 0

    results = {kind: sorted(read_results(kind, root / "results"), key=place) for kind in KINDS}
    readme, captions = root / "README.md", root / "docs" / "captions.md"
    usual = [one for one in results["photos"] if one.beam == BEAM]
    filled = {readme: fill(readme.read_text(encoding="utf-8"), table("photos", usual, "results"))}
    if captions.is_file():
        every = table("photos", results["photos"], "../results")
        filled[captions] = fill(captions.read_text(encoding="utf-8"), every)
    for kind, marks in (("stories", STORIES), ("scenes", SCENES)):
        if marks[0] in filled[readme]:
            filled[readme] = fill(filled[readme], table(kind, results[kind], "results"), *marks)
    for checkpoint in list_checkpoints(root / "checkpoints"):
        card = checkpoint.path / CARD
        text = card.read_text(encoding="utf-8") if card.is_file() else ""
        if START in text:
            kind = _OF_CHECKPOINTS.get(checkpoint.config["kind"], "photos")
            own = [one for one in results[kind] if one.checkpoint == checkpoint.config["sha256"]]
            filled[card] = fill(text, table(kind, own, "../../results"))
    return filled
