"""How a model attends, in a few words for people: what its config says, whatever its folder is called."""

from collections.abc import Mapping
from typing import Any

ATTENTION = {"none": "no attention", "soft": "soft attention", "hard": "hard attention"}
LOOKS = {"taught": "looks taught with boxes", "free": "looks never taught"}  # what a config's "looks" may say


def attention_label(config: Mapping[str, Any]) -> str:
    """Such as "soft attention of 12 heads, looks never taught"; empty where the config says nothing of it."""
    kind = config.get("attention", "")
    layers, heads = heads_of(config)
    several = f" of {layers * heads} heads" if layers * heads > 1 else ""
    return ", ".join(part for part in (ATTENTION.get(kind, kind) + several, looks_label(config)) if part)


def heads_of(config: Mapping[str, Any]) -> tuple[int, int]:
    """In how many layers a captioner looks, and with how many heads in each; (1, 1) where the config names none."""
    sizes = config.get("model")
    layers, heads = (sizes.get(name) if isinstance(sizes, Mapping) else None for name in ("layers", "heads"))
    return (layers, heads) if isinstance(layers, int) and isinstance(heads, int) else (1, 1)


def looks_label(config: Mapping[str, Any]) -> str:
    """Whether it was taught where to look; empty where the config does not say, or where there is no look."""
    return "" if config.get("attention") == "none" else LOOKS.get(config.get("looks", ""), "")
