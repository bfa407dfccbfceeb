"""The app in headless Chromium, and a viewer's hands. Tests that import from here are skipped without it."""

import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
if not (CHROMIUM and DRIVER):
    pytest.skip("chromium and chromedriver are not installed", allow_module_level=True)
webdriver = pytest.importorskip("selenium.webdriver")
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402

REPOSITORY = Path(__file__).resolve().parent.parent
PATIENCE = 180  # seconds; generous, for a busy machine
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
)
# A page stands: the server has nothing more to say, and there is a title.
READY = """
const app = document.querySelector("[data-testid=stApp]");
return app?.dataset.testScriptState === "notRunning" && document.querySelector("[data-testid=stMain] h1") !== null;
"""
# In the page's scripts: the component, its elements, and a fingerprint of the first heat's pixels.
HELPERS = """
const roots = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].map((one) => one.shadowRoot);
const root = roots.find((one) => one.querySelector(".component:not(.photos)"));  // not the one that is never seen
const find = (selector) => root.querySelector(selector);
const every = (selector) => [...root.querySelectorAll(selector)];
const heat = find(".heat");
const pixels = (x, y, w, h) => heat.getContext("2d").getImageData(x, y, w, h).data;
const all = () => pixels(0, 0, heat.width, heat.height);
const print = () => all().reduce((sum, value) => (sum * 31 + value) % 1000003, 7);
"""


@contextmanager
def serve(folder: Path, save_models: Callable[[Path], object]):
    """The process of a copy of the app in ``folder`` and its address; ``save_models`` fills its checkpoints."""
    for name in ("pages", "core", "docs", ".streamlit"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "app.py", folder)
    save_models(folder / "checkpoints")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", address.rsplit(":", 1)[1]]
    with open(folder / "log.txt", "w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        until(lambda: urllib.request.urlopen(f"{address}/_stcore/health").status == 200)
        yield process, address
    finally:
        process.send_signal(signal.SIGCONT)  # a test may have failed while it stood still
        process.terminate()
        process.wait()


@contextmanager
def browse(downloads: Path):
    """A browser that saves files in ``downloads``, several from one page without being asked."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS.split():
        options.add_argument(flag)
    several = {"profile.default_content_setting_values.automatic_downloads": 1}
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads), **several})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_script_timeout(PATIENCE)
    driver.set_page_load_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()


class Viewer:
    """Somebody who looks at a page and uses it; ``helpers`` begin each script of :meth:`inside`."""

    helpers = HELPERS

    def __init__(self, driver, address: str):
        self.driver, self.address = driver, address

    def visit(self, link: str, size: tuple[int, int] = (1440, 900), colours: str = "light") -> None:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": colours}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        # Whoever looks at a page has the keyboard on it. A tab that is left when another one was closed has it not, and
        # in a page without it nothing gains or loses the focus, so that what was typed is never told to the server.
        self.driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
        self.driver.get_log("browser")  # what an earlier page had to say is forgotten
        self.driver.get(f"{self.address}/{link}")

    def run(self, script: str, *arguments):
        return self.driver.execute_script(script, *arguments)

    def inside(self, script: str, *arguments):
        """Run a script that may use the helpers."""
        return self.run(self.helpers + script, *arguments)

    def settle(self) -> None:
        """Wait until the server has nothing more to say, nor the browser's part to ask it."""
        busy = "return document.querySelector('[data-testid=stApp]').dataset.testScriptState !== 'notRunning'"
        self.wait(400)  # a word is told to the server once the viewer has stayed with it for 280 ms
        until(lambda: not self.run(busy) and self.inside("return find('.progress').hidden"))

    def wait(self, milliseconds: int) -> None:
        self.driver.execute_async_script("setTimeout(arguments[1], arguments[0])", milliseconds)

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def click(self, key: str, label: str) -> None:
        """Click the button of the widget ``key`` whose text ends with ``label``, once it is there."""
        script = (
            "const button = [...document.querySelectorAll(`.st-key-${arguments[0]} button`)]"
            ".find((b) => b.textContent.trim().endsWith(arguments[1])); button?.click(); return !!button"
        )
        until(lambda: self.run(script, key, label))

    @property
    def text(self) -> str:
        return self.run("return document.querySelector('[data-testid=stMain]').innerText")

    @property
    def complaints(self) -> list[str]:
        """What the browser holds against the page. Streamlit looks for its server beside a page's own address first."""
        entries = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [message for message in entries if "/_stcore/" not in message]

    @property
    def fetched_elsewhere(self) -> list[str]:
        names = self.run("return performance.getEntriesByType('resource').map((r) => r.name)")
        assert names
        return [name for name in names if not name.startswith((self.address, "data:", "blob:"))]


def until(true) -> None:
    """Wait until ``true()`` is, whatever it raises before; fail when patience ends."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if true():
                return
        except Exception:
            if time.monotonic() > end:
                raise
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
