"""Stories as numbers: a table of the distinct sentences, and for each question which of its rows are its memory.

A sentence becomes a vector as in Sukhbaatar et al. 2015 (section 4.1, "position encoding"): the sum of its words'
vectors, each weighted by its place in the sentence, so that "north of the kitchen" and "the kitchen north of" differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from core.memory.registry import StoryQuery
from core.memory.story import tokens


class Lexicon:
    """A two-way map between words and the numbers 0, 1, ...; an answer of several words is a word of its own."""

    def __init__(self, words: Iterable[str]):
        self.words = tuple(words)
        self._number = {word: number for number, word in enumerate(self.words)}
        if len(self._number) != len(self.words):
            raise ValueError("A lexicon holds each word once.")

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._number

    def get(self, word: str, otherwise: int) -> int:
        """The number of a word; ``otherwise`` where it is not known."""
        return self._number.get(word, otherwise)

    def unknown(self, text: str) -> tuple[str, ...]:
        """The words of a sentence that are not in here."""
        return tuple(word for word in tokens(text) if word not in self)


@dataclass(frozen=True)
class Stories:
    """B questions about stories, as numbers.

    Attributes:
        words: (U, L) the words of U distinct sentences and questions; after the last of a sentence, 0.
        place: (U, L) where in its sentence a word stands: (2j - J - 1) / J for the j-th of J words, -1 to 1.
        within: (U, L) 1 for a word, 0 for one that is not known and after the last.
        memory: (B, S) rows of the table: the sentences that each question may look at, oldest first; -1 after the last.
        question: (B,) rows of the table.
    """

    words: Tensor
    place: Tensor
    within: Tensor
    memory: Tensor
    question: Tensor

    @property
    def mask(self) -> Tensor:
        """(B, S) True where there is a sentence."""
        return self.memory >= 0

    @property
    def ages(self) -> Tensor:
        """(B, S) how many sentences were told after each; 0 for the most recent, and where there is none."""
        mask = self.mask
        return (mask.sum(1, keepdim=True) - 1 - torch.arange(mask.shape[1], device=mask.device)).clamp(min=0)

    def to(self, device: torch.device | str) -> "Stories":
        return Stories(*(getattr(self, field.name).to(device) for field in fields(self)))

    def batch(self, rows: Tensor) -> "Stories":
        """Some of the questions, their memory no wider than they need; the table stays."""
        memory = self.memory[rows]
        most = int((memory >= 0).sum(1).max())
        return replace(self, memory=memory[:, :most], question=self.question[rows])


def encode(
    questions: Sequence[StoryQuery], lexicon: Lexicon, memory: int | None = None, longest: int | None = None
) -> Stories:
    """Questions as numbers. Unknown words count nothing.

    Args:
        memory: of each story the last so many sentences; None: all.
        longest: every sentence's words are placed as if it had so many; None: as many as it has.
    """
    rows: dict[str, int] = {}
    remembered = [query.sentences if memory is None else query.sentences[-memory:] for query in questions]
    memories = [[rows.setdefault(sentence, len(rows)) for sentence in sentences] for sentences in remembered]
    asked = [rows.setdefault(query.question, len(rows)) for query in questions]
    table = [tokens(text) for text in rows]
    words = padded([[lexicon.get(word, -1) for word in sentence] for sentence in table])
    lengths = torch.tensor([longest or max(len(sentence), 1) for sentence in table]).unsqueeze(1)
    return Stories(
        words=words.clamp(min=0),
        place=place(torch.arange(1, words.shape[1] + 1), lengths),
        within=(words >= 0).float(),
        memory=padded(memories),
        question=torch.tensor(asked, dtype=torch.long),
    )


def place(j: Tensor, longest: Tensor | int) -> Tensor:
    """Where the j-th of J words stands: (2j - J - 1) / J, at most 1."""
    return ((2 * j - longest - 1) / longest).clamp(max=1.0)


def weights(places: Tensor, width: int) -> Tensor:
    """(..., d) what the numbers of a vector at a place are multiplied with: 1 + q_k place, q_k = (2k - d - 1) / d.

    Twice the paper's l_kj, as in its authors' code: a word counts 1 on average. First words count most in the first
    numbers of a vector, last words in the last.
    """
    return 1 + places.unsqueeze(-1) * _shares(width, places)


def _shares(width: int, like: Tensor) -> Tensor:
    return (2 * torch.arange(1, width + 1, device=like.device) - width - 1) / width  # q_k


def position_encoding(stories: Stories, rows: Tensor, vectors: Tensor) -> Tensor:
    """Sentence vectors (N, H, d) of rows (N,) of the table, by each of H sets of word vectors (V, H, d).

    The sum over words of :func:`weights` times the word's vector.
    """
    count, _, width = vectors.shape
    # The weights are linear in the place: a plain sum, and q_k times a sum weighted by place.
    both = torch.cat([vectors, _shares(width, vectors) * vectors]).flatten(1)  # (2V, H d)
    words, place, within = stories.words[rows], stories.place[rows], stories.within[rows]  # (N, L)
    factors = torch.cat([within, place * within], dim=1)
    every = torch.cat([words, words + count], dim=1)
    sums: Tensor = _BagSum.apply(every, factors, both)  # type: ignore[no-untyped-call]
    return sums.view(len(rows), *vectors.shape[1:])


def sentence_vectors(stories: Stories, vectors: Tensor) -> tuple[Tensor, Tensor]:
    """The sentences (B, S, d), zero where there is none, and the questions (B, d).

    Args:
        vectors: (V, 2, d) what a word is in a sentence, and in a question.
    """
    mask = stories.mask
    rows = torch.cat([stories.memory[mask], stories.question])
    # Each distinct sentence is read once, however often it was told.
    distinct, which = torch.unique(rows, return_inverse=True)
    told, asked = position_encoding(stories, distinct, vectors).unbind(1)
    count = len(which) - len(stories.question)
    sentences = told.new_zeros(*mask.shape, told.shape[1])
    sentences[mask] = told.index_select(0, which[:count])
    return sentences, asked.index_select(0, which[count:])


class _BagSum(torch.autograd.Function):
    """For each row of ``words`` (N, L) the sum of those rows of ``table`` (W, D), weighted: (N, D).

    What torch's own embedding bag does; but its gradient takes twenty times longer than the sum does.
    """

    @staticmethod
    def forward(context: Any, words: Tensor, weights: Tensor, table: Tensor) -> Tensor:
        context.save_for_backward(words, weights)
        context.rows = len(table)
        return F.embedding_bag(words, table, per_sample_weights=weights, mode="sum")

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[None, None, Tensor]:
        # The same the other way round: for each row of the table, the sum over the sentences that hold it.
        words, weights = context.saved_tensors
        held, order = words.flatten().sort()
        starts = torch.searchsorted(held, torch.arange(context.rows, device=held.device))
        sums = F.embedding_bag(
            order // words.shape[1], gradient, starts, per_sample_weights=weights.flatten()[order], mode="sum"
        )
        return None, None, sums


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """(rows, longest) with -1 after the end of each."""
    width = max([1, *map(len, rows)])
    return torch.tensor([[*row, *[-1] * (width - len(row))] for row in rows], dtype=torch.long).reshape(-1, width)
