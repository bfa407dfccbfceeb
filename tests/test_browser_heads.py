"""A captioner with many heads in headless Chromium: each is drawn, and one can be shown in place of their mean."""

from pathlib import Path

import pytest
from browsing import Viewer, serve, until
from selenium.webdriver.common.keys import Keys
from tiny_models import save_tiny_models, save_tiny_transformer

from core import checkpoints

pytestmark = pytest.mark.browser


def save_with_heads(root: Path) -> None:
    encoder = checkpoints.read(save_tiny_models(root, ending=-8) / "encoder").config["sha256"]
    save_tiny_transformer(root / "many", ending=-8, encoder=encoder)


@pytest.fixture(scope="module")
def explorer(chromium, tmp_path_factory):
    with serve(tmp_path_factory.mktemp("heads"), save_with_heads) as (_, address):
        yield Viewer(chromium, address)


def test_a_head_is_shown_alone_from_word_to_word_until_it_is_let_go(explorer):
    explorer.visit("?model=many")
    until(lambda: explorer.inside("return every('.head').length") == 4)
    explorer.settle()
    mean = explorer.inside("return [print(), heat.ariaLabel, find('.heads p').textContent]")
    assert "mean of its 4 heads" in mean[2]
    drawn = "const c = one.firstChild; return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].join()"
    prints = explorer.inside(f"return every('.head').map((one) => {{ {drawn} }})")
    assert len(set(prints)) == 4
    explorer.inside("every('.head')[3].click()")
    explorer.wait(400)
    alone = explorer.inside("return [print(), heat.ariaLabel, find('.heads p').textContent]")
    assert alone[0] != mean[0] and "layer 2, head 2 alone" in alone[2]
    assert explorer.inside("return every('.head')[3].ariaLabel").endswith(alone[1])
    explorer.press(Keys.ARROW_RIGHT)
    explorer.wait(400)
    pressed = explorer.inside("return every('.head').map((one) => one.ariaPressed)")
    assert pressed == [str(n == 3).lower() for n in range(4)]
    assert explorer.inside("return every('.head')[3].ariaLabel").endswith(explorer.inside("return heat.ariaLabel"))
    explorer.press(Keys.ARROW_LEFT)
    explorer.inside("every('.head')[3].click()")
    explorer.wait(400)
    assert explorer.inside("return [print(), heat.ariaLabel]") == mean[:2]
    assert explorer.complaints == []


def test_a_model_with_one_head_shows_none(explorer):
    explorer.visit("?model=soft")
    until(lambda: explorer.inside("return find('.heat').ariaLabel"))
    assert explorer.inside("return find('.heads').hidden")
