"""What was measured -> Plotly charts, each with the sentence that says what it shows. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.results.files import Result
from core.results.tables import written
from core.results.zoo import NAMES
from core.views.charts import ACCENT, GREY

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Told apart by shape as well as by colour, and by name in any case.
GROUPS = {
    "ours": (ACCENT, "diamond", 15),
    "blind baseline": ("#2F7FB5", "square", 13),
    "paper": (GREY, "circle", 12),
}
ROW = 50  # pixels


def label(one: Result) -> str:
    """The name of one of ours, with what is known of its looks; of a paper's with its authors."""
    about = one.looks if one.ours else one.source
    return f"{one.model} ({about})" if about else one.model


def _group(one: Result) -> str:
    return "paper" if not one.ours else "blind baseline" if one.blind else "ours"


def ranked(results: Sequence[Result], score: str, least: bool) -> list[Result]:
    """Those that have this score, the best first."""
    return [one for one, _ in _scored(results, score, least)]


def _scored(results: Sequence[Result], score: str, least: bool) -> list[tuple[Result, float]]:
    """The same, each with its score."""
    have = [(one, value) for one in results if (value := one.scores.get(score)) is not None]
    return sorted(have, key=lambda pair: pair[1] * (1 if least else -1))


def dots(results: Sequence[Result], score: str, least: bool = False) -> go.Figure:
    """A score of all models as dots on lines, the best at the top; ``least``: the smaller the better."""
    import plotly.graph_objects as go

    rows = _scored(results, score, least)
    places = {id(one): len(rows) - 1 - n for n, (one, _) in enumerate(rows)}
    figure = go.Figure()
    for group, (colour, shape, size) in GROUPS.items():
        own = [(one, value) for one, value in rows if _group(one) == group]
        if own:
            figure.add_scatter(
                x=[value for _, value in own],
                y=[places[id(one)] for one, _ in own],
                name=group,
                mode="markers+text",
                text=[f"  {written(value)}" for _, value in own],
                textposition="middle right",
                textfont={"size": 14},
                marker={"color": colour, "symbol": shape, "size": size, "opacity": 1},
                hovertemplate=f"%{{x:.2f}} {NAMES.get(score, score)}<extra></extra>",
            )
    most = max((value for _, value in rows), default=1) or 1
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        showticklabels=False,
        range=[-0.6, len(rows) - 0.3],
        fixedrange=True,
        zeroline=False,
    )
    for one, _ in rows:  # over its line, so that the line has the whole width on a phone, too
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=places[id(one)], yshift=17, text=_escape(label(one)), showarrow=False,
            font={"size": 14},
        )  # fmt: skip
    figure.update_xaxes(
        range=[min(0, -0.02 * most), 1.2 * most], fixedrange=True, title=NAMES.get(score, score), zeroline=False
    )
    return figure.update_layout(
        height=110 + ROW * len(rows), margin={"l": 8, "r": 8, "t": 36, "b": 8}, showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )  # fmt: skip


def dots_alt(results: Sequence[Result], score: str, least: bool = False) -> str:
    """The dots in a sentence."""
    rows = "; ".join(f"{label(one)} {written(value)}" for one, value in _scored(results, score, least))
    return f"{NAMES.get(score, score)}, best first: {rows}."


def _escape(text: str) -> str:
    """Plotly reads a little HTML in its labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
