"""The command line as users script it: what is on which stream, in which form, with which exit code."""

import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_models import WORDS, save_tiny_models, save_tiny_photos

from core.__main__ import main
from core.captioning import gallery
from core.results.caption_metrics import METRICS

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("cli") / "checkpoints")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder with two photos, a broken one, a note, a hidden file and a subfolder."""
    folder = save_tiny_photos(tmp_path_factory.mktemp("photos"))
    (folder / "broken.jpg").write_bytes((folder / "a.JPG").read_bytes()[:200])
    (folder / "note.txt").write_text("no photo")
    (folder / "._b.png").write_bytes(b"what a Mac leaves behind")
    (folder / "more").mkdir()
    (folder / "more" / "c.png").write_bytes((folder / "b.png").read_bytes())
    return folder


@pytest.fixture(scope="module")
def dataset(tmp_path_factory, photos):
    def image(name: str, split: str) -> dict:
        sentences = [{"tokens": ["a", "dog", "runs"]}, {"tokens": ["the", "dog", "sits", "on", "grass"]}]
        return {"filename": name, "split": split, "sentences": sentences}

    path = tmp_path_factory.mktemp("data") / "dataset.json"
    images = [image("b.png", "test"), image("a.JPG", "test"), image("b.png", "val"), image("broken.jpg", "val")]
    path.write_text(json.dumps({"images": images}))
    return path


@pytest.fixture(scope="module")
def phrases(tmp_path_factory):
    """Of a photo of the split "val", and of one of "test" that fit no captions."""
    path = tmp_path_factory.mktemp("phrases") / "phrases.json"
    dog = {"boxes": {"1": [[0, 0, 0.5, 1]]}, "phrases": [[[0, 2, 1, "animals"]], []]}
    path.write_text(json.dumps({"b.png": dog, "a.JPG": {**dog, "phrases": [[]]}}))
    return path


@pytest.fixture
def no_java(monkeypatch, tmp_path):
    """Scoring without METEOR's ten seconds; git stays within reach."""
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.symlink_to("/usr/bin/git")
    monkeypatch.setenv("PATH", str(git.parent))


def test_caption_in_json(run, photos):
    models = ["none", "soft", "hard"]
    code, out, err = run("caption --json --model none --model soft --model hard", photos / "b.png", photos / "a.JPG")
    assert (code, err) == (0, [])
    records = [json.loads(line) for line in out]
    pairs = [(str(photos / name), model) for name in ("b.png", "a.JPG") for model in models]
    assert [(record["photo"], record["model"]) for record in records] == pairs
    for record in records:
        assert list(record) == ["photo", "model", "caption", "log_prob", "seconds", "words", "distance", "familiar"]
        assert record["caption"] == " ".join(word["word"] for word in record["words"])
        assert record["log_prob"] < 0 < record["seconds"]
        for word in record["words"]:
            assert list(word) == ["word", "prob", "attention", "glimpse"]
            assert word["word"] in WORDS and 0 < word["prob"] <= 1
            attention = np.array(word["attention"])
            assert attention.shape == (16, 16) and attention.sum() == pytest.approx(1, abs=1e-4)
            if record["model"] == "hard":
                assert tuple(word["glimpse"]) == np.unravel_index(attention.argmax(), attention.shape)
            else:
                assert word["glimpse"] is None
            if record["model"] == "none":
                assert attention == pytest.approx(1 / 256)


def test_caption_for_people(run, photos):
    code, out, err = run("caption", photos / "b.png")
    assert (code, err) == (0, [])
    assert len(out) == 1 and out[0].startswith(f"{photos / 'b.png'}: ")
    assert set(out[0].rsplit(": ", 1)[1].split()) <= set(WORDS)
    code, out, _ = run("caption --model soft --model hard --model soft", photos / "b.png")
    assert [line.split()[0] for line in out] == [str(photos / "b.png"), "soft", "hard"]


def test_without_a_model_soft_captions(run, photos):
    _, out, _ = run("caption --json", photos / "b.png")
    assert [json.loads(line)["model"] for line in out] == ["soft"]


def test_a_folder_gives_its_photos_sorted_and_the_broken_one_a_sentence(run, photos):
    code, out, err = run("caption --json", photos)
    assert [Path(json.loads(line)["photo"]).name for line in out] == ["a.JPG", "b.png"]
    assert code == 2
    assert err[0] == f"{photos / 'more'} is left out: folders within a folder are not opened."
    assert err[1].startswith(f"{photos / 'note.txt'} is left out: This is not a photo")
    assert len(err) == 3 and err[2].startswith(f"{photos / 'broken.jpg'}: ") and err[2].endswith(".")


