"""A memory network from outside: one module, this one, and one entry of the registry; everything else follows.

Its looks are gates of their own, one a sentence, that need not sum to 1.
"""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
import torch
from test_memory_training import write_tasks
from tiny_networks import ASKED, STORY, WORDS, save_tiny
from torch import Tensor, nn

from core import checkpoints
from core.__main__ import main
from core.data.babi import Question
from core.exports.stories import AnsweredQuestion, story_csv, story_json
from core.memory.bags import Lexicon, Stories, position_encoding
from core.memory.interventions import Changes
from core.memory.lexicon_network import HopOutputs, LexiconNetwork, temperature
from core.memory.registry import NETWORKS, HopDecisions, NetworkEntry, Recipe, TrainingRun, place, recipes
from core.memory.service import StoryService
from core.memory.training.questions import lexicon
from core.memory.training.run import StoryTrainSettings, train_stories
from core.results.story_metrics import score
from core.trace import Hop, StoryTrace
from core.views import player, story_figures

HERE = "test_memory_registry"


class Gates(LexiconNetwork):
    """Two hops; each sentence has a gate, sigmoid(u . m), and what the gates let in is added to u."""

    network = "gates"

    def __init__(self, words: Lexicon, width: int, temperature: float = 1.0) -> None:
        super().__init__("soft", words, words.words, hops=2, memory=None, temperature=temperature)
        self.width = width
        self.words = nn.Parameter(0.5 * torch.randn(len(words), 1, width))

    def look_and_score(self, stories: Stories, looks: Mapping[int, Tensor]) -> HopOutputs:
        vectors = position_encoding(stories, torch.arange(len(stories.words)), self.words)[:, 0]  # (U, d)
        u, memory = vectors[stories.question], vectors[stories.memory.clamp(min=0)]
        alphas = []
        for hop in range(self.hops):
            alpha = torch.sigmoid(torch.einsum("bd,bsd->bs", u, memory)) * stories.mask
            if hop in looks:
                alpha = (torch.arange(alpha.shape[1]) == looks[hop].unsqueeze(1)).float()
            u = u + torch.einsum("bs,bsd->bd", alpha, memory)
            alphas.append(alpha)
        taken = torch.full((len(u),), self.hops)
        return HopOutputs(u @ self.words[:, 0].T, torch.stack(alphas, 1), taken, normalised=False)

    def config(self) -> dict[str, object]:
        sizes = {"width": self.width, "hops": self.hops}
        return {"network": "gates", "attention": "soft", "model": sizes, "vocabulary": list(self.lexicon.words)}


@dataclass(frozen=True)
class GatesSettings:
    width: int = 4
    epochs: int = 1


def build(config: Mapping) -> Gates:
    return Gates(Lexicon(config["vocabulary"]), config["model"]["width"], temperature(config))


def train(settings: GatesSettings, run: TrainingRun) -> Gates:
    torch.manual_seed(run.seed)
    tick = run.stage("gates", settings.epochs)
    network = Gates(lexicon(run.kept, answers=True), settings.width)
    for _ in range(settings.epochs):
        tick()
    return network


ENTRY = NetworkEntry(
    build=f"{HERE}:build",
    train=f"{HERE}:train",
    settings=f"{HERE}:GatesSettings",
    recipes={
        "gates-narrow": Recipe("Gates of width {width}, {hops} hops.", {"width": 2}),
        "gates": Recipe("Gates of width {width}, {hops} hops."),
    },
    knows="It knows next to nothing.",
)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(NETWORKS, "gates", ENTRY)


@pytest.fixture
def service(tmp_path) -> StoryService:
    torch.manual_seed(0)
    root = tmp_path / "checkpoints"
    network = Gates(Lexicon([*WORDS, "apple"]), 6)
    about = {"data": "nothing", "licence": "MIT", "seed": 0, "settings": {}}
    config = {"kind": "memory", **network.config(), **about}
    checkpoints.save(root / "gates", config, network.state_dict(), "# gates\n")
    return StoryService(root)


