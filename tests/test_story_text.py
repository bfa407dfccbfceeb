"""Whatever a person types becomes sentences and words, or one clear sentence about what is wrong."""

import pytest

from core.memory.story import StoryError, split_questions, split_story, tokens
from core.memory.tense import as_told


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mary went.\nJohn left.", ["Mary went.", "John left."]),
        ("mary went\njohn left\n\n", ["mary went", "john left"]),
        ("Mary went! John left. Is it so? Yes", ["Mary went!", "John left.", "Is it so?", "Yes"]),
        ("Mary went.John left.", ["Mary went.", "John left."]),
        ("Mr. Smith and J. Bell went. Dr. No left.", ["Mr. Smith and J. Bell went.", "Dr. No left."]),
        ("It cost 3.50 dollars.", ["It cost 3.50 dollars."]),
        ('"Go." said Mary.', ['"Go."', "said Mary."]),
        ("1 Mary went.\n2 John left.", ["Mary went.", "John left."]),
        ("3 apples fell\nMary ate", ["3 apples fell", "Mary ate"]),
        ("- Mary went\n* John left", ["Mary went", "John left"]),
        ("Mary went.\r\nJohn left.\u2028Ann slept.", ["Mary went.", "John left.", "Ann slept."]),
        ("... !!\n\nMary went.\n???", ["Mary went."]),
        ("مريم في المطبخ. أين مريم؟ هنا", ["مريم في المطبخ.", "أين مريم؟", "هنا"]),
    ],
)
def test_stories_are_split_into_sentences(text, sentences):
    assert split_story(text) == sentences


def test_what_is_invisible_or_turns_the_text_is_left_out():
    assert split_story("Mary\u202e went\x00 to\u200b bed\ufeff\ud800.") == ["Mary went to bed."]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Mary isn't in the Kitchen.", "mary is not in the kitchen"),
        ("He’s here, they're there; I'm not!", "he is here they are there i am not"),
        ("Where's John? Mary's in the garden", "where is john mary is in the garden"),
        ("Mary's ball can't bounce.", "mary ball can not bounce"),
        ("wheres john, he isnt here", "where is john he is not here"),
        ("She won't; he'll do it, we've gone", "she will not he will do it we have gone"),
        ("the well-known 'red' ball", "the well-known red ball"),
        ("<b>Mary</b> & co", "b mary b co"),
        ("to the 🍕!", "to the 🍕"),
        ("ＭＡＲＹ ｗｅｎｔ", "mary went"),
        ("हिन्दी में", "हिन्दी में"),
        ("?!", ""),
    ],
)
def test_words(sentence, words):
    assert list(tokens(sentence)) == words.split()


def test_contractions_read_like_what_they_stand_for():
    assert tokens("Mary isn't here.") == tokens("mary is not here")
    assert tokens("Where's Mary?") == tokens("where is mary")


def test_words_have_an_end():
    (word,) = tokens("x" * 100_000)
    assert len(word) <= 40


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("!?…", "empty"),
        ("x" * 1_000_000, "at most 200,000 characters"),
        ("a. b.\n" * 20_000, "at most 2,000"),
        ("word " * 1000, "at most 100"),
        ("\ufdfa" * 150_000, "at most 100"),
    ],
)
def test_too_little_and_too_much_is_said_in_a_sentence(text, said):
    with pytest.raises(StoryError, match=said) as error:
        split_story(text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 200


def test_long_stories_are_read():
    assert len(split_story("\n".join(f"Mary went to room {n}" for n in range(500)))) == 500


def test_questions():
    assert split_questions("Where is Mary? where is john\nIs she here") == [
        "Where is Mary?",
        "where is john",
        "Is she here",
    ]
    with pytest.raises(StoryError, match="no question"):
        split_questions(" ?? ")
    with pytest.raises(StoryError, match="at most 1,000"):
        split_questions("why?\n" * 1001)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mary went home and took the milk.", ["Mary went home", "took the milk."]),
        ("Mary is in the garden, but John isn’t there.", ["Mary is in the garden", "John isn’t there."]),
        ("Mary goes home, takes the milk and drops it.", ["Mary goes home", "takes the milk", "drops it."]),
        ("The box is red; the ball is blue.", ["The box is red", "the ball is blue."]),
        ("Mary and John went home.", ["Mary and John went home."]),
        ("Mary took the salt and the pepper.", ["Mary took the salt and the pepper."]),
        ("Mary, John and Ann went to the old, dark barn.", ["Mary, John and Ann went to the old, dark barn."]),
    ],
)
def test_a_sentence_that_tells_several_things(text, told):
    assert split_story(text) == told


def test_questions_are_not_taken_apart():
    assert split_questions("Mary went home and took the milk?") == ["Mary went home and took the milk?"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Mary goes to the kitchen", "mary went to the kitchen"),
        ("Sandra's gone to the office", "sandra went to the office"),
        ("He has dropped it", "he dropped it"),
        ("and then takes the milk", "then she took the milk"),
        ("Mary has left the garden", "mary has left the garden"),
        ("Mary is in the kitchen", "mary is in the kitchen"),
        ("Then she went back", "then she went back"),
    ],
)
def test_tenses_are_those_of_the_stories(text, read):
    assert [word for word, _ in as_told([(word, word) for word in tokens(text)])] == read.split()
