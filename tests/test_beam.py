"""The beam's own record: it leads to the caption, its scores are those of a plain re-computation, and words can be
forbidden on the way.
"""

import itertools
import math

import pytest
from random_captioners import WORDS, decode, grids, model, same

from core.captioning.beam import BeamTrace
from core.captioning.decoding import decode_with_beam
from core.captioning.interventions import MAX_FORBIDDEN, Changes, Edits
from core.captioning.session import CaptionSession
from core.captioning.settings import END_WORD, MAX_WORDS, Decisions, Settings

BEAMS = [
    Settings("beam", beam=4, max_words=8),
    Settings("beam", beam=3, max_words=6, length_penalty=0.0),
    Settings("beam", beam=5, max_words=7, no_repeat=2, glimpse="sampled", seed=4),
    Settings("beam", beam=10, max_words=5),
]


def beam(captioner, grid, *arguments) -> BeamTrace:
    return decode_with_beam(captioner, WORDS, grid, (4, 4), *arguments)[0]


@pytest.mark.parametrize("ending", [-1000.0, 0.0, 2.0])
@pytest.mark.parametrize("settings", [*BEAMS, Settings("greedy", max_words=6), Settings("sample", max_words=6)])
@pytest.mark.parametrize("kind", ["none", "soft", "hard"])
def test_the_winners_path_is_the_caption(kind, settings, ending):
    captioner, photos = model(kind, ending=ending), grids(3)
    found = decode_with_beam(captioner, WORDS, photos, (4, 4), settings)
    plain = decode(captioner, WORDS, photos, settings)
    for one, trace in zip(found, plain, strict=True):
        assert one.caption == trace  # recording changes nothing
        last = len(one.winner) - 1
        assert one.path(last, one.winner[last]) == one.winner
        assert one.words(last, one.winner[last]) == trace.words
        at_end = one.steps[last][one.winner[last]]
        assert (at_end.fate == "ended") == trace.ended and at_end.log_prob == pytest.approx(trace.log_prob)
        probs = [one.steps[n][place].prob for n, place in enumerate(one.winner)]
        assert probs[: len(trace.steps)] == pytest.approx([step.prob for step in trace.steps])
        if trace.ended:
            assert one.endings[0] == (last, one.winner[last])


@pytest.mark.parametrize("settings", BEAMS)
def test_every_score_is_that_of_saying_the_sentence(settings):
    captioner, photo = model("soft", ending=1.5), grids(1)
    found = beam(captioner, photo, settings)
    assert found.endings
    for step, place in found.endings:
        words, candidate = found.words(step, place), found.steps[step][place]
        # A sentence that repeats runs may be said when it is forced.
        said = decode(captioner, WORDS, photo, settings, Decisions.caption(words))[0]
        assert candidate.word == END_WORD and len(words) == step
        assert candidate.log_prob == pytest.approx(said.log_prob, abs=1e-4)
        assert candidate.score == pytest.approx(said.log_prob / (step + 1) ** settings.length_penalty, abs=1e-4)
    for step, candidates in enumerate(found.steps):
        for place, candidate in enumerate(candidates):
            path = found.path(step, place)
            logs = [math.log(found.steps[t][at].prob) for t, at in enumerate(path)]
            assert sum(logs) == pytest.approx(candidate.log_prob, abs=1e-4)
            assert candidate.score == pytest.approx(candidate.log_prob / (step + 1) ** settings.length_penalty)


@pytest.mark.parametrize("settings", BEAMS)
def test_each_step_weighs_twice_the_width_keeps_the_likeliest_and_continues_only_what_was_kept(settings):
    found = beam(model("soft"), grids(1), settings)
    for step, candidates in enumerate(found.steps):
        totals = [candidate.log_prob for candidate in candidates]
        assert totals == sorted(totals, reverse=True) and len(candidates) <= 2 * settings.width
        going = [candidate for candidate in candidates if candidate.word != END_WORD]
        kept = [candidate.fate == "kept" for candidate in going]
        assert kept == [n < settings.width for n in range(len(going))]
        for place, candidate in enumerate(candidates):
            if candidate.word == END_WORD:
                assert candidate.fate == ("ended" if place < settings.width else "dropped")
            assert (candidate.parent is None) == (step == 0)
            if candidate.parent is not None:
                assert found.steps[step - 1][candidate.parent].fate == "kept"


