"""A class of thirty at one server: ``python -m benchmarks.load``, writes ``results/benchmark-load.json``.

The app runs in a process of its own on this machine's loopback address; visitors speak its protocol. Waits are given
as multiples of the wait of one visitor alone, in the same run. Leave the machine alone meanwhile.
"""

import argparse
import asyncio
import base64
import io
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageStat

from benchmarks.photos import CORES, machine
from benchmarks.visitor import Shown, Visitor
from core.captioning import gallery
from core.captioning.photo import encode_jpeg
from core.captioning.service import CaptionService
from core.memory.document import Document
from core.results.files import RESULTS, write_result
from core.results.provenance import REPOSITORY, made_by

ALONE = 8  # captions that one visitor asks for, one after the other
SIDE = 500  # pixels of an own photo's longer side
LONG = 4.0  # seconds; who sees nothing come for longer must have been told how many come first, or that it takes longer
TOLD = ("first.", "longer.")  # how such sentences end
UNLIKE = 4.0  # levels of 255 by which a channel's mean may differ between a photo and what the page shows of it
AFTER = 150  # seconds after which those who left are forgotten: Streamlit keeps a session two minutes for a reconnect
THINGS = ("apple", "ball", "book", "lamp", "cup", "key", "hat", "pen", "map", "bag")

# name -> (what it is, the most it may be)
TARGETS = {
    "wait": ("the median wait for a caption of one's own photo, all asking at once / the wait alone", 35.0),
    "longest_wait": ("the longest of these waits / the wait alone", 45.0),
    "same_photo": ("the median wait when all ask for the same new photo at once / the wait alone", 6.0),
    "after_broken_off": ("the wait behind ten who asked and closed the page / the wait alone", 14.0),
    "failures": ("visitors who saw an error, or another's photo", 0.0),
    "untold": ("visitors for whom nothing came for over four seconds, and who were told nothing", 0.0),
    "memory_mib": ("the server's memory at its largest, MiB", 2048.0),
    "memory_growth": ("its memory after the last lesson / after the first", 1.25),
    "memory_kept": ("its memory after all have left / before they came, every model loaded", 1.25),
}


@dataclass
class Class:
    """What a number of visitors met with.

    Attributes:
        waits: seconds that a caption of one's own photo took, one a visitor.
        failures: a sentence each.
        untold: how many waited long and did not know for whom.
    """

    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    untold: int = 0

    def check(self, who: str, shown: Shown) -> Shown:
        """Keep what the visitor saw of errors."""
        self.failures += [f"{who}: {text}" for text in shown.failures]
        return shown


@contextmanager
def serve() -> Iterator[tuple[int, str]]:
    """The app's process and address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=log, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                try:
                    with urllib.request.urlopen(f"{address}/_stcore/health"):
                        break
                except OSError:
                    time.sleep(0.1)
            yield process.pid, address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def memory(pid: int, what: str = "VmRSS") -> float:
    """What a process holds now ("VmRSS") or held at most ("VmHWM"), MiB; Linux only."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(what)


@lru_cache(maxsize=200)
def own_photo(number: int) -> bytes:
    """A photo that nobody else has: one of the gallery under a veil of the number's own colour."""
    names = list(gallery.GALLERY)
    photo = gallery.load(names[number % len(names)])
    veil = Image.new("RGB", photo.size, (number * 67 % 256, number * 151 % 256, number * 223 % 256))
    return encode_jpeg(Image.blend(photo, veil, 0.4), SIDE)


def own_story(number: int) -> str:
    """The part of a link with a story that nobody else tells."""
    thing, place = THINGS[number % len(THINGS)], f"garden {number}"
    return f"story={Document(f'Mary took the {thing}. Mary went to the {place}.', f'Where is the {thing}?').to_text()}"


def is_shown(shown: Shown, data: bytes) -> bool:
    """Whether the photo that the page shows is this one."""
    jpeg = base64.b64decode(shown.payload("explore.player")["photos"][0]["jpeg"])
    seen, meant = (ImageStat.Stat(Image.open(io.BytesIO(one)).convert("RGB")).mean for one in (jpeg, data))
    return all(abs(a - b) < UNLIKE for a, b in zip(seen, meant, strict=True))


@asynccontextmanager
async def entered(address: str) -> AsyncIterator[tuple[Visitor, str]]:
    """A visitor who has opened the explorer, and its place for uploads."""
    async with Visitor(address) as visitor:
        shown = await visitor.open("")
        yield visitor, shown.widget("file_uploader", "explore.upload")


async def caption_own(visitor: Visitor, place: str, number: int, met: Class) -> None:
    """Upload a photo and wait for its caption, which counts from the upload's end."""
    data = own_photo(number)
    await visitor.upload(place, f"{number}.jpg", data)
    start = time.perf_counter()
    shown = met.check(f"upload {number}", await visitor.open(""))
    met.waits.append(time.perf_counter() - start)
    met.untold += shown.silence > LONG and not any(said.endswith(TOLD) for said in shown.meanwhile)
    if not await asyncio.to_thread(is_shown, shown, data):
        met.failures.append(f"upload {number}: another photo was shown.")


