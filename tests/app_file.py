"""Where the app is that the tests of pages open."""

from pathlib import Path

APP = Path(__file__).resolve().parent.parent / "app.py"
TIMEOUT = 300  # seconds; generous, for a busy machine
