"""What people type is read as the statements that the networks know; bAbI's own sentences pass through as they are."""

from pathlib import Path

import pytest

from core.data.babi import read_babi
from core.memory.reading import read
from core.memory.story import split_story

SHARED = Path("/work/shared/data/babi/en")


def told(story: str, question: str = "Where is Mary?") -> list[str]:
    """The statements, names as they were written, without their stops."""
    read_ = read(split_story(story), question)
    return [read_.names.shown(text).rstrip(".") for text in read_.statements]


@pytest.mark.skipif(not SHARED.is_dir(), reason="bAbI is not in the repository")
def test_babi_passes_through_unchanged():
    for questions in read_babi(SHARED, part="train").values():
        for question in questions:
            story = read(question.sentences, question.question)
            assert story.statements == question.sentences and story.question == question.question
            assert story.rows == tuple((n,) for n in range(len(question.sentences)))
            assert not story.outside


@pytest.mark.parametrize(
    ("story", "statements"),
    [
        ("Suddenly Mary drove to the lake at noon.", ["Mary went to the lake"]),
        ("After an hour Mary went to the park alone.", ["Mary went to the park"]),
        ("Mary went to the park to play.", ["Mary went to the park"]),
        ("Mary is on her way to the park.", ["Mary went to the park"]),
        ("Mary left for the park.", ["Mary went to the park"]),
        ("Mary has just arrived at the park.", ["Mary went to the park"]),
        ("Mary went to the park with Tom.", ["Mary went to the park", "Tom went to the park"]),
        ("Mary did not go to the park.", ["Mary is not in the park"]),
        ("Tomorrow Mary will go to the park.", ["Nobody said anything"]),
        ("Mary wants to go to the park.", ["Nobody said anything"]),
        ("Perhaps Mary is in the park.", ["Mary is either in the park or in elsewhere"]),
        ("Mary is in the park or the zoo.", ["Mary is either in the park or in the zoo"]),
        ("Mary is sitting in the park.", ["Mary is in the park"]),
        ("Mary is not in the park but in the zoo.", ["Mary is not in the park", "Mary is in the zoo"]),
        ("Mary took the cup and the pen.", ["Mary got the cup", "Mary got the pen"]),
        ("Mary put the cup in the fridge.", ["Mary put down the cup", "The cup is in the fridge"]),
        ("Mary took the cup to the park.", ["Mary got the cup", "Mary went to the park"]),
        ("The cup was given to Mary by Tom.", ["Tom gave the cup to Mary"]),
        ("Mary was handed the cup by Tom.", ["Tom gave the cup to Mary"]),
        ("Mary got the cup from Tom.", ["Tom gave the cup to Mary"]),
        ("Mary took the cup. She gave it to Tom.", ["Mary got the cup", "Mary gave the cup to Tom"]),
        ("Mary and Tom are in the zoo. They went to the lake.",
         ["Mary is in the zoo", "Tom is in the zoo", "Mary went to the lake", "Tom went to the lake"]),
        ("Mary went to the zoo. Mary left the zoo.", ["Mary went to the zoo", "Mary is no longer in the zoo"]),
        ("South of the barn is the pond.", ["The pond is south of the barn"]),
        ("The cup is over the plate.", ["The cup is in the plate"]),
        ("Nobody is in the attic.", ["Mary is not in the attic"]),
        ("mary is in the kitchen tom is in the hall", ["Mary is in the kitchen", "Tom is in the hall"]),
    ],
)  # fmt: skip
def test_each_kind_of_sentence(story, statements):
    assert told(story) == statements


@pytest.mark.parametrize(
    ("story", "question", "asked"),
    [
        ("Mary is in the zoo.", "Where's Mary sitting?", "Where is Mary?"),
        ("Mary is in the zoo.", "Could you tell me where Mary is right now?", "Where is Mary?"),
        ("Mary is in the zoo.", "Did Mary go to the zoo?", "Is Mary in the zoo?"),
        ("Mary is in the zoo.", "Who went to the zoo?", "Who is in the zoo?"),
        ("Mary took the cup.", "Does Mary have the cup?", "What is Mary carrying?"),
        ("Mary went to the zoo.", "Where was Mary before she went to the zoo?", "Where was Mary before the zoo?"),
        ("Tom lent the cup to Mary.", "What did Tom lend to Mary?", "What did Tom give to Mary?"),
        ("A is north of B.", "Which city is north of B?", "What is north of B?"),
    ],
)
def test_each_kind_of_question(story, question, asked):
    read_ = read(split_story(story), question)
    assert read_.names.shown(read_.question) == asked and not read_.outside


@pytest.mark.parametrize("question", ["Why is the sky blue?", "Tell me a joke", "Who are you?", "Wo ist Maria?"])
def test_a_question_of_no_kind_is_outside(question):
    assert read(("Mary went to the zoo.", "Tom slept."), question).outside


def test_a_name_that_would_be_read_for_something_else_is_hidden():
    read_ = read(("Tom took the right shoe.", "Rose took the rose."), "What is Rose carrying?")
    assert set(read_.names.hidden.values()) == {"right shoe", "Rose", "rose"}
    assert read_.hidden("right shoe") in read_.statements[0].split()[-1]
    assert [read_.names.shown(text) for text in read_.statements] == ["Tom got the right shoe.", "Rose got the rose."]


def test_a_deed_is_told_where_it_is_asked_for():
    assert told("The dog bit the man.", "Who bit the man?") == ["The dog does bite to the man"]
    assert told("Tom is 12 years old.", "How old is Tom?") == ["Tom does age to 12"]
    # Where it is not asked for, it tells the networks nothing; where it was done, it does.
    assert told("The dog bit the man.", "Where is the man?") == ["Nobody said anything"]
    assert told("The dog bit the man in the park.", "Where is the dog?") == [
        "The dog is in the park",
        "The man is in the park",
    ]


def test_how_a_sentence_was_read_is_kept():
    read_ = read(("Mary drove to the zoo at noon.", "Fnord glimbed."), "Where is Mary?")
    first, second = read_.sentences
    assert first.statements == ("Mary went to the zoo.",) and first.aside == ("at noon",) and first.understood
    assert ("Mary", "person") in first.names and ("zoo", "place") in first.names
    assert second.statements == ("Fnord glimbed.",) and not second.understood


def test_a_typing_error_is_offered_and_not_assumed():
    read_ = read(("Mary went to the zoo.",), "Wher is Mary?")
    assert read_.offer == "Where is Mary?" and not read(("Mary went to the zoo.",), "Where is Mary?").offer
    read_ = read(("Mary went to teh hall.", "Mary whent to the zoo."), "Where is Mary?")
    assert read_.offers == {0: "Mary went to the hall.", 1: "Mary went to the zoo."} and not read_.offer
    assert not read(("Mary went to the hall.", "The cook took the book."), "Where is Mary?").offers


@pytest.mark.parametrize("text", ["", "?", "🦊", "a", "the of and", "is is is", "A " * 50, "Mary " * 40, "x'" * 30])
def test_anything_is_read(text):
    read((text or ".",), text)
    read(("Mary went to the zoo.", text), "Where is Mary?")
