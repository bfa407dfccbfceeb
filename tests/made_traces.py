"""Photos and captions that no model made, for whatever only reads traces."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from core.trace import CaptionTrace, WordStep

SENTENCE = (
    "a", "very", "small", "dog", "and", "a", "rather", "large", "cat", "are",
    "sitting", "on", "the", "old", "red", "motorcycle", "of", "a", "friend", "outside",
)  # fmt: skip
ODD = ["</script><script>alert(1)</script>", "&amp;", "<b>", "]]>", "\x00\ud800", "two\nlines", '"quoted"', "Ω漢"]


def spot(row: int, column: int) -> tuple[tuple[float, ...], ...]:
    """A grid with most of the weight on one cell."""
    alpha = np.full((14, 14), 0.2 / 195)
    alpha[row, column] = 0.8
    return tuple(tuple(map(float, line)) for line in alpha)


def caption(words: Sequence[str], attention: str = "soft") -> CaptionTrace:
    steps = [
        WordStep(word, 0.5, ((word, 0.5), ("cat", 0.25)), spot(n % 14, 3 * n % 14),
                 (n % 14, 3 * n % 14) if attention == "hard" else None, 0.7)
        for n, word in enumerate(words)
    ]  # fmt: skip
    return CaptionTrace(attention, attention, tuple(steps), -9.0, True, (14, 14))


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))
