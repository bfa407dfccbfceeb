"""The slots network: names are numbers, looks take the nearest match, answers come from what was looked at."""

import json
import random

import pytest
import torch
from lightning_fabric import Fabric

from core.data.babi import Question
from core.memory.registry import HopDecisions, StoryQuery, load
from core.memory.slots.batch import Words, collate
from core.memory.slots.context import nearest
from core.memory.slots.memory_network import SlotsMemoryNetwork
from core.memory.slots.names import NAME, UNKNOWN, read_story
from core.memory.slots.network import SlotsNetwork, SlotsSizes
from core.memory.slots.training import Answers, SlotsSettings, prepare, train_slots
from core.memory.story import StoryError

KNOWN = [
    "is", "are", "in", "the", "a", "went", "to", "moved", "gave", "got", "back", "not", "where", "and", "what", "who",
    "of", "afraid", "no", "how", "many", "yes",
]  # fmt: skip
STORY = ("Anna Maria went to the living room.", "Fred got the milk.", "Fred gave the milk to Anna Maria.")


@pytest.fixture
def reader() -> SlotsMemoryNetwork:
    torch.manual_seed(0)
    words = Words(KNOWN)
    sizes = SlotsSizes(len(words), 2, size=16, working=2, layers=2, heads=1, memory=8)
    return SlotsMemoryNetwork(SlotsNetwork(sizes), words, ("no", "yes"))


def rename(text: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(old, new)
    return text


# --- names ------------------------------------------------------------------------------------------------------


def test_names_are_numbered_by_first_mention():
    story = read_story(frozenset(KNOWN), STORY, "Where is Fred?")
    assert story.names == ("Anna Maria", "living room", "Fred", "milk")
    assert [s.names for s in story.sentences] == [(0, 1), (2, 3), (2, 3, 0)]
    assert story.sentences[0].template == (NAME, "went", "to", "the", NAME)
    assert story.question.names == (2,)


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("anna maria went to the milk", ("Anna Maria", "milk")),  # the same person without capitals
        ("Fred gave Anna Maria milk", ("Fred", "Anna Maria", "milk")),  # two names in a row, which occur apart
        ("The box of chocolates is in the box", ("box of chocolates", "box")),
    ],
)
def test_names_are_told_apart(sentence, names):
    story = read_story(frozenset(KNOWN), (*STORY, sentence), "Where is Fred?")
    assert tuple(story.names[n] for n in story.sentences[-1].names) == names


def test_a_word_that_is_no_name_is_said():
    story = read_story(frozenset(KNOWN), ("Anna Maria teleported to the garden",), "Where is Anna Maria?")
    assert story.unknown == ("teleported",)
    assert story.sentences[0].template == (NAME, UNKNOWN, "to", "the", NAME)


def test_plural_and_singular_are_one_name():
    story = read_story(
        frozenset(KNOWN), ("Blickets are afraid of wolves", "Gertrude is a blicket"), "Is Gertrude a wolf?"
    )
    assert story.sentences[0].names == (0, 1) and story.names[:2] == ("blicket", "wolf")
    assert story.sentences[1].names == (2, 0) and story.question.names == (2, 1)


# --- looking ----------------------------------------------------------------------------------------------------


def test_nearest_is_the_first_that_matches():
    logits = torch.randn(5, 7)
    weights = nearest(logits).exp()
    p = logits.sigmoid()
    for row in range(5):
        left = 1.0
        for j in range(7):
            assert weights[row, j].item() == pytest.approx(left * p[row, j].item(), abs=1e-6)
            left *= 1 - p[row, j].item()


def test_weights_sum_to_one_and_batches_change_nothing(reader):
    asked = [StoryQuery(STORY[:n], q) for n in (1, 2, 3) for q in ("Where is Fred?", "Who got the milk?")]
    together = reader.answer(asked)
    for question, trace in zip(asked, together, strict=True):
        alone = reader.answer([question])[0]
        assert trace.answer == alone.answer
        assert trace.prob == pytest.approx(alone.prob, abs=1e-5)
        assert len(trace.hops) == len(alone.hops) >= 1
        for hop, other in zip(trace.hops, alone.hops, strict=True):
            assert sum(hop.alpha) == pytest.approx(1, abs=1e-5)
            assert hop.alpha == pytest.approx(other.alpha, abs=1e-5)


def test_renaming_changes_nothing_but_the_names(reader):
    names = {"Anna Maria": "Zqxx", "living room": "vorpal shed", "Fred": "Ünal", "milk": "snark"}
    for question in ("Where is Fred?", "Who got the milk?", "Where is Anna Maria?"):
        trace = reader.answer([StoryQuery(STORY, question)])[0]
        renamed = reader.answer([StoryQuery(tuple(rename(s, names) for s in STORY), rename(question, names))])[0]
        assert renamed.answer == rename(trace.answer, names)
        assert [hop.alpha for hop in renamed.hops] == [hop.alpha for hop in trace.hops]
        assert dict(renamed.candidates) == {rename(text, names): prob for text, prob in trace.candidates}


