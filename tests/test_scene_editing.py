"""Scenes that a viewer has changed: the sentence and the boxes are true of what is drawn, or the change is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.data.scenes import COLOURS, NAMES, SIDE, SIZES, TEXTURES, Scene, Thing, make_scenes
from core.scenes.editing import Arrangement, Placed, SceneSession, unlike_training
from core.scenes.pointing import named_things, pointing
from core.trace import CaptionTrace, WordStep

SCENES = [scene for split in ("test", "unseen", "train") for scene in make_scenes(split, 60)]
APART = next(scene for scene in SCENES if scene.meaning.relation == "left of")
ALONE = next(scene for scene in SCENES if not scene.meaning.relation)


def arranged(*things: Placed, front: int = 0) -> Scene:
    return Arrangement(things, front).scene(APART)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: f"{scene.split}-{scene.number}")
def test_what_was_drawn_is_said_as_it_was(scene):
    """The relation that is found in a scene is the one that it was drawn by, and a link leads back to it."""
    arrangement = Arrangement.of(scene)
    assert arrangement.scene(scene) == scene
    assert Arrangement.from_text(arrangement.to_text()).scene(scene) == scene
    assert (unlike_training(scene) != "") == (scene.split == "unseen")


def test_a_thing_that_crosses_over_turns_the_sentence_round_and_keeps_its_number():
    ball, cup = Placed(Thing("small", "", "red", "ball"), 0, 30), Placed(Thing("small", "", "blue", "cup"), 35, 30)
    session = SceneSession.begin(arranged(ball, cup))
    moved = session.asked({"kind": "move", "thing": 0, "left": 500, "top": 30})
    assert moved.scene.caption == "a small blue cup left of a small red ball" and moved.numbers == (1, 0)
    assert moved.current.things[0].left == SIDE - ball.thing.side, "pushed back into the picture"
    assert moved.asked({"kind": "undo"}).scene.caption == "a small red ball left of a small blue cup"


def test_the_four_relations_and_which_is_first():
    red, box = Thing("small", "", "red", "ball"), Thing("large", "", "blue", "box")
    at = lambda thing, left, top: Placed(thing, left, top)  # noqa: E731
    assert arranged(at(red, 0, 30), at(box, 50, 20)).caption == "a small red ball left of a large blue box"
    assert arranged(at(box, 0, 20), at(red, 68, 30)).caption == "a large blue box left of a small red ball"
    assert arranged(at(red, 40, 0), at(box, 30, 48)).caption == "a small red ball above a large blue box"
    inside = arranged(at(box, 30, 40), at(red, 40, 54), front=1)
    assert inside.caption == "a small red ball inside a large blue box"
    behind = arranged(at(box, 30, 40), at(red, 18, 48), front=1)
    assert behind.caption == "a large blue box behind a small red ball" and 0.1 <= behind.hidden <= 0.33


@pytest.mark.parametrize(
    ("things", "why"),
    [
        ([("", "", "red", "ball", 0, 0), ("", "", "blue", "ball", 50, 50)], "Two of a kind"),
        ([("", "", "red", "ball", 0, 0), ("", "", "red", "car", 20, 0)], "colours have to differ"),
        ([("", "striped", "red", "ball", 0, 0), ("", "dotted", "blue", "car", 20, 0)], "has to be plain"),
        ([("large", "", "red", "ball", 0, 0), ("", "", "blue", "car", 5, 5)], "Too little of the blue car"),
        ([("", "", "red", "box", 0, 0), ("", "", "blue", "box", 0, 0)], "Two of a kind"),
        ([("", "", "red", "box", 70, 0)], "within the picture"),
    ],
)
def test_what_has_no_one_right_sentence_is_refused_with_a_reason(things, why):
    placed = tuple(Placed(Thing(*thing[:4]), *thing[4:]) for thing in things)
    with pytest.raises(ValueError, match=why):
        Arrangement(placed).scene(APART)


@given(
    some.lists(
        some.one_of(
            some.fixed_dictionaries(
                {"kind": some.just("move"), "thing": some.integers(-1, 2)}
                | {side: some.integers(-200, 200) for side in ("left", "top")}
            ),
            some.fixed_dictionaries(
                {"kind": some.just("change"), "thing": some.integers(0, 1)},
                optional={
                    "size": some.sampled_from(list(SIZES)), "texture": some.sampled_from(TEXTURES),
                    "colour": some.sampled_from(list(COLOURS)), "name": some.sampled_from(NAMES),
                },
            ),
            some.sampled_from([{"kind": kind} for kind in ("add", "undo", "redo", "drawn", "nonsense")]),
            some.fixed_dictionaries({"kind": some.just("hide"), "thing": some.integers(0, 1)}),
        ),
        max_size=8,
    ),
    some.sampled_from(SCENES[:60]),
)  # fmt: skip
def test_whatever_is_asked_for_the_scene_stays_true(wishes, drawn):
    """Every thing is seen within its box and the picture; the link leads to the same scene."""
    session = SceneSession.begin(drawn)
    for wish in wishes:
        try:
            session = session.asked(wish)
        except ValueError as error:
            assert str(error).endswith(".")
    scene = session.scene
    assert len(scene.boxes) == len(scene.meaning.things) == len(session.numbers)
    for box, number in zip(scene.boxes, session.numbers, strict=True):
        placed = session.current.things[number]
        assert placed.left <= box.left < box.right <= placed.left + placed.thing.side <= SIDE
    again = SceneSession.begin(drawn).follow(session.link())
    assert again.scene == scene and again.link() == session.link()
    assert len(session.link()) <= 100


def test_undo_and_redo_lead_there_and_back():
    session = SceneSession.begin(ALONE)
    painted = session.asked({"kind": "change", "thing": 0, "colour": "white"})
    two = painted.asked({"kind": "add"})
    assert len(two.scene.boxes) == 2
    back = two.asked({"kind": "undo"}).asked({"kind": "undo"})
    assert back.scene == ALONE and back.asked({"kind": "undo"}) == back
    assert back.asked({"kind": "redo"}).asked({"kind": "redo"}) == two == two.asked({"kind": "redo"})
    drawn = two.asked({"kind": "drawn"})
    assert drawn.scene == ALONE and drawn.asked({"kind": "undo"}).scene == two.scene
    with pytest.raises(ValueError, match="nothing to say"):
        painted.asked({"kind": "hide", "thing": 0})
    with pytest.raises(ValueError, match="up to 2"):
        two.asked({"kind": "add"})


@pytest.mark.parametrize("scene", SCENES[:60], ids=lambda scene: f"{scene.split}-{scene.number}")
def test_a_thing_can_be_added_wherever_the_other_stands(scene):
    alone = SceneSession.begin(scene)
    if scene.meaning.relation:
        alone = alone.asked({"kind": "hide", "thing": 1})
    try:
        two = alone.asked({"kind": "add"})
    except ValueError as error:
        (left, top) = alone.scene.corners[0]
        room = max(left, top, *(SIDE - corner - alone.scene.meaning.things[0].side for corner in (left, top)))
        assert "no room" in str(error) and room < 26 + 3
    else:
        assert two.scene.meaning.relation in ("left of", "above") and not unlike_training(two.scene).startswith("They")


@pytest.mark.parametrize(
    "text",
    ["", "ball@1.1", "red-ball@1.1 blue-box@2.2 red-cup@3.3", "red-ball@99.1", "red-ball", "ball-red@1.1", "x" * 999,
     "red-ball@1.1  blue-box@60.60", "red-ball@1.1 blue-ball@60.60", "red--ball@1.1", "<b>@1.1"],
)  # fmt: skip
def test_links_that_lead_nowhere_are_refused(text):
    session = SceneSession.begin(APART)
    if not text:
        assert session.follow(text) == session
        return
    with pytest.raises(ValueError, match=r"\.$"):
        session.follow(text)


# --- what the words point at ------------------------------------------------------------------------------------


def test_the_right_sentence_names_what_its_words_are_drawn_from():
    for scene in SCENES:
        boxes = [None if n is None else scene.boxes[n] for n in named_things(scene.words, scene)]
        assert boxes == list(scene.word_boxes)


def test_a_wrong_sentence_names_what_it_says_something_of():
    scene = arranged(Placed(Thing("small", "", "red", "ball"), 0, 30), Placed(Thing("", "", "red", "box"), 50, 20))
    words = ["a", "red", "box", "above", "a", "blue", "cup", "ball"]
    assert named_things(words, scene) == [None, 0, 1, None, None, None, None, 0]


def look(cell: tuple[int, int]) -> tuple[tuple[float, ...], ...]:
    alpha = np.zeros((12, 12))
    alpha[cell] = 1
    return tuple(map(tuple, alpha.tolist()))


@pytest.mark.parametrize("attention", ["none", "soft", "hard"])
def test_a_look_is_in_the_box_or_beside_it(attention):
    scene = arranged(Placed(Thing("", "", "red", "ball"), 0, 0), Placed(Thing("", "", "blue", "box"), 60, 0))
    cells = [(0, 0), (2, 2), (11, 11), (0, 0), (0, 0), (0, 0), (2, 9), (2, 2)]
    steps = tuple(WordStep(word, 1.0, (), look(cell), None, 1.0) for word, cell in zip(scene.words, cells, strict=True))
    said = pointing(CaptionTrace("m", attention, steps, 0.0, True, (12, 12)), scene)
    assert [point and point.thing for point in said] == [None, 0, 0, None, None, None, 1, 1]
    found = [point.inside for point in said if point]
    assert found == ([None] * 4 if attention == "none" else [1, 0, 1, 0])
