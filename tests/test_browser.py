"""The explorer in headless Chromium, served from a copy of the app whose models are tiny and untrained."""

import os
import signal

import pytest
from browsing import Viewer, until
from PIL import Image
from selenium.webdriver.common.keys import Keys

from core.captioning import examples
from core.captioning.gallery import GALLERY

pytestmark = pytest.mark.browser


class Explorer(Viewer):
    """The explorer as a viewer uses it."""

    def open(self, link: str = "", size: tuple[int, int] = (1440, 900)) -> "Explorer":
        self.visit(link, size)
        until(lambda: self.run("return document.querySelectorAll('.js-plotly-plot').length") == 1)
        until(lambda: self.look)
        return self

    @property
    def look(self) -> str:
        return self.inside("return heat.getAttribute('aria-label')")

    @property
    def chosen(self) -> int:
        return self.inside("return every('.word').findIndex((w) => w.ariaCurrent === 'true')")


@pytest.fixture
def explorer(chromium, server) -> Explorer:
    return Explorer(chromium, server[1])


def test_the_example_is_on_screen_and_nothing_comes_from_elsewhere(explorer):
    explorer.open()
    trace = examples.read_example().traces["soft"]
    assert explorer.inside("return [...root.querySelectorAll('.word')].map((w) => w.textContent)") == trace.words
    assert explorer.inside("return find('.picture').naturalWidth / find('.picture').naturalHeight") == pytest.approx(
        explorer.inside("return heat.clientWidth / heat.clientHeight"), rel=0.01
    )
    assert explorer.inside("return all().some((value) => value > 0)")
    assert explorer.fetched_elsewhere == []
    assert explorer.complaints == []


def test_keys_step_while_the_server_stands_still(explorer, server):
    explorer.open("?model=soft")
    explorer.inside("root.querySelectorAll('.word')[0].click()")
    os.kill(server[0].pid, signal.SIGSTOP)
    try:
        seen = {}
        for n in range(1, 5):
            explorer.press(Keys.ARROW_RIGHT)
            assert explorer.chosen == n
            explorer.wait(400)  # the heat fades over
            seen[explorer.look] = explorer.inside("return print()")
        assert len(seen) == len(set(seen.values())) == 4
        explorer.press(Keys.ARROW_LEFT)
        assert explorer.chosen == 3
    finally:
        os.kill(server[0].pid, signal.SIGCONT)
    word = examples.read_example().traces["soft"].words[3]
    ticks = "return document.querySelector('.js-plotly-plot').layout.xaxis.ticktext[3]"
    until(lambda: explorer.run(ticks) == f"<b>{word}</b>")  # the chart follows
    until(lambda: "word=4" in explorer.driver.current_url)


def test_the_space_bar_plays_to_the_end_and_pauses(explorer):
    explorer.open()
    last = explorer.inside("return root.querySelectorAll('.word').length") - 1
    explorer.inside("root.querySelectorAll('.word')[arguments[0]].click()", last - 2)
    explorer.inside("root.querySelectorAll('.word')[arguments[0]].focus()", last - 2)
    explorer.press(Keys.SPACE)
    assert explorer.inside("return find('.play').ariaLabel") == "Pause"
    until(lambda: explorer.chosen == last)
    until(lambda: explorer.inside("return find('.play').ariaLabel") == "Play")
    explorer.press(Keys.SPACE)  # from the end it starts again
    until(lambda: 0 < explorer.chosen < last)
    explorer.press(Keys.SPACE)
    assert explorer.inside("return find('.play').ariaLabel") == "Play"
    at = explorer.chosen
    explorer.wait(2500)
    assert explorer.chosen == at


def test_the_raw_grid_fills_its_cells_and_the_heat_can_be_taken_away(explorer):
    explorer.open()
    explorer.inside("find('.raw').click()")
    rows, columns = examples.read_example().traces["soft"].grid
    flat = (
        f"const [rows, columns] = [{rows}, {columns}];"
        + """
    const [wide, high] = [heat.width / columns, heat.height / rows];
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      const [x, y] = [Math.round(c * wide), Math.round(r * high)];
      const data = pixels(x, y, Math.round((c + 1) * wide) - x, Math.round((r + 1) * high) - y);
      if (!data.every((value, n) => value === data[n % 4])) return [r, c];
    }
    return "flat";
    """
    )
    until(lambda: explorer.inside(flat) == "flat")
    cell = f"pixels((c + 0.5) * heat.width / {columns}, 0.6 * heat.height, 1, 1).join()"
    assert explorer.inside(f"return new Set(Array.from({{length: {columns}}}, (_, c) => {cell})).size") > 5
    explorer.inside("find('.smooth').click()")
    assert explorer.inside(flat) != "flat"
    explorer.inside("const s = find('.opacity input'); s.value = 0; s.dispatchEvent(new Event('input'))")
    assert explorer.inside("return all().every((value) => value === 0)")


