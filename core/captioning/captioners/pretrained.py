"""Captioners of the ``transformers`` library: a vision transformer looks, a language model with cross-attention writes.

Two of its classes: ``VisionEncoderDecoderModel`` (of a ViT, DeiT or BEiT and a decoder such as GPT-2 or BERT) and BLIP
(Li et al. 2022). Every layer of the decoder looks over the patches with several heads, a weight a head and a patch,
before each word (Vaswani et al. 2017, 3.2.3); that is what is drawn, as of the captioner ``transformer``. What rests on
the encoder's own tokens, which are no part of the photo, is said as the share of the look that rested on nothing.

A step is one piece of the model's vocabulary: a word, or a part of one, which is written ``##part``. Decoding is ours.

``core.captioning.hub.fetch`` makes a checkpoint of such a model; what its folder brings along is never run.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor, nn
from transformers import BlipConfig, BlipForConditionalGeneration, VisionEncoderDecoderConfig, VisionEncoderDecoderModel
from transformers.cache_utils import DynamicCache, EncoderDecoderCache

import core.captioning.encoders.torchvision_models  # noqa: F401 (first, or transformers cannot import torchvision)
from core.attention import Kind, Look
from core.captioning.captioner import Step
from core.captioning.decoding import decode
from core.captioning.settings import Decisions, Settings
from core.captioning.vocabulary import Vocabulary
from core.checkpoints.modules import StoredModule
from core.trace import CaptionTrace, WordStep

PART = "##"  # begins a piece that goes on with the word before
OWN_TOKENS = {"vit": 1, "deit": 2, "beit": 1, "blip_vision_model": 1}  # of an encoder, before those of its patches


class Tokens(NamedTuple):
    """What the encoder makes of B photos: (B, own tokens + S, channels)."""

    tokens: Tensor

    def select(self, rows: Tensor | slice) -> "Tokens":
        return Tokens(self.tokens[rows])


class Past(NamedTuple):
    """Of each layer the keys and values of the words so far and of the photo, (B, heads, n, size) each; () at first."""

    layers: tuple[tuple[Tensor, Tensor, Tensor, Tensor], ...] = ()

    def select(self, rows: Tensor | slice) -> "Past":
        return Past(tuple(tuple(part[rows] for part in layer) for layer in self.layers))  # type: ignore[misc]


class _Sizes(NamedTuple):
    attention: Kind


class PretrainedCaptioner(StoredModule):
    """Keeps the contract of :class:`core.captioning.model.CaptionModel`.

    Args:
        config: the library's own, as its ``config.json`` has it.
        mean, deviation: of the three colours, 0..1, by which the encoder wants photos normalised.
        words: the pieces that can be written, as they are shown.
    """

    attention: Kind = "soft"
    ids: Tensor
    colours: Tensor

    def __init__(
        self, config: Mapping[str, Any], mean: Sequence[float], deviation: Sequence[float], words: Sequence[str]
    ) -> None:
        super().__init__()
        # On the CPU also where a checkpoint's module is built without memory: some of its buffers are in no checkpoint.
        with torch.device("cpu") if torch.get_default_device().type == "meta" else nullcontext():
            self.model = self.build(dict(config))
            colours = torch.tensor([*mean, *deviation]).view(2, 1, 3, 1, 1)
        self.vision = self.vision_config()
        if self.vision.model_type not in OWN_TOKENS:
            raise ValueError(f"Encoders of the kind {self.vision.model_type!r} have no grid of patches that is known.")
        self.side: int = self.vision.image_size
        across = self.side // self.vision.patch_size
        self.grid = (across, across)
        self.vocabulary = Vocabulary(words)
        self.sizes = _Sizes(self.attention)
        self.register_buffer("ids", torch.zeros(len(self.vocabulary), dtype=torch.long))  # of the library's vocabulary
        self.register_buffer("colours", colours, persistent=False)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        model = config["model"]
        return cls(model["config"], model["mean"], model["deviation"], config["vocabulary"])

    def build(self, config: dict[str, Any]) -> Any:
        """The library's model, without its weights."""
        raise NotImplementedError

    def vision_config(self) -> Any:
        raise NotImplementedError

    def tokens(self, pixels: Tensor) -> Tensor:
        """Normalised photos (B, 3, side, side) -> (B, own tokens + S, channels), as the decoder takes them."""
        raise NotImplementedError

    @property
    def decoder(self) -> Any:
        raise NotImplementedError

    def see(self, photos: Tensor) -> Tensor:
        mean, deviation = self.colours
        tokens = self.tokens((photos.float() / 255 - mean) / deviation)
        own = OWN_TOKENS[self.vision.model_type]
        # The encoder's own tokens beside each patch, so that what is kept is a grid with as many cells as it has.
        beside = tokens[:, :own].flatten(1).unsqueeze(1).expand(-1, tokens.shape[1] - own, -1)
        return torch.cat([tokens[:, own:], beside], dim=2)

    def caption(
        self, seen: Tensor, settings: Settings, decisions: Sequence[Decisions], seeds: Sequence[int]
    ) -> list[CaptionTrace]:
        decided = [self._at_the_beginning(one) for one in decisions]
        traces = decode(self, self.vocabulary, seen, self.grid, settings, decided, "", seeds)  # type: ignore[arg-type]
        return [
            replace(trace, steps=(_bare(trace.steps[0]), *trace.steps[1:])) if trace.steps else trace
            for trace in traces
        ]

    def _at_the_beginning(self, decisions: Decisions) -> Decisions:
        """Decisions with a caption's first word as the model has it: after no space, where that is another piece."""
        words = {step: self._first(word) if step == 0 else word for step, word in decisions.words}
        forbidden = {
            step: [*some, *(self._first(word) for word in some)] if step == 0 else some
            for step, some in decisions.forbidden
        }
        return Decisions(words, dict(decisions.gazes), forbidden)

    def _first(self, word: str) -> str:
        return PART + word if not self.splits_words and PART + word in self.vocabulary else word

    @property
    def splits_words(self) -> bool:
        """Whether a piece that begins no word is only ever found within one, as WordPiece has it; for byte-level BPE it
        also begins a text."""
        return False

    # --- what the search knows of a captioner -------------------------------------------------------------------------

    def view(self, seen: Tensor) -> tuple[Tokens, Past]:
        channels = seen.shape[2] // (1 + OWN_TOKENS[self.vision.model_type])
        own = seen[:, 0, channels:].view(len(seen), -1, channels)
        return Tokens(torch.cat([own, seen[:, :, :channels]], dim=1)), Past()

    def step(
        self,
        tokens: Tensor,
        state: Past,
        slots: Tokens,
        mask: Tensor | None = None,
        noise: Tensor | None = None,
        straight: bool = False,
    ) -> Step:
        own = OWN_TOKENS[self.vision.model_type]
        may = None
        if mask is not None:  # what is decided for the look leaves nothing for what is no part of the photo
            may = torch.cat([mask.new_zeros(len(mask), own), mask], dim=1)[:, None, None]
            may = torch.zeros_like(may, dtype=slots.tokens.dtype).masked_fill(~may, torch.finfo(slots.tokens.dtype).min)
        found = self.decoder(
            input_ids=self.ids[tokens].unsqueeze(1), cache=_cache(state), use_cache=True,
            encoder_hidden_states=slots.tokens, encoder_attention_mask=may, output_attentions=True,
        )  # fmt: skip
        past = found.cache
        layers = zip(past.self_attention_cache.layers, past.cross_attention_cache.layers, strict=True)
        kept = Past(tuple((one.keys, one.values, seen.keys, seen.values) for one, seen in layers))
        looks = torch.stack([each for each in found.cross_attentions if each is not None], dim=1)[:, :, :, -1].float()
        inside = looks[..., own:].sum(3, keepdim=True)
        alpha = looks[..., own:] / inside.clamp_min(1e-12)
        logits = found.logits[:, -1].float()
        outside = looks[..., :own].sum(3).mean(dim=(1, 2))
        look = Look(alpha, logits.new_zeros(len(logits), 0), None, outside)
        return Step(logits[:, self.ids], kept, look, logits.new_ones(len(logits)))

    def read_out(self, deep: Tensor) -> Tensor:
        return deep


