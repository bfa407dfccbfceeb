"""The scores that are written anywhere are the ones in ``results/``, measured on the weights that are here."""

import json

import pytest
import torch

from core.captioning.registry import FIRST
from core.checkpoints import list_checkpoints, save
from core.memory.registry import recipes
from core.results.files import KINDS, ResultError, read_results, write_result
from core.results.report import CLUSTER, END, START, ReportError, fill, pages

ORDER = (*FIRST, *recipes())

RESULT = {
    "model": "soft",
    "split": "val",
    "n": 1000,
    "beam": 4,
    "BLEU-1": 66.66,
    "BLEU-2": 48.0,
    "BLEU-3": 34.0,
    "BLEU-4": 23.04,
    "METEOR": None,
    "ROUGE-L": 47.0,
    "CIDEr": 60.0,
    "seconds": 3.0,
    "dataset": "dataset_flickr8k.json",
}


@pytest.fixture
def repository(tmp_path):
    """A small repository: a README, two captioners and one result each."""
    (tmp_path / "README.md").write_text(f"# Title\n{START}\nold\n{END}\nThe end.\n")
    (tmp_path / "results").mkdir()
    for name, value in {"soft": 1.0, "none": 2.0}.items():
        folder = tmp_path / "checkpoints" / name
        card = f"# {name}\n{START}\n{END}\n"
        sha256 = save(folder, {"kind": "captioner"}, {"w": torch.tensor([value])}, card)
        result = {**RESULT, "model": name, "checkpoint": sha256}
        (tmp_path / "results" / f"photos-val-{name}-beam4.json").write_text(json.dumps(result))
    return tmp_path


def test_the_scores_here_are_those_of_the_results():
    for path, text in pages(ORDER).items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run python -m core report"


def test_the_results_here_were_measured_on_the_weights_here():
    here = {checkpoint.config["sha256"] for checkpoint in list_checkpoints()}
    for result in (one for kind in KINDS for one in read_results(kind)):
        assert result.checkpoint in here, f"{result.file} was measured on other weights: evaluate again"


def test_the_readme_shows_the_results_and_keeps_its_words(repository):
    text = pages(ORDER, repository)[repository / "README.md"]
    lines = text.splitlines()
    assert lines[:2] == ["# Title", START] and lines[-2:] == [END, "The end."]
    none, soft = lines[4:6]
    assert none.startswith("| [none](results/photos-val-none-beam4.json) | flickr8k val | 1,000 | 4 | 66.7 | 48.0 |")
    assert soft.startswith("| [soft]") and "| 23.0 | - | 47.0 |" in soft


def test_the_readme_shows_the_usual_beam_and_a_card_all(repository):
    result = json.loads((repository / "results" / "photos-val-soft-beam4.json").read_text())
    (repository / "results" / "photos-val-soft-beam8.json").write_text(json.dumps(result | {"beam": 8}))
    written = pages(ORDER, repository)
    wide = "(../../results/photos-val-soft-beam8.json) | flickr8k val | 1,000 | 8 |"
    assert wide in written[repository / "checkpoints" / "soft" / "README.md"]
    assert "beam8" not in written[repository / "README.md"]


def test_the_page_on_clusters_says_what_a_million_photos_cost(repository):
    (repository / "docs").mkdir()
    page = repository / "docs" / "clusters.md"
    page.write_text("\n".join(CLUSTER))
    assert "Not measured yet." in pages(ORDER, repository)[page]
    record = {"photos_a_second": {"one_worker": 5.0, "two_workers": 9.0}}
    (repository / "results" / "benchmark-cluster.json").write_text(json.dumps(record))
    text = pages(ORDER, repository)[page]
    assert "One worker captions 5.0 photos a second, two 9.0, which is 1.80 times as many" in text
    assert "= 55.6 hours of one core" in text and "would cost 2.78 dollars" in text


def test_a_card_shows_its_own_weights_only(repository):
    text = pages(ORDER, repository)[repository / "checkpoints" / "soft" / "README.md"]
    assert "(../../results/photos-val-soft-beam4.json)" in text and "none" not in text
    save(repository / "checkpoints" / "soft", {"kind": "captioner"}, {"w": torch.zeros(1)}, f"{START}\n{END}\n")
    assert "Not measured yet." in pages(ORDER, repository)[repository / "checkpoints" / "soft" / "README.md"]


def test_writing_twice_changes_nothing(repository):
    for path, text in pages(ORDER, repository).items():
        path.write_text(text)
    assert all(path.read_text() == text for path, text in pages(ORDER, repository).items())


@pytest.mark.parametrize("text", ["", START, END, END + START, START + START + END, START + END + END])
def test_markers_that_are_not_a_pair(text):
    with pytest.raises(ReportError, match="one"):
        fill(text, "x")


@pytest.mark.parametrize("text", ["", "[]", "{}", "3"])
def test_results_that_are_none(repository, text):
    (repository / "results" / "photos-val-hard-beam4.json").write_text(text)
    with pytest.raises(ResultError, match=r"^photos-val-hard-beam4[^\n]+\.$"):
        pages(ORDER, repository)


def test_models_stand_in_the_order_given_and_others_after_them(repository):
    for name in ("zebra", "ape", "hard"):
        result = {**RESULT, "model": f"runs/{name}", "checkpoint": "0" * 64}
        (repository / "results" / f"photos-val-{name}-beam4.json").write_text(json.dumps(result))
    lines = pages(["hard", "soft", "none"], repository)[repository / "README.md"].splitlines()
    assert [line.split("]")[0] for line in lines if line.startswith("| [")] == [
        "| [hard", "| [soft", "| [none", "| [ape", "| [zebra",
    ]  # fmt: skip


def test_a_result_reads_back_as_it_was_written(tmp_path):
    made = {"command": "python -m core evaluate photos", "date": "2026-11-25", "commit": "f" * 40}
    path = tmp_path / "new" / "photos-val-soft-beam4.json"
    write_result(path, {key: value for key, value in RESULT.items() if key != "seconds"}, made, {"sha256": "e" * 64})
    write_result(path, RESULT, made, {"sha256": "f" * 64, "seed": 7})
    (one,) = read_results("photos", path.parent)
    assert (one.model, one.data, one.n, one.seed) == ("soft", "flickr8k, val, beam 4", 1000, 7)
    assert (one.checkpoint, one.command, one.date, one.commit) == ("f" * 64, *made.values())
    assert one.scores["BLEU-1"] == 66.66 and one.scores["METEOR"] is None
    assert [file.name for file in path.parent.iterdir()] == [path.name]
