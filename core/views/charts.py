"""Traces -> Plotly charts, each with the sentence that says what it shows. Knows no Streamlit.

Plotly is imported when a chart is asked for: it takes a second.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.trace import CaptionTrace
from core.views.figures import percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from core.captioning.occlusion import OcclusionEffect

ACCENT = "#E8590C"  # 3:1 or better on the light and on the dark background
MUTED = "rgba(128, 124, 120, 0.45)"
GREY = "rgb(150, 145, 140)"
# Several models or pairs in one chart: told apart by shape as well as by colour. There are shapes for four models and
# their six pairs.
COLOURS = (GREY, ACCENT, "#8A63D2", "#C2457C", "#3F8F7B", "#B08900")
SHAPES = (
    "circle", "diamond", "square", "triangle-up", "star", "cross", "x", "triangle-down", "pentagon", "hourglass",
)  # fmt: skip


def entropy_chart(trace: CaptionTrace, chosen: int) -> "go.Figure":
    """The attention's entropy in bits before each word, the chosen word marked, an even look's entropy as a line."""
    import plotly.graph_objects as go

    most = math.log2(trace.grid[0] * trace.grid[1])
    bits, places = [step.entropy for step in trace.steps], list(range(len(trace.steps)))
    figure = go.Figure(
        go.Scatter(
            x=places,
            y=bits,
            mode="lines+markers",
            line={"color": MUTED, "width": 2},
            marker={
                "size": [15 if n == chosen else 9 for n in places],
                "color": [ACCENT if n == chosen else GREY for n in places],
                "opacity": 1,
            },
            customdata=[
                [step.word, f"{2**step.entropy:.0f} of {trace.grid[0] * trace.grid[1]}"] for step in trace.steps
            ],
            hovertemplate="%{customdata[0]}: %{y:.2f} bits<br>as wide as %{customdata[1]} cells<extra></extra>",
        )
    )
    figure.add_hline(y=most, line={"color": GREY, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=0, xref="paper", xanchor="left", y=most, yanchor="bottom", showarrow=False,
        text=f"an even look: {most:.2f} bits",
    )  # fmt: skip
    labels = [f"<b>{_escape(word)}</b>" if n == chosen else _escape(word) for n, word in enumerate(trace.words)]
    _name_places(figure, labels)
    figure.update_yaxes(range=[0, 1.12 * most], tickvals=[0, 2, 4, 6], zeroline=False, fixedrange=True)
    return figure.update_layout(height=300, margin={"l": 8, "r": 16, "t": 4, "b": 8}, showlegend=False)


def entropy_alt(trace: CaptionTrace) -> str:
    """The curve in a sentence."""
    return f"The attention's entropy: {', '.join(f'{step.word} {step.entropy:.1f}' for step in trace.steps)} bits."


def words_chart(
    words: Sequence[str], series: Mapping[str, Sequence[float]], percents: bool, first: int = 0
) -> "go.Figure":
    """A line a model, or a pair of models, over the words of one sentence.

    Args:
        words: of the sentence.
        series: name -> a value a word.
        percents: the values are shares of 1; else bits, 0..1.
        first: the place of the first line's colour and shape, so that two charts do not use a shape for two things.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for n, (name, values) in enumerate(series.items(), start=first):
        colour = COLOURS[n % len(COLOURS)]
        figure.add_scatter(
            x=list(range(len(words))),
            y=list(values),
            name=_escape(name),
            mode="lines+markers",
            line={"color": colour, "width": 1.5},
            marker={"size": 10, "symbol": SHAPES[n % len(SHAPES)], "color": colour, "opacity": 1},
            customdata=[
                f"{word}, {name}: {_value(value, percents)}" for word, value in zip(words, values, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    _name_places(figure, [_escape(word) for word in words])
    ticks = ["0", "50 %", "100 %"] if percents else ["0", "0.5", "1 bit"]
    figure.update_yaxes(range=[-0.04, 1.06], tickvals=[0, 0.5, 1], ticktext=ticks, zeroline=False, fixedrange=True)
    return figure.update_layout(
        height=320, margin={"l": 8, "r": 16, "t": 30, "b": 8}, showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )  # fmt: skip


def words_alt(what: str, words: Sequence[str], series: Mapping[str, Sequence[float]], percents: bool) -> str:
    """The lines in a sentence."""
    lines = (
        f"{name}: {', '.join(f'{word} {_value(v, percents)}' for word, v in zip(words, values, strict=True))}"
        for name, values in series.items()
    )
    return f"{what}. {'; '.join(lines)}."


def falls_chart(falls: Sequence["OcclusionEffect"]) -> "go.Figure":
    """By how many points each word's probability changes when a region is hidden: most looked at, and least."""
    import plotly.graph_objects as go

    series = {
        "hidden where it looked most": ([100 * (fall.most - fall.free) for fall in falls], ACCENT),
        "hidden where it looked least": ([100 * (fall.least - fall.free) for fall in falls], MUTED),
    }
    figure = go.Figure(
        [
            go.Bar(
                x=list(range(len(falls))),
                y=values,
                name=name,
                marker={"color": colour, "cornerradius": 3},
                customdata=[
                    f"{fall.word}, {name}: {value:+.1f} points" for fall, value in zip(falls, values, strict=True)
                ],
                hovertemplate="%{customdata}<extra></extra>",
            )
            for name, (values, colour) in series.items()
        ]
    )
    _name_places(figure, [_escape(fall.word) for fall in falls])
    lowest = min([-5.0, *(1.1 * v for values, _ in series.values() for v in values)])
    highest = max([2.0, *(1.1 * v for values, _ in series.values() for v in values)])
    figure.update_yaxes(
        range=[lowest, highest], ticksuffix=" points", zeroline=True, zerolinecolor=GREY, fixedrange=True
    )
    return figure.update_layout(
        height=320, bargap=0.35, margin={"l": 8, "r": 16, "t": 30, "b": 8}, showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )  # fmt: skip


def falls_alt(falls: Sequence["OcclusionEffect"]) -> str:
    """The bars in a sentence."""
    words = (
        f"{fall.word} {percent(fall.free)}, {percent(fall.most)} without where it looked most, "
        f"{percent(fall.least)} without where it looked least"
        for fall in falls
    )
    return f"Each word's probability. {'; '.join(words)}."


def _name_places(figure: "go.Figure", labels: Sequence[str]) -> None:
    """The words under the chart: a word that comes twice has two places."""
    figure.update_xaxes(
        tickvals=list(range(len(labels))), ticktext=list(labels), range=[-0.5, len(labels) - 0.5], showgrid=False,
        zeroline=False, tickfont={"size": 14}, fixedrange=True,
    )  # fmt: skip


def _value(value: float, percents: bool) -> str:
    return percent(value) if percents else f"{value:.2f} bits"


def _escape(word: str) -> str:
    """Plotly reads a little HTML in its labels; a word is only ever text."""
    return word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
