"""What was taken away opens in headless Chromium straight from its file, works there, and may do nothing else."""

import numpy as np
import pytest
from browsing import Viewer, until
from PIL import Image
from selenium.webdriver.common.keys import Keys

from core import exports
from core.captioning import examples, gallery
from core.captioning.photo import encode_jpeg
from core.trace import CaptionTrace, WordStep
from core.views.player import View

pytestmark = pytest.mark.browser

# In the page's scripts: the player, and the chosen word of each of its sentences.
HELPERS = """
const root = document.querySelector(".place").shadowRoot;
const sentences = [...root.querySelectorAll(".sentence")].filter((s) => s.querySelector(".word"));
const chosen = sentences.map((s) => [...s.querySelectorAll(".word")].findIndex((w) => w.ariaCurrent === "true"));
const heat = [...root.querySelectorAll("canvas.heat")];
const print = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
  .reduce((sum, value) => (sum * 31 + value) % 1000003, 7);
"""


MODELS = len(examples.read_example().traces)


class Opened(Viewer):
    """A file in the browser."""

    helpers = HELPERS

    def __init__(self, driver, folder):
        super().__init__(driver, folder.as_uri())
        self.folder = folder

    def open(self, name: str, data: bytes, size: tuple[int, int] = (1280, 900), colours: str = "light"):
        """Show ``data`` as the file ``name``."""
        (self.folder / name).write_bytes(data)
        self.visit(name, size, colours)
        return self

    @property
    def complaints(self) -> list[str]:
        entries = self.driver.get_log("browser")
        return [entry["message"] for entry in entries if entry["source"] != "rendering"]  # advice on reading pixels

    @property
    def fetched(self) -> list[str]:
        names = self.run("return performance.getEntriesByType('resource').map((r) => r.name)")
        return [name for name in names if not name.startswith(("data:", "blob:"))]


@pytest.fixture
def opened(chromium, tmp_path) -> Opened:
    return Opened(chromium, tmp_path)


def odd_trace() -> CaptionTrace:
    """Words that would be markup or script, did anything take them for it."""
    words = ["<img src=x onerror=document.title='owned'>", "</script><script>document.title='owned'</script>", "&amp;"]
    alpha = tuple(tuple(row) for row in np.full((14, 14), 1 / 196).tolist())
    steps = (WordStep(word, 0.5, ((word, 0.5),), alpha, None, 0.5) for word in words)
    return CaptionTrace("<b>soft</b>", "soft", tuple(steps), -1.0, True, (14, 14))


def cat_page(**more) -> bytes:
    traces = examples.read_example().traces
    views = [View(gallery.load("cat"), trace, "A cat", title=name) for name, trace in traces.items()]
    return exports.standalone_html(views, "Chelsea the cat", **more)


def test_a_page_steps_with_the_arrow_keys(opened):
    trace = examples.read_example().traces["hard"]
    page = exports.standalone_html([View(gallery.load("cat"), trace, "A cat")], "Chelsea the cat")
    opened.open("cat.html", page)
    until(lambda: opened.inside("return sentences.length") == 1)
    assert opened.inside("return [...sentences[0].querySelectorAll('.word')].map((w) => w.textContent)") == trace.words
    opened.press(*[Keys.ARROW_LEFT] * len(trace.words))
    seen = set()
    for n in range(len(trace.words)):
        assert opened.inside("return chosen") == [n]
        opened.wait(400)  # the heat fades over
        seen.add(opened.inside("return print(heat[0])"))
        opened.press(Keys.ARROW_RIGHT)
    assert len(seen) == len(trace.words)
    assert opened.inside("return root.querySelector('.picture').naturalWidth") == 451
    assert opened.fetched == [] and opened.complaints == []


