"""The transformer: against its equations worked out here head by head, and against itself read in another way."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from core import checkpoints
from core.captioning.captioner import Captioner
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.captioners.transformer import TransformerCaptioner, TransformerSizes, places
from core.captioning.decoding import decode
from core.captioning.registry import CAPTIONERS
from core.captioning.settings import Settings
from core.captioning.training.language import begin_as
from core.captioning.training.teacher_forcing import LossWeights, TeacherForcing, collate, teacher_forced
from core.captioning.vocabulary import START, Vocabulary
from core.checkpoints import CheckpointError

WORDS = Vocabulary(["a", "dog", "cat", "runs", "red", "on", "grass", "jumps"])
CELLS, CHANNELS, HEADS, LAYERS = 6, 8, 2, 3
CAPTIONS = [(0, [3, 4, 5]), (1, [6, 3]), (1, [7, 8, 4, 5, 9, 3])]  # of two photos, in no order of length


def captioner(seed: int = 0, kind: str = "soft") -> TransformerCaptioner:
    torch.manual_seed(seed)
    sizes = TransformerSizes(kind, len(WORDS), CHANNELS, value=10, size=12, layers=LAYERS, heads=HEADS, inner=14)
    made = TransformerCaptioner(sizes).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(1.5).add_(0.1 * torch.randn_like(parameter))
    return made


def grids(count: int = 2) -> Tensor:
    return torch.randn(count, CELLS, CHANNELS, generator=torch.Generator().manual_seed(1))


def by_hand(model: TransformerCaptioner, grid: Tensor, tokens: list[int]) -> tuple[Tensor, Tensor]:
    """Of one photo (S, channels) and the words so far: the last one's deep output (D,), and its weights (L, H, S)."""
    size, each = model.sizes.size, model.sizes.size // HEADS
    cells = model.values(grid)
    x = [math.sqrt(size) * model.embed.weight[word] for word in tokens]
    for place, vector in enumerate(x):
        for pair in range(size // 2):
            angle = place / 10_000 ** (2 * pair / size)
            x[place] = vector = vector + F.one_hot(torch.tensor(2 * pair), size) * math.sin(angle)
            x[place] = vector = vector + F.one_hot(torch.tensor(2 * pair + 1), size) * math.cos(angle)
    weights = []
    for layer in model.layers:
        own = [layer.words(layer.before_words(vector)) for vector in x]
        u, v = [], []
        for t in range(len(x)):
            told = []
            for head in range(HEADS):
                part = slice(head * each, (head + 1) * each)
                scores = torch.stack([own[t][:size][part] @ own[s][size : 2 * size][part] for s in range(t + 1)])
                alpha = (scores / math.sqrt(each)).softmax(0)
                told.append(sum(alpha[s] * own[s][2 * size :][part] for s in range(t + 1)))
            u.append(x[t] + layer.from_words(torch.cat(told)))
        for t in range(len(x)):
            keys, values = layer.cells(cells).chunk(2, dim=1)
            query, seen, looks = layer.query(layer.before_cells(u[t])), [], []
            for head in range(HEADS):
                part = slice(head * each, (head + 1) * each)
                looks.append((keys[:, part] @ query[part] / math.sqrt(each)).softmax(0))
                seen.append(looks[-1] @ values[:, part])
            v.append(u[t] + layer.from_cells(torch.cat(seen)))
        weights.append(torch.stack(looks))
        x = [vector + layer.inner(layer.before_inner(vector)) for vector in v]
    return model.norm(x[-1]), torch.stack(weights)


@torch.no_grad()
def test_a_step_is_what_the_equations_say():
    model, grid, words = captioner(), grids(1), [START, 4, 7, 3]
    slots, state = model.view(grid)
    for t, word in enumerate(words):
        step = model.step(torch.tensor([word]), state, slots)
        deep, weights = by_hand(model, grid[0], words[: t + 1])
        torch.testing.assert_close(step.deep[0], deep, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(step.look.alpha[0], weights, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(step.look.mean[0], weights.mean((0, 1)))
        state = step.state
    assert state.keys.shape == (1, LAYERS, HEADS, len(words), 6)


@torch.no_grad()
def test_reading_captions_at_once_equals_word_by_word():
    model, captions = captioner(), collate(CAPTIONS)
    at_once = teacher_forced(model, grids(), captions)

    class Patient(TransformerCaptioner):
        read = Captioner.read

    patient = Patient(model.sizes).eval()
    patient.load_state_dict(model.state_dict())
    stepped = teacher_forced(patient, grids(), captions)
    assert at_once.look.alpha.shape == (sum(captions.lengths.tolist()), LAYERS, HEADS, CELLS)
    torch.testing.assert_close(at_once.logits, stepped.logits, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(at_once.look.alpha, stepped.look.alpha, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(at_once.look.glimpse, stepped.look.glimpse, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(at_once.attended, stepped.attended)


@torch.no_grad()
def test_no_word_knows_of_one_that_comes_after_it():
    model, seen = captioner(), grids(1)
    one, other = (teacher_forced(model, seen, collate([(0, words)])) for words in ([3, 4, 5, 6], [3, 4, 8, 7]))
    torch.testing.assert_close(one.logits[:3], other.logits[:3])  # the third word is read out before it is known
    assert not torch.allclose(one.logits[3], other.logits[3], atol=1e-3)


@torch.no_grad()
def test_a_gaze_masks_the_cells_of_all_heads_of_all_layers_and_nothing_before_it():
    model = captioner()
    slots, state = model.view(grids(1))
    first = model.step(torch.tensor([START]), state, slots)
    mask = torch.zeros(1, CELLS, dtype=torch.bool)
    mask[0, [1, 4]] = True
    free, confined = (model.step(torch.tensor([4]), first.state, slots, cells) for cells in (None, mask))
    assert bool((confined.look.alpha[..., ~mask[0]] == 0).all())
    torch.testing.assert_close(confined.look.alpha.sum(-1), torch.ones(1, LAYERS, HEADS))
    was = free.look.alpha[0, 0][:, [1, 4]]  # before the first layer's look nothing differs
    torch.testing.assert_close(confined.look.alpha[0, 0][:, [1, 4]], was / was.sum(1, keepdim=True))
    torch.testing.assert_close(confined.state.keys[:, :, :, :1], first.state.keys)


@torch.no_grad()
def test_it_writes_what_it_wrote_before_it_was_saved(tmp_path):
    model = captioner()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half())  # as checkpoints hold weights
    config = {"kind": "captioner", "attention": "soft", **model.to_config(), "data": "nothing", "licence": "MIT"}
    checkpoints.save(tmp_path / "one", {**config, "settings": {}}, model.state_dict(), "# One\n")
    opened, read = CAPTIONERS.open(tmp_path / "one")
    assert read["architecture"] == "transformer" and opened.sizes == model.sizes
    settings = Settings(beam=3, max_words=8)
    assert decode(opened, WORDS, grids(), (2, 3), settings) == decode(model, WORDS, grids(), (2, 3), settings)


@pytest.mark.parametrize(
    "wrong",
    [{"heads": 5}, {"heads": 0}, {"attention": "hard"}, {"size": 7, "heads": 7}, {"inner": -1}, {"layers": "2"}],
)
def test_a_config_of_impossible_sizes_is_refused(wrong, tmp_path):
    config = captioner().to_config()
    broken = {"kind": "captioner", **config, "model": {**config["model"], **wrong}, "data": "", "licence": ""}
    checkpoints.save(tmp_path / "one", {**broken, "settings": {}}, captioner().state_dict(), "# One\n")
    with pytest.raises(CheckpointError):
        CAPTIONERS.open(tmp_path / "one")


def test_places_tell_words_apart_wherever_the_counting_begins():
    told = places(0, 50, 12)
    torch.testing.assert_close(places(17, 3, 12), told[17:20])
    assert float((told.unsqueeze(0) - told.unsqueeze(1)).norm(dim=2).add(torch.eye(50) * 9).min()) > 0.1


def test_it_begins_with_the_eyes_and_words_of_soft():
    lstm = LSTMCaptioner(LSTMSizes("soft", len(WORDS), CHANNELS, value=10, key=6, embedding=12, hidden=8))
    model = captioner()
    was = model.state_dict()["layers.0.query.weight"].clone()
    begin_as(model, lstm)
    for name in ("values.1.weight", "embed.weight", "bias"):
        assert torch.equal(model.state_dict()[name], lstm.state_dict()[name])
    assert torch.equal(model.state_dict()["layers.0.query.weight"], was)


def test_boxes_teach_the_first_head_of_every_layer_and_leave_the_others_free():
    model = captioner().train()
    captions = collate([(0, [3, 4, 5]), (1, [4, 3])], [{1: 0}, {0: 1}])
    covers = F.one_hot(torch.tensor([2, 4]), CELLS).float()
    learning = TeacherForcing(model, LossWeights(doubly=0.0, looks=1.0))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(150):
        loss = learning(grids(), captions, covers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    alpha = teacher_forced(
        model.eval(), grids(), captions
    ).look.alpha  # words step after step, the longer caption first
    assert float(alpha[2, :, 0, 2].min()) > 0.8 and float(alpha[1, :, 0, 4].min()) > 0.8
    assert float(alpha[[2, 1], :, 1][:, :, [2, 4]].max(2).values.min()) < 0.6


@torch.no_grad()
def test_without_attention_every_head_sees_the_mean():
    model = captioner(kind="none")
    forced = teacher_forced(model, grids(), collate(CAPTIONS))
    torch.testing.assert_close(forced.look.alpha, torch.full_like(forced.look.alpha, 1 / CELLS))
