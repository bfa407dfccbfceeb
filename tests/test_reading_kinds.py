"""Kinds of sentence and question that people type, each read as statements; see ``tests/typed_stories.jsonl``."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.memory.question_shapes import QuestionShapes
from core.memory.reading import read
from core.memory.reading.answers import retold
from core.memory.reading.sureness import RIGHT, Way, doubted
from core.memory.session import YOURS, StorySession
from core.memory.story import StoryError, split_questions, split_story
from core.results.typed_metrics import TypedStory, is_right, read_typed
from core.trace import StoryTrace

OWN = Path(__file__).parent / "typed_stories.jsonl"
STRANGER = OWN.with_name("typed_stories_stranger.jsonl")


def told(story: str, question: str = "Where is Mary?") -> list[str]:
    read_ = read(split_story(story), question)
    return [read_.names.shown(text).rstrip(".") for text in read_.statements]


@pytest.mark.parametrize(
    ("story", "statements"),
    [
        # What is said, and by whom.
        ("Tom said that Mary is in the hall.", ["Mary is in the hall"]),
        ("Tom says that he is in the hall.", ["Tom is in the hall"]),
        ('"I am in the hall," said Tom.', ["Tom is in the hall"]),
        ("Tom thinks that Mary is in the hall.", ["Mary is either in the hall or in elsewhere"]),
        ("Tom asked if Mary is in the hall.", ["Nobody said anything"]),
        # One sentence inside another.
        ("The cup that Tom took is in the hall.", ["Tom got the cup", "The cup is in the hall"]),
        ("The man who has the key is in the hall.", ["The man got the key", "The man is in the hall"]),
        ("Mary took the cup which was on the desk.", ["The cup is in the desk", "Mary got the cup"]),
        ("The book Tom took is in the hall.", ["Tom got the book", "The book is in the hall"]),
        # In the order in which it was.
        ("Mary was in the den before she went to the hall.", ["Mary is in the den", "Mary went to the hall"]),
        ("Before going to the hall, Mary was in the den.", ["Mary is in the den", "Mary went to the hall"]),
        ("After Mary went to the hall she went to the den.", ["Mary went to the hall", "Mary went to the den"]),
        ("Mary went to the hall because she was hungry.", ["Mary is hungry", "Mary went to the hall"]),
        # Only thought of, asked or wished.
        ("If Mary goes to the hall, Tom goes to the den.", ["Nobody said anything"]),
        ("Will Mary go to the hall?", ["Nobody said anything"]),
        ("Mary almost went to the hall.", ["Mary is not in the hall"]),
        ("It is not true that Mary is in the hall.", ["Mary is not in the hall"]),
        ("I am not sure if Mary is in the hall.", ["Mary is either in the hall or in elsewhere"]),
        # Ways, sizes, sides.
        ("Go north from the gate to the tower.", ["The tower is north of the gate"]),
        ("To get from the inn to the well, walk west.", ["The well is west of the inn"]),
        ("If you walk east from the inn you come to the park.", ["The park is east of the inn"]),
        ("The trunk is too big for the closet.", ["The trunk is bigger than the closet"]),
        ("The closet is too small for the trunk.", ["The trunk is bigger than the closet"]),
        ("The key is small enough to fit into the lock.", ["The lock is bigger than the key"]),
        ("The inn is two miles north of the mill.", ["The inn is north of the mill"]),
        # Several words for one verb.
        ("Mary made her way to the hall.", ["Mary went to the hall"]),
        ("Mary turned up at the hall.", ["Mary went to the hall"]),
        ("Mary caught the train to Leeds.", ["Mary went to Leeds"]),
        ("Mary let go of the cup.", ["Mary put down the cup"]),
        # Whose it is, and back again.
        ("The cup is Mary's.", ["Mary got the cup"]),
        ("The cup belongs to Mary.", ["Mary got the cup"]),
        ("Tom lent Mary the cup. Mary gave it back.", ["Tom gave the cup to Mary", "Mary gave the cup to Tom"]),
        ("Tom lent Mary the cup. Mary returned it.", ["Tom gave the cup to Mary", "Mary gave the cup to Tom"]),
        ("Tom gave Mary a key and Ann a pen.", ["Tom gave the key to Mary", "Tom gave the pen to Ann"]),
        ("Tom gave the key to his friend Mary.", ["Tom gave the key to Mary"]),
        ("The fridge contains milk.", ["The milk is in the fridge"]),
        ("The bag is full of gold.", ["The gold is in the bag"]),
        # Who it was, or not.
        ("Mary or Tom took the cup.", ["Nobody said anything"]),
        ("Mary took the cup or the pen.", ["Nobody said anything"]),
        ("Mary is not in the hall or in the den.", ["Mary is not in the hall", "Mary is not in the den"]),
        ("Not Mary but Tom took the cup.", ["Tom got the cup"]),
        ("Nobody but Mary is in the hall.", ["Mary is in the hall"]),
        ("Mary met Tom. They went to the hall.", ["Mary went to the hall", "Tom went to the hall"]),
        ("They're in the hall.", ["they is in the hall"]),
        ("I am Mary. I am in the hall.", ["Mary is in the hall"]),
        ("Mary is in the hall now. In the morning she was in the den.", ["Mary is in the hall"]),
        ("Mary went to the hall to get the cup.", ["Mary went to the hall", "Mary got the cup"]),
        ("Mary went to the den with ease. Following that she went to the hall.",
         ["Mary went to the den", "Mary went to the hall"]),
        ("Tom gave a key to Mary, who passed it to Ann.", ["Tom gave the key to Mary", "Mary gave the key to Ann"]),
        ("Mary put the cup on the bed and the pen in the sink.",
         ["Mary put down the cup", "The cup is in the bed", "Mary put down the pen", "The pen is in the sink"]),
        ("In the den, Mary picked up a cup.", ["Mary is in the den", "Mary got the cup"]),
        ("Mary went to the hall. Tom did too.", ["Mary went to the hall", "Tom went to the hall"]),
        ("Mary talked about the hall.", ["Nobody said anything"]),
        # Verbs that nobody listed, by their endings and the places behind them.
        ("Mary frobnicated into the hall.", ["Mary went to the hall"]),
        ("Mary frobnicated off in the hall.", ["Mary is in the hall"]),
        ("Mary frobnicated the cup into the box.", ["The cup is in the box"]),
        ("The dog chased Mary into the hall.", ["Mary is in the hall", "The dog is in the hall"]),
        ("Mary slunk into the hall.", ["Mary went to the hall"]),
        ("Mary is fishing by the lake.", ["Mary is in the lake"]),
        ("Mary fell off the ladder onto the floor.", ["Mary is in the ladder", "Mary went to the floor"]),
        ("Into the hall went Mary with a lamp.", ["Mary got the lamp", "Mary went to the hall"]),
        ("jake got up he went to the hall he went to the den",
         ["jake got up", "Jake went to the hall", "Jake went to the den"]),
        # Notes, clefts, exceptions, names that are told.
        ("Mary: sauna", ["Mary is in the sauna"]),
        ("Mary -> sauna", ["Mary is in the sauna"]),
        ("It was Tom who took the cup.", ["Tom got the cup"]),
        ("You will find Mary in the hall.", ["Mary is in the hall"]),
        ("Ida has a dog named Rex. Rex is in the hall.", ["Ida got Rex", "Rex is in the hall"]),
        ("Mum brought Mary a cup.", ["Mum gave the cup to Mary"]),
        ("Tom left the cup with Mary.", ["Tom gave the cup to Mary"]),
    ],
)  # fmt: skip
def test_each_kind_of_sentence(story, statements):
    assert told(story) == statements


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Whose cup is it?", "Who has the cup?"),
        ("Who does the cup belong to?", "Who has the cup?"),
        ("Is Mary in the hall or in the den?", "Where is Mary?"),
        ("Is there milk in the hall?", "Is milk in the hall?"),
        ("Is anyone in the hall?", "Who is in the hall?"),
        ("Are Mary and Tom in the hall?", "Who is in the hall?"),
        ("Mary went where?", "Where is Mary?"),
        ("What is Mary's location?", "Where is Mary?"),
        ("Which direction is the inn from the mill?", "How do you go from the mill to the inn?"),
        ("Did Tom give Mary the cup?", "What did Tom give to Mary?"),
        ("Is Mary green?", "What color is Mary?"),
        ("Where was Mary before?", "Where was Mary before the den?"),
        ("Where did Tom put the cup?", "Where is the cup?"),
    ],
)
def test_each_kind_of_question(question, asked):
    read_ = read(("Mary went to the hall.", "Mary drove to the den."), question)
    plain = asked.replace("the cup", "cup") if "Whose" in question else asked
    assert read_.names.shown(read_.question) == plain and not read_.outside


@pytest.mark.parametrize(
    ("story", "question", "statement"),
    [
        ("The rug is under the table.", "What is under the table?", "The rug does under to the table"),
        ("The lion is on the right of the tiger.", "What is left of the lion?", "The tiger does left to the lion"),
        ("Penguins can swim. Pingu is a penguin.", "Can Pingu swim?", "Pingu does swim to something"),
        ("Kai is a pilot.", "What is Kai?", "Kai does job to the pilot"),
        ("Kai isn't tired.", "Is Kai tired?", "Kai does tired to none"),
        ("The inn is north of the mill.", "Is the mill south of the inn?", "The mill does south to the inn"),
        ("The hat is made of wool.", "What is the hat made of?", "The hat does made of to wool"),
        ("Kai was in the den. Kai went to the mill.", "Was Kai in the den?", "Kai does visit to the den"),
        ("Kai put the cup in the box.", "What is in the box?", "Box got the cup"),
    ],
)
def test_what_is_asked_for_is_told_in_so_many_words(story, question, statement):
    assert statement in told(story, question)


def test_the_tallest_is_asked_as_a_comparison():
    story = split_story("Ann is taller than Tom. Tom is taller than Jan.")
    assert read(story, "Who is the tallest?").question == "Is Ann bigger than Jan?"
    least = read(story, "Who is the shortest?")
    assert least.question == "Is Ann bigger than Jan?" and least.asked and least.asked.of[0].text == "Jan"
    assert read(("Ann is tall.",), "Who is the tallest?").outside


def trace(story: tuple[str, ...], question: str, *candidates: tuple[str, float]) -> StoryTrace:
    best = candidates[0]
    return StoryTrace("tiny", "slots", "soft", question, story, best[0], best[1], candidates, ())


def test_a_guess_is_of_the_sort_that_is_asked_for():
    story, question = ("John took the ball.",), "Where is John?"
    said = trace(story, question, ("not told", 0.9), ("ball", 0.06), ("yes", 0.02), ("bathroom", 0.01))
    assert retold(said, read(story, question), story, question).answer == "bathroom"
    said = trace(story, question, ("not told", 0.9), ("ball", 0.1))
    assert retold(said, read(story, question), story, question).answer == ""


def test_what_was_left_aside_and_may_tell_is_said():
    story, question = ("The dog bit the man.",), "Where is the man?"
    shapes = QuestionShapes({"where is the NAME": []})
    said = shapes.mark_guess(trace(story, question, ("hall", 0.5)), read(story, question))
    assert not said.told
    assert any("Sentence 1 names “man”" in note for note in said.notes)
    assert not any("not in the story" in note for note in said.notes)


def test_a_correction_makes_the_answer_a_guess():
    story, question = ("Mary whent to the hall.",), "Where is Mary?"
    said = QuestionShapes({"where is NAME": []}).mark_guess(
        trace(story, question, ("hall", 0.9)), read(story, question)
    )
    assert said.guess and said.told and "“Mary went to the hall.”" in said.notes[0]


def test_a_sentence_is_mended_as_if_it_was_typed_so():
    session = StorySession.example().retyped("Mary whent to the hall.\nTom slept.", "Wher is Mary?")
    mended = session.mended("Mary whent to the hall.", "Mary went to the hall.").mended(
        "Wher is Mary?", "Where is Mary?"
    )
    assert (mended.document.story, mended.document.questions) == (
        "Mary went to the hall.\nTom slept.",
        "Where is Mary?",
    )
    assert mended.name == YOURS
    with pytest.raises(StoryError, match="editor"):
        session.mended("Nobody said that.", "x")
    with pytest.raises(StoryError, match="other words"):
        session.mended("Tom slept.", "  ")


@pytest.mark.parametrize("part", [0, 1, 2])
def test_all_stories_of_our_own_are_read(part):
    for one in read_typed(OWN, part) + read_typed(STRANGER, part):
        read(split_story(one.story), split_questions(one.question)[0])


@pytest.mark.parametrize(
    ("story", "question", "statements"),
    [
        ("Amy gave the ball to Bob. Bob gave it to Cy.", "Who had the ball first?", ["Amy got the ball"]),
        ("Amy went to the den. Amy went to the hall.", "Where was Amy first?", ["Amy went to the den"]),
        (
            "Amy was in the den at eight. At nine she was in the mill.",
            "Where was Amy at eight?",
            ["Yesterday Amy went to the den", "This morning Amy went to the mill"],
        ),
        ("Ann, Bob and Cy are in the den.", "How many people are in the den?",
         ["Den got the Ann", "Den got the Bob", "Den got the Cy"]),
    ],
)  # fmt: skip
def test_a_story_as_it_was_when_it_is_asked_for(story, question, statements):
    assert told(story, question) == statements


def test_an_answer_is_as_sure_as_others_that_came_about_like_it():
    sentences, question = ("Tom zib zab hall.", "Ann went to the den."), "Where is Tom?"
    trace = StoryTrace(
        "m", "slots", "soft", question, sentences, answer="den", prob=0.9, candidates=(("den", 0.9),), hops=()
    )
    story = read(sentences, question)
    sure = doubted(trace, story, ["Tom"])
    assert sure.guess and sure.prob == 0.9 * RIGHT[Way.UNREAD] and sure.told
    untold = doubted(replace(trace, told=False, prob=0.02, untold=0.98), story, ["Tom"])
    assert not untold.told and untold.prob == RIGHT[Way.UNTOLD] and untold.untold == 1 - RIGHT[Way.UNTOLD]
    other = doubted(trace, read(sentences, "Where is Ann?"), ["Ann"])
    assert not other.guess and other.prob == 0.9 * RIGHT[Way.PARTLY]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("2", "two"),
        ("milk, bread and tea", "bread,milk,tea"),
        ("north, east", "n,e"),
        ("wolves", "wolf"),
        ("the hall", "hall"),
        ("in the hall", "hall"),
        ("on Monday", "monday"),
    ],
)
def test_an_answer_is_right_however_it_is_written(answer, said):
    trace = StoryTrace("m", "slots", "soft", "?", ("A.",), answer=said, prob=1.0, candidates=(), hops=())
    assert is_right(TypedStory("A.", "?", (answer,)), trace)
    assert not is_right(TypedStory("A.", "?", ("south, west",)), replace(trace, answer="w,s"))
    assert not is_right(TypedStory("A.", "?", ("under the hall",)), replace(trace, answer="hall"))