@pytest.mark.parametrize("settings", [Settings("greedy", max_words=6), Settings("beam", beam=1, max_words=6)])
def test_a_beam_of_one_is_a_line(settings):
    found = beam(model("soft"), grids(1), settings)
    for candidates in found.steps:
        assert sum(candidate.fate != "dropped" for candidate in candidates) == 1
        assert {candidate.parent for candidate in candidates} in ({None}, {0}, {1})
    assert all(found.steps[n][place].fate != "dropped" for n, place in enumerate(found.winner))


# --- words that are forbidden ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [*BEAMS, Settings("greedy"), Settings("sample", seed=3)])
def test_a_forbidden_word_is_not_written_there_by_any_candidate(settings):
    captioner, photo = model("soft"), grids(1)
    free = decode(captioner, WORDS, photo, settings)[0]
    for step, word in enumerate(free.words[:4]):
        found = beam(captioner, photo, settings, Decisions(forbidden={step: [word]}))
        assert all(candidate.word != word for candidate in found.steps[step])
        same(found.caption, decode(captioner, WORDS, photo, settings, Decisions(forbidden={step: [word]}))[0])
        if settings.width == 1:  # no other beginning was kept
            assert found.caption.words[:step] == free.words[:step]
        assert not any(one.word_forced for one in found.caption.steps)


def test_what_is_found_without_a_word_is_the_best_sentence_without_it():
    """Of all sentences of one or two words, each said and ranked by itself."""
    captioner, photo = model("soft", ending=1.0), grids(1)
    settings = Settings("beam", beam=50, max_words=3, no_repeat=0)  # an end is written after two words at most
    said = {
        words: decode(captioner, WORDS, photo, settings, Decisions.caption(words))[0].log_prob
        for length in (1, 2)
        for words in itertools.product(WORDS.words, repeat=length)
    }

    def best(allowed) -> list[str]:
        rank = {words: total / (len(words) + 1) ** settings.length_penalty for words, total in said.items()}
        return list(max((words for words in rank if allowed(words)), key=rank.__getitem__))

    first = best(lambda words: True)
    assert decode(captioner, WORDS, photo, settings)[0].words == first
    without = decode(captioner, WORDS, photo, settings, Decisions(forbidden={0: [first[0]]}))[0]
    assert without.words == best(lambda words: words[0] != first[0])


def test_where_the_end_is_forbidden_the_sentence_goes_on():
    captioner, photo = model("soft", ending=3.0), grids(1)
    settings = Settings("beam", beam=3, max_words=8)
    free = decode(captioner, WORDS, photo, settings)[0]
    assert free.ended and len(free.words) < 8
    longer = decode(captioner, WORDS, photo, settings, Decisions(forbidden={len(free.words): [END_WORD]}))[0]
    assert len(longer.words) != len(free.words)


def test_what_must_be_written_is_written_though_it_is_forbidden():
    decided = Decisions({1: "cat"}, forbidden={1: ["cat"]})
    assert decode(model(), WORDS, grids(1), Settings(), decided)[0].words[1] == "cat"


def test_photos_are_decided_about_one_by_one():
    captioner, photos = model("soft"), grids(3)
    settings = Settings("beam", beam=3, max_words=6)
    free = decode(captioner, WORDS, photos, settings)
    decided = [Decisions(), Decisions(forbidden={0: [free[1].words[0]]}), Decisions()]
    found = decode(captioner, WORDS, photos, settings, decided)
    same(found[0], free[0])
    same(found[2], free[2])
    assert found[1].words[0] != free[1].words[0]


