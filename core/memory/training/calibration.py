"""One temperature for a network's scores, fitted on held-out questions, so that it is as sure as it is right."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from core.data.babi import Question
from core.memory.reader import LexiconReader
from core.memory.training.questions import encode_questions

GRID = torch.logspace(-1, 2, 301)  # 0.1 to 100 in steps of 2.3 %


@torch.inference_mode()
def fit_temperature(network: LexiconReader, held: Sequence[Question]) -> float:
    """The temperature under which the held-out answers are likeliest; 1 where nothing is held out."""
    if not held:
        return 1.0
    told = encode_questions(held, network)
    scores = [network.consider(told.stories.batch(rows), {}).scores for rows in torch.arange(len(told)).split(200)]
    return best_temperature(torch.cat(scores), told.answer)


def best_temperature(scores: Tensor, answer: Tensor) -> float:
    """Of scores (N, A) and the right answers' numbers (N,); one that is -1, which no score is of, is left out."""
    losses = torch.stack([F.cross_entropy(scores / temperature, answer, ignore_index=-1) for temperature in GRID])
    return round(float(GRID[losses.argmin()]), 4)
