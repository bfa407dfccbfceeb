"""Training of memory networks: it learns, goes on where it stopped, and saves what describes itself."""

import json
from dataclasses import replace

import pytest
import torch
from lightning_fabric import Fabric

from core import checkpoints
from core.data.babi import Question, read_babi
from core.data.errors import DataError
from core.memory.bags import _BagSum
from core.memory.memn2n import MemN2N, MemN2NSizes
from core.memory.registry import StoryQuery, TrainingRun
from core.memory.service import StoryService, ask
from core.memory.training import end_to_end, ranking
from core.memory.training.end_to_end import EndToEndSettings, with_empty_memories
from core.memory.training.questions import best_temperature, encode_questions, lexicon
from core.memory.training.ranking import RankingSettings
from core.memory.training.run import StoryTrainSettings, train_stories
from core.results.story_metrics import calibration_error, score
from core.trace import Hop, StoryTrace

PEOPLE, PLACES = ("Mary", "John", "Ann"), ("kitchen", "garden", "office")


def write_tasks(folder) -> None:
    """Task 1: where somebody is; task 2: whether somebody is there. Three sentences a story, every person once."""
    lines: dict[int, list[str]] = {1: [], 2: []}
    for n in range(27):
        places = [PLACES[n // 3**i % 3] for i in range(3)]
        told = [
            f"{i + 1} {person} went to the {place}."
            for i, (person, place) in enumerate(zip(PEOPLE, places, strict=True))
        ]
        who = n % 3
        lines[1] += [*told, f"4 Where is {PEOPLE[who]}?\t{places[who]}\t{who + 1}"]
        asked = PLACES[n % 2]
        lines[2] += [*told, f"4 Is {PEOPLE[who]} in the {asked}?\t{'yes' if places[who] == asked else 'no'}\t{who + 1}"]
    for task, text in lines.items():
        (folder / f"qa{task}_x_train.txt").write_text("\n".join(text) + "\n")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasks")
    write_tasks(folder)
    return folder


@pytest.fixture
def questions(data) -> list[Question]:
    return [question for task in read_babi(data).values() for question in task]


def quiet(label: str, steps: int):
    return lambda: None


@pytest.fixture
def fabric() -> Fabric:
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    return fabric


@pytest.mark.slow
def test_memnn_learns_to_find_and_to_answer(questions, fabric, tmp_path):
    settings = RankingSettings(width=16, hidden=16, epochs=60, batch=8, rate=0.01)
    network = ranking.train(settings, TrainingRun(questions, [], fabric, tmp_path, 0, quiet))
    evaluation = score(questions, ask(network.answer, questions))
    assert evaluation.mean_error < 10
    assert evaluation.mean("facts") == evaluation.mean("sequence") == 100


@pytest.mark.slow
def test_memn2n_learns(questions, fabric, tmp_path):
    settings = EndToEndSettings(
        hops=1, width=20, memory=10, runs=1, linear_epochs=5, epochs=80, halve=30, batch=8, rate=0.02
    )
    where = [question for question in questions if question.task == 1]
    network = end_to_end.train(settings, TrainingRun(where, [], fabric, tmp_path, 0, quiet))
    assert score(where, ask(network.answer, where)).mean_error < 10


@pytest.mark.slow
def test_a_whole_run(data, tmp_path):
    settings = StoryTrainSettings(
        source=data,
        out=tmp_path / "run",
        networks=("memn2n", "memnn", "question-only"),
        share=0.2,
        changes=(("epochs", 2), ("linear_epochs", 1), ("runs", 1)),
        device="cpu",
        command="python -m core train stories",
    )
    folders = train_stories(settings, quiet)
    assert [folder.name for folder in folders] == ["memn2n", "memnn", "question-only"]
    service = StoryService(settings.out)
    assert service.networks() == ["memn2n", "memnn"] and service.networks(blind=True) == ["question-only"]
    for folder in folders:
        config = service.config(folder.name)
        assert config["hold_out"] == {"share": 0.2, "seed": 0} and config["settings"]["epochs"] == 2
        card = (folder / checkpoints.CARD).read_text()
        assert "bAbI" not in card and settings.command in card and "Seed 1" in card
        (trace,) = service.answer(["Mary went to the garden."], ["Where is Mary?"], folder.name)
        assert 0 < trace.prob <= 1
    # What is done is not done again; other settings take another folder.
    before = [(folder / checkpoints.WEIGHTS).stat().st_mtime_ns for folder in folders]
    train_stories(settings, quiet)
    assert [(folder / checkpoints.WEIGHTS).stat().st_mtime_ns for folder in folders] == before
    with pytest.raises(DataError, match="other settings"):
        train_stories(replace(settings, share=0.3), quiet)
    assert json.loads((settings.out / "settings.json").read_text())["share"] == 0.2


def test_too_few_stories_to_hold_some_out(tmp_path):
    (tmp_path / "qa1_x_train.txt").write_text("1 A b.\n2 C?\td\t1\n")
    with pytest.raises(DataError, match="too few stories"):
        train_stories(StoryTrainSettings(tmp_path, out=tmp_path / "run", share=0.5), quiet)


def test_empty_memories_make_sentences_older_and_keep_their_order(questions):
    network = MemN2N(MemN2NSizes("soft", 20, memory=50), lexicon(questions, answers=True))
    asked = [StoryQuery(("A b.",) * 40, "C?"), StoryQuery(("A b.",) * 3, "C?")]
    stories = network.encode(asked)
    settings = EndToEndSettings(empty=0.1)
    torch.manual_seed(0)
    drawn = torch.stack([with_empty_memories(stories, settings) for _ in range(200)])
    grown = drawn - stories.ages
    mask = stories.mask
    assert grown[:, mask].min() == 0
    assert grown[:, 0].amax() == 4 and grown[:, 1, :3].amax() == 1  # a tenth, rounded up
    assert (drawn[:, 0].diff(dim=1) < 0).all()  # the later told, the younger, and no two alike
    assert with_empty_memories(stories, replace(settings, empty=0.0)).equal(stories.ages)


def test_the_gradient_of_the_sums_of_words_is_torchs_own():
    torch.manual_seed(0)
    words, weights = torch.randint(0, 9, (5, 7)), torch.rand(5, 7)
    table = torch.rand(11, 3, requires_grad=True)
    ours, theirs = _BagSum.apply(words, weights, table), (table[words] * weights.unsqueeze(2)).sum(1)
    assert torch.allclose(ours, theirs)
    upstream = torch.rand(5, 3)
    assert torch.allclose(*(torch.autograd.grad(sums, table, upstream)[0] for sums in (ours, theirs)))


def test_facts_beyond_the_memory_are_no_goal():
    question = Question(tuple(f"A {n}." for n in range(8)), "C?", "d", (7, 1), 1, 0)
    network = MemN2N(MemN2NSizes("soft", 2, memory=5), lexicon([question], answers=True))
    assert encode_questions([question], network).facts.tolist() == [[4, -1]]


def trace(answer: str, looks: list[int], prob: float = 0.5, sentences: int = 3) -> StoryTrace:
    hops = tuple(Hop(tuple(float(i == look) for i in range(sentences)), None) for look in looks)
    return StoryTrace("m", "memn2n", "soft", "q", ("s",) * sentences, answer, prob, ((answer, prob),), hops)


def test_scores():
    def question(answer: str, facts: tuple[int, ...], task: int = 1) -> Question:
        return Question(("s",) * 3, "q", answer, facts, task, 0)

    questions = [question("a", (0, 1)), question("a", (0, 1)), question("a", (1,)), question("b", (), 2)]
    traces = [trace("A", [0, 0, 1]), trace("b", [1, 0, 0]), trace("a", [1, 2, 1]), trace("b", [0])]
    evaluation = score(questions, traces)
    one, two = evaluation.tasks[1], evaluation.tasks[2]
    assert (one.n, one.error, one.facts, one.sequence) == pytest.approx((3, 100 / 3, 100, 100 / 3))
    assert (two.n, two.error, two.facts, two.sequence) == (1, 0, None, None)
    assert evaluation.mean_error == pytest.approx(50 / 3) and evaluation.failed == 1
    assert evaluation.mean("facts") == 100


def test_calibration():
    assert calibration_error([0.8] * 10, [True] * 8 + [False] * 2) == pytest.approx(0)
    assert calibration_error([0.8] * 10, [False] * 10) == pytest.approx(80)
    assert calibration_error([1.0, 0.5], [True, False]) == pytest.approx(25)
    # Scores that are too sure by a factor are found out.
    torch.manual_seed(0)
    logits = torch.randn(4000, 5)
    answers = torch.distributions.Categorical(logits=logits).sample()
    assert best_temperature(3 * logits, answers) == pytest.approx(3, rel=0.1)
    assert best_temperature(
        torch.cat([3 * logits, 99 * logits]), torch.cat([answers, answers * 0 - 1])
    ) == pytest.approx(3, rel=0.1)
