"""``python -m core.report``: the scores in ``results/`` written into the README and the model cards.

No score is typed by hand: each stands between two markers, and a test compares what stands there with the files.
"""

import json
import sys
from pathlib import Path

from core.checkpoints import CARD, list_checkpoints
from core.evaluation import METRICS

REPOSITORY = Path(__file__).resolve().parent.parent
START, END = "<!-- scores -->", "<!-- /scores -->"
_KEYS = ("model", "dataset", "split", "n", "beam", "checkpoint", *METRICS)
_ORDER = ("none", "soft", "hard")  # as everywhere; other models follow by name


class ReportError(ValueError):
    """A results file or a page that cannot be used; the message is a sentence."""


def read_results(folder: Path) -> list[dict]:
    """The results in ``folder``, as ``evaluate photos --results`` writes them, each with its file name as "file".

    Raises:
        ReportError: a file is not such a result.
    """
    results = []
    for path in sorted(Path(folder).glob("photos-*.json")):
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
            results.append({"file": path.name, **{key: result[key] for key in _KEYS}})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReportError(f"{path} is no result of `python -m core evaluate photos --results`.") from error
    return sorted(results, key=_place)


def table(results: list[dict], folder: str) -> str:
    """The results as a Markdown table; ``folder`` leads from the page to their files."""
    if not results:
        return "Not measured yet.\n"
    head = ["model", "data", "photos", "beam", *METRICS]
    rows = [head, ["---", "---", *["---:"] * (len(head) - 2)]]
    for result in results:
        data = f"{Path(result['dataset']).stem.removeprefix('dataset_')} {result['split']}"
        scores = ["-" if result[metric] is None else f"{result[metric]:.1f}" for metric in METRICS]
        model = f"[{Path(result['model']).name}]({folder}/{result['file']})"
        rows.append([model, data, f"{result['n']:,}", str(result["beam"]), *scores])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def fill(text: str, block: str) -> str:
    """``text`` with ``block`` between its two markers.

    Raises:
        ReportError: the markers do not stand there once each, in order.
    """
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end) or START in rest or END in before + after:
        raise ReportError(f"There must be one {START} and after it one {END}.")
    return f"{before}{START}\n{block}{END}{after}"


def pages(root: Path = REPOSITORY) -> dict[Path, str]:
    """What the README and each model card with markers should hold; a card shows its own weights' scores only."""
    results = read_results(root / "results")
    wanted = {root / "README.md": table(results, "results")}
    for checkpoint in list_checkpoints(root / "checkpoints"):
        card = checkpoint.path / CARD
        if card.is_file() and START in card.read_text(encoding="utf-8"):
            own = [result for result in results if result["checkpoint"] == checkpoint.config["sha256"]]
            wanted[card] = table(own, "../../results")
    return {path: fill(path.read_text(encoding="utf-8"), block) for path, block in wanted.items()}


def _place(result: dict) -> tuple:
    model = Path(result["model"]).name
    rank = _ORDER.index(model) if model in _ORDER else len(_ORDER)
    return result["dataset"], result["split"], rank, model, result["beam"]


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