class VisionEncoderDecoderCaptioner(PretrainedCaptioner):
    """An encoder and a decoder that were each trained by themselves, and then together on captions."""

    architecture = "vision-encoder-decoder"

    def build(self, config: dict[str, Any]) -> Any:
        parts = VisionEncoderDecoderConfig.from_dict(config)
        for part in (parts, parts.encoder, parts.decoder):
            part._attn_implementation = "eager"  # the others keep no weights
        return VisionEncoderDecoderModel(config=parts)

    def vision_config(self) -> Any:
        return self.model.config.encoder

    def tokens(self, pixels: Tensor) -> Tensor:
        seen: Tensor = self.model.encoder(pixel_values=pixels).last_hidden_state
        return self.model.enc_to_dec_proj(seen) if hasattr(self.model, "enc_to_dec_proj") else seen

    @property
    def decoder(self) -> Any:
        return self.model.decoder

    @property
    def splits_words(self) -> bool:
        kind: str = self.model.config.decoder.model_type
        return kind != "gpt2"


class BlipCaptioner(PretrainedCaptioner):
    """BLIP's captioner, one model from the beginning."""

    architecture = "blip"

    def build(self, config: dict[str, Any]) -> Any:
        parts = BlipConfig.from_dict(config)
        for part in (parts, parts.vision_config, parts.text_config):
            part._attn_implementation = "eager"
        model = BlipForConditionalGeneration(parts)
        for layer in model.text_decoder.bert.encoder.layer:
            layer.crossattention.self.register_forward_pre_hook(_pass_mask_on, with_kwargs=True)
        return model

    def vision_config(self) -> Any:
        return self.model.config.vision_config

    def tokens(self, pixels: Tensor) -> Tensor:
        seen: Tensor = self.model.vision_model(pixel_values=pixels).last_hidden_state
        return seen

    @property
    def decoder(self) -> Any:
        return self.model.text_decoder

    @property
    def splits_words(self) -> bool:
        return True


def _pass_mask_on(module: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """BLIP hands its cross-attention the mask by a name that it does not read there (transformers 5.24), so that it
    would look everywhere; this gives it the name that is read."""
    return given, {**named, "encoder_attention_mask": named.get("attention_mask")}


def _cache(past: Past) -> EncoderDecoderCache | None:
    """The keys and values as the library keeps them; None where it is to begin."""
    if not past.layers:
        return None
    words, photo = DynamicCache(), DynamicCache()
    for number, (keys, values, photo_keys, photo_values) in enumerate(past.layers):
        words.update(keys, values, number)
        photo.update(photo_keys, photo_values, number)
    return EncoderDecoderCache(words, photo)


def _bare(step: WordStep) -> WordStep:
    """A caption's first word, which goes on with none; candidates, too, each once."""
    candidates: dict[str, float] = {}
    for word, prob in step.candidates:
        candidates.setdefault(word.removeprefix(PART), prob)
    return replace(step, word=step.word.removeprefix(PART), candidates=tuple(candidates.items()))
