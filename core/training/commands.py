"""What is asked for on a page, as arguments of ``python -m core train``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PhotoWish:
    """A training on photos with captions.

    Attributes:
        learners: names of ``train photos --captioner``.
        anew: the captioners begin with nothing and learn the words of the data; else they go on from those that are
            there, and keep their words.
    """

    learners: tuple[str, ...]
    anew: bool = False
    epochs: int = 4

    def in_words(self) -> str:
        begin = "beginning anew" if self.anew else "going on from ours"
        return f"{', '.join(self.learners)}, {begin}, {self.epochs} epoch{'s' * (self.epochs != 1)}"

    def arguments(self, source: Path, checkpoints: Path) -> list[str]:
        """Of a data set, through the encoder of a folder of checkpoints, which stays as it is."""
        begin = ["--encoder-weights", str(checkpoints / "encoder")] if self.anew else ["--start", str(checkpoints)]
        epochs = [f"--{each}epochs={self.epochs}" for each in ("", "hard-")]
        kept = ["--encoder-epochs=0", "--scst-epochs=0"]
        return ["photos", "--dataset", str(source), *begin, *_each("captioner", self.learners), *epochs, *kept]


@dataclass(frozen=True)
class StoryWish:
    """A training on stories; ``learners`` are names of recipes, ``epochs`` is None for what each recipe has."""

    learners: tuple[str, ...]
    epochs: int | None = None

    def in_words(self) -> str:
        return ", ".join(self.learners)

    def arguments(self, source: Path) -> list[str]:
        epochs = [] if self.epochs is None else [f"--epochs={self.epochs}"]
        return ["stories", "--dir", str(source), *_each("network", self.learners), *epochs]


def _each(option: str, names: Sequence[str]) -> list[str]:
    return [f"--{option}={name}" for name in names]
