"""What the encoder is shown: pictures of scenes, and which words can be found in each.

While the encoder learns, every cell of its grid scores every findable word, and the log-mean-exp over the cells says
whether the scene shows it, as for photos (:mod:`core.captioning.training.words`). No box takes part.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from core.data.scenes import WORDS, Scene
from core.scenes.encoder import SceneEncoder

# Words that are seen in one place. "Left of" and "above" are seen nowhere, but between two places.
FINDABLE = tuple(word for word in WORDS if word not in ("a", "an", "left", "of", "above"))


def draw_all(scenes: Sequence[Scene]) -> Tensor:
    """The scenes' pictures as uint8 (N, 3, 96, 96)."""
    pictures = [torch.from_numpy(np.asarray(scene.picture()).copy()) for scene in scenes]
    return torch.stack(pictures).permute(0, 3, 1, 2)  # channels last in memory


def findable(scenes: Sequence[Scene]) -> Tensor:
    """(N, words) 1 for every findable word of a scene's sentence."""
    return torch.tensor([[float(word in scene.words) for word in FINDABLE] for scene in scenes])


@torch.no_grad()
def renew_statistics(encoder: SceneEncoder, pictures: Tensor) -> None:
    """Measure averaged weights' batch-norm statistics anew: those of the weights in training are not theirs."""
    device = next(encoder.parameters()).device
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # a plain mean over what follows
    encoder.train()
    for part in torch.split(pictures, 128):
        encoder(part.to(device))
    encoder.eval()
