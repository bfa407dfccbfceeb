"""Stories as tensors: templates told apart once, names as one-hot mentions.

Sentences of a batch share few templates ("NAME went to the NAME"), so each template is encoded once however
often it occurs.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from core.memory.slots.names import MOST_MENTIONS, MOST_TOKENS, NAME, UNKNOWN, Reading, Sentence

SPECIAL = ("<pad>", NAME, UNKNOWN)


class Batch(NamedTuple):
    """B readings of up to N sentences with up to K names; U different templates.

    Attributes:
        tokens: (U, W) the templates' words, 0 after their ends.
        places: (U, P) where in its template each mention stands, 0 for none.
        template: (B, N + 1) which template each sentence has; the last is the question's.
        mentions: (B, N + 1, P) the number of the name at each mention, K for none.
        sentence: (B, N) True for a sentence, False for padding.
        name: (B, K) True for a name of the story.
    """

    tokens: Tensor
    places: Tensor
    template: Tensor
    mentions: Tensor
    sentence: Tensor
    name: Tensor


class Words:
    """Known words and their numbers."""

    def __init__(self, known: Sequence[str]):
        self.known = tuple(known)
        self.numbers = {word: i for i, word in enumerate((*SPECIAL, *self.known))}
        self.closed = frozenset(self.known)

    def __len__(self) -> int:
        return len(self.numbers)

    def encode(self, template: Sequence[str]) -> list[int]:
        return [self.numbers[word] for word in template]


def collate(readings: Sequence[Reading], words: Words) -> Batch:
    """Batch readings; the sentences of each story stand at the beginning of its row."""
    most = max(len(r.sentences) for r in readings)
    names = max(1, max(len(r.names) for r in readings))
    numbers: dict[tuple[str, ...], int] = {(): 0}

    def number(sentence: Sentence) -> int:
        return numbers.setdefault(sentence.template, len(numbers))

    template = torch.zeros(len(readings), most + 1, dtype=torch.long)
    mentions = torch.full((len(readings), most + 1, MOST_MENTIONS), names)
    sentence = torch.zeros(len(readings), most, dtype=torch.bool)
    name = torch.zeros(len(readings), names, dtype=torch.bool)
    for b, reading in enumerate(readings):
        n = len(reading.sentences)
        template[b, :n] = torch.tensor([number(s) for s in reading.sentences], dtype=torch.long)
        template[b, most] = number(reading.question)
        every = (*reading.sentences, reading.question)
        rows = torch.tensor([(*s.names, *[names] * (MOST_MENTIONS - len(s.names))) for s in every], dtype=torch.long)
        mentions[b, :n], mentions[b, most] = rows[:n], rows[n]
        sentence[b, :n] = True
        name[b, : len(reading.names)] = True
    width = max(1, max(len(t) for t in numbers))
    tokens = torch.zeros(len(numbers), width, dtype=torch.long)
    places = torch.zeros(len(numbers), MOST_MENTIONS, dtype=torch.long)
    for parts, u in numbers.items():
        tokens[u, : len(parts)] = torch.tensor(words.encode(parts), dtype=torch.long)
        where = [i for i, part in enumerate(parts) if part == NAME]
        places[u, : len(where)] = torch.tensor(where, dtype=torch.long)
    assert width <= MOST_TOKENS
    return Batch(tokens, places, template, mentions, sentence, name)
