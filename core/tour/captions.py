"""Inside one step of a captioner: the numbers that the tour shows, from the model's own functions.

A glimpse of one's own making is tried by giving the model slots of one cell that holds it: a look over one cell
brings back that cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.attention import attend
from core.captioning.captioner import Captioner, Step
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSlots, as_lstm
from core.captioning.vocabulary import END, START, UNKNOWN, Vocabulary
from core.trace import CaptionTrace, WordStep

SHOWN = 6  # next words
ENDS = "(end)"  # how the end of the sentence is shown among the next words
MAX_FORGETFUL = 12  # words of a sentence that never need end
# From one cell to an even look: 0 stands for the limit, which is hard attention, and inf for the mean, none.
TEMPERATURES = (0.0, 0.1, 0.2, 0.35, 0.6, 1.0, 1.7, 3.0, 6.0, 12.0, float("inf"))

Words = list[tuple[str, float]]  # the likeliest next words with their probabilities, best first


def _looking(captioner: Captioner) -> LSTMCaptioner:
    """An LSTM captioner with attention; ValueError where it is none, or has no scores."""
    captioner = as_lstm(captioner)
    if captioner.sizes.attention == "none":
        raise ValueError("This model has no attention: its query meets no cells.")
    return captioner


@torch.inference_mode()
def before(captioner: Captioner, vocabulary: Vocabulary, grid: Tensor, words: Sequence[str]) -> tuple[Tensor, Any, Any]:
    """Where a captioner stands before the next word after ``words`` of a photo (1, S, channels).

    Returns:
        The last word's number (1,), the captioner's state of one row, and its slots.
    """
    slots, state = captioner.view(grid)
    tokens = torch.tensor([START, *vocabulary.encode(list(words))])
    for token in tokens[:-1]:
        state = captioner.step(token.view(1), state, slots).state
    return tokens[-1:], state, slots


def next_words(captioner: Captioner, vocabulary: Vocabulary, step: Step) -> list[Words]:
    """What may follow, a list a row of the step; as everywhere, start and unknown word are never written."""
    logits = captioner.read_out(step.deep).float()
    logits[:, [START, UNKNOWN]] = float("-inf")
    best, which = logits.softmax(1).topk(min(SHOWN, len(vocabulary.words)), dim=1)
    return [
        [(ENDS if n == END else vocabulary.word(n), p) for n, p in zip(row, probs, strict=True)]
        for row, probs in zip(which.tolist(), best.tolist(), strict=True)
    ]


@torch.inference_mode()
def after_last_word(
    captioner: Captioner, vocabulary: Vocabulary, grid: Tensor, last: Sequence[str]
) -> tuple[list[Words], list[str]]:
    """A captioner that forgets: before every word it begins anew, and is told the last word only.

    Args:
        last: words each of which is taken for the last one; an empty text for the beginning.

    Returns:
        The next words after each, and the sentence that comes of always writing the likeliest, cut where it ends or
        after :data:`MAX_FORGETFUL` words.
    """

    def follow(word: str) -> Words:
        token, state, slots = before(captioner, vocabulary, grid, [word] if word else [])
        return next_words(captioner, vocabulary, captioner.step(token, state, slots))[0]

    sentence: list[str] = []
    while len(sentence) < MAX_FORGETFUL:
        # The sentence may not end before it began.
        word = next(word for word, _ in follow(sentence[-1] if sentence else "") if sentence or word != ENDS)
        if word == ENDS:
            break
        sentence.append(word)
    return [follow(word) for word in last], sentence


@dataclass(frozen=True)
class Recurrence:
    """One step of the LSTM, all of its numbers.

    Attributes:
        last: the word before.
        y: (E,) its embedding.
        z: (V,) the gated glimpse.
        h, c: (H,) the state before.
        i, f, g, o: (H,) input gate, forget gate, candidate, output gate.
        c_new, h_new: (H,) the state after.
    """

    last: str
    y: np.ndarray
    z: np.ndarray
    h: np.ndarray
    c: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c_new: np.ndarray
    h_new: np.ndarray
    words: Words


@torch.inference_mode()
def recurrence(captioner: Captioner, vocabulary: Vocabulary, grid: Tensor, words: Sequence[str]) -> Recurrence:
    """The step after ``words``: c_t = f c_{t-1} + i g and h_t = o tanh(c_t), with the gates that x and h_{t-1} give.

    Raises:
        ValueError: the captioner is no LSTM.
    """
    captioner = as_lstm(captioner)
    token, state, slots = before(captioner, vocabulary, grid, words)
    step = captioner.step(token, state, slots)
    y, z = captioner.embed(token), step.gate.unsqueeze(1) * step.look.glimpse
    lstm, x = captioner.lstm, torch.cat([y, z], dim=1)
    gates = x @ lstm.weight_ih.T + lstm.bias_ih + state.h @ lstm.weight_hh.T + lstm.bias_hh  # (1, 4 H)
    i, f, g, o = gates[0].chunk(4)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c_new = f * state.c[0] + i * g
    h_new = o * torch.tanh(c_new)
    numbers = {"y": y[0], "z": z[0], "h": state.h[0], "c": state.c[0]}
    numbers |= {"i": i, "f": f, "g": g, "o": o, "c_new": c_new, "h_new": h_new}
    last, follow = words[-1] if words else "", next_words(captioner, vocabulary, step)[0]
    return Recurrence(last=last, words=follow, **{name: x.numpy() for name, x in numbers.items()})


@dataclass(frozen=True)
class Query:
    """One query over a photo's cells, and what different glimpses of it lead to.

    Attributes:
        scores: (S,) e of every cell.
        values: (S, V) what there is to see in each.
        temperatures: as many as there are lists of words; the scores are divided by them.
        words: the next words after the glimpse at each temperature.
    """

    scores: np.ndarray
    values: np.ndarray
    temperatures: tuple[float, ...]
    words: list[Words]


@torch.inference_mode()
def query(
    captioner: Captioner,
    vocabulary: Vocabulary,
    grid: Tensor,
    words: Sequence[str],
    temperatures: Sequence[float] = TEMPERATURES,
) -> Query:
    """What the state after ``words`` looks for, and what it would write with other weights.

    Raises:
        ValueError: the captioner has no attention, so no scores; or it is no LSTM.
    """
    captioner = _looking(captioner)
    token, state, slots = before(captioner, vocabulary, grid, words)
    scores = captioner.score(state.h, slots.keys)  # (1, S)
    glimpses = torch.cat([glimpse(scores, slots.values, t) for t in temperatures])  # (T, V)
    rows = torch.zeros(len(glimpses), dtype=torch.long)
    alone = LSTMSlots(glimpses.unsqueeze(1), slots.keys[rows, :1])
    step = captioner.step(token[rows], state.select(rows), alone)
    follow = next_words(captioner, vocabulary, step)
    return Query(scores[0].numpy(), slots.values[0].numpy(), tuple(temperatures), follow)


@dataclass(frozen=True)
class LookInside:
    """What a trace does not keep of the look before one of its words.

    Attributes:
        scores: (S,) e of every cell; minus infinity for those that it was not allowed to look at.
        glimpse: (V,) what it came back with, before the gate.
    """

    scores: np.ndarray
    glimpse: np.ndarray


@torch.inference_mode()
def look_inside(captioner: Captioner, vocabulary: Vocabulary, grid: Tensor, trace: CaptionTrace, n: int) -> LookInside:
    """The look before word ``n`` of a caption, as it was, gazes that were moved and cells that were sampled included.

    Raises:
        ValueError: the captioner is no LSTM, or the caption has no such word.
    """
    captioner = as_lstm(captioner)
    if not 0 <= n < len(trace.steps):
        raise ValueError("The caption has no such word.")
    slots, state = captioner.view(grid)
    tokens = torch.tensor([START, *vocabulary.encode(trace.words[:n])])
    for token, step in zip(tokens[:-1], trace.steps[:n], strict=True):
        mask = _looked_at(step, grid.shape[1], only=step.glimpse is not None)
        state = captioner.step(token.view(1), state, slots, mask).state
    step, columns = trace.steps[n], trace.grid[1]
    look = captioner.step(tokens[-1:], state, slots, _looked_at(step, grid.shape[1], only=False)).look
    if captioner.sizes.attention == "none":
        return LookInside(np.zeros(grid.shape[1]), look.glimpse[0].numpy())
    scores = captioner.score(state.h, slots.keys)[0]  # (S,)
    if (allowed := _looked_at(step, grid.shape[1], only=False)) is not None:
        scores = scores.masked_fill(~allowed[0], float("-inf"))
    brought = look.glimpse[0] if step.glimpse is None else slots.values[0, step.glimpse[0] * columns + step.glimpse[1]]
    return LookInside(scores.numpy(), brought.numpy())


def _looked_at(step: WordStep, cells: int, only: bool) -> Tensor | None:
    """(1, S) the cells that a look was confined to, None for all; with ``only`` the one that a hard look took."""
    if only and step.glimpse is not None:
        mask = torch.zeros(1, cells, dtype=torch.bool)
        mask[0, step.glimpse[0] * len(step.alpha[0]) + step.glimpse[1]] = True
        return mask
    return torch.tensor(step.alpha).reshape(1, cells) > 0 if step.gaze_forced else None


def glimpse(scores: Tensor, values: Tensor, temperature: float) -> Tensor:
    """(B, V): at 0 one cell, at infinity the mean of all, between them the mean weighted by softmax(scores / T)."""
    if temperature == 0:
        return attend("hard", scores, values).glimpse
    if temperature == float("inf"):
        return attend("none", scores, values).glimpse
    return attend("soft", scores / temperature, values).glimpse


@dataclass(frozen=True)
class Scored:
    """One query scored against a photo's cells in three ways.

    Attributes:
        additive: (S,) e_i = w . tanh(k_i + U h), as the captioner was trained.
        dot: (S,) k_i . U h / sqrt(K), the numbers of the additive score put into a dot product.
        ready: (S,) k_i . q with q = w * (1 - tanh^2(U h)), the query made ready for a dot product: up to what is the
            same for all cells, the additive score to first order in the keys.
    """

    additive: np.ndarray
    dot: np.ndarray
    ready: np.ndarray

    def agrees(self, scores: np.ndarray) -> float:
        """The correlation of scores with the additive ones, -1..1; 0 where one of them is the same for all cells."""
        apart = [x - x.mean() for x in (self.additive.astype(np.float64), scores.astype(np.float64))]
        sizes = float(np.linalg.norm(apart[0]) * np.linalg.norm(apart[1]))
        return float(apart[0] @ apart[1]) / sizes if sizes else 0.0


@torch.inference_mode()
def scored(captioner: Captioner, vocabulary: Vocabulary, grid: Tensor, words: Sequence[str]) -> Scored:
    """The query after ``words``, scored by addition (Bahdanau et al. 2014) and by dot products (Luong et al. 2015).

    Raises:
        ValueError: the captioner has no attention, so no scores; or it is no LSTM.
    """
    captioner = _looking(captioner)
    _, state, slots = before(captioner, vocabulary, grid, words)
    query, keys = captioner.score.query(state.h)[0], slots.keys[0]  # (K,), (S, K)
    ready = captioner.score.weight.weight[0] * (1 - torch.tanh(query) ** 2)  # (K,)
    ways = captioner.score(state.h, slots.keys)[0], keys @ query / keys.shape[1] ** 0.5, keys @ ready
    return Scored(*(scores.float().numpy() for scores in ways))
