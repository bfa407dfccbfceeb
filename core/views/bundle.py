"""The browser's components, as Streamlit takes them: HTML, one style, one script, put together without a build step.

Scripts are modules that node can import for their tests, and styles import each other too. Streamlit and the
standalone page take one script and one style each, so what a file imports is written out before it, once.
"""

import re
from pathlib import Path
from typing import TypedDict

_IMPORT = re.compile(r'^(?:import \{[^}]*\} from|@import) "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default )", re.MULTILINE)


class Assets(TypedDict):
    """The keyword arguments of ``st.components.v2.component``."""

    html: str
    css: str
    js: str


def assets(folder: Path, name: str = "component") -> Assets:
    """The component that ``folder`` holds as ``name``.html, .css and .js."""
    html = (folder / f"{name}.html").read_text(encoding="utf-8")
    return {"html": html, "css": bundle(folder / f"{name}.css"), "js": bundle(folder / f"{name}.js")}


def bundle(entry: Path) -> str:
    """A script or a style with all that it imports, and only its default export."""
    texts: dict[Path, str] = {}

    def add(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        for imported in _IMPORT.findall(text):
            if (other := (path.parent / imported).resolve()) not in texts:
                add(other)
        texts[path] = _EXPORT.sub("", _IMPORT.sub("", text)).lstrip()

    add(entry.resolve())
    return "\n".join(texts.values())
