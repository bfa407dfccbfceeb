"""A captioner that learns from another one's captions: what the teacher says, and how it is read beside people's."""

import json
import random

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import save_tiny_models

from core import checkpoints
from core.__main__ import main
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.decoding import beams
from core.captioning.encoder import Encoder
from core.captioning.settings import Settings
from core.captioning.training.distillation import distil
from core.captioning.training.examples import TrainingPhotos, every_other
from core.captioning.vocabulary import END, Vocabulary
from core.data.captions import CaptionedPhoto
from core.data.phrases import PhotoPhrases, Phrase

WORDS = Vocabulary(["a", "red", "blue", "ball", "cup", "left", "right"])


class Passing(Encoder):
    """An encoder to which features are grids already."""

    side, grid, channels = 64, (4, 4), 8

    def learnt(self, features: torch.Tensor) -> torch.Tensor:
        return self.flatten(features)


def photos(distilled=()) -> TrainingPhotos:
    """Three photos of noise, the last to validate with; of the first it is known where its ball is."""
    captions = (("a", "red", "ball"), ("a", "ball"))
    shown = [CaptionedPhoto(f"{n}.jpg", "val" if n == 2 else "train", captions) for n in range(3)]
    views = {"plain": np.random.default_rng(0).normal(0, 1, (3, 8, 4, 4)).astype(np.float16)}
    phrases = {"0.jpg": PhotoPhrases({"1": ((0.0, 0.0, 0.5, 0.5),)}, ((Phrase(0, 3, "1", "other"),), ()))}
    return TrainingPhotos(shown, range(2), views, (4, 4), WORDS, phrases, distilled=dict(distilled))


def test_the_teacher_says_what_its_beam_ends_with_and_is_asked_once(tmp_path):
    torch.manual_seed(0)
    teacher = LSTMCaptioner(LSTMSizes("soft", len(WORDS), channels=8, value=8, key=4, embedding=8, hidden=8))
    teacher.bias.data[END] = 2.0
    asked = []
    ask = (teacher, WORDS, Passing(), photos(), 3, tmp_path / "distilled.json", lambda *of: lambda: asked.append(of))
    told = distil(*ask)
    rng = random.Random(0)
    cells = every_other((4, 4), (rng.randint(0, 1), rng.randint(0, 1)))
    grids = torch.from_numpy(photos().views["plain"][:2]).float().flatten(2).transpose(1, 2)[:, cells]
    expected = beams(teacher.eval(), WORDS, grids, Settings(beam=3))
    said = {n: [[WORDS.word(word) for word in words] for words in expected[n][:3]] for n in range(2)}
    assert told == {n: [words for words in captions if len({*words} - {"a"}) == len(words) - words.count("a")]
                    for n, captions in said.items()}  # fmt: skip
    assert len(asked) == 1 and 0 < sum(map(len, told.values())) < sum(map(len, said.values()))
    assert distil(*ask) == told and len(asked) == 1


def test_its_captions_are_read_beside_some_of_peoples_and_its_nouns_are_where_things_are():
    batch = photos({0: [["a", "ball", "left"], ["a", "cup"]]}).draw([0, 1], random.Random(0), captions=1)
    read = batch.captions
    by_photo = {photo: [read.tokens[row].tolist() for row in range(4) if read.photo[row] == photo] for photo in (0, 1)
                if photo in read.photo}  # fmt: skip
    assert len(read.photo) == 4 and len(by_photo[0]) == 3 and len(by_photo[1]) == 1
    (row,) = [n for n in range(4) if WORDS.encode(["left"])[0] in read.tokens[n]]
    covers = {thing.word: thing.cover for thing in batch.things if thing.noun}
    assert read.named[row].tolist()[:3] == [-1, covers["ball"], -1]


def test_a_transformer_begins_as_soft_and_learns_from_soft_and_none(tmp_path, capsys):
    root = save_tiny_models(tmp_path / "shipped", ending=-1)
    rng = np.random.default_rng(0)
    images = []
    for n in range(4):
        Image.fromarray(rng.integers(0, 255, (40, 60, 3), dtype=np.uint8)).save(tmp_path / f"{n}.png")
        sentences = [{"tokens": ["a", "dog", "runs"]}] * 2
        images.append({"filename": f"{n}.png", "split": "val" if n > 2 else "train", "sentences": sentences})
    (tmp_path / "dataset.json").write_text(json.dumps({"images": images}))
    command = ["train", "photos", "--dataset", tmp_path / "dataset.json", "--images", tmp_path, "--batch", "2"]
    command += ["--teacher", "soft", "--teacher", "none", "--captioner", "transformer", "--device", "cpu"]
    command += ["--encoder-epochs", "0", "--epochs", "1", "--out", tmp_path / "run"]
    assert main([*map(str, command), "--start", str(root)]) == 0, capsys.readouterr().err
    made, taught = (checkpoints.read(folder).config for folder in (tmp_path / "run" / "transformer", root / "soft"))
    assert made["architecture"] == "transformer" and made["vocabulary"] == taught["vocabulary"]
    assert len(json.loads((tmp_path / "run" / "distilled.json").read_text())) == 3
    card = (tmp_path / "run" / "transformer" / "README.md").read_text()
    assert "each of the 4 heads of each of its 3 layers" in card
    capsys.readouterr()
    assert main([*map(str, command), "--encoder-weights", str(root / "encoder"), "--out", str(tmp_path / "b")]) == 2
    assert "teacher" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nobody", "encoder"])
def test_a_teacher_that_is_none_is_refused(name, tmp_path, capsys):
    root = save_tiny_models(tmp_path / "shipped")
    Image.new("RGB", (40, 40)).save(tmp_path / "0.png")
    sentences = [{"tokens": ["a", "dog"]}]
    images = [{"filename": "0.png", "split": split, "sentences": sentences} for split in ("train",)]
    images.append({"filename": "1.png", "split": "val", "sentences": sentences})
    Image.new("RGB", (40, 40), "red").save(tmp_path / "1.png")
    (tmp_path / "dataset.json").write_text(json.dumps({"images": images}))
    command = ["train", "photos", "--dataset", tmp_path / "dataset.json", "--images", tmp_path, "--teacher", name]
    command += ["--captioner", "transformer", "--encoder-epochs", "0", "--out", tmp_path / "run", "--start", root]
    assert main([str(part) for part in command]) == 2
    assert name in capsys.readouterr().err and not (tmp_path / "run" / "transformer").exists()
