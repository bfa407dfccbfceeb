"""What-ifs as data: what a choice keeps and drops, what undo brings back, what a link carries and refuses."""

import numpy as np
import pytest
import torch
from PIL import Image

from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.decoding import decode
from core.captioning.interventions import (
    GREY,
    MAX_TEXT,
    Changes,
    Edits,
    Gaze,
    blank_out,
    matching,
    region,
)
from core.captioning.settings import MAX_WORDS, Decisions, Settings
from core.captioning.vocabulary import Vocabulary

GRID = (14, 14)
WORDS = Vocabulary(["a", "dog", "cat", "runs", "red", "on", "grass", "jumps"])


@pytest.fixture(scope="module")
def captioner():
    torch.manual_seed(0)
    made = LSTMCaptioner(LSTMSizes("soft", len(WORDS), channels=12, value=16, key=8, embedding=16, hidden=24)).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(2.5)
    return made


@pytest.fixture(scope="module")
def write(captioner):
    """Edits -> the caption that they lead to."""
    torch.manual_seed(3)
    grid = torch.randn(1, 196, 12)
    settings = Settings("beam", beam=3, max_words=8)
    return lambda edits: decode(captioner, WORDS, grid, (14, 14), settings, edits.decisions())[0]


def other(trace, step: int) -> str:
    """A word that the model did not write there."""
    return next(word for word, _ in trace.steps[step].candidates if word != trace.words[step])


def test_no_edits_decide_nothing(write):
    assert Edits().free and Edits().decisions() == Decisions()


def test_a_chosen_word_stands_after_the_words_before_it(write):
    free = write(Edits())
    edits = Edits().with_word(free, 3, other(free, 3))
    trace = write(edits)
    assert trace.words[:4] == [*free.words[:3], other(free, 3)]
    assert edits.chosen == {3}


def test_choosing_the_word_that_stands_there_changes_nothing_before_it(write):
    free = write(Edits())
    again = write(Edits().with_word(free, 2, free.words[2]))
    assert again.words[:3] == free.words[:3]
    for one, two in zip(again.steps[:3], free.steps[:3], strict=True):
        assert one.prob == pytest.approx(two.prob, abs=1e-5)
        assert np.allclose(one.alpha, two.alpha, atol=1e-5)


def test_an_earlier_choice_drops_the_later_ones(write):
    free = write(Edits())
    later = Edits().with_word(free, 4, other(free, 4))
    later = later.with_gaze(write(later), 4, (1, 2))
    trace = write(later)
    earlier = later.with_word(trace, 1, other(trace, 1))
    assert earlier.chosen == {1} and earlier.gazes == () and len(earlier.words) == 2


def test_a_gaze_keeps_the_word_chosen_at_its_step(write):
    free = write(Edits())
    edits = Edits().with_word(free, 2, other(free, 2))
    looked = edits.with_gaze(write(edits), 2, range(20, 30))
    trace = write(looked)
    assert trace.words[2] == other(free, 2) and looked.chosen == {2}
    assert sum(np.ravel(trace.steps[2].alpha)[20:30]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("onward", [False, True])
def test_a_gaze_holds_for_its_word_or_from_there_on(write, onward):
    free = write(Edits())
    trace = write(Edits().with_gaze(free, 1, [7, 8], onward))
    confined = [step.gaze_forced for step in trace.steps]
    assert confined == [False, True] + [onward] * (len(confined) - 2)
    assert trace.words[:1] == free.words[:1]


def test_one_gaze_interrupts_another_that_holds_onward(write):
    free = write(Edits())
    edits = Edits().with_gaze(free, 0, [1], onward=True)
    cells = edits.with_gaze(write(edits), 2, [5]).cells()
    assert [cells[n] for n in range(4)] == [(1,), (1,), (5,), (1,)]


def test_a_chosen_word_keeps_the_looks_up_to_it_and_the_choices_before_it(write):
    trace = write(Edits())
    gazes = (Gaze(0, (1,), True), Gaze(2, (3, 4)), Gaze(3, (5,)))
    edits = Edits(tuple(trace.words[:4]), frozenset({0, 2, 3}), gazes).with_word(trace, 2, "cat")
    assert edits == Edits((*trace.words[:2], "cat"), frozenset({0, 2}), gazes[:2])


def test_a_gaze_keeps_what_was_decided_before_it_and_no_more_words_than_it_must(write):
    trace = write(Edits())
    before = Edits(tuple(trace.words[:4]), frozenset({1, 3}), (Gaze(0, (1,)), Gaze(2, (3, 4), True), Gaze(3, (5,))))
    assert before.with_gaze(trace, 2, [9, 8, 9], onward=True) == Edits(
        tuple(trace.words[:2]), frozenset({1}), (Gaze(0, (1,)), Gaze(2, (8, 9), True))
    )
    assert before.with_gaze(trace, 3, [7]) == Edits(
        tuple(trace.words[:4]), frozenset({1, 3}), (Gaze(0, (1,)), Gaze(2, (3, 4), True), Gaze(3, (7,)))
    )


def test_gazes_that_hold_onward_do_so_up_to_the_last_look_that_a_caption_can_have():
    cells = Edits(gazes=(Gaze(1, (3,), True), Gaze(3, (5,)), Gaze(4, (6, 7), True))).cells()
    assert list(cells) == list(range(1, MAX_WORDS + 1))  # the end has a look, too
    assert [cells[n] for n in range(1, 6)] == [(3,), (3,), (5,), (6, 7), (6, 7)]


@pytest.mark.parametrize("step", [-1, None, "1", 99, "the end's"])
def test_choices_about_words_that_are_not_there_are_refused(write, step):
    trace = write(Edits())
    step = len(trace.words) if step == "the end's" else step
    with pytest.raises(ValueError, match="no such word"):
        Edits().with_word(trace, step, "dog")
    with pytest.raises(ValueError, match="no such word"):
        Edits().with_gaze(trace, step, [1])


@pytest.mark.parametrize("cells", [[], [-1], [196], ["1"], [1.5]])
def test_cells_outside_the_grid_are_refused(write, cells):
    with pytest.raises(ValueError, match=r"\.$"):
        Edits().with_gaze(write(Edits()), 0, cells)


CHANGES = [
    Changes(),
    Changes(blank=(0, 1, 2, 16, 17, 195)),
    Changes(edits={"soft": Edits(("a", "dog"), frozenset({1}))}),
    Changes(
        (5,),
        {
            "soft": Edits(("a", "it's", "50%", "(*@"), frozenset({0, 3}), (Gaze(2, (1, 2, 3)), Gaze(4, (9,), True))),
            "my model; v2": Edits(gazes=(Gaze(0, (0, 195)),)),
        },
    ),
]


@pytest.mark.parametrize("changes", CHANGES)
def test_a_link_brings_the_same_changes_back(changes):
    assert Changes.from_text(changes.to_text(), GRID) == changes


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (Changes((3, 4, 5, 9, 11, 12)), "(3-5.9.11-12)"),
        (Changes(edits={"a/b c": Edits(("s/he", "is*", "(x)"), frozenset({1}))}), "a%2Fb%20c(s%2Fhe is%2A* %28x%29)"),
        (
            Changes((0,), {"soft": Edits(("a",), gazes=(Gaze(1, (7,)), Gaze(2, (1, 2), True))), "hard": Edits(("é",))}),
            "soft(a @1=7 @2+=1-2) hard(%C3%A9) (0)",
        ),
    ],
)
def test_a_link_reads_as_it_is_documented(changes, text):
    """Links that people have saved hold these very letters."""
    assert changes.to_text() == text
    assert Changes.from_text(text, GRID) == changes


