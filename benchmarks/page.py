"""The page without a browser, in a process of its own: how long a rerun takes beside the model's work, and how much
memory is in use once every model is loaded. ``python -m benchmarks.page CHECKPOINTS`` prints a JSON object.
"""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, ParamSpec, TypeVar
from unittest.mock import patch

from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import Tensor

from core import checkpoints
from core.captioning import service
from core.captioning.service import CaptionService
from core.captioning.settings import Decisions, Settings
from core.trace import CaptionTrace

APP = Path(__file__).resolve().parent.parent / "app.py"  # its first page is the explorer
PHOTO = "coffee"  # not the finished example, whose captions need no model
TIMEOUT = 120  # seconds

P = ParamSpec("P")
T = TypeVar("T")


class TimedService(CaptionService):
    """A service that adds up the time its models take.

    Attributes:
        spent: by all of them, seconds.
    """

    spent: ClassVar[float] = 0.0

    def encode(self, photos: Sequence[Image.Image], model: str | None = None) -> Tensor:
        return self._timed(super().encode, photos, model)

    def caption(
        self,
        grids: Tensor,
        model: str,
        settings: Settings | None = None,
        decisions: Decisions | Sequence[Decisions] | None = None,
        seeds: Sequence[int] | None = None,
    ) -> list[CaptionTrace]:
        return self._timed(super().caption, grids, model, settings, decisions, seeds)

    @staticmethod
    def _timed(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        start = time.perf_counter()
        try:
            return work(*arguments, **named)
        finally:
            TimedService.spent += time.perf_counter() - start


def measure(root: Path) -> dict[str, float]:
    """Milliseconds of a rerun on another beam width, each width seen for the first time; memory in MiB."""
    # The page imports the service from its module when it first needs a model, and opens it on this folder.
    with patch.object(service, "CaptionService", TimedService), patch.object(checkpoints, "ROOT", root):
        return _measure(root)


def _measure(root: Path) -> dict[str, float]:
    page = AppTest.from_file(str(APP), default_timeout=TIMEOUT)
    page.query_params["photo"] = PHOTO
    page.run()
    _check(page)
    reruns, with_model = [], []
    for beam in (2, 3, 5, 6, 7, 8, 9, 10):
        before, start = TimedService.spent, time.perf_counter()
        page.slider(key="explore.beam").set_value(beam).run()
        elapsed = time.perf_counter() - start
        if TimedService.spent == before:
            raise RuntimeError("The page did not ask the model for another beam width.")
        with_model.append(1000 * elapsed)
        reruns.append(1000 * (elapsed - (TimedService.spent - before)))
    for model in TimedService(root).captioners():
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
