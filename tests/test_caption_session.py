"""What a viewer does to captions, without a page: branches, undo and redo, names, links, and what is
refused in a sentence.
"""

from dataclasses import replace

import pytest
from made_traces import caption, noise

from core.captioning.interventions import Changes, Edits, Gaze
from core.captioning.session import (
    MAX_BRANCHES,
    MAX_NAME,
    Branch,
    CaptionRequest,
    CaptionSession,
    Growth,
    first_step,
)
from core.captioning.settings import Decisions, Settings

WORDS = ["a", "dog", "runs", "home"]


def traces(*models: str, grid: tuple[int, int] = (14, 14)) -> dict:
    """A caption a model; the looks are of another shape than the grid says, which a session never reads."""
    return {model: replace(caption(WORDS, model), grid=grid) for model in models}


@pytest.fixture
def session():
    return CaptionSession.begin(traces("soft"))


def word(n: int, text: str, view: str = "0:soft") -> dict:
    return {"view": view, "kind": "word", "step": n, "word": text}


def test_a_word_is_asked_for_and_grows_where_it_was_asked(session):
    at, growth = session.asked(word(1, "cat"))
    assert at == session
    assert growth == Growth(Changes(edits={"soft": Edits(("a", "cat"), frozenset({1}))}), "“cat” for “dog”", 1)
    grown = at.grow(growth, traces("soft"))
    assert grown.current.name == "“cat” for “dog”" and grown.current.parent == 0
    other, growth = grown.asked(word(2, "sits"))  # in the view of the original, which lay beside
    assert other.current_id == 0 and growth.changes.of("soft").words == ("a", "dog", "sits")
    further, growth = grown.asked(word(2, "sits", "1:soft"))
    assert further.current_id == 1 and growth.changes.of("soft").chosen == {1, 2}


def test_with_several_models_the_name_says_whose_caption_it_is_and_blanks_are_everybodys():
    session = CaptionSession.begin(traces("soft", "hard"))
    _, growth = session.asked(word(0, "two", "0:hard"))
    assert growth.name == "hard: “two” for “a”" and list(growth.changes.edits) == ["hard"]
    _, growth = session.asked({"view": "0:hard", "kind": "blank", "step": 0, "cells": [0, 1, 14]})
    assert growth == Growth(Changes((0, 1, 14)), "without the upper left", 0)


@pytest.mark.parametrize(
    ("grid", "cell", "where"),
    [((14, 14), 195, "lower right"), ((7, 9), 62, "lower right"), ((7, 9), 31, "centre"), ((3, 20), 19, "upper right")],
)
def test_cells_are_those_of_the_captions_own_grid(grid, cell, where):
    session = CaptionSession.begin(traces("soft", grid=grid))
    gaze = {"view": "0:soft", "kind": "gaze", "step": 2, "cells": [cell], "onward": True}
    _, growth = session.asked(gaze)
    assert growth.name == f"{where} from “runs” on"
    assert growth.changes.of("soft").gazes == (Gaze(2, (cell,), True),)
    for kind in ("gaze", "blank"):
        with pytest.raises(ValueError, match=f"0 to {grid[0] * grid[1] - 1}"):
            session.asked({**gaze, "kind": kind, "cells": [grid[0] * grid[1]]})
    assert session.follow(f"({cell})")[1].changes.blank == (cell,)
    with pytest.raises(ValueError, match=r"\.$"):
        session.follow(f"({grid[0] * grid[1]})")


def test_where_a_gaze_or_a_blank_lies_is_where_the_middle_of_its_cells_lies(session):
    asked = {"view": "0:soft", "kind": "gaze", "step": 2, "cells": [0, 13, 182, 195], "onward": False}
    _, growth = session.asked(asked)
    assert (growth.name, growth.step) == ("centre before “runs”", 2)
    assert growth.changes.of("soft") == Edits(("a", "dog"), gazes=(Gaze(2, (0, 13, 182, 195)),))
    _, growth = session.asked({**asked, "kind": "blank", "cells": [10, 11, 12, 13]})
    assert (growth.name, growth.step) == ("without the upper right", 2)


def test_a_models_name_may_hold_the_sign_that_parts_it_from_the_branch():
    session = CaptionSession.begin(traces("soft:2"))
    assert list(session.asked(word(1, "cat", "0:soft:2"))[1].changes.edits) == ["soft:2"]


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"view": "0:soft"},
        word(9, "cat"),
        word(-1, "cat"),
        word("1", "cat"),
        word(0, "cat", "0:nobody"),
        word(0, "cat", "x:soft"),
        word(0, "cat", "²:soft"),
        word(0, "cat", "9" * 5000 + ":soft"),
        {"view": "0:soft", "kind": "dance", "step": 0, "cells": [1]},
        {"view": "0:soft", "kind": "gaze", "step": 0, "cells": [], "onward": False},
        {"view": "0:soft", "kind": "gaze", "step": 0, "cells": [[1]], "onward": False},
        {"view": "0:soft", "kind": "gaze", "step": 0, "cells": [1]},
        {"view": "0:soft", "kind": "blank", "step": 0, "cells": []},
        {"view": "0:soft", "kind": "blank", "step": 0, "cells": "all"},
        {"view": "0:soft", "kind": "blank", "step": 0},
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(session, what):
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        session.asked(what)


