"""The README's pictures, drawn anew from the shipped models: ``python -m docs.pictures`` writes ``docs/images/``.

The film strip and the animation need the models alone. The screenshots also need Chromium with its driver and
Selenium (``requirements-dev.txt``).
"""

import io
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from core import exports
from core.captioning import gallery
from core.captioning.service import CaptionService
from core.results.provenance import REPOSITORY

FOLDER = REPOSITORY / "docs" / "images"
CAPTION = ("climbers", "soft")  # photo, model
ANIMATION_BYTES = 1_400_000
SCREENSHOTS = {  # file -> link
    "explorer": "?photo=climbers&model=soft",
    "compare": "compare?photo=climbers",
    "learn": "learn?step=6",
}
SIZE = (1280, 800)  # pixels of a screenshot
PATIENCE = 600  # seconds until a page has to be there
FLAGS = "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking"


def draw_captions(service: CaptionService, folder: Path) -> Iterator[Path]:
    """The animation and the film strip; gives each file as it is written."""
    name, model = CAPTION
    photo = gallery.load(name)
    trace = service.caption(service.encode([photo]), model)[0]
    yield _write(folder / "animation.gif", exports.animation_gif(photo, trace, max_bytes=ANIMATION_BYTES))
    yield _write(folder / "film-strip.png", _small(exports.film_strip_png(photo, trace)))


def take_screenshots(folder: Path) -> Iterator[Path]:
    """The app's pages as they come up, in light colours; gives each file as it is written."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in FLAGS.split():
        options.add_argument(flag)
    with _app() as address:
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        try:
            metrics = {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            light = {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", light)
            for name, link in SCREENSHOTS.items():
                driver.get(f"{address}/{link}")
                _wait(lambda: driver.execute_script(_AT_REST))
                time.sleep(3)  # pictures, charts and fonts come in
                yield _write(folder / f"{name}.png", _small(driver.get_screenshot_as_png()))
        finally:
            driver.quit()


# The page has been drawn, and its script has nothing left to do.
_AT_REST = """
const app = document.querySelector("[data-testid=stApp]");
return app?.dataset.testScriptState === "notRunning" && document.querySelector("[data-testid=stMain] h1") !== null;
"""


@contextmanager
def _app() -> Iterator[str]:
    """The app in a process of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health").status == 200)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(ready) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if ready():
                return
        except OSError:  # the server does not listen yet
            pass
        if time.monotonic() > end:
            raise TimeoutError("The app did not come up.")
        time.sleep(0.3)


def _small(png: bytes) -> bytes:
    """A PNG in 256 colours: a third of the size, and no different at the size that a page shows."""
    out = io.BytesIO()
    colours = Image.open(io.BytesIO(png)).convert("RGB").quantize(256, kmeans=1)
    Image.open(io.BytesIO(png)).convert("RGB").quantize(palette=colours).save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def main() -> int:
    for path in draw_captions(CaptionService(), FOLDER):
        print(path.relative_to(REPOSITORY))
    try:
        for path in take_screenshots(FOLDER):
            print(path.relative_to(REPOSITORY))
    except ImportError:
        print("Selenium is not installed, so the screenshots are the old ones.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
