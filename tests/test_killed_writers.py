"""A process killed in the middle of writing a file: what is there under the file's name is whole, or as it was before.

The kernel kills, in the system call that would make a file longer than allowed: so the kill is always in the middle of
writing, no line of Python runs after it, and what was written so far stays, as after SIGKILL.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_models import save_tiny_models
from tiny_networks import save_tiny

REPOSITORY = Path(__file__).resolve().parent.parent

# Runs one piece of code after another, each in a process of its own, in which files may be so many bytes long: -1 for
# any. What is slow to import is imported once. Says of each by which signal it ended, or with which code.
SERVER = """
import json, os, resource, runpy, signal, sys
from pathlib import Path
import torch, safetensors.torch
import core.captioning.registry, core.captioning.stream, core.exports, core.memory.service, core.views.player
from core import __main__

def main(arguments):
    if code := __main__.main(arguments):
        os._exit(code)

for line in sys.stdin:
    code, most = json.loads(line)
    child = os.fork()
    if not child:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        os.dup2(2, 1)  # standard output is for what is said below
        exec(code)
        os._exit(0)
    ended = os.waitpid(child, 0)[1]
    print(os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else -os.WEXITSTATUS(ended), flush=True)
"""
SIGXFSZ = 25

# What is written -> the code that does; SITE is the folder of :func:`site`, and OUT that for what is written.
WRITERS = {
    "exports": 'main(["caption", SITE + "/photos/0.png", "--export", OUT, "--overwrite", *MODELS])',
    "a page of a folder": 'main(["caption", SITE + "/photos", "--out", OUT + "/x.html", "--overwrite", *MODELS])',
    "parquet": 'main(["table", SITE + "/table.jsonl", "--out", OUT + "/x.parquet", "--overwrite"])',
    "csv": 'main(["table", SITE + "/table.jsonl", "--out", OUT + "/x.csv", "--overwrite"])',
    "jsonl": 'main(["table", SITE + "/table.jsonl", "--out", OUT + "/x.jsonl", "--overwrite"])',
    "a page of a table": 'main(["table", SITE + "/table.jsonl", "--out", OUT + "/x.html", "--overwrite"])',
    "predictions of photos": (
        'os.environ["PATH"] = ""\n'  # where no Java is found, which would take long to start
        'main(["evaluate", "photos", "--dataset", SITE + "/dataset.json", "--images", SITE + "/photos",'
        ' "--predictions", OUT + "/p.jsonl", "--results", OUT, *MODELS])'
    ),
    "predictions of stories": (
        'main(["evaluate", "stories", "--dir", SITE + "/babi", "--predictions", OUT + "/p.jsonl",'
        ' "--results", OUT, "--checkpoints", SITE + "/checkpoints"])'
    ),
    "predictions of typed stories": (
        'main(["evaluate", "typed", "--file", SITE + "/typed.jsonl", "--predictions", OUT + "/p.jsonl",'
        ' "--results", OUT, "--checkpoints", SITE + "/checkpoints"])'
    ),
    "stories as bAbI's files": (
        'sys.argv = ["stories", OUT, "--stories", "40"]; runpy.run_module("core.data.stories", run_name="__main__")'
    ),
    "a checkpoint": (
        "from core import checkpoints\n"
        'state = safetensors.torch.load_file(SITE + "/checkpoints/soft/model.safetensors")\n'
        'checkpoints.save(Path(OUT, "soft"), {"kind": "captioner"}, state, "# Card")'
    ),
    "a copy of a checkpoint": (
        'from core import checkpoints\ncheckpoints.copy(Path(SITE, "checkpoints", "soft"), Path(OUT, "soft"))'
    ),
    "what a run learns from": (
        'from core.training.run_folder import claim_data\nclaim_data(Path(OUT), {"photos": "x" * 9000}, {})'
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Tiny models, photos, stories, and a table of captions."""
    site = tmp_path_factory.mktemp("site")
    root = save_tiny_models(site / "checkpoints")
    save_tiny(root, "memn2n")
    (site / "photos").mkdir()
    images = []
    for n in range(3):
        pixels = np.random.default_rng(n).integers(0, 256, (60, 90, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(site / "photos" / f"{n}.png")
        images.append({"filename": f"{n}.png", "split": "test", "sentences": [{"tokens": ["a", "dog"]}] * 2})
    (site / "dataset.json").write_text(json.dumps({"images": images}))
    row = {"model": "soft", "caption": "a dog", "log_prob": -1.0, "distance": None, "familiar": None, "problem": None}
    rows = [{"photo": f"{n}.png", **row} for n in range(2_000)]
    (site / "table.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (site / "babi").mkdir()
    (site / "babi" / "qa1_x_test.txt").write_text("1 Mary went to the kitchen.\n2 Where is Mary?\tkitchen\t1\n" * 9)
    asked = {"story": "Mary went to the kitchen.", "question": "Where is Mary?", "answer": "kitchen", "kind": "babi"}
    (site / "typed.jsonl").write_text((json.dumps(asked) + "\n") * 9)
    return site


@pytest.fixture(scope="module")
def server():
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running
        assert running.stdin
        running.stdin.close()


def run(server: subprocess.Popen[str], code: str, most: int = -1) -> int:
    assert server.stdin and server.stdout
    print(json.dumps([code, most]), file=server.stdin, flush=True)
    return int(server.stdout.readline())


def shown(folder: Path) -> dict[str, bytes]:
    """The files of a folder that are not hidden, nor in a hidden one, nor a run's log; by their paths in there."""
    paths = [path for path in folder.rglob("*") if path.is_file() and ".log" not in path.name]
    inside = {path.relative_to(folder): path for path in paths}
    return {str(name): path.read_bytes() for name, path in inside.items() if not any(p[0] == "." for p in name.parts)}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("what", WRITERS)
def test_a_killed_writer_leaves_whole_files_or_none(site, server, tmp_path, what):
    whole, out = tmp_path / "whole", tmp_path / "out"
    for folder in (whole, out):
        folder.mkdir()
    options = ["--checkpoints", str(site / "checkpoints"), "--model", "soft", "--beam", "2"]
    begin = f"SITE, MODELS = {str(site)!r}, {options!r}\nOUT = "
    assert run(server, f"{begin}{str(whole)!r}\n{WRITERS[what]}") == 0
    written = shown(whole)
    longest, shortest = (pick(map(len, written.values())) for pick in (max, min))
    killed = 0
    for most, before in ((longest // 2, written), (shortest // 2, {})):
        for name, content in before.items():
            (out / name).parent.mkdir(exist_ok=True)
            (out / name).write_bytes(content)
        killed += run(server, f"{begin}{str(out)!r}\n{WRITERS[what]}", most) == SIGXFSZ
        for name, content in shown(out).items():  # one that is longer than allowed could not be written
            assert len(written[name]) <= most or content == before.get(name), (name, most)
        shutil.rmtree(out)
        out.mkdir()
    assert killed


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_cache_whose_process_was_killed_is_gone_on_with(server, tmp_path):
    begin = f"PATH = {str(tmp_path / 'a.npy')!r}\n"
    code = (
        "import numpy as np\nfrom core.captioning.training.views import cache\n"
        "compute = lambda rows: torch.arange(rows.start, rows.stop)[:, None]\n"
        'cache(Path(PATH), (5, 1), 2, compute, lambda: None, np.float32, of="x" * 9000)'
    )
    assert run(server, begin + code, 5_000) == SIGXFSZ  # while it notes that the first rows are done
    assert run(server, begin + code) == 0
    assert np.load(tmp_path / "a.npy").ravel().tolist() == [0, 1, 2, 3, 4]
