"""``python -m core.results.report``: the scores in ``results/`` written into the README and the model cards.

No score is typed by hand: each stands between two markers, and a test compares what stands there with the files.
"""

import json
import sys
from pathlib import Path

from core.checkpoints import CARD, list_checkpoints
from core.results.caption_metrics import METRICS

REPOSITORY = Path(__file__).resolve().parents[2]
START, END = "<!-- scores -->", "<!-- /scores -->"
STORIES = ("<!-- stories -->", "<!-- /stories -->")  # where the README has the scores on stories
SCENES = ("<!-- scenes -->", "<!-- /scenes -->")
BEAM = 4  # that the README quotes
_KEYS = ("model", "dataset", "split", "n", "beam", "checkpoint", *METRICS)
_STORY_KEYS = ("model", "dataset", "split", "n", "mean_error", "failed", "mean_facts", "mean_sequence", "checkpoint")
_STORY_KEYS += ("calibration_error",)
_SCENE_SCORES = {
    "exact": "exact %", "exact_alone": "of one thing %", "exact_relational": "of two things %",
    "mixed_up_relational": "two things, mixed up %", "pointing": "pointing %",
}  # fmt: skip
# As everywhere; other models follow by name.
_ORDER = ("none", "soft", "hard", "story-only", "question-only", "memn2n-none", "memn2n", "memnn", "slots")


class ReportError(ValueError):
    """A results file or a page that cannot be used; the message is a sentence."""


def read_results(folder: Path) -> list[dict]:
    """The results in ``folder``, as ``evaluate photos --results`` writes them, each with its file name as "file".

    Raises:
        ReportError: a file is not such a result.
    """
    return _read(folder, "photos", _KEYS)


def read_story_results(folder: Path) -> list[dict]:
    """The same of ``evaluate stories --results``.

    Raises:
        ReportError: a file is not such a result.
    """
    return _read(folder, "stories", _STORY_KEYS)


def read_scene_results(folder: Path) -> list[dict]:
    """The same of ``evaluate scenes --results``.

    Raises:
        ReportError: a file is not such a result.
    """
    return _read(folder, "scenes", ("model", "split", "n", "checkpoint", *_SCENE_SCORES))


def _read(folder: Path, what: str, keys: tuple[str, ...]) -> list[dict]:
    results = []
    for path in sorted(Path(folder).glob(f"{what}-*.json")):
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
            results.append({"file": path.name, **{key: result[key] for key in keys}})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReportError(f"{path} is no result of `python -m core evaluate {what} --results`.") from error
    return sorted(results, key=_place)


def table(results: list[dict], folder: str) -> str:
    """The results as a Markdown table; ``folder`` leads from the page to their files."""
    if not results:
        return "Not measured yet.\n"
    rows = [["model", "data", "photos", "beam", *METRICS]]
    for result in results:
        data = f"{Path(result['dataset']).stem.removeprefix('dataset_')} {result['split']}"
        scores = [_percent(result[metric]) for metric in METRICS]
        rows.append([_link(result, folder), data, f"{result['n']:,}", str(result["beam"]), *scores])
    return _markdown(rows)


def story_table(results: list[dict], folder: str) -> str:
    """The same of results on stories."""
    if not results:
        return "Not measured yet.\n"
    rows = [
        ["model", "data", "questions", "mean error %", "failed", "facts %", "exact sequence %", "calibration error %"]
    ]
    for result in results:
        scores = [_percent(result[key]) for key in ("mean_facts", "mean_sequence", "calibration_error")]
        rows.append(
            [
                _link(result, folder),
                f"{result['dataset']} {result['split']}",
                f"{result['n']:,}",
                _percent(result["mean_error"]),
                str(result["failed"]),
                *scores,
            ]
        )
    return _markdown(rows)


def scene_table(results: list[dict], folder: str) -> str:
    """The same of results on scenes."""
    if not results:
        return "Not measured yet.\n"
    rows = [["model", "scenes", "captions", *_SCENE_SCORES.values()]]
    for result in results:
        scores = [_percent(result[key]) for key in _SCENE_SCORES]
        rows.append([_link(result, folder), result["split"], f"{result['n']:,}", *scores])
    return _markdown(rows)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _link(result: dict, folder: str) -> str:
    return f"[{Path(result['model']).name}]({folder}/{result['file']})"


def _markdown(rows: list[list[str]]) -> str:
    head, *body = rows
    ruled = [head, ["---", "---", *["---:"] * (len(head) - 2)], *body]
    return "".join(f"| {' | '.join(row)} |\n" for row in ruled)


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


def pages(root: Path = REPOSITORY) -> dict[Path, str]:
    """What the README, the page on captions and each model card with markers should hold.

    The README shows what the usual beam found, a card the scores of its own weights.
    """
    results = root / "results"
    photos, stories, scenes = read_results(results), read_story_results(results), read_scene_results(results)
    tables = {"memory": (story_table, stories), "scene-captioner": (scene_table, scenes)}  # by kind
    readme, captions = root / "README.md", root / "docs" / "captions.md"
    usual = [result for result in photos if result["beam"] == BEAM]
    filled = {readme: fill(readme.read_text(encoding="utf-8"), table(usual, "results"))}
    if captions.is_file():
        filled[captions] = fill(captions.read_text(encoding="utf-8"), table(photos, "../results"))
    for marks, block in ((STORIES, story_table(stories, "results")), (SCENES, scene_table(scenes, "results"))):
        if marks[0] in filled[readme]:
            filled[readme] = fill(filled[readme], block, *marks)
    for checkpoint in list_checkpoints(root / "checkpoints"):
        card = checkpoint.path / CARD
        text = card.read_text(encoding="utf-8") if card.is_file() else ""
        if START in text:
            draw, measured = tables.get(checkpoint.config["kind"], (table, photos))
            own = [result for result in measured if result["checkpoint"] == checkpoint.config["sha256"]]
            filled[card] = fill(text, draw(own, "../../results"))
    return filled


def _place(result: dict) -> tuple:
    model = Path(result["model"]).name
    kind = model.removeprefix("scenes-")
    rank = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
    return result.get("dataset", ""), result["split"], rank, model, result.get("beam")


def main() -> int:
    try:
        for path, text in pages().items():
            if path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                print(path.relative_to(REPOSITORY))
    except ReportError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
