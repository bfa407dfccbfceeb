"""The browser's part of a beam: a tree that grows step by step, each candidate with its numbers and what became of it.

Stepping and looking at a candidate happen in the browser. What comes back is the trigger ``change``: the word of a
candidate that is to be forbidden at its step, as ``core.captioning.session`` takes it.
"""

import math
from pathlib import Path
from typing import TypedDict

from core.captioning.beam import BeamCandidate, BeamTrace
from core.captioning.settings import END_WORD
from core.views import bundle
from core.views.figures import percent


class CandidatePayload(TypedDict):
    """A candidate. ``sentence``: its words so far. ``why``: what became of it, and its numbers, in sentences."""

    word: str
    end: bool
    parent: int | None
    fate: str
    prob: str
    sentence: str
    why: str


class EndingPayload(TypedDict):
    """A sentence that ended: where it stands, and how its score comes about."""

    step: int
    place: int
    sentence: str
    sum: str


class BeamPayload(TypedDict):
    """All that the component needs; ``view``: comes back with what is asked for; ``about``: why this sentence."""

    id: str
    view: str
    steps: list[list[CandidatePayload]]
    labels: list[str]
    winner: list[int]
    endings: list[EndingPayload]
    about: str


def assets() -> bundle.Assets:
    """The keyword arguments ``html``, ``css`` and ``js`` of ``st.components.v2.component``."""
    return bundle.assets(Path(__file__).parent)


def payload(beam: BeamTrace, id: str, view: str) -> BeamPayload:
    """All that the component needs, as JSON can hold it.

    Args:
        id: of what the page shows; comes back with what is asked for.
        view: the same.
    """
    return {
        "id": id,
        "view": view,
        "steps": [
            [_candidate(beam, step, place) for place in range(len(candidates))]
            for step, candidates in enumerate(beam.steps)
        ],
        "labels": [_label(step, candidates) for step, candidates in enumerate(beam.steps)],
        "winner": list(beam.winner),
        "endings": [
            {
                "step": step,
                "place": place,
                "sentence": " ".join(beam.words(step, place)),
                "sum": _sum(beam, step, place),
            }
            for step, place in beam.endings
        ],
        "about": explain(beam),
    }


def explain(beam: BeamTrace) -> str:
    """Why this sentence and not the next best."""
    if not beam.caption.ended:
        return "No sentence had ended by the limit of words, so the likeliest one was cut there."
    first, *others = beam.endings
    if beam.width == 1:
        return "A beam of one keeps a single sentence and always takes its likeliest next word."
    if not others:
        return "It is the only sentence that ended."
    one, other = (beam.steps[step][place] for step, place in (first, others[0]))
    said = f"It won over “{' '.join(beam.words(*others[0]))}”"
    if beam.length_penalty and other.log_prob > one.log_prob:
        return (
            f"{said}, which is likelier as a whole, but shorter: sums are divided by the number of words (to the power "
            f"{beam.length_penalty:g}), or short sentences would always win."
        )
    times = math.exp(one.log_prob - other.log_prob)
    return f"{said}: as a whole it is {_times(times)} likelier." if times > 1.005 else f"{said} by a hair."


def _times(factor: float) -> str:
    return f"{factor:.0f} times" if factor >= 10 else f"{factor:.1f} times" if factor >= 2 else percent(factor - 1)


def _candidate(beam: BeamTrace, step: int, place: int) -> CandidatePayload:
    candidate = beam.steps[step][place]
    return {
        "word": candidate.word,
        "end": candidate.word == END_WORD,
        "parent": candidate.parent,
        "fate": candidate.fate,
        "prob": percent(candidate.prob),
        "sentence": " ".join(beam.words(step, place)),
        "why": f"{_fate(beam, candidate)} {_numbers(beam, step, place)}",
    }


def _fate(beam: BeamTrace, candidate: BeamCandidate) -> str:
    width = beam.width
    if candidate.fate == "ended":
        return "It ends here."
    if candidate.fate == "kept":
        return f"Kept, among the {width} likeliest." if width > 1 else "Kept, the likeliest."
    return f"Dropped: {width} others were likelier." if width > 1 else "Dropped: another was likelier."


def _numbers(beam: BeamTrace, step: int, place: int) -> str:
    candidate = beam.steps[step][place]
    what = "The end" if candidate.word == END_WORD else f"“{candidate.word}”"
    return f"{what} has {percent(candidate.prob)} after the words before. Score: {_sum(beam, step, place)}."


def _sum(beam: BeamTrace, step: int, place: int) -> str:
    """How a score comes about: "−6.31 / 9^0.7 = −1.36"."""
    candidate = beam.steps[step][place]
    total, score = (f"{number:.2f}".replace("-", "−") for number in (candidate.log_prob, candidate.score))
    return f"{total} / {step + 1}^{beam.length_penalty:g} = {score}" if beam.length_penalty else total


def _label(step: int, candidates: tuple[BeamCandidate, ...]) -> str:
    counts = {fate: sum(one.fate == fate for one in candidates) for fate in ("kept", "ended", "dropped")}
    told = ", ".join(f"{count} {fate}" for fate, count in counts.items() if count)
    return f"Word {step + 1}: {len(candidates)} weighed, {told}"
