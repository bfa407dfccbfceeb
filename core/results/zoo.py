"""The model zoo: every checkpoint, what was measured on it and by which command, and what papers report.

All of it is read: from ``results/``, from the checkpoints' configs, and from ``papers.toml``. No number is typed here.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.checkpoints import Checkpoint, list_checkpoints
from core.results.caption_metrics import METRICS
from core.results.report import REPOSITORY

RESULTS = REPOSITORY / "results"
PAPERS = Path(__file__).with_name("papers.toml")
MAX_BYTES = 5_000_000  # of one results file
KINDS = ("photos", "stories", "scenes")
# What is shown of each kind, by its name in the file.
SCORES: dict[str, tuple[str, ...]] = {
    "photos": METRICS,
    "stories": ("mean_error", "failed", "mean_facts", "mean_sequence", "calibration_error"),
    "scenes": ("exact", "pointing", "exact_alone", "exact_relational", "mixed_up_relational"),
}
NAMES = {
    "mean_error": "mean error %",
    "failed": "tasks failed",
    "mean_facts": "facts %",
    "mean_sequence": "exact sequence %",
    "calibration_error": "calibration error %",
    "exact": "exactly right %",
    "pointing": "pointing %",
    "exact_alone": "one thing %",
    "exact_relational": "two things %",
    "mixed_up_relational": "mixed up %",
}


@dataclass(frozen=True)
class Measured:
    """What one command measured on one model; or what a paper says, which then has no command.

    Attributes:
        kind: one of :data:`KINDS`.
        model: its name.
        source: "ours", or whose paper.
        data: on what.
        n: of how many photos, questions or scenes; None for a paper.
        scores: by their names in the file; None where there is none.
        command: that measures it anew.
        about: when, on which commit, with which seed, on which weights; by name.
        tasks: stories: by the task's number, its error in percent.
        blind: the model sees half of what it is given: a baseline.
        here: the weights that it was measured on are among the checkpoints.
        file: in ``results/``; of a paper, its address.
    """

    kind: str
    model: str
    source: str
    data: str
    n: int | None
    scores: Mapping[str, float | None]
    command: str = ""
    about: Mapping[str, str] = None
    tasks: Mapping[int, float] = None
    blind: bool = False
    here: bool = True
    file: str = ""

    @property
    def ours(self) -> bool:
        return self.source == "ours"


def read_measured(kind: str, folder: Path = RESULTS, checkpoints: Mapping[str, Checkpoint] | None = None):
    """What was measured on models of a kind, by model and data.

    Args:
        kind: one of :data:`KINDS`.
        folder: of the results files.
        checkpoints: sha256 -> the checkpoint with these weights, as from :func:`by_weights`.

    Returns:
        The results, and a sentence about each file that is no result.
    """
    found, complaints = [], []
    for path in sorted(Path(folder).glob(f"{kind}-*.json")):
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ValueError("too large")
            found.append(_measured(kind, path.name, json.loads(path.read_text(encoding="utf-8")), checkpoints or {}))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            complaints.append(f"{path.name} is no result of an evaluation of {kind}, so it is not shown.")
    return found, complaints


def _measured(kind: str, file: str, data: dict, checkpoints: Mapping[str, Checkpoint]) -> Measured:
    name = Path(str(data["model"])).name
    split = str(data.get("split", ""))
    source = Path(str(data.get("dataset", ""))).name.removeprefix("dataset_").removesuffix(".json")
    said = [part for part in (source, split) if part]
    if kind == "photos":
        said.append(f"beam {int(data['beam'])}")
    weights = str(data["checkpoint"])
    scores = {score: _number(data.get(score)) for score in SCORES[kind]}
    if all(value is None for value in scores.values()):
        raise ValueError("no score")
    tasks = {int(task): float(one["error"]) for task, one in data.get("tasks", {}).items()}
    about = {
        "measured": str(data.get("date", "")),
        "commit": str(data.get("commit") or "")[:12],
        "seed": str(data.get("seed", "")),
        "weights": f"sha256 {weights[:12]}…",
        "file": f"results/{file}",
    }
    config = checkpoints[weights].config if weights in checkpoints else {}
    return Measured(
        kind, name, "ours", ", ".join(said), int(data["n"]), scores, str(data["command"]), about, tasks,
        bool(config.get("blind")), weights in checkpoints, file,
    )  # fmt: skip


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ValueError(f"{value!r} is no score.")
    return float(value)


def read_papers(kind: str, path: Path = PAPERS) -> list[Measured]:
    """What papers report on photos or stories, as they report it."""
    papers = []
    for paper in tomllib.loads(path.read_text(encoding="utf-8")).get(kind, []):
        data = "Flickr8k test" if kind == "photos" else f"bAbI test, learnt from {paper['each']:,} a task"
        scores = {score: _number(paper.get(score)) for score in SCORES[kind]}
        papers.append(Measured(kind, paper["name"], paper["cite"], data, None, scores, about={}, file=paper["url"]))
    return papers


def by_weights(root: Path, complain=None) -> dict[str, Checkpoint]:
    """The checkpoints in a folder by the sha256 that their configs name."""
    told = {} if complain is None else {"complain": complain}
    return {checkpoint.config["sha256"]: checkpoint for checkpoint in list_checkpoints(root, **told)}


@dataclass(frozen=True)
class Speed:
    """One figure of a benchmark: what it is, what was measured, what was aimed at, and whether that was met."""

    name: str
    what: str
    measured: float
    target: str
    met: bool
    command: str
    date: str
    processor: str


def read_speeds(folder: Path = RESULTS) -> list[Speed]:
    """The figures of ``benchmark*-*.json``; a file that holds none is passed over."""
    speeds = []
    for path in sorted(Path(folder).glob("benchmark*.json")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            machine = data.get("machine", {})
            common = (data["command"], data["date"], machine.get("processor", ""))
            speeds += [
                Speed(name, one["what"], float(one["measured"]), one["target"], bool(one["met"]), *map(str, common))
                for name, one in data["figures"].items()
            ]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return speeds
