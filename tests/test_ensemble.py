"""Captioners that speak as one: the mean of what each of them would say on its own."""

import pytest
import torch

from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.captioners.transformer import TransformerCaptioner, TransformerSizes
from core.captioning.decoding import decode
from core.captioning.ensemble import Ensemble
from core.captioning.settings import Settings
from core.captioning.vocabulary import END, START, Vocabulary

WORDS = Vocabulary(["a", "red", "blue", "ball", "cup", "left", "right"])
GRID = (2, 3)


def lstm(attention: str, seed: int, channels: int = 8) -> LSTMCaptioner:
    torch.manual_seed(seed)
    made = LSTMCaptioner(LSTMSizes(attention, len(WORDS), channels=channels, value=8, key=4, embedding=8, hidden=8))
    made.bias.data[END] = 1.0
    return made.eval()


def transformer() -> TransformerCaptioner:
    torch.manual_seed(5)
    return TransformerCaptioner(
        TransformerSizes("soft", len(WORDS), channels=8, value=8, size=8, layers=1, heads=2, inner=8)
    ).eval()


def grids(count: int) -> torch.Tensor:
    return torch.randn(count, 6, 8, generator=torch.manual_seed(3))


@torch.inference_mode()
def test_its_probabilities_are_the_mean_of_the_members_each_with_a_state_of_its_own():
    members = [lstm("soft", 1), lstm("none", 2), transformer()]
    ensemble = Ensemble(members)
    slots, state = ensemble.view(grids(2))
    own = [member.view(grids(2)) for member in members]
    tokens = torch.tensor([START, START])
    for words in ([4, 5], [6, 4], [5, 5]):
        step = ensemble.step(tokens, state, slots)
        probs = []
        for n, member in enumerate(members):
            alone = member.step(tokens, own[n][1], own[n][0])
            own[n] = (own[n][0], alone.state)
            probs.append(member.read_out(alone.deep).softmax(-1))
        mean = torch.stack(probs).mean(0)
        torch.testing.assert_close(ensemble.read_out(step.deep).softmax(-1), mean)
        state, tokens = step.state, torch.tensor(words)


@pytest.mark.parametrize("settings", [Settings("greedy"), Settings(beam=3)], ids=["greedy", "beam"])
def test_one_that_is_alone_says_what_it_says_by_itself(settings):
    alone = lstm("soft", 1)
    one, other = (decode(each, WORDS, grids(3), GRID, settings) for each in (alone, Ensemble([alone])))
    assert [trace.words for trace in one] == [trace.words for trace in other]
    assert [trace.log_prob for trace in one] == pytest.approx([trace.log_prob for trace in other], abs=1e-5)


def test_members_must_see_the_same_grid():
    with pytest.raises(ValueError, match="the same grid"):
        Ensemble([lstm("soft", 1), lstm("soft", 1, channels=4)])
    with pytest.raises(ValueError, match="the same"):
        Ensemble([])
