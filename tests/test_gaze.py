"""Looks at what is named: which words name it, the figures worked out by hand, and the files that keep them."""

import json
import math

import numpy as np
import pytest
from PIL import Image

from core.captioning.gaze_evaluation import GazeEvaluation, OwnCaption
from core.captioning.gaze_metrics import NamingLook, figures
from core.captioning.naming import NamedThing, first_word, named_things, naming_nouns, naming_words
from core.data.phrases import KINDS, PhotoPhrases, Phrase
from core.results import files
from core.results.files import ResultError, read_results
from core.results.gaze import read_details
from core.results.report import table
from core.results.tables import gaze_frame
from core.trace import CaptionTrace, WordStep
from core.views.figures import bare_look

LEFT, TOP_LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.0, 0.0, 0.4, 0.4), (0.6, 0.0, 1.0, 1.0)
EVEN = np.full((2, 2), 0.25)
CORNER = np.array([[1.0, 0.0], [0.0, 0.0]])


def look(alpha, boxes=(LEFT,), noun="dog", kind="animals", glimpse=None, step=0) -> NamingLook:
    return NamingLook(step, noun, kind, tuple(boxes), np.asarray(alpha), glimpse)


# --- which words name what ----------------------------------------------------------------------------------------


CAPTIONS = (("two", "dogs", "and", "a", "man", "in", "red"), ("a", "dog", "sees", "the", "red", "ball"))
PHRASES = PhotoPhrases(
    {"1": (LEFT, RIGHT), "2": (RIGHT,), "3": (TOP_LEFT,), "4": (LEFT,)},
    (
        (Phrase(0, 2, "1", "animals"), Phrase(3, 5, "2", "people"), Phrase(6, 7, "3", "clothing")),
        (Phrase(0, 2, "2", "other"), Phrase(3, 4, "4", "scene"), Phrase(3, 6, "4", "other")),
    ),
)


def test_things_are_named_by_the_last_words_of_all_captions():
    things = named_things(CAPTIONS, PHRASES)
    assert things == {
        "dog": NamedThing((LEFT, RIGHT, RIGHT), "animals"),  # both called so; their first kind where it is a tie
        "man": NamedThing((RIGHT,), "people"),
        "red": NamedThing((TOP_LEFT,), "clothing"),
        "ball": NamedThing((LEFT,), "other"),
    }  # and not the phrase "the", which was cut off


def test_words_that_mostly_name_something():
    # "red" ends a phrase once and stands in another's middle once; "dog" and "dogs" are two words.
    assert naming_nouns([(CAPTIONS, PHRASES)], least=1) == {"dogs", "man", "red", "dog", "ball"}
    twice = [(CAPTIONS, PHRASES), ((("a", "red", "ball"), ("red",)), PhotoPhrases({}, ((), ())))]
    assert naming_nouns(twice, least=1) == {"dogs", "man", "dog", "ball"}
    assert naming_nouns(twice, least=2) == set()


def captioned(*words: tuple[str, np.ndarray]) -> CaptionTrace:
    steps = tuple(WordStep(word, 0.5, (), alpha, None, gate=0.5) for word, alpha in words)
    return CaptionTrace("soft", "soft", steps, -1.0, True, (2, 2))


def test_the_word_to_show_first_names_something_in_all_captions():
    nouns = {"dog", "dogs", "grass", "man"}
    one = captioned(("a", CORNER), ("dog", EVEN), ("on", CORNER), ("grass", CORNER))
    assert first_word([one], nouns) == 3  # of two nouns the one with the narrower look
    assert first_word([one], ()) == 0  # of four words the narrowest look
    two = captioned(("two", EVEN), ("dogs", EVEN), ("run", EVEN), ("man", CORNER))
    assert first_word([one, two], nouns) == 1  # the same thing in both, though the looks are wider
    three = captioned(("the", EVEN), ("man", CORNER))
    assert first_word([one, three], nouns) == 1
    assert first_word([captioned()], nouns) == 0
    assert first_word([one, captioned()], nouns) == 3


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("the dog", [(1, "dog")]),
        ("dogs and men", [(0, "dog"), (2, "man")]),
        ("a man in red", [(1, "man"), (3, "red")]),
        ("a red ball", [(2, "ball")]),  # it names the ball and not who is in red
        ("a red cat", [(1, "red")]),
        ("", []),
    ],
)
def test_naming_words_of_a_caption(caption, expected):
    assert naming_words(caption.split(), named_things(CAPTIONS, PHRASES)) == expected


# --- the figures --------------------------------------------------------------------------------------------------


def test_one_look_by_hand():
    one = look([[0.5, 0.25], [0.125, 0.125]])
    assert (one.pointing, one.inside, one.chance, one.centred) == (1, 0.625, 0.5, True)
    assert one.entropy == pytest.approx(0.5 * 1 + 0.25 * 2 + 0.25 * 3)
    # a box of 0.8 x 0.8 of the upper left cell, whose centre is at a quarter: the middle is outside
    part = look([[0.5, 0.25], [0.125, 0.125]], [TOP_LEFT])
    assert part.inside == pytest.approx(0.64 * 0.5) and part.chance == pytest.approx(0.16)
    assert part.pointing == 1 and not part.centred