def test_photos_in_a_folder_are_told_by_content_and_the_rest_is_named(run, tmp_path):
    picture = Image.new("RGB", (40, 30), "red")
    for name, kind in (("a", "JPEG"), ("b.jfif", "JPEG"), ("c.bmp", "BMP"), ("d.jp2", "JPEG2000"), ("e.dat", "AVIF")):
        picture.save(tmp_path / name, kind)
    (tmp_path / "f.txt").write_text("no photo")
    (tmp_path / "g.lnk").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "h.jpg")
    code, out, err = run("caption --json", tmp_path)
    assert [Path(json.loads(line)["photo"]).name for line in out] == ["a", "b.jfif", "c.bmp", "d.jp2", "e.dat"]
    assert code == 0
    assert [line.split(" is left out: ")[0] for line in err] == [
        str(tmp_path / name) for name in ("f.txt", "g.lnk", "h.jpg")
    ]
    (tmp_path / "i.jpg").write_text("only called a photo")
    assert run("caption --json", tmp_path)[0] == 2


def test_names_that_a_terminal_would_obey_are_printed_harmless(run, photos, tmp_path):
    evil = tmp_path / "a\nb\x1b[31m\u202e.png"
    evil.write_bytes((photos / "b.png").read_bytes())
    (tmp_path / "c\rd.txt").write_text("no photo")
    code, out, err = run("caption", tmp_path, tmp_path / "x\x1b]0;title\x07.jpg")
    assert len(out) == 1 and out[0].startswith(f"{tmp_path}/a\\nb\\x1b[31m\\u202e.png: ")
    assert len(err) == 2 and "x\\x1b]0;title\\x07.jpg" in err[0] and "c\\rd.txt" in err[1]


