"""Captions in five forms on the command line: the same photos, the same words, the same scores."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_models import save_tiny_models

from core.__main__ import main

CAPTIONS = {f"{n}.png": [f"A dog's {thing} runs, on the grass.", f"Two {thing}s sit on water"] for n, thing in
            enumerate(("cat", "man", "ball", "dog", "fish"))}  # fmt: skip
ROWS = [(name, caption) for name, own in CAPTIONS.items() for caption in own]


def karpathy(folder: Path) -> Path:
    images = [
        {"filename": name, "split": "test", "sentences": [{"raw": raw, "tokens": raw.split()} for raw in own]}
        for name, own in CAPTIONS.items()
    ]
    (folder / "karpathy").write_text(json.dumps({"images": images}))
    return folder / "karpathy"


def coco(folder: Path) -> Path:
    ids = {name: n for n, name in enumerate(CAPTIONS)}
    annotations = [{"image_id": ids[name], "id": n, "caption": raw} for n, (name, raw) in enumerate(ROWS)]
    images = [{"id": n, "file_name": name} for name, n in ids.items()]
    (folder / "coco").write_text(json.dumps({"images": images, "annotations": annotations}))
    return folder / "coco"


def flickr(folder: Path) -> Path:
    (folder / "flickr").write_text("".join(f"{name}#{n % 2}\t{raw}\n" for n, (name, raw) in enumerate(ROWS)))
    return folder / "flickr"


def table(folder: Path) -> Path:
    with open(folder / "table", "w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(
            [("comment_number", "caption", "image"), *((n, r, p) for n, (p, r) in enumerate(ROWS))]
        )
    return folder / "table"


def imagefolder(folder: Path) -> Path:
    """Beside its photos, which need not be named then."""
    rows = [json.dumps({"file_name": name, "captions": own}) for name, own in CAPTIONS.items()]
    (folder / "photos" / "metadata.jsonl").write_text("\n".join(rows))
    return folder / "photos"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("forms")
    save_tiny_models(folder / "checkpoints", ending=-1.0)
    (folder / "photos").mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (5, 30, 40, 3), dtype=np.uint8)
    for name, photo in zip(CAPTIONS, pixels, strict=True):
        Image.fromarray(photo).save(folder / "photos" / name)
    return folder


def test_the_same_data_score_alike_in_every_form(folder, capsys, monkeypatch):
    monkeypatch.setattr("core.results.caption_metrics.shutil.which", lambda name: None)  # METEOR takes Java seconds
    scores = []
    for write in (karpathy, coco, flickr, table, imagefolder):
        images = [] if write is imagefolder else ["--images", str(folder / "photos")]
        models = ["--checkpoints", str(folder / "checkpoints"), "--model", "soft", "--beam", "2"]
        command = ["evaluate", "photos", "--dataset", str(write(folder)), "--split", "all", *images, *models]
        assert main([*command, "--json"]) == 0
        record = json.loads(capsys.readouterr().out)
        scores.append({name: value for name, value in record.items() if name not in ("seconds", "split")})
    assert scores[0]["n"] == 5 and scores[0]["BLEU-1"] > 1
    assert all(other == scores[0] for other in scores)


def test_what_was_found_is_said_to_people(folder, capsys, monkeypatch):
    monkeypatch.setattr("core.results.caption_metrics.shutil.which", lambda name: None)
    models = ["--checkpoints", str(folder / "checkpoints"), "--model", "soft", "--beam", "1"]
    assert (
        main(["evaluate", "photos", "--dataset", str(table(folder)), "--images", str(folder / "photos"), *models]) == 0
    )
    said, of_one_photo = capsys.readouterr().err.splitlines()
    assert "5 photos with 10 captions, a CSV (photos in its column image, captions in caption)" in said
    assert "split made here by photo (seed 0): 3 train, 1 val, 1 test" in said and "PTB" in said
    assert of_one_photo.startswith("CIDEr")


def test_data_are_checked_without_training(folder, tmp_path, capsys):
    rows = [f"{name},{caption.replace(',', '')},{'val' if name == '4.png' else 'train'}" for name, caption in ROWS]
    (tmp_path / "mine.csv").write_text("\n".join(["image,caption,split", *rows, "lost.png,A dog,train"]))
    data = ["--dataset", str(tmp_path / "mine.csv"), "--images", str(folder / "photos"), "--out", str(tmp_path / "run")]
    weights = ["--encoder-weights", str(folder / "checkpoints" / "encoder")]
    assert main(["train", "photos", "--check", *data, *weights]) == 0
    said = capsys.readouterr().out
    for part in ("6 photos with 11 captions", "left out: lost.png", "8 captions to learn from", "CIDEr of one photo"):
        assert part in said
    assert not (tmp_path / "run").exists()
