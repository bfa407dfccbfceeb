"""Stories, questions, links and saved captions from anybody: read, or refused in a sentence."""

import base64
import json
import zlib

import pytest
from hostile import VALUES, changed, damaged
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_traces import caption

from core.captioning.session import CaptionSession
from core.captioning.settings import Decisions, Settings
from core.data.babi import read_babi
from core.data.errors import DataError
from core.exports.saved import Photo, SavedTraceError, read_trace_json, trace_json
from core.memory.document import Document, Label
from core.memory.session import StorySession, follow
from core.memory.story import StoryError, split_questions, split_story, tokens
from core.trace import CaptionTrace, StoryTrace

MANY = settings(max_examples=500, deadline=10_000)

# Sentences as people type them, with what no keyboard has in between.
WORDS = st.sampled_from(
    [
        *[
            "Mary",
            "took",
            "the",
            "milk",
            ".",
            "!",
            "?",
            ";",
            ",",
            "and",
            "then",
            "but",
            "is",
            "in",
            "not",
            "Where",
            "What",
            "Who",
            "1",
            "2)",
            "-",
            "•",
            "é",
            "ß",
            "我",
            "🎈",
            "'",
            '"',
            "’",
            "…",
            "---",
            "(((",
        ]
    ]
    + [
        *["<b>", "javascript:", "{}", "[]", "\\", "%", "&", "./..", "Dr.", "e.g.", "can't", "isnt"],
        *"\u202e\u200d\0\n\r\t",
    ]
)
TYPED = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join), st.lists(WORDS).map("".join))


@MANY
@given(TYPED)
@example("a" * 200_001)
@example("a b " * 60_000)
@example("x. " * 3_000)
@example("and " * 1_900 + "is ")
@example(("Mary is and " * 150) + "there")
def test_what_is_typed_becomes_sentences_or_is_refused(text):
    for split in (split_story, split_questions):
        try:
            sentences = split(text)
        except StoryError as error:
            assert str(error).endswith((".", ":", "read."))
            continue
        for sentence in sentences:
            assert tokens(sentence)
            assert not any(ord(character) < 32 or character == "\u202e" for character in sentence)


STORY = Document(
    "Mary took the milk.\nMary went home.", "Where is the milk?", (Label("Where is the milk?", "home", (0, 1)),)
)


@MANY
@given(st.data())
def test_a_story_in_a_link(data):
    whole = STORY.to_text().encode()
    kind = data.draw(st.sampled_from(["damaged", "unpacked", "values", "text"]))
    if kind == "damaged":
        text = data.draw(damaged(whole)).decode("latin-1")
    elif kind == "text":
        text = data.draw(st.text(max_size=50))
    else:
        content = zlib.decompress(base64.urlsafe_b64decode(whole + b"=="))
        content = (
            data.draw(damaged(content))
            if kind == "unpacked"
            else json.dumps(data.draw(changed(content.decode()))).encode()
        )
        text = base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")
    try:
        document = Document.from_text(text)
    except StoryError:
        return
    assert isinstance(document.story, str) and isinstance(document.questions, str)
    sentences = document.story.count("\n") + 1
    assert all(0 <= fact < max(sentences, len(document.story)) for label in document.labels for fact in label.facts)


def test_a_story_that_unpacks_to_a_gigabyte_is_refused():
    squeeze, block = zlib.compressobj(9), bytes(1 << 20)
    packed = b"".join(squeeze.compress(block) for _ in range(1024)) + squeeze.flush()
    packed = zlib.compress(packed)  # a bomb within a bomb fits a link
    with pytest.raises(StoryError):
        Document.from_text(base64.urlsafe_b64encode(packed).decode().rstrip("="))


