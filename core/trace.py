"""What a run leaves behind: plain data, JSON both ways. All that pages, pictures and exports read.

A trace's weights are the ones the model used, neither re-computed nor smoothed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from operator import index
from typing import Any

SLACK = 1e-3  # by which weights may miss their sum: what rounding does to the longest story

# What reading a trace raises where the text is something else, however deep, long or strange.
_NOT_A_TRACE = (TypeError, KeyError, ValueError, AttributeError, RecursionError, OverflowError)


@dataclass(frozen=True)
class WordStep:
    """One word of a caption and the look that came before it.

    Attributes:
        prob: the model's probability of that word, given the words before, 0..1 (temperature not applied).
        candidates: the likeliest words with their probabilities, best first; without the end token.
        alpha: the attention over the grid, one tuple a row; sums to 1. Uniform for a model without attention, the
            mean over all heads of all layers for one with several: this is what is drawn.
        glimpse: the (row, column) of the one cell that a hard model used, None for the others.
        gate: how much of the glimpse the model let through, 0..1 (Xu et al. 2015, section 4.2.1).
        word_forced: the word was given by a decision, not chosen by the model.
        gaze_forced: the look was confined to given cells by a decision.
        heads: where several heads looked, the attention of each, as ``alpha``: one tuple a layer, of its heads; empty
            for a model with one.
        on_nothing: the share 0..1 of the look that rested on no cell, before the others were scaled to sum to 1; 0 for
            a model that always looks.
    """

    word: str
    prob: float
    candidates: tuple[tuple[str, float], ...]
    alpha: tuple[tuple[float, ...], ...]
    glimpse: tuple[int, int] | None
    gate: float
    word_forced: bool = False
    gaze_forced: bool = False
    heads: tuple[tuple[tuple[tuple[float, ...], ...], ...], ...] = ()
    on_nothing: float = 0.0

    @property
    def entropy(self) -> float:
        """The attention's entropy in bits: 0 for one cell, log2(cells) for an even look at everything."""
        return sum(a * math.log2(1 / a) for row in self.alpha for a in row if a > 0)


