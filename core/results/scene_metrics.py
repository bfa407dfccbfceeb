"""How true captions of scenes are, and how true their heat: the world is known, so both can be said exactly.

``exact``: the sentence is the right one, word for word. ``pointing``: before a word that names a thing, the
most-attended cell's centre lies inside that thing's box. Pointing is measured along the right sentence, which the
model is made to say, so every naming word counts, also where the model itself would say something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.data.scenes import RELATIONS, SIDE, Box, Scene
from core.trace import CaptionTrace, WordStep

TIED = 1e-6  # weights closer than this are equally large


@dataclass(frozen=True)
class Outcome:
    """One scene's: the model's own caption, and the right one as it was made to say it."""

    scene: Scene
    own: CaptionTrace
    forced: CaptionTrace

    @property
    def exact(self) -> bool:
        return tuple(self.own.words) == self.scene.words

    @property
    def mixed_up(self) -> bool:
        """The right words in a wrong order: each thing and each attribute seen, but not what belongs to what."""
        return not self.exact and sorted(self.own.words) == sorted(self.scene.words)

    @property
    def points(self) -> list[float]:
        """For every naming word, whether the look before it was on the thing (see :func:`on_thing`)."""
        pairs = zip(self.forced.steps, self.scene.word_boxes, strict=True)
        return [on_thing(step, box) for step, box in pairs if box is not None]


def on_thing(step: WordStep, box: Box) -> float:
    """1 if the centre of the most-attended cell lies inside the box, else 0.

    Where several cells are attended most, the share of them: an even look at everything points by chance only.
    """
    most = max(map(max, step.alpha))
    height, width = SIDE / len(step.alpha), SIDE / len(step.alpha[0])  # of a cell
    cells = [(r, c) for r, row in enumerate(step.alpha) for c, weight in enumerate(row) if weight >= most - TIED]
    return sum(box.holds((c + 0.5) * width, (r + 0.5) * height) for r, c in cells) / len(cells)


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of a results file, in percent; None for what no scene was there to show."""
    alone = [outcome for outcome in outcomes if not outcome.scene.meaning.relation]
    pairs = [outcome for outcome in outcomes if outcome.scene.meaning.relation]
    return {
        "n": len(outcomes),
        "exact": _percent([outcome.exact for outcome in outcomes]),
        "pointing": _percent([point for outcome in outcomes for point in outcome.points]),
        "exact_alone": _percent([outcome.exact for outcome in alone]),
        "exact_relational": _percent([outcome.exact for outcome in pairs]),
        "mixed_up_relational": _percent([outcome.mixed_up for outcome in pairs]),
        "exact_by_relation": {
            relation: _percent([o.exact for o in pairs if o.scene.meaning.relation == relation])
            for relation in RELATIONS
        },
    }


def _percent(values: Sequence[float]) -> float | None:
    return round(100 * sum(values) / len(values), 2) if values else None
