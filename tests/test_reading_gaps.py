"""What typed sentences leave to be understood: one verb for several, who "he" is, what lies where it was left."""

import pytest

from core.memory.reading import read
from core.memory.reading.clauses import clauses_of
from core.memory.reading.names import lower, words_of
from core.memory.reading.typos import offered
from core.memory.story import split_story


def told(story: str, question: str) -> list[str]:
    read_ = read(split_story(story), question)
    return [read_.names.shown(text).rstrip(".") for text in read_.statements]


@pytest.mark.parametrize(
    ("sentence", "clauses"),
    [
        # One verb for all.
        ("Una peeled a pear and Ole a plum.", ["una peeled a pear", "ole peeled a plum"]),
        ("Una put the pan on the shelf and the pot in the sink.",
         ["una put the pan on the shelf", "una put the pot in the sink"]),
        ("Una was in Rome on Monday and on Friday in Bern.",
         ["una was in rome on monday", "una was on friday in bern"]),
        ("There are two hens in the den and three ducks in the pond.",
         ["there are two hens in the den", "there are three ducks in the pond"]),
        ("Una gave Ole a pear and Ida a plum.", ["una gave ole a pear and ida a plum"]),  # who is given it
        ("Una did not give it to Ole but to Ida.", ["una did not give it to ole", "una did give it to ida"]),
        # A clause that begins with its verb may be joined to another one.
        ("He got up, went to the den and baked a pie.", ["he got up", "went to the den", "baked a pie"]),
        # "where" tells of who is there, too.
        ("Una ran to the den, where Ole slept.", ["una ran to the den", "ole slept there"]),
        ("Una is not sure where Ole slept.", ["una is not sure where ole slept"]),
        # What is thought is perhaps so; not the one but the other.
        ("Una is in the den, I think.", ["perhaps una is in the den"]),
        ("It was not Una who ate it but Ole.", ["ole ate it"]),
        ("In the den Una noticed a mouse.", ["una is in the den", "una noticed a mouse"]),
    ],
)  # fmt: skip
def test_a_sentence_as_the_clauses_that_it_tells(sentence, clauses):
    assert [" ".join(lower(words)) for words in clauses_of(words_of(sentence))] == clauses


@pytest.mark.parametrize(
    ("story", "question", "statements"),
    [
        # What was left somewhere says nothing of where one is since.
        ("Una ran to the den. She forgot her cap in the hall.", "Where is Una?",
         ["Una went to the den", "Una put down the cap", "The cap is in the hall"]),
        # What was carried somewhere stays there, where it is asked where it is.
        ("Una carried the pot to the den.", "Where is the pot?",
         ["Una got the pot", "Una went to the den", "The pot is in the den"]),
        ("Una carried the pot to the den.", "Who has the pot?", ["Una got the pot", "Una went to the den"]),
        # Names.
        ("A cook named Una ran to the den. The cook took a pot.", "Who has the pot?",
         ["Una went to the den", "The Una got the pot"]),
        ("Ida's aunt is called Una. Her aunt is in the den.", "Where is Una?", ["The Una is in the den"]),
        ("amy left her cap in the hall", "wheres amys cap",
         ["Amy is in the hall", "Amy put down the cap", "The cap is in the hall"]),
        # Pronouns: who holds something is no thing, what was spoken of may be meant, who is named may be, too.
        ("The robot Bip took a sock. It grabbed a cap.", "What is Bip carrying?",
         ["Bip got the sock", "Bip got the cap"]),
        ("Una tried to lift the pot. She left it in the den.", "Where is the pot?",
         ["Una is in the den", "Una put down the pot", "The pot is in the den"]),
        ("Anna saw the suspect in Bern. He is in Rome.", "Where is the suspect?",
         ["The suspect is in Bern", "The suspect is in Rome"]),
        ("Una and Ole ran to the den. Both sat in the hall.", "Where is Ole?",
         ["Una went to the den", "Ole went to the den", "Una is in the hall", "Ole is in the hall"]),
        # Idioms, places behind one another, what stands before the subject.
        ("Una took the bus home.", "Where is Una?", ["Una went to home"]),
        ("Una is outside in the garden.", "Where is Una?", ["Una is in the garden"]),
        ("Una took her cap upstairs to the den.", "Who has the cap?", ["Una got the cap", "Una went to the den"]),
        ("Despite the rain Una walked to the den.", "Where is Una?", ["Una went to the den"]),
        ("Una definitely went to the den.", "Where is Una?", ["Una went to the den"]),
        ("Una used to live in Rome. Now she lives in Bern.", "Where is Una?", ["Una is in Rome", "Una is in Bern"]),
        ("There were pears, plums and figs in the pot.", "Where are the figs?",
         ["The pears is in the pot", "The plums is in the pot", "The figs is in the pot"]),
        # Verbs as people type them who learn the language, or that nobody listed.
        ("My hamster run to the den.", "Where is the hamster?", ["The hamster went to the den"]),
        ("All the parrots are green. Kiki is a parrot.", "What color is Kiki?",
         ["each parrot is a parrot", "each parrot is green", "Kiki is a parrot"]),
    ],
)  # fmt: skip
def test_kinds_of_sentence_as_statements(story, question, statements):
    assert told(story, question) == statements


def test_a_time_of_day_is_one_whatever_stands_before_it():
    read_ = read(split_story("This morning Una was in the den. This afternoon she ran to the hall."),
                 "Where was Una in the morning?")  # fmt: skip
    assert read_.asked and read_.asked.time and len(read_.statements) == 2


def test_questions_of_a_word_or_two_are_outside():
    for question in ("Who", "What is", "In which", "?", "Is the", "Where"):
        assert read(("Tom went to the den.",), question).outside, question


def test_a_word_of_another_letter_more_is_no_typing_error():
    assert offered("The horse glooped across the field.") == ""
    assert offered("He droped it.") == "He dropped it."
