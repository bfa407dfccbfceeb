"""The tour in headless Chromium, walked by the keyboard; and axe-core on every page, in light and dark."""

from pathlib import Path

import pytest
from browsing import READY, Viewer, until
from selenium.webdriver.common.keys import Keys

from core.tour import read_tours
from pages.parts.door import PAGES

pytestmark = pytest.mark.browser

STEPS = read_tours()["glimpse"].steps
LAB = "const lab = document.querySelector('.st-key-exhibit [data-testid=stBidiComponentIsolated]').shadowRoot;"


@pytest.fixture
def viewer(chromium, server) -> Viewer:
    viewer = Viewer(chromium, server[1])
    yield viewer
    chromium.get("about:blank")


def ready(viewer: Viewer) -> None:
    until(lambda: viewer.run(READY))


def title(viewer: Viewer) -> str:
    return viewer.run("return document.querySelector('[data-testid=stMain] h1').textContent")


def test_the_tour_is_walked_by_the_keyboard_and_leads_to_the_explorer(viewer):
    viewer.visit("learn")
    until(lambda: title(viewer) == STEPS[0].title)
    until(lambda: viewer.run(LAB + "return lab.querySelector('.sharp').naturalWidth > 0"))
    told = LAB + "return lab.querySelector('.told').textContent"
    before = viewer.run(told)
    viewer.run(LAB + "lab.querySelector('.stage').focus()")
    viewer.press(*[Keys.ARROW_RIGHT] * 9)  # the look moves, and no page is turned
    until(lambda: viewer.run(told) != before)
    assert title(viewer) == STEPS[0].title
    viewer.run("document.activeElement.blur()")
    for n in range(1, 5):
        viewer.press(Keys.PAGE_DOWN)
        until(lambda n=n: title(viewer) == STEPS[n].title)
        ready(viewer)
    assert "step=5" in viewer.driver.current_url
    viewer.press(Keys.PAGE_UP)
    until(lambda: title(viewer) == STEPS[3].title)
    viewer.press(Keys.PAGE_DOWN)
    until(lambda: title(viewer) == STEPS[4].title)
    assert viewer.fetched_elsewhere == [] and viewer.complaints == []
    until(lambda: viewer.run("return document.querySelector('.st-key-check a') !== null"))
    assert "photo=climbers" in viewer.run("return document.querySelector('.st-key-check a').href")
    viewer.run("document.querySelector('.st-key-check a').click()")
    until(lambda: "climbers" in viewer.inside("return find('.picture').alt"))


def test_the_temperature_changes_look_glimpse_and_words_without_the_server(viewer):
    viewer.visit("learn?step=5")
    words = LAB + "return [...lab.querySelectorAll('.words li')].map((item) => item.textContent).join()"
    until(lambda: viewer.run(words))
    seen = {}
    for stop in ("0", "5", "10"):
        viewer.run(
            LAB + "const s = lab.querySelector('input'); s.value = arguments[0]; s.dispatchEvent(new Event('input'))",
            stop,
        )
        picture = "return [...lab.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join()"
        seen[stop] = (
            viewer.run(LAB + picture),
            viewer.run(words),
            viewer.run(LAB + "return lab.querySelector('.look').textContent"),
        )
    pictures, follow, looks = (set(parts) for parts in zip(*seen.values(), strict=True))
    assert len(pictures) == len(looks) == 3 and len(follow) > 1  # untrained, the models care little where they look
    assert "one cell" in seen["0"][2] and "everywhere" in seen["10"][2]


def test_drawing_many_cells_comes_nearer_to_the_soft_glimpse(viewer):
    viewer.visit("learn?step=7")
    until(lambda: viewer.run(LAB + "return lab.querySelector('.code').width > 1"))
    away = []
    for button, times in (("1", 1), ("100", 8)):
        for _ in range(times):
            viewer.run(LAB + "lab.querySelector(`.dice button[value='${arguments[0]}']`).click()", button)
        text = viewer.run(LAB + "return lab.querySelector('.count').textContent")
        away.append(int(text.split(": ")[1].split(" %")[0]))
    assert away[1] < away[0]


def test_on_a_phone_the_tour_fits_and_the_way_on_is_in_reach(viewer):
    viewer.visit("learn?step=6", size=(390, 844))
    until(lambda: viewer.run(LAB + "return lab.querySelectorAll('.view').length") == 3)
    assert viewer.run("return document.scrollingElement.scrollWidth") <= 390
    box = viewer.run("return document.querySelector('.st-key-learn-next button').getBoundingClientRect().toJSON()")
    assert 0 < box["top"] < box["bottom"] <= 844 and box["right"] <= 390 and box["height"] >= 40


# --- axe-core ------------------------------------------------------------------------------------------------

AXE = """
const done = arguments[0];
const told = ({html, any}) => `${html.slice(0, 150)} ${any[0]?.message ?? ""}`;
axe.run(document, {resultTypes: ["violations"]}).then(
  ({violations}) => done(violations.filter(({impact}) => impact === "serious" || impact === "critical").map(
    ({id, nodes}) => `${id}: ${nodes.map(told).join("; ")}`)),
  (error) => done([String(error)]));
"""
LIGHT = ["", *(Path(page).stem for page in PAGES if page not in ("pages/explore.py", "pages/learn.py")), "learn?step=5"]
DARK = [
    "learn?step=6", "results?results=Models", "learn_live?learn=Look+closer", "?closer=From+look+to+word",
]  # fmt: skip


@pytest.mark.parametrize(
    ("link", "colours"), [*((link, "light") for link in LIGHT), *((link, "dark") for link in DARK)]
)
def test_axe_finds_nothing_serious(viewer, link, colours):
    axe_core = pytest.importorskip("axe_core_python")
    viewer.visit(link, colours=colours)
    ready(viewer)
    # A page that is still drawn is faded, and so of little contrast.
    until(lambda: viewer.run("return document.querySelector('[data-stale=true]') === null"))
    viewer.wait(500)
    viewer.run((Path(axe_core.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    assert viewer.driver.execute_async_script(AXE) == []