def test_a_made_look_looks_there(reader):
    trace = reader.answer([StoryQuery(STORY, "Where is Fred?")], HopDecisions({0: 1}))[0]
    assert trace.hops[0].alpha == (0, 1, 0) and trace.hops[0].forced
    with pytest.raises(StoryError):
        reader.answer([StoryQuery(STORY, "Where is Fred?")], HopDecisions({0: 3}))
    with pytest.raises(StoryError):
        reader.answer([StoryQuery(STORY, "Where is Fred?")], HopDecisions({99: 0}))


def test_what_was_not_looked_at_cannot_enter_the_answer(reader):
    """With its look made, the network answers the same whatever the other sentences' names are."""
    looks = HopDecisions({hop: 0 for hop in range(12)})
    reader.net.enough[-1].bias.data.fill_(50.0)  # one hop, whatever the sentences are
    reader.net.enough[-1].weight.data.zero_()
    one = reader.answer([StoryQuery(STORY, "Where is Anna Maria?")], looks)[0]
    other = reader.answer([StoryQuery((STORY[0], "Fred got the Fred.", STORY[2]), "Where is Anna Maria?")], looks)[0]
    mine = {text: p for text, p in one.candidates if text not in ("Fred", "milk")}
    theirs = dict(other.candidates)
    best = max(mine, key=mine.get)
    for text, prob in mine.items():
        assert prob / mine[best] == pytest.approx(theirs[text] / theirs[best], rel=1e-3)


def test_candidates_are_a_distribution(reader):
    trace = reader.answer([StoryQuery(STORY, "Where is Fred?")], candidates=50)[0]
    assert trace.prob == trace.candidates[0][1] == max(p for _, p in trace.candidates)
    assert sum(p for _, p in trace.candidates) <= 1 + 1e-6


def test_saved_and_loaded_gives_the_same(reader):
    again = load(reader.config(), {name: value.clone() for name, value in reader.state_dict().items()})
    asked = [StoryQuery(STORY, "Where is Fred?")]
    assert again.answer(asked) == reader.answer(asked)


# --- learning ---------------------------------------------------------------------------------------------------


def told(rng: random.Random, n: int) -> list[Question]:
    """Who is where: the answer is the place of the last move of the one asked for."""
    questions = []
    for story in range(n):
        people, places = ["Ada", "Bo", "Cy"], ["attic", "barn", "den"]
        moves = [(rng.choice(people), rng.choice(places)) for _ in range(4)]
        who = rng.choice([person for person, _ in moves])
        fact = max(i for i, (person, _) in enumerate(moves) if person == who)
        sentences = tuple(f"{person} went to the {place}." for person, place in moves)
        questions.append(Question(sentences, f"Where is {who}?", moves[fact][1], (fact,), 1, story))
    return questions


@pytest.mark.slow
def test_learns_who_is_where_and_answers_for_names_never_seen(tmp_path):
    rng, words = random.Random(0), Words(KNOWN)
    settings = SlotsSettings(
        rounds=6, per_task=60, generated=0, rate=1e-2, batch=16, size=16, working=2, layers=1, heads=1
    )
    path = tmp_path / "state.pt"
    fabric = Fabric(accelerator="cpu", devices=1)
    net, answers = train_slots(
        {1: told(rng, 300)}, None, words, settings, fabric, path, lambda what, steps: lambda: None
    )
    losses = [json.loads(line)["loss"] for line in path.with_suffix(".jsonl").read_text().splitlines()]
    assert len(losses) == 6 and losses[-1] < losses[0] / 2
    reader = SlotsMemoryNetwork(net, words, answers.worded)
    fresh = told(rng, 60)
    renamed = {"Ada": "Glorf", "Bo": "Wump", "Cy": "Tik", "attic": "moon base", "barn": "hut", "den": "pier"}
    asked = [StoryQuery(tuple(rename(s, renamed) for s in q.sentences), rename(q.question, renamed)) for q in fresh]
    traces = reader.answer(asked)
    right = sum(t.answer == renamed[q.answer] for t, q in zip(traces, fresh, strict=True))
    looked = sum(t.hops[0].most == q.facts[0] for t, q in zip(traces, fresh, strict=True))
    assert right >= 54 and looked >= 54


def test_examples_point_where_they_can_and_say_where_they_cannot():
    words = Words([*KNOWN, "will", "go"])
    questions = [
        Question(("Ada went to the barn.",), "Where is Ada?", "barn", (0,), 1, 0),
        Question(("Ada went to the barn.", "Ada got the milk."), "Where will Bo go?", "kitchen", (0,), 20, 0),
        Question(("Ada got the milk.", "Ada got the tea."), "What is Ada afraid of?", "milk,tea", (0, 1), 8, 0),
    ]
    answers = Answers.collect(questions, words)
    assert answers.worded == ("kitchen",)
    pointed, said, listed = (prepare(q, words, answers) for q in questions)
    end = len(answers.worded)
    assert pointed.answer == ((end + 1 + 1,),)
    assert said.answer == ((0,),)
    assert listed.answer == ((end + 2,), (end + 3,))
    assert collate([e.reading for e in (pointed, said, listed)], words).sentence.sum(1).tolist() == [1, 2, 2]
