"""A saved trace comes back as it was, and nothing else is taken for one."""

import json
from dataclasses import fields

import pytest
from made_traces import SENTENCE, caption

from core import exports
from core.captioning.settings import Decisions, Settings
from core.exports.saved import MAX_CAPTIONS, SETTINGS

ABOUT = exports.Photo("cat.jpg", 451, 300, "ab" * 32, "cat", "Stéfan van der Walt, CC0", 1.25)


@pytest.mark.parametrize("attention", ["none", "soft", "hard"])
def test_a_trace_comes_back_with_all_that_made_it(attention):
    trace, settings = caption(SENTENCE, attention), Settings(method="sample", temperature=0.7, seed=3)
    decisions = Decisions({0: "a", 1: "<end>"}, {1: [3, 4]})
    data = exports.trace_json(trace, ABOUT, "cd" * 32, settings, decisions, blank=(0, 195))
    saved = exports.read_trace_json(data)
    assert saved == exports.SavedTrace(
        trace, ABOUT, "cd" * 32, vars(settings), {0: "a", 1: "<end>"}, {1: (3, 4)}, (0, 195)
    )
    assert Settings(**saved.settings) == settings
    assert json.loads(data)["caption"] == trace.caption
    assert exports.read_trace_json(exports.trace_json(trace, ABOUT, "")).settings == {}


def test_forbidden_words_come_back_and_a_trace_without_them_is_as_before():
    decided = Decisions(forbidden={1: ["dog", "<end>"]})
    data = exports.trace_json(caption(["a"]), ABOUT, "x", decisions=decided)
    assert exports.read_trace_json(data).forbidden == {1: ("dog", "<end>")}
    assert "forbidden" not in json.loads(exports.trace_json(caption(["a"]), ABOUT, "x"))["decisions"]


def test_the_settings_that_are_read_back_are_all_there_are():
    assert set(SETTINGS) == {field.name for field in fields(Settings)}


def test_a_photo_of_any_file_name_can_be_saved():
    photo = exports.Photo.of_file("ph\udcffto\n1.jpg", (10, 20), b"bytes")
    assert exports.read_trace_json(exports.trace_json(caption(["a"]), photo, "")).photo == photo
    assert len(photo.sha256) == 64


def changed(path: str, value: object) -> bytes:
    """A saved trace with one part replaced."""
    data = json.loads(
        exports.trace_json(caption(["a", "dog"], "hard"), ABOUT, "x", Settings(), Decisions({0: "a"}, {0: [1]}))
    )
    *folders, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    place = data
    for part in folders:
        place = place[part]
    place[last] = value
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "another"),
        ("checkpoint", 5),
        ("photo", {"name": "x"}),
        ("photo/width", 0),
        ("photo/sha256", []),
        ("settings/beam", "4"),
        ("settings/unknown", 1),
        ("decisions/words", {"99": "a"}),
        ("decisions/words", {"x": "a"}),
        ("decisions/gazes", {"0": [196]}),
        ("decisions/gazes", {"0": [True]}),
        ("decisions/blank", [-1]),
        ("decisions/forbidden", {"0": ["two\nlines"]}),
        ("decisions/forbidden", {"99": ["a"]}),
        ("decisions/forbidden", {"0": ["a"] * 51}),
        ("decisions/forbidden", {"0": 3}),
        ("decisions/forbidden", ["a"]),
        ("trace/attention", "sharp"),
        ("trace/grid", [14, 10**9]),
        ("trace/log_prob", float("nan")),
        ("trace/steps/0/word", "two\nlines"),
        ("trace/steps/0/word", 7),
        ("trace/steps/0/prob", 1.5),
        ("trace/steps/0/prob", 10**400),
        ("trace/steps/0/alpha", [[1.0]]),
        ("trace/steps/1/alpha/13", [0.0] * 13),
        ("trace/steps/1/alpha/13", [0.5] * 14),
        ("trace/steps/1/alpha/0/0", float("inf")),
        ("trace/steps/0/glimpse", [14, 0]),
        ("trace/steps/0/glimpse", [0]),
        ("trace/steps/0/extra", 1),
        ("trace/steps", [1]),
        ("trace", None),
    ],
)
def test_a_changed_trace_is_refused(path, value):
    exports.read_trace_json(changed("checkpoint", "sound"))
    with pytest.raises(exports.SavedTraceError, match=r"^[A-Z].*\.$"):
        exports.read_trace_json(changed(path, value))


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"[]", b"null", b"{" * 5, b"[" * 200_000, b" " * 5_000_000, b'{"format": "glimpse caption 1"}'],
    ids=["empty", "no text", "list", "null", "cut", "deep", "large", "bare"],
)
def test_what_is_no_trace_is_refused(data):
    with pytest.raises(exports.SavedTraceError, match=r"^[A-Z].*\.$"):
        exports.read_trace_json(data)


def test_a_trace_cut_anywhere_is_refused():
    data = exports.trace_json(caption(["a", "dog"]), ABOUT, "x")
    for end in range(0, len(data) - 2, 977):
        with pytest.raises(exports.SavedTraceError):
            exports.read_trace_json(data[:end])


# --- several in one file ---------------------------------------------------------------------------------------------


def test_several_come_back_and_one_is_a_file_of_one():
    one, other = (exports.trace_json(caption([word]), ABOUT, "x") for word in ("a", "dog"))
    assert [saved.trace.caption for saved in exports.read_traces_json(exports.traces_json([one, other]))] == [
        "a",
        "dog",
    ]
    assert exports.read_traces_json(one) == [exports.read_trace_json(one)]


@pytest.mark.parametrize("count", [0, MAX_CAPTIONS + 1])
def test_none_or_too_many_are_refused(count):
    with pytest.raises(exports.SavedTraceError, match="1 to 8 captions"):
        exports.read_traces_json(exports.traces_json([exports.trace_json(caption(["a"]), ABOUT, "x")] * count))


@pytest.mark.parametrize("captions", [None, {}, 3, [None], [{"format": "glimpse captions 1"}], ["x"]])
def test_what_is_no_list_of_captions_is_refused(captions):
    with pytest.raises(exports.SavedTraceError, match=r"^[A-Z].*\.$"):
        exports.read_traces_json(json.dumps({"format": "glimpse captions 1", "captions": captions}).encode())
