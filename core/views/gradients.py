"""A look left to chance -> pictures: the distribution with its draws, the gradients, their error, their variance.

Knows no Streamlit. See :mod:`core.scenes.estimator` for what is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from core.scenes.estimator import SPREAD, Baseline, Chance, Draws
from core.trace import WordStep
from core.views.charts import ACCENT, GREY
from core.views.figures import panel

if TYPE_CHECKING:
    import plotly.graph_objects as go

BLUE = "#2F7FB5"
COLOURS: dict[str, str] = {
    "none": GREY, "moving average": "#B08900", "other draw": "#8A63D2", "expected reward": ACCENT,
    "straight through": BLUE,
}  # fmt: skip
LABELS = {
    "none": "no baseline",
    "moving average": "moving average",
    "other draw": "another draw",
    "expected reward": "expected reward",
    "straight through": "straight through",
}


def drawn_over(photo: Image.Image, chance: Chance, draws: Draws) -> Image.Image:
    """The distribution as heat over the scene, and a dot for every draw, near the middle of its cell."""
    rows, columns = chance.grid
    weights = chance.alpha.view(rows, columns).tolist()
    step = WordStep("", 1.0, (), tuple(map(tuple, weights)), None, 1.0)
    picture = panel(photo, step, chance.grid)
    pen, width, height = ImageDraw.Draw(picture), photo.width / columns, photo.height / rows
    cell = min(width, height)
    seen: dict[int, int] = {}
    for place in draws.cells.tolist():
        turn = seen[place] = seen.get(place, -1) + 1  # draws of one cell lie on a spiral, so that they can be counted
        reach, angle = 0.42 * cell * min(1.0, math.sqrt(turn / 24)), 2.4 * turn
        x = (place % columns + 0.5) * width + reach * math.cos(angle)
        y = (place // columns + 0.5) * height + reach * math.sin(angle)
        radius = cell / 11
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill="white", outline="black")
    return picture


def gradient_map(gradient: Tensor, grid: tuple[int, int]) -> go.Figure:
    """A gradient (S,) over the grid of these rows and columns: warm where the score is to rise, blue where to fall."""
    import plotly.graph_objects as go

    most = float(gradient.abs().max()) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=gradient.view(grid).tolist(), zmin=-most, zmax=most, showscale=False, xgap=1, ygap=1,
            colorscale=[[0, BLUE], [0.5, "rgba(128, 124, 120, 0.14)"], [1, ACCENT]],
            hovertemplate="row %{y}, column %{x}: %{z:.2g}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(visible=False, fixedrange=True, constrain="domain")
    figure.update_yaxes(visible=False, fixedrange=True, autorange="reversed", scaleanchor="x")
    return figure.update_layout(height=210, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def map_alt(name: str, gradient: Tensor, chance: Chance) -> str:
    """A map in a sentence: which way it points, as against the exact gradient."""
    likeness = float(torch.cosine_similarity(gradient, chance.exact, dim=0))
    return f"{name}: its direction agrees with the exact gradient's to {likeness:.2f}, 1 being the same."


def error(chance: Chance, gradients: Tensor) -> list[float]:
    """|mean of the first n estimates - exact| / |exact| for n = 1 ... N."""
    means = gradients.cumsum(0) / torch.arange(1, len(gradients) + 1).unsqueeze(1)
    errors: list[float] = ((means - chance.exact).norm(dim=1) / chance.exact.norm().clamp_min(1e-12)).tolist()
    return errors


def error_chart(chance: Chance, draws: Mapping[Baseline, Draws], straight: Sequence[float]) -> go.Figure:
    """How far the mean of n draws is from the exact gradient, for each baseline and straight through; log-log."""
    import plotly.graph_objects as go

    figure = go.Figure()
    curves: dict[str, Sequence[float]] = {name: error(chance, each.gradients) for name, each in draws.items()}
    curves["straight through"] = straight
    for name, values in curves.items():
        figure.add_scatter(
            x=list(range(1, len(values) + 1)), y=values, name=LABELS[name], mode="lines",
            line={"color": COLOURS[name], "width": 2.5, "dash": "dot" if name == "straight through" else "solid"},
            hovertemplate=f"{LABELS[name]}<br>%{{x}} draws: %{{y:.2f}} times its length off<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(type="log", title="draws", fixedrange=True, showgrid=False, dtick=1)
    figure.update_yaxes(type="log", title="error", fixedrange=True, zeroline=False, dtick=1)
    return figure.update_layout(
        height=320, margin={"l": 8, "r": 12, "t": 8, "b": 8}, legend={"orientation": "h", "y": -0.25}
    )


def variance_chart(chance: Chance) -> go.Figure:
    """How much the gradient of one draw varies, exactly, as a multiple of the exact gradient's length squared."""
    import plotly.graph_objects as go

    values = variances(chance)
    names = list(values)
    figure = go.Figure(
        go.Bar(
            x=[values[name] for name in names], y=[f"{LABELS[name]} " for name in names], orientation="h",
            text=[f"{values[name]:.3g}" for name in names], textposition="outside", cliponaxis=False,
            marker={"color": [COLOURS[name] for name in names], "cornerradius": 3},
            hovertemplate="%{y}: %{x:.3g}<extra></extra>",
        )
    )  # fmt: skip
    low, high = math.log10(min(values.values()) + 1e-9), math.log10(max(values.values()) + 1e-9)
    figure.update_xaxes(type="log", visible=False, range=[low - 0.5, high + 0.5], fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, tickfont={"size": 14})
    return figure.update_layout(height=320, bargap=0.35, margin={"l": 8, "r": 48, "t": 8, "b": 8})


def variances(chance: Chance) -> dict[str, float]:
    """Estimator -> variance of one draw summed over the cells, over the squared length of the exact gradient."""
    scale = float(chance.exact.square().sum().clamp_min(1e-12))
    found: dict[str, float] = {name: float(chance.variance(name).sum()) / scale for name in SPREAD}
    return {**found, "straight through": float(chance.straight_variance.sum()) / scale}