def test_of_cells_looked_at_alike_the_share_that_lies_in_a_box_counts():
    assert look(EVEN).pointing == 0.5 and look(EVEN, [TOP_LEFT]).pointing == 0.25
    assert look([[0.4, 0.4], [0.1, 0.1]], [RIGHT]).pointing == 0.5


def test_a_hard_models_look_points_with_the_cell_that_it_used():
    assert look(CORNER, [RIGHT], glimpse=(0, 1)).pointing == 1 and look(CORNER, [RIGHT]).pointing == 0


def test_cells_lie_row_by_row_on_a_grid_of_any_shape():
    alpha = np.zeros((2, 3))
    alpha[1, 2] = 1
    assert look(alpha, [(0.7, 0.6, 1.0, 1.0)]).pointing == 1
    assert look(alpha, [(0.0, 0.6, 0.6, 1.0)]).inside == look(alpha, [(0.7, 0.0, 1.0, 0.4)]).inside == 0


def test_figures_over_captions_by_hand():
    captions = [
        [look(CORNER), look(CORNER[::-1, ::-1], [RIGHT], "man", "people")],  # right both times, and nothing shared
        [look(CORNER, [RIGHT]), look(CORNER, [RIGHT])],  # wrong, and of one noun
        [look(EVEN, [TOP_LEFT], "ball", "other")],
        [],
    ]
    found = figures(captions)
    assert (found["words"], found["off_centre_words"]) == (5, 4)
    assert found["pointing"] == pytest.approx(100 * (1 + 1 + 0 + 0 + 0.25) / 5)
    assert found["off_centre"] == pytest.approx(100 * (1 + 0 + 0 + 0.25) / 4, abs=0.005)
    assert found["off_centre_chance"] == pytest.approx(100 * (0.4 + 0.4 + 0.4 + 0.16) / 4)
    assert found["centre"] == 20
    assert found["inside"] == pytest.approx(100 * (1 + 0.8 + 0 + 0 + 0.16) / 5)
    assert found["chance"] == pytest.approx(100 * (0.5 + 0.4 + 0.4 + 0.4 + 0.16) / 5)
    assert (found["entropy"], found["spread"]) == (0.4, 20)  # one of five is an even look, of 2 bits
    assert found["divergence"] == 1
    assert list(found["kinds"]) == [kind for kind in KINDS if kind in ("people", "animals", "other")]
    people = found["kinds"]["people"]
    assert (people["words"], people["pointing"], people["inside"]) == (1, 100, 80) and "divergence" not in people


def test_the_divergence_is_a_mean_over_pairs_then_over_captions():
    half = np.array([[0.5, 0.5], [0.0, 0.0]])
    # Jensen-Shannon of (1, 0) and (1/2, 1/2): H(3/4) - 1/2
    between = -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25)) - 0.5
    one = [look(CORNER), look(half, noun="cat"), look(CORNER[::-1], noun="man")]
    other = [look(EVEN), look(EVEN, noun="cat")]
    expected = ((between + 1 + 1) / 3 + 0) / 2
    assert figures([one, other, [look(EVEN)]])["divergence"] == pytest.approx(expected, abs=5e-4)


def test_an_even_look_has_the_figures_of_chance():
    random = np.random.default_rng(0)
    corners = np.sort(random.uniform(size=(40, 2, 2)), axis=1).reshape(40, 4)
    even = figures([[look(np.full((9, 7), 1 / 63), [tuple(box)])] for box in corners.tolist()])
    assert even["inside"] == even["chance"] and even["spread"] == 100 and even["divergence"] is None
    assert even["pointing"] == pytest.approx(even["chance"], abs=3)


def test_where_nothing_is_named_there_is_no_figure():
    nothing = figures([[], []])
    assert nothing.pop("words") == nothing.pop("off_centre_words") == 0 and nothing.pop("kinds") == {}
    assert set(nothing.values()) == {None}


# --- what is kept of them -----------------------------------------------------------------------------------------


def evaluation(attention="soft") -> GazeEvaluation:
    hard = (0, 0) if attention == "hard" else None
    own = [
        OwnCaption("right.jpg", ["a", "dog"], [look(CORNER, step=1, glimpse=hard)]),
        OwnCaption("small.jpg", ["a", "dog"], [look(CORNER, [(0.6, 0.6, 0.7, 0.7)], step=1, glimpse=hard)]),
        OwnCaption("silent.jpg", ["grass"], []),
        OwnCaption("large.jpg", ["dog", "dog"], [look(CORNER), look(CORNER, [RIGHT], step=1, glimpse=hard)]),
    ]
    return GazeEvaluation("soft", attention, "val", (2, 2), own, [[look(EVEN)]])


