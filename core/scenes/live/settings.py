"""What can be set of a captioner that learns live, and changed while it does. Knows no torch."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from core.attention import Kind

Estimator = Literal["straight-through", "score"]
KINDS: tuple["Kind", ...] = ("none", "soft", "hard")
ESTIMATORS: tuple[Estimator, ...] = get_args(Estimator)
EXAMINED = 40  # held-out scenes that the figures are of
SHOWN = (54, 34, 16, 58)  # numbers of ``val`` that are captioned again and again: left of, above, inside, behind
LIMITS = {"rate": (1e-5, 3e-2), "entropy": (-0.1, 0.5), "doubly": (0.0, 1.0), "temperature": (0.1, 10.0)}


@dataclass(frozen=True)
class LearnSettings:
    """One learner's.

    Attributes:
        attention: the kind of look.
        rate: learning rate of Adam.
        doubly: weight of the doubly stochastic penalty (soft): look at every cell about equally often in a sentence.
        entropy: weight of the entropy bonus (hard): look widely; below zero it asks for narrow looks.
        temperature: the scores are divided by it before the softmax; high ones even the looks out.
        estimator: what teaches the looks of hard attention.
    """

    attention: "Kind" = "soft"
    rate: float = 3e-3
    doubly: float = 0.0
    entropy: float = 0.0
    temperature: float = 1.0
    estimator: Estimator = "straight-through"

    def __post_init__(self) -> None:
        if self.attention not in KINDS:
            raise ValueError(f"Attention is one of {', '.join(KINDS)}, not {self.attention!r}.")
        if self.estimator not in ESTIMATORS:
            raise ValueError(f"The estimator is one of {', '.join(ESTIMATORS)}, not {self.estimator!r}.")
        for name, (least, most) in LIMITS.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {least:g} to {most:g}, not {getattr(self, name)!r}.")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def difference(self, before: "LearnSettings") -> str:
        """What was changed since, in a few words: "rate 0.003 → 0.01"."""
        ours, theirs = self.to_dict(), before.to_dict()
        return ", ".join(
            f"{name} {_short(theirs[name])} → {_short(ours[name])}" for name in ours if ours[name] != theirs[name]
        )


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
