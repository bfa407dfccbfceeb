"""The memory of ``caption FOLDER``: ``python -m benchmarks.folder``, writes ``results/benchmark-folder.json``.

Two folders of unlike sizes are captioned, each by a process of its own; its largest memory is what the system tells
of it. The photos are the gallery's, each time cropped a little differently, so that no two files are alike.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from core import checkpoints
from core.captioning import gallery
from core.captioning.photo import encode_jpeg
from core.results.files import RESULTS, write_result
from core.results.provenance import REPOSITORY, made_by

SIZES = (200, 2000)
TARGET = 1.1  # the larger folder's memory / the smaller one's, at most


def fill(folder: Path, count: int) -> None:
    """So many photos, no two alike, in folders of a hundred."""
    photos = [gallery.load(name) for name in gallery.GALLERY]
    rng = random.Random(0)
    for number in range(count):
        photo = photos[number % len(photos)]
        left, top = (rng.randrange(1 + side // 10) for side in photo.size)
        path = folder / f"{number // 100:03}" / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_jpeg(photo.crop((left, top, *photo.size)), 500))


def caption(folder: Path, out: Path, root: Path, model: str) -> tuple[float, float]:
    """The largest memory of the process in MiB, and its seconds."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "core", "caption", str(folder), "--out", str(out), "--model", model]
    process = os.spawnv(os.P_NOWAIT, sys.executable, [*command, "--checkpoints", str(root)])
    _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"Captioning ended with {os.waitstatus_to_exitcode(status)}.")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB elsewhere
    return used.ru_maxrss / unit, time.monotonic() - begun


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.folder", description=__doc__)
    parser.add_argument("--checkpoints", type=Path, default=checkpoints.ROOT, metavar="DIR")
    parser.add_argument("--model", default="none")
    parser.add_argument("--sizes", type=int, nargs=2, default=SIZES, metavar="PHOTOS")
    parser.add_argument("--out", type=Path, default=RESULTS / "benchmark-folder.json", metavar="FILE")
    arguments = parser.parse_args()
    os.chdir(REPOSITORY)
    measured = {}
    for count in arguments.sizes:
        with tempfile.TemporaryDirectory() as home:
            fill(Path(home, "photos"), count)
            out = Path(home, "captions.parquet")
            mib, seconds = caption(Path(home, "photos"), out, arguments.checkpoints.resolve(), arguments.model)
        measured[str(count)] = {"peak_mib": round(mib, 1), "seconds": round(seconds, 1)}
        print(f"{count:6,} photos {mib:8.0f} MiB {seconds:8.0f} s")
    few, many = (measured[str(count)]["peak_mib"] for count in arguments.sizes)
    result = {
        "what": "the largest memory of python -m core caption FOLDER, by the number of photos",
        "model": arguments.model,
        "photos": measured,
        "ratio": round(many / few, 3),
        "target": f"at most {TARGET:g}",
        "met": many / few <= TARGET,
    }
    write_result(arguments.out, result, made_by("benchmarks.folder", sys.argv[1:]))


if __name__ == "__main__":
    main()
