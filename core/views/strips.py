"""Small pictures of many numbers."""

import numpy as np
from PIL import Image

from core.views import figures

MOST = 1.0  # brightest; numbers beyond are cut


def strip(numbers: np.ndarray, most: float = MOST) -> bytes:
    """Numbers side by side as a PNG one pixel high: -most is darkest, 0 in the middle, most brightest."""
    level = np.clip(127.5 + 127.5 * numbers / most, 0, 255).astype(np.uint8)
    return figures.png(Image.fromarray(figures.heat_ramp()[level][None]))


def strip_alt(name: str, numbers: np.ndarray) -> str:
    """The strip in words."""
    return f"{name}: {len(numbers)} numbers from {numbers.min():.2f} to {numbers.max():.2f}"
