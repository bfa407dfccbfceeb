"""What files to take away are called: after what they show, in letters that every file system knows."""

import re
from collections.abc import Iterable

LONGEST = 80  # characters


def stem(parts: Iterable[str]) -> str:
    """A file's name without its ending: what it shows, part by part; "glimpse" where nothing of them can be kept."""
    words = (re.sub(r"[^\w]+", "-", part.lower()).strip("-_") for part in parts)
    return "-".join(filter(None, words))[:LONGEST].rstrip("-_") or "glimpse"
