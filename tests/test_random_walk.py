"""Somebody clicks about by a seed, without a plan: nothing breaks, and the address leads back to what is shown."""

import json
import random

import pytest
from app_file import APP, TIMEOUT, components
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models
from tiny_networks import save_tiny

from core.captioning.gallery import GALLERY
from core.memory.examples import read_stories
from core.tour import read_tours
from pages.parts.door import PAGES
from pages.parts.live_run import ESTIMATORS
from pages.parts.photo_view import BESIDE
from pages.parts.story_editor import NAMES

CLICKS = 220
EVERY = 30  # clicks between two looks at the address
TEXTS = ("a dog sits on the grass", "Mary went to the garden.\nMary took the milk.", "Where is the milk?", "", "<b>*")
# Links to tabs, which the tests' visitor cannot click.
TABS = {
    "pages/compare.py": [{"compare": name} for name in ("The same sentence", "Hard is a gamble", "Many photos")],
    "pages/results.py": [{"results": name} for name in ("Stories", "Scenes", "Models", "Speed", "Failures")],
    "pages/learn_live.py": [{"learn": "Look closer"}],
    "pages/teach.py": [{"teach": "Handouts"}],
}
# What options may be whose labels are others: places in a list, and what is chosen by a name.
NAMED = (*range(60), *ESTIMATORS, *NAMES, *BESIDE, *read_tours(), *read_stories(), *GALLERY)
# Not clicked: what trains for seconds or asks for a photo from a camera.
LEFT_OUT = ("learn_live.start", "explore.use camera", "compare.use camera")
TRIED = "learn.photo "  # the photos of the tour's exhibits: what is tried there is in no address


@pytest.fixture
def root(tmp_path, fresh_caches, monkeypatch):
    root = save_tiny_models(tmp_path / "checkpoints", ending=-8)
    for name in ("memn2n-none", "memn2n"):
        save_tiny(root, name)
    monkeypatch.setattr("core.checkpoints.ROOT", root)
    return root


def click(page: AppTest, chance: random.Random) -> str:
    """One thing that a visitor could do here; returns what it was, nothing where there is none."""
    kinds = (
        "button", "pills", "segmented_control", "selectbox", "slider", "select_slider", "number_input", "text_input",
        "text_area", "toggle", "radio",
    )  # fmt: skip
    kinds = [kind for kind in kinds if any(usable(widget) for widget in page.get(kind))]
    if not kinds:
        return ""
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
        value = chance.choice(choices(widget) or [widget.value])
        if isinstance(widget.value, list):
            value = [each for each in widget.value if each != value] + [value] * (value not in widget.value)
    widget.set_value(value).run()
    return f"{widget.key} = {value!r}"


def usable(widget) -> bool:
    return not (widget.disabled or widget.key in LEFT_OUT or widget.key.startswith(TRIED))


def choices(widget) -> list:
    """Its options, found again by their labels, which is all that the browser knows of them."""
    found = {}
    for guess in (*map(str, widget.options), *NAMED):
        for value in (guess, *as_numbers(guess)):
            try:
                found.setdefault(widget.format_func(value), value)
            except (LookupError, TypeError, ValueError):
                continue  # a value of another widget
    return [found[label] for label in widget.options if label in found]


def as_numbers(text: object) -> list[float]:
    for kind in (int, float):
        try:
            return [kind(str(text).replace(",", ""))]
        except ValueError:
            continue
    return []


def shown(page: AppTest) -> list:
    """What is on the page, but for what a session alone knows."""
    payloads = [json.loads(component.proto.json) for component in components(page)]
    for component in payloads:
        for passing in ("id", "scene", "turn", "start", "undoable"):
            component.pop(passing, None)
        for view in component.get("views", []):
            view.pop("key", None)
    texts = [text.value for text in (*page.title, *page.header, *page.subheader, *page.caption)]
    return [payloads, texts]


def test_a_walk(root):
    chance = random.Random(12)
    page = AppTest.from_file(APP, default_timeout=TIMEOUT).run()
    path = "pages/explore.py"
    done: list[str] = []
    for n in range(CLICKS):
        clicked = "" if n % 9 == 8 else click(page, chance)
        if not clicked:
            path = chance.choice(list(PAGES))
            page.query_params.clear()
            page.query_params.update(chance.choice([{}, *TABS.get(path, [])]))
            page.switch_page(path).run()
        done.append(clicked or f"{path} {page.query_params}")
        assert not page.exception, (done[-12:], [exception.message for exception in page.exception])
        if n % EVERY == EVERY - 1:
            fresh = AppTest.from_file(APP, default_timeout=TIMEOUT)
            fresh.query_params.update(page.query_params)
            fresh.switch_page(path).run()
            assert not fresh.exception and shown(fresh) == shown(page), (page.query_params, done[-12:])
