"""Decoding: from grids to captions, with every choice and every look recorded.

However it is done, :mod:`core.captioning.search` does it, and there is one kind of trace.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from core.captioning.beam import BeamCandidate, BeamTrace, Fate
from core.captioning.captioner import Captioner
from core.captioning.search import Search
from core.captioning.settings import Decisions, Settings, for_each
from core.captioning.vocabulary import Vocabulary
from core.trace import CaptionTrace, WordStep


@torch.inference_mode()
def decode(
    captioner: Captioner,
    vocabulary: Vocabulary,
    grids: Tensor,
    grid: tuple[int, int],
    settings: Settings | None = None,
    decisions: Decisions | Sequence[Decisions] | None = None,
    model: str = "",
    seeds: Sequence[int] | None = None,
) -> list[CaptionTrace]:
    """Caption grids (B, rows * columns, channels), all under the same settings; a trace each.

    Photos do not influence each other: B at once give what B times one gives.

    Args:
        grids: the photos; or a single one, for as many decisions or seeds as are given.
        grid: its rows and columns, as the encoder has them.
        decisions: what is decided, for all photos or for each.
        model: the name that the traces carry.
        seeds: one a photo, in place of the settings' seed for all.

    Raises:
        ValueError: a decision names a word that the vocabulary lacks, or a cell outside the grid, or leaves nothing to
            write; or there are not as many decisions or seeds as photos, or not as many cells as the grid has.
    """
    search = _searched(captioner, vocabulary, grids, grid, settings, decisions, seeds)
    return [_trace(search, photo, model, grid) for photo in range(search.photos)]


@torch.inference_mode()
def decode_with_beam(
    captioner: Captioner,
    vocabulary: Vocabulary,
    grids: Tensor,
    grid: tuple[int, int],
    settings: Settings | None = None,
    decisions: Decisions | Sequence[Decisions] | None = None,
) -> list[BeamTrace]:
    """As :func:`decode`, with all that the search weighed on its way; the captions name no model."""
    search = _searched(captioner, vocabulary, grids, grid, settings, decisions, None, record=True)
    return [_beam_trace(search, photo, grid) for photo in range(search.photos)]


def _searched(
    captioner: Captioner,
    vocabulary: Vocabulary,
    grids: Tensor,
    grid: tuple[int, int],
    settings: Settings | None,
    decisions: Decisions | Sequence[Decisions] | None,
    seeds: Sequence[int] | None,
    record: bool = False,
) -> Search:
    """A search that has run; the rest is as in :func:`decode`."""
    settings = settings or Settings()
    decisions, seeds = for_each(len(grids), settings, decisions, seeds)
    if grids.shape[1] != math.prod(grid):
        raise ValueError(f"A grid of {grid[0]} x {grid[1]} has no {grids.shape[1]} cells.")
    search = Search(captioner, vocabulary, grids, settings, decisions, seeds, record)
    search.run()
    return search


@torch.inference_mode()
def beams(
    captioner: Captioner, vocabulary: Vocabulary, grids: Tensor, settings: Settings | None = None
) -> list[list[list[int]]]:
    """Every caption that the search brings to its end, as word numbers without END: a list a photo, the best first.

    Args:
        grids: the photos (B, S, channels).
        settings: how to decode; the beam is what bounds how many captions there are.
    """
    search = Search(captioner, vocabulary, grids, settings or Settings(), [Decisions()] * len(grids), [0] * len(grids))
    search.run()
    return [
        [[search.words[t][row] for t, _, row in search.path(ending)] for ending in search.ranked(photo) if ending.ended]
        for photo in range(len(grids))
    ]


def _beam_trace(search: Search, photo: int, grid: tuple[int, int]) -> BeamTrace:
    """All that was weighed on the way to the best ending of a photo."""
    assert search.weighed is not None, "The beam was not recorded."
    first, penalty = photo * search.settings.width, search.settings.length_penalty  # first: of the photo's rows
    steps: list[tuple[BeamCandidate, ...]] = []
    before: list[int] = []
    for t, at in enumerate(search.weighed[photo]):
        fates: list[Fate] = ["ended" if ended else "dropped" for _, _, _, ended in at.continuations]
        for place in at.kept:
            fates[place] = "kept"
        steps.append(
            tuple(
                BeamCandidate(
                    word=search.vocabulary.word(word),
                    parent=before[row - first] if t else None,
                    prob=prob,
                    log_prob=total,
                    score=total / (t + 1) ** penalty,
                    fate=fate,
                )
                for (row, word, total, _), prob, fate in zip(at.continuations, at.probs, fates, strict=True)
            )
        )
        before = at.kept
    best = search.best(photo)
    winner = [search.weighed[photo][t].kept[row - first] for t, _, row in search.path(best)]
    if best.ended:
        ends = search.weighed[photo][best.length].continuations
        winner.append(next(n for n, (row, _, _, ended) in enumerate(ends) if ended and row == best.row))
    caption = _trace(search, photo, "", grid)
    return BeamTrace(caption, search.settings.width, penalty, tuple(steps), tuple(winner))


def _trace(search: Search, photo: int, model: str, grid: tuple[int, int]) -> CaptionTrace:
    """The best ending of a photo, word by word."""
    best = search.best(photo)
    return CaptionTrace(
        model=model,
        attention=search.captioner.sizes.attention,
        steps=tuple(
            _word_step(search, photo, t, looked, search.words[t][row], math.exp(search.log_probs[t][row]), grid[1])
            for t, looked, row in search.path(best)
        ),
        log_prob=best.log_prob,
        ended=best.ended,
        grid=grid,
    )


def _word_step(search: Search, photo: int, t: int, row: int, word: int, prob: float, columns: int) -> WordStep:
    look, gate, probs, words = search.seen[t]
    cell = None if look.choice is None else int(look.choice[row])
    layers = look.alpha[row] if look.alpha.dim() > 2 else ()  # (layers, heads, S)
    return WordStep(
        word=search.vocabulary.word(word),
        prob=prob,
        candidates=tuple(
            (search.vocabulary.word(w), p) for w, p in zip(words[row].tolist(), probs[row].tolist(), strict=True)
        ),
        alpha=_rows(look.mean[row], columns),
        glimpse=None if cell is None else divmod(cell, columns),
        gate=float(gate[row]),
        word_forced=t in search.forced[photo],
        gaze_forced=t in dict(search.decisions[photo].gazes),
        heads=tuple(tuple(_rows(head, columns) for head in heads) for heads in layers),
        on_nothing=0.0 if look.on_nothing is None else float(look.on_nothing[row]),
    )


def _rows(weights: Tensor, columns: int) -> tuple[tuple[float, ...], ...]:
    """(S,) -> a tuple a row of the grid."""
    return tuple(map(tuple, weights.view(-1, columns).tolist()))
