"""Record the run that is shown before the first press: soft and hard attention learn side by side."""

import datetime
import gzip
import json
import queue
import tempfile
from typing import Any

import torch

from core.files import write_whole
from core.results.provenance import commit
from core.scenes.live.job import TrainingJob
from core.scenes.live.recorded import FILE
from core.scenes.live.settings import SHOWN, LearnSettings
from core.scenes.live.snapshots import Snapshot, TrainingHistory
from core.scenes.live.worker import Worker

STEPS = 900
KEPT = 18  # snapshots of each learner


def main() -> None:
    torch.set_num_threads(1)
    settings = (LearnSettings("soft"), LearnSettings("hard"))
    histories = [TrainingHistory(most=KEPT) for _ in settings]

    def send(message: dict[str, Any]) -> None:
        if message["event"] == "snapshot":
            seen = Snapshot.from_dict(message["snapshot"])
            histories[seen.learner].add(seen)
            print(seen.learner, seen.step, f"{seen.seconds:.0f} s", seen.exact, seen.pointing, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        Worker(TrainingJob(settings, SHOWN, folder, steps=STEPS, pause=4.0), send).run(queue.Queue())
    record = {
        "shown": SHOWN,
        "settings": [chosen.to_dict() for chosen in settings],
        "origin": {"date": datetime.date.today().isoformat(), "commit": commit(), "steps": STEPS},
        "moments": [_rounded(snapshot) for history in histories for snapshot in history.snapshots],
    }
    write_whole(FILE, gzip.compress(json.dumps(record, separators=(",", ":")).encode(), mtime=0))
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")


def _rounded(snapshot: Snapshot) -> dict[str, Any]:
    """With four digits after the point, and the three likeliest words: small enough to be kept with the code."""
    data: dict[str, Any] = json.loads(json.dumps(snapshot.to_dict()), parse_float=lambda number: _short(float(number)))
    for trace in data["traces"]:
        for step in trace["steps"]:
            step["candidates"] = step["candidates"][:3]
    return data


def _short(number: float) -> float | int:
    rounded = round(number, 4)
    return int(rounded) if rounded == int(rounded) else rounded


if __name__ == "__main__":
    main()