def test_the_looks_that_miss_most_come_first_one_a_photo():
    wrong = evaluation().wrong()
    assert [(one["photo"], one["step"]) for one in wrong] == [("large.jpg", 1), ("small.jpg", 1), ("right.jpg", 1)]
    assert wrong[0]["alpha"] == CORNER.tolist() and wrong[0]["boxes"] == [list(RIGHT)]
    assert (wrong[0]["inside"], wrong[0]["words"], wrong[0]["glimpse"]) == (0, ["dog", "dog"], None)
    assert len(evaluation().wrong(2)) == 2 and evaluation("none").wrong() == []


def record(attention="soft") -> dict:
    one = evaluation(attention)
    about = {"command": "python -m core evaluate gaze", "checkpoint": "f" * 64, "dataset": "dataset_flickr8k.json"}
    return {**one.scores(), "wrong": one.wrong(), **about}


@pytest.mark.parametrize("attention", ["soft", "hard"])
def test_what_is_written_is_read_back(tmp_path, attention):
    (tmp_path / "gaze-flickr8k-val-soft.json").write_text(json.dumps(record(attention)))
    (one,) = read_results("gaze", tmp_path)
    assert (one.model, one.data, one.n, one.here) == ("soft", "flickr8k, val", 4, False)
    assert (one.scores["own.pointing"], one.scores["forced.inside"], one.scores["forced.divergence"]) == (50, 50, None)
    details = read_details(one, tmp_path)
    assert details.kinds["own"]["animals"]["words"] == 4 and details.kinds["forced"]["animals"]["spread"] == 100
    worst = details.wrong[0]
    assert (worst.photo, worst.words, worst.place, worst.kind) == ("large.jpg", ("dog", "dog"), 1, "animals")
    assert worst.look.word == "dog" and worst.look.alpha == ((1.0, 0.0), (0.0, 0.0)) and worst.boxes == (RIGHT,)
    assert worst.look.glimpse == ((0, 0) if attention == "hard" else None)
    for captions, pointing in (("own", 50.0), ("forced", 50.0)):
        (row,) = gaze_frame([one], captions).to_dict("records")
        assert (row["captions"], row["pointing"], row["spread"]) == (captions, pointing, 100 * (captions == "forced"))
    assert "| [soft](r/gaze-flickr8k-val-soft.json) | flickr8k val | 4 | forced | 50.0 |" in table(
        "gaze", gaze_frame([one], "forced"), "r"
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"wrong": None},
        {"wrong": [3]},
        {"wrong": [{}]},
        {"step": 2},
        {"step": -1},
        {"alpha": []},
        {"alpha": [[]]},
        {"alpha": [[0.5], [0.25, 0.25]]},
        {"alpha": [[0.0] * 101]},
        {"alpha": "even"},
        {"glimpse": [2, 0]},
        {"glimpse": 3},
        {"boxes": [[0, 0, 2, 2]]},
        {"boxes": 3},
        {"inside": "all"},
        {"words": []},
    ],
    ids=str,
)
def test_details_that_are_none_are_refused_in_a_sentence(tmp_path, broken):
    data = record()
    if "wrong" in broken:
        data |= broken
    else:
        data["wrong"][0] |= broken
    (tmp_path / "gaze-x.json").write_text(json.dumps(data))
    (one,) = read_results("gaze", tmp_path)
    with pytest.raises(ResultError, match=r"^gaze-x.json [^\n]+\.$"):
        read_details(one, tmp_path)


@pytest.mark.parametrize("broken", [{"own": 3, "forced": []}, {"own": {"pointing": "high"}}, {"n": None}], ids=str)
def test_a_file_that_is_no_result_is_refused(tmp_path, broken):
    (tmp_path / "gaze-x.json").write_text(json.dumps(record() | broken))
    with pytest.raises(ResultError, match="gaze-x.json"):
        read_results("gaze", tmp_path)


def test_the_wrong_looks_here_can_all_be_drawn():
    for one in read_results("gaze"):
        for wrong in read_details(one, files.RESULTS).wrong:
            assert bare_look(wrong.look, wrong.boxes, 56).size == (56, 56)


def test_a_look_without_its_photo_has_its_heat_and_its_boxes(tmp_path):
    (tmp_path / "gaze-x.json").write_text(json.dumps(record()))
    worst = read_details(read_results("gaze", tmp_path)[0], tmp_path).wrong[0]
    picture = np.asarray(bare_look(worst.look, worst.boxes, 100)).astype(int)
    ground = np.asarray(Image.new("RGB", (1, 1), "#44403c"))[0, 0]
    assert np.abs(picture[20, 20] - ground).sum() > 100  # the corner that it looks at
    assert np.abs(picture[80, 80] - ground).sum() < 20
    assert tuple(picture[50, 59]) == tuple(picture[0, 80]) == (125, 211, 252)  # the frame around the right