def test_a_page_steps_through_several_captions_together(opened):
    opened.open("three.html", cat_page())
    until(lambda: opened.inside("return sentences.length") == MODELS)
    opened.press(*[Keys.ARROW_LEFT] * 50)
    opened.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert opened.inside("return chosen") == [2] * MODELS
    assert opened.inside("return heat.map(print).filter((n, at, all) => all.indexOf(n) === at).length") == MODELS
    assert opened.complaints == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_page_keeps_to_the_viewers_colours_and_fits_a_phone(opened, colours):
    opened.open("cat.html", cat_page(), size=(390, 844), colours=colours)
    until(lambda: opened.inside("return sentences.length") == MODELS)
    assert opened.run("return document.scrollingElement.scrollWidth") <= 390
    paper = opened.run("return getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)")
    ink = opened.inside("return getComputedStyle(sentences[0]).color.match(/[0-9]+/g).map(Number)")
    assert (min(paper) > 230 and max(ink) < 60) if colours == "light" else (max(paper) < 40 and min(ink) > 200)


def test_odd_words_do_nothing_in_a_page(opened):
    page = exports.standalone_html(
        [View(gallery.load("ball"), odd_trace(), "<b>")], "</title><b>Odd", credit="<i>me</i>"
    )
    opened.open("odd.html", page)
    until(lambda: opened.inside("return sentences.length") == 1)
    opened.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert opened.run("return document.title") == "</title><b>Odd"
    words = opened.inside("return [...sentences[0].querySelectorAll('.word')].map((w) => w.textContent)")
    assert words == odd_trace().words
    assert opened.run("return document.querySelectorAll('b, i').length") == 0
    assert opened.complaints == []


def test_a_page_may_run_no_other_script_and_reach_nothing(opened):
    opened.open("cat.html", cat_page())
    until(lambda: opened.inside("return sentences.length") == MODELS)
    opened.run(
        "const s = document.createElement('script'); s.textContent = 'window.owned = 1'; document.body.append(s);"
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.owned = 2\">');"
    )
    reached = opened.driver.execute_async_script(
        "const done = arguments[0]; fetch('http://127.0.0.1:9/').then(() => done(true), () => done(false))"
    )
    assert opened.run("return window.owned") is None and reached is False
    assert any("Content Security Policy" in complaint for complaint in opened.complaints)


@pytest.mark.parametrize("size", [(300, 800), (1600, 300)], ids=["portrait", "panorama"])
def test_a_film_strip_shows_every_picture_and_word(opened, size):
    photo = gallery.load("motorcycle").resize(size)
    trace = examples.read_example().traces["soft"]
    opened.open("strip.svg", exports.film_strip_svg(photo, trace), size=(1800, 900))
    boxes = opened.run(
        "return [...document.querySelectorAll('text')].map((t) => [t.textContent, t.getBBox().width, "
        "t.parentNode.querySelector('image').getBBox().width])"
    )
    assert [word for word, _, _ in boxes] == trace.words and all(0 < text <= panel for _, text, panel in boxes)
    opened.run("document.documentElement.style.background = 'white'")
    (opened.folder / "shot.png").write_bytes(opened.driver.get_screenshot_as_png())
    shot = np.asarray(Image.open(opened.folder / "shot.png").convert("RGB"), dtype=int)
    for x, y in opened.run(
        "return [...document.querySelectorAll('image')].map((i) => i.getBoundingClientRect())"
        ".map((b) => [b.x + b.width / 2, b.y + b.height / 2])"
    ):
        assert shot[int(y) - 10 : int(y) + 10, int(x) - 10 : int(x) + 10].std() > 5  # a photo, not an empty frame
    assert opened.complaints == []


def test_a_report_shows_its_photos(opened):
    jpeg = encode_jpeg(gallery.load("boat"), 240)
    rows = [exports.Row(f"{n}.jpg", jpeg, {"none": "a boat", "soft": "<b>a</b> boat"}) for n in range(5)]
    opened.open("report.html", exports.report_html(rows, "Boats", {"soft": {"CIDEr": 50.8}}), size=(390, 844))
    assert opened.run("return [...document.images].map((i) => i.naturalWidth)") == [240] * 5
    assert opened.run("return document.scrollingElement.scrollWidth") <= 390
    assert opened.run("return getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
    assert opened.complaints == []
