"""What the recomputations share: plain numpy in float64, one story at a time, nothing of the networks' own code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.memory.story import tokens

Array = np.ndarray[Any, np.dtype[np.float64]]
Weights = Mapping[str, Array]
Config = Mapping[str, Any]


@dataclass(frozen=True)
class Look:
    """A hop, its fields as in :class:`core.trace.Hop`; weights (S,), those of each head (heads, S)."""

    alpha: Array
    gate: float = 1.0
    glimpse: int | None = None
    on_nothing: float = 0.0
    enough: float | None = None
    moved: Array | None = None
    heads: Array | None = None


@dataclass(frozen=True)
class Recomputed:
    """What a network makes of a question.

    Attributes:
        looks: its hops.
        answers: the probability of each answer.
    """

    looks: list[Look]
    answers: dict[str, float]


Recompute = Callable[[Config, Weights, Sequence[str], str], Recomputed]


def sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


def softmax(x: Array, axis: int = -1) -> Array:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def gelu(x: Array) -> Array:
    """x times the normal distribution's share below x, by the error function of the standard library."""
    return np.asarray(x * 0.5 * (1 + _erf(x / np.sqrt(2))))


def linear(w: Weights, name: str, x: Array) -> Array:
    """W x + b over the last axis."""
    return np.asarray(x @ w[f"{name}.weight"].T + w.get(f"{name}.bias", 0.0))


def norm(w: Weights, name: str, x: Array) -> Array:
    """Layer normalisation over the last axis."""
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return np.asarray(scaled * w[f"{name}.weight"] + w[f"{name}.bias"])


def gru(w: Weights, name: str, x: Array, h: Array) -> Array:
    """One step of a gated recurrent unit, its weights as torch stacks them: reset, update, candidate."""
    given = x @ w[f"{name}.weight_ih"].T + w[f"{name}.bias_ih"]
    kept = h @ w[f"{name}.weight_hh"].T + w[f"{name}.bias_hh"]
    (r, u, c), (hr, hu, hc) = np.split(given, 3, axis=-1), np.split(kept, 3, axis=-1)
    candidate = np.tanh(c + sigmoid(r + hr) * hc)
    update = sigmoid(u + hu)
    return np.asarray((1 - update) * candidate + update * h)


def read(text: str, known: Sequence[str], vectors: Array, longest: int | None = None) -> Array:
    """(..., d) a sentence by position encoding, of word vectors (V, ..., d); unknown words count nothing."""
    words, width = tokens(text), vectors.shape[-1]
    of = longest or len(words)
    total = np.zeros(vectors.shape[1:])
    for j, word in enumerate(words, start=1):
        if word in known:
            total += share(j, of, width) * vectors[list(known).index(word)]
    return total


def share(j: int, of: int, width: int) -> Array:
    """(d,) what the j-th of so many words counts in each number of its sentence's vector."""
    k = np.arange(1, width + 1)
    return np.asarray(1 + min((2 * j - of - 1) / of, 1) * (2 * k - width - 1) / width)


def answers(config: Config, names: Sequence[str], scores: Array) -> dict[str, float]:
    """Calibrated probabilities of the answers with these scores."""
    probs = softmax(scores / config["temperature"])
    return {name: float(prob) for name, prob in zip(names, probs, strict=True)}


def _erf(x: Array) -> Array:
    from math import erf

    return np.vectorize(erf, otypes=[float])(x)
