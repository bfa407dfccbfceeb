"""Words on their way into a file: whatever a photo or a trace from outside is called, it stays text."""

import base64
import hashlib
import html
import re

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # a cell that begins so is taken for a formula by spreadsheets
# What XML 1.0 forbids even when escaped, the surrogates of a file name's stray bytes included.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """``text`` with the replacement character for everything that XML, or UTF-8, cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def line(text: str) -> str:
    """``text`` as :func:`plain` leaves it, on one line."""
    return " ".join(plain(text).split())


def escape(text: str) -> str:
    """``text`` for an element's content or a quoted attribute, in SVG and in HTML."""
    return html.escape(plain(text))


def escape_markdown(text: str) -> str:
    """``text`` for Markdown that is to show it as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|<>~:$" else letter for letter in text)


def policy_hash(element: str) -> str:
    """What a page's security policy names a style or script element by that stands on lines of its own.

    Args:
        element: what stands between its tags, without the line break after the first.
    """
    digest = hashlib.sha256(f"\n{element}".encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def cell(text: str) -> str:
    """``text`` for a cell of a table: with an apostrophe before it where a spreadsheet would take it for a formula."""
    text = plain(text)
    return f"'{text}" if text.startswith(FORMULA) else text
