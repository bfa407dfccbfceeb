"""Somebody clicks about by a seed, without a plan: nothing breaks, and the address leads back to what is shown."""

import json
import random

import pytest
from app_file import APP, TIMEOUT
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models
from tiny_readers import save_tiny

from pages.parts.door import PAGES

CLICKS = 220
EVERY = 30  # clicks between two looks at the address
TEXTS = ("a dog sits on the grass", "Mary went to the garden.\nMary took the milk.", "Where is the milk?", "", "<b>*")
# Not clicked: what trains for seconds or asks for a photo from a camera.
LEFT_OUT = ("learn_live.start", "explore.use camera", "compare.use camera")


@pytest.fixture
def root(tmp_path, fresh_caches, monkeypatch):
    root = save_tiny_models(tmp_path / "checkpoints", ending=-8)
    for name in ("memn2n-none", "memn2n"):
        save_tiny(root, name)
    monkeypatch.setattr("core.checkpoints.ROOT", root)
    return root


def click(page: AppTest, chance: random.Random) -> str:
    """One thing that a visitor could do here; returns what it was."""
    kinds = (
        "button", "pills", "segmented_control", "selectbox", "slider", "select_slider", "number_input", "text_input",
        "text_area", "toggle", "radio",
    )  # fmt: skip
    kinds = [kind for kind in kinds if any(usable(widget) for widget in page.get(kind))]
    kind = chance.choice(kinds)
    widget = chance.choice([widget for widget in page.get(kind) if usable(widget)])
    if kind == "button":
        widget.click().run()
        return f"{widget.key} clicked"
    if kind in ("slider", "number_input"):
        value = chance.choice([widget.min, widget.max, widget.value])
    elif kind in ("text_input", "text_area"):
        value = chance.choice(TEXTS)
    elif kind == "toggle":
        value = not widget.value
    else:
        value = chance.choice(choices(widget))
        if isinstance(widget.value, list):
            value = [each for each in widget.value if each != value] + [value] * (value not in widget.value)
    widget.set_value(value).run()
    return f"{widget.key} = {value!r}"


def usable(widget) -> bool:
    return not widget.disabled and widget.key not in LEFT_OUT


def choices(widget) -> list:
    """Its options; those of a slider as the numbers that their labels say."""
    if widget.type == "select_slider":
        return [type(widget.value)(option.replace(",", "")) for option in widget.options]
    return list(widget.options)


def shown(page: AppTest) -> list:
    """What is on the page, but for what a session alone knows."""
    components = [json.loads(component.proto.json) for component in page.get("bidi_component")]
    for component in components:
        for passing in ("id", "scene", "turn", "start", "undoable"):
            component.pop(passing, None)
        for view in component.get("views", []):
            view.pop("key", None)
    texts = [text.value for text in (*page.title, *page.header, *page.subheader, *page.caption)]
    return [components, texts]


def test_a_walk(root):
    chance = random.Random(12)
    page = AppTest.from_file(APP, default_timeout=TIMEOUT).run()
    path = "pages/explore.py"
    done: list[str] = []
    for n in range(CLICKS):
        if n % 9 == 8:
            path = chance.choice(list(PAGES))
            page.query_params.clear()
            page.switch_page(path).run()
            done.append(path)
        else:
            done.append(click(page, chance))
        assert not page.exception, (done[-12:], [e.message for e in page.exception])
        if n % EVERY == EVERY - 1:
            fresh = AppTest.from_file(APP, default_timeout=TIMEOUT)
            fresh.query_params.update(page.query_params)
            fresh.switch_page(path).run()
            assert not fresh.exception and shown(fresh) == shown(page), (page.query_params, done[-12:])
