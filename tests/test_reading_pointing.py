"""What a story says in words that no network was taught: the clause that has all of a question but what is asked."""

import random
from pathlib import Path

import pytest

from core.memory.question_shapes import way
from core.memory.reading import read
from core.memory.reading.answers import retold
from core.memory.reading.pointing import pointed_at
from core.memory.reading.sureness import RIGHT, Way, doubted
from core.memory.story import StoryError, split_story
from core.results.typed_metrics import read_typed
from core.trace import StoryTrace

HOUSE = "Ravi polished his boots in the shed while Nina swept the yard."
WASP = "A wasp stung Milo on the nose. His sister laughed."
LETTER = "Yusra wrote a long letter to her uncle in Oslo last week."
SHELLS = "Lotte found three shells and Jip found five."
PIRATES = "The pirates buried the chest under a palm. A crab watched them."


def answer(story: str, question: str) -> str:
    found = pointed_at(split_story(story), question)
    return found.answer if found else ""


@pytest.mark.parametrize(
    ("story", "question", "said"),
    [
        # Each part that may be missing.
        (HOUSE, "What did Ravi polish?", "boots"),
        (HOUSE, "Who swept the yard?", "Nina"),
        (HOUSE, "Where did Ravi polish his boots?", "shed"),
        (WASP, "What stung Milo?", "wasp"),
        (LETTER, "Who did Yusra write to?", "uncle"),
        (LETTER, "What did Yusra write?", "long letter"),
        (LETTER, "When did Yusra write a letter?", "last week"),
        ("The witch turned the frog into a prince.", "What did the witch turn the frog into?", "prince"),
        ("The bell rang because the class was over.", "Why did the bell ring?", "the class was over"),
        ("The bell was broken. So Uma knocked.", "Why did Uma knock?", "The bell was broken"),
        ("Ali went to work by bus.", "How did Ali get to work?", "bus"),
        ("A jay stole Ada's ring.", "Whose ring was stolen?", "Ada"),
        ("Pim's uncle has a red tractor and a white van.", "What colour is the tractor?", "red"),
        # Passives, both ways.
        ("The pie was eaten by the hen.", "What did the hen eat?", "pie"),
        ("Una invited Bo to the ball.", "Who was invited to the ball?", "Bo"),
        # Pronouns and what is called otherwise.
        (PIRATES, "Who watched the pirates?", "crab"),
        ("Bertha knitted a hat for her grandson Pim. He lost it.", "Who lost the hat?", "Pim"),
        ("Frida's trunk was sent to Rome. She landed in Bern.", "Where did Frida land?", "Bern"),
        ("Petra's cat is called Muffin and naps in a drawer.", "Where does Muffin nap?", "drawer"),
        # One verb for all.
        ("Una peeled a pear and Ole a plum.", "What did Ole peel?", "plum"),
        ("Una was in Rome on Monday and on Friday in Bern.", "Where was Una on Friday?", "Bern"),
        # Counts, and who has more.
        (SHELLS, "How many shells did Jip find?", "five"),
        (SHELLS, "Who found more shells?", "Jip"),
        (SHELLS, "Who found fewer shells?", "Lotte"),
    ],
)  # fmt: skip
def test_a_clause_answers_with_the_part_that_is_asked_for(story, question, said):
    assert answer(story, question) == said


@pytest.mark.parametrize(
    ("story", "question"),
    [
        (HOUSE, "Who swept the shed roof of Bruno?"),  # somebody of whom it says nothing
        (WASP, "Who cried?"),
        (LETTER, "Who did Nina write to?"),
        ("Una did not peel the pear.", "What did Una peel?"),  # denied
        ("Perhaps Una peeled the pear.", "Who peeled the pear?"),  # open
        ("Una or Ole peeled the pear.", "Who peeled the pear?"),
        ("Una wanted to peel the pear.", "Who peeled the pear?"),
        ("Did Una peel the pear?", "Who peeled the pear?"),  # asked
        ("One of them peeled the pear.", "Who peeled the pear?"),  # and nobody says who
        ("Ann and Eve sat down. She peeled a pear.", "Who peeled a pear?"),  # either
        ("Ali went to work by bus or by tram.", "How did Ali get to work?"),
        ("Lotte has three shells. She lost one shell.", "How many shells does Lotte have?"),  # it changed since
        ("Una was in Bern.", "Where was Una before Bern?"),  # a time of which nothing is said
    ],
)  # fmt: skip
def test_nothing_is_answered_that_is_not_said(story, question):
    assert answer(story, question) == ""


def trace(story: str, question: str, said: str = "", prob: float = 0.9) -> StoryTrace:
    told = (said, prob) if said else ("den", 0.01)
    return StoryTrace(
        "m", "slots", "soft", question, tuple(split_story(story)), told[0], told[1], (told, ("den", 0.01)), (),
        told=bool(said), untold=0.0 if said else 0.99,
    )  # fmt: skip


def made(story: str, question: str, said: str = "", names: tuple[str, ...] = ()) -> StoryTrace:
    return doubted(trace(story, question, said), read(split_story(story), question), names)


def test_what_is_said_in_so_many_words_is_answered_as_a_guess():
    found = made(HOUSE, "Who swept the yard?")
    assert (found.answer, found.told, found.guess, found.prob) == ("Nina", True, True, RIGHT[Way.POINTED])
    assert found.notes[0].startswith("Sentence 1 ") and way(found) == Way.POINTED
    # What it says more than the networks are asked: to whom, and not what.
    assert made(LETTER, "Who did Yusra write to?", "long letter").answer == "uncle"
    # A network that was told all of a sentence is believed.
    assert not made("Tom walked to the den. Tom walked to the mill.", "Where is Tom?").told


def test_an_answer_is_as_sure_as_its_way():
    for story, said in (
        ("Tom walked to the den.", Way.WHOLE),
        ("Suddenly Tom walked to the den in the morning.", Way.WHOLE),
        ("Tom walked to the den. Ann hummed a tune.", Way.PARTLY),
        ("Tom greeted Bob. He walked to the den.", Way.OPEN),
    ):
        found = made(story, "Where is Tom?", "den", ("Tom",))
        assert way(found) == said, story
        assert found.prob == pytest.approx(0.9 * RIGHT[said]) and found.guess == (said == Way.OPEN)
    plain = trace("Tom went to the den.", "Where is Tom?", "den")
    assert doubted(plain, read(plain.sentences, plain.question), ("Tom",)) == plain


def test_nothing_that_anybody_types_stops_the_reading():
    stories = read_typed(Path(__file__).parent / "typed_stories_stranger.jsonl")[::4]
    draw = random.Random(7)
    small = ["the", "a", "and", "not", "but", "or", "to", "in", "it", "she", "who", "that", "is", "if", "her", "2"]
    for story in stories:
        for text, question in ((story.story, story.question.split()[0]), (story.question, story.story)):
            words = text.split()
            for _ in range(4):
                words.insert(draw.randint(0, len(words)), draw.choice(small))
            del words[draw.randint(1, len(words)) :]
            try:
                sentences = split_story(" ".join(words))
            except StoryError:
                continue
            read(sentences, question)
            pointed_at(sentences, question)


def test_one_of_them_is_nobody_in_peoples_own_words_alone():
    """bAbI's own answers are the network's, whatever they are."""
    for story, told in (("Tom walked to the den.", False), ("Tom went to the den.", True)):
        given = trace(story, "Where is Tom?", "others")
        assert retold(given, read(given.sentences, given.question), given.sentences, given.question).told == told
