"""Self-critical training: sample captions, and make those likelier that score above their siblings.

    grad = sum (r(y) - b) grad [ log p(y) + log p(looks) ]          (Rennie et al. 2017, section 3)

r is CIDEr-D; the baseline b of each sampled caption is the mean reward of the other captions sampled for the
same photo. For ``hard`` the sampled cells are part of the sample, so one reward teaches the words and the gaze.
The end of a caption is a word of it, to the reward too: one that breaks off ("a dog on a") has nothing to gain by it.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.attention import gumbel
from core.captioning.captioner import Captioner
from core.captioning.training.reward import CiderD
from core.captioning.training.teacher import Captions, read
from core.captioning.vocabulary import END, START, UNKNOWN


def writable(logits: Tensor, time: Tensor) -> Tensor:
    """Logits (N, vocabulary) at steps ``time`` (N,) with -inf for what decoding never writes: START, UNKNOWN, and END
    before the first word."""
    logits = logits.float().index_fill(1, torch.tensor([START, UNKNOWN], device=logits.device), float("-inf"))
    logits[time == 0, END] = float("-inf")
    return logits


@torch.no_grad()
def sample(captioner: Captioner, grids: Tensor, draws: int, max_words: int) -> tuple[Captions, Tensor, Tensor]:
    """Draw captions of P photos' grids (P, S, channels), ``draws`` of each.

    Returns:
        the captions, longest first, without END where one has not ended by ``max_words``; the noise (R, T, S) that
        decided a hard model's cells, empty for the others; and the photo and draw each was, as order (R,): row r
        is draw ``order[r] % draws`` of its photo.
    """
    scene, state = captioner.view(grids)
    scene, state = scene.repeat(draws), type(state)(*(x.repeat_interleave(draws, dim=0) for x in state))
    rows, cells = scene.values.shape[:2]
    before = torch.full((rows,), START, device=grids.device)
    ended = torch.zeros(rows, dtype=torch.bool, device=grids.device)
    words, noises = [], []
    for t in range(max_words):
        noise = gumbel((rows, cells)).to(grids.device) if captioner.sizes.attention == "hard" else None
        step = captioner.step(before, state, scene, noise=noise)
        logits = writable(captioner.read_out(step.deep), torch.full_like(before, t))
        before = (logits + gumbel(tuple(logits.shape)).to(grids.device)).argmax(1).masked_fill(ended, END)
        ended |= before == END
        state = step.state
        words.append(before)
        if noise is not None:
            noises.append(noise)
        if ended.all():
            break
    tokens = torch.stack(words, dim=1)  # (R, T)
    lengths = (tokens != END).sum(1) + ended
    order = lengths.argsort(descending=True, stable=True)
    lengths = lengths[order]
    tokens = tokens[order, : int(lengths[0])]
    noise = torch.stack(noises, dim=1)[order] if noises else grids.new_zeros(0)
    return Captions(order // draws, tokens, lengths), noise, order


class SelfCritical(nn.Module):
    """Captioner and self-critical loss in one module, so that a training helper can wrap its forward.

    Attributes:
        reward: knows each photo's references as they were written, END at the end of each.
        mirror: the words that change places in a caption of a mirrored photo.
        draws: captions sampled of each photo.
    """

    def __init__(
        self, captioner: Captioner, reward: CiderD, mirror: Mapping[int, int], draws: int = 5, max_words: int = 18
    ):
        super().__init__()
        self.captioner, self.reward, self.mirror = captioner, reward, mirror
        self.draws, self.max_words = draws, max_words
        self.mean_reward = 0.0  # CIDEr-D of the last batch, for the progress line

    def forward(self, grids: Tensor, photos: list[int], mirrored: list[bool]) -> Tensor:
        """The loss of a batch of grids (P, S, channels).

        Args:
            photos: the numbers that the reward knows them by.
            mirrored: which of the grids are of the mirrored view.
        """
        captions, noise, order = sample(self.captioner, grids, self.draws, self.max_words)
        rewards = []
        for photo, words, length in zip(*(x.tolist() for x in captions), strict=True):
            words = words[:length]
            if mirrored[photo]:  # back to how the references see it
                words = [self.mirror.get(word, word) for word in words]
            rewards.append(self.reward(photos[photo], words))
        rewards = torch.tensor(rewards, device=grids.device)
        self.mean_reward = float(rewards.mean())
        table = torch.empty_like(rewards)
        table[order] = rewards
        table = table.view(-1, self.draws)
        baseline = (table.sum(1, keepdim=True) - table) / (self.draws - 1)
        advantage = (table - baseline).view(-1)[order]  # (R,)
        reading = read(self.captioner, grids, captions, noise if len(noise) else None)
        log_probs = writable(reading.logits, reading.time).log_softmax(1)
        log_prob = log_probs.gather(1, reading.targets.unsqueeze(1)).squeeze(1)
        return -(advantage[reading.row] * (log_prob + reading.look_log_prob)).mean()
