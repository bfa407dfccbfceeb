"""How fast captions are: ``python -m benchmarks.photos``, writes ``results/benchmark-photos.json``.

Machines differ, so the targets are ratios of things timed in turn within one run, on two cores: what we add to the
encoder's forward pass, and to the import of torch. Medians over the repeats. Leave the machine alone meanwhile.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import torch

from core import checkpoints
from core.captioning import gallery
from core.captioning.encoder import Encoder
from core.captioning.photo import encode_jpeg, open_photo
from core.captioning.service import CaptionService
from core.captioning.settings import Settings
from core.captioning.stream import BATCH, caption_stream
from core.checkpoints.modules import autocast, inference_dtype
from core.results.files import RESULTS, write_result
from core.results.provenance import REPOSITORY, made_by

CORES = 2
SIDE = 500  # pixels of the photos' long side, as in Flickr8k
ONE_PHOTO = {"caption": ("soft",), "transformer": ("transformer",), "three_models": ("none", "soft", "hard")}
SETTINGS = Settings(beam=4)

# name -> (what it is, the bound, whether it is a most or a least)
TARGETS = {
    "caption": (
        "a full caption with trace (JPEG, encoder, beam 4, all words) / the encoder's forward pass",
        2.0,
        "most",
    ),
    "transformer": ("a full caption of the transformer, every head kept / the encoder's forward pass", 2.0, "most"),
    "three_models": ("the same with none, soft and hard on one photo / the encoder's forward pass", 3.0, "most"),
    "folder": ("photos a second, captioning a folder / the encoder alone, in the same batches", 0.6, "least"),
    "first_caption": ("the first caption in a fresh process / a process that imports torch", 3.0, "most"),
    "page_rerun_ms": ("the page's rerun on another beam width, without the model's time, ms", 150.0, "most"),
    "memory_mib": ("the page's process with every model loaded, at its largest, MiB", 1024.0, "most"),
}


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(works: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """The median seconds of each of several works, timed in turn so that a slow spell touches all of them."""
    times = [[seconds(work) for work in works] for _ in range(repeats)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


@torch.inference_mode()
def forward(encoder: Encoder, pixels: torch.Tensor) -> torch.Tensor:
    """The encoder's forward pass alone: pixels -> grids, in this processor's own precision."""
    with autocast():
        grids: torch.Tensor = encoder(pixels)
        return grids


def pixels(encoder: Encoder, jpegs: Sequence[bytes]) -> torch.Tensor:
    """JPEGs as the encoder takes them, (B, 3, side, side)."""
    return encoder.squash([open_photo(data) for data in jpegs])


def measure_one_photo(service: CaptionService, jpegs: Sequence[bytes], repeats: int) -> dict[str, float]:
    """Seconds for one photo: the encoder's forward pass, and the captions of each of :data:`ONE_PHOTO`."""
    photo, encoder = cycle(jpegs), service.encoder
    ready = cycle([pixels(encoder, [data]) for data in jpegs])

    def caption(models: Sequence[str]) -> None:
        grids = service.encode([open_photo(next(photo))])
        for model in models:
            service.caption(grids, model, SETTINGS)

    works: list[Callable[[], object]] = [lambda: forward(encoder, next(ready))]
    works += [partial(caption, models) for models in ONE_PHOTO.values()]
    in_turn(works, 3)  # the first passes also load the weights and choose kernels
    return dict(zip(("encoder", *ONE_PHOTO), in_turn(works, repeats), strict=True))


def measure_folder(service: CaptionService, jpegs: Sequence[bytes], repeats: int) -> dict[str, float]:
    """Photos a second: the encoder alone in batches, and captioning a folder from the files on."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n:03}.jpg" for n in range(4 * BATCH)]
        for path, data in zip(paths, islice(cycle(jpegs), len(paths)), strict=True):
            path.write_bytes(data)
        starts = range(0, len(paths), BATCH)
        batches = [pixels(service.encoder, [path.read_bytes() for path in paths[i : i + BATCH]]) for i in starts]
        sources = [(path.name, path.read_bytes) for path in paths]
        works = [
            lambda: [forward(service.encoder, batch) for batch in batches],
            lambda: list(caption_stream(service, sources, ["soft"], SETTINGS)),
        ]
        in_turn(works, 1)
        encoder, folder_seconds = in_turn(works, repeats)
    return {"encoder": len(paths) / encoder, "folder": len(paths) / folder_seconds}


def measure_start(root: Path, jpeg: bytes, repeats: int) -> dict[str, float]:
    """Seconds of a process that imports torch, and of one that captions a photo through the command line."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        photo.write_bytes(jpeg)
        caption = ["-m", "core", "caption", str(photo), "--checkpoints", str(root)]

        def run(*arguments: str) -> None:
            subprocess.run([sys.executable, *arguments], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)

        works = [lambda: run("-c", "import torch"), lambda: run(*caption)]
        in_turn(works, 1)  # the files' first reading
        import_torch, first = in_turn(works, repeats)
    return {"import_torch": import_torch, "first_caption": first}


def measure_page(root: Path) -> dict[str, float]:
    """What ``benchmarks.page`` measures in its own process."""
    command = [sys.executable, "-m", "benchmarks.page", str(root)]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def machine() -> dict[str, str | int]:
    """What the figures were measured on."""
    model = platform.processor()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    return {
        "processor": model,
        "cores": CORES,
        "precision": str(inference_dtype()).removeprefix("torch."),
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.photos", description=__doc__)
    parser.add_argument("--checkpoints", type=Path, default=checkpoints.ROOT, metavar="DIR")
    parser.add_argument("--repeats", type=int, default=21, help="of one photo; the longer works take a third of them")
    parser.add_argument("--out", type=Path, default=RESULTS / "benchmark-photos.json", metavar="FILE")
    arguments = parser.parse_args()
    root, few = arguments.checkpoints.resolve(), max(3, arguments.repeats // 3)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    torch.set_num_threads(CORES)

    service = CaptionService(root)
    jpegs = [encode_jpeg(gallery.load(name), SIDE) for name in gallery.GALLERY]
    one = measure_one_photo(service, jpegs, arguments.repeats)
    folder = measure_folder(service, jpegs, few)
    start = measure_start(root, jpegs[0], few)
    page = measure_page(root)
    measured = {
        **{name: one[name] / one["encoder"] for name in ONE_PHOTO},
        "folder": folder["folder"] / folder["encoder"],
        "first_caption": start["first_caption"] / start["import_torch"],
        "page_rerun_ms": page["rerun_ms"],
        "memory_mib": page["memory_mib"],
    }
    figures = {}
    for name, (what, bound, kind) in TARGETS.items():
        value = measured[name]
        met = value <= bound if kind == "most" else value >= bound
        figures[name] = {"what": what, "measured": round(value, 3), "target": f"at {kind} {bound:g}", "met": met}
        print(f"{name:14} {value:8.2f}  at {kind} {bound:g}{'' if met else '  MISSED'}")
    result = {
        "figures": figures,
        "seconds": {"one_photo": one, "start": start},
        "photos_a_second": folder,
        "page": page,
        "repeats": arguments.repeats,
        "machine": machine(),
    }
    write_result(arguments.out, result, made_by("benchmarks.photos", sys.argv[1:]))


if __name__ == "__main__":
    main()
