"""The commands about stories as users script them: what is on which stream, in which form, with which exit code."""

import io
import json
import sys

import pytest
import torch
from test_memory_training import write_tasks
from tiny_networks import STORY, save_tiny

from core import checkpoints

NAMES = ["memn2n", "memn2n-none", "memnn", "question-only"]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("stories") / "checkpoints"
    for name in NAMES:
        save_tiny(root, name)
    about = {"kind": "captioner", "attention": "soft"}
    checkpoints.save(root / "soft", about, {"weight": torch.zeros(2)}, "# soft\n")
    return root


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasks")
    write_tasks(folder)
    return folder


@pytest.fixture
def story(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text("\n".join(STORY))
    return path


def test_answer_in_json(run, story):
    arguments = ("--story", story, "--question", "Where is Mary?", "where is the milk")
    code, out, err = run("answer --json --model memn2n --model memnn", *arguments)
    assert (code, err) == (0, [])
    records = [json.loads(line) for line in out]
    assert [(r["question"], r["model"]) for r in records] == [
        ("Where is Mary?", "memn2n"),
        ("Where is Mary?", "memnn"),
        ("where is the milk", "memn2n"),
        ("where is the milk", "memnn"),
    ]
    for record in records:
        assert list(record) == [
            *("question", "model", "answer", "candidates", "sentences", "hops", "glimpses", "gates", "on_nothing"),
            *("enough", "unknown", "notes", "guess", "told"),
        ]
        assert record["sentences"] == list(STORY)
        assert record["candidates"][0]["answer"] == record["answer"] and record["candidates"][0]["prob"] > 0
        assert len(record["hops"]) == len(record["glimpses"]) > 0
        assert all(sum(hop) == pytest.approx(1, abs=1e-5) and len(hop) == len(STORY) for hop in record["hops"])
        assert all((glimpse is None) == (record["model"] == "memn2n") for glimpse in record["glimpses"])


def test_answer_for_people(run, story):
    code, out, err = run("answer", "--story", story, "--question", "Where is Mary?")
    assert (code, err) == (0, [])
    assert out[0].startswith("Where is Mary?  ") and out[1].startswith("  hop 1")


def test_a_story_from_standard_input(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Mary’s in the kitchen".encode())))
    code, out, _ = run("answer --json --story - --question", "Where is Mary?")
    assert code == 0 and json.loads(out[0])["sentences"] == ["Mary’s in the kitchen"]


def test_unknown_words_are_named(run, story):
    code, out, err = run("answer --story", story, "--question", "Where is Zorblax?")
    assert code == 0 and any("zorblax" in line for line in err)
    code, out, err = run("answer --json --story", story, "--question", "Where is Zorblax?")
    assert json.loads(out[0])["unknown"] == ["zorblax"] and any(
        "zorblax" in note for note in json.loads(out[0])["notes"]
    )


def test_good_questions_are_answered_beside_bad_ones(run, story):
    code, out, err = run("answer --json --story", story, "--question", "?!", "Where is Mary?")
    assert (code, len(out), len(err)) == (2, 1, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"?!", "empty"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"x" * 1_000_000, "at most 200,000"),
        (b"word " * 1000, "at most 100"),
    ],
)
def test_a_story_that_is_none_gets_a_sentence(run, tmp_path, content, said):
    path = tmp_path / "story.txt"
    path.write_bytes(content)
    code, out, err = run("answer --story", path, "--question", "Where is Mary?")
    assert (code, out, len(err)) == (2, [], 1) and said in err[0]


@pytest.mark.parametrize(
    "command",
    [
        "answer --story /nowhere --question x",
        "answer --question x",
        "answer --story {story} --question x --model unheard-of",
        "answer --story {story} --question x --model soft",
        "evaluate stories --dir /nowhere",
        "evaluate stories --dir {data} --part test",
        "evaluate stories --dir {data} --model soft",
        "evaluate stories --dir {data} --hold-out 2",
        "train stories --dir /nowhere --out {out}",
        "train stories --dir {data} --out {out} --task 9",
        "train stories --dir {data} --out {out} --network slow",
    ],
)
def test_wrong_arguments_get_a_sentence(run, story, data, tmp_path, command):
    code, out, err = run(command.format(story=story, data=data, out=tmp_path / "run"))
    assert code == 2 and out == [] and err and not any("Traceback" in line for line in err)


