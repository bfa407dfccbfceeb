"""What the documents point at exists: files, headings, functions, commands with their options."""

import ast
import re
import shlex
from pathlib import Path

import pytest

from core.__main__ import main
from core.tour import read_tours
from core.tour.exhibits import EXHIBITS
from docs import pictures

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("checkpoints/*/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
IMAGE = re.compile(r'<img src="([^"]+)"')


def anchors(text: str) -> set[str]:
    """The headings of a Markdown text as GitHub names them in links."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_files_and_headings(document):
    text = document.read_text(encoding="utf-8")
    for link in [*LINK.findall(text), *IMAGE.findall(text)]:
        if re.match(r"[a-z]+:", link):
            continue
        name, _, heading = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), f"{link} leads nowhere"
        assert not heading or heading in anchors(target.read_text(encoding="utf-8")), f"{link}: no such heading"


NAMED = re.compile(r"`((?:[\w-]+/)+[\w.-]+\.\w+)`")  # `folder/file.py`, from the root or from a folder below it
FOLDERS = ("core", "pages", "tests", "docs", "results", "benchmarks", "checkpoints")
FILES = [path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*.*")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_are_there(document):
    for name in NAMED.findall(document.read_text(encoding="utf-8")):
        if name.startswith(FOLDERS) or name.endswith(".py"):  # others are the reader's own
            assert any(f"/{file}".endswith(f"/{name}") for file in FILES), f"there is no {name}"


def defined(source: str) -> set[str]:
    """The functions, classes, methods and constants that a module defines, as ``Class.method``."""
    names: set[str] = set()

    def walk(body: list[ast.stmt], within: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(within + node.name)
                if isinstance(node, ast.ClassDef):
                    walk(node.body, f"{within}{node.name}.")
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names.update(within + target.id for target in targets if isinstance(target, ast.Name))

    walk(ast.parse(source).body, "")
    return names


FUNCTION = re.compile(r"\[`([\w/.]+\.py): ([\w.]+)`\]\(([^)\s]+)\)")  # [`file.py: name`](link)
POINTERS = sorted(
    {
        (document, *pointer)
        for document in DOCUMENTS
        for pointer in FUNCTION.findall(document.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize(("document", "file", "name", "link"), POINTERS, ids=[f"{f}:{n}" for _, f, n, _ in POINTERS])
def test_functions_are_where_the_documents_say(document, file, name, link):
    target = (document.parent / link).resolve()
    assert target == ROOT / file, f"the link under {file}: {name} leads to {link}"
    assert name in defined(target.read_text(encoding="utf-8")), f"{file} has no {name}"


@pytest.mark.parametrize("step", [step for tour in read_tours().values() for step in tour.steps if step.code])
def test_the_equations_of_the_tours_are_where_they_say(step):
    file, _, name = step.code.partition(": ")
    assert name in defined((ROOT / file).read_text(encoding="utf-8")), f"{step.file}: {file} has no {name}"


def test_teachers_are_told_of_every_exhibit_and_its_settings():
    text = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    for name, exhibit in EXHIBITS.items():
        row = next(line for line in text.splitlines() if line.startswith("| `") and f"`{name}`" in line.split("|")[1])
        assert set(re.findall(r"`([\w-]+)`", row.split("|")[3])) == set(exhibit.settings), name


def test_the_layout_in_the_architecture_is_the_real_one():
    """Every file and folder that docs/architecture.md draws exists."""
    drawing = re.search(r"```\n(.*?)```", (ROOT / "docs/architecture.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    folders: list[str] = []
    for line in drawing.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        for name in re.split(r"\s{2,}", line.strip())[0].split(", "):
            folders[depth:] = [name]
            assert (ROOT / "/".join(part.rstrip("/") for part in folders)).exists(), f"{name} is drawn but not there"


def test_the_pictures_that_a_command_draws_are_there_and_small():
    names = ["animation.gif", "film-strip.png", *(f"{name}.png" for name in pictures.SCREENSHOTS)]
    assert all(0 < (pictures.FOLDER / name).stat().st_size < 1_500_000 for name in names)


def test_data_knows_nothing_of_models():
    """The arrow in docs/architecture.md: data import nothing of core but data, and what writes files."""
    for path in (ROOT / "core" / "data").rglob("*.py"):
        for name in re.findall(r"^\s*(?:from|import) (core[\w.]*)", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert name.startswith(("core.data", "core.files")), f"{path} imports {name}"


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
