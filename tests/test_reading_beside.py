"""What is told beside, left out, turned round or carried along, each read as statements."""

import pytest

from core.memory.reading import read
from core.memory.reading.sureness import RIGHT, Way, doubted
from core.memory.reading.typos import offered
from core.memory.story import split_story
from core.trace import StoryTrace


def told(story: str, question: str) -> list[str]:
    read_ = read(split_story(story), question)
    return [read_.names.shown(text).rstrip(".") for text in read_.statements]


@pytest.mark.parametrize(
    ("story", "question", "statements"),
    [
        # Who somebody is, beside their name.
        ("Hilde, our neighbour, took the rake.", "Who has the rake?", ["Hilde got the rake"]),
        (
            "Gus the cook ran to the den. The cook took a ham.",
            "Who has the ham?",
            ["Gus went to the den", "The Gus got the ham"],
        ),
        ("pip the hamster went to the den", "where is pip", ["Pip went to the den"]),
        ("The intern Minh went to the den.", "Where is Minh?", ["Minh went to the den"]),
        ("Ann gave Mary the book.", "Who has the book?", ["Ann gave the book to Mary"]),
        (
            "The red box is bigger than the blue one.",
            "Is the blue box bigger than the red box?",
            ["The red box is bigger than the blue box"],
        ),
        # All that something was done to, told as things that are carried, with the article that things have.
        (
            "Maria bought milk, eggs and bread.",
            "What did Maria buy?",
            ["Maria got the milk", "Maria got the eggs", "Maria got the bread"],
        ),
        ("Tom ate soup and the bread.", "What did Tom eat?", ["Tom got the soup", "Tom got the bread"]),
        # What lies on something that goes.
        (
            "The crates were loaded onto the truck. The truck drove to the dock.",
            "Where are the crates?",
            ["The crates is in the truck", "The truck went to the dock", "The crates is in the dock"],
        ),
        (
            "The milk is in the jug. The jug is in the den.",
            "Where is the milk?",
            ["The milk is in the jug", "The jug is in the den"],
        ),
        # What is left out.
        ("Tom was not in the hall, but Ann was.", "Where is Ann?", ["Tom is not in the hall", "Ann is in the hall"]),
        (
            "Pascal didn't drop the vase, Denise did.",
            "Who dropped the vase?",
            ["Denise does drop to the vase", "Denise put down the vase"],
        ),
        ("Tom and Ann were in the hall; Ida was not.", "Who was not in the hall?", ["Ida is in the hall"]),
        # Orders.
        (
            "The king told the page to go to the den. The page obeyed.",
            "Where is the page?",
            ["The page went to the den"],
        ),
        ("The king told Tom to go to the den. Tom did so.", "Where is Tom?", ["Tom went to the den"]),
        ("The king told Tom to go to the den.", "Where is Tom?", ["Nobody said anything"]),
        # One of two.
        ("Either Ann or Bob ate the cake.", "Who ate the cake?", ["Nobody said anything"]),
        ("Either Ann or Bob ate the cake. It was not Ann.", "Who ate the cake?", ["Bob does eat to the cake"]),
        (
            "The coin is in the mug or in the bowl. The bowl is empty.",
            "Where is the coin?",
            ["The coin is either in the mug or in the bowl", "The coin is in the mug"],
        ),
        # Whose it is, and why it was.
        ("Ann's bike is in the den. Ben's bike is in the yard.", "Whose bike is in the yard?", ["Ben is in the yard"]),
        (
            "Lupe cried since her balloon had popped.",
            "Why did Lupe cry?",
            ["Lupe does because to her balloon had popped", "since her balloon had popped"],
        ),
        # Pronouns.
        (
            "Until her mother called, Jantje played in the den. Then she ran to the hall.",
            "Where is Jantje?",
            ["Jantje is in the den", "Jantje went to the hall"],
        ),
        ("Iris never took the map. Leo took it.", "Who has the map?", ["Leo got the map"]),
        (
            "Tom went to the park, which is near the lake.",
            "Where is Tom?",
            ["Tom went to the park", "The park is in the lake"],
        ),
        # Giving in other words.
        ("Tom slid the note over to Ann.", "Who has the note?", ["Tom gave the note to Ann"]),
        (
            "Dora received a violin from her teacher.",
            "Who gave Dora the violin?",
            ["The teacher gave the violin to Dora"],
        ),
        ("The bandit robbed Tom of his watch.", "Who has the watch?", ["The bandit got the watch"]),
        ("The parcel was delivered to Ann.", "Who has the parcel?", ["Ann got the parcel"]),
        # What says nothing of where somebody is.
        ("Ute was invited to the castle.", "Where is Ute?", ["Nobody said anything"]),
        ("Ute looked at the castle.", "Where is Ute?", ["Nobody said anything"]),
        ("The thief disappeared.", "Where is the thief?", ["Nobody said anything"]),
        # Turned round.
        ("Down the stairs and into the den crept Tom.", "Where is Tom?", ["Tom went to the den"]),
        ("In her basket Ann has a knife.", "Who has the knife?", ["Ann got the knife"]),
        ("The squirrel ran up the tree.", "Where is the squirrel?", ["The squirrel went to the tree"]),
        (
            "The box was stolen from the den by Tom.",
            "Where was the box before it was stolen?",
            ["The box is in the den"],
        ),
    ],
)
def test_each_kind_is_read(story, question, statements):
    assert told(story, question) == statements


