"""Hard attention's gradient at work, where it can be known exactly.

One look of one slots is left to chance: the one before word t of a caption, its other looks being the likeliest.
With scores e over the cells, alpha = softmax(e), and R(s) = log p of the words from t on when cell s is looked at,
training wants the gradient of the expected reward

    J(e) = sum_s alpha_s R(s),        dJ/de_i = alpha_i (R(i) - J)                     the exact gradient

A network in training has no time to try all cells. It draws one, s ~ alpha, and uses (Xu et al. 2015, section 4.1)

    g_i = (R(s) - b) d log alpha_s / de_i = (R(s) - b) ([i = s] - alpha_i)             the score function

whose mean is the exact gradient for every baseline b that knows nothing of s; b only decides how far single draws
scatter around it. Going straight through the draw (Bengio et al. 2013) takes R for a straight line between the cells:

    g_i = alpha_i dR/dz . (a_i - sum_j alpha_j a_j)   at z = a_s                       straight through

which scatters less; its mean is not the exact gradient, but tends to point the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from core.captioning.captioner import Captioner
from core.captioning.captioners.lstm import LSTMSlots, LSTMState, as_lstm
from core.captioning.vocabulary import END, START

Baseline = Literal["none", "moving average", "other draw", "expected reward"]
DECAY = 0.9  # of the moving average, as in the paper
# How much a baseline varies, as a share of the rewards' own variance. The mean of each but "none" is J.
SPREAD: dict[Baseline, float] = {
    "none": 0.0,
    "moving average": (1 - DECAY) / (1 + DECAY),
    "other draw": 1.0,
    "expected reward": 0.0,
}
CERTAIN = 1e4  # noise that decides a draw


@dataclass(frozen=True)
class Chance:
    """One look left to chance, every outcome of it tried.

    Attributes:
        alpha: (S,) the distribution that the cell is drawn from.
        reward: (S,) log p of the words from there on, for each cell that may be drawn.
        straight: (S, S) row s is the straight-through gradient of the draw s.
        grid: rows and columns of the S cells.
    """

    alpha: Tensor
    reward: Tensor
    straight: Tensor
    grid: tuple[int, int]

    @property
    def expected(self) -> float:
        """J, the expected reward."""
        return float(self.alpha @ self.reward)

    @property
    def exact(self) -> Tensor:
        """(S,) the gradient of J with respect to the scores."""
        return self.alpha * (self.reward - self.expected)

    @property
    def straight_mean(self) -> Tensor:
        """(S,) the mean of the straight-through gradient over the draws."""
        return self.alpha @ self.straight

    @property
    def straight_variance(self) -> Tensor:
        """(S,) of one draw's straight-through gradient."""
        return self.alpha @ (self.straight - self.straight_mean).square()

    def variance(self, baseline: Baseline) -> Tensor:
        """(S,) of one draw's score-function gradient, exactly: E g_i^2 - (E g_i)^2."""
        middle = 0.0 if baseline == "none" else self.expected
        spread = SPREAD[baseline] * (self.alpha @ (self.reward - self.expected).square())
        square = self.alpha * ((self.reward - middle).square() + spread)  # alpha_s E (R(s) - b)^2
        of_square = square * (1 - self.alpha).square() + (square.sum() - square) * self.alpha.square()
        return of_square - self.exact.square()


@dataclass(frozen=True)
class Draws:
    """What the score function makes of N draws.

    Attributes:
        cells: (N,) the cells drawn.
        rewards, baselines: (N,) R(s) and b of each.
        gradients: (N, S) the estimate from each draw alone.
    """

    cells: Tensor
    rewards: Tensor
    baselines: Tensor
    gradients: Tensor

    @property
    def mean(self) -> Tensor:
        """(S,) the estimate from all draws together."""
        return self.gradients.mean(0)


def try_all(
    captioner: Captioner,
    features: Tensor,
    grid: tuple[int, int],
    words: Sequence[int],
    step: int,
    temperature: float = 1.0,
) -> Chance:
    """Try every cell as the look before word ``step`` of a caption.

    Args:
        captioner: a hard one.
        features: (S, channels) of one picture.
        grid: its rows and columns.
        words: the caption's word numbers, without END.
        step: 0 to len(words), the last being the look before END.
        temperature: the scores are divided by it; a trained captioner is so sure that it leaves little to chance.

    Raises:
        ValueError: there is no such step, or the captioner is not a hard one, or no LSTM.
    """
    if captioner.sizes.attention != "hard":
        raise ValueError("Only a captioner with hard attention draws its looks.")
    if not 0 <= step <= len(words):
        raise ValueError(f"A look of this caption is before word 0 to {len(words)}, not {step}.")
    captioner = as_lstm(captioner).eval()
    tokens = [START, *words, END]  # token t is read before word t, token t + 1 is that word
    with torch.no_grad():
        slots, state = captioner.view(features.unsqueeze(0))
        for t in range(step):
            state = captioner.step(torch.tensor([tokens[t]]), state, slots).state
    cells = len(features)
    slots = LSTMSlots(*(x.expand(cells, -1, -1) for x in slots))  # a row for each cell that may be drawn
    state = LSTMState(*(x.expand(cells, -1) for x in state))
    scores: list[Tensor] = []

    def temper(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        scores.append(output / temperature)
        return scores[-1]

    watch = captioner.score.register_forward_hook(temper)
    try:
        first = captioner.step(
            torch.full((cells,), tokens[step]), state, slots, noise=CERTAIN * torch.eye(cells), straight=True
        )
    finally:
        watch.remove()
    reward, taken = torch.zeros(cells), first
    for t in range(step, len(tokens) - 1):
        if t > step:
            taken = captioner.step(torch.full((cells,), tokens[t]), taken.state, slots)
        reward = reward + captioner.read_out(taken.deep).log_softmax(1)[:, tokens[t + 1]]
    (straight,) = torch.autograd.grad(reward.sum(), scores[0])
    return Chance(first.look.alpha[0].detach(), reward.detach(), straight, grid)


def draw(chance: Chance, count: int, baseline: Baseline, generator: torch.Generator | None = None) -> Draws:
    """Draw ``count`` looks, and estimate the gradient from each alone."""

    def some(n: int) -> Tensor:
        return torch.multinomial(chance.alpha, n, replacement=True, generator=generator)

    cells = some(count)
    rewards = chance.reward[cells]
    if baseline == "none":
        baselines = torch.zeros(count)
    elif baseline == "expected reward":
        baselines = torch.full((count,), chance.expected)
    elif baseline == "other draw":
        baselines = chance.reward[some(count)]
    else:
        before = chance.reward[some(1)].item()  # a draw for the baseline alone begins it
        averages = []
        for reward in rewards.tolist():
            averages.append(before)
            before = DECAY * before + (1 - DECAY) * reward
        baselines = torch.tensor(averages)
    towards = torch.nn.functional.one_hot(cells, len(chance.alpha)) - chance.alpha  # d log alpha_s / de
    return Draws(cells, rewards, baselines, (rewards - baselines).unsqueeze(1) * towards)
