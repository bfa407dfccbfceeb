"""Names and texts from outside, on their way to a terminal."""

_JOINERS = "\u200c\u200d"  # invisible, and a part of words and of emoji


def printable(text: str) -> str:
    """``text`` on one line, with an escape in place of everything that a terminal would obey or could not show.

    Line breaks, control characters, marks that turn the direction of writing, bytes that are no text: a file may be
    called by any of them, and none may move the cursor, colour what follows, or pretend to be another line.
    """
    return "".join(
        letter if letter.isprintable() or letter in _JOINERS or _is_space(letter) else _escaped(letter)
        for letter in text
    )


def _is_space(letter: str) -> bool:
    """Spaces of all widths; not what breaks a line."""
    return letter.isspace() and letter > "\x85" and letter not in "\u2028\u2029"


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
