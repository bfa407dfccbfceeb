"""Captioners of the transformers library, tiny random ones of the real classes; and checkpoints to the Hub and back."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import save_tiny_captioner

pytest.importorskip("huggingface_hub", reason="The Hub's packages are not installed (requirements-hub.txt)")
pytest.importorskip("transformers", reason="transformers is not installed (requirements-hub.txt)")

from core import checkpoints
from core.__main__ import main
from core.captioning.captioners import pretrained
from core.captioning.hub import fetch
from core.captioning.service import CaptionService
from core.captioning.settings import END_WORD, Decisions, Settings
from core.checkpoints import CheckpointError
from core.checkpoints.hub import HubCheckpoint

WORDS = ["a", "dog", "cat", "man", "runs", "sits", "on", "the", "grass", "##s", "."]
SIDE, PATCH = 32, 8
VISION = {
    "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16, "image_size": SIDE,
    "patch_size": PATCH,
}  # fmt: skip


def write_tokenizer(folder: Path, kind: str) -> int:
    """A WordPiece or a byte-level BPE tokeniser of a few pieces; how many there are."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[BOS]", "[EOS]", "[UNK]"]
    pieces = WORDS if kind == "blip" else [*(f"Ġ{word}" for word in WORDS[:-2]), "a", "s", "Ġ."]
    vocabulary = {piece: number for number, piece in enumerate([*special, *pieces])}
    model = models.WordPiece(vocabulary, unk_token="[UNK]") if kind == "blip" else models.BPE(vocabulary, [])
    names = {"pad_token": "[PAD]", "bos_token": "[BOS]", "eos_token": "[EOS]", "unk_token": "[UNK]"}
    PreTrainedTokenizerFast(tokenizer_object=Tokenizer(model), **names).save_pretrained(folder)
    return len(vocabulary)


def write_model(folder: Path, kind: str) -> torch.nn.Module:
    """A captioner of the library as its own ``save_pretrained`` leaves it."""
    import transformers as library

    torch.manual_seed(0)
    size = write_tokenizer(folder, kind)
    if kind == "blip":
        text = {
            "vocab_size": size, "hidden_size": 16, "encoder_hidden_size": 16, "num_hidden_layers": 2,
            "num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 32, "bos_token_id": 1,
            "eos_token_id": 2, "sep_token_id": 2, "pad_token_id": 0, "initializer_range": 0.5,
        }  # fmt: skip
        config = library.BlipConfig(text_config=text, vision_config={**VISION, "initializer_range": 0.5})
        model = library.BlipForConditionalGeneration(config)
    else:
        decoder = library.GPT2Config(
            vocab_size=size, n_embd=24, n_layer=2, n_head=2, n_positions=32, add_cross_attention=True, is_decoder=True,
            bos_token_id=1, eos_token_id=2, initializer_range=0.5,
        )  # fmt: skip
        parts = (library.ViTConfig(**VISION, initializer_range=0.5), decoder)
        config = library.VisionEncoderDecoderConfig.from_encoder_decoder_configs(*parts)
        config.decoder_start_token_id, config.eos_token_id, config.pad_token_id = 1, 2, 0
        model = library.VisionEncoderDecoderModel(config=config)
    for parameter in model.parameters():  # as a checkpoint stores them
        parameter.data = parameter.data.half().float()
    model.eval().save_pretrained(folder)
    seen = {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.3, 0.4]}
    (folder / "preprocessor_config.json").write_text(json.dumps(seen))
    return model


@pytest.fixture(scope="module", params=["vision-encoder-decoder", "blip"])
def made(request, tmp_path_factory):
    """A root with a checkpoint made of a model, and the model."""
    root = tmp_path_factory.mktemp(request.param)
    model = write_model(root / "theirs", request.param)
    assert main(["fetch", str(root / "theirs"), "--out", str(root / "checkpoints" / "fetched")]) == 0
    return root / "checkpoints", model


@pytest.fixture
def service(made) -> CaptionService:
    return CaptionService(made[0])


@pytest.fixture(scope="module")
def photos() -> list[Image.Image]:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 40, 50, 3), dtype=np.uint8)
    return [Image.fromarray(photo) for photo in pixels]


def pixels_of(photos: list[Image.Image]) -> torch.Tensor:
    from core.captioning.encoder import squash_all

    mean, deviation = (torch.tensor(three).view(1, 3, 1, 1) for three in ([0.5, 0.4, 0.3], [0.2, 0.3, 0.4]))
    return (squash_all(photos, SIDE).float() / 255 - mean) / deviation


def theirs(model: torch.nn.Module, photo: torch.Tensor, ids: list[int]):
    """What the library itself says of a photo (1, 3, side, side) and these pieces: its outcome, eager and uncached."""
    if hasattr(model, "text_decoder"):
        model.text_decoder.set_attn_implementation("eager")
        seen, decoder = model.vision_model(photo).last_hidden_state, model.text_decoder
    else:
        model.decoder.set_attn_implementation("eager")
        seen, decoder = model.enc_to_dec_proj(model.encoder(photo).last_hidden_state), model.decoder
    with torch.inference_mode():
        return decoder(
            input_ids=torch.tensor([ids]), encoder_hidden_states=seen, output_attentions=True, use_cache=False
        )