def test_good_photos_are_answered_beside_bad_ones(run, photos, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    bad = [tmp_path / "nowhere.jpg", empty, photos / "note.txt"]
    code, out, err = run("caption --json", *bad, photos / "b.png")
    assert code == 2 and len(out) == 1 and json.loads(out[0])["photo"].endswith("b.png")
    assert len(err) == 3
    assert all(str(path) in line and line.endswith(".") for path, line in zip(bad, err, strict=True))


def test_only_bad_photos(run, tmp_path):
    code, out, err = run("caption --json", tmp_path / "nowhere.jpg")
    assert (code, out, len(err)) == (2, [], 1)


@pytest.mark.slow
def test_sampling_repeats_with_its_seed(run, photos):
    def caption(seed: int) -> str:
        _, out, _ = run("caption --json --method sample --temperature 2 --seed", seed, photos / "b.png")
        return json.loads(out[0])["caption"]

    assert caption(3) == caption(3)
    assert len({caption(seed) for seed in range(5)}) > 1


def test_greedy_is_a_beam_of_one(run, photos):
    _, greedy, _ = run("caption --json --method greedy", photos / "b.png")
    _, narrow, _ = run("caption --json --beam 1", photos / "b.png")
    assert json.loads(greedy[0])["words"] == json.loads(narrow[0])["words"]


def test_a_model_by_its_path(run, root, photos):
    _, by_path, _ = run("caption --json --model", root / "hard", photos / "b.png")
    _, by_name, _ = run("caption --json --model hard", photos / "b.png")
    assert json.loads(by_path[0])["words"] == json.loads(by_name[0])["words"]


@pytest.mark.parametrize(
    ("command", "about"),
    [
        ("caption", "PHOTO"),
        ("caption --no-such-option x.jpg", "--no-such-option"),
        ("caption --beam 0 {b}", "--beam"),
        ("caption --beam wide {b}", "--beam"),
        ("caption --method guess {b}", "--method"),
        ("caption --method sample --temperature 0 {b}", "--temperature"),
        ("caption --method sample --temperature nan {b}", "temperature"),
        ("caption --model nobody {b}", "nobody"),
        ("caption --model encoder {b}", "encoder"),
        ("train photos --dataset {dataset} --images . --encoder-weights nowhere --out .", "nowhere"),
        ("train photos --dataset {dataset} --images . --out . --captioner sharp --encoder-weights .", "sharp"),
        ("evaluate photos --images .", "--dataset"),
        ("evaluate photos --dataset {dataset}", "None of the photos"),
        ("evaluate photos --dataset nowhere.json --images .", "nowhere.json"),
        ("evaluate photos --dataset {b} --images .", "b.png"),
        ("evaluate photos --dataset {dataset} --images nowhere.zip", "nowhere.zip"),
        ("evaluate photos --dataset {dataset} --images . --split exam", "exam"),
        ("evaluate photos --dataset {dataset} --images {photos} --predictions /no/such/folder/file", "/no/such/folder"),
        ("evaluate photos --dataset {dataset} --images {photos} --results {b}/inside", "inside"),
        ("evaluate photos --dataset {dataset} --images {photos}/more", "None of the photos"),
        ("evaluate gaze --dataset {dataset} --images {photos}", "--phrases"),
        ("evaluate gaze --dataset {dataset} --images {photos} --phrases nowhere.json", "nowhere.json"),
        ("evaluate gaze --dataset {dataset} --images {photos} --phrases {b}", "is not JSON"),
        ("evaluate gaze --dataset {dataset} --images {photos} --phrases {dataset}", "no phrases of any photo"),
        ("evaluate gaze --dataset {dataset} --images {photos} --phrases {phrases} --split exam", "exam"),
        ("evaluate gaze --dataset {dataset} --images {photos} --phrases {phrases} --limit 0", "--limit"),
        ("evaluate gaze --dataset {dataset} --images {photos} --phrases {phrases} --model nobody", "nobody"),
        ("evaluate gaze --dataset {dataset} --images {photos}/more --phrases {phrases}", "None of the photos"),
        (
            "evaluate gaze --dataset {dataset} --images {photos} --phrases {phrases} --split test",
            "phrases of 1 captions",
        ),
    ],
)
def test_wrong_arguments_are_one_sentence_and_exit_code_2(run, photos, dataset, phrases, command, about):
    code, out, err = run(command.format(b=photos / "b.png", photos=photos, dataset=dataset, phrases=phrases))
    assert (code, out) == (2, [])
    assert about in err[-1]
    # where photos are missing, what was looked for and each photo have a sentence before the last
    assert len(err) == 1 or all("none of the folders" in line for line in err[1:-1]) and "captions, Karpathy" in err[0]


def test_a_command_that_there_is_not(capsys):
    for arguments in (["captoin"], ["evaluate", "fotos"], []):
        assert main(arguments) == 2
        assert "Traceback" not in capsys.readouterr().err


def test_evaluate_in_json(run, photos, dataset, no_java):
    code, out, err = run("evaluate photos --json --beam 2 --dataset", dataset, "--images", photos)
    assert (code, err) == (0, [])
    records = [json.loads(line) for line in out]
    assert [record["model"] for record in records] == ["none", "soft", "hard"]
    for record in records:
        assert list(record) == ["model", "split", "n", "beam", *METRICS, "seconds"]
        assert (record["split"], record["n"], record["beam"], record["METEOR"]) == ("test", 2, 2, None)


def test_evaluate_for_people(run, photos, dataset, no_java):
    code, out, _ = run("evaluate photos --model soft --dataset", dataset, "--images", photos)
    assert code == 0 and [line.split()[0] for line in out] == ["model", "soft"]
    assert out[1].split()[6] == "-"  # no METEOR


def test_evaluate_leaves_a_broken_photo_out_and_says_so(run, photos, dataset, no_java):
    code, out, err = run("evaluate photos --json --split val --model soft --dataset", dataset, "--images", photos)
    assert code == 2 and json.loads(out[0])["n"] == 1
    assert len(err) == 3 and err[0].startswith("broken.jpg: ") and err[2].startswith("1 of the photos")
    assert json.loads(out[0])["CIDEr"] is None and "several photos" in err[1]


def test_evaluate_writes_the_captions_that_it_scored(run, photos, dataset, tmp_path, no_java):
    file = tmp_path / "predictions.jsonl"
    run("evaluate photos --model soft --model none --dataset", dataset, "--images", photos, "--predictions", file)
    written = [json.loads(line) for line in file.read_text().splitlines()]
    assert all(list(line) == ["photo", "model", "caption"] for line in written)
    _, out, _ = run("caption --json --model soft --model none", photos / "b.png", photos / "a.JPG")
    said = {(Path(record["photo"]).name, record["model"]): record["caption"] for record in map(json.loads, out)}
    assert {(line["photo"], line["model"]): line["caption"] for line in written} == said


def test_results_say_how_they_came_and_models_lists_them(run, root, photos, dataset, no_java):
    """Until the weights change: then the scores are another model's."""
    results = root.parent / "results"
    arguments = ["--json", "--model", "soft", "--dataset", dataset, "--images", photos, "--results", results]
    _, out, _ = run("evaluate photos", *arguments)
    record = json.loads((results / "photos-dataset-test-soft-beam4.json").read_text())
    assert list(record.items())[: len(METRICS) + 5] == list(json.loads(out[0]).items())
    sha256 = hashlib.sha256((root / "soft" / "model.safetensors").read_bytes()).hexdigest()
    assert (record["checkpoint"], record["dataset"], record["seed"]) == (sha256, "dataset.json", 0)
    assert record["command"].startswith("python -m core evaluate photos --json --model soft --dataset ")
    assert record["length_penalty"] == pytest.approx(0.7)
    assert {"date", "commit"} <= set(record)
    (results / "notes.json").write_text("[]")
    (results / "torn.json").write_text("{")

    code, out, err = run("models --json")
    assert (code, err) == (0, [])
    listed = {line["name"]: line for line in map(json.loads, out)}
    fields = ["name", "kind", "attention", "looks", "parameters", "bytes", "sha256", "data", "licence", "scores"]
    assert set(listed) == {"none", "soft", "hard"} and all(list(line) == fields for line in listed.values())
    assert listed["none"]["scores"] is None
    (scores,) = listed["soft"]["scores"]
    assert (scores["split"], scores["n"], scores["beam"], scores["CIDEr"]) == ("test", 2, 4, record["CIDEr"])
    _, out, _ = run("models")
    assert sum("test, 2 photos" in line for line in out) == 1 and any(sha256 in line for line in out)

    record["checkpoint"] = "0" * 64
    (results / "photos-dataset-test-soft-beam4.json").write_text(json.dumps(record))
    _, out, _ = run("models --json")
    assert all(json.loads(line)["scores"] is None for line in out)


def test_articles(run, photos):
    _, _, err = run("caption --model encoder", photos / "b.png")
    assert "an encoder" in err[0] and "a captioner" in err[0] and "a encoder" not in err[0]


@pytest.mark.slow
def test_scoring_is_on_the_progress_bar(root, photos, dataset, tmp_path):
    """On a terminal, while Java runs: a slow one here."""
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nsleep 4\nexit 1\n")
    java.chmod(0o755)
    models = ["--model", "soft", "--checkpoints", str(root)]
    data = ["--dataset", str(dataset), "--images", str(photos), "--predictions", str(tmp_path / "predictions.jsonl")]
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "core", "evaluate", "photos", *models, *data],
        cwd=REPOSITORY,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with open(ours, "rb", buffering=0) as terminal:  # read as it comes: a full pseudo-terminal would stop the program
        while chunk := _read_chunk(terminal):
            shown += chunk
    out, _ = done.communicate()
    assert done.returncode == 0 and b"BLEU-4" in out and b"Scoring" not in out
    assert b"Scoring" in shown


