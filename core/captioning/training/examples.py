"""Batches of photos to learn from: features of a view, captions as people wrote them, and where what they name lies."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from lightning_fabric import Fabric
from torch import Tensor

from core.captioning.encoder import Encoder
from core.captioning.training.teacher_forcing import Captions, collate
from core.captioning.training.views import Window, crop, draw_window, window_of
from core.captioning.training.words import FUNCTION_WORDS, MIRROR
from core.captioning.vocabulary import Vocabulary
from core.checkpoints.modules import autocast
from core.data.captions import CaptionedPhoto
from core.data.phrases import Box, PhotoPhrases, cell_shares

MAX_WORDS = 22  # of a caption that is learnt
LEAST_COVER = 0.5  # what the cell in the middle of a box is taken to be covered, at least: a small thing is somewhere
CROPPED = 0.8  # share of the examples that are cropped once more


class NamingWord(NamedTuple):
    """A word that names things in a photo.

    Attributes:
        photo: which of the batch's.
        cover: which of the batch's covers says where those things are.
        noun: whether it ends a phrase that names one; else it says how it looks.
    """

    photo: int
    word: str
    cover: int
    noun: bool


class Batch(NamedTuple):
    """P photos to learn from.

    Attributes:
        numbers: theirs, in the data.
        features: (P, ...) what the frozen part of the encoder makes of a view of each.
        mirrored: which of the views are.
        captions: of all of them; a word that is part of a phrase points to a cover.
        covers: (K, cells) how much of each cell lies in the boxes of a thing, 0..1.
        things: which words name things, and where those are.
    """

    numbers: list[int]
    features: Tensor
    mirrored: list[bool]
    captions: Captions
    covers: Tensor
    things: list[NamingWord]

    def to(self, device: torch.device) -> "Batch":
        return self._replace(
            features=self.features.to(device), captions=self.captions.to(device), covers=self.covers.to(device)
        )


@dataclass(frozen=True)
class TrainingPhotos:
    """What a run trains on.

    Attributes:
        photos: of all data sets; those of the val split are not learnt from.
        rows: which of them are learnt from, by number.
        views: features of all of them, by view.
        grid: rows and columns of the encoder's.
        vocabulary: the captioners' words.
        phrases: of those photos whose phrases are tied to boxes, by file name.
        seed: of the run, which decides what the views show.
        own: which rows of each batch this process learns from; what is drawn is drawn for all of them.
        distilled: captions of photos by number that are always read beside people's, see :mod:`.distillation`.
    """

    photos: Sequence[CaptionedPhoto]
    rows: Sequence[int]
    views: Mapping[str, npt.NDArray[np.float16]]
    grid: tuple[int, int]
    vocabulary: Vocabulary
    phrases: Mapping[str, PhotoPhrases] = field(default_factory=dict)
    seed: int = 0
    own: slice = field(default_factory=lambda: slice(None))
    distilled: Mapping[int, Sequence[Sequence[str]]] = field(default_factory=dict)

    def batches(self, size: int, epoch: int, fabric: Fabric) -> list[tuple[list[int], random.Random]]:
        """The photos of an epoch, in an order of its own: batches, and what to draw with, the same for all processes.

        Of photos that do not fill a batch nothing is learnt in this epoch; a batch has a photo for each process.
        """
        size = max(min(size, len(self.rows)), fabric.world_size)
        order = random.Random(epoch).sample(list(self.rows), len(self.rows) // size * size)
        rng = random.Random(f"{epoch}-0")  # as always in one process, so that a seed's run stays the same
        return [(order[first : first + size], rng) for first in range(0, len(order), size)]

    def draw(
        self, chosen: Sequence[int], rng: random.Random, captions: int | None = None, least_area: float = 0.6
    ) -> Batch:
        """A view of each photo of a batch that is this process's own, cropped anew.

        Args:
            chosen: the photos of the whole batch.
            captions: that people wrote of each photo, at most, drawn; None for all.
            least_area: what the crop keeps of the view, at least.
        """
        views = [rng.choice(list(self.views)) for _ in chosen]
        crops = [draw_window(rng, least_area) if rng.random() < CROPPED else Window() for _ in chosen]
        read = [self._written(i, rng, captions) for i in chosen]
        chosen, views, crops, read = chosen[self.own], views[self.own], crops[self.own], read[self.own]
        features = torch.stack([torch.from_numpy(self.views[v][i]) for v, i in zip(views, chosen, strict=True)])
        seen = [
            (window_of(view, i, self.seed)[0], cropped) for view, i, cropped in zip(views, chosen, crops, strict=True)
        ]
        return self._batch(chosen, crop(features.float(), crops), seen, read)

    def whole(self, chosen: Sequence[int]) -> Batch:
        """Photos as they are, with all of their captions."""
        features = torch.stack([torch.from_numpy(self.views["plain"][i]) for i in chosen]).float()
        return self._batch(chosen, features, [()] * len(chosen), [self._written(i) for i in chosen])

    def _written(self, i: int, rng: random.Random | None = None, most: int | None = None) -> list[int]:
        """Which captions of a photo are read; ``most`` of them, drawn, or all."""
        written = [k for k, words in enumerate(self.photos[i].captions) if words]
        return written if rng is None or most is None else rng.sample(written, min(most, len(written)))

    def _batch(
        self,
        chosen: Sequence[int],
        features: Tensor,
        seen: Sequence[Sequence[Window]],
        written: Sequence[Sequence[int]],
    ) -> Batch:
        mirrored = [any(window.mirrored for window in windows) for windows in seen]
        covers: list[npt.NDArray[np.float32]] = []
        things: list[NamingWord] = []
        read: list[tuple[int, list[int]]] = []
        named: list[dict[int, int]] = []
        for row, (i, windows, flip, captions) in enumerate(zip(chosen, seen, mirrored, written, strict=True)):
            photo = self.photos[i]
            own = self._cover(photo, windows, row, flip, covers, things)
            for k in captions:
                read.append((row, self.vocabulary.encode(turned(photo.captions[k], flip)[:MAX_WORDS])))
                named.append(own[k] if own else {})
            nouns = {thing.word: thing.cover for thing in things if thing.photo == row and thing.noun}
            for caption in self.distilled.get(i, ()):
                words = turned(caption, flip)[:MAX_WORDS]
                read.append((row, self.vocabulary.encode(words)))
                named.append({at: nouns[word] for at, word in enumerate(words) if word in nouns})
        together = np.stack(covers) if covers else np.zeros((0, self.grid[0] * self.grid[1]), np.float32)
        return Batch(list(chosen), features, mirrored, collate(read, named), torch.from_numpy(together), things)

    def _cover(
        self,
        photo: CaptionedPhoto,
        windows: Sequence[Window],
        row: int,
        flip: bool,
        covers: list[npt.NDArray[np.float32]],
        things: list[NamingWord],
    ) -> list[dict[int, int]]:
        """Add what covers the things of a photo, and the words for them; the numbers of the covers by position, for
        each caption. [] if nothing is known of it."""
        known = self.phrases.get(photo.filename)
        if known is None:
            return []
        places: dict[str, int] = {}
        for entity, boxes in known.boxes.items():
            moved = [box for box in (through(windows, box) for box in boxes) if box]
            if moved:
                places[entity] = len(covers)
                covers.append(cover(moved, self.grid))
        captions: list[dict[int, int]] = []
        entities: defaultdict[str, set[str]] = defaultdict(set)
        nouns: set[str] = set()
        for words, phrases in zip(photo.captions, known.captions, strict=True):
            said = turned(words, flip)
            captions.append({})
            for phrase in phrases:
                for position in phrase.content(words):
                    entities[said[position]].add(phrase.entity)
                    if phrase.entity in places:
                        captions[-1][position] = places[phrase.entity]
                nouns.add(said[phrase.noun])
        for word, those in entities.items():
            if those <= places.keys() and word not in FUNCTION_WORDS:
                things.append(NamingWord(row, word, len(covers), word in nouns))
                covers.append(np.maximum.reduce([covers[places[entity]] for entity in those]))
        return captions


def quarter(encoder: Encoder, data: TrainingPhotos, batch: Batch, rng: random.Random) -> tuple[Tensor, Tensor]:
    """A quarter of the cells, drawn, of the batch's grids through an encoder that does not learn (P, S, channels), and
    of its covers (K, S)."""
    cells = every_other(data.grid, (rng.randint(0, 1), rng.randint(0, 1))).to(batch.features.device)
    with torch.no_grad(), autocast():  # as the photos of those who use the captioners are encoded
        grids: Tensor = encoder.learnt(batch.features).float()
    return grids[:, cells], batch.covers[:, cells]


def turned(words: Sequence[str], mirrored: bool) -> list[str]:
    """The words of a caption, left and right exchanged if ``mirrored``."""
    return [MIRROR.get(word, word) for word in words] if mirrored else list(words)


def through(windows: Sequence[Window], box: Box) -> Box | None:
    """Where a box lies when it is seen through one window after the other; None if it is not seen."""
    seen: Box | None = box
    for window in windows:
        seen = window.box(seen) if seen else None
    return seen


def cover(boxes: Sequence[Box], grid: tuple[int, int]) -> npt.NDArray[np.float32]:
    """How much of each cell lies in the boxes (cells,), the cell in the middle of each at least LEAST_COVER."""
    shares = cell_shares(boxes, grid).astype(np.float32)
    for x0, y0, x1, y1 in boxes:
        row, column = (
            min(int(middle * n), n - 1) for middle, n in zip(((y0 + y1) / 2, (x0 + x1) / 2), grid, strict=True)
        )
        middle = row * grid[1] + column
        shares[middle] = max(shares[middle], LEAST_COVER)
    return shares


def every_other(grid: tuple[int, int], corner: tuple[int, int]) -> Tensor:
    """The cells of one of the four quarters of a grid: every other row and column, from a corner on.

    The mean over a quarter of the cells is nearly the mean over all, the sampled cell of a quarter nearly a sample of
    all, at a quarter of the price. Of an odd number the corner 1 comes round to the first, so that all quarters have
    equally many cells.
    """
    rows, columns = (
        torch.tensor([(first + 2 * n) % count for n in range(-(-count // 2))])
        for count, first in zip(grid, corner, strict=True)
    )
    return (rows.unsqueeze(1) * grid[1] + columns).flatten()