def test_it_writes_and_looks_as_the_library_does(made, service, photos, monkeypatch):
    monkeypatch.setattr("core.captioning.service.autocast", torch.inference_mode)  # in float32, as the library
    root, model = made
    settings = Settings("greedy", max_words=8, no_repeat=0, candidates=3)
    seen = service.encode(photos, "fetched")
    module = service._load("fetched")[1].model
    assert service.grid("fetched") == (4, 4) and isinstance(module, pretrained.PretrainedCaptioner)
    for photo, trace in zip(pixels_of(photos), service.caption(seen, "fetched", settings), strict=True):
        assert trace.steps
        written = [step.word for step in trace.steps]
        numbers = [module._first(word) if n == 0 else word for n, word in enumerate(written)]
        ids = [1, *module.ids[torch.tensor(module.vocabulary.encode(numbers))].tolist()]
        found = theirs(model, photo.unsqueeze(0), ids)
        usual = found.logits[0][:, module.ids[[0, *range(3, len(module.ids))]]].log_softmax(-1)
        for n, step in enumerate(trace.steps):
            assert math.log(step.prob) == pytest.approx(float(usual[n].max() if n else usual[n, 1:].max()), abs=1e-3)
            looks = torch.stack(found.cross_attentions, 1)[0, :, :, n]  # (layers, heads, 1 + 16)
            heads = torch.tensor(step.heads).flatten(2)
            torch.testing.assert_close(heads, looks[..., 1:] / looks[..., 1:].sum(-1, keepdim=True), atol=1e-3, rtol=0)
            assert step.on_nothing == pytest.approx(float(looks[..., 0].mean()), abs=1e-3)
            torch.testing.assert_close(torch.tensor(step.alpha).flatten(), heads.mean((0, 1)), atol=1e-4, rtol=0)


def test_decisions_are_followed(made, service, photos):
    seen = service.encode(photos[:1], "fetched")
    settings = Settings("beam", beam=3, max_words=6)
    (free,) = service.caption(seen, "fetched", settings)
    said = free.steps[0].word
    decided = Decisions({1: "cat", 2: "sits", 3: END_WORD}, {1: (5, 6)}, {0: (said,)})
    (trace,) = service.caption(seen, "fetched", settings, decided)
    assert trace.words[1:] == ["cat", "sits"] and trace.words[0] != said and trace.ended
    assert trace.steps[1].word_forced and trace.steps[1].gaze_forced and not trace.steps[2].gaze_forced
    alpha = np.array(trace.steps[1].alpha).ravel()
    assert alpha[[5, 6]].sum() == pytest.approx(1, abs=1e-3) and trace.steps[1].on_nothing == 0
    (same,) = service.caption(seen, "fetched", settings, Decisions.caption(trace.words))  # a caption can be said again
    assert same.words == trace.words
    with pytest.raises(ValueError, match="does not know the word"):
        service.caption(seen, "fetched", settings, Decisions({0: "zebra"}))


def test_the_command_line_captions_with_it(made, photos, tmp_path, capsys):
    photos[0].save(tmp_path / "a.png")
    assert main(["caption", str(tmp_path / "a.png"), "--model", "fetched", "--checkpoints", str(made[0])]) == 0
    assert capsys.readouterr().out.startswith(str(tmp_path / "a.png"))
    assert main(["fetch", str(made[0] / "fetched"), "--out", str(tmp_path / "again")]) == 0  # one of ours is copied
    assert checkpoints.verify(tmp_path / "again").config == checkpoints.read(made[0] / "fetched").config


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda folder: (folder / "config.json").write_text('{"model_type": "bert"}'), "no captioner that is known"),
        (lambda folder: (folder / "config.json").write_text("{"), "is not JSON"),
        (lambda folder: (folder / "model.safetensors").unlink(), "no others are read"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"x" * 99), "cannot be made into a checkpoint"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "cannot be made into a checkpoint"),
    ],
)
def test_what_is_no_captioner_is_refused_in_a_sentence(made, tmp_path, change, complaint):
    for file in (made[0].parent / "theirs").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    change(tmp_path)
    with pytest.raises(CheckpointError, match=complaint):
        fetch(str(tmp_path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_is_saved_and_read_back_through_the_mixin(tmp_path):
    save_tiny_captioner(tmp_path / "soft", "soft", encoder="0" * 64)
    HubCheckpoint(tmp_path / "soft").save_pretrained(tmp_path / "pushed")
    assert sorted(path.name for path in (tmp_path / "pushed").iterdir()) == [
        "README.md",
        "config.json",
        "model.safetensors",
    ]
    for path in (tmp_path / "pushed").iterdir():
        assert path.read_bytes() == (tmp_path / "soft" / path.name).read_bytes()
    assert HubCheckpoint.from_pretrained(str(tmp_path / "pushed")).folder == tmp_path / "pushed"
    (tmp_path / "pushed" / "model.safetensors").write_bytes(b"other")
    with pytest.raises(CheckpointError):
        HubCheckpoint.from_pretrained(str(tmp_path / "pushed"))
