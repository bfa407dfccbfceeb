"""Results as tables: a row a result, to be sorted, chosen from and shown."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from core.results.files import LOOKS, Result


def written(value: float, digits: int = 1) -> str:
    """A number as it is written everywhere, halves rounded up as in school: 0.25 -> "0.3".

    Python's own formatting gives "0.2" for it and a browser "0.3".
    """
    return str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def rounded(column: "pd.Series[float]", digits: int = 1) -> "pd.Series[float]":
    """A column's numbers as :func:`written` writes them, so that whoever formats them again comes to the same."""
    return column.map(lambda value: float(written(value, digits)), na_action="ignore")


def frame(results: Sequence[Result]) -> pd.DataFrame:
    """A column for each field of a result but its scores and tasks, "data", and one for each score by its name."""
    fields = [name for name in Result.__dataclass_fields__ if name not in ("scores", "tasks")] + ["data"]
    rows = [{name: getattr(one, name) for name in fields} | dict(one.scores) for one in results]
    return pd.DataFrame(rows, columns=None if rows else fields)


def gaze_frame(results: Sequence[Result], captions: str) -> pd.DataFrame:
    """As :func:`frame`, with the scores of "own" or "forced" captions under their bare names, and "captions"."""
    bare = {f"{captions}.{score}": score for score in LOOKS}
    return frame(results).rename(columns=bare).assign(captions=captions)


def markdown(table: pd.DataFrame) -> str:
    """A table of texts in Markdown: its first two columns to the left, numbers to the right."""
    ruled = ["---", "---", *["---:"] * (len(table.columns) - 2)]
    rows = [list(table.columns), ruled, *table.itertuples(index=False)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
