"""The numbers that are drawn, once more: from the weights' file alone, in numpy and float64, by the equations of
``docs/models.md`` and without the networks' code. ``python -m benchmarks.recomputed`` compares both.
"""

from collections.abc import Mapping

import numpy as np

from benchmarks.recomputed import dmn, memn2n, memnn, slots, story_transformer
from benchmarks.recomputed.arithmetic import Look, Recompute, Recomputed
from core.trace import Hop, StoryTrace

# The architecture in a checkpoint's config -> how its numbers are recomputed.
RECOMPUTE: Mapping[str, Recompute] = {
    "memn2n": memn2n.recompute,
    "memnn": memnn.recompute,
    "dmn": dmn.recompute,
    "slots": slots.recompute,
    "story-transformer": story_transformer.recompute,
}


def differences(trace: StoryTrace, found: Recomputed) -> dict[str, float]:
    """The largest difference between what a trace says and what was recomputed, of each kind of number.

    Raises:
        ValueError: the answer is another one, or there is another number of hops.
    """
    best = max(found.answers, key=found.answers.__getitem__)
    if len(trace.hops) != len(found.looks):
        raise ValueError(f"{trace.model} took {len(trace.hops)} hops, recomputed are {len(found.looks)}.")
    if found.answers[best] - found.answers.get(trace.answer, 0.0) > 1e-4:
        raise ValueError(f"{trace.model} answers {trace.answer}, recomputed is {best}.")
    largest: dict[str, float] = {}
    for kind, difference in [
        *(("probabilities", abs(prob - found.answers.get(text, 0.0))) for text, prob in trace.candidates),
        *(pair for hop, look in zip(trace.hops, found.looks, strict=True) for pair in _of_hop(hop, look)),
    ]:
        largest[kind] = max(largest.get(kind, 0.0), float(difference))
    return largest


def _of_hop(hop: Hop, look: Look) -> list[tuple[str, float]]:
    if hop.glimpse != look.glimpse:
        raise ValueError(f"Sentence {hop.glimpse} was used, recomputed is {look.glimpse}.")
    pairs = [
        ("weights", np.abs(np.subtract(hop.alpha, look.alpha)).max()),
        ("gates", abs(hop.gate - look.gate)),
        ("rested on nothing", abs(hop.on_nothing - look.on_nothing)),
    ]
    if hop.enough is not None and look.enough is not None:
        pairs.append(("sure to have enough", abs(hop.enough - look.enough)))
    for kind, drawn, recomputed in (("state moved", hop.moved, look.moved), ("heads", hop.heads, look.heads)):
        if (recomputed is not None) != bool(drawn):
            raise ValueError(f"The trace's {kind} and what was recomputed are not both there.")
        if recomputed is not None:
            pairs.append((kind, np.abs(np.subtract(drawn, recomputed)).max()))
    return pairs
