"""``models``: the checkpoints, what each is, and the scores that were measured on exactly those weights."""

import json
from pathlib import Path

from core.cli.common import Checkpoints, InputError, Json

RESULTS = "results"  # beside the checkpoints' folder
KINDS = ("captioner", "memory")
# What a results file says of how it was measured, beside the scores; repeated in the listing.
CONTEXT = ("split", "dataset", "n", "beam", "length_penalty")


def models(checkpoints: Checkpoints = None, as_json: Json = False) -> None:
    """List the models: what each is, trained on what, its measured scores, size, licence, sha256."""
    from core.checkpoints import ROOT, list_checkpoints

    root = checkpoints or ROOT
    found = [checkpoint for checkpoint in list_checkpoints(root) if checkpoint.config["kind"] in KINDS]
    if not found:
        raise InputError(f"There are no models in {root}.")
    measured = measured_scores(root.parent / RESULTS)
    for checkpoint in found:
        config = checkpoint.config
        record = {
            "name": checkpoint.name,
            "kind": config["kind"],
            "attention": config.get("attention"),
            "parameters": config["parameters"],
            "bytes": checkpoint.bytes,
            "sha256": config["sha256"],
            "data": config.get("data"),
            "licence": config.get("licence"),
            "scores": measured.get(config["sha256"]),
        }
        print(json.dumps(record, allow_nan=False) if as_json else _describe(record))


def measured_scores(folder: Path) -> dict[str, list[dict]]:
    """sha256 of weights -> what was measured on them: one entry a results file in ``folder``, by the file's name.

    A file that is no JSON object, or that names no checkpoint, is passed over.
    """
    from core.evaluation import METRICS

    measured: dict[str, list[dict]] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(result, dict) and isinstance(result.get("checkpoint"), str):
            scores = {key: result[key] for key in (*CONTEXT, *METRICS) if key in result}
            measured.setdefault(result["checkpoint"], []).append(scores)
    return measured


def _describe(record: dict) -> str:
    lines = [f"{record['name']}: {record['kind']}, attention {record['attention']}"]
    lines += [f"  scores      {_summary(scores)}" for scores in record["scores"] or []] or [
        "  scores      not measured"
    ]
    lines += [
        f"  trained on  {record['data']}",
        f"  licence     {record['licence']}",
        f"  size        {record['parameters']:,} parameters, {record['bytes'] / 1e6:.1f} MB",
        f"  sha256      {record['sha256']}",
    ]
    return "\n".join(lines) + "\n"


def _summary(scores: dict) -> str:
    shown = [f"{key} {scores[key]:.1f}" for key in ("BLEU-4", "METEOR", "CIDEr") if scores.get(key) is not None]
    return f"{', '.join(shown)} ({scores.get('split')}, {scores.get('n')} photos, beam {scores.get('beam')})"