@dataclass(frozen=True)
class CaptionTrace:
    """A caption and how it came about.

    Attributes:
        model: the checkpoint's name.
        attention: "none", "soft" or "hard".
        steps: one entry a word; the end token is not a word.
        log_prob: natural logarithm of the caption's probability; the end token's included where it ended.
        ended: the model ended the sentence itself, before the limit of words.
        grid: rows and columns of the attention.
    """

    model: str
    attention: str
    steps: tuple[WordStep, ...]
    log_prob: float
    ended: bool
    grid: tuple[int, int]

    @property
    def words(self) -> list[str]:
        return [step.word for step in self.steps]

    @property
    def caption(self) -> str:
        return " ".join(self.words)

    def to_json(self) -> str:
        return json.dumps(_without(("heads", "on_nothing"), asdict(self), "steps"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> CaptionTrace:
        """Read what :meth:`to_json` wrote.

        Raises:
            ValueError: the text is not such a trace.
        """
        try:
            data = json.loads(text)
            steps = tuple(
                WordStep(
                    **{
                        **step,
                        "candidates": tuple((str(word), float(prob)) for word, prob in step["candidates"]),
                        "alpha": _rows(step["alpha"]),
                        "heads": tuple(tuple(map(_rows, layer)) for layer in step.get("heads", ())),
                        "glimpse": tuple(step["glimpse"]) if step["glimpse"] is not None else None,
                    }
                )
                for step in data["steps"]
            )
            return cls(**{**data, "steps": steps, "grid": tuple(data["grid"])})
        except _NOT_A_TRACE as error:
            raise ValueError("This is not the trace of a caption.") from error


@dataclass(frozen=True)
class Hop:
    """One look over the sentences of a story.

    Attributes:
        alpha: the attention, one weight 0..1 a sentence. 0 for a sentence that the network could not look at.
        glimpse: the one sentence that a hard network used, None for the others.
        forced: the look was moved to a sentence by a decision, not chosen by the network.
        gate: how much of what it brought back the network let through, 0..1.
        normalised: the weights sum to 1. Else each is a gate of its own, and any number of them may be open.
        on_nothing: the share 0..1 of the look that rested on no sentence, before the others were scaled to sum to 1.
        enough: where a network decides when to stop, its probability after this hop that it has enough; else None.
        moved: where a running state goes through the story, how far each sentence moved it: the root mean square over
            its numbers, which are within -1..1; empty for the others.
        heads: where several heads looked, the weights of each, one a sentence; their mean is :attr:`through`. A head
            that looked at nothing in part has weights that sum to less than 1. Empty for a network with one.

    Raises:
        ValueError: a weight is not within 0..1, or normalised weights do not sum to 1.
    """

    alpha: tuple[float, ...]
    glimpse: int | None
    forced: bool = False
    gate: float = 1.0
    normalised: bool = True
    on_nothing: float = 0.0
    enough: float | None = None
    moved: tuple[float, ...] = ()
    heads: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        if not all(-SLACK <= weight <= 1 + SLACK for weights in (self.alpha, *self.heads) for weight in weights):
            raise ValueError("A weight of attention is within 0..1.")
        if self.normalised and abs(math.fsum(self.alpha) - 1) > SLACK:
            raise ValueError("Weights that are no gates of their own sum to 1.")

    @property
    def through(self) -> tuple[float, ...]:
        """What of each sentence came through: its weight times the hop's gate."""
        return tuple(weight * self.gate for weight in self.alpha)

    def head(self, n: int) -> Hop:
        """The look of one head alone: weights that sum to 1, and as its gate what did not rest on nothing.

        Where all of it did, the sentences have equal weights, and the gate is 0.
        """
        weights = self.heads[n]
        gate = math.fsum(weights)
        alpha = tuple(weight / gate for weight in weights) if gate > 0 else (1 / len(weights),) * len(weights)
        return replace(self, alpha=alpha, gate=min(gate, 1.0), heads=())

    @property
    def most(self) -> int | None:
        """The sentence looked at most: a hard network's glimpse; None where several share the largest weight, or all
        gates are shut.
        """
        if self.glimpse is not None:
            return self.glimpse
        largest = max(self.alpha)
        return self.alpha.index(largest) if largest > 0 and self.alpha.count(largest) == 1 else None


@dataclass(frozen=True)
class StoryTrace:
    """An answer about a story and how it came about.

    Attributes:
        model: the checkpoint's name.
        network: its architecture, as the registry of memory networks names it.
        attention: "none", "soft" or "hard".
        sentences: the story as told, a statement each.
        answer: in bAbI's form; several things are joined by commas.
        prob: the network's calibrated probability of the answer, 0..1.
        candidates: the likeliest answers with their probabilities, best first; the answer is the first.
        unknown: the words of the story and the question that the network does not know, each once.
        notes: what was done about those, and about sentences beyond the network's memory; a sentence each.
        guess: the question is of no kind that the network was taught, so the probability says nothing.
        told: the story tells the answer, as far as the network can say; else the answer is its best guess, empty where
            it has none of the sort that is asked for.
        untold: the network's probability that the story does not tell it, 0..1; the candidates share the rest.
    """

    model: str
    network: str
    attention: str
    question: str
    sentences: tuple[str, ...]
    answer: str
    prob: float
    candidates: tuple[tuple[str, float], ...]
    hops: tuple[Hop, ...]
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    guess: bool = False
    told: bool = True
    untold: float = 0.0

    @property
    def by_head(self) -> tuple[StoryTrace, ...]:
        """The trace with the looks of one head in place of their mean, for each; none where a network has one head, or
        another number of them from hop to hop.
        """
        numbers = {len(hop.heads) for hop in self.hops}
        if len(numbers) != 1:
            return ()
        heads = range(numbers.pop())
        return tuple(replace(self, hops=tuple(hop.head(n) for hop in self.hops)) for n in heads)

    def to_dict(self) -> dict[str, Any]:
        """As plain values, what :meth:`to_json` writes."""
        return _without(("heads",), asdict(self), "hops")

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> StoryTrace:
        """Read what :meth:`to_json` wrote.

        Raises:
            ValueError: the text is not such a trace.
        """
        try:
            data = json.loads(text)
            hops = tuple(
                Hop(
                    alpha=tuple(map(_finite, hop["alpha"])),
                    glimpse=None if hop["glimpse"] is None else index(hop["glimpse"]),
                    forced=bool(hop["forced"]),
                    gate=_finite(hop.get("gate", 1.0)),
                    normalised=bool(hop.get("normalised", True)),
                    on_nothing=_finite(hop.get("on_nothing", 0.0)),
                    enough=None if hop.get("enough") is None else _finite(hop["enough"]),
                    moved=tuple(map(_finite, hop.get("moved", ()))),
                    heads=tuple(tuple(map(_finite, head)) for head in hop.get("heads", ())),
                )
                for hop in data["hops"]
            )
            texts = {name: tuple(map(str, data[name])) for name in ("sentences", "unknown", "notes")}
            read = {
                **{name: str(data[name]) for name in ("model", "network", "attention", "question", "answer")},
                "prob": _finite(data["prob"]),
                "guess": bool(data.get("guess", False)),
                "told": bool(data.get("told", True)),
                "untold": _finite(data.get("untold", 0.0)),
                "candidates": tuple((str(answer), _finite(prob)) for answer, prob in data["candidates"]),
            }
            trace = cls(**{**data, **texts, **read, "hops": hops})
            places = range(len(trace.sentences))
            if any(len(hop.alpha) != len(places) or (hop.glimpse or 0) not in places for hop in hops):
                raise ValueError("A look has one weight a sentence, and its glimpse is one of them.")
            if any(len(row) != len(places) for hop in hops for row in (*hop.heads, *[hop.moved] * bool(hop.moved))):
                raise ValueError("A head has one weight a sentence, and a running state moves with every sentence.")
            return trace
        except _NOT_A_TRACE as error:
            raise ValueError("This is not the trace of an answer.") from error


def _without(names: Iterable[str], data: dict[str, Any], looks: str) -> dict[str, Any]:
    """A trace without what is empty in its looks, as before there was any: older versions read it."""
    for look in data[looks]:
        for name in names:
            if not look[name]:
                del look[name]
    return data


def _rows(weights: Iterable[Iterable[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, row)) for row in weights)


def _finite(number: object) -> float:
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
        raise ValueError(f"{number!r} is not a number.")
    return float(number)
