"""Scores: the service's against ones worked out here by hand and from the papers' formulas; Java comes and goes."""

import math
import shutil
from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import save_tiny_models

from core import checkpoints
from core.captioning.evaluation import corpus_evaluate
from core.captioning.photo import open_photo
from core.captioning.service import CaptionService
from core.captioning.settings import Settings
from core.captioning.stream import caption_stream
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles
from core.results.caption_metrics import EACH, METRICS, MeteorProcess, score_captions, score_each

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="METEOR needs Java")

REFERENCES = {
    "beach": ["a dog runs on the beach", "the brown dog is running along the water"],
    "road": ["two men ride bikes on a road", "two cyclists on a road"],
    "snow": ["a skier goes down a hill", "a person skis down the snow"],
    "grass": ["a dog plays in the grass", "a dog with a ball on the grass"],
}
PREDICTIONS = {
    "beach": "a dog is running on the beach",
    "road": "two men on a road",
    "snow": "a man is standing on a hill",
    "grass": "a dog a dog a dog",
}


@pytest.fixture
def no_java(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


def put_java(monkeypatch, tmp_path, script: str) -> None:
    """A program named java that does as the script says."""
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\n{script}\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def cider(predictions: dict[str, str], references: dict[str, list[str]]) -> float:
    """CIDEr-D from its formula (Vedantam et al. 2015, equations 1-4 and section 5), times 100."""

    def grams(caption: str, n: int) -> Counter:
        words = caption.split()
        return Counter(zip(*(words[i:] for i in range(n)), strict=False))

    scores = []
    for photo, caption in predictions.items():
        total = 0.0
        for n in (1, 2, 3, 4):
            documents = Counter(g for refs in references.values() for g in set().union(*(grams(r, n) for r in refs)))

            def weigh(counts: Counter, documents: Counter = documents) -> dict:
                return {g: c * math.log(len(references) / max(1, documents[g])) for g, c in counts.items()}

            candidate = weigh(grams(caption, n))
            for reference in references[photo]:
                truth = weigh(grams(reference, n))
                norms = math.sqrt(sum(v**2 for v in candidate.values()) * sum(v**2 for v in truth.values()))
                dot = sum(min(v, truth.get(g, 0.0)) * truth.get(g, 0.0) for g, v in candidate.items())
                difference = len(caption.split()) - len(reference.split())
                penalty = math.exp(-(difference**2) / (2 * 6.0**2))
                total += penalty * dot / norms / len(references[photo]) if norms else 0.0
        scores.append(10 * total / 4)
    return 100 * sum(scores) / len(scores)


def test_bleu_by_hand(no_java):
    # 6 of 7 words ("is" and "running" by the second reference), 4 of 6 pairs: a dog, on the, the beach, is running.
    # The closest reference's length is 6 or 8, the shorter of equals counts: no brevity penalty.
    scores = score_captions({"beach": "a dog is running on sandy beach"}, REFERENCES)
    assert scores["BLEU-1"] == pytest.approx(100 * 6 / 7, abs=1e-4)
    # pairs: a dog, dog is, is running are in a reference; running on, on sandy, sandy beach are not
    assert scores["BLEU-2"] == pytest.approx(100 * math.sqrt(6 / 7 * 3 / 6), abs=1e-4)


def test_bleu_clips_repetition_and_punishes_brevity(no_java):
    # "a dog a dog a dog" against references with at most two "a" and one "dog" each: 3 of 6 words
    assert score_captions({"grass": PREDICTIONS["grass"]}, REFERENCES)["BLEU-1"] == pytest.approx(50, abs=1e-4)
    # three right words where the closest reference has five: exp(1 - 5/3)
    short = score_captions({"road": "two men on"}, {"road": ["two men ride on bikes"]})
    assert short["BLEU-1"] == pytest.approx(100 * math.exp(1 - 5 / 3), abs=1e-4)


def test_bleu_counts_over_the_corpus_not_the_mean_of_photos(no_java):
    scores = score_captions({"x": "a", "y": "b c d"}, {"x": ["z"], "y": ["b c d"]})
    assert scores["BLEU-1"] == pytest.approx(75, abs=1e-4)


def test_rouge_by_hand(no_java):
    # longest common subsequence "a dog on the beach" with the first reference: 5 of 7 and 5 of 6 words, beta 1.2
    precision, recall = 5 / 7, 5 / 6
    expected = (1 + 1.2**2) * precision * recall / (recall + 1.2**2 * precision)
    scores = score_captions({"beach": PREDICTIONS["beach"]}, {"beach": REFERENCES["beach"][:1]})
    assert scores["ROUGE-L"] == pytest.approx(100 * expected)


def test_cider_from_its_formula(no_java):
    assert score_captions(PREDICTIONS, REFERENCES)["CIDEr"] == pytest.approx(cider(PREDICTIONS, REFERENCES))


def test_each_photo_by_itself():
    each = score_each(PREDICTIONS, REFERENCES)
    assert list(each) == list(PREDICTIONS) and all(tuple(one) == EACH for one in each.values())
    mean = sum(one["CIDEr"] for one in each.values()) / len(each)
    assert mean == pytest.approx(cider(PREDICTIONS, REFERENCES))
    assert len({round(one["CIDEr"], 6) for one in each.values()}) > 1
    # All words right: BLEU-4 of a single sentence is 100; with no four in a row it is almost nothing.
    alone = score_each({"x": "two men ride on bikes", "y": "men two"}, {"x": ["two men ride on bikes"], "y": ["a"]})
    assert alone["x"]["BLEU-4"] == pytest.approx(100) and alone["y"]["BLEU-4"] < 0.1
    assert list(score_each({"x": "a"}, {"x": ["a"]})["x"]) == ["BLEU-4"]  # CIDEr says nothing of a single one
    with pytest.raises(ValueError, match="moon"):
        score_each({"moon": "a moon"}, REFERENCES)


def test_meteor_is_not_computed_where_it_is_not_wanted():
    assert score_captions(PREDICTIONS, REFERENCES, meteor=False)["METEOR"] is None


def test_only_the_photos_given_are_scored(no_java):
    pair = {photo: PREDICTIONS[photo] for photo in ("beach", "road")}
    assert score_captions(pair, REFERENCES) == score_captions(pair, {photo: REFERENCES[photo] for photo in pair})


def test_perfect_captions(no_java):
    references = {photo: captions[:1] for photo, captions in REFERENCES.items()}
    scores = score_captions({photo: captions[0] for photo, captions in references.items()}, references)
    assert all(scores[name] == pytest.approx(100, abs=1e-3) for name in ("BLEU-1", "BLEU-4", "ROUGE-L"))
    assert scores["CIDEr"] == pytest.approx(1000, abs=1e-3)


def test_silence_scores_nothing(no_java):
    scores = score_captions(dict.fromkeys(REFERENCES, ""), REFERENCES)
    assert tuple(scores) == METRICS
    assert all(score == pytest.approx(0, abs=1e-3) for name, score in scores.items() if name != "METEOR")


def test_nothing_to_score_is_refused():
    with pytest.raises(ValueError, match="no captions"):
        score_captions({}, REFERENCES)
    with pytest.raises(ValueError, match="moon has no reference"):
        score_captions({"moon": "a moon"}, REFERENCES)


def test_meteor_is_none_without_java(no_java, capfd):
    assert score_captions(PREDICTIONS, REFERENCES)["METEOR"] is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("script", ["exit 1", "read line; echo nonsense; exit 1", "cat"])
def test_meteor_is_none_and_a_warning_where_java_fails(monkeypatch, tmp_path, caplog, script):
    put_java(monkeypatch, tmp_path, script)
    assert score_captions(PREDICTIONS, REFERENCES)["METEOR"] is None
    assert "METEOR could not be computed" in caplog.text


def test_java_that_hangs_is_ended(monkeypatch, tmp_path):
    put_java(monkeypatch, tmp_path, "exec sleep 1000")
    with MeteorProcess(seconds=0.2) as meteor, pytest.raises((ValueError, OSError)):
        meteor.score([("a dog", ["a dog"])])
    assert meteor._java.poll() is not None


@pytest.mark.slow
@needs_java
def test_meteor_is_the_librarys_and_java_ends(capfd):
    from pycocoevalcap.meteor.meteor import Meteor

    theirs = Meteor()
    captions = {photo: [caption] for photo, caption in PREDICTIONS.items()}
    expected, _ = theirs.compute_score(REFERENCES, captions)
    with MeteorProcess(seconds=300) as ours:
        pairs = [(PREDICTIONS[photo], REFERENCES[photo]) for photo in PREDICTIONS]
        assert ours.score(pairs) == pytest.approx(expected, abs=1e-12)
    assert ours._java.poll() is not None
    scores = score_captions(PREDICTIONS | {"grass": "a dog ||| a\ndog  a dog"}, REFERENCES)
    assert scores["METEOR"] == pytest.approx(100 * expected, abs=1e-9)
    assert capfd.readouterr().out == ""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return CaptionService(save_tiny_models(tmp_path_factory.mktemp("data") / "checkpoints"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twenty photos, more than a batch, of which the third is broken."""
    folder = tmp_path_factory.mktemp("photos")
    pixels = np.random.default_rng(0).integers(0, 256, (20, 24, 32, 3), dtype=np.uint8)
    for i, photo in enumerate(pixels):
        Image.fromarray(photo).save(folder / f"{i:02}.png")
    (folder / "02.png").write_bytes(b"no photo")
    return folder


def captioned(names) -> list[CaptionedPhoto]:
    return [CaptionedPhoto(name, "val", (("a", "dog", "runs"), ("the", "dog", "runs"))) for name in names]


@pytest.mark.slow
def test_a_data_set_is_scored_with_its_broken_photos_left_out(service, folder, no_java):
    names = sorted(path.name for path in folder.iterdir())
    photos = [*captioned(names), CaptionedPhoto("mute.png", "val", ()), *captioned(names[:3]), *captioned(["lost.png"])]
    outcomes = []
    models = ["soft", "hard"]
    evaluations = corpus_evaluate(service, photos, PhotoFiles([folder]), models, Settings(beam=3), outcomes.append)
    assert [outcome.name for outcome in outcomes] == [*names, "mute.png", "lost.png"]  # each once, in order
    assert [outcome.name for outcome in outcomes if outcome.problem] == ["02.png", "mute.png", "lost.png"]
    fields = ["model", "split", "n", "beam", *METRICS, "seconds"]
    references = dict.fromkeys(names, ["a dog runs", "the dog runs"])
    for model, evaluation in zip(models, evaluations, strict=True):
        assert list(evaluation.scores) == fields
        assert (evaluation.scores["model"], evaluation.scores["split"], evaluation.scores["beam"]) == (model, "val", 3)
        assert evaluation.scores["n"] == len(evaluation.captions) == 19
        assert evaluation.scores["seconds"] > 0
        scores = score_captions(evaluation.captions, references)
        assert {name: evaluation.scores[name] for name in METRICS} == scores
    assert all(len(outcome.traces) == 2 for outcome in outcomes if not outcome.problem)


def test_captions_in_a_batch_are_those_alone(service, folder):
    names = ["00.png", "07.png", "19.png"]
    sources = [(name, (folder / name).read_bytes) for name in names]
    for outcome in caption_stream(service, sources, ["soft"], Settings(), batch=2):
        grids = service.encode([open_photo((folder / outcome.name).read_bytes())])
        assert outcome.traces["soft"].caption == service.caption(grids, "soft")[0].caption


def test_the_config_is_that_of_the_weights_in_use(service, tmp_path):
    """Whatever has been saved in their place since."""
    shutil.copytree(service.root, tmp_path / "checkpoints")
    mine = CaptionService(tmp_path / "checkpoints")
    config = mine.config("soft")
    assert config["sha256"] == checkpoints.load(service.root / "soft")[0]["sha256"]
    checkpoints.save(mine.root / "soft", config, {"w": torch.ones(1)}, "")
    assert mine.config("soft") == config != checkpoints.load(mine.root / "soft")[0]


@pytest.mark.slow
def test_every_photo_passes_the_encoder_once(service, folder, no_java):
    """However many models are asked for: they are given the same grids."""

    class Counting(CaptionService):
        seen = 0

        def encode(self, photos, model=None):
            self.seen += len(photos)
            return super().encode(photos, model)

    counting = Counting(service.root)
    photos = captioned(path.name for path in folder.iterdir() if path.name != "02.png")
    corpus_evaluate(counting, photos, PhotoFiles([folder]), ["none", "soft", "hard"], Settings("greedy"))
    assert counting.seen == 19


def test_no_usable_photo_is_an_error_of_the_data(service, folder):
    with pytest.raises(DataError, match="None of the photos"):
        corpus_evaluate(service, captioned(["02.png"]), PhotoFiles([folder]), ["soft"], Settings())
