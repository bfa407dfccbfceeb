"""The files in ``results/``: every score that is quoted anywhere, as the command wrote it that measured it.

``photos-*.json``, ``gaze-*.json``, ``stories-*.json`` and ``scenes-*.json`` hold what was measured on one model each,
and name the weights by their sha256. They may be anybody's: a file that is no result is refused in a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.checkpoints import Checkpoint
from core.checkpoints.labels import looks_label
from core.files import write_whole
from core.results.caption_metrics import METRICS
from core.results.provenance import REPOSITORY

RESULTS = REPOSITORY / "results"
MAX_BYTES = 5_000_000  # of one file
CAPTIONS = ("own", "forced")  # before whose words the looks are measured
LOOKS = (
    "pointing", "centre", "off_centre", "off_centre_chance", "inside", "chance", "entropy", "spread", "divergence",
)  # fmt: skip
# What is measured on each kind of model, by its name in the file; "own.pointing" is "pointing" within "own".
SCORES: dict[str, tuple[str, ...]] = {
    "photos": METRICS,
    "gaze": tuple(f"{captions}.{score}" for captions in CAPTIONS for score in LOOKS),
    "stories": ("mean_error", "failed", "mean_facts", "mean_sequence", "calibration_error"),
    "scenes": ("exact", "pointing", "exact_alone", "exact_relational", "mixed_up_relational"),
}
KINDS = tuple(SCORES)


class ResultError(ValueError):
    """A file that is no result; the message is a sentence."""


@dataclass(frozen=True)
class Result:
    """What one command measured on one model; or what a paper reports, which then has no command.

    Attributes:
        dataset: the name of the data set, empty for scenes; split: which part of it.
        n: of how many photos, questions or scenes; None for a paper.
        scores: by their names in the file; None where there is none.
        beam: photos: of the search.
        tasks: stories: by the task's number, its error in percent.
        checkpoint: the sha256 of the weights.
        command, date, commit: that measured it, when, with which code; empty where the file does not say.
        seed: with which the model was trained.
        file: its name; of a paper, its address.
        source: "ours", or whose paper.
        looks: whether the model was taught where to look, for people; empty where that is not known.
        blind: the model sees half of what it is given: a baseline.
        here: the weights are among the checkpoints.
    """

    kind: str
    model: str
    dataset: str
    split: str
    n: int | None
    scores: Mapping[str, float | None]
    beam: int | None = None
    tasks: Mapping[int, float] = field(default_factory=dict)
    checkpoint: str = ""
    command: str = ""
    date: str = ""
    commit: str = ""
    seed: int | None = None
    file: str = ""
    source: str = "ours"
    looks: str = ""
    blind: bool = False
    here: bool = True

    @property
    def ours(self) -> bool:
        return self.source == "ours"

    @property
    def data(self) -> str:
        """On what: data set, split and beam."""
        beam = "" if self.beam is None else f"beam {self.beam}"
        return ", ".join(part for part in (self.dataset, self.split, beam) if part)

    @property
    def about(self) -> dict[str, str]:
        """When it was measured, on which commit, seed and weights, by name, for people."""
        return {
            "measured": self.date,
            "commit": self.commit[:12],
            "seed": "" if self.seed is None else str(self.seed),
            "weights": f"sha256 {self.checkpoint[:12]}…",
            "file": f"results/{self.file}",
        }


def data_name(dataset: object) -> str:
    """What a data set is called in tables: "flickr8k" for the file ``dataset_flickr8k.json``; "" for none."""
    return Path(str(dataset or "")).name.removeprefix("dataset_").removesuffix(".json")


def read_record(path: Path) -> dict[str, Any]:
    """All that one file of ``results/`` says.

    Raises:
        ResultError: it is too large, or no JSON object of finite numbers.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too large")
        record = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(record, allow_nan=False)  # Python reads NaN and 1e999, which no JSON can hold
    except (OSError, ValueError, RecursionError) as error:
        raise ResultError(f"{path.name} is not JSON, or holds a number that is not finite.") from error
    if not isinstance(record, dict):
        raise ResultError(f"{path.name} holds no JSON object.")
    return record


def _refuse(error: ResultError) -> None:
    raise error


def read_results(
    kind: str,
    folder: Path = RESULTS,
    weights: Mapping[str, Checkpoint] | None = None,
    complain: Callable[[ResultError], None] = _refuse,
) -> list[Result]:
    """What was measured on models of a kind, by file name.

    Args:
        kind: one of :data:`KINDS`.
        weights: sha256 -> the checkpoint with these weights, for what a result does not say itself.
        complain: told of every file that is no result, which is left out.

    Raises:
        ResultError: a file is no result, unless there is another ``complain``.
    """
    found = []
    for path in sorted(Path(folder).glob(f"{kind}-*.json")):
        try:
            found.append(_result(kind, path, weights or {}))
        except ResultError as error:
            complain(error)
        except (ValueError, KeyError, TypeError, AttributeError):
            complain(ResultError(f"{path.name} is no result of an evaluation of {kind}."))
    return found


def _result(kind: str, path: Path, weights: Mapping[str, Checkpoint]) -> Result:
    record = read_record(path)
    scores = {name: _score(score_of(record, name)) for name in SCORES[kind]}
    if all(value is None for value in scores.values()):
        raise ValueError("no score")
    sha256 = str(record["checkpoint"])
    config = weights[sha256].config if sha256 in weights else {}
    return Result(
        kind=kind,
        model=Path(str(record["model"])).name,
        dataset=data_name(record.get("dataset")),
        split=str(record.get("split", "")),
        n=int(record["n"]),
        scores=scores,
        beam=int(record["beam"]) if kind == "photos" else None,
        tasks={int(task): float(one["error"]) for task, one in record.get("tasks", {}).items()},
        checkpoint=sha256,
        command=str(record.get("command", "")),
        date=str(record.get("date", "")),
        commit=str(record.get("commit") or ""),
        seed=None if record.get("seed") is None else int(record["seed"]),
        file=path.name,
        looks=looks_label(config),
        blind=bool(config.get("blind")),
        here=sha256 in weights,
    )


def score_of(record: Mapping[str, Any], name: str) -> Any:
    """A score by its name in :data:`SCORES`, as a file's record has it; None where there is none."""
    value: Any = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _score(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no score.")
    return float(value)


def write_result(
    path: Path, record: Mapping[str, Any], made: Mapping[str, str | None], config: Mapping[str, Any] | None = None
) -> None:
    """Write a results file in one piece; its folder is made where it is missing.

    Args:
        record: what was measured, on what and how.
        made: how it came, as from :func:`core.results.provenance.made_by`.
        config: of the checkpoint that it was measured on, for its sha256 and the seed that it was trained with.
    """
    of_weights = {} if config is None else {"checkpoint": config["sha256"], "seed": config.get("seed")}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps({**record, **made, **of_weights}, indent=1) + "\n")