def _read_chunk(terminal) -> bytes:
    try:
        return terminal.read(4096)
    except OSError:  # what a closed pseudo-terminal answers at its end
        return b""


def test_help_is_quick_to_load():
    script = "import sys, core.__main__ as m; m.main(['--help']); print('torch' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.stderr.strip() == "False" and "caption" in done.stdout and "evaluate" in done.stdout


@pytest.mark.slow
def test_as_a_program_the_streams_stay_apart(root, photos, tmp_path):
    """A file name of bytes that are no text must not stop the captions either."""
    odd = tmp_path / "ph\udcffto.png"
    odd.write_bytes((photos / "b.png").read_bytes())
    command = [sys.executable, "-m", "core", "caption", str(odd), "nowhere.jpg", "--checkpoints", str(root)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "There is no file nowhere.jpg.\n")
    assert done.stdout.startswith(str(tmp_path)) and done.stdout.count("\n") == 1


@pytest.mark.slow
def test_the_shipped_models_say_what_is_on_a_photo(capsys):
    assert main(["caption", "--json", str(gallery.PHOTOS / gallery.GALLERY["cat"].source)]) == 0
    assert "cat" in json.loads(capsys.readouterr().out)["caption"].split()


def test_several_places_may_follow_images(run, photos, dataset, tmp_path, no_java):
    """As shells expand ``--images images-*.zip``."""
    (tmp_path / "empty").mkdir()
    places = ["--images", tmp_path / "empty", photos]
    code, out, err = run("evaluate photos", "--json", "--model", "soft", "--dataset", dataset, *places)
    assert (code, err, len(out)) == (0, [], 1)