def test_a_hard_model_frames_the_one_cell_that_it_used(explorer):
    explorer.open("?model=soft")
    explorer.click("explore-model", "hard")
    until(lambda: "one cell" in explorer.look)
    assert "model=hard" in explorer.driver.current_url
    trace = examples.read_example().traces["hard"]
    (rows, columns), (row, column) = trace.grid, trace.steps[explorer.chosen].glimpse
    explorer.inside("const s = find('.opacity input'); s.value = 0; s.dispatchEvent(new Event('input'))")
    left, top, right, bottom = explorer.inside(
        """
        const [w, h] = [heat.width, heat.height];
        const data = pixels(0, 0, w, h);
        const drawn = [...Array(w * h).keys()].filter((n) => data[4 * n + 3] > 0);
        const [xs, ys] = [drawn.map((n) => n % w), drawn.map((n) => Math.floor(n / w))];
        const least = (a) => a.reduce((x, y) => Math.min(x, y)), most = (a) => a.reduce((x, y) => Math.max(x, y));
        return [least(xs) / w, least(ys) / h, most(xs) / w, most(ys) / h];
        """
    )
    expected = [column / columns, row / rows, (column + 1) / columns, (row + 1) / rows]
    assert [left, top, right, bottom] == pytest.approx(expected, abs=0.015)


def test_an_upload_is_captioned_and_a_broken_one_is_refused_in_a_sentence(explorer, tmp_path):
    explorer.open("?model=soft")
    Image.new("RGB", (300, 100), "teal").save(tmp_path / "mine.png")
    (tmp_path / "broken.jpg").write_bytes(b"this was never a photo")
    explorer.run("document.querySelector('.st-key-own_photo button').click()")
    field = "input[type=file]"
    until(lambda: explorer.driver.find_element("css selector", field))
    explorer.driver.find_element("css selector", field).send_keys(str(tmp_path / "mine.png"))
    until(lambda: explorer.inside("return find('.picture').naturalWidth") == 300)
    assert explorer.inside("return find('.picture').alt") == "Your photo"
    assert explorer.inside("return heat.clientWidth / heat.clientHeight") == pytest.approx(3, rel=0.02)
    explorer.driver.find_element("css selector", field).send_keys(str(tmp_path / "broken.jpg"))
    until(lambda: "This is not a photo" in explorer.text)
    assert explorer.inside("return find('.picture').naturalWidth") == 300
    explorer.click("explore-photo", "boat")
    until(lambda: "boat" in explorer.inside("return find('.picture').alt"))


def test_the_whole_gallery_is_in_sight_where_there_is_room_and_the_chosen_photo_everywhere(explorer):
    boxes = """
    const strip = document.querySelector(".st-key-explore-photo [role=radiogroup]");
    const frame = strip.getBoundingClientRect();
    return [...strip.querySelectorAll(arguments[0])].map((button) => {
      const box = button.getBoundingClientRect();
      return frame.left <= box.left + 1 && box.right - 1 <= frame.right;
    });
    """
    explorer.open()
    explorer.run("indexedDB.deleteDatabase('glimpse')")  # photos kept from other tests would make the row longer
    explorer.open(size=(1440, 900))
    seen = explorer.run(boxes, "button")
    assert all(seen) and len(seen) == len(GALLERY)
    for size in ((1280, 720), (390, 844)):
        explorer.open("?photo=boat", size=size)
        until(lambda: explorer.run(boxes, "[aria-checked=true]") == [True])
        faces = "[...document.querySelectorAll('.st-key-explore-photo button')]"
        assert explorer.run(f"return new Set({faces}.map((face) => face.offsetTop)).size") == 1


def test_on_a_phone_everything_fits_and_the_photo_is_on_the_first_screen(explorer):
    explorer.open(size=(390, 844))
    assert explorer.run("return document.scrollingElement.scrollWidth") <= 390
    box = explorer.inside("const b = heat.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]")
    assert box[0] >= 0 and box[2] <= 390 and 0 < box[1] < box[3] < 844
    sizes = explorer.inside("return [...root.querySelectorAll('.round')].map((b) => b.getBoundingClientRect().height)")
    assert min(sizes) >= 40  # large enough for a finger