def test_captions_come_from_captioners_only(run, tmp_path):
    (tmp_path / "x.jpg").write_bytes(b"no photo")
    code, _, err = run("caption", tmp_path / "x.jpg", "--model", "memnn")
    assert code == 2 and len(err) == 1


def test_evaluate_in_json(run, data, tmp_path):
    code, out, err = run("evaluate stories --json --model memnn", "--dir", data, "--results", tmp_path / "results")
    assert (code, err, len(out)) == (0, [], 1)
    record = json.loads(out[0])
    assert record["model"] == "memnn" and list(record["tasks"]) == ["1", "2"]
    assert all(set(task) >= {"n", "error", "facts"} and task["n"] == 27 for task in record["tasks"].values())
    errors = [task["error"] for task in record["tasks"].values()]
    assert record["mean_error"] == pytest.approx(sum(errors) / 2, abs=1e-3)
    assert record["failed"] == sum(error > 5 for error in errors)
    written = json.loads((tmp_path / "results" / f"stories-{data.name}-all-memnn.json").read_text())
    assert written["tasks"] == record["tasks"] and written["command"].startswith("python -m core evaluate stories")


def test_held_out_stories_are_scored_the_same_way_each_time(run, data, tmp_path):
    arguments = ("--dir", data, "--model", "memn2n", "--hold-out", "0.2", "--results", tmp_path)
    first, again = run("evaluate stories --json", *arguments), run("evaluate stories --json", *arguments)
    other = run("evaluate stories --json", *arguments, "--hold-out-seed", "5")
    assert first == again and first[0] == 0 and first != other
    assert json.loads(first[1][0])["tasks"]["1"]["n"] == 6
    written = json.loads((tmp_path / f"stories-{data.name}-held-out-memn2n.json").read_text())
    assert written["hold_out"] == {"share": 0.2, "seed": 5}


def test_evaluate_for_people_shows_the_blind_baselines_beside(run, data, tmp_path):
    predictions = tmp_path / "predictions.jsonl"
    code, out, _ = run("evaluate stories --model memnn", "--dir", data, "--predictions", predictions)
    assert code == 0 and out[0].split()[-2:] == ["memnn", "question-only"]
    rows = [json.loads(line) for line in predictions.read_text().splitlines()]
    assert len(rows) == 2 * 54 and {row["model"] for row in rows} == {"memnn", "question-only"}
    code, out, _ = run("evaluate stories --json", "--dir", data)
    assert [json.loads(line)["model"] for line in out] == ["memn2n-none", "memn2n", "memnn", "question-only"]


@pytest.mark.slow
def test_train(run, data, tmp_path):
    command = "train stories --network memnn --epochs 1 --device cpu"
    code, out, err = run(command, "--dir", data, "--out", tmp_path / "run")
    assert code == 0 and out == [str(tmp_path / "run" / "memnn")] and not any("Traceback" in line for line in err)
    code, out, err = run(command, "--dir", data, "--out", tmp_path / "run")
    assert (code, out, len(err)) == (2, [], 1) and "--resume" in err[0]
    code, out, _ = run(command, "--dir", data, "--out", tmp_path / "run", "--resume")
    assert (code, out) == (0, [str(tmp_path / "run" / "memnn")])


def test_models_lists_memory_networks_with_their_scores(run, root, data):
    run("evaluate stories --json --model memnn", "--dir", data, "--results", root.parent / "results")
    code, out, _ = run("models --json")
    records = {record["name"]: record for record in map(json.loads, out)}
    assert code == 0 and {name for name, record in records.items() if record["kind"] == "memory"} == set(NAMES)
    (scores,) = records["memnn"]["scores"]
    assert scores["split"] == "all" and 0 <= scores["mean_error"] <= 100
    code, out, _ = run("models")
    assert code == 0 and any("mean error" in line for line in out)
