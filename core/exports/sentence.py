"""One sentence said by several models, word by word: how likely each finds it, and how far apart they look."""

import csv
import io
import math
from collections.abc import Mapping, Sequence

from core.captioning.comparison import GazeDistance
from core.captioning.settings import END_WORD
from core.trace import CaptionTrace
from core.views.text import cell

WHOLE = "whole sentence"


def sentence_rows(
    traces: Mapping[str, CaptionTrace], pairs: Mapping[str, Sequence[GazeDistance]]
) -> list[dict[str, str | float | None]]:
    """A row a word, one for the end, and one for the sentence, whose probability is the product of those above it.

    Args:
        traces: model -> the trace of the sentence, the same for all.
        pairs: two models -> how far their gazes are apart, a value a word.
    """
    words = next(iter(traces.values())).words
    rows: list[dict[str, str | float | None]] = [{"word": word} for word in [*words, END_WORD, WHOLE]]
    for model, trace in traces.items():
        told = [step.prob for step in trace.steps]
        end = math.exp(trace.log_prob - math.fsum(math.log(max(prob, 1e-300)) for prob in told))
        for row, prob in zip(rows, [*told, min(1.0, end), math.exp(trace.log_prob)], strict=True):
            row[f"{model}: probability, %"] = _digits(100 * prob)
        for row, entropy in zip(rows, [step.entropy for step in trace.steps], strict=False):
            row[f"{model}: entropy, bits"] = round(entropy, 2)
    for pair, values in pairs.items():
        for row, apart in zip(rows, values, strict=False):
            row[f"{pair}: divergence, bits"] = round(apart.divergence, 3)
            row[f"{pair}: centres, % of width"] = round(apart.distance, 1)
    return rows


def sentence_csv(traces: Mapping[str, CaptionTrace], pairs: Mapping[str, Sequence[GazeDistance]]) -> bytes:
    """:func:`sentence_rows` as a table for a spreadsheet: UTF-8 with the mark by which spreadsheets know it."""
    rows = sentence_rows(traces, pairs)
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(map(cell, rows[0]))
    for row in rows:
        values = [row.get(name) for name in rows[0]]
        lines.writerow(["" if value is None else cell(value) if isinstance(value, str) else value for value in values])
    return out.getvalue().encode("utf-8-sig")


def _digits(number: float) -> float:
    """With four digits that say something."""
    return float(f"{number:.4g}")
