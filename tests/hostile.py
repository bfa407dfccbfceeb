"""What somebody who means no good, or a damaged disk, makes of a file or a text; for Hypothesis."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

MARKUP = "<img src=x onerror=alert(1)>"
VALUES = st.one_of(
    st.none(), st.booleans(), st.sampled_from([0, -1, 1 << 70, 1e308, -0.0, "", "\0", MARKUP, "../../etc/passwd", "∞"]),
    st.integers(), st.floats(), st.text(max_size=20), st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
    st.sampled_from([[[[]]], {"a": {"b": {}}}, ["a"] * 1000]),
)  # fmt: skip


@st.composite
def damaged(draw: Callable[..., Any], whole: bytes) -> bytes:
    """A file with some bytes replaced, a stretch taken out, doubled or put in, or its end cut off."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(1, 64))
        match draw(st.sampled_from(["replace", "remove", "double", "insert", "cut", "flip"])):
            case "replace":
                data[at : at + length] = draw(st.binary(min_size=length, max_size=length))
            case "remove":
                del data[at : at + length]
            case "double":
                data[at:at] = data[at : at + length]
            case "insert":
                data[at:at] = draw(st.binary(max_size=length))
            case "cut":
                del data[at:]
            case "flip" if data:
                data[min(at, len(data) - 1)] ^= 1 << draw(st.integers(0, 7))
    return bytes(data)


@st.composite
def changed(draw: Callable[..., Any], text: str, deepest: int = 6) -> object:
    """A JSON value, some of whose parts, wherever they lie, are replaced, taken out or renamed."""
    value = json.loads(text)
    for _ in range(draw(st.integers(1, 3))):
        parent, key, here = None, None, value
        for _ in range(draw(st.integers(1, deepest))):
            if isinstance(here, dict) and here:
                parent, key = here, draw(st.sampled_from(sorted(here, key=str)))
            elif isinstance(here, list) and here:
                parent, key = here, draw(st.integers(0, len(here) - 1))
            else:
                break
            here = parent[key]
        if parent is None:
            return deepcopy(draw(VALUES))
        match draw(st.sampled_from(["value", "value", "value", "remove", "add"])):
            case "value":
                parent[key] = deepcopy(draw(VALUES))
            case "remove":
                del parent[key]
            case "add" if isinstance(parent, dict):
                parent[draw(st.text(max_size=5))] = deepcopy(draw(VALUES))
            case "add":
                parent.insert(key, deepcopy(draw(VALUES)))
    return value
