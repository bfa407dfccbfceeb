"""What a captioner knows of words before it sees a photo: a language model, learnt from sentences without photos.

It is a captioner without attention that reads them beside an empty photo, one cell of zeros. All captioners begin as it
stands, with whatever of theirs has the same name and shape.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import nn

from core.captioning.captioner import Captioner
from core.captioning.training.teacher_forcing import Captions, LossWeights, TeacherForcing, collate
from core.captioning.vocabulary import UNKNOWN, Vocabulary
from core.checkpoints.modules import set_dropout
from core.training.devices import own_rows
from core.training.fit import BatchLoss, clip_norm, fit
from core.training.progress import Stage
from core.training.schedule import warm_cosine

LENGTHS = (4, 20)  # words of the sentences that are learnt from
BATCH, POOL = 256, 64  # sentences a step; batches that are cut from one pool sorted by length, to pad little
RATE, DROPOUT = 2e-3, 0.2


def learnable(sentences: Sequence[Sequence[str]], vocabulary: Vocabulary) -> list[list[int]]:
    """The sentences of a usual length all of whose words are known, as word numbers."""
    encoded = (vocabulary.encode(words) for words in sentences if LENGTHS[0] <= len(words) <= LENGTHS[1])
    return [numbers for numbers in encoded if UNKNOWN not in numbers]


def train_language(
    captioner: Captioner,
    sentences: Sequence[list[int]],
    epochs: int,
    fabric: Fabric,
    path: Path,
    stage: Stage,
    rate: float = RATE,
) -> None:
    """Train a captioner without attention in place on sentences, as word numbers; resumes from ``path``."""
    set_dropout(captioner, DROPOUT)
    model = TeacherForcing(captioner, LossWeights(smoothing=0.0, doubly=0.0, looks=0.0))
    batch = min(BATCH, len(sentences))

    def begin(epoch: int) -> list[Captions]:
        rng = random.Random(epoch)
        order = rng.sample(range(len(sentences)), len(sentences))
        batches = []
        for first in range(0, len(order), batch * POOL):
            pool = sorted(order[first : first + batch * POOL], key=lambda i: len(sentences[i]))
            batches += [pool[at : at + batch] for at in range(0, len(pool) - batch + 1, batch)]
        rng.shuffle(batches)
        return [collate([(0, sentences[i]) for i in chosen[own_rows(fabric)]]) for chosen in batches]

    def loss(module: nn.Module, captions: Captions) -> BatchLoss:
        nothing = torch.zeros(1, 1, captioner.sizes.channels, device=fabric.device)
        return BatchLoss(module(nothing, captions.to(fabric.device)), weight=captions.words)

    warm = min(50, epochs * len(begin(0)) // 10 + 1)
    fit(
        fabric, path, model, torch.optim.AdamW(captioner.parameters(), lr=rate, betas=(0.9, 0.98)), label="language",
        epochs=epochs, begin=begin, loss=loss, clip=clip_norm(5.0, captioner), schedule=warm_cosine(warm), stage=stage,
    )  # fmt: skip
    captioner.cpu()


def begin_as(captioner: Captioner, other: Captioner) -> None:
    """Give a captioner those weights of another one that have its own names and shapes."""
    own = captioner.state_dict()
    same = {name: x for name, x in other.state_dict().items() if name in own and own[name].shape == x.shape}
    captioner.load_state_dict({**own, **same})
