"""The model zoo beside what was measured: the checkpoints by their weights, what papers report, how fast it all is.

All of it is read: from the checkpoints' configs, from ``papers.toml`` and from ``results/``. No number is typed here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.checkpoints import Checkpoint, list_checkpoints
from core.results.files import RESULTS, SCORES, Result, ResultError, read_record

PAPERS = Path(__file__).with_name("papers.toml")
NAMES = {
    "words": "words",
    "centre": "photo's middle %",
    "off_centre": "off centre %",
    "off_centre_chance": "chance %",
    "inside": "weight inside %",
    "chance": "even look %",
    "entropy": "entropy, bits",
    "spread": "spread %",
    "divergence": "moves, bits",
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
_PAPERS_DATA = {
    "photos": "Flickr8k test",
    "gaze": "Flickr30k test",
    "stories": "bAbI test, learnt from {each:,} a task",
}


def read_papers(kind: str) -> list[Result]:
    """What papers report on photos, looks or stories, as they report it."""
    papers = []
    for paper in tomllib.loads(PAPERS.read_text(encoding="utf-8")).get(kind, []):
        data = _PAPERS_DATA[kind].format_map(paper)
        scores = {score: float(paper[score]) if score in paper else None for score in SCORES[kind]}
        papers.append(Result(kind, paper["name"], data, "", None, scores, file=paper["url"], source=paper["cite"]))
    return papers


def by_weights(root: Path) -> dict[str, Checkpoint]:
    """The checkpoints in a folder by the sha256 that their configs name."""
    return {checkpoint.config["sha256"]: checkpoint for checkpoint in list_checkpoints(root)}


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
            data = read_record(path)
            machine = data.get("machine", {})
            common = (data["command"], data["date"], machine.get("processor", ""))
            speeds += [
                Speed(name, one["what"], float(one["measured"]), one["target"], bool(one["met"]), *map(str, common))
                for name, one in data["figures"].items()
            ]
        except (ResultError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return speeds