async def journey(address: str, number: int, met: Class) -> None:
    """What a student does in a lesson, without a pause: an own photo, explore, compare, a story, the tour, results."""
    names = [name for name in gallery.GALLERY if name != next(iter(gallery.GALLERY))]
    async with entered(address) as (visitor, place):
        await caption_own(visitor, place, number, met)
    async with Visitor(address) as visitor:
        who, photo = f"visitor {number}", names[number % len(names)]
        for page, query in (
            ("", f"photo={photo}&model=soft&beam={2 + number % 3}"),
            ("compare", f"photo={photo}&models=soft,hard"),
            ("stories", own_story(number)),
            ("learn", ""),
            ("results", ""),
        ):
            met.check(who, await visitor.open(page, query))


async def together(count: int, work: Callable[[int], Awaitable[None]], met: Class) -> None:
    """So many at once; one who fails does not stop the others."""
    for outcome in await asyncio.gather(*(work(n) for n in range(count)), return_exceptions=True):
        if isinstance(outcome, BaseException):
            met.failures.append(f"{type(outcome).__name__}: {outcome}")


async def rush(address: str, count: int, photo: Callable[[int], int], met: Class) -> None:
    """All are there, and then ask for a caption of their own photo at the same moment."""
    for n in range(count):
        own_photo(photo(n))  # now, and not while others wait
    async with AsyncExitStack() as stack:
        places = [await stack.enter_async_context(entered(address)) for _ in range(count)]
        await together(count, lambda n: caption_own(*places[n], photo(n), met), met)


async def broken_off(address: str, number: int, met: Class) -> None:
    """Ten ask and are gone at once; then somebody comes who waits."""
    async with AsyncExitStack() as stack:
        waiting, place = await stack.enter_async_context(entered(address))
        async with AsyncExitStack() as gone:
            leaving = [await gone.enter_async_context(entered(address)) for _ in range(10)]
            for n, (visitor, own) in enumerate(leaving):
                await visitor.upload(own, "gone.jpg", own_photo(number + 1 + n))
            for visitor, _ in leaving:
                await visitor.ask("")
        await caption_own(waiting, place, number, met)


async def measure(pid: int, address: str, visitors: int, minutes: float) -> dict[str, object]:
    """Every figure of :data:`TARGETS`, and what they were made of."""
    alone, own, same, left = Class(), Class(), Class(), Class()
    for model in CaptionService().captioners():  # every model is loaded
        async with Visitor(address) as visitor:
            alone.check(model, await visitor.open("", f"photo=coffee&model={model}"))
    async with Visitor(address) as visitor:
        alone.check("story", await visitor.open("stories", own_story(0)))
    async with entered(address) as (visitor, place):
        for n in range(ALONE):
            await caption_own(visitor, place, 1000 + n, alone)
    before, alone_wait = memory(pid), statistics.median(alone.waits)
    await rush(address, visitors, lambda n: 2000 + n, own)
    await rush(address, visitors, lambda n: 3000, same)
    await broken_off(address, 4000, left)
    lesson, end = Class(), time.monotonic() + 60 * minutes
    after: list[float] = []  # every lesson, MiB
    while not after or time.monotonic() < end:
        base = 5000 + len(after) * visitors
        await together(visitors, lambda n, base=base: journey(address, base + n, lesson), lesson)  # type: ignore[misc]
        after.append(memory(pid))
        print(f"lesson {len(after)}: {after[-1]:.0f} MiB, {len(lesson.failures)} failures", flush=True)
    await asyncio.sleep(AFTER)
    failures = alone.failures + own.failures + same.failures + left.failures + lesson.failures
    return {
        "measured": {
            "wait": statistics.median(own.waits) / alone_wait,
            "longest_wait": max(own.waits) / alone_wait,
            "same_photo": statistics.median(same.waits) / alone_wait,
            "after_broken_off": left.waits[0] / alone_wait,
            "failures": len(failures),
            "untold": own.untold + same.untold,
            "memory_mib": memory(pid, "VmHWM"),
            "memory_growth": after[-1] / after[0],
            "memory_kept": memory(pid) / before,
        },
        "seconds": {
            "alone": alone_wait,
            "together": sorted(own.waits),
            "lesson": statistics.median(lesson.waits) if lesson.waits else None,
        },
        "lessons": len(after) * visitors,
        "memory_after_lessons": [round(mib) for mib in after],
        "said": failures[:20],
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=0, help="of lessons one after the other; one in any case")
    parser.add_argument("--out", type=Path, default=RESULTS / "benchmark-load.json", metavar="FILE")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with serve() as (pid, address):
        found = asyncio.run(measure(pid, address, arguments.visitors, arguments.minutes))
    measured, figures = found.pop("measured"), {}
    assert isinstance(measured, dict)
    for name, (what, bound) in TARGETS.items():
        value, met = measured[name], measured[name] <= bound
        figures[name] = {"what": what, "measured": round(value, 3), "target": f"at most {bound:g}", "met": met}
        print(f"{name:18} {value:8.2f}  at most {bound:g}{'' if met else '  MISSED'}")
    result = {"figures": figures, "visitors": arguments.visitors, **found, "machine": machine()}
    write_result(arguments.out, result, made_by("benchmarks.load", sys.argv[1:]))


if __name__ == "__main__":
    main()
