"""How a model attends, in a few words for people: what its config says, whatever its folder is called."""

from collections.abc import Mapping
from typing import Any

ATTENTION = {"none": "no attention", "soft": "soft attention", "hard": "hard attention"}
LOOKS = {"taught": "looks taught with boxes", "free": "looks never taught"}  # what a config's "looks" may say


def attention_label(config: Mapping[str, Any]) -> str:
    """Such as "soft attention of 12 heads, looks never taught"; empty where the config says nothing of it."""
    kind = config.get("attention", "")
    layers, heads = heads_of(config)
    of = f" of {layers * heads} heads" if several(config) else ""
    return ", ".join(part for part in (ATTENTION.get(kind, kind) + of, looks_label(config)) if part)


def heads_of(config: Mapping[str, Any]) -> tuple[int, int]:
    """In how many layers a captioner looks, and with how many heads in each; (1, 1) where the config names none, or is
    a memory network's, whose hops are another thing."""
    sizes = config.get("model") if config.get("kind") != "memory" else None
    layers, heads = (sizes.get(name) if isinstance(sizes, Mapping) else None for name in ("layers", "heads"))
    return (layers, heads) if isinstance(layers, int) and isinstance(heads, int) else (1, 1)


def several(config: Mapping[str, Any]) -> bool:
    """Whether it looks with several heads."""
    return heads_of(config) != (1, 1)


def looks_label(config: Mapping[str, Any]) -> str:
    """Whether it was taught where to look; empty where the config does not say, or where there is no look."""
    if config.get("attention") == "none":
        return ""
    looks = LOOKS.get(config.get("looks", ""), "")
    return looks.replace("looks", "one in each layer") if looks == LOOKS["taught"] and several(config) else looks
