"""Films -> Plotly figures: loss, exact captions and pointing over the steps. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.scenes.live.snapshots import TrainingHistory
from core.views.charts import ACCENT

if TYPE_CHECKING:
    import plotly.graph_objects as go

SECOND = "#2F7FB5"  # the second learner's; as far from the accent as hue allows, 3:1 on both backgrounds
COLOURS = (ACCENT, SECOND)
CURVES = {
    "exact": "Captions exactly right",
    "pointing": "Looks that point at the thing",
    "loss": "Loss",
}
UNITS = {"exact": "%", "pointing": "%", "loss": "nats a word"}


def curve(films: Sequence[TrainingHistory], names: Sequence[str], figure: str) -> go.Figure:
    """One figure of every learner over the steps; a dotted line where settings were changed."""
    import plotly.graph_objects as go

    chart = go.Figure()
    for film, name, colour in zip(films, names, COLOURS, strict=False):
        values = [getattr(point, figure) for point in film.points]
        chart.add_scatter(
            x=[point.step for point in film.points],
            y=values,
            name=name,
            mode="lines+markers" if len(values) < 3 else "lines",
            line={"color": colour, "width": 3, "shape": "spline", "smoothing": 0.4},
            marker={"color": colour, "size": 7},
            hovertemplate=f"{name}<br>step %{{x:,}}: %{{y:.3g}} {UNITS[figure]}<extra></extra>",
        )
        for step, what in film.changes:
            chart.add_vline(x=step, line={"color": colour, "width": 1, "dash": "dot"})
            chart.add_annotation(
                x=step, y=1, yref="paper", yanchor="bottom", text=what, showarrow=False, font={"size": 11}
            )
    chart.update_xaxes(rangemode="tozero", showgrid=False, zeroline=False, fixedrange=True, nticks=5)
    top = {"range": [0, 104], "tickvals": [0, 25, 50, 75, 100], "ticksuffix": " %"} if UNITS[figure] == "%" else {}
    chart.update_yaxes(rangemode="tozero", zeroline=False, fixedrange=True, nticks=5, **top)
    return chart.update_layout(
        height=180, margin={"l": 8, "r": 12, "t": 18, "b": 8}, showlegend=False, uirevision=figure
    )


def curve_alt(films: Sequence[TrainingHistory], names: Sequence[str], figure: str) -> str:
    """The curve's last points in a sentence."""
    ends = [
        f"{name} {getattr(film.points[-1], figure):.3g} {UNITS[figure]} after {film.points[-1].step:,} steps"
        for film, name in zip(films, names, strict=False)
        if film.points
    ]
    return f"{CURVES[figure]}: {', '.join(ends) or 'nothing yet'}."