@MANY
@given(st.dictionaries(st.sampled_from(["example", "story", "question", "what"]), st.text(max_size=60)))
@example({"question": "٣", "what": "{}"})
@example({"what": "0"})
@example({"question": "9999", "example": "../1"})
def test_a_link_to_stories_leads_somewhere_or_says_why_not(link):
    session, complaints = follow(link)
    assert all(complaint.endswith(".") for complaint in complaints)
    again, none = follow(session.link())
    assert (again.document, again.changes, none) == (session.document, session.changes, [])


@MANY
@given(
    st.one_of(
        st.dictionaries(st.text(max_size=8), VALUES, max_size=4),
        st.fixed_dictionaries(
            {"kind": st.sampled_from(["question", "undo", "reset", "remove", "again", "edit", "look"])},
            optional={name: VALUES for name in ("question", "row", "text", "model", "hop", "id")},
        ),
    )
)
def test_whatever_the_story_player_asks_for(what):
    session = StorySession.example()
    sentences = split_story(session.document.story)
    try:
        session = session.asked(what, sentences)
    except StoryError:
        return
    assert isinstance(session.link(), dict)


def caption_session() -> CaptionSession:
    return CaptionSession.begin({name: caption(["a", "dog", "runs"], name) for name in ("soft", "hard")})


@MANY
@given(st.one_of(st.text(max_size=60), st.text(alphabet="abc0123456789.,;:-_~@w g", max_size=60)))
def test_whatever_a_link_says_was_changed_in_a_caption(text):
    session = caption_session()
    try:
        _, growth = session.follow(text)
    except ValueError as error:
        assert str(error).endswith(".")
        return
    if growth:
        rows, columns = session.grid
        for model in session.original.traces:
            decisions = growth.changes.of(model).decisions()
            assert all(0 <= cell < rows * columns for _, cells in dict(decisions.gazes).items() for cell in cells)


@MANY
@given(
    st.one_of(
        st.dictionaries(st.text(max_size=8), VALUES, max_size=4),
        st.fixed_dictionaries(
            {},
            optional={
                name: st.one_of(VALUES, st.integers(-2, 8), st.sampled_from(["soft", "word", "gaze", "blank", "none"]))
                for name in ("kind", "branch", "model", "step", "word", "cells", "id", "name", "region")
            },
        ),
    )
)
def test_whatever_the_caption_player_asks_for(what):
    try:
        session, growth = caption_session().asked(what)
    except ValueError as error:
        assert str(error).endswith(".")
        return
    assert session.link() == "" and growth.changes.to_text() is not None


def saved() -> bytes:
    trace = caption(["a", "dog", "runs"])
    photo = Photo.of_file("b.jpg", (30, 20), b"a photo")
    return trace_json(trace, photo, "0" * 64, Settings(), Decisions())


@MANY
@given(st.data())
def test_a_saved_caption_that_somebody_changed(data):
    whole = saved()
    if data.draw(st.booleans()):
        file = data.draw(damaged(whole))
    else:
        file = json.dumps(data.draw(changed(whole.decode(), deepest=8))).encode()
    try:
        read = read_trace_json(file)
    except SavedTraceError as error:
        assert str(error).endswith(".")
        return
    rows, columns = read.trace.grid
    assert all(len(step.alpha) == rows and {len(row) for row in step.alpha} <= {columns} for step in read.trace.steps)


@MANY
@given(st.data())
def test_traces_from_json_are_traces_or_a_value_error(data):
    text = json.dumps(data.draw(changed(caption(["a", "dog", "runs"]).to_json())))
    for kind in (CaptionTrace, StoryTrace):
        try:
            kind.from_json(text)
        except (ValueError, TypeError, KeyError):
            continue


@MANY
@given(st.data())
def test_files_of_stories(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("stories") / "qa1_train.txt"
    whole = b"1 Mary went home.\n2 Where is Mary? \thome\t1\n3 John took the milk.\n4 Who took it?\tJohn\t3\n"
    path.write_bytes(data.draw(st.one_of(damaged(whole), st.binary(max_size=200))))
    try:
        read_babi(path)
    except DataError as error:
        assert str(error).endswith(".")