@pytest.fixture
def data(tmp_path) -> Path:
    folder = tmp_path / "tasks"
    folder.mkdir()
    write_tasks(folder)
    return folder


def test_it_answers_and_its_gates_are_its_own(service):
    (trace, *_) = service.answer_all(ASKED, "gates")
    assert trace.network == "gates" and not any(hop.normalised for hop in trace.hops)
    assert any(abs(sum(hop.alpha) - 1) > 0.1 for hop in trace.hops)
    assert StoryTrace.from_json(trace.to_json()) == trace


def test_a_look_that_is_moved_is_moved(service):
    probs = set()
    for look in range(len(STORY)):
        (trace,) = service.answer(STORY, [ASKED[0].question], "gates", HopDecisions({1: look}))
        assert trace.hops[1].forced and trace.hops[1].most == look and not trace.hops[0].forced
        probs.add(trace.prob)
    assert len(probs) > 1


def test_leaving_a_sentence_out_is_what_leaving_it_out_does(service):
    question = ASKED[0].question
    falls = service.leave_one_out(STORY, question, "gates")
    (whole,) = service.answer(STORY, [question], "gates")
    for i, fall in enumerate(falls):
        (without,) = service.answer([*STORY[:i], *STORY[i + 1 :]], [question], "gates", candidates=99)
        assert fall == pytest.approx(whole.prob - dict(without.candidates)[whole.answer], abs=1e-6)


def test_it_is_listed_after_those_before_it_in_the_registry(service):
    for name in ("memnn", "memn2n"):
        save_tiny(service.root, name)
    assert service.networks() == ["memn2n", "memnn", "gates"]
    assert list(recipes())[-2:] == ["gates-narrow", "gates"]
    assert sorted(["zebra", "gates", "ape", "story-only"], key=place) == ["story-only", "gates", "ape", "zebra"]


def test_it_is_trained_through_the_command_line_and_its_card_says_what_it_is(data, tmp_path, capsys):
    out = tmp_path / "run"
    command = [
        "train",
        "stories",
        "--dir",
        str(data),
        "--out",
        str(out),
        "--network",
        "gates-narrow",
        "--device",
        "cpu",
    ]
    assert main([*command, "--epochs", "3", "--hold-out", "0.2"]) == 0
    assert capsys.readouterr().out.splitlines() == [str(out / "gates-narrow")]
    service = StoryService(out)
    config = service.config("gates-narrow")
    assert config["settings"] == {"width": 2, "epochs": 3} and config["network"] == "gates"
    assert 0.1 <= config["temperature"] <= 100 and config["hold_out"]["share"] == 0.2
    card = (out / "gates-narrow" / checkpoints.CARD).read_text()
    for part in ("# gates-narrow: a memory network", "Gates of width 2, 2 hops.", "next to nothing", "- epochs: 3"):
        assert part in card
    (trace,) = service.answer(["Mary went to the garden."], ["Where is Mary?"], "gates-narrow")
    assert not trace.guess  # such questions were asked in training, and the checkpoint says so


def test_all_that_there_are_is_what_is_trained_unless_some_are_named(data, tmp_path):
    assert StoryTrainSettings(data, out=tmp_path / "run").networks == tuple(recipes())
    folders = train_stories(
        StoryTrainSettings(data, out=tmp_path / "run", networks=("gates", "gates-narrow"), device="cpu"),
        lambda label, steps: lambda: None,
    )
    widths = [checkpoints.read(folder).config["model"]["width"] for folder in folders]
    assert widths == [4, 2]


