"""The finished example: the shipped models' captions of one gallery photo, so that a page has something to show
before any model has loaded.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.captioning import gallery
from core.captioning.settings import Settings
from core.files import write_whole
from core.trace import CaptionTrace

if TYPE_CHECKING:
    from core.captioning.service import CaptionService

PHOTO = "climbers"
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """One photo captioned by every shipped model.

    Attributes:
        photo: the gallery picture's id.
        settings: what the captions were decoded with, the default ones.
        traces: by the model's name.
        distance: how far the photo lies from those that the models learnt from, None where that was not measured.
    """

    photo: str
    settings: Settings
    traces: dict[str, CaptionTrace]
    distance: float | None = None


def read_example() -> Example:
    """The example that ships with the repository."""
    data = json.loads((FOLDER / f"{PHOTO}.json").read_text(encoding="utf-8"))
    traces = [CaptionTrace.from_json(json.dumps(trace)) for trace in data["traces"]]
    by_model = {trace.model: trace for trace in traces}
    return Example(data["photo"], Settings(**data["settings"]), by_model, data.get("distance"))


def write_examples(service: "CaptionService") -> Path:
    """Caption the example's photo anew with all of the service's captioners; returns the file written."""
    settings, grids = Settings(), service.encode([gallery.load(PHOTO)])
    traces = [service.caption(grids, model, settings)[0] for model in service.captioners()]
    path = FOLDER / f"{PHOTO}.json"
    data = {
        "photo": PHOTO,
        "settings": asdict(settings),
        "distance": service.distances(grids)[0],
        "traces": [json.loads(trace.to_json()) for trace in traces],
    }
    write_whole(path, json.dumps(data, allow_nan=False))
    return path
