"""The example of docs/your-own-model.md, taken out of it and installed as it says, outside of this repository."""

import re
import sys
import tomllib
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "your-own-model.md"


def example(name: str) -> str:
    """The block of code that the document marks as this file."""
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found, name
    return found[1]


def install(folder: Path) -> Path:
    """What ``pip install`` leaves in a folder that Python looks into: the module, and what its project says of it."""
    (folder / "colour_namer.py").write_text(example("colour_namer.py"), "utf-8")
    project = tomllib.loads(example("pyproject.toml"))["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    lines = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {where}" for name, where in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return folder


def installed(monkeypatch, folder: Path):
    """The example's module, importable and known while ``monkeypatch`` lasts."""
    monkeypatch.syspath_prepend(install(folder))
    monkeypatch.delitem(sys.modules, "colour_namer", raising=False)
    import colour_namer

    return colour_namer
