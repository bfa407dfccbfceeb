"""The pictures say what the trace says: heat on the right part of the photo, charts with the trace's own numbers."""

import io
import json
import math

import numpy as np
import pytest
from PIL import Image

from core import figures, stepper
from core.trace import CaptionTrace, WordStep


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


def test_sharpest_word_comes_first():
    assert figures.sharpest(trace(step(EVEN), step(spot(2, 2, 0.4)), step(spot(2, 2, 0.9)))) == 2
    assert figures.sharpest(trace(step(EVEN), step(EVEN))) == 0
    assert figures.sharpest(trace()) == 0


def test_candidates_chart_marks_the_word_written():
    bars = figures.candidates_chart(step()).data[0]
    assert list(bars.x) == [0.5, 0.25] and list(bars.customdata) == ["dog", "cat"]
    assert list(bars.marker.color) == [figures.ACCENT, figures.MUTED]
    bars = figures.candidates_chart(step(word="kite", prob=0.01)).data[0]  # sampled from beyond the likeliest
    assert list(bars.customdata) == ["dog", "cat", "kite"] and bars.marker.color[2] == figures.ACCENT
    assert "kite" in figures.candidates_alt(step(word="kite", prob=0.01))


def test_charts_take_words_as_text_not_markup():
    odd = step(word="<b>&", candidates=(("<b>&", 0.5),))
    assert figures.candidates_chart(odd).layout.yaxis.ticktext == ("<b>&lt;b&gt;&amp;</b> ",)
    assert figures.entropy_chart(trace(odd, step()), 1).layout.xaxis.ticktext[0] == "&lt;b&gt;&amp;"


def test_entropy_chart_has_the_traces_entropies():
    words = trace(step(EVEN, word="a"), step(spot(3, 3, 0.9), word="dog"), step(EVEN, word="a"))
    figure = figures.entropy_chart(words, chosen=1)
    assert list(figure.data[0].y) == [s.entropy for s in words.steps]
    assert list(figure.data[0].x) == [0, 1, 2]  # a word that comes twice has two places
    assert figure.layout.shapes[0].y0 == math.log2(196)
    assert [color == figures.ACCENT for color in figure.data[0].marker.color] == [False, True, False]


def test_payload_is_json_with_the_traces_weights():
    words = trace(step(spot(3, 9, 0.625), word="</script>", glimpse=(3, 9)), attention="hard")
    payload = json.loads(json.dumps(stepper.payload(Image.new("RGB", (90, 60)), words, "A dog", "x"), allow_nan=False))
    (only,) = payload["steps"]
    assert only["word"] == "</script>" and only["glimpse"] == [3, 9]
    assert only["alpha"][3 * 14 + 9] == 0.625 and sum(only["alpha"]) == pytest.approx(1, abs=2e-4)
    assert payload["ratio"] == 1.5 and len(payload["ramp"]) == 768
    assert dict(only["facts"])["Looks at"] in only["look"]
