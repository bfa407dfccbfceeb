"""``models``: the checkpoints, what each is, and the scores that were measured on exactly those weights."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer

from core.checkpoints.labels import attention_label
from core.cli.common import Checkpoints, InputError, Json, complain
from core.data.printable import printable

RESULTS = "results"  # beside the checkpoints' folder
KINDS = ("captioner", "memory")
# What a results file says of how it was measured, beside the scores; repeated in the listing.
CONTEXT = ("split", "dataset", "n", "beam", "length_penalty", "hold_out")
LOOKS = {"own.pointing": "in its own captions", "forced.pointing": "in people's"}


def models(checkpoints: Checkpoints = None, as_json: Json = False) -> None:
    """List the models: what each is, trained on what, its measured scores, size, licence, sha256."""
    from core.checkpoints import ROOT, CheckpointError, list_checkpoints, verify

    root = checkpoints or ROOT
    damaged: list[CheckpointError] = []
    # Scores are shown for the weights that are there, so these are held against their sha256.
    checked = list_checkpoints(root, verify, damaged.append)
    found = [checkpoint for checkpoint in checked if checkpoint.config["kind"] in KINDS]
    for problem in damaged:
        complain(str(problem))
    if not (found or damaged):
        raise InputError(f"There are no models in {root}.")
    # The project's own results and those beside the folder given, which may be "."; each names its weights' sha256.
    measured = measured_scores([ROOT.parent / RESULTS, Path(os.path.abspath(root)).parent / RESULTS])
    for checkpoint in found:
        config = checkpoint.config
        record = {
            "name": checkpoint.name,
            "kind": config["kind"],
            "attention": config.get("attention"),
            "looks": config.get("looks"),
            "parameters": config["parameters"],
            "bytes": checkpoint.bytes,
            "sha256": config["sha256"],
            "data": config.get("data"),
            "licence": config.get("licence"),
            "scores": measured.get(config["sha256"]),
        }
        print(json.dumps(record, allow_nan=False) if as_json else _describe(record, attention_label(config)))
    if damaged:
        raise typer.Exit(2)


def measured_scores(folders: Iterable[Path]) -> dict[str, list[dict[str, Any]]]:
    """sha256 of weights -> what was measured on them: one entry a results file in ``folders``, by path.

    A file that is no JSON object, or that names no checkpoint, is passed over.
    """
    from core.results.files import SCORES, ResultError, read_record, score_of

    shown = (*CONTEXT, *SCORES["photos"], *SCORES["stories"])
    measured: dict[str, list[dict[str, Any]]] = {}
    for path in sorted({path.resolve() for folder in folders for path in folder.glob("*.json")}):
        try:
            record = read_record(path)
        except ResultError:
            continue
        if isinstance(sha256 := record.get("checkpoint"), str):
            scores = {key: record[key] for key in shown if key in record}
            looks = {key: score for key in SCORES["gaze"] if (score := score_of(record, key)) is not None}
            measured.setdefault(sha256, []).append(scores | looks)
    return measured


def _describe(record: dict[str, Any], attends: str) -> str:
    lines = [", ".join(filter(None, (f"{record['name']}: {record['kind']}", attends)))]
    summaries = [summary for scores in record["scores"] or [] if (summary := _summary(scores))]
    lines += [f"  scores      {summary}" for summary in summaries or ["not measured"]]
    lines += [
        f"  trained on  {record['data']}",
        f"  licence     {record['licence']}",
        f"  size        {record['parameters']:,} parameters, {record['bytes'] / 1e6:,.2f} MB",
        f"  sha256      {record['sha256']}",
    ]
    return "\n".join(map(printable, lines)) + "\n"


def _summary(scores: dict[str, Any]) -> str:
    """One file's scores in a line, and where they were measured as far as it says so; empty without any."""
    from core.results.files import data_name

    n = f"{scores['n']:,}" if isinstance(scores.get("n"), int) else ""
    where = " ".join(str(part) for part in (data_name(scores.get("dataset")), scores.get("split")) if part)
    if isinstance(scores.get("mean_error"), float):
        said = f"mean error {scores['mean_error']:.1f} %"
        if "failed" in scores:
            said += f", {scores['failed']} tasks failed"
        return _of(said, where, f"{n} questions" if n else None)
    photos = f"{n} photos" if n else None
    if isinstance(scores.get("own.pointing"), float):
        looks = (f"{scores[key]:.1f} % {whose}" for key, whose in LOOKS.items() if isinstance(scores.get(key), float))
        return _of(f"looks on what is named: {', '.join(looks)}", where, photos)
    shown = [f"{key} {scores[key]:.1f}" for key in ("BLEU-4", "METEOR", "CIDEr") if isinstance(scores.get(key), float)]
    beam = f"beam {scores['beam']}" if scores.get("beam") else None
    return _of(", ".join(shown), where, photos, beam) if shown else ""


def _of(said: str, *where: object) -> str:
    """What was measured, and in brackets as much of where as is known."""
    known = ", ".join(str(part) for part in where if part)
    return f"{said} ({known})" if known else said
