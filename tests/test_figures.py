"""The pictures say what the trace says: heat on the right part of the photo, charts with the trace's own numbers."""

import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.captioning.occlusion import OcclusionEffect
from core.trace import CaptionTrace, WordStep
from core.views import charts, figures, player


def spot(row: int, column: int, weight: float = 1.0) -> tuple[tuple[float, ...], ...]:
    """A grid with ``weight`` on one cell, the rest spread evenly."""
    alpha = np.full((14, 14), (1 - weight) / 195)
    alpha[row, column] = weight
    return tuple(tuple(map(float, line)) for line in alpha)


EVEN = spot(0, 0, 1 / 196)


def step(alpha=EVEN, word="dog", prob=0.5, glimpse=None, candidates=(("dog", 0.5), ("cat", 0.25))) -> WordStep:
    return WordStep(word, prob, tuple(candidates), alpha, glimpse, gate=0.7)


def trace(*steps: WordStep, attention="soft") -> CaptionTrace:
    return CaptionTrace(attention, attention, steps, -1.0, True, (14, 14))


def lightness(rgb: np.ndarray) -> np.ndarray:
    """Relative luminance as the eye sees it: CIE L*, which is what is left of a colour without its hue."""
    linear = np.where(rgb <= 10, rgb / 3294.6, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return 116 * np.cbrt(np.maximum(y, 1e-6)) - 16


def test_ramp_gets_evenly_lighter():
    ramp = figures.heat_ramp()
    assert ramp.shape == (256, 3) and ramp.dtype == np.uint8
    levels = lightness(ramp[::15].astype(float))
    gains = np.diff(levels)
    assert gains.min() > 0.4 * gains.mean()
    assert gains.max() < 2 * gains.mean()


@pytest.mark.parametrize("size", [(451, 300), (300, 700), (28, 28)])
@pytest.mark.parametrize("cell", [(0, 0), (3, 9), (13, 13)])
def test_raw_heat_covers_exactly_its_cell(size, cell):
    picture = np.asarray(figures.heat_picture(step(spot(*cell)), size, smooth=False))
    rows, columns = np.nonzero(picture[..., 3])
    (width, height), (r, c) = size, cell
    assert abs(columns.min() - c / 14 * width) <= 1 and abs(columns.max() + 1 - (c + 1) / 14 * width) <= 1
    assert abs(rows.min() - r / 14 * height) <= 1 and abs(rows.max() + 1 - (r + 1) / 14 * height) <= 1
    assert len(np.unique(picture.reshape(-1, 4), axis=0)) == 2  # one flat rectangle, nothing elsewhere


@pytest.mark.parametrize("cell", [(0, 0), (3, 9), (13, 13)])
def test_smooth_heat_peaks_in_its_cell(cell):
    opacity = np.asarray(figures.heat_picture(step(spot(*cell)), (420, 280)))[..., 3]
    row, column = np.unravel_index(opacity.argmax(), opacity.shape)
    assert (row // 20, column // 30) == cell


def test_an_even_look_is_pale_and_the_same_everywhere():
    picture = np.asarray(figures.heat_picture(step(EVEN), (140, 140)))
    assert len(np.unique(picture.reshape(-1, 4), axis=0)) == 1
    assert 0 < picture[0, 0, 3] < 80


def test_panel_frames_the_cell_of_a_hard_look():
    photo = Image.new("RGB", (280, 140), (90, 90, 90))
    soft = np.asarray(figures.panel(photo, step(EVEN), (14, 14)), dtype=int)
    hard = np.asarray(figures.panel(photo, step(EVEN, glimpse=(2, 5)), (14, 14)), dtype=int)
    rows, columns = np.nonzero((hard == 255).all(axis=2))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (20, 29, 100, 119)
    outside = np.ones((140, 280), dtype=bool)
    outside[18:32, 98:122] = False
    assert (soft == hard).all(axis=2)[outside].all()


@pytest.mark.parametrize("size", [(1, 600), (600, 1), (640, 480)])
def test_film_strip_of_any_photo(size):
    words = trace(*(step(spot(n % 14, 3), word=f"w{n}") for n in range(20)))
    photo = Image.new("RGB", size)
    strip = figures.film_strip(photo, words, columns=6, side=120)
    assert len(figures.panels(photo, words)) == 20
    assert strip.width >= 6 and strip.height > 4 * 10  # 21 pictures in 4 rows
    assert Image.open(io.BytesIO(figures.png(strip))).size == strip.size


def test_film_strip_of_an_empty_caption_is_the_photo_alone():
    assert figures.film_strip(Image.new("RGB", (90, 60)), trace(), side=90).width < 120


@pytest.mark.parametrize(
    ("share", "text"),
    [(1, "100 %"), (0.416, "42 %"), (0.0996, "10 %"), (0.0994, "9.9 %"), (0.001, "0.1 %"), (0.0004, "under 0.1 %")],
)
def test_percent(share, text):
    assert figures.percent(share) == text


def test_looks_in_words():
    assert figures.describe_look(step(spot(0, 0)), "soft") == "the upper left, 100 % of the weight"
    assert figures.describe_look(step(spot(7, 13, 0.8)), "soft").startswith("the right, 8")
    assert figures.describe_look(step(EVEN), "soft") == "the whole photo, almost evenly"
    assert "no attention" in figures.describe_look(step(EVEN), "none")
    hard = figures.describe_look(step(spot(4, 6, 0.34), glimpse=(4, 6)), "hard")
    assert hard == "one cell, upper centre (row 5, column 7), 34 % of the weight"


def test_entropy_in_words():
    assert figures.describe_entropy(step(EVEN)) == "7.6 of 7.6 bits, as wide as an even look at 196 of 196 cells"
    assert figures.describe_entropy(step(spot(1, 1))) == "0.0 of 7.6 bits, as wide as an even look at 1 of 196 cells"


def test_charts_take_words_as_text_not_markup():
    odd = step(word="<b>&", candidates=(("<b>&", 0.5),))
    assert charts.entropy_chart(trace(odd, step()), 1).layout.xaxis.ticktext[0] == "&lt;b&gt;&amp;"
    lines = charts.words_chart(["<b>"], {"<i>": [0.5]}, percents=True)
    assert lines.layout.xaxis.ticktext == ("&lt;b&gt;",) and lines.data[0].name == "&lt;i&gt;"


def test_lines_have_their_values_and_two_charts_do_not_share_colours():
    words, values = ["a", "dog", "a"], {"soft": [0.5, 0.25, 1.0], "hard": [0.1, 0.2, 0.3]}
    probs = charts.words_chart(words, values, percents=True)
    assert [list(line.y) for line in probs.data] == list(values.values())
    bits = charts.words_chart(words, {"soft and hard": [0, 0.5, 1]}, percents=False, first=len(values))
    assert bits.data[0].marker.color not in [line.marker.color for line in probs.data]
    assert "dog 25 %" in charts.words_alt("Probabilities", words, values, True)
    assert "a 1.00 bits" in charts.words_alt("Bits", words, {"x": [0, 0, 1]}, False)


def test_falls_are_drawn_in_points():
    falls = [OcclusionEffect(0, "a", 0.5, 0.2, 0.55), OcclusionEffect(3, "dog", 0.1, 0.1, 0.1)]
    most, least = charts.falls_chart(falls).data
    assert list(most.y) == pytest.approx([-30, 0]) and list(least.y) == pytest.approx([5, 0])
    assert "a 50 %, 20 % without where it looked most, 55 %" in charts.falls_alt(falls)


def test_paths_go_through_their_cells_and_the_marked_ones_stand_out():
    photo = Image.new("RGB", (280, 140), (90, 90, 90))
    one = trace(step(glimpse=(0, 0)), step(glimpse=(0, 13)), attention="hard")
    other = trace(step(glimpse=(13, 0)), step(glimpse=(13, 13)), attention="hard")
    picture = np.asarray(figures.paths_over(photo, [one, other], marked=[1]), dtype=int)
    assert picture.shape == (140, 280, 3)
    orange = (picture[..., 0] - picture[..., 2]) > 60
    rows, columns = np.nonzero(orange)
    assert rows.min() >= 120 and columns.min() < 20 and columns.max() > 260  # the bottom row, from side to side
    pale = picture[:10].max(axis=(1, 2)).max()
    assert pale > picture[60:80].max()  # the unmarked path, along the top row
    assert figures.paths_over(photo, [trace(attention="hard")], marked=[0]).size == (280, 140)  # no words, no path


def test_a_map_is_hot_where_its_weight_is():
    photo = Image.new("RGB", (280, 140), "black")
    warm = np.asarray(figures.map_over(photo, np.array(spot(3, 9, 0.9))), dtype=int).sum(axis=2)
    row, column = np.unravel_index(warm.argmax(), warm.shape)
    assert (row // 10, column // 20) == (3, 9)


def test_entropy_chart_has_the_traces_entropies():
    words = trace(step(EVEN, word="a"), step(spot(3, 3, 0.9), word="dog"), step(EVEN, word="a"))
    figure = charts.entropy_chart(words, chosen=1)
    assert list(figure.data[0].y) == [s.entropy for s in words.steps]
    assert list(figure.data[0].x) == [0, 1, 2]  # a word that comes twice has two places
    assert figure.layout.shapes[0].y0 == math.log2(196)
    assert [color == charts.ACCENT for color in figure.data[0].marker.color] == [False, True, False]


def test_payload_is_json_with_the_traces_weights():
    words = trace(step(spot(3, 9, 0.625), word="</script>", glimpse=(3, 9)), attention="hard")
    payload = json.loads(
        json.dumps(
            player.caption_payload([player.View(Image.new("RGB", (90, 60)), words, "A dog")], "x"), allow_nan=False
        )
    )
    (only,) = payload["views"][0]["steps"]
    assert only["word"] == "</script>" and only["glimpse"] == [3, 9]
    assert only["alpha"][3 * 14 + 9] == 0.625 and sum(only["alpha"]) == pytest.approx(1, abs=2e-4)
    assert payload["photos"][0]["ratio"] == 1.5 and len(payload["heat"]["ramp"]) == 768
    assert dict(only["facts"])["Looks at"] in only["look"]
    assert only["candidates"] == [["dog", 0.5, "50 %"], ["cat", 0.25, "25 %"]]


def test_each_head_is_sent_as_a_look_of_its_own_to_a_single_view():
    looks = ((spot(0, 0, 0.5), spot(13, 13, 0.9)), (spot(7, 7, 0.5), EVEN))
    words = trace(replace(step(EVEN), heads=looks))
    view = player.View(Image.new("RGB", (90, 60)), words, "A dog")
    (only,) = player.caption_payload([view], "x")["views"][0]["steps"]
    assert [[max(head["alpha"]) for head in layer] for layer in only["heads"]] == [[0.5, 0.9], [0.5, round(1 / 196, 6)]]
    assert [[head["full"] for head in layer] for layer in only["heads"]] == [[0.5, 0.9], [0.5, pytest.approx(6 / 196)]]
    assert "lower right" in only["heads"][0][1]["look"] and "Gate" not in dict(only["facts"])
    for one in player.caption_payload([view, view], "x")["views"]:  # side by side their mean is compared
        assert one["steps"][0]["heads"] == []


def test_a_share_that_rests_on_no_cell_is_told():
    words = trace(replace(step(spot(3, 9)), on_nothing=0.625))
    (only,) = player.caption_payload([player.View(Image.new("RGB", (9, 6)), words, "A dog")], "x")["views"][0]["steps"]
    assert "62 %" in dict(only["facts"])["Sentinel"] and "Gate" in dict(only["facts"])


def test_views_share_a_photo_and_mark_what_changed():
    photo, painted = Image.new("RGB", (90, 60)), Image.new("RGB", (90, 60), "grey")
    original = trace(step(word="a"), step(word="red"), step(word="dog", prob=0.25))
    branch = trace(step(word="a"), step(word="dog"), step(word="runs"))
    views = [
        player.View(photo, original, "A dog", key="0", original=original),
        player.View(photo, branch, "A dog", key="1", original=original, chosen={2}, confined={1: (3, 4)}),
        player.View(painted, branch, "A dog", key="2"),
    ]
    payload = player.caption_payload(views, "x", per_row=2)
    assert [view["photo"] for view in payload["views"]] == [0, 0, 1] and len(payload["photos"]) == 2
    marks = [[step["mark"] for step in view["steps"]] for view in payload["views"]]
    assert marks == [["", "", ""], ["", "", "chosen"], ["", "", ""]]
    assert [step["confined"] for step in payload["views"][1]["steps"]] == [None, [3, 4], None]
    facts = [dict(step["facts"])["Probability"] for step in payload["views"][1]["steps"]]
    assert facts == ["50 %", "50 %, was 25 %", "50 %"]


@pytest.mark.parametrize(
    ("log_prob", "said"),
    [
        (0.0, "100 %"), (-1e-9, "100 %"), (math.log(0.25), "25 %"), (-math.log(12), "1 in 12"), (-9.42, "1 in 12,000"),
        (math.log(1 / 999_999), "1 in 1.0 million"), (-math.log(4.2e6), "1 in 4.2 million"),
        (-math.log(4.2e7), "1 in 42 million"), (-math.log(3.3e9), "1 in 3.3 billion"),
        (-math.log(6e12), "1 in 6.0 trillion"), (-60.0, "1 in 10^26"), (-1e5, "1 in 10^43429"),
    ],
)  # fmt: skip
def test_small_probabilities_in_words(log_prob, said):
    assert figures.odds(log_prob) == said
