"""One look unfolded: picture, grid, score, softmax, glimpse, word, one after the other, on the numbers of one word.

The trace has the weights, the gate and the words; the scores and the glimpse's numbers come from the model where it
can be looked into (:func:`core.tour.captions.look_inside`). Of others the weights' logarithms stand for the scores.
"""

import math
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from PIL import Image

from core.trace import CaptionTrace, WordStep
from core.views import bundle, figures, player
from core.views.player.heat import Heat, Photo, as_photo, as_text, heat

if TYPE_CHECKING:  # the model's numbers bring torch along, the assets do not need it
    from core.tour.captions import LookInside

PHOTO_SIDE = 800  # pixels
STAGES = ("Picture", "Grid", "Score", "Softmax", "Glimpse", "Word")
LISTED = 5  # cells and words that are told one by one
LEAST = 0.005  # share from which on a cell says its share


class UnfoldingPayload(TypedDict):
    """All that the component needs.

    ``told``: a sentence a stage. ``scores``: (rows * columns,), None for a cell that could not be looked at.
    ``full``: the weight with the brightest heat. ``taken``: the one cell of a hard look. ``cells``: those looked at
    most: where, score and share in words, and the share. ``code``: the glimpse's numbers as 16-bit whole ones in
    base64, the largest of which stands for ``largest``; empty where they are not known. ``words``: as bars, the one
    that was written first.
    """

    id: str
    stages: list[str]
    told: list[str]
    photo: Photo
    grid: tuple[int, int]
    heat: Heat
    scores: list[float | None]
    alpha: list[float]
    full: float
    least: float
    taken: int | None
    cells: list[tuple[str, str, str, float]]
    code: str
    largest: float
    gate: str
    word: str
    words: list[tuple[str, float, str]]


def assets() -> bundle.Assets:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    parts = bundle.assets(Path(__file__).parent)
    transport = Template((player.FOLDER / "transport.html").read_text(encoding="utf-8"))
    view = Template(parts["html"]).substitute(transport=transport.substitute(step="stage", play="Play all stages"))
    return {**parts, "html": view}


def payload(
    photo: Image.Image, alt: str, trace: CaptionTrace, n: int, inside: "LookInside | None", id: str
) -> UnfoldingPayload:
    """What the component needs to unfold the look before word ``n``, as JSON can hold it.

    Args:
        photo: as the model saw it.
        inside: what the trace does not keep; None for a model that cannot be looked into.
        id: changes whenever anything else does.
    """
    step, columns = trace.steps[n], trace.grid[1]
    alpha = np.asarray(step.alpha, dtype=np.float64).ravel()
    with np.errstate(divide="ignore"):
        scores = np.log(alpha) if inside is None else inside.scores.astype(np.float64)
    code = np.zeros(0) if inside is None else inside.glimpse
    largest = float(np.abs(code).max()) if code.size else 1.0
    most = np.argsort(-alpha, kind="stable")[: LISTED if trace.attention != "none" else 0]
    known = [None if math.isinf(score) else round(float(score), 4) for score in scores]
    return {
        "id": id,
        "stages": list(STAGES),
        "told": _told(trace, n, known, inside),
        "photo": as_photo(photo, alt, PHOTO_SIDE),
        "grid": trace.grid,
        "heat": heat(),
        "scores": known,
        "alpha": [round(float(weight), 6) for weight in alpha],
        "full": figures.full_weight(step),
        "least": LEAST,
        "taken": None if step.glimpse is None else step.glimpse[0] * columns + step.glimpse[1],
        "cells": [
            (_where(int(cell), columns), _number(known[cell]), figures.percent(alpha[cell]), float(alpha[cell]))
            for cell in most
        ],
        "code": as_text((code / (largest or 1.0) * 32767).round().astype("<i2").tobytes()) if code.size else "",
        "largest": largest,
        "gate": figures.percent(step.gate),
        "word": step.word,
        "words": [(word, prob, figures.percent(prob)) for word, prob in _words(step)],
    }


def _words(step: WordStep) -> list[tuple[str, float]]:
    """The word that was written, then the likeliest others."""
    return [(step.word, step.prob), *(pair for pair in step.candidates if pair[0] != step.word)][:LISTED]


def _told(trace: CaptionTrace, n: int, scores: list[float | None], inside: "LookInside | None") -> list[str]:
    """A sentence or two a stage, with its numbers."""
    step, (rows, columns) = trace.steps[n], trace.grid
    count = rows * columns
    before = f"After “{' '.join(trace.words[:n])}”" if n else "Before the first word"
    known = [score for score in scores if score is not None]
    numbers = "numbers" if inside is None else f"{len(inside.glimpse)} numbers"
    picture = "The encoder gets the photo, squashed to a square."
    grid = f"It makes {rows} × {columns} cells of it: {count} slots to look at, each with what is to be seen there."
    if trace.attention == "none":
        score = f"{before} this model asks no cell anything: it has no attention, and no scores."
        softmax = f"So every cell has the same share, {figures.percent(1 / count)}."
        glimpse = f"The glimpse is the mean of all {count} cells, {numbers}, the same before every word."
    else:
        best = int(max(range(count), key=lambda cell: -math.inf if scores[cell] is None else scores[cell] or 0.0))
        score = (
            f"{before} the model’s state asks every cell how well it matches: its score e, here from "
            f"{_number(min(known))} to {_number(max(known))}. The best is {_where(best, columns)}."
        )
        if inside is None:
            score += " (The scores are told from their softmax: up to a constant, which it takes no notice of.)"
        if step.gaze_forced:
            score += " It was made to look where it did: other cells could not be asked."
        share = max(map(max, step.alpha))
        softmax = (
            f"The softmax makes shares of 100 % of them: exp(e) over the sum of all. {_number(max(known))} becomes "
            f"{figures.percent(share)}."
        )
        if step.glimpse is not None:
            taken = step.glimpse[0] * columns + step.glimpse[1]
            glimpse = (
                f"Hard attention takes one cell, {_where(taken, columns)}, and leaves the rest: a glimpse of {numbers}."
            )
        else:
            glimpse = f"Each cell counts by its share, and all are added up: one glimpse of {numbers}."
    glimpse += f" The gate lets {figures.percent(step.gate)} of it through."
    likeliest = step.candidates[0][0] if step.candidates else step.word
    word = f"State and glimpse give every word its probability; “{step.word}” has {figures.percent(step.prob)}."
    if step.word_forced:
        word += " It was given, not chosen."
    elif likeliest != step.word:
        word += f" “{likeliest}” would be likelier here, but not the sentence that it leads to."
    return [picture, grid, score, softmax, glimpse, word]


def _where(cell: int, columns: int) -> str:
    return f"row {cell // columns + 1}, column {cell % columns + 1}"


def _number(score: float | None) -> str:
    return "none" if score is None else f"{score:.2f}".replace("-", "−")
