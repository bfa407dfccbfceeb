"""How a model attends, in a few words for people: what its config says, whatever its folder is called."""

from collections.abc import Mapping
from typing import Any

ATTENTION = {"none": "no attention", "soft": "soft attention", "hard": "hard attention"}
LOOKS = {"taught": "looks taught with boxes", "free": "looks never taught"}  # what a config's "looks" may say


def attention_label(config: Mapping[str, Any]) -> str:
    """Such as "soft attention, looks never taught"; empty where the config says nothing of it."""
    kind = config.get("attention", "")
    return ", ".join(part for part in (ATTENTION.get(kind, kind), looks_label(config)) if part)


def looks_label(config: Mapping[str, Any]) -> str:
    """Whether it was taught where to look; empty where the config does not say, or where there is no look."""
    return "" if config.get("attention") == "none" else LOOKS.get(config.get("looks", ""), "")
