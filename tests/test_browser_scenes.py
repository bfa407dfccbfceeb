"""A scene's things moved with mouse, finger and keys: sentence, boxes and captions follow, and the link leads back."""

import pytest
from browsing import READY, Viewer, browse, serve, until
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from core import checkpoints
from core.data.scenes import make_scene
from core.scenes.editing import SceneSession

pytestmark = pytest.mark.browser

LINK = "learn_live?learn=Look+closer&split=test&scene_number=16"
EDITOR = """
const root = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].map((one) => one.shadowRoot)
  .find((one) => one.querySelector(".scene-editor"));
const things = [...root.querySelectorAll(".thing")];
"""
SENTENCE = "return [...document.querySelectorAll('.st-key-sentence strong')].map((one) => one.textContent).join(' ')"


@pytest.fixture(scope="module")
def viewer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")

    def link_models(place):
        place.symlink_to(checkpoints.ROOT)

    with serve(folder, link_models) as (_, address), browse(folder) as driver:
        yield Viewer(driver, address)


def sentence(viewer) -> str:
    return viewer.run(SENTENCE)


def parameter(viewer, name: str) -> str | None:
    return viewer.run("return new URL(location.href).searchParams.get(arguments[0])", name)


def boxes(viewer) -> list[str]:
    """Where the boxes of the first captioner's picture lie."""
    return viewer.run(
        "const root = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
        ".map((one) => one.shadowRoot).find((one) => one.querySelector('.truth'));"
        "return [...root.querySelector('.truth').children].map((one) => one.style.left)"
    )


def test_dragging_keys_undo_and_the_link(viewer):
    drawn = make_scene("test", 16)
    assert drawn.caption == "a large dotted red fish left of a small red tree"
    viewer.visit(LINK)
    until(lambda: viewer.run(READY) and viewer.run(EDITOR + "return things.length === 2"))
    assert sentence(viewer) == drawn.caption
    before = boxes(viewer)
    thing = viewer.run(EDITOR + "things[1].scrollIntoView({block: 'center'}); return things[1]")
    stage = viewer.run(EDITOR + "return root.querySelector('.stage').clientWidth")
    ActionChains(viewer.driver).click_and_hold(thing).move_by_offset(-stage // 2, stage // 2).release().perform()
    until(lambda: sentence(viewer) == "a large dotted red fish above a small red tree")
    until(lambda: boxes(viewer) != before)
    link = parameter(viewer, "things")
    assert SceneSession.begin(drawn).follow(link).scene.caption == sentence(viewer)

    # What is refused goes back, and says why.
    thing = viewer.run(EDITOR + "return things[1]")
    ActionChains(viewer.driver).click_and_hold(thing).move_by_offset(0, -stage // 4).release().perform()
    until(lambda: "colours have to differ" in viewer.run(EDITOR + "return root.querySelector('.told').textContent"))
    assert parameter(viewer, "things") == link

    # The same by keys alone.
    viewer.click("learn_live-scene-undo", "Undo")
    until(lambda: sentence(viewer) == drawn.caption and parameter(viewer, "things") is None)
    viewer.run(EDITOR + "things[1].focus()")
    viewer.press(*[Keys.ARROW_DOWN] * 4)
    until(lambda: (parameter(viewer, "things") or "").startswith("large-dotted-red-fish@"))
    viewer.run(EDITOR + "things[1].focus()")
    viewer.press(Keys.DELETE)
    until(lambda: sentence(viewer) == "a large dotted red fish")

    # A link leads to the scene as it was left.
    hidden = viewer.run("return location.href")
    viewer.visit("results")
    until(lambda: viewer.run(READY))
    viewer.driver.get(hidden)
    until(lambda: viewer.run(READY) and sentence(viewer) == "a large dotted red fish")
    assert not viewer.complaints


def test_a_finger_moves_a_thing(viewer):
    viewer.visit(LINK, (390, 844))
    until(lambda: viewer.run(READY) and viewer.run(EDITOR + "return things.length === 2"))
    x, y, side = viewer.run(
        EDITOR + "things[1].scrollIntoView({block: 'center'}); const box = things[1].getBoundingClientRect(); "
        "return [box.x + box.width / 2, box.y + box.height / 2, root.querySelector('.stage').clientWidth]"
    )
    for kind, points in [
        ("touchStart", [(x, y)]),
        ("touchMove", [(x - side / 4, y + side / 4)]),
        ("touchMove", [(x - side / 2, y + side / 2)]),
        ("touchEnd", []),
    ]:
        touches = [{"x": round(left), "y": round(top)} for left, top in points]
        viewer.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    until(lambda: sentence(viewer) == "a large dotted red fish above a small red tree")
    assert viewer.run("return document.documentElement.scrollWidth") <= 390 and not viewer.complaints
