"""What another captioner says of the photos that are learnt from: captions to read beside those that people wrote.

Distillation of sequences (Kim and Rush 2016, section 3.2): the captions that a teacher's beam search ends with stand
for all that it would say. They are more alike than people's, so one that begins anew learns from them in an hour what
took its teacher many; and what the teacher learnt from a reward is in them. So are its habits, which would grow:
captions in which a word of content comes twice ("a kitchen with a kitchen") are left out.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from core.captioning.captioner import Captioner
from core.captioning.decoding import beams
from core.captioning.encoder import Encoder
from core.captioning.settings import Settings
from core.captioning.training.examples import TrainingPhotos, every_other
from core.captioning.training.words import FUNCTION_WORDS
from core.captioning.vocabulary import Vocabulary
from core.checkpoints.modules import autocast
from core.files import write_whole
from core.training.progress import Stage

BATCH = 32  # photos at a time


@torch.inference_mode()
def distil(
    teacher: Captioner,
    vocabulary: Vocabulary,
    encoder: Encoder,
    data: TrainingPhotos,
    beam: int,
    path: Path,
    stage: Stage,
) -> dict[int, list[list[str]]]:
    """The captions that a teacher's beam search ends with, ``beam`` at most, of each photo that is learnt from.

    Without those that say a word of content twice; of some photos none is left.

    It sees the photos as they are, a quarter of their cells, as captioners do in training.

    Args:
        vocabulary: the teacher's.
        path: where they are kept; read from there if they are.
    """
    if path.exists():
        return {int(i): captions for i, captions in json.loads(path.read_text("utf-8")).items()}
    teacher.eval()
    encoder.eval()
    rng = random.Random(data.seed)
    distilled: dict[int, list[list[str]]] = {}
    tick = stage("captions of the teachers", -(-len(data.rows) // BATCH))
    for first in range(0, len(data.rows), BATCH):
        rows = data.rows[first : first + BATCH]
        cells = every_other(data.grid, (rng.randint(0, 1), rng.randint(0, 1)))
        features = torch.stack([torch.from_numpy(data.views["plain"][i]) for i in rows]).float()
        with autocast():
            grids: Tensor = encoder.learnt(features)[:, cells].float()
            found = beams(teacher, vocabulary, grids, Settings(beam=beam, candidates=1))
        distilled |= {i: _sound(vocabulary, captions[:beam]) for i, captions in zip(rows, found, strict=True)}
        tick()
    write_whole(path, json.dumps(distilled))
    return distilled


def _sound(vocabulary: Vocabulary, captions: Sequence[Sequence[int]]) -> list[list[str]]:
    """As words, those that say no word of content twice."""
    sound = []
    for caption in captions:
        words = [vocabulary.word(word) for word in caption]
        content = [word for word in words if word not in FUNCTION_WORDS]
        if len(set(content)) == len(content):
            sound.append(words)
    return sound
