"""The page without a browser, in a process of its own: how long a rerun takes beside the model's work, and how much
memory is in use once every model is loaded. ``python -m benchmarks.page CHECKPOINTS`` prints a JSON object.
"""

import json
import resource
import statistics
import sys
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.captioning import service
from core.captioning.service import CaptionService

APP = Path(__file__).resolve().parent.parent / "app.py"  # its first page is the explorer
PHOTO = "coffee"  # not the finished example, whose captions need no model
TIMEOUT = 120  # seconds


def timed_studio(root: Path) -> type[CaptionService]:
    """A service of the checkpoints under ``root`` that adds up the time its models take in ``spent``."""

    class TimedStudio(CaptionService):
        spent = 0.0

        def __init__(self, _: Path | None = None):  # whatever folder the page names
            super().__init__(root)

        def encode(self, *arguments, **named):
            return self._timed(super().encode, *arguments, **named)

        def caption(self, *arguments, **named):
            return self._timed(super().caption, *arguments, **named)

        def _timed(self, work, *arguments, **named):
            start = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                TimedStudio.spent += time.perf_counter() - start

    return TimedStudio


def measure(root: Path) -> dict:
    """Milliseconds of a rerun on another beam width, each width seen for the first time; memory in MiB."""
    timed = service.CaptionService = timed_studio(root)  # the page imports it from there when it first needs a model
    page = AppTest.from_file(str(APP), default_timeout=TIMEOUT)
    page.query_params["photo"] = PHOTO
    page.run()
    _check(page)
    reruns, with_model = [], []
    for beam in (2, 3, 5, 6, 7, 8, 9, 10):
        before, start = timed.spent, time.perf_counter()
        page.slider(key="explore.beam").set_value(beam).run()
        elapsed = time.perf_counter() - start
        if timed.spent == before:
            raise RuntimeError("The page did not ask the model for another beam width.")
        with_model.append(1000 * elapsed)
        reruns.append(1000 * (elapsed - (timed.spent - before)))
    for model in timed().captioners():
        page.segmented_control(key="explore.model").set_value(model).run()
    _check(page)
    return {
        "rerun_ms": statistics.median(reruns),
        "rerun_with_model_ms": statistics.median(with_model),
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _check(page: AppTest) -> None:
    if page.exception or page.error:
        raise RuntimeError(f"The page failed: {[*page.exception, *page.error]}")


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
