"""Where the app is that the tests of pages open, and what they find on a page."""

from pathlib import Path
from typing import Any

APP = Path(__file__).resolve().parent.parent / "app.py"
TIMEOUT = 300  # seconds; generous, for a busy machine


def components(page: Any) -> list[Any]:
    """The browser's parts on a page that are seen: neither what the browser keeps nor the address."""
    unseen = ("photos", "address", "keeping")
    return [one for one in page.get("bidi_component") if not one.proto.component_name.endswith(unseen)]
