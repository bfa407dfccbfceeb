"""The browser's part of the visitor's own photos: dropped, pasted, and kept in the browser's own storage.

It also keeps the chosen photo of the gallery's strip in sight.
"""

import base64
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypedDict

from core.captioning.own_photos import MOST, OwnPhoto
from core.views import bundle


class PhotosPayload(TypedDict):
    """What the component needs, as JSON can hold it.

    Attributes:
        strip: a CSS selector of the gallery's strip.
        looked: the session knows what the browser has kept.
        keep: name -> file, base64, of those that the browser has not yet said that it keeps.
        gone: the names of those that the visitor has removed.
        most: how many photos are kept, and files taken at once.
        limit: bytes of one file.
    """

    strip: str
    looked: bool
    keep: dict[str, str]
    gone: list[str]
    most: int
    limit: int


def assets() -> bundle.Assets:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    return bundle.assets(Path(__file__).parent)


def payload(
    photos: Mapping[str, OwnPhoto], kept: Collection[str], gone: Collection[str], looked: bool, strip: str, limit: int
) -> PhotosPayload:
    """What the component needs; ``kept``: the names of those that the browser has said that it keeps."""
    return {
        "strip": strip,
        "looked": looked,
        "keep": {
            name: base64.b64encode(photo.data).decode("ascii") for name, photo in photos.items() if name not in kept
        },
        "gone": sorted(gone),
        "most": MOST,
        "limit": limit,
    }
