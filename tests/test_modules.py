"""Models without weights: nothing is drawn, nothing is left over, and torch's compiler stays away."""

import subprocess
import sys

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


@pytest.mark.slow
def test_the_first_caption_comes_without_torchs_compiler():
    """But for what torchvision, of whose layers the encoder is made, imports of it."""
    script = (
        "import sys; from core.captioning import gallery; from core.captioning.service import CaptionService; "
        "service = CaptionService(); "
        "service.caption(service.encode([gallery.load('ball')]), 'soft'); "
        "print([name for name in ('torch._inductor', 'triton') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
