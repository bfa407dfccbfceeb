"""What the documents point at exists: files, headings, commands with their options."""

import re
import shlex
from pathlib import Path

import pytest

from core.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("checkpoints/*/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(text: str) -> set[str]:
    """The headings of a Markdown text as GitHub names them in links."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_files_and_headings(document):
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, heading = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), f"{link} leads nowhere"
        assert not heading or heading in anchors(target.read_text(encoding="utf-8")), f"{link}: no such heading"


def test_the_layout_in_the_architecture_is_the_real_one():
    """Every file and folder that docs/architecture.md draws exists."""
    drawing = re.search(r"```\n(.*?)```", (ROOT / "docs/architecture.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    folders: list[str] = []
    for line in drawing.splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        folders[depth:] = [name]
        assert (ROOT / "/".join(part.rstrip("/") for part in folders)).exists(), f"{name} is drawn but not there"


COMMANDS = [
    line.split("#")[0].strip()
    for document in DOCUMENTS
    for block in re.findall(r"```sh\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
    if line.startswith("python -m core ")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_and_their_options_exist(command, capsys):
    # --help stops the command before it does anything, but after its options were looked up
    assert main([*shlex.split(command)[3:], "--help"]) == 0, capsys.readouterr().err
