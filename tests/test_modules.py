"""Models without weights: nothing is drawn, and nothing is left over."""

import pytest
import torch

from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.encoders.efficientnet_b4 import EfficientNetB4
from core.checkpoints.modules import init_empty_weights


@pytest.mark.parametrize(
    "make", [EfficientNetB4, lambda: LSTMCaptioner(LSTMSizes("soft", 20, 12))], ids=["encoder", "captioner"]
)
def test_a_filled_model_is_the_one_whose_weights_it_was_given(make):
    model = make()
    before = torch.random.get_rng_state()
    with init_empty_weights():
        empty = make()
    assert torch.equal(torch.random.get_rng_state(), before)
    assert all(tensor.is_meta for tensor in empty.state_dict().values())
    empty.load_state_dict(model.state_dict(), assign=True)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), empty.parameters(), strict=True))
    assert torch.empty(1).device.type == "cpu"  # the context has ended
