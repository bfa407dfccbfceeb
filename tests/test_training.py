"""Small runs of the trainings on photos: they must learn, keep the best, leave alone what is frozen, and go on."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from toy_training import WORDS, Passing, few_photos, tiny, toy_photos

from core.captioning.captioners.lstm import LSTMCaptioner
from core.captioning.encoders.efficientnet_b4 import EfficientNetB4
from core.captioning.training.captions import Validator, encode, train_captioner
from core.captioning.training.encoder import EncoderSettings, fine_tune
from core.captioning.training.language import begin_as, learnable, train_language
from core.captioning.training.scst import SCSTSettings, train_scst
from core.captioning.training.teacher_forcing import LossWeights, collate, teacher_forced
from core.captioning.vocabulary import END

fabric = pytest.importorskip("lightning_fabric")


@pytest.mark.slow
def test_the_encoder_learns_with_captioners_but_for_what_is_frozen_and_goes_on(tmp_path: Path, capsys):
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train() -> tuple[dict, dict, dict]:
        data, encoder, captioners = few_photos()
        before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
        fine_tune(
            encoder, captioners, data, tmp_path, run, EncoderSettings(1, 2, least=1), LossWeights(),
            lambda what, steps: lambda: None,
        )  # fmt: skip
        return before, encoder.state_dict(), captioners["soft"].state_dict()

    before, after, soft = train()
    frozen = {f"features.{name}" for name, _ in EfficientNetB4().features[:6].named_parameters()}
    for name, tensor in before.items():
        assert torch.equal(tensor, after[name]) == (name in frozen), name
    _, same, soft_again = train()  # its epoch is done: the weights are read back
    assert all(torch.equal(after[name], same[name]) for name in after)
    assert all(torch.equal(soft[name], soft_again[name]) for name in soft)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert len(lines) == 1 and {"val_loss_soft", "loss_found", "loss_words"} <= lines[0].keys()
    assert lines[0]["loss_found"] > 0


def test_a_language_model_learns_sentences_and_the_captioners_begin_as_it_stands(tmp_path: Path):
    sentences = [["the", "red", "ball", "of", "the", "cup"], ["a", "blue", "cup", "squirrel"], ["a", "red"]]
    known = learnable(sentences, WORDS)
    assert known == [WORDS.encode(sentences[0])]  # one has a word that is not known, one is too short
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()
    language, soft = tiny("none"), tiny("soft")
    score = soft.score.weight.weight.clone()
    path = tmp_path / "language.state.pt"
    train_language(language, known * 8, 40, run, path, lambda what, steps: lambda: None, rate=2e-2)
    forced = teacher_forced(language.eval(), torch.zeros(1, 1, 8), collate([(0, known[0])]))
    assert (forced.logits.argmax(1) == forced.targets).all()
    begin_as(soft, language)
    assert torch.equal(soft.embed.weight, language.embed.weight) and torch.equal(soft.score.weight.weight, score)


@pytest.mark.slow
def test_captioners_learn_from_what_they_say_of_fresh_views_and_go_on(tmp_path: Path, capsys):
    """The encoder stays as it is, no captioner ends worse than it began, and a run that is over is read back."""
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()
    data, encoder, _ = few_photos()
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    validator = Validator(data.photos[4:], encode(encoder, data.views["plain"][4:]), WORDS)

    def train() -> tuple[dict[str, LSTMCaptioner], dict[str, float]]:
        _, _, captioners = few_photos("none", "hard")
        for captioner in captioners.values():
            torch.nn.init.constant_(captioner.bias[END:][:1], 2.0)  # or none would end
        begun = {kind: validator(captioner) for kind, captioner in captioners.items()}
        torch.manual_seed(0)
        scores = train_scst(
            captioners, begun, {"none": False, "hard": True}, encoder, data, validator, run,
            SCSTSettings(epochs=4, rate=0.02, average=0.1, share=0.9), tmp_path / "state.pt", 2,
            lambda what, steps: lambda: None,
        )  # fmt: skip
        return captioners, scores

    captioners, scores = train()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["epoch"] for line in lines] == [0, 1, 2, 3, 4]
    for kind, captioner in captioners.items():
        assert scores[kind] == validator(captioner) >= lines[0][f"val_cider_{kind}"] - 0.01
        assert lines[4][f"reward_{kind}"] > lines[1][f"reward_{kind}"]
    assert all(torch.equal(tensor, before[name]) for name, tensor in encoder.state_dict().items())
    again, same = train()
    assert same == scores and not capsys.readouterr().err
    for kind, captioner in captioners.items():
        weights = again[kind].state_dict()
        assert all(torch.equal(tensor, weights[name]) for name, tensor in captioner.state_dict().items())


@pytest.mark.slow
def test_a_worse_epoch_does_not_replace_the_weights_given(tmp_path: Path):
    data, validator = toy_photos()
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train(captioner: LSTMCaptioner, epochs: int, rate: float, name: str) -> tuple[LSTMCaptioner, float]:
        path = tmp_path / name
        score = train_captioner(
            captioner, Passing(), data, validator, epochs, rate, 0.5, LossWeights(), run, path, 4,
            lambda what, steps: lambda: None,
        )  # fmt: skip
        return captioner, score

    good, score = train(tiny("none"), 15, 1e-2, "good.pt")
    assert score == validator(good) > 100
    weights = {name: tensor.clone() for name, tensor in good.state_dict().items()}
    same, kept = train(good, 1, 10.0, "ruined.pt")
    assert kept == score
    assert all(torch.equal(tensor, weights[name]) for name, tensor in same.state_dict().items())


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_training_learns_to_name_what_is_there_and_resumes(kind, tmp_path: Path, capsys):
    data, validator = toy_photos()
    run = fabric.Fabric(accelerator="cpu", devices=1)
    run.launch()

    def train(epochs: int) -> tuple[LSTMCaptioner, float]:
        torch.manual_seed(1)
        captioner = tiny(kind)
        score = train_captioner(
            captioner, Passing(), data, validator, epochs, 1e-2, 0.9, LossWeights(), run, tmp_path / "state.pt", 4,
            lambda what, steps: lambda: None,
        )  # fmt: skip
        return captioner, score

    captioner, score = train(40)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    start, *epochs = lines
    assert start["epoch"] == 0 and start["val_cider_greedy"] <= round(score, 2)
    assert len(epochs) == 40 and epochs[39]["loss"] < epochs[0]["loss"]
    perfect = np.mean([100 * validator.cider(i, WORDS.encode(data.photos[12 + i].captions[0])) for i in range(4)])
    assert score > 0.75 * perfect
    again, same = train(40)  # all epochs are done: nothing is trained, the same weights come back
    assert same == score
    assert all(
        torch.equal(a, b) for a, b in zip(captioner.state_dict().values(), again.state_dict().values(), strict=True)
    )
