"""What the stories page is made of, without a page: what-ifs, links, files, the picture, what the browser is given."""

import csv
import io
import json
import random
import zlib
from base64 import urlsafe_b64encode

import pytest

from core.exports.stories import COLUMNS, AnsweredQuestion, story_csv, story_json
from core.memory.document import MAX_LINK, Document, Label
from core.memory.examples import FIRST, read_stories
from core.memory.interventions import Changes
from core.memory.session import NEW, YOURS, StorySession, follow
from core.memory.story import StoryError, split_story
from core.trace import Hop, StoryTrace
from core.views import player, story_figures
from core.views.text import cell

TOLD = ("Mary went to the kitchen.", "John took the milk.", "John went to the garden.", "Mary went to the office.")
HOSTILE = "<b>x</b> & “=1+1” 😀 مرحبا\n\u202eevil\u2066 $x$ \ud83d"


def trace(model: str = "soft", attention: str = "soft", sentences=TOLD, **fields) -> StoryTrace:
    alphas = [[0.7, 0.1, 0.1, 0.1], [0.0, 0.0, 0.0, 1.0]]
    alphas = [alpha[: len(sentences) - 1] + [1 - sum(alpha[: len(sentences) - 1])] for alpha in alphas]
    found = tuple(Hop(tuple(alpha), alpha.index(max(alpha)) if attention == "hard" else None) for alpha in alphas)
    said = {"question": "Where is Mary?", "sentences": tuple(sentences), "answer": "office", "prob": 0.8, "hops": found}
    said["candidates"] = (("office", 0.8), ("kitchen", 0.15))
    return StoryTrace(model, "memn2n", attention, **{**said, **fields})


# --- what if ----------------------------------------------------------------------------------------------------


def test_changes_make_another_story_and_keep_the_rows():
    changes = Changes().without(TOLD, 1).with_sentence(TOLD, 3, "  Mary went   to the park. ")
    assert changes.story(TOLD) == (TOLD[0], TOLD[2], "Mary went to the park.")
    assert changes.rows(TOLD) == [0, 2, 3]
    looking = changes.with_look(TOLD, 0, "soft", 1, 3)
    assert looking.decided(TOLD, 0, "soft") == {1: 2} and looking.decided(TOLD, 1, "soft") == {}
    assert looking.without(TOLD, 3).decided(TOLD, 0, "soft") == {}
    assert looking.with_look(TOLD, 0, "soft", 1, 3) == changes  # the same again takes it back
    assert looking.with_look(TOLD, 0, "soft", 1, 0).decided(TOLD, 0, "soft") == {1: 0}
    assert changes.with_again(1).with_again(3) == Changes()
    assert changes.with_sentence(TOLD, 3, TOLD[3]) == Changes().without(TOLD, 1)
    assert changes.with_sentence(TOLD, 3, " ") == Changes().without(TOLD, 1).without(TOLD, 3)


def test_a_story_keeps_a_sentence():
    changes = Changes()
    for row in range(3):
        changes = changes.without(TOLD, row)
    with pytest.raises(StoryError, match="at least one"):
        changes.without(TOLD, 3)


@pytest.mark.parametrize("text", ["Mary left. John left.", "x" * 301, "?!"])
def test_an_edit_is_one_sentence(text):
    with pytest.raises(StoryError):
        Changes().with_sentence(TOLD, 0, text)


@pytest.mark.parametrize("text", ["Anna Maria (5 = 3) went, ~2=home - @0:a:1=2.", "Ünë € 😀", "100% = <b>"])
def test_changes_read_back_from_a_link(text):
    changes = Changes().without(TOLD, 2).with_sentence(TOLD, 0, text)
    changes = changes.with_look(TOLD, 0, "a b:c=1", 2, 3).with_look(TOLD, 1, "soft", 0, 0)
    assert Changes.from_text(changes.to_text(), TOLD) == changes


@pytest.mark.parametrize(
    "text",
    [
        "-4",
        "-0 -1 -2 -3",
        "x",
        "~0",
        "~0=",
        "@0:soft=1",
        "@0:soft:0=9",
        "@a:soft:0=0",
        "-" + "9" * 5000,
        "~0=a.%20b.",
        "-٣",
    ],
)
def test_a_link_with_other_changes_is_refused_in_a_sentence(text):
    with pytest.raises(StoryError, match="link"):
        Changes.from_text(text, TOLD)


# --- links ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("story", ["Mary left.", HOSTILE, "", "\r\n\t", "Mary went.\n" * 400])
def test_a_story_reads_back_from_its_link(story):
    document = Document(story, HOSTILE)
    link = document.to_text()
    assert link.replace("-", "").replace("_", "").isalnum() and link.isascii()
    read = Document.from_text(link)
    assert read.story == story.replace("\ud83d", "?") and read.questions == HOSTILE.replace("\ud83d", "?")


def test_labels_read_back():
    document = Document.of(TOLD, [Label("Where is Mary?", "office", (3,)), Label("Where is John?", "garden", (2, 1))])
    assert Document.from_text(document.to_text()) == document
    assert document.label("Where is John?").facts == (2, 1) and document.label("Where?") is None
    assert document.retyped(document.story, "Where is John?").label("Where is John?")
    assert not document.retyped(document.story + " And?", document.questions).labels


