"""The tour: its files are read or refused in a sentence, and what its exhibits compute is what the models compute."""

import base64
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import WORDS, save_tiny_models
from tiny_networks import STORY, save_tiny, tiny

from core.attention import attend
from core.captioning.service import CaptionService
from core.captioning.settings import Decisions, Settings
from core.memory.registry import StoryQuery
from core.memory.service import StoryService
from core.tour import ROOT, TourError, captions, chance, order, read_tour, read_tours, stories
from core.tour.exhibits import EXHIBITS
from core.views import lab

STEP = """+++
title = "A step"
[show]
exhibit = "by-hand"
story = ["Mary went home."]
question = "Where is Mary?"
[question]
ask = "Which?"
right = 2
[[question.choices]]
says = "one"
reply = "No."
[[question.choices]]
says = "two"
reply = "Because."
+++
Text.
"""


@pytest.fixture
def folder(tmp_path):
    """A tour of one step."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "tour.toml").write_text('title = "Mine"\nminutes = 5\nabout = "Of mine."\nsteps = ["one.md"]\n')
    (folder / "one.md").write_text(STEP)
    return folder


def test_the_shipped_tours_can_be_read_and_every_exhibit_is_in_one():
    tours = read_tours()
    assert list(tours) == ["glimpse", "ten-minutes"]
    steps = [step for tour in tours.values() for step in tour.steps]
    assert {step.exhibit for step in steps} == set(EXHIBITS)
    assert all(step.question for step in steps)
    assert tours["glimpse"].steps[0] == tours["ten-minutes"].steps[0]  # a step may be another tour's


def test_a_tour_that_somebody_wrote(folder):
    (step,) = read_tour(folder).steps
    assert (step.title, step.text, step.exhibit) == ("A step", "Text.", "by-hand")
    assert step.settings == {
        "story": ("Mary went home.",),
        "question": "Where is Mary?",
        "network": "memn2n",
        "hop": 1,
    }
    assert step.question.right == 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('title = "A step"', "", '"title" is missing'),
        ('title = "A step"', "title = 3", '"title" must be a text'),
        ('title = "A step"', 'title = "A step"\ncolour = "red"', '"colour" is not known'),
        ('title = "A step"', "title = A step", "not TOML"),
        ("+++\ntitle", "title", "begins with a line"),
        ('"by-hand"', '"by-foot"', 'no exhibit "by-foot"'),
        ('question = "Where is Mary?"', 'photo = "cat"', "“photo” cannot be set here"),
        ('story = ["Mary went home."]', "story = []", "story is empty"),
        ('story = ["Mary went home."]', "story = 3", "list of sentences"),
        ('question = "Where is Mary?"', "hop = 0", "whole number from 1"),
        ('question = "Where is Mary?"', 'network = "../x"', "name of a folder"),
        ('[[question.choices]]\nsays = "two"\nreply = "Because."\n', "", "two to five choices"),
        ('reply = "No."\n', "", '"question.choices.reply" is missing'),
        ('reply = "No."', 'reply = "No."\nright = true', '"question.choices.right" is not known'),
        (
            STEP[STEP.index("[[") : STEP.rindex("+++")],
            'choices = ["one", "two"]\n',
            "must be tables, [[question.choices]]",
        ),
        ("right = 2", "right = 3", '"question.right" must be a whole number from 1 to 2'),
        ("Text.", "x" * 2001, "at most 2,000"),
        ("Text.", "x" * 40_000, "too large"),
        ("[question]", '[link]\npage = "../../etc"\n[question]', "a link leads to one of"),
    ],
)
def test_every_mistake_is_told_in_a_sentence(folder, before, after, said):
    (folder / "one.md").write_text(STEP.replace(before, after, 1))
    with pytest.raises(TourError, match="one.md") as error:
        read_tour(folder)
    assert said in str(error.value) and str(error.value).endswith(".")


@pytest.mark.parametrize(
    "steps",
    ['["../../x.md"]', '["/etc/passwd"]', '["two.md"]', "[]", '"one.md"', '["one.md"', str(["one.md"] * 31)],
)
def test_steps_that_are_none(folder, steps):
    (folder / "tour.toml").write_text(f'title = "Mine"\nminutes = 5\nabout = "Of mine."\nsteps = {steps}\n')
    with pytest.raises(TourError):
        read_tour(folder)


def test_a_broken_tour_does_not_hide_the_others(folder):
    shutil.copytree(ROOT / "glimpse", folder.parent / "glimpse")
    (folder / "one.md").write_bytes(b"\xff\xfe")
    told = []
    assert list(read_tours(folder.parent, told.append)) == ["glimpse"]
    assert "UTF-8" in str(told[0])
    with pytest.raises(TourError):
        read_tours(folder.parent)


# --- what the exhibits compute -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return CaptionService(save_tiny_models(tmp_path_factory.mktemp("tour") / "checkpoints", ending=-8))


@pytest.fixture(scope="module")
def grid():
    return torch.rand((1, 256, 512), generator=torch.Generator().manual_seed(0))


SAID = ["a", "dog", "runs"]


@pytest.mark.parametrize("model", ["none", "soft", "hard"])
def test_the_step_by_hand_is_the_lstms_own(service, grid, model):
    with service.opened(model) as (captioner, vocabulary):
        found = captions.recurrence(captioner, vocabulary, grid, SAID)
        token, state, scene = captions.before(captioner, vocabulary, grid, SAID)
        with torch.inference_mode():
            after = captioner.step(token, state, scene).state
    assert found.h_new == pytest.approx(after.h[0].numpy(), abs=1e-6)
    assert found.c_new == pytest.approx(after.c[0].numpy(), abs=1e-6)
    assert found.last == "runs" and found.h == pytest.approx(state.h[0].numpy())
    assert not np.allclose(found.h, found.h_new)


def test_at_temperature_one_the_next_words_are_those_of_decoding(service, grid):
    with service.opened("soft") as (captioner, vocabulary):
        found = captions.query(captioner, vocabulary, grid, SAID, (1.0,))
    decisions = Decisions(dict(enumerate([*SAID, "grass"])))
    (trace,) = service.caption(grid, "soft", Settings("greedy"), decisions)
    step = trace.steps[3]
    shown = [(word, p) for word, p in found.words[0] if word != captions.ENDS]
    assert [word for word, _ in shown] == [word for word, _ in step.candidates[: len(shown)]]
    assert [p for _, p in shown] == pytest.approx([p for _, p in step.candidates[: len(shown)]], rel=1e-2)
    assert lab.weights(found.scores, 1.0) == pytest.approx(np.array(step.alpha).ravel(), abs=1e-4)


def test_the_temperatures_go_from_hard_to_none(service, grid):
    with service.opened("soft") as (captioner, vocabulary), torch.inference_mode():
        found = captions.query(captioner, vocabulary, grid, SAID)
        _, state, scene = captions.before(captioner, vocabulary, grid, SAID)
        scores = captioner.score(state.h, scene.keys)
    bits = [-sum(a * np.log2(a) for a in lab.weights(found.scores, t) if a > 0) for t in found.temperatures]
    assert bits == sorted(bits) and bits[0] == 0 and bits[-1] == pytest.approx(np.log2(256))
    for t, kind in ((0.0, "hard"), (1.0, "soft"), (float("inf"), "none")):
        expected = attend(kind, scores, scene.values).glimpse[0].numpy()
        assert lab.weights(found.scores, t) @ found.values == pytest.approx(expected, abs=1e-4)


def test_without_attention_there_is_no_query(service, grid):
    with service.opened("none") as (captioner, vocabulary), pytest.raises(ValueError, match="no attention"):
        captions.query(captioner, vocabulary, grid, SAID)


def test_a_captioner_that_forgets_says_the_same_after_the_same_word(service, grid):
    with service.opened("soft") as (captioner, vocabulary):
        after, sentence = captions.after_last_word(captioner, vocabulary, grid, ["", *WORDS])
    follow = {word: words[0][0] for word, words in zip(["", *WORDS], after, strict=True)}
    assert sentence[0] == follow[""]
    assert sentence[1:] == [follow[word] for word in sentence[:-1]]


def test_many_draws_with_a_baseline_find_the_exact_gradient(service, grid):
    with service.opened("hard") as (captioner, vocabulary):
        few, many = (
            chance.score_function(captioner, vocabulary, grid[0], (16, 16), SAID, 1, n, 0) for n in (3, 20_000)
        )
    assert many.agrees["expected reward"] > 0.9 > few.agrees["expected reward"]
    assert many.agrees["expected reward"] > many.agrees["none"]
    assert many.expected == pytest.approx(many.alpha @ many.reward, rel=1e-5)
    assert many.better.sum() == pytest.approx(1) and all(many.better[many.reward < many.expected] == 0)


def test_the_lab_is_told_values_that_are_nearly_the_models(service, grid):
    with service.opened("soft") as (captioner, vocabulary):
        found = captions.query(captioner, vocabulary, grid, SAID)
    data = lab.payload("temperature", Image.new("RGB", (60, 40)), "A photo", found, SAID, (16, 16), "id")
    values = np.frombuffer(base64.b64decode(data["values"]), "<i2").reshape(256, -1) * data["largest"] / 32767
    assert values == pytest.approx(found.values, abs=data["largest"] / 32000)
    assert [stop["kind"] for stop in data["stops"] if stop["kind"]] == ["hard", "soft", "none"]
    assert data["before"] == "a dog runs"


@pytest.mark.parametrize("name", ["memn2n", "memn2n-none"])
@pytest.mark.parametrize("length", [1, 4, 12])
def test_memn2n_by_hand(name, length):
    network, story = tiny(name), (STORY * 3)[:length]
    found = stories.by_hand(network, story, "Where is Mary?")
    (trace,) = network.answer([StoryQuery(story, "Where is Mary?")])
    skipped = len(story) - len(found.hops[0].weights)
    for hop, own in zip(found.hops, trace.hops, strict=True):
        assert hop.weights == pytest.approx(own.alpha[skipped:], abs=1e-5)
        assert hop.gate == pytest.approx(own.gate, abs=1e-5)
    assert found.answers[0][0] == trace.answer
    assert [p for _, p in found.answers] == pytest.approx([p for _, p in trace.candidates[:5]], abs=1e-5)


def test_the_products_shown_are_the_largest():
    hop = stories.by_hand(tiny("memn2n"), STORY, "Where is Mary?").hops[0]
    shown = [abs(a * b) for a, b in hop.products(1)]
    assert shown == sorted(np.abs(hop.query * hop.memories[1]), reverse=True)[:3]


def test_memnn_takes_the_sentences_of_its_trace(tmp_path):
    save_tiny(tmp_path, "memnn")
    service = StoryService(tmp_path)
    for question in ("Where is Mary?", "Where is the milk?"):
        (trace,) = service.answer(STORY, [question], "memnn")
        hops = stories.hard_hops(service.network("memnn"), STORY, question)
        assert [hop.choice for hop in hops if hop.choice is not None] == [hop.glimpse for hop in trace.hops]
        for hop in hops:
            won = [n for n, closest in enumerate(hop.closest) if closest is not None and closest > 0]
            assert hop.choice is None or won in ([], [hop.choice])


def test_a_query_scored_by_adding_and_by_multiplying(service, grid):
    """To first order in the keys the query made for it scores as the sum does, up to what all cells share."""
    with service.opened("soft") as (captioner, vocabulary), torch.inference_mode():
        found = captions.scored(captioner, vocabulary, grid, SAID)
        _, state, slots = captions.before(captioner, vocabulary, grid, SAID)
        q, small = captioner.score.query(state.h)[0], slots.keys[0] * 1e-3
        e = captioner.score(state.h, small[None])[0]
        assert found.additive == pytest.approx(captioner.score(state.h, slots.keys)[0].numpy(), abs=1e-6)
        assert found.dot == pytest.approx((slots.keys[0] @ q / slots.keys.shape[2] ** 0.5).numpy(), abs=1e-5)
    apart = [(x - x.mean()).numpy() for x in (e * 1e3, torch.from_numpy(found.ready))]
    assert apart[0] == pytest.approx(apart[1], abs=0.02 * float(np.abs(apart[1]).max()))
    assert found.agrees(found.additive) == pytest.approx(1) and found.agrees(-found.additive) == pytest.approx(-1)
    assert found.agrees(np.ones(256)) == 0


@pytest.mark.parametrize("name", ["memn2n", "dmn", "story-transformer"])
def test_without_its_sense_of_time_only_a_network_that_walks_through_the_story_knows_the_order(name):
    network = tiny(name)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    found = order.exchanged(network, STORY, "Where is Mary?", 1, 3)
    assert found.timed[0].sentences == STORY and found.timed[1].sentences == (STORY[0], STORY[3], STORY[2], STORY[1])
    assert not order.same(*found.timed)
    assert order.same(*found.timeless) == (name != "dmn")
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_sentences_that_are_not_there_cannot_be_exchanged():
    with pytest.raises(ValueError, match="4 sentences"):
        order.exchanged(tiny("memn2n"), STORY, "Where is Mary?", 0, 4)
    with pytest.raises(ValueError, match="sense of time"):
        order.exchanged(tiny("memnn"), STORY, "Where is Mary?", 0, 1)
