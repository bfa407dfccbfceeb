"""Self-critical sequence training (SCST): search captions, and make those likelier that score above their siblings.

    grad = sum (r(y) - b) grad log p(y)          (Rennie et al. 2017, section 3)

r is CIDEr-D; y are the captions that the beam search ends with, the very ones that compete for being written
(Cornia et al. 2020, section 3.3, train so, too); the baseline b of each is the mean reward of the photo's others.
Captions drawn word by word are far worse than what the search finds, and were a failure here (docs/experiments.md).
For ``hard`` the looks are the likeliest cells, as in use, and gradients pass straight through them.
Where people drew boxes around what a noun of the caption names, its look is taught, as under teacher forcing; so are
those of a caption that people wrote of the photo, whose phrases say more about where things are than nouns alone do.
The end of a caption is a word of it, to the reward too: one that breaks off ("a dog on a") has nothing to gain by it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.captioning.captioner import Captioner
from core.captioning.decoding import beams
from core.captioning.settings import Settings
from core.captioning.training.reward import CiderD
from core.captioning.training.teacher_forcing import Captions, collate, looks_loss, teacher_forced
from core.captioning.vocabulary import END, START, UNKNOWN, Vocabulary


def writable(logits: Tensor, time: Tensor) -> Tensor:
    """Logits (N, vocabulary) at steps ``time`` (N,) with -inf for what decoding never writes: START, UNKNOWN, and END
    before the first word."""
    logits = logits.float().index_fill(1, torch.tensor([START, UNKNOWN], device=logits.device), float("-inf"))
    logits[time == 0, END] = float("-inf")
    return logits


class Seen(NamedTuple):
    """What is known of a batch of P photos.

    Attributes:
        photos: the numbers that the reward knows them by.
        mirrored: which of the views are.
        nouns: for each photo, the numbers of words that name things in it -> covers.
        covers: (K, S) how much of each cell lies in the boxes of a thing.
        captions: some that people wrote of them, for the looks alone.
    """

    photos: list[int]
    mirrored: list[bool]
    nouns: Sequence[Mapping[int, int]]
    covers: Tensor
    captions: Captions


class SelfCriticalLoss(nn.Module):
    """Captioner and self-critical loss in one module, so that a training helper can wrap its forward.

    Attributes:
        reward: knows each photo's references as they were written, END at the end of each.
        mirror: the words that change places in a caption of a mirrored photo.
        settings: the search; its beam is how many captions of each photo compete.
    """

    def __init__(
        self,
        captioner: Captioner,
        vocabulary: Vocabulary,
        reward: CiderD,
        mirror: Mapping[int, int],
        draws: int,
        max_words: int = 18,
        looks: float = 0.0,
    ):
        super().__init__()
        self.captioner, self.vocabulary, self.reward, self.mirror = captioner, vocabulary, reward, mirror
        self.settings = Settings(beam=draws, max_words=max_words, candidates=1)
        self.looks = looks  # the weight of the looks that boxes teach
        self.mean_reward = 0.0  # CIDEr-D of the last batch, for the progress line

    def forward(self, grids: Tensor, seen: Seen) -> Tensor:
        """The loss per word of a batch of grids (P, S, channels)."""
        rows: list[tuple[int, list[int]]] = []
        advantages: list[float] = []
        rewards: list[float] = []
        self.captioner.eval()  # captions are searched without dropout, as in use, and read with it
        found = beams(self.captioner, self.vocabulary, grids, self.settings)
        self.captioner.train(self.training)
        torch.clear_autocast_cache()  # weights cast during the search know nothing of gradients
        for row, captions in enumerate(found):
            captions = captions[: self.settings.beam]
            scores = [self._score(seen.photos[row], words, seen.mirrored[row]) for words in captions]
            rewards += scores
            if len(scores) > 1:  # one alone, or none that came to an end, has nothing to be compared with
                rows += [(row, words) for words in captions]
                advantages += [score - (sum(scores) - score) / (len(scores) - 1) for score in scores]
        self.mean_reward = sum(rewards) / max(len(rewards), 1)
        if not rows:
            return 0.0 * torch.stack([parameter.sum() for parameter in self.captioner.parameters()]).sum()
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i][1]))  # as collate lays them out
        named = [
            {at: seen.nouns[row][word] for at, word in enumerate(words) if word in seen.nouns[row]}
            for row, words in rows
        ]
        together = collate([rows[i] for i in order], [named[i] for i in order]).to(grids.device)
        advantage = torch.tensor([advantages[i] for i in order], device=grids.device)
        hard = self.captioner.sizes.attention == "hard"
        likeliest = grids.new_zeros(1, 1, 1).expand(*together.tokens.shape, grids.shape[1]) if hard else None
        forced = teacher_forced(self.captioner, grids, together, likeliest, straight=hard)
        log_probs = writable(forced.logits, forced.time).log_softmax(1)
        log_prob = log_probs.gather(1, forced.targets.unsqueeze(1)).squeeze(1)
        loss = -(advantage[forced.row] * log_prob).mean()
        if not self.looks:
            return loss
        own = looks_loss(forced, together.named, seen.covers)
        written = teacher_forced(self.captioner, grids, seen.captions, straight=hard)
        return loss + self.looks * (own + looks_loss(written, seen.captions.named, seen.covers))

    def _score(self, photo: int, words: list[int], mirrored: bool) -> float:
        """The reward of a caption, seen as the references see the photo."""
        return self.reward(photo, [*((self.mirror.get(word, word) for word in words) if mirrored else words), END])
