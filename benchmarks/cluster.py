"""Captioning on Ray's workers: ``python -m benchmarks.cluster``, writes ``results/benchmark-cluster.json``.

A folder is captioned by one worker and by two in turn, a thread each, and the rates are compared; what counts is the
time from when every worker has captioned its first block, for what comes before is paid once a run. Under three minutes
on two cores. Leave the machine alone meanwhile.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.photos import CORES, SIDE, machine
from core import checkpoints
from core.captioning import gallery
from core.captioning.photo import encode_jpeg
from core.captioning.registry import DEFAULT
from core.captioning.settings import Settings
from core.captioning.streaming.log import RunLog
from core.captioning.streaming.on_ray import BLOCK, Job, caption_pending
from core.captioning.streaming.places import open_place
from core.captioning.streaming.run import list_place
from core.results.files import RESULTS, write_result
from core.results.provenance import made_by

BLOCKS = 14  # of photos: a first one for each worker, and then as many for the one as for the other
REPEATS = 2
LEAST = 1.6  # times what one worker does


def paint(folder: Path, blocks: int) -> None:
    """The gallery's photos again and again."""
    jpegs = [encode_jpeg(gallery.load(name), SIDE) for name in gallery.GALLERY]
    folder.mkdir()
    for number in range(blocks * BLOCK):
        (folder / f"{number:04}.jpg").write_bytes(jpegs[number % len(jpegs)])


def measure(folder: Path, root: Path, workers: int) -> dict[str, float]:
    """Seconds until the first blocks were there, and photos a second from then on."""
    weights = {DEFAULT: checkpoints.read(root / DEFAULT).config["sha256"]}
    job = Job(open_place(str(folder)), root, weights, Settings())
    with tempfile.TemporaryDirectory() as place, RunLog(Path(place) / "log", {}) as log:
        list_place(log, job.place)
        begun = time.perf_counter()
        times = [time.perf_counter() - begun for _ in caption_pending(log, job, workers)]
    first = times[workers * BLOCK - 1]
    return {"first": first, "rate": (len(times) - workers * BLOCK) / (times[-1] - first)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--checkpoints", type=Path, default=checkpoints.ROOT, metavar="DIR")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--blocks", type=int, default=BLOCKS, help=f"of {BLOCK} photos; at least 3")
    parser.add_argument("--out", type=Path, default=RESULTS / "benchmark-cluster.json", metavar="FILE")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    os.environ.setdefault("RAY_worker_niceness", "0")
    os.environ["OMP_NUM_THREADS"] = "1"
    found: dict[int, list[dict[str, float]]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as place:
        paint(folder := Path(place) / "photos", arguments.blocks)
        for _ in range(arguments.repeats):
            for workers, runs in found.items():
                runs.append(measure(folder, arguments.checkpoints.resolve(), workers))
                print(f"{workers} at work: {runs[-1]['rate']:.2f} photos a second", flush=True)
    rates = {workers: statistics.median(run["rate"] for run in runs) for workers, runs in found.items()}
    measured = rates[2] / rates[1]
    figures = {
        "two_workers": {
            "what": "photos a second of two workers / of one, a thread each",
            "measured": round(measured, 3),
            "target": f"at least {LEAST:g}",
            "met": measured >= LEAST,
        }
    }
    print(f"two_workers {measured:8.2f}  at least {LEAST:g}{'' if measured >= LEAST else '  MISSED'}")
    result = {
        "figures": figures,
        "photos_a_second": {"one_worker": rates[1], "two_workers": rates[2]},
        "seconds_to_begin": {
            f"{'one' if workers == 1 else 'two'}_worker{'s' * (workers > 1)}": statistics.median(
                run["first"] for run in runs
            )
            for workers, runs in found.items()
        },
        "photos": arguments.blocks * BLOCK,
        "model": DEFAULT,
        "repeats": arguments.repeats,
        "machine": machine(),
    }
    write_result(arguments.out, result, made_by("benchmarks.cluster", sys.argv[1:]))


if __name__ == "__main__":
    main()