def test_a_link_carries_as_much_as_a_caption_can_have_and_no_more():
    words = "a " * MAX_WORDS
    assert len(Changes.from_text(f"soft({words})", GRID).of("soft").words) == MAX_WORDS
    assert Changes.from_text(f"soft(@{MAX_WORDS - 1}=3)", GRID).of("soft").gazes == (Gaze(MAX_WORDS - 1, (3,)),)
    for text in (f"soft({words}a)", f"soft(@{MAX_WORDS}=3)"):
        with pytest.raises(ValueError, match="cannot be read"):
            Changes.from_text(text, GRID)
    longest = f"{'m' * (MAX_TEXT - 3)}(a)"
    assert list(Changes.from_text(longest, GRID).edits) == ["m" * (MAX_TEXT - 3)]
    with pytest.raises(ValueError, match="cannot be read"):
        Changes.from_text("m" + longest, GRID)


@pytest.mark.parametrize(
    "text",
    [
        "soft",
        "soft(a",
        "((1))",
        "(1-)",
        "(300)",
        "(-1)",
        "(5-999)",
        "soft(@51=3)",
        "soft(@1=)",
        "soft(@1=200)",
        "soft(" + "a " * 60 + ")",
        "a" * 5000,
        "soft(a)x",
    ],
)
def test_what_no_link_would_carry_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$"):
        Changes.from_text(text, GRID)


@pytest.mark.parametrize("size", [(280, 140), (451, 300), (9, 600)])
def test_blanking_covers_exactly_its_cells(size):
    photo = Image.new("RGB", size, "red")
    assert blank_out(photo, (), GRID) is photo
    painted = np.asarray(blank_out(photo, (0, 31), GRID)) == GREY
    rows, columns = np.nonzero(painted.all(axis=2))
    inside = set(
        zip((14 * (rows + 0.5) // size[1]).astype(int), (14 * (columns + 0.5) // size[0]).astype(int), strict=True)
    )
    if min(size) >= 14:
        assert inside == {(0, 0), (2, 3)}
    assert np.asarray(photo).min(axis=2).max() == 0  # the photo itself is as it was
    everything = np.asarray(blank_out(photo, range(196), GRID))
    assert (everything == GREY).all()


def test_words_that_match_are_found_in_order():
    assert matching(["a", "b", "c", "d"], ["a", "x", "c", "d"]) == {0: 0, 2: 2, 3: 3}
    assert matching(["a", "b"], ["a", "new", "b"]) == {0: 0, 1: 2}
    assert matching([], ["a"]) == {}
    rounds = ["a", "dog", "and"] * 100  # however long a sentence is and however often its words come
    assert matching(["so", *rounds], rounds) == {n + 1: n for n in range(300)}


@pytest.mark.parametrize("rows", [3, 6])
@pytest.mark.parametrize("columns", [3, 9])
def test_a_region_is_the_ninth_of_the_photo_in_which_the_cell_lies(rows, columns):
    names = [f"{row} {column}" for row in ("upper", "", "lower") for column in ("left", "centre", "right")]
    names = [name.strip() for name in names]
    for row in range(rows):
        for column in range(columns):
            assert region(row, column, rows, columns) == names[row * 3 // rows * 3 + column * 3 // columns]
