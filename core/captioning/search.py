"""The search: from grids to the captions that it brings to an end, with every row of every step kept.

Greedy is a beam of one; sampling is a beam of one whose words are drawn; forced decoding is any of them with
decisions for its words. So there is one search and one set of rules. What is told of it is made in
:mod:`core.captioning.decoding`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from core.attention import Look, gumbel
from core.captioning.captioner import Captioner, Step
from core.captioning.settings import END_WORD, MAX_WORDS, Decisions, Settings
from core.captioning.vocabulary import END, START, UNKNOWN, Vocabulary


class Seen(NamedTuple):
    """What came of one step, for every row: its look, its gate, and the likeliest words (rows, candidates)."""

    look: Look
    gate: Tensor
    probs: Tensor
    words: Tensor


@dataclass(frozen=True)
class Ending:
    """A caption that the search has reached: ``length`` words, the last of them row ``row`` after that many steps."""

    row: int
    length: int
    log_prob: float
    ended: bool


Continuation = tuple[int, int, float, bool]  # the row that goes on, its word, the total, whether it ends here


@dataclass(frozen=True)
class Weighed:
    """What one step of one photo's search weighed, kept only where the beam is recorded.

    ``continuations``: the likeliest first. ``probs``: of their words, 0..1. ``kept``: the places among them of those
    that the photo's next rows are, in the order of the rows.
    """

    continuations: list[Continuation]
    probs: list[float]
    kept: list[int]


class Search:
    """A beam search over B photos with K rows each; row b * K + k is the k-th hypothesis of photo b.

    One photo that is decided about in B ways counts as B.
    """

    def __init__(
        self,
        captioner: Captioner,
        vocabulary: Vocabulary,
        grids: Tensor,
        settings: Settings,
        decisions: Sequence[Decisions],
        seeds: Sequence[int],
        record: bool = False,
    ) -> None:
        self.captioner, self.vocabulary, self.settings, self.decisions = captioner, vocabulary, settings, decisions
        self.photos, self.cells = len(decisions), grids.shape[1]
        slots, state = captioner.view(grids)
        each = settings.width * self.photos // max(1, len(grids))  # rows of each grid
        rows = torch.arange(len(grids), device=grids.device).repeat_interleave(each)
        self.slots, self.state = slots.select(rows), state.select(rows)
        self.forced = [self._forced_words(decided) for decided in decisions]
        self.forbidden = [self._forbidden_words(decided) for decided in decisions]
        self.masks = self._gaze_masks(grids.device)
        self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self.endings: list[list[Ending]] = [[] for _ in range(self.photos)]
        self.written = torch.zeros(settings.width * self.photos, 0, dtype=torch.long, device=grids.device)
        # Per step: what every row saw, then which row each new row grew from and by which word.
        self.seen: list[Seen] = []
        self.parents: list[list[int]] = []
        self.words: list[list[int]] = []
        self.log_probs: list[list[float]] = []
        self.weighed: list[list[Weighed]] | None = [[] for _ in range(self.photos)] if record else None

    def _forced_words(self, decisions: Decisions) -> dict[int, int]:
        words = dict(decisions.words)
        numbers = {step: self._number(step, word) for step, word in words.items()}
        last = max(words, default=0)
        if last > MAX_WORDS or (last == MAX_WORDS and words[last] != END_WORD):
            raise ValueError(f"A caption has at most {MAX_WORDS} words.")
        if any(word == END_WORD and step < last for step, word in words.items()):
            raise ValueError("No word can be decided after the end of the caption.")
        return numbers

    def _forbidden_words(self, decisions: Decisions) -> dict[int, list[int]]:
        return {step: [self._number(step, word) for word in words] for step, words in decisions.forbidden}

    def _number(self, step: int, word: str) -> int:
        """Of a word that is decided about at a step."""
        if step < 0:
            raise ValueError("A word is decided at step 0 or later.")
        if word != END_WORD and word not in self.vocabulary:
            raise ValueError(f"The model does not know the word “{word}”.")
        return END if word == END_WORD else self.vocabulary.encode([word])[0]

    def _gaze_masks(self, device: torch.device) -> dict[int, Tensor]:
        """Step -> where each photo may be looked at (B, S), for the steps at which anything is decided."""
        masks: dict[int, Tensor] = {}
        for photo, decisions in enumerate(self.decisions):
            for step, cells in decisions.gazes:
                if not cells or not all(0 <= cell < self.cells for cell in cells):
                    raise ValueError(f"A gaze is on one or more cells from 0 to {self.cells - 1}.")
                if step not in masks:
                    masks[step] = torch.ones(self.photos, self.cells, dtype=torch.bool, device=device)
                masks[step][photo] = False
                masks[step][photo, list(cells)] = True
        return masks

    def run(self) -> None:
        k = self.settings.width
        device = self.written.device
        tokens = torch.full((self.photos * k,), START, device=device)
        total = torch.full((self.photos, k), float("-inf"), device=device)
        total[:, 0] = 0.0  # one hypothesis to begin with, or the beam would hold it k times
        limits = [
            max([self.settings.max_words, *(step + (word != END) for step, word in forced.items())])
            for forced in self.forced
        ]
        for t in range(max(limits, default=-1) + 1):
            for photo, limit in enumerate(limits):
                if t == limit and t not in self.forced[photo]:
                    self._cut(t, photo, total[photo])
            if not total.isfinite().any():
                break
            step = self._look(t, tokens)
            log_probs = self._word_log_probs(t, step)
            scores = total.unsqueeze(2) + log_probs.view(self.photos, k, -1)  # (B, K, vocabulary)
            total, rows, tokens = self._choose(t, scores, log_probs)
            if all(len(endings) >= k for endings in self.endings):
                break
            self.state = step.state.select(rows)
            self.written = torch.cat([self.written[rows], tokens.unsqueeze(1)], dim=1)

    def _cut(self, t: int, photo: int, totals: Tensor) -> None:
        """The limit of words: where no caption has ended the likeliest is taken as it stands, and nothing goes on."""
        if not self.endings[photo] and totals[0].isfinite():
            self.endings[photo].append(Ending(photo * len(totals), t, float(totals[0]), False))
        totals.fill_(float("-inf"))

    def _look(self, t: int, tokens: Tensor) -> Step:
        mask = self.masks.get(t)
        noise = None
        if self.captioner.sizes.attention == "hard" and self.settings.glimpse == "sampled":
            noise = self._noise(self.cells).to(tokens.device)
        if mask is not None:
            mask = mask.repeat_interleave(self.settings.width, 0)
        return self.captioner.step(tokens, self.state, self.slots, mask, noise)

    def _noise(self, size: int) -> Tensor:
        """Gumbel noise (rows, size), each photo's from its own generator and the same for all its rows."""
        noise = [gumbel((1, size), generator) for generator in self.generators]
        return torch.cat(noise).repeat_interleave(self.settings.width, 0)

    def _word_log_probs(self, t: int, step: Step) -> Tensor:
        """The model's log-probabilities of the words (rows, vocabulary); what may not be written has -inf."""
        logits = self.captioner.read_out(step.deep).float()
        logits[:, [START, UNKNOWN]] = float("-inf")
        log_probs = logits.log_softmax(dim=1)
        shown = log_probs.clone()
        shown[:, END] = float("-inf")
        best, words = shown.topk(min(self.settings.candidates, len(self.vocabulary.words)), dim=1)
        self.seen.append(Seen(step.look, step.gate, best.exp(), words))
        allowed = torch.zeros_like(log_probs).masked_fill_(self._repeats(len(self.vocabulary)), float("-inf"))
        by_photo = allowed.view(self.photos, self.settings.width, -1)
        for forced, forbidden, rows in zip(self.forced, self.forbidden, by_photo, strict=True):
            if t in forced:
                rows.fill_(float("-inf"))[:, forced[t]] = 0.0
                continue
            if t == 0 or any(t < step for step in forced):
                rows[:, END] = float("-inf")
            if t in forbidden:
                rows[:, forbidden[t]] = float("-inf")
        return log_probs + allowed

    def _repeats(self, vocabulary: int) -> Tensor:
        """(rows, vocabulary) the words that would write a run of words for the second time."""
        n, rows = self.settings.no_repeat, len(self.written)
        repeats = torch.zeros(rows, vocabulary, dtype=torch.bool, device=self.written.device)
        if n and self.written.shape[1] >= n:
            runs = self.written.unfold(1, n, 1)  # (rows, how many, n)
            begun = (runs[:, :, :-1] == self.written[:, 1 - n :].unsqueeze(1)).all(2)
            row, run = begun.nonzero(as_tuple=True)
            repeats[row, runs[row, run, -1]] = True
            repeats[:, END] = False
        return repeats

    def _choose(self, t: int, scores: Tensor, log_probs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pick the best 2 K of each photo's K x vocabulary continuations: endings, and K rows that go on."""
        k, vocabulary = scores.shape[1:]
        if self.settings.method == "sample":
            noise = self._noise(vocabulary).to(scores.device)
            order = (log_probs / self.settings.temperature + noise).argmax(dim=1, keepdim=True)  # K is 1 here
            best = scores.view(self.photos, -1).gather(1, order)
        else:
            best, order = scores.view(self.photos, -1).topk(min(2 * k, k * vocabulary), dim=1)
        rows, tokens, totals = [], [], []
        for photo, (photo_best, photo_order) in enumerate(zip(best.tolist(), order.tolist(), strict=True)):
            going = []
            weighed: list[Continuation] = []
            done = len(self.endings[photo]) >= k  # its neighbours in the batch still search
            for rank, (score, place) in enumerate(zip(photo_best, photo_order, strict=True)):
                row, word = photo * k + place // vocabulary, place % vocabulary
                if done or score == float("-inf"):
                    continue
                if word != END:
                    going.append((row, word, score))
                elif rank < k:  # an end outside the best K would let a wide beam stop where greedy goes on
                    self.endings[photo].append(Ending(row, t, score, True))
                weighed.append((row, word, score, word == END and rank < k))
            going = going[:k]
            if self.weighed is not None and weighed:
                probs = [float(log_probs[row, word].exp()) for row, word, _, _ in weighed]
                self.weighed[photo].append(Weighed(weighed, probs, [weighed.index((*one, False)) for one in going]))
            # A photo whose hypotheses all ended keeps idle rows, so that the batch stays a rectangle.
            going += [(photo * k, END, float("-inf"))] * (k - len(going))
            rows += [row for row, _, _ in going]
            tokens += [word for _, word, _ in going]
            totals += [score for _, _, score in going]
        self.parents.append(rows)
        self.words.append(tokens)
        picked = log_probs[torch.tensor(rows), torch.tensor(tokens)].tolist()
        self.log_probs.append(picked)
        device = scores.device
        return (
            torch.tensor(totals, device=device).view(self.photos, k),
            torch.tensor(rows, device=device),
            torch.tensor(tokens, device=device),
        )

    def ranked(self, photo: int) -> list[Ending]:
        """A photo's endings, the best first."""
        penalty = self.settings.length_penalty
        # The end token counts as a word here, so that no length is zero.
        return sorted(
            self.endings[photo], key=lambda ending: ending.log_prob / (ending.length + 1) ** penalty, reverse=True
        )

    def path(self, ending: Ending) -> list[tuple[int, int, int]]:
        """Its steps from the first word on: (step, the row that looked, the row that the word led to)."""
        steps, row = [], ending.row
        for t in reversed(range(ending.length)):
            steps.append((t, self.parents[t][row], row))
            row = self.parents[t][row]
        return steps[::-1]

    def best(self, photo: int) -> Ending:
        """A photo's best ending.

        Raises:
            ValueError: the decisions left nothing to write before any sentence ended.
        """
        if not self.endings[photo]:
            raise ValueError("With so many words forbidden nothing is left to write.")
        return self.ranked(photo)[0]
