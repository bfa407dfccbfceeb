"""A full disk, a killed process, a reader that goes away: files are whole or as before, and a sentence says so."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from tiny_models import save_tiny_models

from core.__main__ import main
from core.files import replacing, write_whole

REPOSITORY = Path(__file__).resolve().parent.parent


def test_a_file_is_as_before_where_writing_it_fails(tmp_path):
    path = tmp_path / "a.json"
    write_whole(path, "before")
    with pytest.raises(KeyError), replacing(path) as draft:
        draft.write_text("half of it")
        raise KeyError
    assert path.read_text() == "before"
    write_whole(path, b"after")
    assert path.read_bytes() == b"after"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.slow
def test_a_file_is_whole_whenever_its_writer_is_killed(tmp_path):
    path = tmp_path / "state.json"
    script = (
        "import sys, json, itertools\nfrom pathlib import Path\nfrom core.files import write_whole\n"
        "for n in itertools.count():\n    write_whole(Path(sys.argv[1]), json.dumps([n] * 200_000))\n"
    )
    for patience in (0.3, 0.37, 0.41, 0.45):
        writer = subprocess.Popen([sys.executable, "-c", script, str(path)], cwd=REPOSITORY)
        while not path.exists():
            assert writer.poll() is None
        time.sleep(patience)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        numbers = json.loads(path.read_text())
        assert len(numbers) == 200_000 and len(set(numbers)) == 1
        path.unlink()


# --- the command line ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Tiny models, photos and a data set of them."""
    site = tmp_path_factory.mktemp("site")
    save_tiny_models(site / "checkpoints", ending=-8)
    (site / "photos").mkdir()
    images = []
    for n in range(6):
        Image.effect_noise((90, 60), 20 * n + 5).convert("RGB").save(site / "photos" / f"{n}.png")
        sentences = [{"tokens": f"a {word} sits on the grass".split()} for word in ("dog", "cat", "man")]
        images.append({"filename": f"{n}.png", "split": "train" if n < 4 else "val", "sentences": sentences})
    (site / "dataset.json").write_text(json.dumps({"images": images}))
    return site


def command(
    *arguments: object, most: int | None = None, stdout: int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in which no file may grow beyond ``most`` bytes: what a full disk is to a program."""

    def limit() -> None:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)], cwd=REPOSITORY, text=True, preexec_fn=limit,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", **environment},
        stdout=stdout, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("most", [100, 2_000_000])
def test_a_training_on_a_full_disk_ends_in_a_sentence(site, tmp_path, most):
    done = command(
        "train", "photos", "--dataset", site / "dataset.json", "--images", site / "photos", "--out", tmp_path / "run",
        "--captioner", "soft", "--encoder-epochs", 1, "--epochs", 1, "--scst-epochs", 0, "--batch", 2,
        "--device", "cpu", "--encoder-weights", site / "checkpoints" / "encoder", most=most,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(".")


@pytest.mark.parametrize(
    "arguments",
    [
        "caption a.png --export {0}",
        "caption folder --out {0}",
        "table t.csv --out {0}",
        "fetch owner/name --out {0}",
        "evaluate photos --dataset d --images i --predictions {0}",
        "evaluate gaze --dataset d --images i --phrases p --results {0}",
        "evaluate stories --dir d --results {0}",
        "evaluate typed --file f --predictions {0}",
        "evaluate scenes --results {0}",
        "train photos --dataset d --images i --captioner soft --out {0}",
        "train stories --dir d --network memn2n --out {0}",
        "train scenes --out {0}",
    ],
)
def test_what_is_written_is_written_on_this_machine(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments.format("s3://bucket/x.csv").split()) == 2
    said = capsys.readouterr().err
    assert "s3:/bucket/x.csv is an address; what is written is written on this machine" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_no_output_at_all_is_no_fault(site):
    shell = f"{sys.executable} -m core models --checkpoints {site / 'checkpoints'} >&-"
    done = subprocess.run(shell, shell=True, cwd=REPOSITORY, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
