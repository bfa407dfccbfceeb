"""Questions that a network was never asked make its answer a guess, and the guess says why."""

import pytest
from tiny_networks import ASKED, STORY, save_tiny

from core.checkpoints import CheckpointError
from core.data.babi import Question
from core.memory.question_shapes import NEVER_ASKED, QuestionShapes, shape
from core.memory.reading import read
from core.memory.service import StoryService
from core.trace import StoryTrace

LEARNT = [
    Question(STORY, "Where is Mary?", "office", (3,), 1, 0),
    Question(STORY, "Is John in the garden?", "yes", (2,), 6, 0),
    Question(STORY, "Is Mary in the cinema?", "no", (3,), 6, 0),
]


def judged(question: str, unknown: tuple[str, ...] = (), sentences: tuple[str, ...] = STORY) -> StoryTrace:
    trace = StoryTrace("m", "memn2n", "soft", question, sentences, "office", 0.9, (("office", 0.9),), (), unknown)
    return QuestionShapes.learn(LEARNT).mark_guess(trace, read(sentences, question))


@pytest.mark.parametrize(
    ("question", "its"),
    [
        ("Where is Mary?", "where is NAME"),
        ("and where's the old living room right now", "where is the NAME"),
        ("Who gave the milk to Anna Maria?", "who gave the NAME to NAME"),
        ("WHERE IS JOHN at the moment?", "where is NAME"),
        ("Is the ball to the right of the box?", "is the NAME to the right of the NAME"),
        ("", ""),
        ("🦊 <b>?", "NAME"),
    ],
)
def test_the_shape_of_a_question(question, its):
    assert shape(question)[0] == its


@pytest.mark.parametrize(
    "question", ["Where is Mary?", "where is john now", "Is Mary in the cinema?", "And where is mary"]
)
def test_what_was_asked_in_training_is_no_guess(question):
    assert not judged(question).guess and NEVER_ASKED not in judged(question).notes


@pytest.mark.parametrize(
    "question", ["Why is the sky blue?", "Who is in the kitchen?", "Is the milk in the garden?", "", "Mary"]
)
def test_what_was_not_is_a_guess_and_says_so(question):
    assert judged(question).guess and NEVER_ASKED in judged(question).notes


def test_a_name_that_the_story_does_not_have():
    assert judged("Where is Zoe?").guess and judged("Where is Zoe?").notes == ("“Zoe”: not in the story.",)
    assert judged("Is Zoe in the garden?").guess
    # In training places were asked for that the story does not have.
    moon = judged("Is Mary on the moon?".replace("on", "in", 1))
    assert not moon.guess and moon.notes == ("“moon”: not in the story.",)


def test_a_name_in_a_sentence_that_was_not_read_is_in_the_story():
    (said,) = StoryService().answer(
        ["Ali either took the bus or the train to work."], ["How did Ali get to work?"], "slots"
    )
    assert said.guess and "Sentence 1 names “Ali”, and part of it was left aside." in said.notes
    assert not any("not in the story" in note and "Ali" in note for note in said.notes)


def test_a_word_that_is_not_known_to_the_network():
    assert judged("Where is John?", unknown=("john",)).guess
    assert not judged("Where is John?", unknown=("mary",)).guess


def test_both_ways_through_a_config():
    asking = QuestionShapes.learn(LEARNT)
    assert asking.to_dict() == {"is NAME in the NAME": [1], "where is NAME": []}
    assert QuestionShapes.of({"asked": asking.to_dict()}) == asking
    trace = judged("Where is Mary?")
    assert (
        QuestionShapes.of({}).mark_guess(trace, read(STORY, "Where is Mary?")) is trace
    )  # of a checkpoint that does not say


@pytest.mark.parametrize("asked", [[], {"where": 1}, {"where": ["0"]}, "where", {"where": [True]}])
def test_a_config_that_is_none(asked):
    with pytest.raises(ValueError):
        QuestionShapes.of({"asked": asked})


def test_the_service_judges(tmp_path):
    save_tiny(tmp_path, "memn2n")
    (trace,) = StoryService(tmp_path).answer(STORY, ["Why is the sky blue?"], "memn2n")
    assert not trace.guess  # its config says nothing
    config = (tmp_path / "memn2n" / "config.json").read_text()
    told = config.replace('"kind"', '"asked": {"where is NAME": []},\n "kind"', 1)
    (tmp_path / "memn2n" / "config.json").write_text(told)
    service = StoryService(tmp_path)
    traces = service.answer(STORY, ["Why is the sky blue?", ASKED[0].question], "memn2n")
    assert [trace.guess for trace in traces] == [True, False]
    (tmp_path / "memn2n" / "config.json").write_text(config.replace('"kind"', '"asked": 3,\n "kind"', 1))
    with pytest.raises(CheckpointError):
        StoryService(tmp_path).network("memn2n")
