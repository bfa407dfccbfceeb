"""What a training says of itself, drawn: a line for each part, and a sentence for those who do not see it."""

from core.views.epochs import epochs_alt, epochs_chart, shown

FIGURES = {
    "memn2n, run-1": [{"epoch": 1, "loss": 100.0, "held_out_error": 40.0}, {"epoch": 2, "loss": 0.5}],
    "memn2n, run-2": [{"epoch": 1, "loss": 90.0}],
}


def test_what_there_is_is_drawn_and_said():
    assert shown(FIGURES) == ["loss", "held_out_error"] and shown({}) == []
    chart = epochs_chart(FIGURES, "loss")
    assert [list(line.y) for line in chart.data] == [[100.0, 0.5], [90.0]] and chart.layout.showlegend
    assert len({line.marker.symbol for line in chart.data}) == 2 and chart.layout.yaxis.type == "log"
    chart = epochs_chart(FIGURES, "held_out_error")
    assert [line.name for line in chart.data] == ["memn2n, run-1"] and chart.layout.yaxis.type == "linear"
    assert epochs_alt(FIGURES, "loss") == (
        "Loss on what is learnt from: memn2n, run-1 0.5 after epoch 2, memn2n, run-2 90 after epoch 1."
    )
    assert epochs_alt({}, "loss").endswith("nothing yet.")
