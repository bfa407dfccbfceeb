"""Before a training: what is wrong with the data is said then and not later, and a run knows its data again."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.captioning.training.check import check_data
from core.captioning.training.settings import PhotoTrainSettings
from core.captioning.training.views import cache
from core.data.errors import DataError
from core.training.run_folder import claim_data

SENTENCES = [f"a dog runs on grass {word}" for word in ("here", "there", "now", "again", "twice")]


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (24, 16), (shade, 0, 0)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four photos to learn from and two that choose, each unlike the others."""
    (tmp_path / "photos").mkdir()
    for n in range(6):
        (tmp_path / "photos" / f"{n}.png").write_bytes(picture(40 * n))
    write(tmp_path, {f"{n}.png": "train" if n < 4 else "val" for n in range(6)})
    return tmp_path


def write(folder: Path, splits: dict[str, str] | list[tuple[str, str]], sentences=SENTENCES) -> None:
    rows = splits.items() if isinstance(splits, dict) else splits
    images = [{"filename": n, "split": s, "sentences": [{"raw": raw} for raw in sentences]} for n, s in rows]
    (folder / "captions.json").write_text(json.dumps({"images": images}))


def checked(folder: Path, **settings):
    settings = {"images": (folder / "photos",), "encoder_weights": folder / "none", **settings}
    chosen = PhotoTrainSettings((folder / "captions.json",), out=folder / "run", **settings)
    return check_data(chosen, lambda label, steps: lambda: None)


def test_what_is_found_is_said(folder):
    found = checked(folder)
    assert [photo.filename for photo in found.photos] == [f"{n}.png" for n in range(6)] and found.first == 6
    assert "6 photos with 30 captions" in found.findings[0]
    assert "20 captions to learn from hold 10 words, of which 10 occur at least 4 times" in found.findings[-1]


def test_missing_and_damaged_photos_are_named_and_left_out(folder):
    (folder / "photos" / "1.png").unlink()
    (folder / "photos" / "5.png").write_bytes(picture(9)[:40])
    found = checked(folder)
    assert [photo.filename for photo in found.photos] == ["0.png", "2.png", "3.png", "4.png"]
    assert any("2 photos cannot be used and are left out: 1.png, 5.png" in finding for finding in found.findings)
    assert any("CIDEr of one photo is always 0" in finding for finding in found.findings)
    (folder / "photos" / "4.png").unlink()
    with pytest.raises(DataError, match="No photo is left in val"):
        checked(folder)


def test_a_photo_in_two_splits_is_refused_by_its_name_and_said_by_its_bytes(folder):
    write(folder, [("0.png", "train"), ("1.png", "train"), ("1.png", "val"), ("2.png", "val")])
    with pytest.raises(DataError, match="1 photos are in val and in train, .*: 1.png"):
        checked(folder)
    write(folder, {"0.png": "train", "1.png": "restval", "2.png": "val"})
    (folder / "photos" / "2.png").write_bytes(picture(40))
    assert any("under another name, which flatters: 2.png is 1.png" in line for line in checked(folder).findings)


@pytest.mark.parametrize(
    ("splits", "sentences", "settings", "complaint"),
    [
        ({"0.png": "val", "1.png": "test"}, SENTENCES, {}, "no photos in the split 'train'; it has test, val"),
        ({"0.png": "train"}, SENTENCES, {}, "no photos in the split 'val'"),
        (
            {"0.png": "train", "1.png": "val"},
            SENTENCES,
            {"devices": 2},
            "1 photos are left to learn from, and",
        ),
        ({"0.png": "train", "1.png": "val"}, ["One dog", "two cats"], {}, "must occur 4 times, .* 2 captions"),
        ({"0.png": "train", "1.png": "val"}, ["", "..."], {}, "none of its 2 photos has one"),
    ],
)
def test_what_cannot_be_learnt_from_is_a_sentence(folder, splits, sentences, settings, complaint):
    write(folder, splits, sentences)
    with pytest.raises(DataError, match=complaint):
        checked(folder, **settings)


def test_photos_of_one_name_in_two_folders_are_two(folder):
    """Of ``a/1.png`` and ``b/1.png`` the first was once taken for both."""
    names = ["a/1.png", "b/1.png", "c/1.png"]
    for n, name in enumerate(names):
        (folder / "photos" / name).parent.mkdir()
        (folder / "photos" / name).write_bytes(picture(100 + n))
    images = [
        {"filepath": "abc"[n], "filename": "1.png", "split": split, "sentences": [{"raw": raw} for raw in SENTENCES]}
        for n, split in enumerate(("train", "train", "val"))
    ]
    (folder / "captions.json").write_text(json.dumps({"images": images}))
    found = checked(folder)
    assert [found.files.read(photo.filename) for photo in found.photos] == [picture(100 + n) for n in range(3)]
    (folder / "photos" / "1.png").unlink()
    assert len({found.opened[name] for name in names}) == 3


def swap(folder):
    write(folder, [(f"{n}.png", "train" if n < 4 else "val") for n in (1, 0, 2, 3, 4, 5)])


def reword(folder):
    write(folder, {f"{n}.png": "train" if n < 4 else "val" for n in range(6)}, ["a cat sits there"] * 5)


def repaint(folder):
    (folder / "photos" / "2.png").write_bytes(picture(7))


@pytest.mark.parametrize(
    ("change", "said"), [(swap, "other photos, other pixels"), (reword, "other captions"), (repaint, "other pixels")]
)
def test_a_run_notices_other_data_or_the_same_in_another_order(folder, change, said):
    (folder / "run").mkdir()
    found = checked(folder)
    claim_data(folder / "run", found.digests, {"opened": found.opened})
    claim_data(folder / "run", checked(folder).digests, {})
    change(folder)
    with pytest.raises(DataError, match=rf"begun with other data \({said}, or in another order\)"):
        claim_data(folder / "run", checked(folder).digests, {})


def test_a_cache_of_other_photos_is_not_gone_on_with(folder):
    def made(of: str, steps: int = 4):
        def compute(rows):
            if rows.start >= steps:
                raise KeyboardInterrupt
            return torch.full((rows.stop - rows.start, 2), float(rows.start))

        return cache(folder / "c.npy", (4, 2), 1, compute, lambda: None, np.float16, of)

    with pytest.raises(KeyboardInterrupt):
        made("one", 2)
    with pytest.raises(DataError, match="made for other photos"):
        made("other")
    assert made("one")[:, 0].tolist() == [0, 1, 2, 3]
    with pytest.raises(DataError, match="made for other photos"):
        made("other")
