"""Captioners that have learnt nothing, and what they say of random grids."""

import pytest
import torch

from core.attention import KINDS
from core.captioning import decoding
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.captioners.transformer import TransformerCaptioner, TransformerSizes
from core.captioning.vocabulary import END, Vocabulary
from core.trace import CaptionTrace

WORDS = Vocabulary(["a", "dog", "cat", "runs", "red", "on", "grass", "jumps"])
MODELS = (*KINDS, "transformer")


def model(kind="soft", seed=0, ending=0.0) -> LSTMCaptioner | TransformerCaptioner:
    """A random captioner, an LSTM of a kind of look or a transformer; the larger ``ending``, the sooner its sentences
    end (at 5: soon, at -1000: never)."""
    torch.manual_seed(seed)
    if kind == "transformer":
        sizes = TransformerSizes("soft", len(WORDS), channels=12, value=16, size=12, layers=2, heads=3, inner=16)
        captioner = TransformerCaptioner(sizes).eval()
    else:
        sizes = LSTMSizes(kind, len(WORDS), channels=12, value=16, key=8, embedding=16, hidden=24)
        captioner = LSTMCaptioner(sizes).eval()
    with torch.no_grad():
        for parameter in captioner.parameters():
            parameter.mul_(1.5 if kind == "transformer" else 2.5)
        captioner.bias[END] = ending
    return captioner


def grids(n=5, seed=3):
    torch.manual_seed(seed)
    return torch.randn(n, 16, 12)


def decode(captioner, vocabulary, grids, *arguments, **named) -> list[CaptionTrace]:
    """Of grids of 4 x 4 cells."""
    return decoding.decode(captioner, vocabulary, grids, (4, 4), *arguments, **named)


def same(one: CaptionTrace, other: CaptionTrace):
    """Equal but for the last bits of floats, which depend on how many rows a matrix product has."""
    assert one.words == other.words
    assert one.ended == other.ended
    assert one.log_prob == pytest.approx(other.log_prob, abs=1e-4)
    for a, b in zip(one.steps, other.steps, strict=True):
        assert a.glimpse == b.glimpse
        torch.testing.assert_close(torch.tensor(a.alpha), torch.tensor(b.alpha), atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(torch.tensor(a.heads), torch.tensor(b.heads), atol=1e-5, rtol=1e-4)
        assert a.prob == pytest.approx(b.prob, abs=1e-5)
        assert [word for word, _ in a.candidates] == [word for word, _ in b.candidates]
        assert a.gate == pytest.approx(b.gate, abs=1e-5)