def test_it_is_scored_and_listed_by_the_command_line(service, data, tmp_path, capsys):
    root, results = str(service.root), service.root.parent / "results"
    where = ["--checkpoints", root, "--model", "gates", "--json"]
    assert main(["evaluate", "stories", "--dir", str(data), "--results", str(results), *where]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["model"] == "gates" and set(record["tasks"]) == {"1", "2"} and record["mean_facts"] is not None
    assert main(["models", "--checkpoints", root, "--json"]) == 0
    (listed,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert listed["name"] == "gates" and listed["scores"][0]["mean_error"] == record["mean_error"]
    story = tmp_path / "story.txt"
    story.write_text("\n".join(STORY))
    assert main(["answer", "--story", str(story), "--question", "Where is Mary?", "--checkpoints", root]) == 0
    assert "hop 1" in capsys.readouterr().out


# --- gates in metrics, words, pictures and files ----------------------------------------------------------------


def gated(*rows: Sequence[float]) -> StoryTrace:
    found = tuple(Hop(tuple(map(float, row)), None, normalised=False) for row in rows)
    return StoryTrace("g", "gates", "soft", "Where is Mary?", STORY, "office", 0.8, (("office", 0.8),), found)


def test_what_weights_may_be():
    assert Hop((0.9, 0.8, 0.0), None, normalised=False).most == 0
    assert Hop((0.0,), None, normalised=False).most is None
    for wrong in ({"alpha": (0.9, 0.8)}, {"alpha": (1.2, -0.2)}, {"alpha": (1.2, 0.1), "normalised": False}):
        with pytest.raises(ValueError, match="weight|Weight"):
            Hop(**{"glimpse": None, **wrong})


def test_a_trace_from_before_gates_reads_as_normalised():
    old = asdict(gated((0, 0, 0, 1)))
    del old["hops"][0]["normalised"]
    assert StoryTrace.from_json(json.dumps(old)).hops[0].normalised
    old["hops"][0]["alpha"] = [0.9, 0.9, 0.0, 0.0]
    with pytest.raises(ValueError, match="not the trace"):
        StoryTrace.from_json(json.dumps(old))


def test_gates_count_as_looks_where_they_are_widest_open():
    question = Question(STORY, "Where is Mary?", "office", (1, 3), 1, 0)
    right = score([question], [gated((0.2, 0.9, 0.8, 0.1), (0, 0, 0.3, 0.6))])
    assert (right.mean("facts"), right.mean("sequence"), right.mean_error) == (100, 100, 0)
    shut = score([question], [gated((0.2, 0.9, 0.8, 0.1), (0, 0, 0, 0))])
    assert (shut.mean("facts"), shut.mean("sequence")) == (0, 0)


def test_gates_in_words_and_in_the_picture():
    trace, rows = gated((0.7, 0.9, 0.6, 0.1), (0.0, 0.3, 0.0, 0.0), (0, 0, 0, 0)), range(4)
    said = [story_figures.describe_hop(trace, hop, rows) for hop in range(3)]
    assert said[0] == "looks most at sentence 2, its gate open to 90 %, and at 2 others"
    assert said[1] == "looks most at sentence 2, its gate open to 30 %"
    assert said[2] == "looks at no sentence"
    plain = gated((0.7, 0.9, 0.6, 0.1))
    assert story_figures.story_table([plain], rows).size[1] > 0
    assert story_figures.looked(trace) == [0.7, 0.9, 0.6, 0.1]


def test_gates_in_files_and_in_what_the_browser_is_given():
    trace = gated((0.7, 0.9, 0.6, 0.1))
    asked = [AnsweredQuestion("Where is Mary?", {"g": trace}, {}, [3])]
    lines = csv.DictReader(io.StringIO(story_csv(asked).decode("utf-8-sig")))
    assert [float(line["weight"]) for line in lines] == [0.7, 0.9, 0.6, 0.1]
    (question,) = json.loads(story_json(STORY, Changes(), asked))["questions"]
    assert question["answers"][0]["hops"][0]["normalised"] is False
    answers = [player.Answer("g", "gates", trace, trace)]
    payload = player.story_payload("id", STORY, Changes(), [("Where is Mary?", {"g": trace})], 0, answers)
    (hop,) = payload["networks"][0]["hops"]
    assert hop["alpha"] == [0.7, 0.9, 0.6, 0.1] and hop["most"] == 1 and "gate open" in hop["look"]


def test_the_registry_and_the_command_line_cost_no_torch():
    code = "import sys, core.memory.registry, core.__main__; assert 'torch' not in sys.modules"
    root = Path(__file__).resolve().parent.parent
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
