"""The app in headless Chromium: fixtures and a viewer's hands. Tests that import from here are skipped without it."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from tiny_models import save_tiny_models

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
# In the page's scripts: the component, its elements, and a fingerprint of the first heat's pixels.
HELPERS = """
const root = document.querySelector("[data-testid=stBidiComponentIsolated]").shadowRoot;
const find = (selector) => root.querySelector(selector);
const every = (selector) => [...root.querySelectorAll(selector)];
const heat = find(".heat");
const pixels = (x, y, w, h) => heat.getContext("2d").getImageData(x, y, w, h).data;
const all = () => pixels(0, 0, heat.width, heat.height);
const print = () => all().reduce((sum, value) => (sum * 31 + value) % 1000003, 7);
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The process of a copy of the app, whose models are tiny and untrained, and its address."""
    folder = tmp_path_factory.mktemp("site")
    for name in ("pages", "core", ".streamlit"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "app.py", folder)
    save_tiny_models(folder / "checkpoints", ending=-8)
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
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(tmp_path_factory.mktemp("downloads"))})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_script_timeout(PATIENCE)
    yield driver
    driver.quit()


class Viewer:
    """Somebody who looks at a page and uses it."""

    def __init__(self, driver, address: str):
        self.driver, self.address = driver, address

    def visit(self, link: str, size: tuple[int, int] = (1440, 900)) -> None:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.get(f"{self.address}/{link}")

    def run(self, script: str, *arguments):
        return self.driver.execute_script(script, *arguments)

    def inside(self, script: str, *arguments):
        """Run a script that may use ``HELPERS``."""
        return self.run(HELPERS + script, *arguments)

    def wait(self, milliseconds: int) -> None:
        self.driver.execute_async_script("setTimeout(arguments[1], arguments[0])", milliseconds)

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def click(self, key: str, label: str) -> None:
        """Click the button of the widget ``key`` whose text ends with ``label``."""
        self.run(
            "[...document.querySelectorAll(`.st-key-${arguments[0]} button`)]"
            ".find((b) => b.textContent.trim().endsWith(arguments[1])).click()",
            key,
            label,
        )

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