def test_words_that_cannot_be_forbidden():
    words = WORDS.words
    for decided, said in [
        (Decisions(forbidden={0: ["zebra"]}), "does not know the word “zebra”"),
        (Decisions(forbidden={-1: ["dog"]}), "step 0 or later"),
        (Decisions(forbidden={0: words}), "nothing is left to write"),
        (Decisions(forbidden={2: [*words, END_WORD]}), "nothing is left to write"),
    ]:
        with pytest.raises(ValueError, match=said):
            decode(model("soft", ending=-1000.0), WORDS, grids(1), Settings(max_words=5), decided)


# --- as a what-if ----------------------------------------------------------------------------------------------------


def test_pruning_keeps_what_was_decided_before_it_and_drops_what_came_after():
    trace = decode(model(), WORDS, grids(1), Settings("beam", beam=3, max_words=6))[0]
    edits = Edits().with_word(trace, 1, "cat").without_word(3, "red").without_word(2, "dog")
    assert edits.words == (trace.words[0], "cat") and edits.chosen == {1}
    assert edits.forbidden == ((2, "dog"),)
    assert Edits().without_word(2, "dog").without_word(2, "cat").forbidden == ((2, "cat"), (2, "dog"))
    assert Edits().with_word(trace, 2, "cat").without_word(1, "dog").words == (trace.words[0],)
    chosen = Edits().without_word(2, "dog").with_word(trace, 3, "cat")
    assert chosen.forbidden == () and len(chosen.words) == 4
    looked = Edits().without_word(1, "dog").without_word(3, "dog").with_gaze(trace, 3, [0])
    assert looked.forbidden == ((3, "dog"),) and looked.words == tuple(trace.words[:3])


def test_a_link_carries_what_is_forbidden():
    edits = Edits(("a",), frozenset({0}), (), ((1, "dog"), (2, END_WORD), (2, "man's")))
    changes = Changes((), {"soft": edits})
    assert changes.to_text() == "soft(a* !1=dog !2=%3Cend%3E !2=man%27s)"
    assert Changes.from_text(changes.to_text(), (4, 4)) == changes
    assert edits.decisions() == Decisions({0: "a"}, {}, {1: ["dog"], 2: [END_WORD, "man's"]})


@pytest.mark.parametrize("token", ["!1", "!=dog", "!1=", f"!{MAX_WORDS + 1}=dog", "!100=a", "!1=<b>", "!-1=a"])
def test_links_that_forbid_what_cannot_be(token):
    with pytest.raises(ValueError, match="cannot be read"):
        Changes.from_text(f"soft({token})", (4, 4))
    many = " ".join(f"!1=w{n}" for n in range(MAX_FORBIDDEN + 1))
    with pytest.raises(ValueError, match="cannot be read"):
        Changes.from_text(f"soft({many})", (4, 4))


def test_a_viewer_prunes_and_a_branch_grows():
    captioner, photo, settings = model("soft"), grids(1), Settings("beam", beam=3, max_words=6)
    trace = decode(captioner, WORDS, photo, settings)[0]
    session = CaptionSession.begin({"soft": trace})
    asked = {"view": "0:soft", "step": 1, "kind": "forbid", "word": trace.words[1]}
    session, growth = session.asked(asked)
    assert growth.name == f"without “{trace.words[1]}”" and growth.step == 1
    decided = growth.changes.of("soft").decisions()
    grown = session.grow(growth, {"soft": decode(captioner, WORDS, photo, settings, decided)[0]})
    assert grown.current.traces["soft"].words[1] != trace.words[1]
    end = session.asked({**asked, "word": END_WORD, "step": len(trace.words)})[1]
    assert end.name == "not ending there"
    for wrong in ({**asked, "step": MAX_WORDS + 1}, {**asked, "step": "1"}, {**asked, "step": -1}):
        with pytest.raises(ValueError):
            session.asked(wrong)