def test_a_link_leads_back_to_a_branch_or_to_one_that_has_yet_to_be_decoded(session):
    at, growth = session.asked(word(1, "cat"))
    grown = at.grow(growth, traces("soft"))
    assert grown.link() == "soft(a cat*)" and session.link() == ""
    assert grown.follow("") == (grown.go(0), None)
    assert grown.go(0).follow(grown.link()) == (grown, None)
    same, asked = session.follow(grown.link())
    assert same is session and asked == Growth(growth.changes, "From the link")
    assert session.follow("soft(a) hard(two) (3)")[1].changes == Changes((3,), {"soft": Edits(("a",))})


def test_undo_and_redo_walk_the_tree_and_lose_nothing(session):
    assert session.undo() == session and session.redo() is session and session.redone is None
    one = session.grow(Growth(Changes((1,)), "one"), traces("soft"))
    two = one.grow(Growth(Changes((1, 2)), "two"), traces("soft"))
    back = two.undo()
    assert back.branches == two.branches and back.current == one.current
    assert back.redo() == two and back.undo().redo().redo() == two and two.redo() is two
    other = back.grow(Growth(Changes((1, 3)), "other"), traces("soft"))
    assert other.undo().redo() == other  # of two branches that grew from one, the later
    named = two.rename("  a  better name ")
    assert named.current.name == "a better name" and named.current.parent == one.current_id
    assert named.undo().current == one.current


def test_only_the_branch_that_is_looked_at_can_be_removed(session):
    one = session.grow(Growth(Changes((1,)), "one"), traces("soft"))
    two = one.grow(Growth(Changes((1, 2)), "two"), traces("soft"))
    assert session.remove() is session and two.go(0).remove() == two.go(0)
    assert two.remove() == one
    without = two.go(1).remove()
    assert [branch.name for branch in without.branches] == ["Original", "two"] and without.current is without.original
    assert without.redo().current.parent == 0 and without.redo().current.changes == two.current.changes


def test_the_same_changes_are_the_same_branch(session):
    one = session.grow(Growth(Changes((1,)), "one"), traces("soft"))
    assert one.go(0).grow(Growth(Changes((1,)), "again"), traces("soft")) == one
    assert one.grow(Growth(Changes(), "none"), traces("soft")).current is one.original


def test_a_new_branch_grows_from_the_one_that_is_looked_at(session):
    one = session.grow(Growth(Changes((1,)), "one"), traces("soft"))
    back = one.go(0)
    assert back.current is back.original
    assert back.grow(Growth(Changes((2,)), "other"), traces("soft")).current.parent == 0
    assert back.go(99).current is back.original


def test_names_are_told_apart_and_branches_bounded(session):
    for n in range(MAX_BRANCHES + 10):
        session = session.grow(Growth(Changes((n,)), "same"), traces("soft"))
    assert len(session.branches) == MAX_BRANCHES
    assert session.original.name == "Original" and session.current.changes.blank == (MAX_BRANCHES + 9,)
    assert len({branch.name for branch in session.branches}) == MAX_BRANCHES
    assert session.rename("   ") is session
    assert len(session.rename("x" * 500).current.name) == MAX_NAME
    assert session.undo().current.changes.blank == (MAX_BRANCHES + 8,)


def test_a_session_begins_with_what_the_models_say_and_each_branch_keeps_its_own(session):
    assert session.original == Branch(0, "Original", None, Changes(), traces("soft"))
    grown = session.grow(Growth(Changes((1,)), "one"), traces("soft", "hard"))
    grown = grown.grow(Growth(Changes((2,)), "two"), traces("none"))
    assert grown.branches == (
        session.original,
        Branch(1, "one", 0, Changes((1,)), traces("soft", "hard")),
        Branch(2, "two", 1, Changes((2,)), traces("none")),
    )
    assert grown.current_id == 2 and grown.go(1).current == grown.branches[1]


def test_a_new_name_is_the_current_branchs_alone_and_a_taken_one_is_numbered(session):
    for n in range(3):
        session = session.grow(Growth(Changes((n,)), "one"), traces("soft"))
    assert [branch.name for branch in session.branches] == ["Original", "one", "one (2)", "one (3)"]
    named = session.go(1).rename("Original")
    assert [branch.name for branch in named.branches] == ["Original", "Original (2)", "one (2)", "one (3)"]
    assert named.current_id == 1 and named.rename("Original (2)") is named


@pytest.mark.parametrize(
    ("kept", "link", "first"),
    [(None, "", 3), (None, "1", 0), (None, "2", 1), (None, "0", 3), (None, "5", 3), (None, "-1", 3), (None, "²", 3),
     (1, "3", 1), (9, "", 3), (0, "2", 0)],
)  # fmt: skip
def test_the_word_to_begin_with_is_the_one_that_stays_or_the_links_or_the_given_one(kept, link, first):
    assert first_step(caption(WORDS), kept, link, 3) == first


def test_a_caption_without_words_begins_where_it_is_told():
    assert first_step(caption([]), 2, "1", 0) == 0


def test_requests_and_what_they_hold_are_keys():
    request = CaptionRequest("ball", noise(4, 4), "A ball", ("soft",), Settings())
    same = CaptionRequest("ball", noise(5, 5), "A ball", ("soft",), Settings())
    assert request == same and hash(request) == hash(same) and repr(request) == repr(same)
    others = {"models": ("hard",), "settings": Settings(beam=2), "photo_id": "x"}
    assert len({request, *(replace(request, **{name: value}) for name, value in others.items())}) == 4
    assert Decisions({2: "b", 1: "a"}, {3: [4, 5]}) == Decisions({1: "a", 2: "b"}, {3: (4, 5)})
    assert hash(Decisions.caption(["a"])) == hash(Decisions({0: "a", 1: "<end>"}))
    assert Decisions.caption(["a"]) != Decisions({0: "a"})
