"""The browser's scripts without a browser: their own tests in node, and what they and Python must agree on."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from core.memory.document import Document
from core.memory.session import NEW, StorySession
from core.trace import WordStep
from core.views import beam, bundle, figures, film, lab, photos, player, street
from core.views.player.heat import heat

REPOSITORY = Path(__file__).resolve().parent.parent
TIMES = 8  # pixels a cell
COMPONENTS = {
    "photo": player.assets("photo"), "story": player.assets("story"),
    "beam": beam.assets(), "film": film.assets(), "lab": lab.assets(), "street": street.assets(),
    "photos": photos.assets(),
}  # fmt: skip
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")


def node(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        ["node", *arguments], cwd=REPOSITORY, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_node
def test_the_scripts_own_tests(tmp_path):
    """Among them: heat is drawn in the browser as ``core.views.figures`` draws it."""
    drawn = []
    for rows, columns in ((14, 14), (7, 9), (12, 5)):
        alpha = np.random.default_rng(rows).dirichlet(np.full(rows * columns, 0.2)).reshape(rows, columns)
        step = WordStep("dog", 0.5, (), tuple(map(tuple, alpha.tolist())), None, 0.7)
        size = columns * TIMES, rows * TIMES
        drawn.append(
            {
                "grid": [rows, columns],
                "heat": heat(),
                "alpha": alpha.ravel().tolist(),
                "full": figures.full_weight(step),
                "cells": np.asarray(figures.heat_picture(step, (columns, rows), smooth=False)).ravel().tolist(),
                "times": TIMES,
                "smooth": np.asarray(figures.heat_picture(step, size)).ravel().tolist(),
            }
        )
    path = tmp_path / "figures.json"
    path.write_text(json.dumps(drawn))
    said = node("--test", "--test-reporter=tap", "tests/js", FIGURES=str(path))
    assert re.search(r"^# pass [1-9]", said, re.MULTILINE) and "# skipped 0" in said, said


@needs_node
def test_what_the_browser_asks_of_a_story_is_understood():
    told = ["Mary went to the kitchen.", "John took the milk.", "John left."]
    asked = ["remove(1)", "again(1)", "edit(0, 'Mary left.')", "look('soft', 1, 2)", "undo()", "reset()", "question(0)"]
    script = f"""
        import {{ request }} from "./core/views/player/requests.js";
        console.log(JSON.stringify([{", ".join(f"request.{one}" for one in asked)}]));
    """
    session, changes = StorySession(Document.of(told, []), NEW), []
    for request in json.loads(node("--input-type=module", "--eval", script)):
        session = session.asked(request, told)
        changes.append(session.changes.to_text())
    edited = "~0=Mary%20left."
    assert changes == ["-1", "", edited, f"{edited} @0:soft:1=2", edited, "", ""]


@needs_node
@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_one_script(name, tmp_path):
    script = COMPONENTS[name]["js"]
    assert len(re.findall(r"^export ", script, re.MULTILINE)) == 1 and not re.search(r"^import ", script, re.MULTILINE)
    path = tmp_path / "component.mjs"
    path.write_text(script)
    node("--check", str(path))


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_has_one_style_and_no_loose_ends(name):
    parts = COMPONENTS[name]
    assert "@import" not in parts["css"] and parts["css"].count(".component {") == 1
    assert (
        "$" not in parts["html"]
        and f'class="component {"player" if name in ("photo", "story") else name}"' in parts["html"]
    )


def test_what_is_imported_twice_is_written_once_and_first(tmp_path):
    (tmp_path / "a.js").write_text(
        'import { b } from "./b.js";\nimport {\n  c,\n} from "./c.js";\n\nexport default b + c;\n'
    )
    (tmp_path / "b.js").write_text('import { c } from "./c.js";\n\nexport const b = c;\n')
    (tmp_path / "c.js").write_text("export const c = 1;\n")
    assert bundle.bundle(tmp_path / "a.js") == "const c = 1;\n\nconst b = c;\n\nexport default b + c;\n"


def test_no_script_knows_the_size_of_a_grid():
    for name, parts in COMPONENTS.items():
        assert not re.search(r"\b(14|196)\b", parts["js"]), name