def test_a_long_story_has_no_link():
    assert Document(random.Random(0).randbytes(MAX_LINK).hex(), "").to_text() is None
    assert Document("x" * 10_000_000, "").to_text() is None


def packed(content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


BAD_LABELS = [
    7,
    [["q", "a"]],
    [["q", "a", [1]]],
    [["q", "a", [-1]]],
    [["q", "a", [True]]],
    [["q", 1, []]],
    [[[], "a", []]],
]
NO_STORIES = ["!", "abc", "A" * (MAX_LINK + 1), packed(["a", "b"])[:-4], packed(b"0" * 5_000_000), packed(b"[" * 5000)]
NO_STORIES += [packed(b"\xff"), packed([1, 2]), packed(["a"]), packed("ab"), packed({"a": 1, "b": 2})]
NO_STORIES += [packed(["a", "b", labels]) for labels in BAD_LABELS]
NO_STORIES += [packed(["a", "b", [], []]), packed(["", "b", [["q", "a", []]]])]


@pytest.mark.parametrize("link", NO_STORIES, ids=range(len(NO_STORIES)))
def test_what_is_no_story_is_refused_in_a_sentence(link):
    with pytest.raises(StoryError, match="link"):
        Document.from_text(link)


def test_a_desk_reads_back_from_its_link():
    sentences = split_story(read_stories()["paths"].document.story)
    session = StorySession.example("paths").asked({"kind": "question", "question": 1}, sentences)
    session = session.asked({"kind": "remove", "row": 2}, sentences)
    session = session.asked({"kind": "look", "model": "soft", "hop": 1, "row": 0}, sentences)
    found, complaints = follow(session.link())
    assert not complaints
    assert (found.document, found.name, found.question) == (session.document, "paths", 1)
    assert found.changes == session.changes
    typed = StorySession.example().retyped("Mary left.", "Where is Mary?")
    assert typed.name == YOURS and follow(typed.link())[0] == typed
    assert StorySession.example().link() == {} and follow({})[0] == StorySession.example(FIRST)


def test_parts_of_a_link_that_lead_nowhere_are_left_out():
    session, complaints = follow({"example": "<b>", "story": "!", "question": "-1", "what": "-99"})
    assert session == StorySession.example() and len(complaints) == 1  # what-ifs of a story that is not there


def test_asking_undoing_and_resetting():
    sentences = list(TOLD)
    session = StorySession(Document.of(sentences, []), NEW)
    one = session.asked({"kind": "remove", "row": 1}, sentences)
    two = one.asked({"kind": "edit", "row": 0, "text": "Mary left."}, sentences)
    assert two.asked({"kind": "undo"}, sentences).changes == one.changes
    assert two.asked({"kind": "undo"}, sentences).asked({"kind": "undo"}, sentences) == session
    assert session.asked({"kind": "undo"}, sentences) == session
    reset = two.asked({"kind": "reset"}, sentences)
    assert not reset.changes and reset.asked({"kind": "undo"}, sentences).changes == two.changes
    assert two.asked({"kind": "again", "row": 1}, sentences).changes.story(sentences)[0] == "Mary left."
    assert not two.retyped(two.document.story + "\nMary sat.", "Where?").changes
    assert two.retyped(two.document.story, "Where?").changes.removed == {1}


@pytest.mark.parametrize(
    "wish",
    [{}, {"kind": "dance"}, {"kind": "remove"}, {"kind": "remove", "row": "1"}, {"kind": "remove", "row": True},
     {"kind": "look", "model": "soft", "hop": "x", "row": 0}, {"kind": "look", "model": "soft", "hop": 99, "row": 0},
     {"kind": "edit", "row": 0, "text": "a. b."}, {"kind": "question", "question": None}],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_a_sentence(wish):
    with pytest.raises(StoryError):
        StorySession(Document.of(TOLD, []), NEW).asked(wish, TOLD)


# --- words and pictures -----------------------------------------------------------------------------------------


def test_answers_as_one_says_them():
    assert story_figures.spoken("apple,milk") == "apple, milk"
    assert story_figures.spoken("s,w") == "south, west"
    assert story_figures.spoken("n") == "north"
    assert [story_figures.certainty(p) for p in (0.95, 0.7, 0.3)] == ["sure", "fairly sure", "not sure"]


def test_looks_in_words():
    soft, hard = trace(), trace(attention="hard")
    rows = [0, 2, 5, 7]
    assert story_figures.describe_hop(soft, 0, rows) == "looks most at sentence 1, 70 %"
    assert story_figures.describe_hop(hard, 1, rows) == "looks at sentence 8, 100 %"
    assert "stopped" in story_figures.describe_hop(soft, 2, rows)
    even = trace(hops=(Hop((0.25,) * 4, None),))
    assert "alike" in story_figures.describe_hop(even, 0, rows)
    assert "no attention" in story_figures.describe_hop(trace(attention="none"), 0, rows)
    forced = trace(hops=(Hop((0.0, 1.0, 0.0, 0.0), None, forced=True),))
    assert story_figures.describe_hop(forced, 0, rows) == "is made to look at sentence 3"
    assert story_figures.looked(soft) == [0.7, 0.1, 0.1, 1.0]


def test_facts_and_falls_in_words():
    assert "all of the 2" in story_figures.describe_facts(trace(), [3, 0])
    assert "1 of the 2" in story_figures.describe_facts(trace(), [3, 1])
    assert "none of the 2" in story_figures.describe_facts(trace(), [1, 2])
    assert "sentence 6" in story_figures.describe_falls([0.0, 0.3, -0.5], [1, 5, 6])
    assert "much the same" in story_figures.describe_falls([0.01, 0.0], [0, 1])


def test_the_picture_grows_with_the_story_within_bounds():
    small = story_figures.story_table([trace(), trace("hard", "hard")], range(4), [3], {"soft": [0.1, 0.2, 0, -0.3]})
    many = [HOSTILE] * 1000
    alpha = tuple([0.0] * 999 + [1.0])
    long = trace(sentences=many, hops=(Hop(alpha, None),), answer="x" * 5000, question=HOSTILE * 20)
    large = story_figures.story_table([long], range(1000))
    assert small.height < large.height < 10_000 and large.width < 3000
    assert len(small.getcolors(1 << 20)) > 10


# --- files ------------------------------------------------------------------------------------------------------


def test_the_csv_has_a_row_a_weight_and_no_formulas():
    sentences = ("=HYPERLINK(1)", "+1", "@a", "-2 \x00")
    asked = [
        AnsweredQuestion(
            "=cmd", {"soft": trace(sentences=sentences), "hard": trace("hard", "hard", sentences)}, {}, [3]
        )
    ]
    rows = list(csv.reader(io.StringIO(story_csv(asked).decode("utf-8-sig"))))
    assert rows[0] == list(COLUMNS) and len(rows) == 1 + 2 * 2 * 4
    for row in rows[1:]:
        cells = dict(zip(COLUMNS, row, strict=True))
        assert cells["question"] == "'=cmd" and cells["sentence"][0] == "'"
        assert 0 <= float(cells["weight"]) <= 1 and cells["fact"] == str(int(cells["sentence_number"] == "4"))
        assert cells["glimpse"] in (("0", "1") if cells["network"] == "hard" else ("",))
    assert cell("Mary.") == "Mary." and cell("\t=1") == "'\t=1"


def test_the_json_holds_traces_that_read_back():
    changes = Changes().without(TOLD, 1)
    one = trace(sentences=changes.story(TOLD))
    data = json.loads(
        story_json(TOLD, changes, [AnsweredQuestion("Where is Mary?", {"soft": one}, {"soft": [0.5, 0, 0]}, [2])])
    )
    (question,) = data["questions"]
    (answer,) = question["answers"]
    assert answer.pop("falls") == [0.5, 0, 0] and StoryTrace.from_json(json.dumps(answer)) == one
    assert data["told"] == list(TOLD) and Changes.from_text(data["changes"], TOLD) == changes


# --- what the browser is given ----------------------------------------------------------------------------------


def test_the_payload_puts_weights_at_the_rows_of_the_story_as_told():
    changes = Changes().without(TOLD, 1).with_sentence(TOLD, 0, "Mary sat.")
    now, before = trace(sentences=changes.story(TOLD)), trace(answer="kitchen")
    answers = [
        player.Answer("soft", "soft attention", now, before, falls=[0.5, 0.0, -0.1]),
        player.Answer("x", "", None, error="No."),
    ]
    label = Label("Where is Mary?", "office", (3, 1))
    data = player.story_payload("id", TOLD, changes, [("Where is Mary?", {"soft": now})], 0, answers, label)
    soft, failed = data["networks"]
    assert [hop["alpha"][1] for hop in soft["hops"]] == [None, None] and soft["hops"][1]["most"] == 3
    assert soft["falls"] == [0.5, None, 0.0, -0.1] and soft["looked"][0] == 0.7
    assert [row["state"] for row in data["rows"]] == ["edited", "removed", "", ""]
    assert [row["fact"] for row in data["rows"]] == [None, 2, None, 1]
    assert soft["verdict"] == "" and soft["was"].startswith("kitchen") and soft["turned"]
    assert failed["error"] == "No." and failed["hops"] == []
    json.dumps(data, allow_nan=False)


def test_the_payload_judges_only_the_story_as_told():
    label = Label("Where is Mary?", "Office", (3,))
    answers = [player.Answer("soft", "", trace(), trace())]
    data = player.story_payload("id", TOLD, Changes(), [("Where is Mary?", {})], 0, answers, label)
    assert data["networks"][0]["verdict"] == "right"
    answers = [player.Answer("soft", "", trace(answer="kitchen"), None)]
    data = player.story_payload("id", TOLD, Changes(), [("Where is Mary?", {})], 0, answers, label)
    assert data["networks"][0]["verdict"] == "wrong: it is Office"
