"""“Watch it learn” in headless Chromium: a training is started, seen to move, paused, stopped, and left."""

import shutil
import signal
from pathlib import Path

import pytest
from browsing import Viewer, serve, until

from core import checkpoints

pytestmark = pytest.mark.browser

# In the page's scripts: the film, and the steps up to which the first curve is drawn.
HELPERS = """
const film = () => document.querySelector("[data-testid=stBidiComponentIsolated]").shadowRoot;
const curve = () => document.querySelector(".st-key-curves .js-plotly-plot").data[0].x;
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The app with the models of scenes and no others, and its address."""

    def copy(root: Path) -> None:
        for folder in checkpoints.ROOT.glob("scenes-*"):
            shutil.copytree(folder, root / folder.name)

    with serve(tmp_path_factory.mktemp("site"), copy) as started:
        yield started


@pytest.fixture
def viewer(chromium, site) -> Viewer:
    viewer = Viewer(chromium, site[1])
    viewer.visit("learn_live")
    until(lambda: len(see(viewer, "curve()")) > 5)  # the recorded run
    yield viewer
    chromium.get("about:blank")


def see(viewer: Viewer, what: str):
    return viewer.run(f"{HELPERS} return {what}")


def label(viewer: Viewer) -> str:
    return see(viewer, "film().querySelector('.label').textContent")


def workers(server_id: int) -> list[str]:
    """The processes that train for a server."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == server_id and b"core.scenes.live.worker" in (process / "cmdline").read_bytes():
                found.append(process.name)
        except OSError:  # it has just ended
            continue
    return found


def test_a_training_is_started_moves_is_paused_and_stopped(viewer):
    assert "recorded run" in viewer.text
    viewer.click("learn_live-start", "Start")
    until(lambda: "Learning:" in viewer.text)
    until(lambda: see(viewer, "curve().length") >= 2 and see(viewer, "curve().at(-1)") > 0)
    until(lambda: see(viewer, "film().querySelectorAll('.word canvas').length") > 0)
    viewer.click("learn_live-pause", "Pause")
    until(lambda: "Paused" in viewer.text)
    viewer.click("learn_live-resume", "Resume")
    until(lambda: "Learning:" in viewer.text)
    step = see(viewer, "curve().at(-1)")
    until(lambda: see(viewer, "curve().at(-1)") > step)
    viewer.click("learn_live-stop", "Stop")
    until(lambda: "Over" in viewer.text and "Saved after" in viewer.text)
    assert viewer.run("return !!document.querySelector('.st-key-learn_live-download button')")
    assert not viewer.complaints and not viewer.fetched_elsewhere


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_a_closed_page_ends_its_training(viewer, site):
    viewer.click("learn_live-start", "Start")
    until(lambda: workers(site[0].pid))
    before = viewer.driver.current_window_handle
    viewer.driver.switch_to.new_window("tab")
    after = viewer.driver.current_window_handle
    viewer.driver.switch_to.window(before)
    viewer.driver.close()
    viewer.driver.switch_to.window(after)
    until(lambda: not workers(site[0].pid))
    viewer.visit("learn_live")  # in the tab that is left, which has the keyboard as the other had
    until(lambda: viewer.run("return document.hasFocus()"))


def test_going_back_in_time_asks_no_server(viewer, site):
    before = label(viewer)
    site[0].send_signal(signal.SIGSTOP)  # SIGSTOP: whatever happens now happens in the browser
    viewer.run(HELPERS + "const slider = film().querySelector('.moment'); slider.value = 0; slider.oninput();")
    assert label(viewer) == "before the first step" != before
    site[0].send_signal(signal.SIGCONT)