@pytest.mark.parametrize(
    ("story", "question", "asked", "statements"),
    [
        (
            "Ann painted the door and the fence.",
            "What did Ann paint?",
            "What is Ann carrying?",
            ["Ann got the door", "Ann got the fence"],
        ),
        (
            "Ann and Bob painted the fence.",
            "Who painted the fence?",
            "Who is in something?",
            ["Ann is in something", "Bob is in something"],
        ),
        (
            "Ann painted the fence.",
            "Who painted the fence?",
            "Who does paint to the fence?",
            ["Ann does paint to the fence"],
        ),
    ],
)
def test_several_who_did_it_are_a_list(story, question, asked, statements):
    assert told(story, question) == statements
    assert read(split_story(story), question).question == asked


@pytest.mark.parametrize(
    ("story", "question"),
    [
        ("Tom bought some books.", "How many books did Tom buy?"),
        ("Rukmini took a few mangoes.", "How many mangoes did Rukmini take?"),
        ("Moreau found a glove.", "Whose glove is it?"),
    ],
)
def test_what_the_story_leaves_open_is_no_number_and_no_owner(story, question):
    assert read(split_story(story), question).outside


def test_more_than_the_networks_count_is_counted_by_their_list():
    read_ = read(split_story("Lars has four sheep."), "How many sheep does Lars have?")
    assert read_.question == "What is Lars carrying?" and len(read_.statements) == 4 and not read_.outside
    assert read(split_story("Lars has seven sheep."), "How many sheep does Lars have?").outside


def test_an_unlisted_verb_or_an_open_pronoun_makes_a_guess():
    for story, name in (
        ("Zed frobbed to the den.", "Zed"),
        ("Until her mother came, Jantje played. Then she ran to the den.", "Jantje"),
    ):
        sentences, question = tuple(split_story(story)), f"Where is {name}?"
        trace = StoryTrace(
            "m", "slots", "soft", question, sentences, answer="den", prob=0.9, candidates=(("den", 0.9),), hops=()
        )
        guess = doubted(trace, read(sentences, question), [name])
        assert guess.guess and guess.prob == 0.9 * RIGHT[Way.OPEN] and guess.answer == "den"


def test_a_word_that_differs_in_several_letters_is_no_typing_error():
    assert offered("Tom loaded the cart.") == "" and offered("Tom glimbed up.") != ""
