"""What a training says of itself after every epoch -> Plotly charts, each with its sentence. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.views.charts import ACCENT, COLOURS, GREY, SHAPES
from core.views.curves import SECOND

if TYPE_CHECKING:
    import plotly.graph_objects as go

Figures = Mapping[str, Sequence[Mapping[str, float]]]  # part of the training -> figures, an epoch each

# What trainings report, in the order shown, and what it is for people.
FIGURES = {
    "loss": "Loss on what is learnt from",
    "val_cider_greedy": "CIDEr on the photos of val",
    "held_out_error": "Wrong answers on held-out stories, %",
    "held_out_loss": "Loss on held-out stories",
}
MARKED = 20  # epochs of which each has a mark
APART = 20.0  # a loss that begins so many times higher than it ends is drawn on a logarithmic axis
_LINES = (ACCENT, SECOND, *(colour for colour in COLOURS if colour not in (ACCENT, GREY)), GREY)


def shown(figures: Figures) -> list[str]:
    """Those of :data:`FIGURES` of which there is something to show."""
    return [name for name in FIGURES if any(name in epoch for part in figures.values() for epoch in part)]


def epochs_chart(figures: Figures, name: str) -> go.Figure:
    """One figure over the epochs, a line for each part of the training."""
    import plotly.graph_objects as go

    chart = go.Figure()
    for n, (part, epochs) in enumerate(figures.items()):
        points = [epoch for epoch in epochs if name in epoch]
        colour = _LINES[n % len(_LINES)]
        if points:
            chart.add_scatter(
                x=[point["epoch"] for point in points],
                y=[point[name] for point in points],
                name=part,
                mode="lines+markers" if len(points) <= MARKED else "lines",
                line={"color": colour, "width": 2.5},
                marker={"color": colour, "size": 7, "symbol": SHAPES[n % len(SHAPES)]},
                hovertemplate=f"{part}<br>epoch %{{x}}: %{{y:.3g}}<extra></extra>",
            )
    chart.update_xaxes(rangemode="tozero", showgrid=False, zeroline=False, fixedrange=True, nticks=6, title="epoch")
    ends = [value for epochs in figures.values() for point in (*epochs[:1], *epochs[-1:]) if (value := point.get(name))]
    steep = "loss" in name and len(ends) > 1 and 0 < APART * min(ends) < max(ends)
    chart.update_yaxes(
        rangemode="normal" if steep else "tozero", zeroline=False, fixedrange=True, nticks=5,
        type="log" if steep else "linear",
    )  # fmt: skip
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    return chart.update_layout(
        height=240,
        margin={"l": 8, "r": 12, "t": 8, "b": 8},
        showlegend=len(figures) > 1,
        legend=legend,
        uirevision=name,
    )


def epochs_alt(figures: Figures, name: str) -> str:
    """The lines' last points in a sentence."""
    ends = [
        f"{part} {points[-1][name]:.3g} after epoch {points[-1]['epoch']:.0f}"
        for part, epochs in figures.items()
        if (points := [epoch for epoch in epochs if name in epoch])
    ]
    return f"{FIGURES[name]}: {', '.join(ends) or 'nothing yet'}."
